/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c: keys that go down and up become presses of the button, or commands. */
#include <stdio.h>
#include <string.h>

#include "evdev.h"

/* The keys of one device that mean the button are one button: it is down while any of them is. */
static void press(struct keys *keys, bool down, int64_t time_ns)
{
    const struct limber_host_button *host = keys->evdev->button;
    if (!keys->button)
        keys->button = host->add(host->context, keys->name, &keys->evdev->thresholds);
    keys->held = down ? keys->held + 1 : keys->held - 1;
    if (keys->button && keys->held == (down ? 1 : 0))
        host->press(host->context, keys->button, down, time_ns);
}

static void run(struct keys *keys, const char *line)
{
    const struct limber_host_command *host = keys->evdev->command;
    char answer[160] = "";
    if (host->run(host->context, line, answer, sizeof answer) != LIMBER_OK)
        evdev_log(keys->evdev, LIMBER_LOG_INFO, "%s: %s: %s", keys->name, line, answer);
}

void keys_event(struct keys *keys, unsigned code, int value, int64_t time_ns)
{
    const struct map_entry *entry = code < KEY_CNT ? map_find(&keys->evdev->map, code) : NULL;
    if (!entry || (entry->chosen && !keys->chosen) || value < 0 || value > 1)
        return;
    unsigned char bit = (unsigned char)(1u << (code % 8));
    bool is_down = keys->down[code / 8] & bit, down = value == 1;
    if (is_down == down)
        return; /* held since before we listened, or told twice */
    keys->down[code / 8] ^= bit;
    if (map_is_button(entry))
        press(keys, down, time_ns);
    else if (down)
        run(keys, entry->command);
}

void keys_end(struct keys *keys)
{
    const struct limber_host_button *host = keys->evdev->button;
    if (keys->button)
        host->remove(host->context, keys->button);
    keys->button = 0;
    keys->held = 0;
    memset(keys->down, 0, sizeof keys->down);
}

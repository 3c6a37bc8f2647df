/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soundcard.c: how long devices sleep; ALSA's chatter. */
#include "common/soundcard.h"

#include <alsa/asoundlib.h>
#include <string.h>

int64_t soundcard_lead_in(const char *name, uint32_t rate_hz)
{
    static const char *const slow[] = {"bluez", "bluetooth", "a2dp"};
    static const char *const sleepy[] = {"hdmi", "displayport", "usb"};
    for (size_t i = 0; i < 3; i++) {
        if (strcasestr(name, slow[i]))
            return (int64_t)rate_hz * 2;
    }
    for (size_t i = 0; i < 3; i++) {
        if (strcasestr(name, sleepy[i]))
            return rate_hz;
    }
    return (int64_t)rate_hz * 7 / 10;
}

static void no_message(const char *file, int line, const char *function, int error,
                       const char *format, ...)
{
}

void soundcard_quiet_alsa(void)
{
    snd_lib_error_set_handler(no_message);
}

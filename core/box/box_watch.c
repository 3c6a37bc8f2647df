/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_watch.c: what the box looks after: that it lives, how it ended the last time, and whether the
 * machine slept. */
#include <time.h>

#include "base/log.h"
#include "box/box_inside.h"

#define LOG_MODULE "box"

/* How long the machine slept since it was started. */
static int64_t asleep_ms(void)
{
    struct timespec all, awake;
    clock_gettime(CLOCK_BOOTTIME, &all);
    clock_gettime(CLOCK_MONOTONIC, &awake);
    return (all.tv_sec - awake.tv_sec) * INT64_C(1000) + (all.tv_nsec - awake.tv_nsec) / 1000000;
}

bool box_goes_on(const struct box *box)
{
    return box->found.crashed && box->found.playing && box->found.age_ms <= BOX_AT_ONCE_MS &&
           box->found.went_on < BOX_AT_ONCE;
}

/* --- the watchdog --- */

/* The loop turns, or this would not be called. While a session plays, the device takes samples. */
static bool is_alive(struct box *box)
{
    const struct stream *stream = player_stream(box->player);
    if (player_state(box->player) != PLAYER_PLAYING || !stream ||
        stream_state(stream) != STREAM_RUNNING)
        return true;
    struct limber_snapshot now = {.size = sizeof now};
    player_snapshot(box->player, &now);
    frames before = box->taken;
    box->taken = stream_taken(stream);
    return now.transport == LIMBER_PAUSED || stream_over(stream) || box->taken != before;
}

static void look(void *context)
{
    struct box *box = context;
    if (is_alive(box))
        notify_alive(box->options.notify);
    else
        log_warning("the session plays, and its time stands still");
}

/* --- a session --- */

static void touch(void *context)
{
    struct box *box = context;
    mark_touch(box->mark);
    if (loop_now_ms() - box->played_ms >= BOX_STEADY_MS)
        mark_went_on(box->mark, 0);
}

static void slept(struct box *box, int64_t ms)
{
    char answer[160];
    struct limber_snapshot now = {.size = sizeof now};
    player_snapshot(box->player, &now);
    log_info("the machine slept for %lld s", (long long)(ms / 1000));
    if (ms < BOX_ASLEEP_MS || now.transport == LIMBER_PAUSED)
        return;
    player_command(box->player, "pause", answer, sizeof answer);
    conductor_say(player_conductor(box->player), "box.asleep");
}

/* It would hold the device, and the machine awake, for ever. */
static void paused_for_long(void *context)
{
    struct box *box = context;
    box->paused = 0;
    box->leave = true;
    box_work_soon(box);
}

static void watch_pause(struct box *box)
{
    struct limber_snapshot now = {.size = sizeof now};
    player_snapshot(box->player, &now);
    bool paused = now.transport == LIMBER_PAUSED;
    if (paused && !box->paused)
        box->paused = loop_add_timer(box->options.loop, BOX_PAUSED_MS, 0, paused_for_long, box);
    if (!paused) {
        loop_remove(box->options.loop, box->paused);
        box->paused = 0;
    }
}

void box_watch_session(struct box *box)
{
    int64_t before = box->asleep_ms;
    box->asleep_ms = asleep_ms();
    watch_pause(box);
    if (!box->touch) {
        box->played_ms = loop_now_ms();
        box->touch = loop_add_timer(box->options.loop, BOX_TOUCH_MS, BOX_TOUCH_MS, touch, box);
        mark_playing(box->mark, true);
    } else if (box->asleep_ms - before >= 1000) {
        slept(box, box->asleep_ms - before);
    }
}

void box_watch_begin(struct box *box)
{
    int64_t every_ms = notify_watchdog_ms(box->options.notify) / 3;
    box->asleep_ms = asleep_ms();
    if (every_ms > 0)
        box->watchdog = loop_add_timer(box->options.loop, every_ms, every_ms, look, box);
}

void box_watch_no_session(struct box *box)
{
    loop_remove(box->options.loop, box->touch);
    loop_remove(box->options.loop, box->paused);
    box->touch = box->paused = 0;
    mark_playing(box->mark, false);
}

void box_watch_end(struct box *box)
{
    loop_remove(box->options.loop, box->watchdog);
    loop_remove(box->options.loop, box->touch);
    loop_remove(box->options.loop, box->paused);
    box->watchdog = box->touch = box->paused = 0;
}

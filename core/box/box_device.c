/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_device.c: the device between sessions: opened for words, closed when nothing needs it; and
 * what is said and done when it goes and comes back. */
#include <malloc.h>
#include <stdlib.h>

#include "base/log.h"
#include "box/box_inside.h"

#define LOG_MODULE "box"

static void stop_timer(struct box *box, uint32_t *timer)
{
    loop_remove(box->options.loop, *timer);
    *timer = 0;
}

void box_device_destroy(struct box *box)
{
    stop_timer(box, &box->idle);
    stop_timer(box, &box->reopen);
    stop_timer(box, &box->lost);
}

/* --- opening and closing --- */

static void be_ready(struct box *box)
{
    if (!box->ready)
        notify_ready(box->options.notify);
    box->ready = true;
}

static void reopen(void *context);

void box_open_device(struct box *box)
{
    char *error = NULL;
    stop_timer(box, &box->reopen);
    if (box->working) { /* it may be closing at this moment */
        box->reopen = loop_add_timer(box->options.loop, BOX_MOMENT_MS, 0, reopen, box);
        return;
    }
    if (player_state(box->player) != PLAYER_EMPTY || player_stream(box->player))
        return;
    if (player_open_device(box->player, &error) == LIMBER_OK) {
        box->has_shown = false;
        say_on(box->say, player_stream(box->player));
        return;
    }
    log_error("no sound: %s", error ? error : "the output cannot be used");
    free(error);
    say_hush(box->say);
    be_ready(box);
}

static void reopen(void *context)
{
    struct box *box = context;
    box->reopen = 0;
    box_open_device(box);
    box_idle_soon(box);
}

static void idle(void *context)
{
    struct box *box = context;
    box->idle = 0;
    if (box->working || player_state(box->player) != PLAYER_EMPTY || !player_stream(box->player))
        return; /* somebody works in a loop within ours, and will see to it afterwards */
    enum stream_state state = stream_state(player_stream(box->player));
    if (state == STREAM_OPENING || (state == STREAM_RUNNING && say_busy(box->say)))
        return; /* comes again when that is over */
    say_on(box->say, NULL);
    box->working = true;
    player_close_device(box->player);
    box->working = false;
    say_rest(box->say);
#ifdef __GLIBC__
    malloc_trim(0); /* for hours or days nothing is needed */
#endif
    if (box->wish.arena || box->reload)
        box_work_soon(box);
    else if (say_busy(box->say) && !box->reopen)
        box->reopen = loop_add_timer(box->options.loop, BOX_REOPEN_MS, 0, reopen, box);
    log_debug("the device is closed until it is needed");
    box_tell_status(box);
}

void box_idle_soon(struct box *box)
{
    stop_timer(box, &box->idle);
    if (player_stream(box->player))
        box->idle =
            loop_add_timer(box->options.loop, box->config->idle_ns / NSEC_PER_MSEC, 0, idle, box);
    else
        say_rest(box->say);
}

/* --- going and coming back --- */

/* Nobody waits for ever: a session that is alone with its silence is not to go on in the night. */
static void lost_for_long(void *context)
{
    struct box *box = context;
    char answer[160];
    box->lost = 0;
    log_warning("the sound device stays away: the session is paused");
    player_command(box->player, "pause", answer, sizeof answer);
}

static void gone(struct box *box, const struct stream *stream)
{
    log_warning("the sound device is gone: %s", stream_problem(stream));
    box->lost_ms = loop_now_ms();
    if (player_state(box->player) == PLAYER_PLAYING && !box->lost)
        box->lost = loop_add_timer(box->options.loop, BOX_WAIT_MS, 0, lost_for_long, box);
}

static void back(struct box *box)
{
    int64_t away_ms = loop_now_ms() - box->lost_ms;
    log_info("a sound device is there, after %lld s", (long long)(away_ms / 1000));
    stop_timer(box, &box->lost);
    if (away_ms < BOX_LOST_MS)
        return;
    if (player_state(box->player) == PLAYER_PLAYING && box->config->spoken_problems)
        conductor_say(player_conductor(box->player), "box.device back");
    else
        box_tell(box, "box.device back");
}

void box_device_changed(struct box *box)
{
    const struct stream *stream = player_stream(box->player);
    if (!stream) {
        box->has_shown = false;
        return;
    }
    enum stream_state state = stream_state(stream), before = box->shown;
    if (box->has_shown && state == before)
        return;
    bool was_lost = box->has_shown && before == STREAM_LOST;
    box->has_shown = state != STREAM_OPENING || was_lost;
    if (!was_lost || state != STREAM_OPENING)
        box->shown = state;
    if (state == STREAM_OPENING)
        return;
    be_ready(box);
    if (player_state(box->player) == PLAYER_EMPTY)
        box_idle_soon(box);
    if (state == STREAM_LOST)
        gone(box, stream);
    else if (state == STREAM_RUNNING && was_lost)
        back(box);
    else if (state == STREAM_FAILED)
        log_error("no sound: %s", stream_problem(stream));
    else if (state == STREAM_HUNG)
        box->options.hung(box->options.context);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* playing.c: the device, which may outlive a session, and what the conductor tells. */
#include "base/log.h"
#include "player/player_inside.h"

#define LOG_MODULE "player"
#define WATCH_MS   500

/* --- the end of a session --- */

static void tell_over(void *context)
{
    struct player *player = context;
    player->over_timer = 0;
    player_changed(player);
}

/* Whoever hears of it may close the session, which the conductor would not survive here: a moment
 * later. */
static void over(struct player *player, enum player_end end)
{
    if (player->state != PLAYER_PLAYING)
        return;
    player->state = PLAYER_OVER;
    player->end = end;
    player->over_timer = loop_add_timer(player->settings.loop, 0, 0, tell_over, player);
}

/* --- what the conductor tells --- */

static void conductor_changed(void *context)
{
    struct player *player = context;
    if (player->conductor)
        player_changed(player);
}

static void conductor_cue_began(void *context, const struct cue *cue, frames start)
{
    struct player *player = context;
    if (player->settings.cue)
        player->settings.cue(player->settings.context, cue, start);
}

static void conductor_happened(void *context, const struct conductor_event *event)
{
    struct player *player = context;
    if (event->what == HAPPENED_HEARD)
        player->heard_all = true;
    keep_event(player, event);
    if (player->diary)
        diary_event(player->diary, event, player_now(player), player_now_ms(player));
    if (player->settings.event)
        player->settings.event(player->settings.context, event);
    if (event->what == HAPPENED_DONE)
        over(player, PLAYER_FINISHED);
    else if (event->what == HAPPENED_STOP)
        over(player, PLAYER_STOPPED);
}

static void conductor_begins(void *context, struct conductor *conductor)
{
    keep_begins(context, conductor);
}

static int64_t time_of_day(void *context)
{
    return player_now_ms(context);
}

/* --- the device --- */

static void stream_changed(void *context)
{
    struct player *player = context;
    if (player->stream && stream_state(player->stream) == STREAM_FAILED)
        over(player, PLAYER_NO_DEVICE);
    player_changed(player);
}

static void watch(void *context)
{
    struct player *player = context;
    stream_watch(player->stream);
}

void playing_watch_device(struct player *player)
{
    if (player->stream && !player->conductor && !player->watch)
        player->watch = loop_add_timer(player->settings.loop, WATCH_MS, WATCH_MS, watch, player);
}

static void leave_watch(struct player *player)
{
    if (player->watch)
        loop_remove(player->settings.loop, player->watch);
    player->watch = 0;
}

void playing_close_device(struct player *player)
{
    struct stream *stream = player->stream;
    leave_watch(player);
    player->stream = NULL;
    player->channels = 0;
    stream_destroy(stream);
}

enum limber_status playing_open_device(struct player *player, char **error)
{
    uint32_t channels = player->session    ? session_channels(player->session)
                        : player->channels ? player->channels
                                           : 1;
    if (player->stream &&
        (player->channels != channels || stream_state(player->stream) == STREAM_FAILED ||
         stream_state(player->stream) == STREAM_HUNG))
        playing_close_device(player);
    leave_watch(player);
    player->channels = channels;
    if (player->stream)
        return LIMBER_OK;
    const struct stream_options options = {.loop = player->settings.loop,
                                           .registry = player->settings.registry,
                                           .output = player->settings.output,
                                           .rate_hz = SESSION_RATE_HZ,
                                           .lead_in = player->settings.lead_in,
                                           .patient = player->request.patient ||
                                                      player->settings.patient || !player->session,
                                           .changed = stream_changed,
                                           .context = player};
    enum limber_status status = stream_new(&options, &player->stream, error);
    if (status == LIMBER_OK)
        stream_set_channels(player->stream, channels);
    return status;
}

/* --- beginning and end --- */

void playing_begin(struct player *player, const struct conductor_options *given)
{
    struct conductor_options options = *given;
    options.changed = conductor_changed;
    options.cue = conductor_cue_began;
    options.event = conductor_happened;
    options.begins = conductor_begins;
    options.now_ms = time_of_day;
    options.context = player;
    player->conductor = conductor_new(&options);
    keep_standing(player);
}

void playing_end(struct player *player)
{
    if (player->over_timer)
        loop_remove(player->settings.loop, player->over_timer);
    player->over_timer = 0;
    conductor_destroy(player->conductor);
    player->conductor = NULL;
    if (player->stream)
        stream_mark(player->stream, NULL, 0);
    keep_end(player);
    diary_destroy(player->diary);
    player->diary = NULL;
    if (player->end != PLAYER_NOT_ENDED)
        history_settle(player->history);
    /* One that could not be opened is tried anew the next time. */
    if (player->stream && stream_state(player->stream) == STREAM_FAILED)
        playing_close_device(player);
}

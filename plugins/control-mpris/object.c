/* SPDX-License-Identifier: GPL-3.0-or-later */
/* object.c: the player as the MPRIS specification has it (version 2.2). The track is the session:
 * its title is the move, its album the routine. Where a place of the track is asked for, the move
 * at that place begins. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpris.h"

#define ASTRAY_US 1000000
#define FAR_US    (INT64_C(1000000) * 1000000) /* beyond any session */
#define NO_TRACK  "/org/mpris/MediaPlayer2/TrackList/NoTrack"

/* --- commands --- */

/* Runs a line; what the player says against it is the caller's error. */
static int run(struct mpris *mpris, const char *line, sd_bus_error *error)
{
    char answer[200] = "";
    enum limber_status status =
        mpris->command->run(mpris->command->context, line, answer, sizeof answer);
    object_refresh(mpris);
    if (status == LIMBER_OK || !error)
        return 0;
    return sd_bus_error_setf(error, "org.limber.Refused", "%s", *answer ? answer : "not now");
}

static int reply(sd_bus_message *message, int result)
{
    return result < 0 ? result : sd_bus_reply_method_return(message, NULL);
}

static int on_plain(sd_bus_message *message, void *user, sd_bus_error *error)
{
    static const struct {
        const char *member, *line;
    } plain[] = {{"Next", "next"}, {"Previous", "back"}, {"Pause", "pause"}, {"Stop", "stop"}};
    struct mpris *mpris = user;
    const char *member = sd_bus_message_get_member(message);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (member && strcmp(plain[i].member, member) == 0) {
            run(mpris, plain[i].line, NULL); /* where it has no effect, it has none: no error */
            return reply(message, 0);
        }
    }
    return -EINVAL;
}

/* "go" also says yes where the routine waits; only "play" begins something. */
static int on_play(sd_bus_message *message, void *user, sd_bus_error *error)
{
    struct mpris *mpris = user;
    struct state now;
    bool toggles = strcmp(sd_bus_message_get_member(message), "PlayPause") == 0;
    bool idle = !state_ask(mpris, &now) || now.idle;
    return reply(message, run(mpris, idle ? "play" : toggles ? "toggle" : "go", error));
}

static int go_to(struct mpris *mpris, int move, sd_bus_error *error)
{
    char line[32];
    snprintf(line, sizeof line, "to %d", move);
    return run(mpris, line, error);
}

/* A little forward within a move is the next one, a little back its beginning. */
static int on_seek(sd_bus_message *message, void *user, sd_bus_error *error)
{
    struct mpris *mpris = user;
    struct state now;
    int64_t offset_us = 0;
    int result = sd_bus_message_read(message, "x", &offset_us);
    if (result < 0 || !state_ask(mpris, &now) || now.idle || offset_us == 0)
        return reply(message, result < 0 ? result : 0);
    if (offset_us > FAR_US || offset_us < -FAR_US)
        offset_us = offset_us > 0 ? FAR_US : -FAR_US;
    int64_t place_us = now.position_us + offset_us;
    bool beyond = now.length_us >= 0 && place_us >= now.length_us;
    int move = state_move_at(mpris, &now, place_us);
    if (move == 0 || move == now.move_index || beyond)
        result = run(mpris, offset_us > 0 ? "next" : "back", error);
    else
        result = go_to(mpris, move, error);
    return reply(message, result);
}

static void track_of(const struct mpris *mpris, char path[64])
{
    if (mpris->state.idle)
        snprintf(path, 64, "%s", NO_TRACK);
    else
        snprintf(path, 64, "/org/limber/session/%u", mpris->session);
}

/* Places that are none, and tracks that are over, are passed over, as the specification wants. */
static int on_set_position(sd_bus_message *message, void *user, sd_bus_error *error)
{
    struct mpris *mpris = user;
    const char *track = NULL;
    char mine[64];
    int64_t place_us = 0;
    int result = sd_bus_message_read(message, "ox", &track, &place_us);
    if (result < 0)
        return result;
    object_refresh(mpris);
    track_of(mpris, mine);
    if (mpris->state.idle || strcmp(track, mine) != 0 || place_us < 0 ||
        (mpris->state.length_us >= 0 && place_us >= mpris->state.length_us))
        return reply(message, 0);
    int move = state_move_at(mpris, &mpris->state, place_us);
    return reply(message, move == 0 ? 0 : go_to(mpris, move, error));
}

/* The bare name of a routine, and nothing that could be a path or an address. */
static bool is_bare_name(const char *uri)
{
    size_t length =
        strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/");
    return *uri && *uri != '/' && *uri != '-' && uri[length] == '\0' && length <= 100 &&
           !strstr(uri, "//");
}

static int on_open(sd_bus_message *message, void *user, sd_bus_error *error)
{
    struct mpris *mpris = user;
    const char *uri = NULL;
    char line[128];
    int result = sd_bus_message_read(message, "s", &uri);
    if (result < 0)
        return result;
    if (!is_bare_name(uri))
        return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                "Only the name of a routine can be opened, such as desk-break.");
    snprintf(line, sizeof line, "play %s", uri);
    return reply(message, run(mpris, line, error));
}

static int on_nothing(sd_bus_message *message, void *user, sd_bus_error *error)
{
    return reply(message, 0); /* CanRaise and CanQuit said so */
}

/* --- properties --- */

static int get_playback(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *to, void *user, sd_bus_error *error)
{
    const struct mpris *mpris = user;
    return sd_bus_message_append(to, "s", mpris->state.playback);
}

static int get_rate(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *to, void *user, sd_bus_error *error)
{
    return sd_bus_message_append(to, "d", 1.0);
}

/* There is one rate; 0 means pause, as the specification has it. */
static int set_rate(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *from, void *user, sd_bus_error *error)
{
    double rate = 1;
    int result = sd_bus_message_read(from, "d", &rate);
    return result < 0 ? result : rate == 0 ? run(user, "pause", error) : 0;
}

static int append_metadata(sd_bus_message *to, const struct mpris *mpris)
{
    const struct state *state = &mpris->state;
    char track[64];
    track_of(mpris, track);
    int result = sd_bus_message_append(to, "{sv}", "mpris:trackid", "o", track);
    if (result >= 0 && !state->idle)
        result = sd_bus_message_append(to, "{sv}{sv}", "xesam:title", "s", state->title,
                                       "xesam:album", "s", state->album);
    if (result >= 0 && !state->idle && state->length_us >= 0)
        result = sd_bus_message_append(to, "{sv}", "mpris:length", "x", state->length_us);
    return result;
}

static int get_metadata(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *to, void *user, sd_bus_error *error)
{
    int result = sd_bus_message_open_container(to, 'a', "{sv}");
    if (result >= 0)
        result = append_metadata(to, user);
    return result < 0 ? result : sd_bus_message_close_container(to);
}

static int get_volume(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *to, void *user, sd_bus_error *error)
{
    const struct mpris *mpris = user;
    return sd_bus_message_append(to, "d", state_volume_of_db(mpris->state.level_db));
}

static int set_volume(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *from, void *user, sd_bus_error *error)
{
    double volume = 1;
    char line[32];
    int result = sd_bus_message_read(from, "d", &volume);
    if (result < 0)
        return result;
    snprintf(line, sizeof line, "level %d", state_db_of_volume(volume));
    return run(user, line, error);
}

static int get_position(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *to, void *user, sd_bus_error *error)
{
    struct state now;
    return sd_bus_message_append(to, "x", state_ask(user, &now) ? now.position_us : INT64_C(0));
}

/* What can be done while a session is there; play always can. */
static int get_can(sd_bus *bus, const char *path, const char *interface, const char *property,
                   sd_bus_message *to, void *user, sd_bus_error *error)
{
    const struct mpris *mpris = user;
    bool always = strcmp(property, "CanControl") == 0 || strcmp(property, "CanPlay") == 0;
    return sd_bus_message_append(to, "b", always || !mpris->state.idle);
}

static int get_false(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *to, void *user, sd_bus_error *error)
{
    return sd_bus_message_append(to, "b", 0);
}

static int get_identity(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *to, void *user, sd_bus_error *error)
{
    return sd_bus_message_append(to, "s", "Limber");
}

static int get_none(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *to, void *user, sd_bus_error *error)
{
    return sd_bus_message_append(to, "as", 0);
}

/* --- the tables --- */

#define CHANGES SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
#define CONST   SD_BUS_VTABLE_PROPERTY_CONST
#define OPEN    SD_BUS_VTABLE_UNPRIVILEGED

static const sd_bus_vtable root_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Raise", "", "", on_nothing, OPEN),
    SD_BUS_METHOD("Quit", "", "", on_nothing, OPEN),
    SD_BUS_PROPERTY("CanQuit", "b", get_false, 0, CONST),
    SD_BUS_PROPERTY("CanRaise", "b", get_false, 0, CONST),
    SD_BUS_PROPERTY("HasTrackList", "b", get_false, 0, CONST),
    SD_BUS_PROPERTY("Identity", "s", get_identity, 0, CONST),
    SD_BUS_PROPERTY("SupportedUriSchemes", "as", get_none, 0, CONST),
    SD_BUS_PROPERTY("SupportedMimeTypes", "as", get_none, 0, CONST),
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable player_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Next", "", "", on_plain, OPEN),
    SD_BUS_METHOD("Previous", "", "", on_plain, OPEN),
    SD_BUS_METHOD("Pause", "", "", on_plain, OPEN),
    SD_BUS_METHOD("PlayPause", "", "", on_play, OPEN),
    SD_BUS_METHOD("Stop", "", "", on_plain, OPEN),
    SD_BUS_METHOD("Play", "", "", on_play, OPEN),
    SD_BUS_METHOD("Seek", "x", "", on_seek, OPEN),
    SD_BUS_METHOD("SetPosition", "ox", "", on_set_position, OPEN),
    SD_BUS_METHOD("OpenUri", "s", "", on_open, OPEN),
    SD_BUS_SIGNAL("Seeked", "x", 0),
    SD_BUS_PROPERTY("PlaybackStatus", "s", get_playback, 0, CHANGES),
    SD_BUS_WRITABLE_PROPERTY("Rate", "d", get_rate, set_rate, 0, OPEN),
    SD_BUS_PROPERTY("Metadata", "a{sv}", get_metadata, 0, CHANGES),
    SD_BUS_WRITABLE_PROPERTY("Volume", "d", get_volume, set_volume, 0, OPEN | CHANGES),
    SD_BUS_PROPERTY("Position", "x", get_position, 0, 0),
    SD_BUS_PROPERTY("MinimumRate", "d", get_rate, 0, CONST),
    SD_BUS_PROPERTY("MaximumRate", "d", get_rate, 0, CONST),
    SD_BUS_PROPERTY("CanGoNext", "b", get_can, 0, CHANGES),
    SD_BUS_PROPERTY("CanGoPrevious", "b", get_can, 0, CHANGES),
    SD_BUS_PROPERTY("CanPlay", "b", get_can, 0, CHANGES),
    SD_BUS_PROPERTY("CanPause", "b", get_can, 0, CHANGES),
    SD_BUS_PROPERTY("CanSeek", "b", get_can, 0, CHANGES),
    SD_BUS_PROPERTY("CanControl", "b", get_can, 0, CONST),
    SD_BUS_VTABLE_END,
};

int object_add(struct mpris *mpris)
{
    int result =
        sd_bus_add_object_vtable(mpris->bus, NULL, MPRIS_PATH, MPRIS_ROOT, root_table, mpris);
    if (result >= 0)
        result = sd_bus_add_object_vtable(mpris->bus, NULL, MPRIS_PATH, MPRIS_PLAYER, player_table,
                                          mpris);
    if (!state_ask(mpris, &mpris->state))
        mpris->state.idle = true;
    mpris->state_ms = mpris_now_ms();
    return result;
}

/* --- what is different --- */

/* Whether the position is not where everybody thinks it is. */
static bool jumped(const struct mpris *mpris, const struct state *now)
{
    int64_t passed_us = mpris->state.runs ? (mpris_now_ms() - mpris->state_ms) * 1000 : 0;
    int64_t off = now->position_us - mpris->state.position_us - passed_us;
    return off > ASTRAY_US || off < -ASTRAY_US;
}

void object_refresh(struct mpris *mpris)
{
    static char names[9][16] = {"PlaybackStatus", "Metadata", "Volume",  "CanGoNext",
                                "CanGoPrevious",  "CanPause", "CanSeek", ""};
    const struct state *old = &mpris->state;
    struct state now;
    char *changed[9];
    size_t count = 0;
    if (!mpris->bus || !state_ask(mpris, &now))
        return;
    bool other = now.idle != old->idle || strcmp(now.routine, old->routine) != 0;
    bool described = other || strcmp(now.title, old->title) != 0 ||
                     strcmp(now.album, old->album) != 0 || now.length_us != old->length_us;
    bool seeked = !now.idle && !other && jumped(mpris, &now);
    if (strcmp(now.playback, old->playback) != 0)
        changed[count++] = names[0];
    if (described)
        changed[count++] = names[1];
    if (now.level_db != old->level_db)
        changed[count++] = names[2];
    for (int i = 3; now.idle != old->idle && *names[i]; i++)
        changed[count++] = names[i];
    changed[count] = NULL;
    mpris->session += other;
    mpris->state = now;
    mpris->state_ms = mpris_now_ms();
    if (count > 0)
        sd_bus_emit_properties_changed_strv(mpris->bus, MPRIS_PATH, MPRIS_PLAYER, changed);
    if (seeked)
        sd_bus_emit_signal(mpris->bus, MPRIS_PATH, MPRIS_PLAYER, "Seeked", "x", now.position_us);
    if (count > 0 || seeked)
        bus_settle(mpris);
}

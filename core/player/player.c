/* SPDX-License-Identifier: GPL-3.0-or-later */
/* player.c: sessions, one after another. */
#include "player/player.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "player/player_inside.h"
#include "session/library.h"

int64_t player_now_ms(const struct player *player)
{
    if (player->settings.now_ms)
        return player->settings.now_ms(player->settings.context);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void player_changed(struct player *player)
{
    if (player->settings.changed)
        player->settings.changed(player->settings.context);
}

/* --- beginning and end --- */

struct player *player_new(const struct player_settings *settings)
{
    struct player *player = xcalloc(1, sizeof *player);
    player->settings = *settings;
    player->settings.output = xstrdup(settings->output);
    if (settings->state_folder)
        player->settings.state_folder = xstrdup(settings->state_folder);
    return player;
}

/* Frees what belongs to the session. */
static void let_go(struct player *player)
{
    session_close(player->session);
    arena_destroy(player->arena);
    player->session = NULL;
    player->arena = NULL;
    player->routine = NULL;
    player->request = (struct player_request){0};
    player->state = PLAYER_EMPTY;
    player->end = PLAYER_NOT_ENDED;
}

void player_destroy(struct player *player)
{
    if (!player)
        return;
    player->settings.changed = NULL;
    player->settings.cue = NULL;
    player->settings.event = NULL;
    playing_end(player);
    playing_close_device(player);
    let_go(player);
    free((char *)player->settings.output);
    free((char *)player->settings.state_folder);
    free(player);
}

/* --- a session --- */

/* The name of a page in the library, else its path. */
static const char *name_of_page(const char *page, struct arena *arena)
{
    char *path = realpath(page, NULL);
    const char *name = path ? arena_strdup(arena, path) : page;
    size_t count = 0;
    const struct library_item *items = library_list(arena, &count);
    for (size_t i = 0; path && i < count; i++) {
        char *other = realpath(items[i].path, NULL);
        bool same = other && strcmp(other, path) == 0;
        free(other);
        if (same) {
            name = items[i].name;
            break;
        }
    }
    free(path);
    return name;
}

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

/* The request with all its strings in the arena. */
static struct player_request keep_request(const struct player_request *request, struct arena *arena)
{
    struct player_request kept = *request;
    kept.options.page = arena_strdup(arena, request->options.page);
    kept.options.voice = copy(arena, request->options.voice);
    kept.options.language = copy(arena, request->options.language);
    kept.options.sounds = copy(arena, request->options.sounds);
    kept.checkpoint = copy(arena, request->checkpoint);
    kept.options.rate_hz = SESSION_RATE_HZ;
    kept.options.live = !request->strict;
    return kept;
}

enum limber_status player_open(struct player *player, const struct player_request *request,
                               struct diags *diags, char **error)
{
    if (player->state != PLAYER_EMPTY)
        return LIMBER_BUSY;
    player->arena = arena_new();
    player->request = keep_request(request, player->arena);
    player->routine = request->name ? arena_strdup(player->arena, request->name)
                                    : name_of_page(request->options.page, player->arena);
    const struct session_host host = {
        .loop = player->settings.loop, .registry = player->settings.registry, .diags = diags};
    enum limber_status status =
        session_open(&host, &player->request.options, &player->session, error);
    if (status != LIMBER_OK) {
        let_go(player);
        return status;
    }
    player->state = PLAYER_OPENED;
    player_changed(player);
    return LIMBER_OK;
}

enum limber_status player_play(struct player *player, bool ask, char **error)
{
    if (player->state != PLAYER_OPENED)
        return LIMBER_BUSY;
    enum limber_status status = playing_open_device(player, error);
    if (status != LIMBER_OK)
        return status;
    player->state = PLAYER_PLAYING;
    const struct conductor_options options = {.loop = player->settings.loop,
                                              .session = player->session,
                                              .stream = player->stream,
                                              .start_at = player->request.start_at,
                                              .resume = player->request.checkpoint,
                                              .ask = ask && player->request.checkpoint,
                                              .ask_effort = player->settings.ask_effort,
                                              .level_db = player->settings.level_db};
    playing_begin(player, &options);
    player_changed(player);
    return LIMBER_OK;
}

void player_close(struct player *player)
{
    if (player->state == PLAYER_EMPTY)
        return;
    char answer[160];
    if (player->state == PLAYER_PLAYING)
        conductor_command(player->conductor, "stop", answer, sizeof answer);
    playing_end(player);
    let_go(player);
    playing_watch_device(player);
    player_changed(player);
}

enum limber_status player_open_device(struct player *player, char **error)
{
    if (player->state != PLAYER_EMPTY)
        return LIMBER_BUSY;
    enum limber_status status = playing_open_device(player, error);
    playing_watch_device(player);
    return status;
}

void player_close_device(struct player *player)
{
    if (player->state == PLAYER_EMPTY)
        playing_close_device(player);
}

/* --- asking --- */

enum player_state player_state(const struct player *player)
{
    return player->state;
}

enum player_end player_end(const struct player *player)
{
    return player->end;
}

struct session *player_session(const struct player *player)
{
    return player->session;
}

struct conductor *player_conductor(const struct player *player)
{
    return player->conductor;
}

struct stream *player_stream(const struct player *player)
{
    return player->stream;
}

const char *player_routine(const struct player *player)
{
    return player->routine;
}

enum limber_status player_command(struct player *player, const char *line, char *answer,
                                  size_t answer_size)
{
    if (player->state == PLAYER_PLAYING)
        return conductor_command(player->conductor, line, answer, answer_size);
    snprintf(answer, answer_size, "nothing is playing");
    return LIMBER_BUSY;
}

void player_snapshot(const struct player *player, struct limber_snapshot *snapshot)
{
    if (player->state == PLAYER_PLAYING) {
        conductor_snapshot(player->conductor, snapshot);
        return;
    }
    uint32_t size = snapshot->size;
    *snapshot = (struct limber_snapshot){.size = size,
                                         .transport = LIMBER_IDLE,
                                         .title = "",
                                         .move = "",
                                         .side = "",
                                         .text = "",
                                         .bout = "",
                                         .rate_hz = SESSION_RATE_HZ,
                                         .total_frames = -1};
    if (player->session)
        snapshot->title = session_routine(player->session)->title;
}

/* --- to be filled in --- */

bool player_offer(struct player *player, struct player_offer *offer)
{
    return false;
}

enum limber_status player_open_left(struct player *player, struct diags *diags, char **error)
{
    return LIMBER_NOT_FOUND;
}

void player_forget_left(struct player *player)
{
}

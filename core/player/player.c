/* SPDX-License-Identifier: GPL-3.0-or-later */
/* player.c: sessions, one after another. */
#include "player/player.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
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

struct moment player_now(const struct player *player)
{
    if (!player->settings.now_ms)
        return calendar_now();
    int64_t now_ms = player_now_ms(player);
    return calendar_local(now_ms / 1000 - (now_ms % 1000 < 0));
}

void player_changed(struct player *player)
{
    if (player->settings.changed)
        player->settings.changed(player->settings.context);
}

/* --- beginning and end --- */

static void open_history(struct player *player)
{
    struct arena *arena = arena_new();
    const char *state = player->settings.state_folder;
    const char *path = state ? file_join(arena, state, "history.db") : history_place(arena);
    player->history = history_open(path, player_now(player));
    arena_destroy(arena);
}

struct player *player_new(const struct player_settings *settings)
{
    struct player *player = xcalloc(1, sizeof *player);
    player->settings = *settings;
    player->settings.output = xstrdup(settings->output);
    if (settings->state_folder)
        player->settings.state_folder = xstrdup(settings->state_folder);
    signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is a full disk, no end */
    if (settings->history)
        open_history(player);
    return player;
}

/* Frees what belongs to the session. */
static void let_go(struct player *player)
{
    session_close(player->session);
    arena_destroy(player->arena);
    player->session = NULL;
    player->arena = NULL;
    player->routine = player->voice = player->after = NULL;
    player->resume_id = 0;
    player->heard = 0;
    player->heard_all = false;
    player->looked = player->offered;
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
    keep_forget_offer(player, false);
    history_close(player->history);
    free((char *)player->taste.voice);
    free((char *)player->settings.output);
    free((char *)player->settings.state_folder);
    free(player);
}

/* --- a session --- */

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

/* The request with all its strings in the arena. */
static struct player_request keep_request(const struct player_request *request, struct arena *arena)
{
    struct player_request kept = *request;
    char *page = realpath(request->options.page, NULL);
    kept.options.page = arena_strdup(arena, page ? page : request->options.page);
    free(page);
    kept.options.voice = copy(arena, request->options.voice);
    kept.options.language = copy(arena, request->options.language);
    kept.options.sounds = copy(arena, request->options.sounds);
    kept.checkpoint = copy(arena, request->checkpoint);
    kept.options.rate_hz = SESSION_RATE_HZ;
    kept.options.live = !request->strict;
    return kept;
}

/* The coach is asked when there is a past that it may look at, and a rule that holds. */
static bool is_coached(const struct player *player)
{
    for (int rule = 0; rule < COACH_RULE_COUNT; rule++)
        if (player->settings.coach.on[rule])
            return player->history != NULL;
    return false;
}

enum limber_status player_open_with(struct player *player, const struct player_request *request,
                                    bool left, const char *choices, struct diags *diags,
                                    char **error)
{
    if (player->state != PLAYER_EMPTY)
        return LIMBER_BUSY;
    player->arena = arena_new();
    player->request = keep_request(request, player->arena);
    player->routine = request->name ? arena_strdup(player->arena, request->name)
                                    : library_name_of(player->arena, request->options.page);
    const struct session_coaching coaching = {.history = player->history,
                                              .routine = player->routine,
                                              .today = calendar_day_of(player_now(player)),
                                              .switches = player->settings.coach,
                                              .detail_given = request->detail_given,
                                              .seed_given = request->seed_given,
                                              .choices = choices};
    const struct session_host host = {
        .loop = player->settings.loop, .registry = player->settings.registry, .diags = diags};
    struct session_options options = player->request.options;
    bool asked = !left && is_coached(player);
    options.coaching = choices || asked ? &coaching : NULL;
    enum limber_status status = session_open(&host, &options, &player->session, error);
    if (status != LIMBER_OK) {
        let_go(player);
        return status;
    }
    player->voice = arena_strdup(player->arena, session_voice_name(player->session));
    player->state = PLAYER_OPENED;
    return LIMBER_OK;
}

enum limber_status player_open(struct player *player, const struct player_request *request,
                               struct diags *diags, char **error)
{
    enum limber_status status = player_open_with(player, request, false, NULL, diags, error);
    if (status == LIMBER_OK)
        player_changed(player);
    return status;
}

/* The history's session, and the words at its end. */
static const char *const *begin_diary(struct player *player)
{
    const struct diary_about about = {.history = player->history,
                                      .session = player->session,
                                      .routine = player->routine,
                                      .level = player->request.options.level,
                                      .seed = player->request.options.seed,
                                      .resume = player->resume_id,
                                      .now = player_now(player)};
    player->diary = diary_new(&about);
    if (!player->settings.spoken_close)
        return NULL;
    return diary_closing(player->history, session_routine(player->session)->language, about.now,
                         player->arena);
}

enum limber_status player_play(struct player *player, bool ask, char **error)
{
    if (player->state != PLAYER_OPENED)
        return LIMBER_BUSY;
    enum limber_status status = playing_open_device(player, error);
    if (status != LIMBER_OK)
        return status;
    player->state = PLAYER_PLAYING;
    bool goes_on = player->request.checkpoint != NULL;
    const struct conductor_options options = {.loop = player->settings.loop,
                                              .session = player->session,
                                              .stream = player->stream,
                                              .start_at = player->request.start_at,
                                              .resume = player->request.checkpoint,
                                              .heard = player->heard,
                                              .left = player->left && !player->settings.restarted,
                                              .ask = ask && goes_on,
                                              .ask_wait_ms = PLAYER_ASK_MS,
                                              .ask_effort = player->settings.ask_effort,
                                              .closing = begin_diary(player),
                                              .level_db = player->settings.level_db};
    keep_begin(player);
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

void player_set_taste(struct player *player, const struct player_taste *taste)
{
    char *voice = taste->voice ? xstrdup(taste->voice) : NULL;
    free((char *)player->taste.voice);
    player->taste = *taste;
    player->taste.voice = voice;
    player->tastes = true;
    memcpy(player->settings.level_db, taste->level_db, sizeof taste->level_db);
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

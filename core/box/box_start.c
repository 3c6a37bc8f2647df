/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_start.c: what is to be played: found and checked when it is asked for, made ready in the next
 * round of the loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "box/box_inside.h"
#include "player/agenda.h"
#include "session/library.h"
#include "timeline/report.h"

#define LOG_MODULE "box"

void box_drop_wish(struct box *box)
{
    arena_destroy(box->wish.arena);
    box->wish = (struct box_wish){0};
}

static struct box_wish *new_wish(struct box *box)
{
    box_drop_wish(box);
    box->wish.arena = arena_new();
    return &box->wish;
}

static enum limber_status refuse(struct box *box, const char *key, enum limber_status status)
{
    box_drop_wish(box);
    box_tell(box, key);
    return status;
}

/* --- options of a routine --- */

static bool take_choice(const char *value, const char *const *names, int count, int *index)
{
    for (*index = 0; *index < count; (*index)++)
        if (strcmp(value, names[*index]) == 0)
            return true;
    return false;
}

static bool take_option(struct box_wish *wish, const char *name, const char *value)
{
    static const char *const levels[] = {
        [LEVEL_EASY] = "easy", [LEVEL_NORMAL] = "normal", [LEVEL_DEEP] = "deep"};
    static const char *const details[] = {
        [DETAIL_FULL] = "full", [DETAIL_NORMAL] = "normal", [DETAIL_BRIEF] = "brief"};
    struct session_options *options = &wish->request.options;
    int index = 0;
    int64_t number = 0;
    if (strcmp(name, "for") == 0)
        return units_parse_duration(value, strlen(value), &options->for_ns);
    if (strcmp(name, "voice") == 0)
        return (options->voice = arena_strdup(wish->arena, value)) != NULL;
    if (strcmp(name, "language") == 0)
        return (options->language = arena_strdup(wish->arena, value)) != NULL;
    if (strcmp(name, "sounds") == 0)
        return (options->sounds = arena_strdup(wish->arena, value)) != NULL;
    if (strcmp(name, "level") == 0 && take_choice(value, levels, 3, &index)) {
        options->level = (enum level)index;
        return true;
    }
    if (strcmp(name, "detail") == 0 && take_choice(value, details, 3, &index)) {
        options->detail = (enum detail)index;
        return wish->request.detail_given = true;
    }
    if (strcmp(name, "seed") == 0 && units_parse_int(value, strlen(value), &number) &&
        number >= 0) {
        options->seed = (uint64_t)number;
        return wish->request.seed_given = true;
    }
    return false;
}

static bool take_options(struct box_wish *wish, const char *rest, char *answer, size_t size)
{
    char name[24], value[128];
    while (command_next_option(&rest, name, value)) {
        if (take_option(wish, name, value))
            continue;
        snprintf(answer, size,
                 "%s=%s: write for=12min, level=easy|normal|deep, detail=full|normal|brief, "
                 "voice=NAME, language=TAG, sounds=NAME or seed=N",
                 name, value);
        return false;
    }
    return true;
}

/* --- finding and checking --- */

/* By its bare name only: nothing that comes over a network is a path. */
static const struct library_item *find(struct arena *arena, const char *name, const char **nearest)
{
    size_t count = 0;
    const struct library_item *items = library_list(arena, &count);
    const char **names = arena_alloc(arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].name, name) == 0)
            return &items[i];
        names[i] = items[i].name;
    }
    *nearest = str_nearest(name, names, count);
    return NULL;
}

/* Looked for when it is made ready; a page is not refused for it before. */
static bool any_sound(void *context, const char *folder, const char *name)
{
    return true;
}

/* Whether the page has no errors; its title. */
static bool check(struct box_wish *wish, char *answer, size_t size)
{
    struct diags *diags = diags_new();
    enum limber_status status = LIMBER_OK;
    const struct routine_options options = {.language = wish->request.options.language,
                                            .sound_exists = any_sound};
    struct routine *routine = routine_load(wish->request.options.page, &options, diags, &status);
    const char *problem = diags_first(diags, 0, SEVERITY_ERROR, wish->arena);
    if (routine)
        wish->title = arena_strdup(wish->arena, routine->title ? routine->title : "");
    else
        snprintf(answer, size, "%s", problem ? problem : "the page cannot be read");
    bool well = routine != NULL;
    routine_destroy(routine);
    diags_destroy(diags);
    return well;
}

static void remember(struct box *box, const char *name, const char *rest)
{
    struct str last = {0};
    str_printf(&last, "%s%s%s", name, *rest ? " " : "", rest);
    str_free(&box->last);
    box->last = last;
}

enum limber_status box_start_named(struct box *box, const char *name, const char *rest,
                                   char *answer, size_t size)
{
    struct box_wish *wish = new_wish(box);
    const struct config *config = box->config;
    const char *nearest = NULL;
    const struct library_item *item = find(wish->arena, name, &nearest);
    if (!item) {
        snprintf(answer, size, "There is no routine \"%s\"%s%s%s.", name,
                 nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
        if (nearest)
            answer[strlen(answer) - 1] = '\0';
        return refuse(box, "box.no routine", LIMBER_NOT_FOUND);
    }
    wish->request = (struct player_request){.options = {.page = item->path,
                                                        .language = config->language,
                                                        .sounds = config->sounds,
                                                        .level = config->level,
                                                        .announce = -1,
                                                        .count = -1},
                                            .name = item->name,
                                            .patient = true};
    box_taste_for(box, &wish->request);
    if (wish->request.options.voice) /* it may be changed before the session is made */
        wish->request.options.voice = arena_strdup(wish->arena, wish->request.options.voice);
    if (!take_options(wish, rest, answer, size)) {
        box_drop_wish(box);
        return LIMBER_INVALID;
    }
    if (!check(wish, answer, size))
        return refuse(box, "box.page", LIMBER_INVALID);
    remember(box, item->name, rest);
    snprintf(answer, size, "playing %s", *wish->title ? wish->title : item->name);
    box_work_soon(box);
    return LIMBER_OK;
}

/* --- what to play when nothing is named --- */

enum limber_status box_start_left(struct box *box, bool restart, char *answer, size_t size)
{
    struct player_offer offer;
    if (!player_offer(box->player, &offer)) {
        snprintf(answer, size, "No session was left.");
        return LIMBER_NOT_FOUND;
    }
    struct box_wish *wish = new_wish(box);
    wish->left = true;
    wish->restart = restart;
    wish->title = arena_strdup(wish->arena, offer.title ? offer.title : "the session");
    snprintf(answer, size, "%s %s", restart ? "playing" : "going on with", wish->title);
    box_work_soon(box);
    return LIMBER_OK;
}

enum limber_status box_start_last(struct box *box, char *answer, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = arena_strdup(arena, str_text(&box->last));
    const char *place = history_place(arena), *nearest = NULL;
    struct history_session session;
    if (!*text && place) {
        struct history *history = history_open_to_read(place, calendar_now());
        if (history_last(history, NULL, arena, &session) && find(arena, session.routine, &nearest))
            text = session.routine;
        history_close(history);
    }
    size_t length = strcspn(text, " ");
    char *name = arena_strndup(arena, text, length);
    enum limber_status status = LIMBER_NOT_FOUND;
    if (length > 0)
        status = box_start_named(box, name, text[length] ? text + length + 1 : "", answer, size);
    else
        snprintf(answer, size, "Nothing was played yet: say which routine.");
    if (length == 0)
        box_tell(box, "box.nothing");
    arena_destroy(arena);
    return status;
}

/* Why what is due cannot be found: the plan has errors, or names routines that are not there. NULL:
 * neither. */
static const char *fault_of(const struct agenda *agenda)
{
    const char *fault = diags_first(agenda->diags, 0, SEVERITY_ERROR, agenda->arena);
    for (size_t i = 0; i < agenda->count && !fault; i++)
        if (!agenda->items[i].page && agenda->items[i].due->state == TODAY_DUE)
            fault = diags_first(agenda->diags, 0, SEVERITY_WARNING, agenda->arena);
    return fault;
}

static enum limber_status start_due(struct box *box, bool *due, char *answer, size_t size)
{
    struct agenda agenda;
    enum limber_status status = LIMBER_NOT_FOUND;
    char length[32] = "", rest[48] = "";
    agenda_open(&agenda);
    const struct agenda_item *item = agenda_first_due(&agenda);
    const char *fault = fault_of(&agenda);
    *due = item != NULL;
    if (item && item->due->entry->length_ns > 0)
        snprintf(rest, sizeof rest, "for=%s",
                 units_format_duration(item->due->entry->length_ns, length, sizeof length));
    if (item)
        status = box_start_named(box, item->name, rest, answer, size);
    else
        snprintf(answer, size, "%s", fault ? fault : "Nothing is due today.");
    if (fault)
        log_warning("%s", fault);
    agenda_close(&agenda);
    return status;
}

enum limber_status box_start_today(struct box *box, char *answer, size_t size)
{
    bool due = false;
    enum limber_status status = start_due(box, &due, answer, size);
    if (!due)
        box_tell(box, "box.not due");
    return status;
}

enum limber_status box_start_something(struct box *box, char *answer, size_t size)
{
    bool due = false;
    if (box_start_left(box, false, answer, size) == LIMBER_OK)
        return LIMBER_OK;
    enum limber_status status = start_due(box, &due, answer, size);
    return due ? status : box_start_last(box, answer, size);
}

/* --- making it ready --- */

static void report(struct box *box, const struct box_wish *wish, enum limber_status status,
                   const char *error)
{
    struct arena *arena = arena_new();
    const char *problem = diags_first(box->diags, 0, SEVERITY_ERROR, arena);
    if (status != LIMBER_OK)
        log_error("\"%s\" is not played: %s", wish->title,
                  error     ? error
                  : problem ? problem
                            : status_text(status));
    else if (diags_first(box->diags, 0, SEVERITY_WARNING, arena))
        log_warning("%s", diags_first(box->diags, 0, SEVERITY_WARNING, arena));
    arena_destroy(arena);
}

static enum limber_status open_session(struct box *box, const struct box_wish *wish, char **error)
{
    struct player_request request = wish->request;
    enum limber_status status = LIMBER_OK;
    if (wish->left) {
        status = player_open_left(box->player, box->diags, error);
        if (status == LIMBER_OK)
            box_taste_for_left(box);
        return status;
    }
    status = player_open(box->player, &request, box->diags, error);
    /* A voice or theme of the settings that is gone does not keep anybody from moving. */
    if (status == LIMBER_NOT_FOUND && *error) {
        log_warning("%s", *error);
        free(*error);
        *error = NULL;
        request.options.voice = request.options.sounds = NULL;
        status = player_open(box->player, &request, box->diags, error);
    }
    return status;
}

/* One line for a session, however often its engine failed. */
static void tell_voicing(const struct box *box)
{
    struct session *session = player_session(box->player);
    size_t count = 0;
    const struct report_fallback *first = session ? session_fallbacks(session, &count) : NULL;
    if (count == 0)
        return;
    log_warning("\"%.80s\" was spoken by %s instead of voice %s: %s%s", first->text,
                first->spoken_by ? first->spoken_by : "a tone", first->voice, first->reason,
                count > 1 ? ", and so with more of its words" : "");
}

void box_let_go(struct box *box)
{
    tell_voicing(box);
    player_close(box->player);
    box_watch_no_session(box);
    diags_destroy(box->diags);
    box->diags = NULL;
    say_on(box->say, player_stream(box->player));
}

void box_grant(struct box *box)
{
    char *error = NULL, answer[160];
    struct box_wish wish = box->wish;
    box->wish = (struct box_wish){0}; /* another may come meanwhile */
    if (player_state(box->player) != PLAYER_EMPTY)
        box_let_go(box);
    say_hush(box->say);
    say_on(box->say, NULL);
    say_rest(box->say);
    box->asked = false;
    box->diags = diags_new();
    enum limber_status status = open_session(box, &wish, &error);
    box->voice_for_left = false;
    if (status == LIMBER_OK)
        status = player_play(box->player, false, &error);
    report(box, &wish, status, error);
    free(error);
    if (status == LIMBER_OK && wish.restart)
        player_command(box->player, "restart", answer, sizeof answer);
    if (status == LIMBER_OK) {
        say_hush(box->say); /* what was wrong meanwhile is old news */
        log_info("plays \"%s\"", wish.title);
    } else {
        box_let_go(box);
    }
    arena_destroy(wish.arena);
    if (status != LIMBER_OK)
        box_tell(box, "box.not played");
}

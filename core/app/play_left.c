/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play_left.c: what to do about a session that was left: go on, ask, or tell of it
 * (docs/journal.md, "What is offered"). */
#include <stdio.h>
#include <string.h>

#include "app/play_inside.h"
#include "session/library.h"

#define RESTART_MS (60 * INT64_C(1000)) /* a process that started itself anew is back by then */
#define MINUTE_MS  (60 * INT64_C(1000))
#define HOUR_MS    (60 * MINUTE_MS)
#define DAY_MS     (24 * HOUR_MS)

static const char *name_of(struct play *play, const char *page)
{
    return library_name_of(play->app.arena, page);
}

/* "5 minutes ago" */
static const char *ago(struct arena *arena, int64_t age_ms)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{DAY_MS, "day"}, {HOUR_MS, "hour"}, {MINUTE_MS, "minute"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        int64_t count = age_ms / units[i].ms;
        if (count > 0)
            return arena_printf(arena, "%lld %s%s ago", (long long)count, units[i].name,
                                count > 1 ? "s" : "");
    }
    return "a moment ago";
}

/* Options that make another session than the one that was left. */
static bool wants_another(const struct request *request)
{
    static const enum option_id options[] = {
        OPTION_VOICE,  OPTION_LANGUAGE, OPTION_SOUNDS,   OPTION_LEVEL, OPTION_FOR,
        OPTION_DETAIL, OPTION_SEED,     OPTION_ANNOUNCE, OPTION_COUNT, OPTION_COACH,
        OPTION_STRICT, OPTION_START,    OPTION_CHANNELS};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (request->given[options[i]])
            return true;
    return false;
}

static void tell(struct play *play, const struct player_offer *offer)
{
    const struct request *request = play->app.request;
    if (request->quiet || request->json)
        return;
    fprintf(stderr,
            "limber: a session of %s was left %s%s%s; limber play --resume goes on with it\n",
            name_of(play, offer->page), ago(play->app.arena, offer->age_ms),
            offer->where ? " at " : "", offer->where ? offer->where : "");
}

/* --resume */
static int resume(struct play *play, const struct player_offer *offer, const char *page)
{
    if (!offer) {
        fputs("limber: error: no session was left\n", stderr);
        return EXIT_USAGE;
    }
    if (page && strcmp(name_of(play, page), name_of(play, offer->page)) != 0) {
        fprintf(stderr,
                "limber: error: the session that was left is one of %s, not of %s\n"
                "limber play --resume goes on with it\n",
                name_of(play, offer->page), play->app.request->arguments[0]);
        return EXIT_USAGE;
    }
    play->left = true;
    play->ask = offer->long_ago && play->attended;
    return -1;
}

int play_look_for_left(struct play *play, const char *page)
{
    const struct request *request = play->app.request;
    struct player_offer offer;
    int status = -1;
    bool there = player_offer(play->player, &offer);
    if (request->resume_at)
        play->left = there && offer.age_ms < RESTART_MS;
    else if (request->resume)
        status = resume(play, there ? &offer : NULL, page);
    else if (there && play->attended && !wants_another(request) &&
             strcmp(name_of(play, page), name_of(play, offer.page)) == 0)
        play->left = play->ask = true;
    else if (there)
        tell(play, &offer);
    if (play->left && offer.where)
        play->where = arena_strdup(play->app.arena, offer.where);
    if (request->resume_at && !play->left && !page) {
        fputs("limber: error: the session cannot be gone on with\n", stderr);
        return EXIT_RUNTIME;
    }
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_warm.c: everything that routines will say, spoken now and kept. */

#include "app/app.h"
#include "app/verbs.h"
#include "session/casting.h"
#include "session/library.h"
#include "voice/cache.h"

struct warming {
    const struct request *request;
    size_t routines, broken;
    size_t here, made, others; /* sentences: kept before, spoken now, spoken otherwise than asked */
};

/* Counts one routine's sentences, and tells. */
static void count(struct warming *warming, struct app *app, const char *name, size_t others)
{
    struct cast_stats stats;
    cast_stats(session_cast(app->session), &stats);
    warming->routines++;
    warming->here += stats.cached;
    warming->made += stats.synthesised;
    warming->others += others;
    if (warming->request->quiet)
        return;
    printf("%s: %zu sentence%s, %zu spoken now, %zu were there", name, stats.requests,
           stats.requests == 1 ? "" : "s", stats.synthesised, stats.cached);
    if (others > 0)
        printf(", %zu not by %s", others, session_voice_name(app->session));
    puts("");
    fflush(stdout);
}

static int warm_one(struct warming *warming, const char *name)
{
    struct app app;
    const char *page = NULL;
    int status = app_open_named(&app, warming->request, name, &page);
    if (status < 0) {
        bool shown = false, show = app_columns(stderr) > 0 && !warming->request->quiet;
        struct timeline *timeline = session_timeline(app.session, NULL, NULL);
        session_finish(app.session, timeline, show ? app_show_voicing : NULL, &shown);
        timeline_destroy(timeline);
        size_t others = session_report_voicing(app.session);
        count(warming, &app, name, others);
        app_print_diags(&app);
        if (others > 0 && warming->request->strict)
            status = EXIT_RUNTIME;
    } else {
        warming->broken++;
    }
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

static int warm_all(struct warming *warming)
{
    struct arena *arena = arena_new();
    size_t item_count = 0;
    const struct library_item *items = library_list(arena, &item_count);
    int worst = EXIT_DONE;
    for (size_t i = 0; i < item_count; i++) {
        if (items[i].move && !warming->request->moves)
            continue;
        int status = warm_one(warming, items[i].name);
        worst = status > worst ? status : worst;
    }
    arena_destroy(arena);
    return worst;
}

/* The sum, and whether all of it will stay. */
static void sum_up(const struct warming *warming)
{
    struct arena *arena = arena_new();
    const char *folder = casting_cache_folder(arena);
    struct cache *cache = cache_new(folder);
    struct cache_usage usage;
    char size[24], limit[24];
    cache_look(cache, &usage);
    if (!warming->request->quiet && warming->routines + warming->broken > 1) {
        printf("All in all %zu routine%s: %zu sentences spoken now, %zu were there",
               warming->routines, warming->routines == 1 ? "" : "s", warming->made, warming->here);
        printf(warming->others ? ", %zu by another voice" : "", warming->others);
        printf(warming->broken ? "; %zu could not be read" : "", warming->broken);
        puts(".");
    }
    cache_format_bytes(usage.bytes, size, sizeof size);
    cache_format_bytes(cache_limit(), limit, sizeof limit);
    if (!cache_is_usable(cache))
        fputs("limber: warning: nothing could be kept\n", stderr);
    else if (usage.bytes > cache_limit())
        fprintf(stderr,
                "limber: warning: %s are kept, more than the limit of %s: what was not used for\n"
                "the longest time will go. Set " CACHE_LIMIT_VARIABLE " to keep more.\n",
                size, limit);
    cache_destroy(cache);
    arena_destroy(arena);
}

/* Whether anything would stay; says why not. */
static bool can_keep(void)
{
    struct arena *arena = arena_new();
    const char *folder = casting_cache_folder(arena);
    struct cache *cache = folder ? cache_new(folder) : NULL;
    bool usable = cache && cache_is_usable(cache);
    if (!folder)
        fputs("limber: error: there is no home folder, so nothing can be kept; set HOME\n", stderr);
    else if (!usable)
        fprintf(stderr, "limber: error: nothing can be kept in %s\n", folder);
    cache_destroy(cache);
    arena_destroy(arena);
    return usable;
}

static int run_warm(const struct request *request)
{
    struct warming warming = {.request = request};
    int worst = EXIT_DONE;
    if (!request->all && request->argument_count == 0) {
        fputs("limber: error: limber voice warm needs ROUTINE…, or --all\n"
              "limber voice warm --help shows examples\n",
              stderr);
        return EXIT_USAGE;
    }
    if (!can_keep())
        return EXIT_RUNTIME;
    if (request->all)
        worst = warm_all(&warming);
    for (int i = 0; i < request->argument_count; i++) {
        int status = warm_one(&warming, request->arguments[i]);
        worst = status > worst ? status : worst;
    }
    sum_up(&warming);
    return worst;
}

const struct verb verb_voice_warm = {
    .name = "voice warm",
    .arguments = "ROUTINE…",
    .summary = "speak everything now, so that playing need not",
    .details = "Has every sentence of the routines spoken and keeps it: afterwards, playing them "
               "with the same options speaks nothing anew, which is good for a small computer. "
               "limber cache shows what is kept. With --strict the exit status is 1 when another "
               "voice had to speak.\n\n"
               "Examples:\n"
               "  limber voice warm upper-back-relief desk-break\n"
               "  limber voice warm --all --voice calm-us\n"
               "  limber voice warm my-routine.md --for 12min --level easy\n",
    .options = (const enum option_id[]){OPTION_ALL, OPTION_MOVES, OPTION_STRICT, OPTION_VOICE,
                                        OPTION_LANGUAGE, OPTION_LEVEL, OPTION_FOR, OPTION_DETAIL,
                                        OPTION_SEED, OPTION_ANNOUNCE, OPTION_COUNT, OPTION_SET,
                                        OPTION_PLUGIN_PATH, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_ROUTINE,
    .minimum = 0,
    .maximum = -1,
    .run = run_warm,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_today.c: plays what is due of the plan for the week. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/play.h"
#include "app/todaywork.h"
#include "app/verbs.h"
#include "base/file.h"

static const char example[] =
    "# What to do on which day. `limber today` plays what is due, `limber remind` tells it.\n"
    "# Pick a few and be consistent: ten minutes on most days do more than an hour now and then.\n"
    "\n"
    "days: weekdays        # for routines that say nothing else; every day if it is left out\n"
    "minutes: 10           # likewise; as long as the page is if it is left out\n"
    "most: 2               # a day; all that is due if it is left out\n"
    "\n"
    "routines:             # limber list shows all there are\n"
    "  - desk-break\n"
    "  - routine: upper-back-relief\n"
    "    days: 3 a week    # or: [Monday, Thursday], weekend, every 2 days\n"
    "    minutes: 15\n";

static int no_plan(const struct agenda *work)
{
    fprintf(stderr, "limber: error: there is no plan yet: %s\n",
            work->path ? work->path : "there is no home folder");
    fputs("limber today --init writes an example to change\n", stderr);
    return EXIT_USAGE;
}

static int write_example(const struct request *request)
{
    struct arena *arena = arena_new();
    const char *path = today_place(arena);
    int status = EXIT_DONE;
    if (path && file_exists(path) && !request->force) {
        fprintf(stderr, "limber: error: %s is there already; --force writes a new one\n", path);
        status = EXIT_USAGE;
    } else if (!path || file_make_folders(file_folder(arena, path)) != LIMBER_OK ||
               file_write(path, example, strlen(example)) != LIMBER_OK) {
        fprintf(stderr, "limber: error: %s cannot be written: %s\n", path ? path : "the plan",
                path ? strerror(errno) : "there is no home folder");
        status = EXIT_RUNTIME;
    } else if (!request->quiet) {
        printf("%s\n", path);
    }
    arena_destroy(arena);
    return status;
}

/* --- showing --- */

static void print_list(const struct agenda *work)
{
    for (size_t i = 0; i < work->count; i++) {
        const struct agenda_item *item = &work->items[i];
        char length[32], first[120];
        snprintf(first, sizeof first, "%s%s%s", item->title,
                 *todaywork_length(item, length) ? ", " : "", length);
        printf("%-8s %s: %s\n", todaywork_state(item), first,
               item->page ? item->due->why : "there is no such routine");
    }
}

static json_t *item_json(const struct agenda_item *item)
{
    char last[16];
    nsec length = item->due->entry->length_ns;
    bool done = item->due->last != CALENDAR_NO_DAY;
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s?}", "routine", item->name, "title",
                     item->title, "state", todaywork_state(item), "why", item->due->why, "minutes",
                     length > 0 ? json_real((double)length / (60.0 * NSEC_PER_SEC)) : json_null(),
                     "last",
                     done ? json_string(calendar_format_day(item->due->last, last)) : json_null(),
                     "page", item->page);
}

static void print_json(const struct agenda *work)
{
    char day[16];
    json_t *items = json_array();
    for (size_t i = 0; i < work->count; i++)
        json_array_append_new(items, item_json(&work->items[i]));
    json_t *all =
        json_pack("{s:i, s:s, s:s, s:o}", "format", 1, "path", work->path, "today",
                  calendar_format_day(calendar_day_of(work->now), day), "routines", items);
    json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    fputs("\n", stdout);
    json_decref(all);
}

/* --- playing --- */

/* Between two sessions the person may stop. Without a terminal it goes on: stopping a session stops
 * the rest as well. */
static bool wants_next(const struct request *request, const struct agenda_item *item)
{
    char answer[16] = "", length[32];
    todaywork_length(item, length);
    if (!request->quiet)
        printf("Next: %s%s%s.\n", item->title, *length ? ", " : "", length);
    fflush(stdout);
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || request->control_count > 0)
        return true;
    fputs("Enter begins it, q and Enter stops. ", stdout);
    fflush(stdout);
    return fgets(answer, sizeof answer, stdin) && answer[0] != 'q' && answer[0] != 'Q';
}

/* The command line that plays this one alone (`length`: "--for=900s"): for a process that must
 * start itself anew. */
static char **again_as_play(const struct request *request, const struct agenda_item *item,
                            char *length)
{
    int count = 0;
    while (request->argv[count])
        count++;
    char **argv = xcalloc((size_t)count + 3, sizeof *argv);
    int to = 0;
    argv[to++] = "play";
    argv[to++] = (char *)item->page;
    if (!request->given[OPTION_FOR] && item->due->entry->length_ns > 0)
        argv[to++] = length;
    for (int i = 1; i < count; i++)
        argv[to++] = request->argv[i];
    return argv;
}

/* With what the plan says of it, where the command line says nothing. */
static int play_item(const struct request *request, const struct agenda_item *item, bool *stopped)
{
    struct request one = *request;
    char *arguments[] = {(char *)item->page, NULL};
    char length[40];
    snprintf(length, sizeof length, "--for=%llds",
             (long long)(item->due->entry->length_ns / NSEC_PER_SEC));
    char **argv = again_as_play(request, item, length);
    enum player_end end = PLAYER_NOT_ENDED;
    if (!request->given[OPTION_FOR])
        one.for_ns = item->due->entry->length_ns;
    one.arguments = arguments;
    one.argument_count = 1;
    one.argv = argv;
    int status = play_routine(&one, &end);
    free(argv);
    *stopped = status != EXIT_DONE || end != PLAYER_FINISHED;
    return status;
}

static int play_due(const struct request *request, const struct agenda *work)
{
    int worst = EXIT_DONE;
    bool stopped = false;
    size_t played = 0;
    for (size_t i = 0; i < work->count && !stopped; i++) {
        const struct agenda_item *item = &work->items[i];
        if (item->due->state != TODAY_DUE)
            continue;
        if (!item->page) {
            worst = EXIT_ROUTINE; /* it was told */
            continue;
        }
        if (played++ > 0 && !wants_next(request, item))
            break;
        int status = play_item(request, item, &stopped);
        worst = status > worst ? status : worst;
    }
    if (played == 0 && worst == EXIT_DONE && !request->quiet)
        puts("Nothing is due today.");
    else if (stopped && played < work->due_count && !request->quiet)
        puts("The rest is still due: limber today goes on with it.");
    return worst;
}

static int run_today(const struct request *request)
{
    struct agenda work;
    if (request->init)
        return write_example(request);
    int status = todaywork_open(&work);
    if (status < 0 && !work.exists)
        status = no_plan(&work);
    if (status < 0 && request->json)
        print_json(&work);
    else if (status < 0 && request->listed)
        print_list(&work);
    else if (status < 0)
        status = play_due(request, &work);
    agenda_close(&work);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_today = {
    .name = "today",
    .arguments = "",
    .summary = "play what is due today",
    .details =
        "Plays what is due of your plan for the week, ~/.config/limber/today.yaml: a few routines, "
        "each with its days and minutes (docs/coach.md). What was not done for longest comes "
        "first. After each you may stop; the rest stays due.\n\n"
        "Examples:\n"
        "  limber today --init      write an example of a plan\n"
        "  limber today --list      what is due, what is done, and why\n"
        "  limber today\n"
        "  limber today --for 8min --level easy\n",
    .options = (const enum option_id[]){OPTION_LIST, OPTION_JSON, OPTION_INIT, OPTION_FORCE,
                                        PLAY_OPTIONS, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_today,
};

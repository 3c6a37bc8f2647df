/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_history.c: what was done: history, history forget. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/historyview.h"
#include "app/verbs.h"
#include "base/str.h"

#define RECENT_SESSIONS 10
#define USUAL_WEEKS     8
#define LEAST_COLUMNS   40
#define MOST_COLUMNS    100

/* --- what both share --- */

/* Returns −1, or the exit status after saying what is wrong. */
static int view_open(struct history_view *view)
{
    *view = (struct history_view){.arena = arena_new(), .now = calendar_now(), .to = stdout};
    view->path = history_place(view->arena);
    view->history = history_open_to_read(view->path, view->now);
    /* It has said so. Where there is none yet, nothing is wrong. */
    return history_problem(view->history) && !history_is_readable(view->history) ? EXIT_RUNTIME
                                                                                 : -1;
}

static void view_close(struct history_view *view)
{
    history_close(view->history);
    arena_destroy(view->arena);
}

/* A number from 1 up, or 0. */
static int64_t session_number(const char *text)
{
    int64_t number = 0;
    return units_parse_int(text, strlen(text), &number) && number > 0 ? number : 0;
}

static bool find_session(const struct history_view *view, int64_t id,
                         struct history_session *session)
{
    const struct history_filter filter = {.id = id, .most = 1};
    struct history_session *found = NULL;
    if (history_sessions(view->history, &filter, view->arena, &found) != 1) {
        fprintf(stderr,
                "limber: error: there is no session %lld\nlimber history --all shows their "
                "numbers\n",
                (long long)id);
        return false;
    }
    *session = found[0];
    return true;
}

/* --- history --- */

/* Wide enough to be read, not so wide that the eye loses the line. */
static int columns_of(FILE *to)
{
    const char *set = getenv("COLUMNS");
    int columns = app_columns(to);
    if (columns == 0)
        columns = set && *set ? atoi(set) : 80;
    return columns < LEAST_COLUMNS  ? LEAST_COLUMNS
           : columns > MOST_COLUMNS ? MOST_COLUMNS
                                    : columns;
}

/* A date, or an age in days or weeks: 2026-03-01, 30d, 4w. */
static bool parse_since(const char *text, calendar_day today, calendar_day *since)
{
    size_t length = strlen(text);
    int64_t number = 0;
    bool weeks = length > 1 && text[length - 1] == 'w';
    if (calendar_parse_day(text, since))
        return true;
    if (length < 2 || (!weeks && text[length - 1] != 'd') ||
        !units_parse_int(text, length - 1, &number) || number < 0 || number > 36500)
        return false;
    *since = today - (calendar_day)(number * (weeks ? 7 : 1));
    return true;
}

static int check_request(const struct request *request, calendar_day today,
                         struct history_filter *filter)
{
    filter->routine = request->routine;
    filter->last = today + 1; /* somebody may have flown west */
    filter->bounded = request->since != NULL;
    if (request->since && !parse_since(request->since, today, &filter->first)) {
        fprintf(stderr,
                "limber: error: --since %s: is no date; write 2026-03-01, or 30d or 4w for so long "
                "ago\n",
                request->since);
        return EXIT_USAGE;
    }
    if (request->weeks > HISTORY_MOST_WEEKS) {
        fprintf(stderr, "limber: error: --weeks %lld: no more than %d\n", (long long)request->weeks,
                HISTORY_MOST_WEEKS);
        return EXIT_USAGE;
    }
    if (request->json && request->csv) {
        fputs("limber: error: either --json or --csv\n", stderr);
        return EXIT_USAGE;
    }
    return -1;
}

/* The streak and the weeks are of all days, whatever --since says. */
static void ask_days(struct history_view *view, const struct request *request)
{
    const struct history_filter filter = {.routine = request->routine};
    struct history_day *days = NULL;
    calendar_day today = calendar_day_of(view->now);
    size_t count = history_days(view->history, &filter, view->arena, &days);
    view->streak = history_streak(days, count, today);
    view->week_count = request->weeks < 0 ? USUAL_WEEKS : (size_t)request->weeks;
    history_weeks(days, count, today, &view->week, 1);
    history_weeks(days, count, today, view->weeks, view->week_count);
}

static void ask(struct history_view *view, const struct request *request,
                const struct history_filter *filter)
{
    struct history_session *sessions = NULL;
    struct history_practice *practices = NULL;
    bool for_people = !request->json && !request->csv;
    view->session_count = history_sessions(view->history, filter, view->arena, &sessions);
    view->sessions = sessions;
    if (for_people && !request->all && !request->since && view->session_count > RECENT_SESSIONS) {
        view->left_out = view->session_count - RECENT_SESSIONS;
        view->session_count = RECENT_SESSIONS;
    }
    if (request->json || (request->moves && for_people))
        view->practice_count = history_practices(view->history, filter, view->arena, &practices);
    view->practices = practices;
    ask_days(view, request);
}

/* Nothing of this routine: perhaps another one was meant. */
static bool print_unknown_routine(const struct history_view *view, const char *routine)
{
    const char **names = NULL;
    size_t count = history_routines(view->history, view->arena, &names);
    if (!routine || count == 0)
        return false;
    const char *nearest = str_nearest(routine, names, count);
    printf("No session of \"%s\" yet", routine);
    printf(nearest && strcmp(nearest, routine) != 0 ? "; did you mean \"%s\"?\n" : ".\n", nearest);
    return true;
}

static void print_view(struct history_view *view, const struct request *request)
{
    view->columns = columns_of(stdout);
    view->plain = request->plain || app_columns(stdout) == 0 || !app_speaks_utf8();
    if (request->json)
        historyview_print_json(view);
    else if (request->csv)
        historyview_print_csv(view, request->moves);
    else if (view->session_count == 0 && request->since && view->streak.longest > 0)
        printf("No session since %s.\n", request->since);
    else if (view->session_count > 0 || !print_unknown_routine(view, request->routine))
        historyview_print(view);
}

static int print_one(struct history_view *view, const struct request *request, int64_t id)
{
    struct history_session session;
    if (!find_session(view, id, &session))
        return EXIT_USAGE;
    view->sessions = &session;
    view->session_count = 1;
    view->columns = columns_of(stdout);
    view->plain = request->plain || app_columns(stdout) == 0 || !app_speaks_utf8();
    if (request->json)
        historyview_print_json(view);
    else if (request->csv)
        historyview_print_csv(view, true);
    else
        historyview_print_session(view, &session);
    return EXIT_DONE;
}

static int run_history(const struct request *request)
{
    struct history_view view;
    struct history_filter filter = {0};
    const char *argument = request->argument_count ? request->arguments[0] : NULL;
    int64_t id = argument ? session_number(argument) : 0;
    if (argument && id == 0)
        return cli_unknown_verb(cli_find_group("history"), argument);
    int status = view_open(&view);
    if (status < 0)
        status = check_request(request, calendar_day_of(view.now), &filter);
    if (status < 0 && id) {
        status = print_one(&view, request, id);
    } else if (status < 0) {
        ask(&view, request, &filter);
        print_view(&view, request);
        status = EXIT_DONE;
    }
    view_close(&view);
    return status;
}

const struct verb verb_history = {
    .name = "history",
    .arguments = "[SESSION]",
    .summary = "show what was done: sessions, days in a row, minutes per week",
    .details =
        "Prints the last sessions, how many days in a row had one, and the minutes of each week. A "
        "day counts with a finished session or a minute of movement; a day that is not over yet "
        "does not end the row. With the number of a session, its moves one by one. All of it is in "
        "one SQLite file on this machine, ~/.local/state/limber/history.db, for you to read with "
        "any program (docs/history.md).\n\n"
        "Examples:\n"
        "  limber history\n"
        "  limber history --routine desk-break --since 4w\n"
        "  limber history --moves --weeks 26\n"
        "  limber history 12\n"
        "  limber history --csv > sessions.csv\n",
    .options =
        (const enum option_id[]){OPTION_WEEKS, OPTION_ROUTINE, OPTION_SINCE, OPTION_MOVES,
                                 OPTION_ALL, OPTION_PLAIN, OPTION_JSON, OPTION_CSV, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 1,
    .run = run_history,
};

/* --- history forget --- */

/* True: go on. */
static bool agreed(const struct request *request, const char *what, int *status)
{
    char answer[16] = "";
    *status = EXIT_USAGE;
    if (request->yes)
        return true;
    if (!isatty(STDIN_FILENO)) {
        fprintf(stderr,
                "limber: error: %s would be forgotten for good; --yes does so without asking\n",
                what);
        return false;
    }
    fprintf(stderr, "Forget %s for good? [y/N] ", what);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return true;
    fputs("Nothing was forgotten.\n", stderr);
    *status = EXIT_RUNTIME;
    return false;
}

static int say_forgotten(const struct history_view *view, enum limber_status status)
{
    if (status == LIMBER_OK || status == LIMBER_NOT_FOUND)
        return EXIT_DONE;
    if (status == LIMBER_BUSY)
        fprintf(stderr, "limber: error: %s is in use by another program; try again\n", view->path);
    else
        fprintf(stderr, "limber: error: %s could not be changed\n",
                view->path ? view->path : "the history");
    return EXIT_RUNTIME;
}

static int forget_all(struct history_view *view, const struct request *request)
{
    const struct history_filter everything = {0};
    struct history_session *sessions = NULL;
    size_t count = history_sessions(view->history, &everything, view->arena, &sessions);
    char what[64];
    int status = EXIT_DONE;
    snprintf(what, sizeof what, count == 1 ? "%zu session" : "all %zu sessions", count);
    if (count > 0 && !agreed(request, what, &status))
        return status;
    status = say_forgotten(view, history_forget(view->history, 0, &count));
    if (status == EXIT_DONE && !request->quiet)
        printf(count == 1 ? "%zu session forgotten.\n" : "%zu sessions forgotten.\n", count);
    return status;
}

static int forget_these(struct history_view *view, const struct request *request)
{
    struct str what = {0};
    int status = -1;
    for (int i = 0; i < request->argument_count && status < 0; i++) {
        struct history_session session;
        char date[16];
        if (!find_session(view, session_number(request->arguments[i]), &session))
            status = EXIT_USAGE;
        else
            str_printf(&what, "%s%s of %s", i ? ", " : "", session.routine,
                       calendar_format_day(calendar_day_of(session.started), date));
    }
    bool go_on = status < 0 && agreed(request, str_text(&what), &status);
    for (int i = 0; i < request->argument_count && go_on; i++) {
        size_t count = 0;
        status = say_forgotten(
            view, history_forget(view->history, session_number(request->arguments[i]), &count));
        go_on = status == EXIT_DONE;
    }
    if (go_on && !request->quiet)
        printf("Forgotten: %s.\n", str_text(&what));
    str_free(&what);
    return status;
}

static bool check_numbers(const struct request *request)
{
    for (int i = 0; i < request->argument_count; i++) {
        if (session_number(request->arguments[i]) == 0) {
            fprintf(stderr, "limber: error: %s is not the number of a session\n",
                    request->arguments[i]);
            return false;
        }
    }
    if (request->all == (request->argument_count > 0))
        fputs("limber: error: limber history forget needs the numbers of sessions, or --all\n"
              "limber history shows the numbers\n",
              stderr);
    return request->all != (request->argument_count > 0);
}

static int run_forget(const struct request *request)
{
    struct history_view view;
    if (!check_numbers(request))
        return EXIT_USAGE;
    int status = view_open(&view);
    if (status < 0)
        status = request->all ? forget_all(&view, request) : forget_these(&view, request);
    view_close(&view);
    return status;
}

const struct verb verb_history_forget = {
    .name = "history forget",
    .arguments = "[SESSION…]",
    .summary = "remove sessions from the history, or all of it",
    .details =
        "Asks first. What is forgotten is gone from the file as well, not only marked as gone; "
        "with --all, from damaged files that were set aside, too.\n\n"
        "Examples:\n"
        "  limber history forget 12\n"
        "  limber history forget --all --yes\n",
    .options = (const enum option_id[]){OPTION_ALL, OPTION_YES, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = -1,
    .run = run_forget,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app.h: what most verbs need: loop, plugins, diagnostics, a session. */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/cli.h"
#include "player/config.h"
#include "session/coaching.h"
#include "session/session.h"

struct app {
    const struct request *request;
    struct arena *arena;
    struct loop *loop;
    struct registry *registry;
    struct diags *diags;
    struct session *session;
    struct config config; /* all default unless the verb reads one, or --config was given */
    bool live;            /* for app_open_session(): somebody listens */
    bool coached;         /* likewise: the coach is asked */
};

/* Sets up all but the session, with the configuration and the plugin settings of the request, which
 * app->request then has together. Returns −1, or the exit
 * status after saying what is wrong. */
int app_open(struct app *app, const struct request *request);
/* The same for what must go on: faults of the configuration are told, and what is right in it
 * counts. */
int app_open_anyway(struct app *app, const struct request *request);
/* Reads the configuration and puts what it says into app->request, where the command line says
 * nothing. Returns −1, or the exit status. Part of app_open(). */
int app_configure(struct app *app, bool anyway);
void app_close(struct app *app);

/* Finds the page by path or bare name; NULL after saying that there is none. */
const char *app_find(struct app *app, const char *name);
/* Opens the session of a page and prints its diagnostics. Returns −1, or the exit status. */
int app_open_session(struct app *app, const char *page);
/* The same for whoever opens it otherwise: what the request asks for, and what to say of the
 * outcome. Takes `error`. */
struct session_options app_session_options(const struct app *app, const char *page);
int app_session_opened(struct app *app, const char *page, enum limber_status status, char *error);
/* Opens app and session for the routine named; *page is its path. Returns −1 or the exit status. */
int app_open_named(struct app *app, const struct request *request, const char *name,
                   const char **page);
/* Which rules of the coach hold: those of --coach, else of the configuration. */
struct coach_switches app_coach_switches(const struct app *app);
/* What the coach is asked with, today. `history`: to be closed after session_open(). */
struct session_coaching app_coaching(struct app *app, struct history **history);
/* Why things are as they are, a reason a line: what was asked for, the coach, fit-to-time. */
void app_explain(struct app *app, FILE *to);
/* The coach's reasons for a report; none without a coach. In app->arena. */
const struct report_choice *app_report_choices(struct app *app, size_t *count);
/* For session_finish(): a count on the terminal while words are voiced. `shown` is a bool of the
 * caller, false at first. */
void app_show_voicing(void *shown, size_t done, size_t total);
/* Prints what was found so far. Returns EXIT_ROUTINE if there are errors (or, with --strict,
 * warnings), else −1. */
int app_print_diags(struct app *app);
/* Resolves the whole session, showing progress, and adds to the diagnostics what could not be
 * spoken as asked. The caller destroys the timeline. */
struct timeline *app_voice_all(struct app *app);
/* Prints the result document of report.h. `file`: what was written, or NULL. Returns the exit
 * status. */
int app_print_result(struct app *app, const struct timeline *timeline, const char *file);
/* Voice, fallbacks, and the terminal that `to` is. */
struct report_info app_report_info(struct app *app, FILE *to);
/* Says what fit-to-time chose. */
void app_print_fit(struct app *app);
/* Splits --output NAME:k=v,… and sets the options; returns the plugin's id ("out-" may be left
 * out), or NULL after saying what is wrong. */
const char *app_output(struct app *app, const char *otherwise);
/* The same for --input and "in-". */
const char *app_input(struct app *app, const char *otherwise);
/* The same for every --control and "control-": request->control_count ids. Returns −1, or the exit
 * status. */
int app_controls(struct app *app, const char *ids[CLI_MAX_CONTROLS]);
/* Opens FILE for a result ("-" or NULL: stdout), through a temporary name. */
struct result_file {
    FILE *stream;
    struct atomic_file *file;
};
int result_open(const char *path, struct result_file *result);
int result_close(const char *path, struct result_file *result, enum limber_status status);
/* Whether to use colour on a stream: a terminal, NO_COLOR unset, TERM not dumb. */
bool app_color(FILE *stream);
int app_columns(FILE *stream); /* 0: not a terminal */
/* Whether the person's locale shows more than plain characters. */
bool app_speaks_utf8(void);
int exit_status_of(enum limber_status status);

#endif

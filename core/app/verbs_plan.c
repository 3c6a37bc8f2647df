/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_plan.c: plan, check and render: everything that needs no listener. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "base/str.h"
#include "session/render.h"

#define PLAN_OPTIONS                                                                               \
    OPTION_VOICE, OPTION_LANGUAGE, OPTION_SOUNDS, OPTION_LEVEL, OPTION_FOR, OPTION_DETAIL,         \
        OPTION_SEED, OPTION_ANNOUNCE, OPTION_COUNT, OPTION_CHANNELS, OPTION_SET,                   \
        OPTION_PLUGIN_PATH, OPTION_NO_CACHE, OPTION_QUIET, OPTION_CONFIG

/* How long the session is, in whole seconds, for a person. Returns buffer. */
static const char *length_of(struct app *app, const struct timeline *timeline, char *buffer,
                             size_t size)
{
    nsec length = ns_from_frames(timeline_length(timeline), session_rate(app->session));
    return units_format_duration(length / NSEC_PER_SEC * NSEC_PER_SEC, buffer, size);
}

/* --- plan --- */

static int write_svg(struct app *app, const struct timeline *timeline, const char *path)
{
    struct result_file result;
    struct report_info info = app_report_info(app, stdout);
    int status = result_open(path, &result);
    if (status >= 0)
        return status;
    return result_close(path, &result, report_svg(timeline, &info, result.stream));
}

/* With the coach it is as play would have it: with the person's settings and history. */
static int open_plan(struct app *app, const struct request *request)
{
    struct request wanted = *request;
    bool coached = request->explain || request->coach >= 0;
    wanted.configured |= coached;
    int status = app_open(app, &wanted);
    if (app->request == &wanted)
        app->request = request;
    const char *page = status < 0 ? app_find(app, request->arguments[0]) : NULL;
    app->coached = coached;
    return status >= 0 ? status : page ? app_open_session(app, page) : EXIT_USAGE;
}

static int run_plan(const struct request *request)
{
    struct app app;
    int status = open_plan(&app, request);
    if (status < 0) {
        struct timeline *timeline = app_voice_all(&app);
        struct report_info info = app_report_info(&app, stdout);
        info.choices = app_report_choices(&app, &info.choice_count);
        if (!request->explain)
            app_print_fit(&app);
        int verdict = app_print_diags(&app);
        if (request->svg)
            status = write_svg(&app, timeline, request->svg);
        if (request->json) {
            struct result_file result;
            result_open(NULL, &result);
            status = result_close(NULL, &result, report_json(timeline, &info, stdout));
        } else if (request->explain) {
            app_explain(&app, stdout);
        } else if (!request->svg) {
            report_table(timeline, &info, stdout);
        }
        timeline_destroy(timeline);
        status = status > 0 ? status : verdict > 0 ? verdict : EXIT_DONE;
    }
    app_close(&app);
    return status;
}

const struct verb verb_plan = {
    .name = "plan",
    .arguments = "ROUTINE",
    .summary = "show what a routine will say and sound, and when",
    .details = "Prints the whole session as a table, as JSON, or as a picture.\n\n"
               "Examples:\n"
               "  limber plan upper-back-relief\n"
               "  limber plan my-routine.md --for 12min\n"
               "  limber plan my-routine.md --json > plan.json\n"
               "  limber plan my-routine.md --svg session.svg\n"
               "  limber plan my-routine.md --explain     why play would choose what it does\n"
               "  limber plan my-routine.md --coach all   the session as play would have it\n"
               "  limber plan my-routine.md --voice anna --strict   exit status 3 if another voice "
               "must help\n",
    .options = (const enum option_id[]){OPTION_JSON, OPTION_SVG, OPTION_EXPLAIN, OPTION_COACH,
                                        OPTION_STRICT, PLAN_OPTIONS, OPTION_HELP},
    .complete = COMPLETE_ROUTINE,
    .minimum = 1,
    .maximum = 1,
    .run = run_plan,
};

/* --- check --- */

static int check_one(const struct request *request, const char *name, size_t *warnings)
{
    struct app app;
    const char *page = NULL;
    int status = app_open_named(&app, request, name, &page);
    if (status < 0) {
        struct timeline *timeline = app_voice_all(&app);
        const struct routine_options options = {.language = request->language};
        plan_warn(session_plan(app.session), app.diags);
        timeline_warn(timeline, app.diags);
        routine_check_translation(session_routine(app.session)->path, &options, app.diags);
        char length[40];
        status = app_print_diags(&app);
        if (!request->quiet)
            fprintf(stdout, "%s: %s, %s\n", page, status < 0 ? "good" : "not good",
                    length_of(&app, timeline, length, sizeof length));
        timeline_destroy(timeline);
    }
    if (app.diags)
        *warnings += diags_count(app.diags, SEVERITY_WARNING);
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

static int run_check(const struct request *request)
{
    int worst = EXIT_DONE;
    size_t warnings = 0;
    for (int i = 0; i < request->argument_count; i++) {
        int status = check_one(request, request->arguments[i], &warnings);
        worst = status > worst ? status : worst;
    }
    if (warnings && !request->quiet)
        fprintf(stderr, "%zu warning%s\n", warnings, warnings == 1 ? "" : "s");
    return worst;
}

const struct verb verb_check = {
    .name = "check",
    .arguments = "ROUTINE…",
    .summary = "find mistakes in routines",
    .details = "Tells every mistake with its line, column and remedy. Exit status 3 if there are "
               "errors.\n\n"
               "Examples:\n"
               "  limber check my-routine.md\n"
               "  limber check --strict scripts/*.md scripts/moves/*.md\n",
    .options = (const enum option_id[]){OPTION_STRICT, PLAN_OPTIONS, OPTION_HELP},
    .complete = COMPLETE_ROUTINE,
    .minimum = 1,
    .maximum = -1,
    .run = run_check,
};

/* --- render --- */

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

static bool show_progress(void *context, frames done, frames total)
{
    bool *show = context;
    if (*show && total > 0)
        fprintf(stderr, "\rwriting %d %%\033[K", (int)(100 * done / total));
    return !interrupted;
}

static int write_captions(const struct timeline *timeline, const char *path)
{
    struct result_file result;
    int status = result_open(path, &result);
    return status >= 0 ? status
                       : result_close(path, &result, report_captions(timeline, result.stream));
}

static int render_to_file(struct app *app, const char *page)
{
    const struct request *request = app->request;
    bool show = app_columns(stderr) > 0 && !request->quiet;
    struct timeline *timeline = app_voice_all(app);
    char *error = NULL, length[40];
    const char *output = app_output(app, "out-file");
    const char *target = request->file;
    if (!target) {
        size_t stem = strlen(file_name(page)) - (str_ends_with(page, ".md") ? 3 : 0);
        target = arena_printf(app->arena, "%.*s.wav", (int)stem, file_name(page));
    }
    const struct render_options options = {.output = output,
                                           .target = target,
                                           .timeline = timeline,
                                           .progress = show_progress,
                                           .context = &show};
    app_print_fit(app);
    int status = output ? app_print_diags(app) : EXIT_USAGE;
    if (status < 0) {
        enum limber_status rendered = render_session(app->session, &options, &error);
        if (show)
            fputs("\r\033[K", stderr);
        status = exit_status_of(rendered) == EXIT_DONE ? -1 : EXIT_RUNTIME;
        if (status > 0)
            fprintf(stderr, "limber: error: %s: %s\n", target,
                    interrupted ? "interrupted; nothing was kept"
                    : error     ? error
                                : "was not written"); /* the log has said why */
    }
    if (status < 0 && request->captions)
        status = write_captions(timeline, request->captions) == EXIT_DONE ? -1 : EXIT_RUNTIME;
    if (status < 0 && !request->quiet)
        fprintf(stderr, "%s: %s\n", target, length_of(app, timeline, length, sizeof length));
    if (status < 0 && request->json)
        status = app_print_result(app, timeline, target);
    free(error);
    timeline_destroy(timeline);
    return status < 0 ? EXIT_DONE : status;
}

static int run_render(const struct request *request)
{
    struct app app;
    const struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    const char *page = NULL;
    int status = app_open_named(&app, request, request->arguments[0], &page);
    if (status < 0)
        status = render_to_file(&app, page);
    app_close(&app);
    return status;
}

const struct verb verb_render = {
    .name = "render",
    .arguments = "ROUTINE -o FILE",
    .summary = "write a session to a sound file",
    .details =
        "Writes the very samples that playing gives, hundreds of times faster. The file's "
        "ending says which kind it is. With --strict nothing is written if there are warnings, "
        "words that\n"
        "another voice had to speak among them; with --json the result is told to programs.\n\n"
        "Examples:\n"
        "  limber render upper-back-relief -o back.wav\n"
        "  limber render my-routine.md -o my-routine.opus --captions my-routine.vtt\n"
        "  limber render my-routine.md -o my-routine.flac --set out-file.format=s24\n"
        "  limber render my-routine.md -o my-routine.flac --voice anna --strict --json\n",
    .options = (const enum option_id[]){OPTION_FILE, OPTION_CAPTIONS, OPTION_OUTPUT, OPTION_JSON,
                                        OPTION_STRICT, PLAN_OPTIONS, OPTION_HELP},
    .complete = COMPLETE_ROUTINE,
    .minimum = 1,
    .maximum = 1,
    .run = run_render,
};

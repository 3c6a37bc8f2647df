/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app.c: what most verbs need. */
#include "app/app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "session/library.h"

int exit_status_of(enum limber_status status)
{
    switch (status) {
    case LIMBER_OK:
        return EXIT_DONE;
    case LIMBER_INVALID:
        return EXIT_ROUTINE;
    default:
        return EXIT_RUNTIME;
    }
}

bool app_color(FILE *stream)
{
    const char *term = getenv("TERM");
    return isatty(fileno(stream)) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
}

int app_columns(FILE *stream)
{
    struct winsize size;
    if (!isatty(fileno(stream)))
        return 0;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool app_speaks_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) /* the first that is set decides */
            return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
    }
    return false;
}

/* --- plugin settings --- */

static int set_one(struct app *app, const char *plugin, const char *option, const char *value)
{
    char *error = NULL;
    if (registry_set(app->registry, plugin, option, value, &error) == LIMBER_OK)
        return -1;
    fprintf(stderr, "limber: error: %s\n", error ? error : "the plugin refused the option");
    free(error);
    return EXIT_USAGE;
}

static int apply_settings(struct app *app)
{
    for (size_t i = 0; i < app->request->setting_count; i++) {
        const char *setting = app->request->settings[i];
        const char *dot = strchr(setting, '.'), *equals = strchr(setting, '=');
        if (!dot || !equals || dot > equals || dot == setting) {
            fprintf(
                stderr,
                "limber: error: --set %s: write PLUGIN.OPTION=VALUE, such as out-file.format=s24\n",
                setting);
            return EXIT_USAGE;
        }
        char *plugin = arena_strndup(app->arena, setting, (size_t)(dot - setting));
        char *option = arena_strndup(app->arena, dot + 1, (size_t)(equals - dot - 1));
        int status = set_one(app, plugin, option, equals + 1);
        if (status >= 0)
            return status;
    }
    return -1;
}

/* The id in "NAME:option=value,…"; its prefix may be left out. */
static char *plugin_of(struct app *app, const char *prefix, const char *text)
{
    size_t length = strcspn(text, ":");
    return str_starts_with(text, prefix)
               ? arena_strndup(app->arena, text, length)
               : arena_printf(app->arena, "%s%.*s", prefix, (int)length, text);
}

/* Splits "NAME:option=value,…" and sets the options. */
static const char *choose_plugin(struct app *app, const char *option, const char *prefix,
                                 const char *text)
{
    const char *colon = strchr(text, ':');
    char *id = plugin_of(app, prefix, text);
    char *pairs = arena_strdup(app->arena, colon ? colon + 1 : "");
    for (char *save = NULL, *pair = strtok_r(pairs, ",", &save); pair;
         pair = strtok_r(NULL, ",", &save)) {
        char *equals = strchr(pair, '=');
        if (!equals) {
            fprintf(stderr, "limber: error: %s %s: write NAME:option=value,option=value\n", option,
                    text);
            return NULL;
        }
        *equals = 0;
        if (set_one(app, id, pair, equals + 1) >= 0)
            return NULL;
    }
    return id;
}

const char *app_output(struct app *app, const char *otherwise)
{
    const char *text = app->request->output;
    return choose_plugin(app, "--output", "out-", text ? text : otherwise);
}

const char *app_input(struct app *app, const char *otherwise)
{
    const char *text = app->request->input;
    return choose_plugin(app, "--input", "in-", text ? text : otherwise);
}

int app_controls(struct app *app, const char *ids[CLI_MAX_CONTROLS])
{
    for (size_t i = 0; i < app->request->control_count; i++) {
        const char *text = app->request->controls[i];
        char *error = NULL;
        ids[i] = plugin_of(app, "control-", text); /* loaded first, so that options are checked */
        bool there = registry_descriptor(app->registry, ids[i], &error) != NULL;
        if (!there)
            fprintf(stderr, "limber: error: --control %s: %s\n", text, error);
        free(error);
        if (!there || !choose_plugin(app, "--control", "control-", text))
            return EXIT_USAGE;
    }
    return -1;
}

/* --- opening --- */

static int open_app(struct app *app, const struct request *request, bool anyway)
{
    *app = (struct app){.request = request};
    app->arena = arena_new();
    app->diags = diags_new();
    app->loop = loop_new();
    if (!app->loop) {
        fputs("limber: error: the system has no file descriptors left\n", stderr);
        return EXIT_RUNTIME;
    }
    const struct registry_options options = {.path = request->plugin_path,
                                             .builtin = limber_builtin_plugins,
                                             .missing = limber_missing_plugins,
                                             .shipped = limber_shipped_plugins,
                                             .probe_cache = file_user_cache(app->arena, "plugins")};
    app->registry = registry_new(&options);
    int status = app_configure(app, anyway);
    return status < 0 ? apply_settings(app) : status;
}

int app_open(struct app *app, const struct request *request)
{
    return open_app(app, request, false);
}

int app_open_anyway(struct app *app, const struct request *request)
{
    return open_app(app, request, true);
}

void app_close(struct app *app)
{
    session_close(app->session);
    registry_destroy(app->registry);
    loop_destroy(app->loop);
    diags_destroy(app->diags);
    arena_destroy(app->arena);
    *app = (struct app){0};
}

const char *app_find(struct app *app, const char *name)
{
    const char *nearest = NULL;
    const char *path = library_find(app->arena, name, &nearest);
    if (path)
        return path;
    fprintf(stderr, "limber: error: there is no routine \"%s\"", name);
    if (nearest)
        fprintf(stderr, "; did you mean \"%s\"?", nearest);
    fputs("\nlimber list shows all routines\n", stderr);
    return NULL;
}

int app_print_diags(struct app *app)
{
    diags_print(app->diags, stderr, app_color(stderr));
    size_t errors = diags_count(app->diags, SEVERITY_ERROR);
    if (app->request->strict)
        errors += diags_count(app->diags, SEVERITY_WARNING);
    return errors ? EXIT_ROUTINE : -1;
}

struct session_options app_session_options(const struct app *app, const char *page)
{
    const struct request *request = app->request;
    return (struct session_options){.page = page,
                                    .voice = request->voice,
                                    .language = request->language,
                                    .sounds = request->sounds,
                                    .level = (enum level)request->level,
                                    .detail = (enum detail)request->detail,
                                    .for_ns = request->for_ns,
                                    .seed = (uint64_t)request->seed,
                                    .announce = request->announce,
                                    .count = request->count,
                                    .channels = (uint32_t)request->channels,
                                    .no_cache = request->no_cache,
                                    .live = app->live};
}

int app_session_opened(struct app *app, const char *page, enum limber_status status, char *error)
{
    const struct request *request = app->request;
    int exit_status = app_print_diags(app);
    if (error)
        fprintf(stderr, "limber: error: %s\n", error);
    else if (status != LIMBER_OK && exit_status < 0)
        fprintf(stderr, "limber: error: %s: %s\n", page, status_text(status));
    bool wrong_name = status == LIMBER_NOT_FOUND && error && (request->voice || request->sounds);
    free(error);
    if (status == LIMBER_OK || exit_status >= 0)
        return exit_status;
    return wrong_name ? EXIT_USAGE : exit_status_of(status);
}

int app_open_session(struct app *app, const char *page)
{
    const struct session_host host = {
        .loop = app->loop, .registry = app->registry, .diags = app->diags};
    struct session_options options = app_session_options(app, page);
    struct session_coaching coaching;
    struct history *history = NULL;
    char *error = NULL;
    if (app->coached) {
        coaching = app_coaching(app, &history);
        options.coaching = &coaching;
    }
    enum limber_status status = session_open(&host, &options, &app->session, &error);
    history_close(history);
    return app_session_opened(app, page, status, error);
}

int app_open_named(struct app *app, const struct request *request, const char *name,
                   const char **page)
{
    *page = NULL;
    int status = app_open(app, request);
    if (status >= 0)
        return status;
    *page = app_find(app, name);
    return *page ? app_open_session(app, *page) : EXIT_USAGE;
}

void app_show_voicing(void *shown, size_t done, size_t total)
{
    if (done < total) {
        fprintf(stderr, "\rspeaking %zu of %zu…\033[K", done, total);
        *(bool *)shown = true;
    } else if (*(bool *)shown) {
        fputs("\r\033[K", stderr);
    }
}

struct timeline *app_voice_all(struct app *app)
{
    bool shown = false, show = app_columns(stderr) > 0 && !app->request->quiet;
    struct timeline *timeline = session_timeline(app->session, NULL, NULL);
    session_finish(app->session, timeline, show ? app_show_voicing : NULL, &shown);
    session_report_voicing(app->session);
    return timeline;
}

struct report_info app_report_info(struct app *app, FILE *to)
{
    struct report_info info = {.voice = session_voice_name(app->session),
                               .columns = app_columns(to),
                               .color = app_color(to)};
    info.fallbacks = session_fallbacks(app->session, &info.fallback_count);
    return info;
}

int app_print_result(struct app *app, const struct timeline *timeline, const char *file)
{
    struct result_file result;
    const struct report_info info = app_report_info(app, stdout);
    result_open(NULL, &result);
    return result_close(NULL, &result, report_result(timeline, &info, file, stdout));
}

void app_print_fit(struct app *app)
{
    const struct plan_fit *fit = session_fit(app->session);
    if (fit && !app->request->quiet)
        plan_fit_describe(fit, session_routine(app->session), app->request->for_ns, stderr);
}

/* --- results --- */

int result_open(const char *path, struct result_file *result)
{
    *result = (struct result_file){.stream = stdout};
    if (!path || strcmp(path, "-") == 0)
        return -1;
    enum limber_status status = atomic_file_open(path, &result->file);
    if (status == LIMBER_OK)
        result->stream = fdopen(dup(atomic_file_fd(result->file)), "w");
    if (status == LIMBER_OK && result->stream)
        return -1;
    fprintf(stderr, "limber: error: %s cannot be written: %s\n", path, strerror(errno));
    return EXIT_RUNTIME;
}

int result_close(const char *path, struct result_file *result, enum limber_status status)
{
    bool failed = status != LIMBER_OK || fflush(result->stream) != 0 || ferror(result->stream);
    if (result->file) {
        failed |= fclose(result->stream) != 0;
        if (failed)
            atomic_file_abort(result->file);
        else
            failed = atomic_file_commit(result->file, false) != LIMBER_OK;
    }
    if (!failed ||
        (!result->file && (status == LIMBER_OK || status == LIMBER_IO))) /* stdout: main.c */
        return EXIT_DONE;
    fprintf(stderr, "limber: error: %s could not be written: %s\n", path ? path : "the output",
            strerror(errno));
    return EXIT_RUNTIME;
}

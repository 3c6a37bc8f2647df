/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_serve.c: the box: runs for years. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/log.h"
#include "base/notify.h"
#include "box/box.h"

#define LOG_MODULE  "serve"
#define LAST_S      3 /* from the order to end until the end, whatever hangs */
#define LINE_LENGTH 160

struct serve {
    struct app app;
    struct notify *notify;
    struct box *box;
    struct config config;     /* with what the command line says */
    struct arena *arenas[2];  /* of readings of the configuration */
    struct config configs[2]; /* in them */
    int reading;              /* the next one */
    int signal_fd;
    bool over;
};

/* --- settings --- */

static bool there(struct serve *serve, const char *plugin)
{
    return registry_descriptor(serve->app.registry, plugin, NULL) != NULL;
}

/* A box plays on the sound card itself, and listens to a socket, unless told otherwise. */
static void prefer(struct serve *serve, struct config *config)
{
    if (!config->output_given && there(serve, "out-alsa"))
        config->output = "out-alsa";
    if (config->control_count == 0 && there(serve, "control-socket"))
        config->controls[config->control_count++] = "control-socket";
}

/* What the command line says counts more. */
static void override(struct serve *serve, struct config *config)
{
    const struct request *request = serve->app.request;
    if (request->given[OPTION_VOICE])
        config->voice = request->voice;
    if (request->given[OPTION_LANGUAGE])
        config->language = request->language;
    if (request->given[OPTION_SOUNDS])
        config->sounds = request->sounds;
    if (request->given[OPTION_LEAD_IN])
        config->lead_in_ns = request->lead_in_ns;
    if (request->given[OPTION_OUTPUT]) {
        config->output = serve->config.output;
        config->output_given = true;
    }
    if (!request->given[OPTION_CONTROL])
        return;
    config->control_count = serve->config.control_count;
    for (size_t i = 0; i < config->control_count; i++)
        config->controls[i] = serve->config.controls[i];
}

/* Returns −1, or the exit status after saying what is wrong with the command line. */
static int settle(struct serve *serve)
{
    const struct request *request = serve->app.request;
    const char *controls[CLI_MAX_CONTROLS];
    char *error = NULL;
    serve->config = serve->app.config;
    if (request->given[OPTION_OUTPUT]) {
        serve->config.output = app_output(&serve->app, NULL);
        if (!serve->config.output)
            return EXIT_USAGE;
        if (!registry_descriptor(serve->app.registry, serve->config.output, &error)) {
            fprintf(stderr, "limber: error: --output: %s\n", error);
            free(error);
            return EXIT_USAGE;
        }
    }
    if (request->given[OPTION_CONTROL]) {
        int status = app_controls(&serve->app, controls);
        if (status >= 0)
            return status;
        serve->config.control_count = request->control_count;
        for (size_t i = 0; i < request->control_count; i++)
            serve->config.controls[i] = controls[i];
    }
    override(serve, &serve->config);
    if (!request->given[OPTION_OUTPUT] || !request->given[OPTION_CONTROL])
        prefer(serve, &serve->config);
    return -1;
}

static void log_diags(const struct diags *diags)
{
    struct arena *arena = arena_new();
    const char *problem = diags_first(diags, 0, SEVERITY_ERROR, arena);
    size_t count = diags_count(diags, SEVERITY_ERROR);
    if (problem)
        log_error("%s%s; the settings stay as they were", problem,
                  count > 1 ? " (and more: limber config check)" : "");
    arena_destroy(arena);
}

/* The file as it is now; the one before lives on until the next time. */
static const struct config *read_config(void *context)
{
    struct serve *serve = context;
    struct diags *diags = diags_new();
    struct arena *arena = arena_new();
    struct config config;
    const char *path = serve->config.path;
    if (!path && !serve->app.request->no_config)
        path = config_place(arena);
    bool good = config_read(path, serve->app.registry, arena, diags, &config);
    log_diags(diags);
    diags_destroy(diags);
    if (!good) {
        arena_destroy(arena);
        return NULL;
    }
    override(serve, &config);
    prefer(serve, &config);
    int at = serve->reading;
    serve->reading = !at;
    arena_destroy(serve->arenas[at]);
    serve->arenas[at] = arena;
    serve->configs[at] = config;
    return &serve->configs[at];
}

/* --- ends --- */

static void cut_short(int number)
{
    _exit(EXIT_DONE); /* the journal has been written all along */
}

static void reload(struct serve *serve)
{
    char answer[LINE_LENGTH];
    notify_reloading(serve->notify);
    box_command(serve->box, "reload", answer, sizeof answer);
    notify_ready(serve->notify);
}

static void signalled(void *user, int fd, short events)
{
    struct serve *serve = user;
    struct signalfd_siginfo info;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            reload(serve);
            continue;
        }
        if (!serve->over)
            log_info("asked to end");
        serve->over = true;
        alarm(LAST_S);
    }
}

static void take_signals(struct serve *serve)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGALRM, cut_short);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is a full disk */
    serve->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    loop_watch_fd(serve->app.loop, serve->signal_fd, POLLIN, signalled, serve);
}

/* The sound system hangs in a call: only a new process gets rid of it, and finds in the journal
 * where to go on. Whoever started this one starts the next; where nobody does, it does itself. */
static void hung(void *context)
{
    struct serve *serve = context;
    sigset_t none;
    log_error("the sound system does not answer: starting anew");
    log_set_calm(false);
    if (!notify_heard(serve->notify)) {
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        serve->app.request->argv[0] = (char *)"serve";
        char *const *argv = serve->app.request->argv;
        int count = 0;
        while (argv[count])
            count++;
        char **again = xcalloc((size_t)count + 2, sizeof *again);
        again[0] = (char *)"limber";
        for (int i = 0; i < count; i++)
            again[i + 1] = argv[i];
        execv("/proc/self/exe", again);
        free(again);
    }
    _exit(EXIT_RUNTIME);
}

/* --- all of it --- */

static int serve_on(struct serve *serve)
{
    char *error = NULL;
    const struct box_options options = {.loop = serve->app.loop,
                                        .registry = serve->app.registry,
                                        .config = &serve->config,
                                        .config_wrong =
                                            diags_count(serve->app.diags, SEVERITY_ERROR) > 0,
                                        .notify = serve->notify,
                                        .read_config = read_config,
                                        .hung = hung,
                                        .context = serve};
    serve->box = box_new(&options, &error);
    if (!serve->box) {
        fprintf(stderr, "limber: error: %s\n", error);
        free(error);
        return EXIT_RUNTIME;
    }
    log_info("limber " LIMBER_VERSION " serves; the sound goes to %s", serve->config.output);
    while (!serve->over)
        loop_step(serve->app.loop, -1);
    notify_stopping(serve->notify);
    box_destroy(serve->box);
    return EXIT_DONE;
}

static int run_serve(const struct request *request)
{
    struct serve serve = {.signal_fd = -1};
    serve.notify = notify_new(); /* first: nobody else is to speak in our name */
    if (request->given[OPTION_LOG_LEVEL] || !getenv("LIMBER_LOG"))
        log_set_level(request->given[OPTION_LOG_LEVEL] ? (enum limber_log_level)request->log_level
                                                       : LIMBER_LOG_INFO);
    log_set_calm(true);
    int status = app_open_anyway(&serve.app, request);
    if (status < 0)
        status = settle(&serve);
    if (status < 0) {
        take_signals(&serve); /* before there are threads */
        status = serve_on(&serve);
    }
    app_close(&serve.app);
    for (size_t i = 0; i < 2; i++)
        arena_destroy(serve.arenas[i]);
    notify_destroy(serve.notify);
    if (serve.signal_fd >= 0)
        close(serve.signal_fd);
    log_set_calm(false);
    return status;
}

const struct verb verb_serve = {
    .name = "serve",
    .arguments = "",
    .summary = "run as a speaker box, driven by remotes, phones and the home",
    .details =
        "Waits without a screen until it is told what to play: through a socket (limber ctl), a "
        "web page, MQTT,\n"
        "a remote or a single button, as the configuration says (controls:). Says that it is "
        "ready, offers a session\n"
        "that was left, and tells aloud what is wrong.\n"
        "SIGHUP reads settings, pages and voices anew; SIGTERM ends it, and the session is "
        "offered the next time.\n"
        "As a service it tells systemd how it is (Type=notify, WatchdogSec). docs/box.md tells "
        "all of it.\n\n"
        "Examples:\n"
        "  limber serve\n"
        "  limber serve --output portaudio:device=HDMI --control socket --control evdev\n"
        "  limber serve --config /etc/limber/config.yaml --log-level debug\n"
        "  limber ctl play desk-break\n",
    .options =
        (const enum option_id[]){OPTION_VOICE, OPTION_LANGUAGE, OPTION_SOUNDS, OPTION_LEAD_IN,
                                 OPTION_OUTPUT, OPTION_CONTROL, OPTION_SET, OPTION_PLUGIN_PATH,
                                 OPTION_CONFIG, OPTION_NO_CONFIG, OPTION_LOG_LEVEL, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .run = run_serve,
};

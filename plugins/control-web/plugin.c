/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control-web: a page for the phone, and an interface for scripts, over HTTP. On this machine it is
 * open; from others a phone must be paired by a code that the box says. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "web.h"

#define DAY_S (24 * 60 * 60)

static const char *const pairing_modes[] = {"auto", "yes", "no", NULL};

static const struct limber_option options[] = {
    {.name = "port",
     .type = LIMBER_OPTION_INT,
     .maximum = 65535,
     .fallback = "8080",
     .help = "where it listens; 0: any that is free"},
    {.name = "bind",
     .type = LIMBER_OPTION_STRING,
     .fallback = "loopback",
     .help = "who reaches it: loopback (this machine), lan (all on the same network), or addresses "
             "of this machine, joined by +"},
    {.name = "pairing",
     .type = LIMBER_OPTION_CHOICE,
     .fallback = "auto",
     .choices = pairing_modes,
     .help = "whether phones must be paired by a spoken code: auto (those that are not this "
             "machine), yes, no"},
    {.name = "hosts",
     .type = LIMBER_OPTION_STRING,
     .help = "names it is reached by, beside localhost, the machine's own and NAME.local, joined "
             "by +"},
    {.name = "token",
     .type = LIMBER_OPTION_STRING,
     .help = "scripts that send it (Authorization: Bearer) need no pairing; 16 characters or more"},
    {.name = "token-file",
     .type = LIMBER_OPTION_PATH,
     .help = "the same in a file, so that no list of processes shows it"},
    {.name = "lifetime",
     .type = LIMBER_OPTION_INT,
     .unit = "days",
     .minimum = 1,
     .maximum = 3650,
     .fallback = "365",
     .help = "a phone that is away for longer must be paired again"},
    {.name = "sessions",
     .type = LIMBER_OPTION_PATH,
     .help = "the file that remembers who is paired; default ~/.local/state/limber/web-sessions"},
    {.name = "connections",
     .type = LIMBER_OPTION_INT,
     .minimum = 4,
     .maximum = 512,
     .fallback = "64",
     .help = "at most so many at a time"},
    {.name = "per-address",
     .type = LIMBER_OPTION_INT,
     .minimum = 1,
     .maximum = 512,
     .fallback = "16",
     .help = "at most so many of them from one address"},
    {.name = "timeout",
     .type = LIMBER_OPTION_INT,
     .unit = "s",
     .minimum = 1,
     .maximum = 600,
     .fallback = "10",
     .help = "how long a request may take to come in; a body, an answer and silence get some times "
             "as much"},
    {.name = "page",
     .type = LIMBER_OPTION_PATH,
     .help = "for those who work on the page: a folder that it is read from at each request"},
    {.name = NULL},
};

void web_log(struct web *web, enum limber_log_level level, const char *format, ...)
{
    char line[500];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    web->host->log(web->host->context, level, line);
}

int64_t web_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t web_time_s(void)
{
    return (int64_t)time(NULL);
}

static const char *option(const struct limber_host *host, const char *name)
{
    const char *value = host->option(host->context, name);
    return value ? value : "";
}

static unsigned number(const struct limber_host *host, const char *name)
{
    return (unsigned)strtoul(option(host, name), NULL, 10);
}

/* Beside what else the program remembers. */
static void place_sessions(struct web *web, const char *given)
{
    char *path = web->sessions.path;
    size_t room = sizeof web->sessions.path;
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (*given)
        snprintf(path, room, "%s", given);
    else if (state && state[0] == '/')
        snprintf(path, room, "%s/limber/web-sessions", state);
    else if (home && home[0] == '/')
        snprintf(path, room, "%s/.local/state/limber/web-sessions", home);
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct web *web = calloc(1, sizeof *web);
    if (!web)
        return LIMBER_NO_MEMORY;
    web->host = host;
    web->bind = option(host, "bind");
    const char *pairing = option(host, "pairing");
    web->pairing_mode = strcmp(pairing, "yes") == 0  ? PAIRING_YES
                        : strcmp(pairing, "no") == 0 ? PAIRING_NO
                                                     : PAIRING_AUTO;
    web->page_folder = *option(host, "page") ? option(host, "page") : NULL;
    web->most_connections = number(host, "connections");
    web->most_per_address = number(host, "per-address");
    web->timeout_ms = (int64_t)number(host, "timeout") * 1000;
    web->sessions.lifetime_s = (int64_t)number(host, "lifetime") * DAY_S;
    place_sessions(web, option(host, "sessions"));
    const char *problem = guard_options(web, option(host, "hosts"), option(host, "token"),
                                        option(host, "token-file"));
    if (problem) {
        web_log(web, LIMBER_LOG_ERROR, "%s", problem);
        free(web);
        return LIMBER_INVALID;
    }
    *instance = web;
    return LIMBER_OK;
}

/* --- the interface --- */

static enum limber_status start(void *instance)
{
    struct web *web = instance;
    const struct limber_host *host = web->host;
    char problem[4300];
    web->loop = host->get_interface(host->context, LIMBER_HOST_LOOP_ID);
    web->command = host->get_interface(host->context, LIMBER_HOST_COMMAND_ID);
    web->ask = host->get_interface(host->context, LIMBER_HOST_ASK_ID);
    if (!web->loop || !web->command)
        return LIMBER_UNSUPPORTED;
    web->port = number(host, "port");
    if (!sessions_load(&web->sessions, problem, sizeof problem))
        web_log(web, LIMBER_LOG_WARNING, "nobody is paired: %.400s", problem);
    if (web->pairing_mode == PAIRING_NO && strcmp(web->bind, "loopback") != 0)
        web_log(web, LIMBER_LOG_WARNING,
                "pairing is off: everybody who reaches this machine can drive it");
    return serve_start(web);
}

static void stop(void *instance)
{
    serve_stop(instance);
}

static void snapshot(void *instance, const struct limber_snapshot *now)
{
    events_publish(instance);
}

static void destroy(void *instance)
{
    struct web *web = instance;
    if (web)
        explicit_bzero(web, sizeof *web); /* the token, and a code */
    free(web);
}

static const struct limber_control control = {
    .size = sizeof control, .start = start, .stop = stop, .snapshot = snapshot};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_CONTROL_ID) == 0 ? &control : NULL;
}

static const char *const interfaces[] = {LIMBER_CONTROL_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "control-web",
    .name = "Page for the phone (HTTP)",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "what plays, buttons, routines and history in a browser; an interface for "
                   "scripts",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

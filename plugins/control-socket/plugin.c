/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: control-socket: commands, questions and the status over a Unix socket, for anything
 * that runs on this machine (limber-control(7)). */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "socket.h"

#define ACCEPT_MOST 8    /* in a round */
#define FULL_MS     1000 /* until it is tried again when there are no descriptors left */

static const struct limber_option options[] = {
    {.name = "path",
     .type = LIMBER_OPTION_PATH,
     .help = "the socket; else $XDG_RUNTIME_DIR/limber/control.sock, of a service "
             "/run/limber/control.sock"},
    {.name = "group",
     .type = LIMBER_OPTION_STRING,
     .help = "this group may use it as well; else only its owner"},
    {.name = "clients",
     .type = LIMBER_OPTION_INT,
     .minimum = 1,
     .maximum = 1024,
     .fallback = "64",
     .help = "how many may be connected at a time"},
    {.name = NULL},
};

void socket_log(struct sockets *sockets, enum limber_log_level level, const char *format, ...)
{
    char line[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    sockets->host->log(sockets->host->context, level, line);
}

/* --- who knocks --- */

static void knocked(void *user, int fd, short events);

static void open_again(void *user)
{
    struct sockets *sockets = user;
    const struct limber_host_loop *loop = sockets->loop;
    sockets->gate_timer = 0;
    sockets->gate_watch = loop->watch_fd(loop->context, sockets->gate.fd, POLLIN, knocked, sockets);
    if (!sockets->gate_watch)
        sockets->gate_timer = loop->add_timer(loop->context, FULL_MS, 0, open_again, sockets);
}

/* They stay in the queue of the system; looking at it all the time would keep a processor busy. */
static void no_room(struct sockets *sockets, int why)
{
    const struct limber_host_loop *loop = sockets->loop;
    if (!sockets->full_told)
        socket_log(sockets, LIMBER_LOG_WARNING, "no more clients can be served for now: %s",
                   strerror(why));
    sockets->full_told = true;
    loop->remove(loop->context, sockets->gate_watch);
    sockets->gate_watch = 0;
    sockets->gate_timer = loop->add_timer(loop->context, FULL_MS, 0, open_again, sockets);
}

static void knocked(void *user, int fd, short events)
{
    struct sockets *sockets = user;
    for (int i = 0; i < ACCEPT_MOST; i++) {
        int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0) {
            peer_new(sockets, client);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            if (errno != EAGAIN)
                no_room(sockets, errno);
            return;
        }
    }
}

/* --- the interface --- */

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct sockets *sockets = calloc(1, sizeof *sockets);
    if (!sockets)
        return LIMBER_NO_MEMORY;
    sockets->host = host;
    sockets->gate.fd = sockets->gate.lock_fd = -1;
    const char *clients = host->option(host->context, "clients");
    sockets->most = (unsigned)strtoul(clients ? clients : "64", NULL, 10);
    sockets->path = host->option(host->context, "path");
    sockets->group = host->option(host->context, "group");
    if (sockets->group && !*sockets->group)
        sockets->group = NULL;
    *instance = sockets;
    return LIMBER_OK;
}

static enum limber_status start(void *instance)
{
    struct sockets *sockets = instance;
    const struct limber_host *host = sockets->host;
    char path[200] = "", problem[400] = "";
    sockets->loop = host->get_interface(host->context, LIMBER_HOST_LOOP_ID);
    sockets->command = host->get_interface(host->context, LIMBER_HOST_COMMAND_ID);
    sockets->ask = host->get_interface(host->context, LIMBER_HOST_ASK_ID);
    if (!sockets->loop || !sockets->command)
        return LIMBER_UNSUPPORTED;
    if (sockets->path && *sockets->path)
        snprintf(path, sizeof path, "%s", sockets->path);
    else if (!gate_default_path(path, sizeof path)) {
        socket_log(sockets, LIMBER_LOG_ERROR,
                   "there is no $XDG_RUNTIME_DIR to put the socket in; name it with "
                   "control-socket.path");
        return LIMBER_NOT_FOUND;
    }
    enum limber_status status =
        gate_open(&sockets->gate, path, sockets->group, problem, sizeof problem);
    if (status != LIMBER_OK) {
        socket_log(sockets, LIMBER_LOG_ERROR, "%s", problem);
        return status == LIMBER_BUSY ? LIMBER_FAILED : status;
    }
    open_again(sockets);
    socket_log(sockets, LIMBER_LOG_INFO, "listening at %s",
               *sockets->gate.path ? sockets->gate.path : "the socket that was handed over");
    return LIMBER_OK;
}

static void stop(void *instance)
{
    struct sockets *sockets = instance;
    const struct limber_host_loop *loop = sockets->loop;
    peer_close_all(sockets);
    if (sockets->gate_watch)
        loop->remove(loop->context, sockets->gate_watch);
    if (sockets->gate_timer)
        loop->remove(loop->context, sockets->gate_timer);
    sockets->gate_watch = sockets->gate_timer = 0;
    sockets->full_told = false;
    gate_close(&sockets->gate);
    status_forget(sockets);
}

static void snapshot(void *instance, const struct limber_snapshot *now)
{
    status_refresh(instance);
}

static void destroy(void *instance)
{
    free(instance); /* whatever was open, stop() has closed */
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
    .id = "control-socket",
    .name = "Unix socket",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "commands, questions and the status, line by line: limber ctl, and scripts",
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

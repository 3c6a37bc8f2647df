/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.c: one datagram a message, to a path or to a name in the abstract namespace. */
#include "base/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"
#include "base/units.h"

#define LOG_MODULE     "notify"
#define STATUS_LONGEST 200

struct notify {
    int fd; /* −1: nobody listens */
    struct sockaddr_un address;
    socklen_t address_length;
    int64_t watchdog_ms;
    char status[STATUS_LONGEST + 1];
    bool failed; /* told already */
};

/* "@name" is abstract: its first byte is 0, and there is none at its end. */
static bool take_address(struct notify *notify, const char *name)
{
    size_t length = name ? strlen(name) : 0;
    if (length < 2 || length >= sizeof notify->address.sun_path || (*name != '/' && *name != '@')) {
        if (length > 0)
            log_warning("NOTIFY_SOCKET is neither a path nor an abstract name: %s", name);
        return false;
    }
    notify->address.sun_family = AF_UNIX;
    memcpy(notify->address.sun_path, name, length);
    notify->address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (*name == '@')
        notify->address.sun_path[0] = '\0';
    else
        notify->address_length++;
    return true;
}

/* $WATCHDOG_PID, when it is there, says whom it is meant for. */
static int64_t take_watchdog(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    int64_t time_us = 0, whose = 0;
    if (!usec || !units_parse_int(usec, strlen(usec), &time_us) || time_us < 1000)
        return 0;
    if (pid && (!units_parse_int(pid, strlen(pid), &whose) || whose != getpid()))
        return 0;
    return time_us / 1000;
}

struct notify *notify_new(void)
{
    struct notify *notify = xcalloc(1, sizeof *notify);
    const struct timeval patience = {.tv_usec = NOTIFY_PATIENCE_MS * 1000};
    notify->fd = -1;
    notify->watchdog_ms = take_watchdog();
    if (take_address(notify, getenv("NOTIFY_SOCKET")))
        notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (notify->fd >= 0)
        setsockopt(notify->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    return notify;
}

void notify_destroy(struct notify *notify)
{
    if (!notify)
        return;
    if (notify->fd >= 0)
        close(notify->fd);
    free(notify);
}

bool notify_heard(const struct notify *notify)
{
    return notify && notify->fd >= 0;
}

static bool put(struct notify *notify, const char *message, bool patient)
{
    if (!notify_heard(notify))
        return false;
    ssize_t sent;
    do
        sent = sendto(notify->fd, message, strlen(message),
                      MSG_NOSIGNAL | (patient ? 0 : MSG_DONTWAIT),
                      (const struct sockaddr *)&notify->address, notify->address_length);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && !notify->failed)
        log_warning("the service manager does not hear us: %s", strerror(errno));
    notify->failed = sent < 0;
    return sent >= 0;
}

void notify_ready(struct notify *notify)
{
    put(notify, "READY=1", true);
}

void notify_status(struct notify *notify, const char *status)
{
    if (!notify_heard(notify) || strncmp(notify->status, status, STATUS_LONGEST) == 0)
        return;
    memset(notify->status, 0, sizeof notify->status);
    memcpy(notify->status, status, strnlen(status, STATUS_LONGEST));
    struct str message = {0};
    str_add(&message, "STATUS=");
    for (const char *at = notify->status; *at; at++) /* a line break would begin another message */
        str_printf(&message, "%c", (unsigned char)*at < ' ' ? ' ' : *at);
    if (!put(notify, str_text(&message), false))
        notify->status[0] = '\0'; /* once more the next time */
    str_free(&message);
}

void notify_reloading(struct notify *notify)
{
    struct timespec now;
    struct str message = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    str_printf(&message, "RELOADING=1\nMONOTONIC_USEC=%lld",
               (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    put(notify, str_text(&message), true);
    str_free(&message);
}

void notify_stopping(struct notify *notify)
{
    put(notify, "STOPPING=1", true);
}

int64_t notify_watchdog_ms(const struct notify *notify)
{
    return notify_heard(notify) ? notify->watchdog_ms : 0;
}

void notify_alive(struct notify *notify)
{
    put(notify, "WATCHDOG=1", false);
}

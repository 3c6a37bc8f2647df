/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl_link.c: finding the player that runs, and lines from and to it. */
#include "app/ctl_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/loop.h"

#define SERVICE_PATH "/run/limber/control.sock"
#define VERSION      1
#define LINE_MOST    (4u << 20) /* bytes of a line; a player sends less */

/* --- finding it --- */

static bool try_path(struct ctl_link *link, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || !*path || strlen(path) >= sizeof address.sun_path) {
        errno = path && *path ? ENAMETOOLONG : ENOENT;
        return false;
    }
    strcpy(address.sun_path, path);
    link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->fd >= 0 &&
        connect(link->fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        strcpy(link->path, path);
        return true;
    }
    int why = errno;
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
    errno = why;
    return false;
}

static const char *personal_path(char *buffer, size_t size)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (!runtime || *runtime != '/' ||
        snprintf(buffer, size, "%s/limber/control.sock", runtime) >= (int)size)
        return NULL;
    return buffer;
}

/* `why`: of a path that was named, or of the service's. */
static void say_nobody(const char *path, int why)
{
    if (why == EACCES || why == EPERM)
        fprintf(stderr,
                "limber: error: you may not talk to the player at %s: its group may "
                "(control-socket.group), or its owner alone\n",
                path);
    else if (why != ENOENT && why != ECONNREFUSED && why != ENOTSOCK)
        fprintf(stderr, "limber: error: %s: %s\n", path, strerror(why));
    else
        fprintf(stderr, "limber: error: no player runs%s%s\n", path ? " that listens at " : "",
                path ? path : "");
    fputs("start one with: limber serve, or: limber play ROUTINE --control socket\n", stderr);
}

static bool find(struct ctl_link *link, const char *path)
{
    char buffer[200];
    if (!path || !*path)
        path = getenv("LIMBER_SOCKET");
    if (path && *path) {
        if (try_path(link, path))
            return true;
        say_nobody(path, errno);
        return false;
    }
    if (try_path(link, personal_path(buffer, sizeof buffer)) || try_path(link, SERVICE_PATH))
        return true;
    int why = errno;
    say_nobody(why == EACCES || why == EPERM ? SERVICE_PATH : NULL, why);
    return false;
}

bool ctl_open(struct ctl_link *link, const char *path)
{
    *link = (struct ctl_link){.fd = -1};
    if (!find(link, path))
        return false;
    const char *greeting = ctl_line(link, CTL_WAIT_MS);
    if (!greeting)
        return false;
    const char *space = strchr(greeting, ' ');
    if (space && strtol(space + 1, NULL, 10) == VERSION)
        return true;
    fprintf(stderr, "limber: error: what answers at %s is no player, or speaks otherwise: %.60s\n",
            link->path, greeting);
    return false;
}

void ctl_close(struct ctl_link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    str_free(&link->in);
    *link = (struct ctl_link){.fd = -1};
}

/* --- lines --- */

void ctl_send(struct ctl_link *link, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = send(link->fd, bytes, size, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return;
        bytes += count;
        size -= (size_t)count;
    }
}

/* Waits for something and takes it. False: it did not come, which is said. */
static bool receive(struct ctl_link *link, int64_t until_ms)
{
    char piece[16384];
    int64_t left = until_ms < 0 ? -1 : until_ms - loop_now_ms();
    struct pollfd ready = {.fd = link->fd, .events = POLLIN};
    int count = poll(&ready, 1, (int)(until_ms >= 0 && left < 0 ? 0 : left));
    if (count < 0 && errno == EINTR)
        return true;
    if (count <= 0) {
        fprintf(stderr, "limber: error: the player at %s does not answer\n", link->path);
        return false;
    }
    ssize_t size = recv(link->fd, piece, sizeof piece, 0);
    if (size > 0 && link->in.length < LINE_MOST) {
        str_add_bytes(&link->in, piece, (size_t)size);
        return true;
    }
    if (until_ms >= 0)
        fprintf(stderr, "limber: error: the player at %s ended the connection\n", link->path);
    return false;
}

const char *ctl_line(struct ctl_link *link, int wait_ms)
{
    int64_t until_ms = wait_ms < 0 ? -1 : loop_now_ms() + wait_ms;
    if (link->taken > 0) {
        memmove(link->in.data, link->in.data + link->taken, link->in.length - link->taken);
        link->in.length -= link->taken;
        link->taken = 0;
    }
    for (size_t searched = 0;;) {
        char *end = link->in.length > searched
                        ? memchr(link->in.data + searched, '\n', link->in.length - searched)
                        : NULL;
        if (end) {
            *end = '\0';
            link->taken = (size_t)(end - link->in.data) + 1;
            return link->in.data;
        }
        searched = link->in.length;
        if (!receive(link, until_ms))
            return NULL;
    }
}

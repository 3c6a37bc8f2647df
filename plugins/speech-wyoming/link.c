/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.c: sockets that never wait for ever. */
#include "link.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HOST_MOST 256

int64_t link_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- where it is --- */

static bool is_here(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
        return IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127);
    }
    return false;
}

/* "HOST:PORT" or "[HOST]:PORT" in two. */
static bool split_host(const char *text, char host[HOST_MOST], const char **port)
{
    const char *colon = strrchr(text, ':');
    bool bracketed = text[0] == '[';
    const char *begin = bracketed ? text + 1 : text;
    const char *end = bracketed ? strchr(text, ']') : colon;
    if (!colon || !end || end == begin || end - begin >= HOST_MOST ||
        (bracketed && end + 1 != colon) ||
        (!bracketed && memchr(text, ':', (size_t)(end - text)))) {
        return false;
    }
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    *port = colon + 1;
    size_t digits = strspn(*port, "0123456789");
    return digits >= 1 && digits <= 5 && (*port)[digits] == '\0';
}

static void keep_addresses(struct link_target *target, const struct addrinfo *found, bool remote)
{
    for (; found && target->count < LINK_ADDRESSES_MOST; found = found->ai_next) {
        if ((remote || is_here(found->ai_addr)) &&
            found->ai_addrlen <= sizeof(union link_address)) {
            memcpy(&target->addresses[target->count], found->ai_addr, found->ai_addrlen);
            target->lengths[target->count++] = found->ai_addrlen;
        }
    }
}

static bool find_host(struct link_target *target, const char *text, bool remote, char *reason,
                      size_t size)
{
    char host[HOST_MOST];
    const char *port = NULL;
    if (!split_host(text, host, &port)) {
        snprintf(reason, size, "write the server as tcp://HOST:PORT or unix:///PATH, not tcp://%s",
                 text);
        return false;
    }
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        snprintf(reason, size, "there is no computer '%s' (%s)", host, gai_strerror(error));
        return false;
    }
    keep_addresses(target, found, remote);
    freeaddrinfo(found);
    if (target->count == 0) {
        snprintf(reason, size,
                 "'%s' is another computer, and the Wyoming protocol hides and checks nothing; if "
                 "you trust the network between, set the option remote to yes",
                 host);
        return false;
    }
    return true;
}

bool link_find(struct link_target *target, const char *server, bool remote, char *reason,
               size_t size)
{
    *target = (struct link_target){0};
    if (strncmp(server, "tcp://", 6) == 0) {
        return find_host(target, server + 6, remote, reason, size);
    }
    if (strncmp(server, "unix://", 7) != 0 || server[7] == '\0') {
        snprintf(reason, size, "write the server as tcp://HOST:PORT or unix:///PATH, not %s",
                 server);
        return false;
    }
    struct sockaddr_un *local = &target->addresses[0].local;
    if (strlen(server + 7) >= sizeof local->sun_path) {
        snprintf(reason, size, "the path of the server's socket is longer than %zu bytes",
                 sizeof local->sun_path - 1);
        return false;
    }
    local->sun_family = AF_UNIX;
    strcpy(local->sun_path, server + 7);
    target->lengths[0] = sizeof *local;
    target->count = 1;
    return true;
}

/* --- talking --- */

static bool wait_for(int fd, short events, int64_t due_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    for (;;) {
        int64_t left_ms = due_ms - link_now_ms();
        if (left_ms <= 0) {
            errno = ETIMEDOUT;
            return false;
        }
        int count = poll(&poll_fd, 1, left_ms > 3600000 ? 3600000 : (int)left_ms);
        if (count > 0) {
            return true;
        }
        if (count < 0 && errno != EINTR) {
            return false;
        }
    }
}

static bool connect_one(int fd, const struct link_target *target, size_t index, int64_t due_ms)
{
    if (connect(fd, &target->addresses[index].any, target->lengths[index]) == 0) {
        return true;
    }
    if (errno != EINPROGRESS || !wait_for(fd, POLLOUT, due_ms)) {
        return false;
    }
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = error;
    return error == 0;
}

int link_open(const struct link_target *target, int64_t due_ms)
{
    errno = ECONNREFUSED;
    for (size_t i = 0; i < target->count; i++) {
        int fd = socket(target->addresses[i].any.sa_family,
                        SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            continue;
        }
        if (connect_one(fd, target, i, due_ms)) {
            return fd;
        }
        int error = errno;
        close(fd);
        errno = error;
    }
    return -1;
}

bool link_send(int fd, const void *bytes, size_t size, int64_t due_ms)
{
    for (size_t done = 0; done < size;) {
        if (!wait_for(fd, POLLOUT, due_ms)) {
            return false;
        }
        ssize_t count = send(fd, (const char *)bytes + done, size - done, MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return true;
}

ssize_t link_receive(int fd, void *bytes, size_t size, int64_t due_ms)
{
    for (;;) {
        if (!wait_for(fd, POLLIN, due_ms)) {
            return -1;
        }
        ssize_t count = recv(fd, bytes, size, 0);
        if (count >= 0 || (errno != EAGAIN && errno != EINTR)) {
            return count;
        }
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listen.c: the sockets that are listened on. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "web.h"

#define ACCEPTS_AT_ONCE 16
#define BACKLOG         64
#define SEND_BUFFER     65536 /* bytes; so that a slow reader is noticed */
#define UNHEARD_MS      30000u

/* --- connections that come --- */

/* Strangers cannot take all places: an eighth is kept for this machine. */
static bool is_welcome(const struct listener *listener, const struct address *address)
{
    const struct web *web = listener->web;
    unsigned same = 0, most = web->most_connections;
    if (!address_is_loopback(address))
        most -= most / 8;
    for (const struct peer *peer = web->peers; peer; peer = peer->next)
        same += address_is_same(&peer->address, address);
    return web->peer_count < most && same < web->most_per_address;
}

/* What fits into the socket's buffer, and no more effort. */
static void turn_away(int fd)
{
    static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n"
                               "Content-Length: 0\r\nConnection: close\r\n\r\n";
    ssize_t ignored = send(fd, busy, sizeof busy - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
    shutdown(fd, SHUT_WR);
    close(fd);
}

static void take_in(struct listener *listener, int fd, const struct sockaddr_storage *from,
                    socklen_t size)
{
    struct address address;
    int buffer = SEND_BUFFER, on = 1;
    unsigned unheard_ms = UNHEARD_MS;
    address_set(&address, (const struct sockaddr *)from, size);
    if (listener->local_only && !address_is_neighbor(&address)) {
        close(fd);
        return;
    }
    if (!is_welcome(listener, &address)) {
        turn_away(fd);
        return;
    }
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard_ms, sizeof unheard_ms);
    MHD_add_connection(listener->web->daemon, fd, (const struct sockaddr *)from, size);
    serve_run(listener->web); /* it counts from now on */
}

static void accept_some(void *user, int fd, short events)
{
    struct listener *listener = user;
    struct web *web = listener->web;
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage from;
        socklen_t size = sizeof from;
        int one = accept4(fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (one >= 0) {
            take_in(listener, one, &from, size);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            /* It stays ready: asking at once again would be a busy loop. */
            listen_watch(web, false);
            web->accept_again_ms = web_now_ms() + 1000;
            serve_run(web);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

void listen_watch(struct web *web, bool on)
{
    for (unsigned i = 0; i < web->listener_count; i++) {
        struct listener *listener = &web->listeners[i];
        if (listener->watch)
            web->loop->remove(web->loop->context, listener->watch);
        listener->watch = on ? web->loop->watch_fd(web->loop->context, listener->fd, POLLIN,
                                                   accept_some, listener)
                             : 0;
    }
}

/* --- opening --- */

static int bound(struct web *web, struct address *address, bool both, int *error)
{
    int family = address->socket.ss_family, on = 1, off = !both;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    *error = errno;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    const struct sockaddr *socket_address = (const struct sockaddr *)&address->socket;
    int result = bind(fd, socket_address, address->size);
    if (result != 0 && errno == EADDRNOTAVAIL && !address_is_loopback(address)) {
        char text[INET6_ADDRSTRLEN + 16];
        address_text(address, text, sizeof text);
        web_log(web, LIMBER_LOG_WARNING,
                "this machine does not have the address %s yet; waiting for it", text);
        setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
        result = bind(fd, socket_address, address->size);
    }
    if (result == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    *error = errno;
    close(fd);
    return -1;
}

/* The port that the system chose, where 0 was asked for. */
static void learn_port(struct web *web, int fd)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    if (web->port == 0 && getsockname(fd, (struct sockaddr *)&own, &size) == 0)
        web->port = ntohs(own.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&own)->sin6_port
                                                    : ((struct sockaddr_in *)&own)->sin_port);
}

enum { NO_FAMILY = -2, NOT_DONE = -1, DONE = 0 };

/* `optional`: this machine may know nothing of IPv6. */
static int open_one(struct web *web, const char *text, bool both, bool local_only, bool optional)
{
    char port[8], name[80];
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    struct address address;
    int error;
    snprintf(port, sizeof port, "%u", web->port);
    if (web->listener_count == LISTENERS_MOST || getaddrinfo(text, port, &hints, &found) != 0) {
        web_log(web, LIMBER_LOG_ERROR,
                "bind: \"%.60s\" is no address: write loopback, lan, or addresses such as "
                "192.168.1.20",
                text);
        return NOT_DONE;
    }
    address_set(&address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    int fd = bound(web, &address, both, &error);
    if (fd < 0 && optional && (error == EAFNOSUPPORT || error == EADDRNOTAVAIL))
        return NO_FAMILY;
    address_text(&address, name, sizeof name);
    if (fd < 0) {
        const char *remedy = "";
        if (error == EADDRINUSE)
            remedy = "; another program has it: choose another with port=";
        else if (error == EAFNOSUPPORT) /* what systemd answers for it */
            remedy = "; the service may not use the network: sudo limber-box network on";
        web_log(web, LIMBER_LOG_ERROR, "port %u of %s cannot be used: %s%s", web->port, name,
                strerror(error), remedy);
        return NOT_DONE;
    }
    learn_port(web, fd);
    web->listeners[web->listener_count++] =
        (struct listener){.fd = fd, .local_only = local_only, .web = web};
    const char *left = strchr(name, ':') ? "[" : "", *right = *left ? "]" : "";
    web_log(web, LIMBER_LOG_INFO, "listening on http://%s%s%s:%u/", left, name, right, web->port);
    return DONE;
}

/* Each address of a list. */
static bool open_list(struct web *web)
{
    char list[256];
    char *state = NULL;
    snprintf(list, sizeof list, "%s", web->bind);
    for (char *word = strtok_r(list, " +;", &state); word; word = strtok_r(NULL, " +;", &state)) {
        if (open_one(web, word, false, false, false) != DONE)
            return false;
    }
    return web->listener_count > 0;
}

enum limber_status listen_open(struct web *web)
{
    bool good;
    if (strcmp(web->bind, "loopback") == 0) {
        good = open_one(web, "127.0.0.1", false, false, false) == DONE &&
               open_one(web, "::1", false, false, true) != NOT_DONE;
    } else if (strcmp(web->bind, "lan") == 0) {
        int both = open_one(web, "::", true, true, true);
        good = both == DONE ||
               (both == NO_FAMILY && open_one(web, "0.0.0.0", false, true, false) == DONE);
    } else {
        good = open_list(web);
    }
    if (!good)
        listen_close(web);
    return good ? LIMBER_OK : LIMBER_FAILED;
}

void listen_close(struct web *web)
{
    listen_watch(web, false);
    for (unsigned i = 0; i < web->listener_count; i++)
        close(web->listeners[i].fd);
    web->listener_count = 0;
}

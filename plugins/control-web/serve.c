/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve.c: libmicrohttpd on the host's loop. Connections are accepted here (listen.c) and handed
 * to it; its epoll descriptor is watched; one timer stands for all that is due, and there is none
 * while nobody is connected.
 *
 * libmicrohttpd counts silence only, so that a byte now and then keeps a connection for ever.
 * Here each connection has a deadline for what it does now, and is shut down at it; the library
 * then finds it closed. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "web.h"

#define MEMORY_PER_CONNECTION ((size_t)16 * 1024)
#define SILENCE_S             60u /* behind the deadlines */
#define ROUNDS_MOST           8

static void wake(void *user);

/* --- connections --- */

static void connection_changed(void *user, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    struct web *web = user;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        struct peer **at = &web->peers, *peer = *context;
        while (*at && *at != peer)
            at = &(*at)->next;
        if (!*at)
            return;
        *at = peer->next;
        web->peer_count--;
        free(peer);
        return;
    }
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *from =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct peer *peer = calloc(1, sizeof *peer);
    *context = peer;
    if (!peer || !fd || !from) {
        free(peer);
        *context = NULL;
        return;
    }
    const struct sockaddr *socket = from->client_addr;
    address_set(&peer->address, socket,
                socket->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                              : sizeof(struct sockaddr_in));
    peer->web = web;
    peer->connection = connection;
    peer->fd = fd->connect_fd;
    peer->deadline_ms = web_now_ms() + HEADERS_TIMES * web->timeout_ms;
    peer->next = web->peers;
    web->peers = peer;
    web->peer_count++;
}

struct peer *serve_peer(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* Shuts down what took too long; returns when the next one will have. */
static int64_t sweep(struct web *web, int64_t now_ms, bool *any)
{
    int64_t next_ms = NEVER_MS;
    for (struct peer *peer = web->peers; peer; peer = peer->next) {
        if (peer->deadline_ms <= now_ms) {
            shutdown(peer->fd, SHUT_RDWR);
            peer->deadline_ms = NEVER_MS;
            *any = true;
        } else if (peer->deadline_ms < next_ms) {
            next_ms = peer->deadline_ms;
        }
    }
    return next_ms;
}

/* --- the loop --- */

static int64_t daemon_due_ms(struct web *web, int64_t now_ms)
{
    MHD_UNSIGNED_LONG_LONG left_ms;
    if (MHD_get_timeout(web->daemon, &left_ms) != MHD_YES)
        return NEVER_MS;
    return now_ms + (int64_t)(left_ms < 3600000 ? left_ms : 3600000);
}

static int64_t earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* The one timer, at the first thing that is due. */
static void schedule(struct web *web, int64_t due_ms, int64_t now_ms)
{
    if (web->wake_timer && web->wake_ms == due_ms)
        return;
    if (web->wake_timer)
        web->loop->remove(web->loop->context, web->wake_timer);
    web->wake_timer = 0;
    web->wake_ms = due_ms;
    if (due_ms != NEVER_MS)
        web->wake_timer = web->loop->add_timer(web->loop->context,
                                               due_ms > now_ms ? due_ms - now_ms : 0, 0, wake, web);
}

void serve_run(struct web *web)
{
    if (web->running || !web->daemon)
        return;
    int64_t now_ms = web_now_ms(), next_ms = now_ms;
    bool any = false;
    web->running = true;
    for (int i = 0; i < ROUNDS_MOST && (next_ms <= now_ms || any); i++) {
        any = false;
        MHD_run(web->daemon);
        now_ms = web_now_ms();
        next_ms = earlier(sweep(web, now_ms, &any), daemon_due_ms(web, now_ms));
    }
    web->running = false;
    if (web->stream_count > 0)
        next_ms = earlier(next_ms, web->ping_ms);
    schedule(web, earlier(next_ms, web->accept_again_ms), now_ms);
}

static void wake(void *user)
{
    struct web *web = user;
    int64_t now_ms = web_now_ms();
    web->wake_timer = 0;
    if (web->accept_again_ms <= now_ms) {
        web->accept_again_ms = NEVER_MS;
        listen_watch(web, true);
    }
    if (web->stream_count > 0 && web->ping_ms <= now_ms)
        events_ping(web);
    serve_run(web);
}

static void ready(void *user, int fd, short events)
{
    serve_run(user);
}

/* --- all of it --- */

enum limber_status serve_start(struct web *web)
{
    web->accept_again_ms = web->ping_ms = NEVER_MS;
    enum limber_status status = listen_open(web);
    if (status != LIMBER_OK)
        return status;
    web->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
        request_handle, web, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, web,
        MHD_OPTION_NOTIFY_COMPLETED, request_completed, web, MHD_OPTION_CONNECTION_LIMIT,
        web->most_connections + 1, MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_PER_CONNECTION,
        MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        web->daemon ? MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (info)
        web->daemon_watch =
            web->loop->watch_fd(web->loop->context, info->epoll_fd, POLLIN, ready, web);
    if (!web->daemon_watch) {
        web_log(web, LIMBER_LOG_ERROR, "the web server cannot be started");
        serve_stop(web);
        return LIMBER_FAILED;
    }
    listen_watch(web, true);
    return LIMBER_OK;
}

void serve_stop(struct web *web)
{
    listen_close(web);
    if (web->daemon) {
        events_close(web); /* what sleeps must wake before the end */
        serve_run(web);
        MHD_stop_daemon(web->daemon);
    }
    if (web->daemon_watch)
        web->loop->remove(web->loop->context, web->daemon_watch);
    if (web->wake_timer)
        web->loop->remove(web->loop->context, web->wake_timer);
    web->daemon = NULL;
    web->daemon_watch = web->wake_timer = 0;
    events_free(web);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peer.c: the clients. Each is served a few requests at a time, in turn. What it does not read is
 * kept up to a limit; until it reads again, none of its requests is looked at, and it gets no
 * status. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "socket.h"

#define KERNEL_QUEUE (64 << 10) /* bytes that the system keeps for it: stale status, if many */

/* Turns are by time that was used, so that a client whose requests cost little need not wait behind
 * all those whose requests cost much (start-time fair queueing). */
struct peer {
    struct peer *next;
    struct sockets *sockets;
    unsigned number; /* for the log */
    int fd;          /* −1: closed, and to be freed */
    uint32_t watch;
    short events; /* watched for */
    struct wire wire;
    struct text out; /* from `sent` on */
    size_t sent;
    bool ended;      /* it says nothing more */
    bool deaf;       /* it hears nothing more; what it said is still done */
    bool closing;    /* it is let go when all is sent */
    bool waiting;    /* requests are in its buffer, perhaps */
    int64_t turn_us; /* the least is next */
    bool subscribed, clock, status_due;
    unsigned stalled; /* times that the timer found it not reading */
};

#define STALL_TIMES 5 /* the timer fires so often in SOCKET_STALL_MS */

static void enter(struct sockets *sockets)
{
    sockets->depth++;
}

/* Frees who is closed, unless a call-back is at work with one of them. */
static void leave(struct sockets *sockets)
{
    if (--sockets->depth > 0)
        return;
    for (struct peer **at = &sockets->peers; *at;) {
        struct peer *peer = *at;
        if (peer->fd >= 0) {
            at = &peer->next;
            continue;
        }
        *at = peer->next;
        wire_free(&peer->wire);
        text_free(&peer->out);
        free(peer);
        sockets->peer_count--;
    }
}

static void unwatch(struct peer *peer)
{
    if (peer->watch)
        peer->sockets->loop->remove(peer->sockets->loop->context, peer->watch);
    peer->watch = 0;
}

static void hang_up(struct peer *peer)
{
    if (peer->fd < 0)
        return;
    socket_log(peer->sockets, LIMBER_LOG_DEBUG, "client %u has gone", peer->number);
    unwatch(peer);
    close(peer->fd);
    peer->fd = -1;
}

/* --- what it is sent --- */

static size_t queued(const struct peer *peer)
{
    return peer->out.size - peer->sent;
}

static void stall_check(void *user);

static void stall_arm(struct sockets *sockets)
{
    if (!sockets->stall_timer)
        sockets->stall_timer = sockets->loop->add_timer(
            sockets->loop->context, SOCKET_STALL_MS / STALL_TIMES, 0, stall_check, sockets);
}

/* Drops those who have read nothing for too long. */
static void stall_check(void *user)
{
    struct sockets *sockets = user;
    bool any = false;
    sockets->stall_timer = 0;
    enter(sockets);
    for (struct peer *peer = sockets->peers; peer; peer = peer->next) {
        if (peer->fd < 0 || queued(peer) == 0)
            continue;
        if (++peer->stalled < STALL_TIMES) {
            any = true;
            continue;
        }
        socket_log(sockets, LIMBER_LOG_INFO, "client %u does not read what it is told: dropped",
                   peer->number);
        hang_up(peer);
    }
    leave(sockets);
    if (any)
        stall_arm(sockets);
}

/* It has gone, and left requests perhaps. */
static void deafen(struct peer *peer)
{
    peer->deaf = true;
    peer->subscribed = peer->status_due = false;
    peer->sent = peer->out.size = 0;
}

/* Sends what the system takes. */
static void flush(struct peer *peer)
{
    while (peer->fd >= 0 && queued(peer) > 0) {
        ssize_t count =
            send(peer->fd, peer->out.bytes + peer->sent, queued(peer), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
            stall_arm(peer->sockets);
            return;
        }
        if (count < 0) {
            deafen(peer);
            return;
        }
        peer->sent += (size_t)count;
        peer->stalled = 0;
    }
    peer->sent = peer->out.size = 0;
    if (peer->out.capacity > 4096)
        text_free(&peer->out);
}

static void put(struct peer *peer, const char *bytes, size_t size)
{
    if (peer->deaf)
        return;
    if (peer->sent > 0 && peer->out.size > 0) {
        memmove(peer->out.bytes, peer->out.bytes + peer->sent, queued(peer));
        peer->out.size -= peer->sent;
        peer->sent = 0;
    }
    if (!text_add(&peer->out, bytes, size))
        hang_up(peer); /* no memory */
}

static void put_line(struct peer *peer, const char *mark, const char *text)
{
    char line[WIRE_LINE_MOST];
    int length = snprintf(line, sizeof line, *text ? "%s %s" : "%s", mark, text);
    length = length < (int)sizeof line ? length : (int)sizeof line - 1;
    for (int i = 0; i < length; i++) {
        if (line[i] == '\n' || line[i] == '\r')
            line[i] = ' ';
    }
    line[length] = '\n';
    put(peer, line, (size_t)length + 1);
}

/* The newest status, as soon as all before it is sent: who reads slowly gets fewer of them. */
static void tell_status(struct peer *peer)
{
    const struct text *newest = &peer->sockets->newest;
    if (!peer->status_due || peer->fd < 0 || queued(peer) > 0 || newest->size == 0)
        return;
    peer->status_due = false;
    put(peer, newest->bytes, newest->size);
    flush(peer);
}

/* --- what it asks --- */

static void answer_command(struct peer *peer, const char *line)
{
    const struct limber_host_command *host = peer->sockets->command;
    char answer[512] = "";
    enum limber_status status = host->run(host->context, line, answer, sizeof answer);
    if (status != LIMBER_OK && !*answer)
        snprintf(answer, sizeof answer, "%s",
                 status == LIMBER_BUSY ? "not now" : "this cannot be done");
    put_line(peer, status == LIMBER_OK ? "ok" : "no", answer);
}

static void answer_question(struct peer *peer, const struct wire_request *request)
{
    struct text answer = {.size = 0};
    text_add(&answer, "= ", 2);
    enum limber_status status =
        socket_ask(peer->sockets, request->text, request->body, request->body_size, &answer);
    if (status == LIMBER_OK && text_add(&answer, "\n", 1)) {
        put(peer, answer.bytes, answer.size);
    } else if (status == LIMBER_OK) {
        put_line(peer, "no", "the answer is too long for this");
    } else {
        char why[480];
        wire_error_text(answer.bytes, answer.size, why, sizeof why);
        put_line(peer, "no", why);
    }
    text_free(&answer);
}

static void subscribe(struct peer *peer, bool clock)
{
    if (!status_fetch(peer->sockets)) {
        put_line(peer, "no", "there is no status here");
        return;
    }
    put_line(peer, "ok", "");
    peer->subscribed = peer->status_due = !peer->deaf;
    peer->clock = clock;
}

static void answer(struct peer *peer, const struct wire_request *request)
{
    switch (request->kind) {
    case WIRE_COMMAND:
        answer_command(peer, request->text);
        break;
    case WIRE_ASK:
        answer_question(peer, request);
        break;
    case WIRE_SUBSCRIBE:
        subscribe(peer, request->clock);
        break;
    case WIRE_UNSUBSCRIBE:
        peer->subscribed = peer->status_due = false;
        put_line(peer, "ok", "");
        break;
    case WIRE_BYE:
        put_line(peer, "ok", "");
        peer->closing = true;
        break;
    case WIRE_BAD:
        put_line(peer, "no", request->text);
        break;
    case WIRE_NONE:
        break;
    }
}

/* --- serving it --- */

static void peer_ready(void *user, int fd, short events);

/* Watches for what can be done with it now. */
static void watch(struct peer *peer)
{
    const struct limber_host_loop *loop = peer->sockets->loop;
    bool listening = !peer->ended && !peer->closing && !peer->waiting;
    if (peer->deaf && !listening) { /* its socket would tell again and again that it has gone */
        unwatch(peer);
        return;
    }
    short events = (short)((listening ? POLLIN : 0) | (queued(peer) ? POLLOUT : 0));
    if (peer->fd < 0 || (peer->watch && peer->events == events))
        return;
    unwatch(peer);
    peer->events = events;
    peer->watch = loop->watch_fd(loop->context, peer->fd, events, peer_ready, peer);
    if (!peer->watch)
        hang_up(peer);
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool can_go_on(const struct peer *peer)
{
    return peer->fd >= 0 && peer->waiting && queued(peer) < SOCKET_QUEUE_MOST;
}

static void serve_waiting(void *user);

/* In the next round, when everything else on the host's loop had its turn. */
static void go_on_soon(struct sockets *sockets)
{
    if (!sockets->more_timer)
        sockets->more_timer =
            sockets->loop->add_timer(sockets->loop->context, 0, 0, serve_waiting, sockets);
}

/* Answers some of what it sent, and comes back for the rest when others had their turn. */
static void serve(struct peer *peer)
{
    struct sockets *sockets = peer->sockets;
    struct wire_request request = {.kind = WIRE_COMMAND};
    peer->waiting = false;
    if (peer->turn_us < sockets->turn_us)
        peer->turn_us = sockets->turn_us; /* who was quiet has nothing in hand for it */
    for (int i = 0; peer->fd >= 0 && !peer->closing; i++) {
        if (i == SOCKET_LINES || queued(peer) >= SOCKET_QUEUE_MOST ||
            sockets->spent_us >= SOCKET_ROUND_US) {
            peer->waiting = true;
            break;
        }
        int64_t start_us = now_us();
        if (wire_next(&peer->wire, peer->ended, &request) == WIRE_NONE)
            break;
        answer(peer, &request);
        flush(peer);
        int64_t cost_us = now_us() - start_us + 1;
        sockets->spent_us += cost_us;
        peer->turn_us += cost_us;
    }
    tell_status(peer);
    if (peer->ended && !peer->waiting && !peer->subscribed)
        peer->closing = true;
    if (peer->closing && queued(peer) == 0)
        hang_up(peer);
    watch(peer);
    if (can_go_on(peer))
        go_on_soon(sockets);
}

/* Whose turn it is; NULL: nobody waits. */
static struct peer *next_waiting(struct sockets *sockets)
{
    struct peer *found = NULL;
    for (struct peer *peer = sockets->peers; peer; peer = peer->next) {
        if (can_go_on(peer) && (!found || peer->turn_us < found->turn_us))
            found = peer;
    }
    return found;
}

static void serve_waiting(void *user)
{
    struct sockets *sockets = user;
    struct peer *peer = NULL;
    sockets->more_timer = 0;
    sockets->spent_us = 0;
    enter(sockets);
    while ((peer = next_waiting(sockets)) && sockets->spent_us < SOCKET_ROUND_US) {
        if (peer->turn_us > sockets->turn_us)
            sockets->turn_us = peer->turn_us;
        serve(peer);
    }
    if (peer)
        go_on_soon(sockets);
    leave(sockets);
}

/* Reads a piece. */
static void hear(struct peer *peer)
{
    size_t room = 0;
    char *to = wire_room(&peer->wire, &room);
    ssize_t count = to ? recv(peer->fd, to, room, MSG_DONTWAIT) : -1;
    if (!to) {
        hang_up(peer);
        return;
    }
    peer->ended = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
    if (count > 0)
        wire_added(&peer->wire, (size_t)count);
}

static void peer_ready(void *user, int fd, short events)
{
    struct peer *peer = user;
    struct sockets *sockets = peer->sockets;
    enter(sockets);
    if (events & (POLLERR | POLLHUP | POLLNVAL))
        deafen(peer);
    if ((peer->deaf || (events & POLLIN)) && !peer->waiting && !peer->ended)
        hear(peer);
    if (peer->fd >= 0)
        flush(peer);
    if (peer->fd >= 0)
        serve(peer);
    leave(sockets);
}

/* --- coming and going --- */

static void log_who(struct peer *peer)
{
    struct ucred who = {.pid = 0};
    socklen_t size = sizeof who;
    if (getsockopt(peer->fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0)
        socket_log(peer->sockets, LIMBER_LOG_DEBUG, "client %u: user %u, process %d", peer->number,
                   (unsigned)who.uid, (int)who.pid);
}

void peer_new(struct sockets *sockets, int fd)
{
    struct peer *peer = calloc(1, sizeof *peer);
    int queue = KERNEL_QUEUE;
    if (!peer) {
        close(fd);
        return;
    }
    *peer = (struct peer){
        .next = sockets->peers, .sockets = sockets, .number = ++sockets->last_number, .fd = fd};
    sockets->peers = peer;
    enter(sockets);
    sockets->peer_count++;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &queue, sizeof queue);
    log_who(peer);
    char greeting[64];
    snprintf(greeting, sizeof greeting, "%d %.40s", WIRE_VERSION, sockets->host->version);
    put_line(peer, sockets->host->name, greeting);
    if (sockets->peer_count > sockets->most) {
        put_line(peer, "no", "too many clients are connected; try again later");
        peer->closing = true;
    }
    flush(peer);
    serve(peer);
    leave(sockets);
}

void peer_close_all(struct sockets *sockets)
{
    enter(sockets);
    for (struct peer *peer = sockets->peers; peer; peer = peer->next)
        hang_up(peer);
    leave(sockets);
    if (sockets->more_timer)
        sockets->loop->remove(sockets->loop->context, sockets->more_timer);
    if (sockets->stall_timer)
        sockets->loop->remove(sockets->loop->context, sockets->stall_timer);
    sockets->more_timer = sockets->stall_timer = 0;
}

bool peer_any_subscribed(const struct sockets *sockets)
{
    for (const struct peer *peer = sockets->peers; peer; peer = peer->next) {
        if (peer->fd >= 0 && peer->subscribed)
            return true;
    }
    return false;
}

void peer_tell_all(struct sockets *sockets, bool news)
{
    enter(sockets);
    for (struct peer *peer = sockets->peers; peer; peer = peer->next) {
        if (peer->fd < 0 || !peer->subscribed || !(news || peer->clock))
            continue;
        peer->status_due = true;
        tell_status(peer);
        watch(peer);
    }
    leave(sockets);
}

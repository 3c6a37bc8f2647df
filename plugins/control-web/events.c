/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.c: those who are told what plays (server-sent events). A stream sleeps (the library calls
 * it suspended) until there is news. It holds the event that is being sent and the newest one after
 * it; what comes between is left out, so that a slow reader costs nothing. Events are shared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web.h"

#define STATUS_MOST ((size_t)64 * 1024)

struct event {
    unsigned refs;
    size_t head_size; /* before the document; 0: a ping */
    size_t size;
    char data[];
};

struct stream {
    struct stream *next;
    struct web *web;
    struct peer *peer;
    struct MHD_Connection *connection;
    struct event *sending, *newest; /* either may be NULL */
    size_t sent;                    /* of the first */
    bool asleep, ending;
    bool by_phone; /* a paired one: */
    unsigned char hash[SESSION_BYTES];
};

/* --- events --- */

static struct event *held(struct event *event)
{
    if (event)
        event->refs++;
    return event;
}

static void let_go(struct event **event)
{
    if (*event && --(*event)->refs == 0)
        free(*event);
    *event = NULL;
}

static struct event *new_event(const char *head, const char *document, size_t size)
{
    size_t head_size = strlen(head);
    struct event *event = malloc(sizeof *event + head_size + size + 2);
    if (!event)
        return NULL;
    event->refs = 1;
    event->head_size = size > 0 ? head_size : 0;
    event->size = head_size + size + 2;
    memcpy(event->data, head, head_size);
    if (size > 0)
        memcpy(event->data + head_size, document, size);
    memcpy(event->data + head_size + size, "\n\n", 2);
    return event;
}

static bool add_piece(void *user, const char *data, size_t size)
{
    return !memchr(data, '\n', size) && !memchr(data, '\r', size) &&
           text_add(user, data, size, STATUS_MOST);
}

static bool is_latest(const struct web *web, const struct text *status)
{
    const struct event *latest = web->latest;
    return latest && latest->size == latest->head_size + status->size + 2 &&
           memcmp(latest->data + latest->head_size, status->data, status->size) == 0;
}

/* Asks for the status. False: it cannot be told, or is the one that was told last. */
static bool renew(struct web *web)
{
    struct text status = {.data = NULL};
    char head[64];
    bool fresh = web->ask && web->ask->ask(web->ask->context, "status", NULL, 0, add_piece,
                                           &status) == LIMBER_OK;
    fresh = fresh && !status.failed && status.size > 0 && !is_latest(web, &status);
    if (fresh) {
        snprintf(head, sizeof head,
                 "event: status\nid: %llu\ndata: ", (unsigned long long)++web->event_number);
        let_go(&web->latest);
        web->latest = new_event(head, status.data, status.size);
    }
    text_free(&status);
    return fresh && web->latest;
}

/* --- streams --- */

/* An event that is begun now is taken by then, or the stream is cut off. */
static int64_t event_due_ms(const struct stream *stream)
{
    return web_now_ms() + EVENT_TIMES * stream->web->timeout_ms;
}

static void wake_up(struct stream *stream)
{
    if (!stream->asleep)
        return;
    stream->asleep = false;
    stream->peer->deadline_ms = event_due_ms(stream);
    MHD_resume_connection(stream->connection);
}

/* In place of whatever it was not sent yet. */
static void hand_over(struct stream *stream, struct event *event)
{
    let_go(&stream->newest);
    stream->newest = held(event);
    wake_up(stream);
}

/* Fills the library's buffer, or goes to sleep. */
static ssize_t read_events(void *user, uint64_t position, char *buffer, size_t room)
{
    struct stream *stream = user;
    size_t filled = 0;
    if (stream->ending)
        return MHD_CONTENT_READER_END_OF_STREAM;
    while (filled < room) {
        if (!stream->sending) {
            stream->sending = stream->newest;
            stream->newest = NULL;
            stream->sent = 0;
            stream->peer->deadline_ms = event_due_ms(stream);
        }
        if (!stream->sending)
            break;
        size_t left = stream->sending->size - stream->sent;
        size_t size = left < room - filled ? left : room - filled;
        memcpy(buffer + filled, stream->sending->data + stream->sent, size);
        stream->sent += size;
        filled += size;
        if (size == left)
            let_go(&stream->sending);
    }
    if (filled > 0)
        return (ssize_t)filled;
    stream->asleep = true;
    stream->peer->deadline_ms = NEVER_MS;
    MHD_suspend_connection(stream->connection);
    return 0;
}

static void end_stream(void *user)
{
    struct stream *stream = user;
    struct web *web = stream->web;
    struct stream **at = &web->streams;
    while (*at != stream)
        at = &(*at)->next;
    *at = stream->next;
    if (--web->stream_count == 0)
        web->ping_ms = NEVER_MS;
    let_go(&stream->sending);
    let_go(&stream->newest);
    free(stream);
}

static struct stream *new_stream(struct request *request)
{
    struct web *web = request->web;
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->web = web;
    stream->peer = request->peer;
    stream->connection = request->connection;
    stream->by_phone = request->by_phone;
    memcpy(stream->hash, request->hash, SESSION_BYTES);
    stream->sending = new_event("retry: 2000", "", 0);
    renew(web);
    stream->newest = held(web->latest);
    stream->next = web->streams;
    web->streams = stream;
    if (web->stream_count++ == 0)
        web->ping_ms = web_now_ms() + PING_TIMES * web->timeout_ms;
    return stream;
}

/* Not one more than leaves room for questions. */
enum MHD_Result events_open(struct request *request)
{
    struct web *web = request->web;
    if (web->stream_count >= web->most_connections - web->most_connections / 4) {
        request->wait_s = 5;
        return answer_error(request, MHD_HTTP_SERVICE_UNAVAILABLE, "Too many are listening.");
    }
    bool head = strcmp(request->method, MHD_HTTP_METHOD_HEAD) == 0;
    struct stream *stream = head ? NULL : new_stream(request);
    struct MHD_Response *response =
        stream ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_events, stream,
                                                   end_stream)
               : MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (!response || (!stream && !head)) {
        if (response)
            MHD_destroy_response(response);
        if (stream)
            end_stream(stream);
        return MHD_NO;
    }
    answer_headers(response, false);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
    MHD_add_response_header(response, "X-Accel-Buffering", "no"); /* a proxy keeps nothing back */
    return answer_send(request, MHD_HTTP_OK, response);
}

/* --- news --- */

void events_publish(struct web *web)
{
    if (!web->streams || !renew(web))
        return;
    for (struct stream *stream = web->streams; stream; stream = stream->next)
        hand_over(stream, web->latest);
    serve_run(web);
}

/* To those with nothing else to hear: a connection that is gone is found by it. */
void events_ping(struct web *web)
{
    struct event *ping = new_event(": ping", "", 0);
    web->ping_ms = web_now_ms() + PING_TIMES * web->timeout_ms;
    for (struct stream *stream = web->streams; ping && stream; stream = stream->next) {
        if (stream->asleep)
            hand_over(stream, ping);
    }
    let_go(&ping);
}

void events_sift(struct web *web)
{
    for (struct stream *stream = web->streams; stream; stream = stream->next) {
        if (!stream->by_phone || sessions_of(&web->sessions, stream->hash))
            continue;
        stream->ending = true;
        wake_up(stream);
    }
}

void events_close(struct web *web)
{
    for (struct stream *stream = web->streams; stream; stream = stream->next) {
        stream->ending = true;
        wake_up(stream);
    }
}

void events_free(struct web *web)
{
    let_go(&web->latest);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* talk.c: one exchange with a server. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wyoming.h"

#define STRANGERS_MOST 1000 /* events passed over while one is waited for */

static bool refuse(struct talk *talk, const char *what)
{
    snprintf(talk->reason, sizeof talk->reason, "the Wyoming server at %s %s", talk->server, what);
    return false;
}

static bool refuse_errno(struct talk *talk, const char *late)
{
    char text[128];
    if (errno == ETIMEDOUT) {
        snprintf(text, sizeof text, "%s within %d.%d s", late, talk->timeout_ms / 1000,
                 talk->timeout_ms % 1000 / 100);
        return refuse(talk, text);
    }
    snprintf(text, sizeof text, "broke the connection (%s)", strerror(errno));
    return refuse(talk, text);
}

bool talk_begin(struct talk *talk, const struct link_target *target, const char *type,
                const json_t *data)
{
    int64_t due_ms = link_now_ms() + talk->timeout_ms;
    size_t size = 0;
    char *bytes = frame_make(type, data, &size);
    if (!bytes) {
        return refuse(talk, "cannot be asked: no memory");
    }
    talk->fd = link_open(target, due_ms);
    bool fine = talk->fd >= 0;
    if (!fine && errno != ETIMEDOUT) {
        char text[160];
        snprintf(text, sizeof text, "cannot be reached (%s); is it running?", strerror(errno));
        refuse(talk, text);
    } else if (!fine) {
        refuse_errno(talk, "does not take the connection");
    } else if (!link_send(talk->fd, bytes, size, due_ms)) {
        fine = refuse_errno(talk, "does not take the request");
    }
    free(bytes);
    return fine;
}

/* Adds what the server sends next. */
static bool read_more(struct talk *talk, int64_t due_ms)
{
    size_t room = 0;
    unsigned char *bytes = frame_room(&talk->reader, &room);
    if (!bytes) {
        return refuse(talk, "sent more than there is memory for");
    }
    ssize_t count = link_receive(talk->fd, bytes, room, due_ms);
    if (count == 0) {
        bool begun = talk->reader.used > talk->reader.taken || talk->reader.header;
        return refuse(talk, begun ? "closed the connection in the middle of an event"
                                  : "closed the connection before it was done");
    }
    if (count < 0) {
        return refuse_errno(talk, "did not answer");
    }
    frame_took(&talk->reader, (size_t)count);
    return true;
}

/* The server's words, without what would spoil a line. */
static bool refuse_error(struct talk *talk, const json_t *data)
{
    char words[160] = "";
    const char *text = json_string_value(json_object_get(data, "text"));
    snprintf(words, sizeof words, "reports: %s", text && text[0] ? text : "an error");
    for (char *at = words; *at; at++) {
        *at = (unsigned char)*at < ' ' || *at == 0x7f ? ' ' : *at;
    }
    return refuse(talk, words);
}

bool talk_next(struct talk *talk, struct frame *frame)
{
    int64_t due_ms = link_now_ms() + talk->timeout_ms;
    for (;;) {
        enum frame_result result = frame_next(&talk->reader, frame);
        if (result == FRAME_READY) {
            return strcmp(frame->type, "error") != 0 || refuse_error(talk, frame->data);
        }
        if (result == FRAME_BAD) {
            char text[200];
            snprintf(text, sizeof text, "does not speak the Wyoming protocol: %s",
                     talk->reader.fault);
            return refuse(talk, text);
        }
        if (!read_more(talk, due_ms)) {
            return false;
        }
    }
}

bool talk_until(struct talk *talk, const char *type, struct frame *frame)
{
    for (int i = 0; i < STRANGERS_MOST; i++) {
        if (!talk_next(talk, frame)) {
            return false;
        }
        if (strcmp(frame->type, type) == 0) {
            return true;
        }
    }
    return refuse(talk, "sends events without end, but not what was asked for");
}

void talk_end(struct talk *talk)
{
    if (talk->fd >= 0) {
        close(talk->fd);
    }
    talk->fd = -1;
    frame_reset(&talk->reader);
}

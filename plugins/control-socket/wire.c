/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.c: bytes become requests. */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CHUNK 4096 /* read at a time, and kept for the next */

/* --- the buffer --- */

char *wire_room(struct wire *wire, size_t *room)
{
    size_t used = wire->end - wire->start;
    size_t wanted = used + CHUNK;
    if (wire->start > 0 && used > 0)
        memmove(wire->bytes, wire->bytes + wire->start, used);
    wire->start = 0;
    wire->end = used;
    if (wanted > wire->capacity || (wanted <= 2 * CHUNK && wire->capacity > 2 * CHUNK)) {
        size_t capacity = wanted <= 2 * CHUNK ? 2 * CHUNK : wanted + wanted / 2;
        char *bytes = realloc(wire->bytes, capacity);
        if (!bytes && capacity > wire->capacity)
            return NULL;
        wire->bytes = bytes ? bytes : wire->bytes;
        wire->capacity = bytes ? capacity : wire->capacity;
    }
    *room = CHUNK;
    return wire->bytes + used;
}

void wire_added(struct wire *wire, size_t count)
{
    wire->end += count;
}

void wire_free(struct wire *wire)
{
    free(wire->bytes);
    *wire = (struct wire){.start = 0};
}

/* --- lines --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Moves past a word (any case) and the spaces behind it. */
static bool take_word(const char **text, const char *word)
{
    size_t length = strlen(word);
    const char *after = *text + length;
    if (strncasecmp(*text, word, length) != 0 || (*after && !is_space(*after)))
        return false;
    while (is_space(*after))
        after++;
    *text = after;
    return true;
}

static enum wire_kind bad(struct wire_request *request, const char *why)
{
    request->text = why;
    return request->kind = WIRE_BAD;
}

/* "ask QUESTION", or "ask N QUESTION" with a body of N bytes behind the line; `text` is behind
 * "ask". */
static enum wire_kind take_ask(struct wire *wire, const char *text, struct wire_request *request)
{
    size_t digits = strspn(text, "0123456789");
    request->text = text;
    if (!*text)
        return bad(request, "ask what? Such as: ask status");
    if (digits == 0 || (text[digits] && !is_space(text[digits])))
        return request->kind = WIRE_ASK;
    wire->left = 0;
    for (size_t i = 0; i < digits; i++) {
        if (wire->left > UINT64_MAX / 10 - 10) /* nobody sends so much: all that comes is skipped */
            wire->left = UINT64_MAX / 10 - 10;
        wire->left = wire->left * 10 + (uint64_t)(text[i] - '0');
    }
    wire->state = WIRE_SKIP_BODY;
    if (wire->left > WIRE_BODY_MOST)
        return bad(request, "the body is too long: at most 262144 bytes");
    for (text += digits; is_space(*text);)
        text++;
    if (!*text)
        return bad(request, "what is asked is missing: ask BYTES QUESTION");
    memmove(wire->line, text, strlen(text) + 1);
    wire->state = WIRE_BODY;
    return WIRE_NONE;
}

static enum wire_kind understand(struct wire *wire, struct wire_request *request)
{
    const char *text = wire->line;
    if (take_word(&text, "ask"))
        return take_ask(wire, text, request);
    if (take_word(&text, "subscribe")) {
        request->clock = strcasecmp(text, "clock") == 0;
        if (*text && !request->clock)
            return bad(request, "write subscribe, or subscribe clock");
        return request->kind = WIRE_SUBSCRIBE;
    }
    if (strcasecmp(text, "unsubscribe") == 0)
        return request->kind = WIRE_UNSUBSCRIBE;
    if (strcasecmp(text, "bye") == 0)
        return request->kind = WIRE_BYE;
    request->text = text;
    return request->kind = WIRE_COMMAND;
}

/* A line of `length` bytes at the start, whose end is not one of them. */
static enum wire_kind take_line(struct wire *wire, size_t length, struct wire_request *request)
{
    const char *line = wire->bytes + wire->start;
    while (length > 0 && is_space(line[length - 1]))
        length--;
    while (length > 0 && is_space(*line)) {
        line++;
        length--;
    }
    if (length > WIRE_LINE_MOST)
        return bad(request, "this line is too long: at most 1024 bytes");
    if (memchr(line, '\0', length))
        return bad(request, "there is a zero byte in this line");
    memcpy(wire->line, line, length);
    wire->line[length] = '\0';
    return understand(wire, request);
}

static enum wire_kind next_line(struct wire *wire, bool ended, struct wire_request *request)
{
    size_t there = wire->end - wire->start;
    const char *line = wire->bytes + wire->start;
    const char *feed = there ? memchr(line, '\n', there) : NULL;
    size_t length = feed ? (size_t)(feed - line) : there;
    if (length > 2 * WIRE_LINE_MOST) { /* whatever spaces are in it */
        wire->state = feed ? WIRE_LINE : WIRE_SKIP_LINE;
        wire->start += length + (feed != NULL);
        return bad(request, "this line is too long: at most 1024 bytes");
    }
    if (!feed && (!ended || there == 0))
        return WIRE_NONE;
    enum wire_kind kind = take_line(wire, length, request);
    wire->start += length + (feed != NULL);
    return kind;
}

/* --- bodies, and what is passed over --- */

static enum wire_kind next_body(struct wire *wire, bool ended, struct wire_request *request)
{
    size_t there = wire->end - wire->start;
    if (there < wire->left && ended) {
        wire->start = wire->end;
        wire->state = WIRE_LINE;
        return bad(request, "the body ended too early");
    }
    if (there < wire->left)
        return WIRE_NONE;
    request->text = wire->line;
    request->body = wire->left ? wire->bytes + wire->start : "";
    request->body_size = (size_t)wire->left;
    wire->start += (size_t)wire->left;
    wire->state = WIRE_LINE;
    return request->kind = WIRE_ASK;
}

/* Returns whether that is over. */
static bool skip(struct wire *wire)
{
    size_t there = wire->end - wire->start, count = there;
    if (wire->state == WIRE_SKIP_LINE) {
        const char *feed = there ? memchr(wire->bytes + wire->start, '\n', there) : NULL;
        count = feed ? (size_t)(feed - wire->bytes) - wire->start + 1 : there;
        wire->state = feed ? WIRE_LINE : WIRE_SKIP_LINE;
    } else {
        count = there < wire->left ? there : (size_t)wire->left;
        wire->left -= count;
        wire->state = wire->left ? WIRE_SKIP_BODY : WIRE_LINE;
    }
    wire->start += count;
    return wire->state == WIRE_LINE;
}

enum wire_kind wire_next(struct wire *wire, bool ended, struct wire_request *request)
{
    *request = (struct wire_request){.kind = WIRE_NONE};
    if ((wire->state == WIRE_SKIP_LINE || wire->state == WIRE_SKIP_BODY) && !skip(wire))
        return WIRE_NONE;
    if (wire->state == WIRE_LINE) {
        enum wire_kind kind = next_line(wire, ended, request);
        if (kind != WIRE_NONE || wire->state != WIRE_BODY)
            return kind;
    }
    return next_body(wire, ended, request);
}

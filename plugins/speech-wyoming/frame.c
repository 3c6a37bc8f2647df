/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.c: bytes → events, and back. Nothing is believed: lengths are checked before anything is
 * kept for them, and each part has its limit. */
#include "frame.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum frame_result fault(struct frame_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum frame_result fault(struct frame_reader *reader, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(reader->fault, sizeof reader->fault, format, list);
    va_end(list);
    reader->failed = true;
    return FRAME_BAD;
}

static void forget_event(struct frame_reader *reader)
{
    json_decref(reader->header);
    json_decref(reader->data);
    reader->header = NULL;
    reader->data = NULL;
    reader->data_size = reader->payload_size = 0;
}

void frame_reset(struct frame_reader *reader)
{
    forget_event(reader);
    free(reader->bytes);
    *reader = (struct frame_reader){0};
}

/* --- bytes --- */

unsigned char *frame_room(struct frame_reader *reader, size_t *room)
{
    size_t waiting = reader->used - reader->taken;
    if (reader->taken > 0) {
        memmove(reader->bytes, reader->bytes + reader->taken, waiting);
        reader->taken = 0;
        reader->used = waiting;
    }
    if (reader->capacity - waiting < FRAME_ROOM) {
        size_t capacity = waiting + 2 * FRAME_ROOM;
        unsigned char *bytes = realloc(reader->bytes, capacity);
        if (!bytes) {
            return NULL;
        }
        reader->bytes = bytes;
        reader->capacity = capacity;
    }
    *room = reader->capacity - waiting;
    return reader->bytes + waiting;
}

void frame_took(struct frame_reader *reader, size_t count)
{
    reader->used += count;
}

/* --- header --- */

/* A length of the header: absent and null are 0. */
static bool read_length(struct frame_reader *reader, const char *name, size_t most, size_t *length)
{
    const json_t *value = json_object_get(reader->header, name);
    *length = 0;
    if (!value || json_is_null(value)) {
        return true;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        fault(reader, "%s of an event is not a number of bytes", name);
        return false;
    }
    json_int_t number = json_integer_value(value);
    if ((uint64_t)number > most) {
        fault(reader, "%s of an event is %lld; at most %zu are taken", name, (long long)number,
              most);
        return false;
    }
    *length = (size_t)number;
    return true;
}

static enum frame_result read_header(struct frame_reader *reader)
{
    size_t waiting = reader->used - reader->taken;
    if (waiting == 0) {
        return FRAME_MORE;
    }
    const unsigned char *line = reader->bytes + reader->taken;
    const unsigned char *end = memchr(line, '\n', waiting);
    size_t length = end ? (size_t)(end - line) : waiting;
    if (length > FRAME_HEADER_MOST) {
        return fault(reader, "the header of an event is longer than %u bytes", FRAME_HEADER_MOST);
    }
    if (!end) {
        return FRAME_MORE;
    }
    json_error_t error;
    reader->taken += length + 1;
    reader->header = json_loadb((const char *)line, length, 0, &error);
    if (!json_is_object(reader->header) ||
        !json_is_string(json_object_get(reader->header, "type"))) {
        return fault(reader, "the header of an event is not a JSON object with a type");
    }
    if (!read_length(reader, "data_length", FRAME_DATA_MOST, &reader->data_size) ||
        !read_length(reader, "payload_length", FRAME_PAYLOAD_MOST, &reader->payload_size)) {
        return FRAME_BAD;
    }
    return FRAME_READY;
}

/* --- the rest of an event --- */

static enum frame_result read_data(struct frame_reader *reader)
{
    json_t *data = json_object_get(reader->header, "data");
    if (data && !json_is_null(data) && !json_is_object(data)) {
        return fault(reader, "the data of an event is not a JSON object");
    }
    reader->data = json_is_object(data) ? json_incref(data) : json_object();
    if (reader->data_size == 0) {
        return FRAME_READY;
    }
    json_error_t error;
    json_t *more =
        json_loadb((const char *)reader->bytes + reader->taken, reader->data_size, 0, &error);
    bool fine = json_is_object(more) && json_object_update(reader->data, more) == 0;
    json_decref(more);
    return fine ? FRAME_READY : fault(reader, "the data of an event is not a JSON object");
}

enum frame_result frame_next(struct frame_reader *reader, struct frame *frame)
{
    if (reader->failed) {
        return FRAME_BAD;
    }
    if (reader->data) { /* the last event is over */
        forget_event(reader);
    }
    if (!reader->header) {
        enum frame_result result = read_header(reader);
        if (result != FRAME_READY) {
            return result;
        }
    }
    if (reader->used - reader->taken < reader->data_size + reader->payload_size) {
        return FRAME_MORE;
    }
    enum frame_result result = read_data(reader);
    if (result != FRAME_READY) {
        return result;
    }
    frame->type = json_string_value(json_object_get(reader->header, "type"));
    frame->data = reader->data;
    frame->payload = reader->bytes + reader->taken + reader->data_size;
    frame->payload_size = reader->payload_size;
    reader->taken += reader->data_size + reader->payload_size;
    return FRAME_READY;
}

/* --- writing --- */

char *frame_make(const char *type, const json_t *data, size_t *size)
{
    char *body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    size_t body_size = body ? strlen(body) : 0;
    json_t *header = json_pack("{s:s}", "type", type);
    if (body_size > 0) {
        json_object_set_new(header, "data_length", json_integer((json_int_t)body_size));
    }
    char *line = header ? json_dumps(header, JSON_COMPACT) : NULL;
    char *bytes = NULL;
    if (line && (body || !data)) {
        size_t line_size = strlen(line);
        *size = line_size + 1 + body_size;
        bytes = malloc(*size + 1);
        if (bytes) {
            snprintf(bytes, *size + 1, "%s\n%s", line, body ? body : "");
        }
    }
    json_decref(header);
    free(line);
    free(body);
    return bytes;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.c: bytes → lines. */
#include "message.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE      0x7d
#define ESCAPED_BIT 0x20
#define AUDIO_WORD  "AUDIO"
#define AUDIO_HEAD  10 /* "705-AUDIO" and a zero byte */

static enum message_result fault(struct message_reader *reader, const char *what)
{
    snprintf(reader->fault, sizeof reader->fault, "%s", what);
    reader->failed = true;
    return MESSAGE_BAD;
}

void message_reset(struct message_reader *reader)
{
    free(reader->bytes);
    *reader = (struct message_reader){0};
}

unsigned char *message_room(struct message_reader *reader, size_t *room)
{
    size_t waiting = reader->used - reader->taken;
    if (reader->taken > 0) {
        memmove(reader->bytes, reader->bytes + reader->taken, waiting);
        reader->taken = 0;
        reader->used = waiting;
    }
    if (reader->capacity - waiting < MESSAGE_ROOM) {
        size_t capacity = waiting * 2 + 2 * MESSAGE_ROOM;
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

void message_took(struct message_reader *reader, size_t count)
{
    reader->used += count;
}

static bool is_audio(const unsigned char *line, size_t length)
{
    return length >= AUDIO_HEAD && memcmp(line, "705", 3) == 0 &&
           memcmp(line + 4, AUDIO_WORD, AUDIO_HEAD - 4) == 0;
}

/* Undoes the escapes in place; false when the last one has nothing behind it. */
static bool unescape(unsigned char *bytes, size_t *size)
{
    size_t kept = 0;
    for (size_t i = 0; i < *size; i++) {
        if (bytes[i] == ESCAPE) {
            if (++i == *size) {
                return false;
            }
            bytes[kept++] = bytes[i] ^ ESCAPED_BIT;
        } else {
            bytes[kept++] = bytes[i];
        }
    }
    *size = kept;
    return true;
}

static enum message_result read_audio(struct message_reader *reader, unsigned char *line,
                                      size_t length, struct message *message)
{
    message->audio = line + AUDIO_HEAD;
    message->audio_size = length - AUDIO_HEAD;
    return unescape(line + AUDIO_HEAD, &message->audio_size)
               ? MESSAGE_READY
               : fault(reader, "its samples end in the middle of an escape");
}

/* Takes one line, without its end, from the front. */
static enum message_result take_line(struct message_reader *reader, unsigned char **line,
                                     size_t *length)
{
    size_t waiting = reader->used - reader->taken;
    if (waiting == 0) {
        return MESSAGE_MORE;
    }
    *line = reader->bytes + reader->taken;
    unsigned char *end = NULL;
    if (waiting > reader->searched) {
        end = memchr(*line + reader->searched, '\n', waiting - reader->searched);
    }
    *length = end ? (size_t)(end - *line) : waiting;
    bool audio = is_audio(*line, *length);
    if (*length > (audio ? MESSAGE_AUDIO_MOST : MESSAGE_LINE_MOST)) {
        return fault(reader, audio ? "a block of its samples is too large"
                                   : "it sends a line that is too long");
    }
    if (!end) {
        reader->searched = waiting;
        return MESSAGE_MORE;
    }
    reader->searched = 0;
    reader->taken += *length + 1;
    *end = '\0';
    return MESSAGE_READY;
}

enum message_result message_next(struct message_reader *reader, struct message *message)
{
    unsigned char *line = NULL;
    size_t length = 0;
    if (reader->failed) {
        return MESSAGE_BAD;
    }
    while (length == 0) { /* modules send empty lines after marks */
        enum message_result result = take_line(reader, &line, &length);
        if (result != MESSAGE_READY) {
            return result;
        }
    }
    if (length < 4 || line[0] < '1' || line[0] > '9' || !isdigit(line[1]) || !isdigit(line[2]) ||
        (line[3] != ' ' && line[3] != '-')) {
        return fault(reader, "it sends what is not a line of the protocol");
    }
    *message =
        (struct message){.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0',
                         .last = line[3] == ' ',
                         .text = (char *)line + 4};
    return is_audio(line, length) ? read_audio(reader, line, length, message) : MESSAGE_READY;
}

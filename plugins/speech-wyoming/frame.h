/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.h: the framing of the Wyoming protocol, without any input or output. An event is one line
 * of JSON, {"type", "data"?, "data_length"?, "payload_length"?}, then data_length bytes of JSON
 * that are merged over "data", then payload_length bytes as they are. */
#ifndef SPEECH_WYOMING_FRAME_H
#define SPEECH_WYOMING_FRAME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define FRAME_HEADER_MOST  (64u << 10) /* bytes of the line */
#define FRAME_DATA_MOST    (1u << 20)
#define FRAME_PAYLOAD_MOST (1u << 20)
#define FRAME_ROOM         (64u << 10) /* free bytes that frame_room() gives at least */

/* One event; belongs to the reader and lives until its next call. */
struct frame {
    const char *type;
    const json_t *data; /* always an object */
    const unsigned char *payload;
    size_t payload_size;
};

enum frame_result {
    FRAME_MORE,  /* more bytes are needed */
    FRAME_READY, /* an event */
    FRAME_BAD    /* not this protocol, or too large: `fault` tells; the stream is of no more use */
};

struct frame_reader {
    unsigned char *bytes; /* owned; [taken, used) is not looked at yet */
    size_t taken, used, capacity;
    json_t *header, *data; /* owned; header: NULL until its line is complete */
    size_t data_size, payload_size;
    bool failed;
    char fault[160];
};

/* Where the next bytes go, at least FRAME_ROOM of them; NULL without memory. Ends the life of the
 * last event. */
unsigned char *frame_room(struct frame_reader *reader, size_t *room);
/* That many bytes were put there. Call frame_next() until it wants more before the next of them. */
void frame_took(struct frame_reader *reader, size_t count);
enum frame_result frame_next(struct frame_reader *reader, struct frame *frame);
/* Frees what the reader holds; it can be used again from the start. */
void frame_reset(struct frame_reader *reader);

/* The bytes of an event without a payload, malloc'ed; NULL without memory. `data` may be NULL. */
char *frame_make(const char *type, const json_t *data, size_t *size);

#endif

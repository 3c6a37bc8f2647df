/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.h: the line protocol of limber-control(7), as bytes: a stream in any pieces becomes
 * requests. Pure; any bytes may be handed over. */
#ifndef CONTROL_SOCKET_WIRE_H
#define CONTROL_SOCKET_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION   1
#define WIRE_LINE_MOST 1024         /* bytes of a line, its end not counted */
#define WIRE_BODY_MOST (256u << 10) /* bytes that go with a question */

enum wire_kind {
    WIRE_NONE,        /* nothing complete yet */
    WIRE_COMMAND,     /* `text`: a line of the command language; may be empty */
    WIRE_ASK,         /* `text`: a question; `body` goes with it, or is NULL */
    WIRE_SUBSCRIBE,   /* `clock`: also when only time has passed */
    WIRE_UNSUBSCRIBE, /* no more of it */
    WIRE_BYE,
    WIRE_BAD /* `text`: what is wrong, a sentence */
};

struct wire_request {
    enum wire_kind kind;
    const char *text; /* without outer spaces; valid until the next call, as `body` is */
    const char *body;
    size_t body_size;
    bool clock;
};

enum wire_state { WIRE_LINE, WIRE_BODY, WIRE_SKIP_LINE, WIRE_SKIP_BODY };

/* What of a stream has come and is not taken yet. All zero is a new one. */
struct wire {
    char *bytes;
    size_t start, end, capacity;
    enum wire_state state;
    uint64_t left; /* of a body: all of it, or what is still to be skipped */
    char line[WIRE_LINE_MOST + 1];
};

/* Room for what comes next; at least one byte unless memory is gone (NULL). */
char *wire_room(struct wire *wire, size_t *room);
/* So many bytes were put there. */
void wire_added(struct wire *wire, size_t count);
/* Takes the next request, in order. `ended`: nothing more will come; a last line needs no end
 * then. */
enum wire_kind wire_next(struct wire *wire, bool ended, struct wire_request *request);
void wire_free(struct wire *wire);

/* The sentence of {"error":"…"}, without line breaks, at most `size` bytes with its NUL; a sentence
 * of our own where there is none. */
void wire_error_text(const char *json, size_t length, char *text, size_t size);

/* Two documents of status are the same but for the time that has passed (position, left,
 * bout_left). */
bool wire_same_status(const char *a, size_t a_size, const char *b, size_t b_size);
/* The number of a top-level member in thousandths (cut off), or −1: it has none. */
int64_t wire_member_milli(const char *json, size_t length, const char *name);
/* Whether a top-level member is this text. */
bool wire_member_is(const char *json, size_t length, const char *name, const char *value);

#endif

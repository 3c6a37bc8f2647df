/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.h: what a module of Speech Dispatcher writes on its stdout, without any input or output.
 * Lines of three digits: "705-bits=16" is one of several, "702 END" the last or only one. Samples
 * come in a line of their own, "705-AUDIO" (or "705 AUDIO") and a zero byte before them, in which
 * the byte 0x7d marks the next one as changed in its bit 5, so that no line break is among them. */
#ifndef SPEECH_DISPATCHER_MESSAGE_H
#define SPEECH_DISPATCHER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#define MESSAGE_LINE_MOST  (16u << 10) /* bytes */
#define MESSAGE_AUDIO_MOST (8u << 20)  /* bytes of one block of samples, as sent */
#define MESSAGE_ROOM       (64u << 10) /* free bytes that message_room() gives at least */

/* One line; belongs to the reader and lives until its next call. */
struct message {
    int code;                   /* 100 … 999 */
    bool last;                  /* no more of this code follow */
    char *text;                 /* behind the code, NUL-terminated, any bytes else; "AUDIO" */
    const unsigned char *audio; /* samples, as they were before they were sent; or NULL */
    size_t audio_size;
};

enum message_result {
    MESSAGE_MORE,  /* more bytes are needed */
    MESSAGE_READY, /* a line */
    MESSAGE_BAD /* not this protocol, or too large: `fault` tells; the stream is of no more use */
};

struct message_reader {
    unsigned char *bytes; /* owned; [taken, used) is not looked at yet */
    size_t taken, used, capacity;
    size_t searched; /* of those, how many hold no line break */
    bool failed;
    char fault[120];
};

/* Where the next bytes go, at least MESSAGE_ROOM of them; NULL without memory. Ends the life of the
 * last message. */
unsigned char *message_room(struct message_reader *reader, size_t *room);
/* That many bytes were put there. Call message_next() until it wants more before the next of them.
 */
void message_took(struct message_reader *reader, size_t count);
enum message_result message_next(struct message_reader *reader, struct message *message);
/* Frees what the reader holds; it can be used again from the start. */
void message_reset(struct message_reader *reader);

#endif

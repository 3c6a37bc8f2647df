/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wyoming.h: between the files of this plugin. */
#ifndef SPEECH_WYOMING_H
#define SPEECH_WYOMING_H

#include "frame.h"
#include "limber/speech.h"
#include "link.h"

/* What an answer of a server is read from. */
struct talk {
    int fd; /* −1: not connected */
    int timeout_ms;
    const char *server; /* as written, for messages */
    struct frame_reader reader;
    char reason[256]; /* why the last call failed */
};

/* Connects and sends one event. False with a reason. */
bool talk_begin(struct talk *talk, const struct link_target *target, const char *type,
                const json_t *data);
/* The next event, complete within the timeout; "error" events become a failure with the server's
 * words. It lives until the next call. */
bool talk_next(struct talk *talk, struct frame *frame);
/* The next event of this type; others are passed over, up to a limit. */
bool talk_until(struct talk *talk, const char *type, struct frame *frame);
void talk_end(struct talk *talk);

/* One voice of an "info" event; the strings belong to the event's data. */
struct info_voice {
    const char *program, *program_version; /* never NULL */
    const char *name, *version;            /* never NULL */
    const json_t *languages, *speakers;    /* arrays or NULL */
};

/* Calls `each` for every installed voice, in the server's order, until it returns false. */
void info_each(const json_t *info, bool (*each)(void *context, const struct info_voice *voice),
               void *context);
/* How well a voice speaks a tag: 3 exactly, 2 its language without a region (or the tag has none),
 * 1 another region, 0 not at all. `match`: the voice's own tag, as the server writes it. */
int info_fit(const struct info_voice *voice, const char *tag, const char **match);
/* Whether `name` is one of its speakers, or a number where speakers have numbers. */
bool info_has_speaker(const struct info_voice *voice, const char *name);

#endif

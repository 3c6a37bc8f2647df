/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor.h: plays a session live: transport, the command language, and where we are. All [main].
 *
 * Every change (pause, next, more…) ends in the same three moves: close the gate, make a new
 * timeline from the point that was heard, open the gate. So there are never two voices at once,
 * nothing clicks, and times after the change are as exact as before. */
#ifndef SESSION_CONDUCTOR_H
#define SESSION_CONDUCTOR_H

#include <stdbool.h>

#include "base/str.h"
#include "limber/control.h"
#include "session/session.h"
#include "session/stream.h"

struct conductor;

struct conductor_options {
    struct loop *loop;
    struct session *session; /* outlives the conductor */
    struct stream *stream;   /* likewise */
    frames start_at;         /* begin at this frame of the plan; 0: the beginning */
    const char *resume;      /* a checkpoint of the same plan to go on from instead, or NULL */
    void (*changed)(
        void *context); /* the transport or the position changed; a few times a second */
    void (*cue)(void *context, const struct cue *cue,
                frames start); /* a cue has begun to be heard */
    void *context;
};

/* Begins to play as soon as the first words are voiced. */
struct conductor *conductor_new(const struct conductor_options *options);
void conductor_destroy(struct conductor *conductor);

/* Runs one line of the command language (command.h). Writes a one-line answer. Errors: INVALID (no
 * such command, or not now). */
enum limber_status conductor_command(struct conductor *conductor, const char *line, char *answer,
                                     size_t answer_size);

/* Fills in where the session is. Strings live until the next call. */
void conductor_snapshot(const struct conductor *conductor, struct limber_snapshot *snapshot);

/* Writes where we are, in what is said or held and whether paused, for `resume` of another process
 * with the same plan. */
void conductor_checkpoint(const struct conductor *conductor, struct str *to);

/* The session has ended: played to the end and heard, or quit. */
bool conductor_finished(const struct conductor *conductor);

/* One command of the language, for help texts and completion. */
struct command_help {
    const char *name, *arguments, *help;
    char key; /* on a keyboard; 0: none */
};
const struct command_help *conductor_commands(size_t *count);

#endif

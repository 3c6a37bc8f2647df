/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render.h: a whole session into an output that takes samples as fast as they come (a file, a
 * pipe). */
#ifndef SESSION_RENDER_H
#define SESSION_RENDER_H

#include <stdbool.h>

#include "limber/output.h"
#include "session/session.h"

struct render_options {
    const char *output;        /* plugin id of a push output: "out-file" */
    const char *target;        /* file name, or NULL */
    struct timeline *timeline; /* complete, of this session */
    /* Called on main a few times a second; return false to stop. May be NULL. */
    bool (*progress)(void *context, frames done, frames total);
    void *context;
};

/* Mixes the session and writes it. Every sample is the one that playing it live gives. On failure
 * nothing is left under the final name. *error: malloc'ed, may stay NULL when the log has said it.
 * Errors: NOT_FOUND, UNSUPPORTED, IO (disk full included), CANCELLED, FAILED. */
enum limber_status render_session(struct session *session, const struct render_options *options,
                                  char **error);

/* A complete score, of whatever, into such an output. */
struct render_score {
    struct registry *registry;
    const char *output, *target;
    const struct score *score;
    frames total;
    uint32_t rate_hz, channels;
    const char *title;
    const struct limber_output_chapter *chapters;
    size_t chapter_count;
    struct feed *feed; /* lets go of clips that are over; or NULL */
    bool (*progress)(void *context, frames done, frames total); /* as above */
    void *context;
};
/* As render_session(). */
enum limber_status render_score(const struct render_score *what, char **error);

#endif

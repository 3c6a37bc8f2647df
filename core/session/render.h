/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render.h: a whole session into an output that takes samples as fast as they come (a file, a
 * pipe). */
#ifndef SESSION_RENDER_H
#define SESSION_RENDER_H

#include <stdbool.h>

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

#endif

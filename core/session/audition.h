/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audition.h: a few words or sounds to listen to, outside of any session: live, or into a file.
 * [main] */
#ifndef SESSION_AUDITION_H
#define SESSION_AUDITION_H

#include <stdbool.h>

#include "session/recital.h"
#include "session/session.h"

struct audition_options {
    const struct session_host *host;
    const char *output; /* plugin id; one that takes samples as they come writes `target` */
    const char *target; /* file name, or NULL */
    const char *title;
    uint32_t rate_hz; /* of all clips */
    frames lead_in;   /* as stream_options.lead_in */
    /* Hears of each clip, in order: live as it begins to be heard, else before the file is written.
     * May be NULL. [main] */
    void (*began)(void *context, size_t index);
    void *context;
};

/* Plays the clips one after the other, a moment apart, and returns when they were heard, or
 * written. Errors, with *error (malloc'ed; may stay NULL when the log has said it): NOT_FOUND (no
 * such output), FAILED (no device, or it went away), IO. */
enum limber_status audition_play(const struct audition_options *options,
                                 const struct recital_item *items, size_t count, char **error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checkpoint.h: where a session was left, as a text, for another process with the same plan. */
#ifndef SESSION_CHECKPOINT_H
#define SESSION_CHECKPOINT_H

#include <stdbool.h>

#include "base/str.h"
#include "timeline/timeline.h"

struct checkpoint {
    struct timeline_from from;
    struct timeline_changes changes;
    bool paused;
};

/* Adds numbers with colons between them. */
void checkpoint_write(const struct checkpoint *checkpoint, struct str *to);
/* The caller frees checkpoint.changes.
 * Errors: false, with *checkpoint at the beginning, for a text that was not written by the above.
 * Does not know the plan: timeline_new_from() copes with steps that are none. */
bool checkpoint_read(const char *text, struct checkpoint *checkpoint);

#endif

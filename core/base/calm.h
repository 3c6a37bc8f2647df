/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calm.h: a log that is not flooded: a line that was written a moment ago is not written again, but
 * counted. Knows no clock; not thread-safe. */
#ifndef BASE_CALM_H
#define BASE_CALM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALM_MS    60000 /* that long a line is not written again */
#define CALM_LINES 16    /* that are remembered */

struct calm_line {
    char *text; /* NULL: free */
    int level;
    int64_t written_ms;
    size_t more; /* times it was held back since */
};

/* Zeroed: nothing was written yet. */
struct calm {
    struct calm_line lines[CALM_LINES];
};

/* Whether the line is to be written now. Call calm_take() until it is false before. */
bool calm_pass(struct calm *calm, int level, const char *line, int64_t now_ms);
/* A line that was held back and whose time is over (`all`: or not): the caller writes that it was
 * said `taken->more` times more, and frees taken->text. Makes room for another line where there is
 * none. False: there is none. */
bool calm_take(struct calm *calm, int64_t now_ms, bool all, struct calm_line *taken);
void calm_clear(struct calm *calm);

#endif

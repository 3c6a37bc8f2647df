/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag.h: what is wrong with an input, where, and what to write instead. Collected, so that one run
 * tells everything. Not thread-safe. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct arena;

/* One text that can be pointed into. Owned by its diags; valid as long as they are. */
struct source {
    const char *path; /* as a person would name it (relative where they gave it so) */
    const char *text; /* NUL-terminated */
    size_t length;
    const size_t *line_starts; /* byte offset of each line */
    int line_count;
    /* Characters before every 1,024th byte, so that columns of long lines are found at once. NULL:
     * they are counted. */
    const size_t *characters;
};

/* A place in a source. Lines and columns count from 1; columns count characters (code points). */
struct place {
    const struct source *source; /* NULL: nowhere */
    int line;                    /* 0: the whole file */
    int column;                  /* 0: the whole line */
    int length;                  /* characters under the caret line; 0 or 1: a single caret */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct diags;

struct diags *diags_new(void);
void diags_destroy(struct diags *diags);

/* Registers a text (copied). The pointer stays valid until diags_destroy(). */
const struct source *diags_add_source(struct diags *diags, const char *path, const char *text,
                                      size_t length);
/* The place `offset` bytes into the source, `length_bytes` long. */
struct place place_at(const struct source *source, size_t offset, size_t length_bytes);

/* Records a diagnostic. `hint` (NULL: none) says what to do, one line: "did you mean `each side`?".
 * The same message at the same place is kept once. After 100 of a severity further ones are only
 * counted. Control characters in the texts become '?'. */
void diags_add(struct diags *diags, enum severity severity, struct place place, const char *hint,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

size_t diags_count(const struct diags *diags, enum severity severity);
/* The i-th recorded one (for tests and JSON); false past the end. Any out pointer may be NULL. */
bool diags_get(const struct diags *diags, size_t index, enum severity *severity,
               struct place *place, const char **message, const char **hint);

/* How many diags_get() knows. */
size_t diags_kept(const struct diags *diags);
/* "file:line:column: message" of the first one of this severity from index `from` on, or NULL. */
const char *diags_first(const struct diags *diags, size_t from, enum severity severity,
                        struct arena *arena);
/* Adds everything recorded in `from`, with its sources, to `to` (NULL: nothing happens). */
void diags_pass_on(const struct diags *from, struct diags *to);

/* Prints those not printed yet, as
 *   file:line:column: error: message
 *      12 | the source line
 *         |     ^~~~~
 *         = hint
 * with colour when `color`. Control characters of the source line are shown as '?'. Long lines are
 * cut around the caret. */
void diags_print(struct diags *diags, FILE *to, bool color);

#endif

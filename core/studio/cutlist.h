/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cutlist.h: a recording, a list, and the clips that come of them. [main] */
#ifndef STUDIO_CUTLIST_H
#define STUDIO_CUTLIST_H

#include "base/arena.h"
#include "base/status.h"
#include "studio/split.h"

struct pack;
struct registry;

#define CUTLIST_MOST_SECONDS (4 * 3600.0) /* of a recording */

struct cut_line {
    int number;       /* as in the list, else its place from 1 */
    const char *text; /* not empty */
    const char *file; /* within the pack */
};

struct cutlist {
    const struct cut_line *lines;
    size_t count;
};

/* Reads a list: columns text and file (made from the text when it is missing), number if there is
 * one. In the arena. Errors with *error (malloc'ed): NOT_FOUND, INVALID (no column text, no lines,
 * a file that leads out of the pack, is no .flac or .wav, or stands twice), and as table_read(). */
enum limber_status cutlist_read(const char *path, struct pack *pack, struct arena *arena,
                                struct cutlist *list, char **error);

/* Listens to a recording; the ear is to be destroyed. *fine: it holds more than 16 bits. Errors:
 * as pack_read(), LIMIT. */
enum limber_status cutlist_listen(struct pack *pack, const char *recording, struct split_ear **ear,
                                  bool *fine);
/* What to expect of the list, for split_find(); in the arena. */
const nsec *cutlist_expected(const struct cutlist *list, struct arena *arena);

/* Writes the pieces that have a line, as files in the pack's folder, and their rows into its table.
 * `progress` may be NULL. *written gets how many. Errors with *error (malloc'ed); what was written
 * before has no rows then. */
enum limber_status cutlist_write(struct registry *registry, struct pack *pack,
                                 const char *recording, const struct cutlist *list,
                                 const struct split_result *result, int bits,
                                 void (*progress)(void *context, size_t done, size_t total),
                                 void *context, size_t *written, char **error);

#endif

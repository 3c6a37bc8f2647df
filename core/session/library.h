/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library.h: the routines there are: the user's own first, then the program's. */
#ifndef SESSION_LIBRARY_H
#define SESSION_LIBRARY_H

#include <stdbool.h>

#include "base/arena.h"

struct library_item {
    const char *name; /* bare name: "upper-back-relief", "moves/cat-cow" */
    const char *path;
    bool move; /* in a moves/ folder */
    bool own;  /* in the user's folder */
};

/* All pages, sorted by name; translations (NAME.de.md) are left out. In the arena; *count how many.
 */
const struct library_item *library_list(struct arena *arena, size_t *count);
/* The page that a person names: a path (contains '/' with an existing file, or ends in .md), or a
 * bare name, also of a move. NULL: there is none; *nearest (may be NULL) gets the name they may
 * have meant. */
const char *library_find(struct arena *arena, const char *name, const char **nearest);
/* What the history calls a page: its name in the library, the same for a translation (NAME.de.md);
 * of a page elsewhere its absolute path. */
const char *library_name_of(struct arena *arena, const char *path);

#endif

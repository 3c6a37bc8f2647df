/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reel.h: the lines of a sheet as they are to be recorded, each with its file, and the keeping of
 * takes. [main] */
#ifndef STUDIO_REEL_H
#define STUDIO_REEL_H

#include "studio/record.h"
#include "studio/sheet.h"

struct pack;
struct registry;

struct reel {
    const struct sheet_line *lines; /* numbered anew, `file` is what is written */
    const char *const *replaces;    /* of each: a row that goes when it is kept; or NULL */
    const nsec *expected;           /* of each: how long it may take to say */
    size_t count;
};

/* What is to be recorded of a sheet. With `takes`, only what the pack has already, each as another
 * take of it. Files on the disk that no row names are never written over. In the arena. */
struct reel reel_new(struct arena *arena, struct pack *pack, const struct sheet *sheet, bool takes);

/* Writes a take: first its file, then its row, both on the disk when it returns. Errors with *error
 * (malloc'ed): as take_write() and table_put(). */
enum limber_status reel_keep(struct registry *registry, struct pack *pack, const struct reel *reel,
                             size_t index, const struct record_take *take, char **error);

#endif

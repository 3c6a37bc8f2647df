/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark.h: a small file that tells the next box how the last one ended, and that there is only one
 * at a time. [main]
 *
 * It is locked while a box runs, says on which boot of the machine, and is emptied when it ends in
 * order. So one that is found full and unlocked is of a box that crashed, hung or was killed. */
#ifndef BOX_MARK_H
#define BOX_MARK_H

#include <stdbool.h>
#include <stdint.h>

struct mark;

/* What was found. */
struct mark_found {
    bool crashed;   /* the last box did not end in order, on this boot of the machine */
    bool playing;   /* with a session */
    int64_t age_ms; /* since it was last known to run */
    int went_on;    /* how often in a row a box went on by itself after that */
};

/* `folder` NULL: the person's, ~/.local/state/limber. Never NULL where another box does not run;
 * where nothing can be written it keeps nothing (logged). NULL: another box runs, with its process
 * in *other (0: not known). */
struct mark *mark_take(const char *folder, int64_t now_ms, struct mark_found *found, int *other);
/* Ends in order: nothing is known of this box any more. It stays the only one. */
void mark_leave(struct mark *mark);
/* Frees it; without mark_leave() before, as if the process crashed now. */
void mark_destroy(struct mark *mark);

/* Still runs. */
void mark_touch(struct mark *mark);
/* Has a session now, or none. */
void mark_playing(struct mark *mark, bool playing);
/* Goes on by itself with what was left, for the `count`-th time in a row. */
void mark_went_on(struct mark *mark, int count);

#endif

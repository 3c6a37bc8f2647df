/* SPDX-License-Identifier: GPL-3.0-or-later */
/* landmark.h: finding one's way in a plan, and from one plan of a page to another. Pure. */
#ifndef TIMELINE_LANDMARK_H
#define TIMELINE_LANDMARK_H

#include "timeline/timeline.h"

/* A step is told by the index of its first cue; plan.cue_count stands for the end. */

/* The step a cue belongs to. */
size_t landmark_step_of(const struct plan *plan, size_t cue);
/* The step after `step`. */
size_t landmark_step_after(const struct plan *plan, size_t step);
/* The first step of the move after the one that `step` belongs to; cue_count: it is the last. */
size_t landmark_next_move(const struct plan *plan, size_t step);
/* The first step of the close: the player's own words behind everything of the page. cue_count:
 * there is none. */
size_t landmark_close(const struct plan *plan);
/* Where skipping a side leads from `step`: to the first step of the other side in the same set;
 * from the last side on to what comes after it, which is the rest before the next set, the next
 * move, or the close. SIZE_MAX: the step is on no side. */
size_t landmark_other_side(const struct plan *plan, size_t step);

/* The same cue in two plans of one page: the same kind, place, move, round, set, side and rep (for
 * the player's own sentences, which have no place, also the same words or kind of bout), the same
 * one in order if there are several. Yields a malloc'ed array: for each cue of `before` its index
 * in `now`, UINT32_MAX when it is not there. Ascending but for those: both come in page order. */
uint32_t *landmark_map(const struct plan *before, const struct plan *now);
/* The first step from `step` on that is in both plans, as index into `now`. */
size_t landmark_same_place(const uint32_t *map, const struct plan *before, const struct plan *now,
                           size_t step);
/* Makes a point of `before` one of `now`: the same step, or the first one after it that is there.
 * In the middle of a bout that is in both, it goes on with what is left of it and with those of its
 * words that are in both; no other words are said there. */
void landmark_map_point(const uint32_t *map, const struct plan *before, const struct plan *now,
                        struct timeline_from *from);
/* Makes changes of `before` ones of `now`; those of steps that are not there are gone. */
void landmark_map_changes(const uint32_t *map, struct timeline_changes *changes);

#endif

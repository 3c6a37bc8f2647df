/* SPDX-License-Identifier: GPL-3.0-or-later */
/* changes.h: what the person changed about a session, as plain data beside the plan: time added to
 * a bout or taken from it, steps left out, and the pace of the waits between.
 *
 * Sides stay equal: a change of a bout of the first side also holds for its partner on the second
 * (cue.match; with alternating sides, the same mark of the same rep), unless that has an entry of
 * its own. So the length of a session is what was planned, plus its changes, plus those of the
 * partners. Pure; [any], one thread at a time. */
#ifndef TIMELINE_CHANGES_H
#define TIMELINE_CHANGES_H

#include "base/vec.h"
#include "plan/plan.h"

struct timeline_change {
    uint32_t cue; /* index of a step's first cue */
    bool skipped; /* the step is left out with all that is inside it */
    frames extra; /* of a BOUT: added to what it lasts by itself; negative: taken away, down to
                     nothing left (words that must be said are still said) */
};

/* `{0}` is: nothing changed. */
struct timeline_changes {
    /* Length of the waits and gaps as thousandths of what the page says; 0: 1000. It holds for gaps
     * after words, for `wait` (but not `count`, which counts seconds) and for the time to get ready
     * (but not for a `ready` that waits for the person). Not for holds and breaths, which are the
     * exercise; nor for rests: they are a dose too, and their length is spoken. */
    uint32_t pace_permille;
    VEC(struct timeline_change) list; /* ascending by cue, at most one a cue */
};

#define CHANGES_PACE_LEAST 200 /* thousandths; beyond, the pace is cut to these */
#define CHANGES_PACE_MOST  5000

void changes_free(struct timeline_changes *changes);
/* `to` holds a copy afterwards; what it held is freed. */
void changes_copy(struct timeline_changes *to, const struct timeline_changes *from);
bool changes_any(const struct timeline_changes *changes);
/* The entry of a step, NULL: none of its own. */
const struct timeline_change *changes_find(const struct timeline_changes *changes, uint32_t cue);
/* Adds time to a bout (or takes it): the sum of all that was said about it. An entry of its own is
 * made even for 0; it begins with its partner's. For `less`, never more than is left:
 * timeline_left(). */
void changes_add(struct timeline_changes *changes, const struct plan *plan, uint32_t cue,
                 frames extra);
/* Leaves a step out, or takes it in again. */
void changes_skip(struct timeline_changes *changes, const struct plan *plan, uint32_t cue,
                  bool skipped);
/* Forgets the entries of the cues in [from, until): they are played anew. */
void changes_forget(struct timeline_changes *changes, uint32_t from, uint32_t until);
/* What a person who goes from inside step `from` ahead to step `to` leaves out: the bouts between
 * are skipped (unless they have been left out already), so that their partners will be. The bout at
 * `from` itself is shortened by what was left of it, `left` (0: it was not a bout, or over). With
 * `left` < 0 it is skipped as a whole, because it had hardly begun. */
void changes_leave_out(struct timeline_changes *changes, const struct plan *plan, uint32_t from,
                       frames left, uint32_t to);

/* --- what they come to in a plan --- */

/* The changes of all cues of one plan, with those of partners and of the words between. */
struct changes_effect;

/* NULL when nothing is changed. */
struct changes_effect *changes_effect_new(const struct timeline_changes *changes,
                                          const struct plan *plan);
void changes_effect_destroy(struct changes_effect *effect);
/* A step is left out because of its own entry, its partner's, or because it only serves bouts that
 * are: words, sounds and getting ready between the last bout that is played of a side and one that
 * is left out; all of a side if all its bouts are. Cautions and beds are never left out that way.
 * `effect` may be NULL here and below. */
bool changes_skipped(const struct changes_effect *effect, size_t cue);
/* Frames added to a bout. */
frames changes_extra(const struct changes_effect *effect, size_t cue);
/* Whether its change is its partner's. */
bool changes_is_partners(const struct changes_effect *effect, size_t cue);
/* Index of the bout of the first side that a bout follows, or −1. A `ready` that waits for the
 * person follows none. */
int64_t changes_partner(const struct plan *plan, size_t cue);

#endif

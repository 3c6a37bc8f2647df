/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.h: private to the timeline layer: exact time, and how the cues inside one bout are laid
 * out. All positions inside a bout are relative to its start and exact; only timeline.c rounds. */
#ifndef TIMELINE_RESOLVE_H
#define TIMELINE_RESOLVE_H

#include "base/vec.h"
#include "timeline/timeline.h"

/* Time in parts: 10^−9 of a frame. A nanosecond is rate_hz parts, so nothing is ever rounded. */
__extension__ typedef __int128 parts;
#define PARTS_PER_FRAME INT64_C(1000000000)

static inline parts parts_from_ns(nsec time, uint32_t rate_hz)
{
    return (parts)time * rate_hz;
}

static inline parts parts_from_frames(frames count)
{
    return (parts)count * PARTS_PER_FRAME;
}

static inline parts parts_between(struct instant from, struct instant to)
{
    return parts_from_frames(to.whole - from.whole) + (to.part - from.part);
}

/* time ≥ 0 */
struct instant instant_after_parts(struct instant at, parts time);

/* --- One bout --- */

enum inner_state {
    INNER_PLACED,
    INNER_DROPPED, /* no room for it: a finding */
    INNER_OVER     /* not there: it was over before the session went on */
};

struct inner {
    parts delay;  /* from its moment on the page to the earliest it may start: words, the lead of
                     a sound; a tick repeated, its distance */
    parts moment; /* words: the earliest they may start */
    parts start;
    frames length, lead;
    uint32_t cue;
    enum inner_state state : 8;
    bool at_once : 1; /* words that were cut off: said again first of all */
    bool ahead : 1;   /* the count that opens the bout, before its other words */
};

struct word_span {
    parts start, end;
};

struct sound_lead {
    nsec offset_ns, duration_ns;
    frames lead;
    enum cue_anchor anchor;
};

/* Working memory, kept from bout to bout. */
struct lane {
    const struct plan *plan;
    uint32_t rate_hz;
    parts elapsed; /* of the bout, before the point it goes on from */
    bool resumed;  /* `base` is settled: words said again do not move the others' moments */
    parts least;   /* it lasts at least this long */
    parts base;    /* length that the moments of PART and END words refer to */
    parts words;   /* end of the last words, 0 if none */
    parts length;  /* final */
    VEC(struct inner) inner;
    VEC(uint32_t) queue; /* indices into inner */
    VEC(struct sound_lead) leads;
    VEC(struct word_span) taken, own, merged;
};

void lane_free(struct lane *lane);
/* Forgets the last bout and starts with this one, of length `authored` and at least `matched`. */
void lane_begin(struct lane *lane, parts authored, parts matched);
/* Adds a cue inside it, in the plan's order. Lengths of sounds that fill it are not needed yet. */
void lane_add(struct lane *lane, uint32_t cue, frames length, frames lead);
/* Finds where everything goes: the state and start of each inner cue, and the length. */
void lane_arrange(struct lane *lane);
/* Turns an arranged bout into what remains of it at the point `from`, with `extra` added to it, and
 * arranges that. `added`: some of that is new since it was left. */
void lane_resume(struct lane *lane, const struct timeline_from *from, parts extra, bool added);

#endif

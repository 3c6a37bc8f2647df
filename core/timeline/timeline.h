/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline.h: a plan in frames. Resolved forward only, step by step, as soon as the lengths of a
 * step's words and sounds are known; what is resolved never changes. The same plan and lengths give
 * the same timeline, whether it is resolved at once or piece by piece. */
#ifndef TIMELINE_TIMELINE_H
#define TIMELINE_TIMELINE_H

#include <stdbool.h>
#include <stdio.h>

#include "plan/plan.h"
#include "timeline/changes.h"

/* Lengths, from whoever has the samples. Return false: not known yet. */
struct timeline_lengths {
    void *context;
    bool (*speech)(void *context, const struct cue *cue, frames *length);
    /* `fill`: the length it must have (cue->fills), else 0. `lead`: when words after it may start.
     */
    bool (*sound)(void *context, const struct cue *cue, frames fill, frames *length, frames *lead);
};

struct timeline_entry {
    uint32_t cue; /* index into plan.cues */
    frames start;
    frames length; /* BED: up to where it is switched off, known only at the end (−1 until then); a
                      BED off has 0 */
};

/* Where a session was left, to go on from there: what pause, skip, back and more make.
 * timeline_point() fills it in; by hand, the first three members are enough for a point in a
 * timeline made by timeline_new(). Time added to the bout is in the changes (changes.h). */
#define TIMELINE_TRACKED 256
struct timeline_from {
    size_t step;    /* index of the step's first cue */
    frames elapsed; /* of that step's bout already held; 0: from its beginning. Cues inside that
                       were over are left out, words that were being said are said again from their
                       beginning */
    frames at;      /* frame at which it goes on */

    /* Words said again made the bout later than `elapsed` tells. */
    frames settled;  /* what was added to the bout already when the session was left: only what is
                        added after that makes words be said again */
    frames repeated; /* how much longer the bout has become by words said again */
    bool tracked;    /* the next two are valid, for the first TIMELINE_TRACKED words of the bout */
    uint32_t cut;    /* cue of the words that were being said, UINT32_MAX: none */
    uint64_t over[TIMELINE_TRACKED / 64]; /* bits of the words that will not be said any more */
};

struct timeline;

/* An empty timeline of the plan (which must outlive it). */
struct timeline *timeline_new(const struct plan *plan, uint32_t rate_hz,
                              const struct timeline_lengths *lengths);
/* From a point (NULL: the beginning), with changes (copied; NULL: none). */
struct timeline *timeline_new_from(const struct plan *plan, uint32_t rate_hz,
                                   const struct timeline_lengths *lengths,
                                   const struct timeline_from *from,
                                   const struct timeline_changes *changes);
void timeline_destroy(struct timeline *timeline);

const struct plan *timeline_plan(const struct timeline *timeline);
uint32_t timeline_rate(const struct timeline *timeline);

/* Resolves as many steps as lengths are known for. Returns true when complete. [main] */
bool timeline_resolve(struct timeline *timeline);
bool timeline_complete(const struct timeline *timeline);
/* Every cue that starts before this frame is in the entries. */
frames timeline_resolved_until(const struct timeline *timeline);
/* The first cue whose length is not known yet (what to voice next); false when complete. */
bool timeline_waiting_for(const struct timeline *timeline, uint32_t *cue);

/* Entries in order of their step; inside a step not necessarily by start. Count only grows. A cue
 * has at most one, but for the ticks of a beat that goes on in added time. */
const struct timeline_entry *timeline_entries(const struct timeline *timeline, size_t *count);
/* Length of the whole session in frames: the end of the last step or of the last sound that rings
 * on, whichever is later. Complete only. */
frames timeline_length(const struct timeline *timeline);

/* Which step is playing at `frame`: its cue index, its start and length; false before the first or
 * after the last resolved one. O(log n). */
struct timeline_step {
    size_t step;          /* index of the step's first cue */
    frames start, length; /* length includes the gap after it */
};
bool timeline_step_at(const struct timeline *timeline, frames frame, struct timeline_step *step);
/* The point to go on from when the session is left at `frame`, however often it was left before:
 * words from their beginning (the next step, if they were over and only the gap was left), a bout
 * with what is left of it. Behind the end of a complete timeline: step = plan.cue_count. */
void timeline_point(const struct timeline *timeline, frames frame, struct timeline_from *from);

/* How much of the step at `frame` is left, gap included; 0 where none is resolved. What `less` can
 * take away at most. */
frames timeline_left(const struct timeline *timeline, frames frame);
/* The length of the whole session as far as can be told: exact when complete, else with estimates
 * for what is not resolved yet. O(cues) when it is not complete. */
frames timeline_expected_length(const struct timeline *timeline);

/* What was given up or stretched, for check: one call a finding. */
struct timeline_finding {
    uint32_t cue; /* the bout that stretched, or the cue dropped */
    bool dropped;
    frames by; /* stretched by */
};
size_t timeline_findings(const struct timeline *timeline, const struct timeline_finding **findings);
/* Adds them to diags as warnings ("the words take 6.2 s, 1.2 s longer than `hold 5s`"), one a
 * place. */
void timeline_warn(const struct timeline *timeline, struct diags *diags);

/* The golden form: one line a cue, by start. */
void timeline_dump(const struct timeline *timeline, FILE *to);

#endif

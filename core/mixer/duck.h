/* SPDX-License-Identifier: GPL-3.0-or-later */
/* duck.h: how far beds are turned down, as a function of the frame and of where words are spoken.
 * Internal to the mixer.
 *
 * Words less than the gap apart are one interval. An interval's fall begins `before` its first word
 * and is over well before it; its rise begins with its last. The gap is longer than a rise and the
 * next fall's beginning together, so at any frame at most one interval counts; two are kept because
 * the next is known before the last has ended. */
#ifndef MIXER_DUCK_H
#define MIXER_DUCK_H

#include "mixer/ramp.h"
#include "mixer/score.h"

struct duck_interval {
    frames start, end;
};

struct duck {
    frames before, fall, rise, gap; /* constant */
    struct duck_interval last, now; /* in order; far in the past when there is none */
    struct duck_interval heard;     /* the last one of words that really began; see duck_hear() */
    frames entry;                   /* events before it do not count */
    size_t next;                    /* first event of the score not looked at yet */
};

void duck_init(struct duck *duck, uint32_t rate_hz);
/* Forgets all words. */
void duck_clear(struct duck *duck);
/* Goes on with another score, of which events before `entry` do not count, from the words heard so
 * far. */
void duck_restart(struct duck *duck, frames entry);
/* Takes note of words that were given out. In order of start. */
void duck_hear(struct duck *duck, const struct mixer_event *event);
/* How far beyond a frame words must be known to tell its value. */
frames duck_lookahead(const struct duck *duck);
/* Looks at all published events that matter for frames before `until`. */
void duck_follow(struct duck *duck, const struct score *score, const struct score_view *view,
                 frames until);
/* The first frame after `frame` and not after `until` where another pair of ramps begins to hold.
 */
frames duck_next_change(const struct duck *duck, frames frame, frames until);
/* The two ramps whose product is the value from `frame` up to duck_next_change(). */
void duck_ramps(const struct duck *duck, frames frame, struct ramp ramps[2]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bed.h: endless sounds: their loops, their fades, and one taking over from another. Internal to
 * the mixer. */
#ifndef MIXER_BED_H
#define MIXER_BED_H

#include "mixer/duck.h"
#include "mixer/ramp.h"
#include "mixer/score.h"

#define BEDS 8 /* fading out and in at once; beyond that the oldest goes */

struct bed {
    struct mixer_event event;
    frames origin;    /* frame of the loop's first sample */
    struct ramp in;   /* its fade in */
    struct ramp out;  /* its fade out, as things stand */
    struct ramp rest; /* added: what makes a change of score seamless */
    bool replaced;    /* `out` is another event's doing */
    bool joins;       /* `rest` is to be found when it is mixed next, so that it goes on from … */
    float before;     /* … this gain */
};

struct beds {
    struct bed items[BEDS];
    size_t count;
    frames shortest_fade, end_fade; /* constant */
};

/* What the gains of all beds depend on besides their own fades. */
struct bed_context {
    frames length; /* of the session; −1: far away */
    struct ramp ducks[2];
    struct ramp level;
};

void beds_init(struct beds *beds, uint32_t rate_hz);
/* Starts a BED event, or (no clip) ends the one that is on. A bed that follows one of the same clip
 * goes on in its loop. */
void beds_start(struct beds *beds, const struct mixer_event *event);
/* Forgets beds that were over at `frame`. */
void beds_prune(struct beds *beds, frames frame);
/* Undoes what events at or after `frame` did. */
void beds_rewind(struct beds *beds, frames frame);
/* Whether any sounds at `frame`; *until is lowered to where one of them ends. */
bool beds_sound(const struct beds *beds, frames frame, frames *until);
bool bed_sounds(const struct bed *bed, frames frame);

/* The gains over [frame, frame + count). Returns true if they are all gains[0] (and the others are
 * not set). */
bool bed_gains(const struct beds *beds, const struct bed *bed, const struct bed_context *context,
               frames frame, float *gains, size_t count);
/* Makes the gain, `raw` by itself at `frame`, go on there from bed->before and be itself again
 * `over` frames later. */
void bed_join(struct bed *bed, frames frame, frames over, float raw);

#endif

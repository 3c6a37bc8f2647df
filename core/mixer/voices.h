/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voices.h: the words and sounds that are being played. Internal to the mixer. */
#ifndef MIXER_VOICES_H
#define MIXER_VOICES_H

#include "mixer/duck.h"
#include "mixer/level.h"
#include "mixer/limiter.h"
#include "mixer/score.h"

#define VOICES       64 /* at once; one more, and the oldest sound (else words) fades out */
#define VOICE_PLACES 96 /* including those that fade out or were over a moment ago */

struct voice {
    struct mixer_event event;
    frames end;
    frames joined; /* where it was taken up in its middle, fading in; its start: not at all */
    frames cut;    /* where it was made to fade out, or INT64_MAX */
    bool heard;    /* the duck knows of it */
};

struct voices {
    struct voice items[VOICE_PLACES]; /* in order of start: the order of adding is part of the
                                         result */
    size_t count;
    frames cut_fade; /* constant */
};

void voices_init(struct voices *voices, uint32_t rate_hz);
void voices_clear(struct voices *voices);
void voices_start(struct voices *voices, const struct mixer_event *event);
/* Takes up an event in its middle. */
void voices_join(struct voices *voices, const struct mixer_event *event, frames frame);
/* Adds [from, until) at the limiter's end; no voice starts inside. `levels` of speech and sounds,
 * by kind of event. `gains` is scratch for as many. Returns false if nothing sounds. */
bool voices_add(const struct voices *voices, struct limiter *limiter, uint32_t channels,
                frames from, frames until, const struct level *levels, float *gains);
/* Everything before `position` was given out: tells the duck, forgets what is over. */
void voices_pass(struct voices *voices, frames position, struct duck *duck);
/* Undoes what events at or after `frame` did. */
void voices_rewind(struct voices *voices, frames frame);

#endif

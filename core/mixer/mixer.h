/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixer.h: events with clips → blocks of samples. Pure and preallocated: the same score gives the
 * same samples, however it is cut into blocks, and whether it was complete from the start or grew
 * while playing. No I/O, no locks, no allocation after mixer_new().
 *
 * Gain staging, all in dBFS of the session's bus: speech at −19 LUFS (the caller's gain per event);
 * sounds at their own level (theme sounds peak at −12 dBFS); beds at their authored gain, ducked by
 * 12 dB more while words are spoken (300 ms before, 250 ms down, held across gaps under 1.5 s, 800
 * ms up). The sum passes a look-ahead true-peak limiter at −1 dBFS (5 ms look-ahead, compensated:
 * onsets stay exact), transparent (bit for bit) while nothing exceeds it. A mono session stays
 * mono; with channels = 2 mono clips go to both sides at equal level.
 *
 * Limits: 64 words and sounds at once (one more, and the oldest sound, or else the oldest words,
 * fades out in 5 ms); fades of beds are never shorter than 20 ms, and the one before the end of the
 * session never longer than 1.5 s. */
#ifndef MIXER_MIXER_H
#define MIXER_MIXER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "audio/clip.h"

#define MIXER_BLOCK 1024 /* frames; blocks are aligned to the session's start */

enum mixer_event_kind { EVENT_SPEECH, EVENT_SOUND, EVENT_BED };

struct mixer_event {
    enum mixer_event_kind kind;
    frames start;
    frames length; /* SPEECH, SOUND: the clip's. BED: frames until it begins to fade out, or
                      INT64_MAX: until another BED or the end */
    frames fade_in, fade_out; /* BED */
    float gain;               /* linear */
    const struct clip *clip;  /* NULL for a BED: beds go off here, over its fade_out (0: their own).
                                 A  BED that replaces another fades across over its fade_in; one of
                                 the  same clip goes on in the loop */
};

/* A growing list of events, written by main, read by render. Order of appending is free within a
 * step; events must not start before a frame that `resolved_until` had already passed. */
struct score;
struct score *score_new(void);
void score_destroy(struct score *score); /* no mixer may hold it */
/* [main] */
void score_append(struct score *score, const struct mixer_event *event);
/* Publishes all appended events: those starting before `resolved_until` are all there. `length`:
 * total frames, or −1 while not known; once it is known the score is complete, whatever
 * `resolved_until` is. `length` must not be less than what was resolved before. An event appended
 * too late starts late. [main] */
void score_publish(struct score *score, frames resolved_until, frames length);
size_t score_count(const struct score *score);
/* By start; those not published yet may move up. [main] */
const struct mixer_event *score_event(const struct score *score, size_t index);

enum mixer_part { MIXER_SPEECH, MIXER_SOUNDS, MIXER_BEDS, MIXER_PARTS }; /* as events */
#define MIXER_MAX_LEVEL 4.0F                                             /* +12 dB */

struct mixer;

struct mixer *mixer_new(uint32_t rate_hz, uint32_t channels);
void mixer_destroy(struct mixer *mixer);

/* Puts the mixer onto a score at `position`. `jump`: the past is forgotten; what is in its middle
 * there is left out (words, sounds) or fades in (beds, 20 ms). Otherwise (same events before the
 * position, other ones after) it goes on without a seam. [render, between blocks] */
void mixer_set_score(struct mixer *mixer, const struct score *score, frames position, bool jump);

/* After mixer_set_score() with `jump`, before anything is mixed: words and sounds in whose middle
 * the position is are not left out, but go on from there (fading in, 5 ms). [render] */
void mixer_carry(struct mixer *mixer);

/* Mixes the next `count` ≤ MIXER_BLOCK frames into interleaved `out`. Returns how many it could:
 * fewer when the score is not resolved far enough yet (try again) or is over. Returns −1 once
 * everything including the end was delivered. [render] */
int64_t mixer_mix(struct mixer *mixer, float *out, int64_t count);
/* How loud a part is, linear; 1 at first, and bit for bit as if there were no levels then. Takes
 * effect at the next block, over 30 ms; after a jump at once. What was mixed before is not
 * touched. [any] */
void mixer_set_level(struct mixer *mixer, enum mixer_part part, float gain);
/* Frame of the next sample mixer_mix() would give. [render] */
frames mixer_position(const struct mixer *mixer);
/* How far beyond a frame the score must be resolved before that frame can be mixed (ducking,
 * limiter). Where no bed sounds, mixer_mix() needs 5 ms only. */
frames mixer_lookahead(const struct mixer *mixer);

#endif

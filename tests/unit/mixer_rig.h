/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixer_rig.h: clips, scores and measurements for the tests of the mixer. */
#ifndef MIXER_RIG_H
#define MIXER_RIG_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/process.h"
#include "base/prng.h"
#include "mixer/mixer.h"

#define RATE  48000
#define MS(n) ((frames)(n)*RATE / 1000)

/* A tone that begins and ends at nothing within 5 ms, or (edge 0) at once. */
static inline struct clip *tone(frames length, uint32_t channels, double hz, double level,
                                frames edge)
{
    float *samples = malloc(sizeof *samples * (size_t)length * channels);
    for (frames i = 0; i < length; i++) {
        frames near = i < length - 1 - i ? i : length - 1 - i;
        double shape = near < edge ? 0.5 - 0.5 * cos(M_PI * (double)near / (double)edge) : 1;
        for (uint32_t c = 0; c < channels; c++)
            samples[i * channels + c] =
                (float)(shape * level * sin(2 * M_PI * hz * (double)i / RATE + 0.5 * c));
    }
    return clip_adopt(samples, length, channels, RATE);
}

static inline struct clip *constant(frames length, uint32_t channels, float level)
{
    float *samples = malloc(sizeof *samples * (size_t)length * channels);
    for (frames i = 0; i < length * channels; i++)
        samples[i] = level;
    return clip_adopt(samples, length, channels, RATE);
}

static inline void put(struct score *score, enum mixer_event_kind kind, frames start,
                       const struct clip *clip, float gain)
{
    struct mixer_event event = {.kind = kind,
                                .start = start,
                                .length = kind == EVENT_BED ? INT64_MAX
                                          : clip            ? clip->length
                                                            : 0,
                                .fade_in = kind == EVENT_BED ? MS(100) : 0,
                                .fade_out = kind == EVENT_BED ? MS(200) : 0,
                                .gain = gain,
                                .clip = clip};
    score_append(score, &event);
}

struct take {
    float *samples;
    frames length;
};

/* Mixes until nothing more comes or `most` frames; blocks of 1 … `largest` frames by chance
 * (seed 0: always `largest`). */
static inline struct take take_all(struct mixer *mixer, uint32_t channels, frames most,
                                   uint64_t seed, int64_t largest)
{
    struct take take = {.samples = malloc(sizeof(float) * (size_t)(most + 1) * channels)};
    struct prng random = prng_new(seed);
    float block[2 * MIXER_BLOCK];
    while (take.length < most) {
        int64_t want = seed ? 1 + (int64_t)prng_below(&random, (uint64_t)largest) : largest;
        if (want > most - take.length)
            want = most - take.length;
        int64_t got = mixer_mix(mixer, block, want);
        if (got <= 0)
            break;
        memcpy(take.samples + take.length * channels, block,
               sizeof(float) * (size_t)got * channels);
        take.length += got;
    }
    return take;
}

/* A whole score from its beginning. */
static inline struct take play(const struct score *score, uint32_t channels, uint64_t seed,
                               int64_t largest)
{
    struct mixer *mixer = mixer_new(RATE, channels);
    mixer_set_score(mixer, score, 0, true);
    struct take take = take_all(mixer, channels, RATE * 120, seed, largest);
    mixer_destroy(mixer);
    return take;
}

/* The largest second difference: what a click has and a tone of low frequency has not. */
static inline double roughness(const float *samples, frames length, uint32_t channels)
{
    double most = 0;
    for (frames i = 2 * channels; i < length * channels; i++) {
        double bend = (double)samples[i] - 2.0 * samples[i - channels] + samples[i - 2 * channels];
        most = fmax(most, fabs(bend));
    }
    return most;
}

#endif

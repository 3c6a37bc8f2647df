/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stretch.c: waveform similarity overlap-add (WSOLA). Grains of 60 ms, half over the one before,
 * each taken within 10 ms of its proper place from where it continues that one best. */
#include "audio/stretch.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

#define PI       3.14159265358979323846
#define GRAIN_MS 60
#define SEEK_MS  10
#define LEAST_MS 100
#define COARSE   4 /* frames between two places tried at first, and between samples compared */
#define SMALLEST 1e-9

struct work {
    const float *samples;
    frames length, grain, hop, seek;
    float *window; /* of one grain */
    float *sum, *weight;
    frames wanted;
};

/* How alike the samples at `a` and at `b` are over one hop; `step` frames apart. */
static double likeness(const struct work *work, frames a, frames b, frames step)
{
    double product = 0, energy = SMALLEST;
    for (frames i = 0; i < work->hop; i += step) {
        double x = work->samples[a + i], y = work->samples[b + i];
        product += x * y;
        energy += y * y;
    }
    return product / sqrt(energy);
}

static frames best_of(const struct work *work, frames natural, frames from, frames to, frames step,
                      frames compare)
{
    frames best = from;
    double most = -INFINITY;
    for (frames at = from; at <= to; at += step) {
        double found = likeness(work, natural, at, compare);
        if (found > most) {
            most = found;
            best = at;
        }
    }
    return best;
}

/* Where the next grain is taken: near `proper`, and as what follows `natural` would be. */
static frames seek(const struct work *work, frames natural, frames proper)
{
    frames last = work->length - work->grain;
    frames from = proper - work->seek < 0 ? 0 : proper - work->seek;
    frames to = proper + work->seek > last ? last : proper + work->seek;
    if (natural > work->length - work->hop || from > to)
        return proper > last ? last : proper;
    frames near = best_of(work, natural, from, to, COARSE, COARSE);
    from = near - COARSE < from ? from : near - COARSE;
    to = near + COARSE > to ? to : near + COARSE;
    return best_of(work, natural, from, to, 1, 1);
}

static void lay(struct work *work, frames at, frames taken)
{
    for (frames i = 0; i < work->grain; i++) {
        work->sum[at + i] += work->window[i] * work->samples[taken + i];
        work->weight[at + i] += work->window[i];
    }
}

static void lay_all(struct work *work)
{
    frames last_out = work->wanted - work->grain, last_in = work->length - work->grain, taken = 0;
    double pace = last_out > 0 ? (double)last_in / (double)last_out : 0;
    lay(work, 0, 0);
    for (frames at = work->hop; at < last_out; at += work->hop) {
        taken = seek(work, taken + work->hop, (frames)((double)at * pace + 0.5));
        lay(work, at, taken);
    }
    if (last_out > 0)
        lay(work, last_out, last_in);
    for (frames i = 0; i < work->wanted; i++)
        work->sum[i] /= work->weight[i];
}

enum limber_status stretch(const float *samples, frames length, uint32_t rate_hz, frames wanted,
                           float **out)
{
    frames least = (frames)rate_hz * LEAST_MS / 1000;
    *out = NULL;
    if (least < 1 || length < least || wanted < least || wanted / STRETCH_MOST > length ||
        length / STRETCH_MOST > wanted)
        return LIMBER_INVALID;
    struct work work = {.samples = samples,
                        .length = length,
                        .grain = (frames)rate_hz * GRAIN_MS / 1000 / 2 * 2,
                        .seek = (frames)rate_hz * SEEK_MS / 1000,
                        .wanted = wanted};
    work.hop = work.grain / 2;
    work.window = xmalloc((size_t)work.grain * sizeof *work.window);
    work.sum = xcalloc((size_t)wanted, sizeof *work.sum);
    work.weight = xcalloc((size_t)wanted, sizeof *work.weight);
    for (frames i = 0; i < work.grain; i++)
        work.window[i] = (float)(0.5 - 0.5 * cos(2 * PI * ((double)i + 0.5) / (double)work.grain));
    lay_all(&work);
    free(work.window);
    free(work.weight);
    *out = work.sum;
    return LIMBER_OK;
}

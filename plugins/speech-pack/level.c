/* SPDX-License-Identifier: GPL-3.0-or-later */
/* level.c: clips that are said in one breath are as loud as one another. How loud all of it is, is
 * the host's business. */
#include <math.h>

#include "common/soundread.h"
#include "pack.h"

#define BLOCK_MS  10
#define GATE      0.01 /* −20 dB below the loudest block: pauses do not count */
#define MOST_GAIN 2.0  /* 6 dB; what differs more was meant to */

static double block_power(const float *samples, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)samples[i] * (double)samples[i];
    return sum / (double)count;
}

double level_of(const struct soundread_pcm *pcm)
{
    int64_t block = (int64_t)pcm->rate_hz * BLOCK_MS / 1000;
    double loudest = 0, sum = 0;
    int64_t blocks = 0;
    if (block > pcm->frames)
        block = pcm->frames;
    for (int64_t at = 0; at + block <= pcm->frames; at += block)
        loudest = fmax(loudest, block_power(pcm->samples + at, block));
    for (int64_t at = 0; at + block <= pcm->frames; at += block) {
        double power = block_power(pcm->samples + at, block);
        if (power < loudest * GATE)
            continue;
        sum += power;
        blocks++;
    }
    return blocks > 0 ? sqrt(sum / (double)blocks) : 0;
}

void level_gains(const double *levels, const float *peaks, size_t count, float *gains)
{
    double sum = 0, highest = 0;
    for (size_t i = 0; i < count; i++)
        sum += log(fmax(levels[i], 1e-6));
    double wanted = exp(sum / (double)count);
    for (size_t i = 0; i < count; i++) {
        double gain = wanted / fmax(levels[i], 1e-6);
        gain = count < 2 ? 1 : fmin(fmax(gain, 1 / MOST_GAIN), MOST_GAIN);
        gains[i] = (float)gain;
        double peak = gain * (double)peaks[i];
        if (peak > highest) /* fmax() here is more than GCC 12 for arm64 can compile */
            highest = peak;
    }
    for (size_t i = 0; i < count && count > 1 && highest > 1; i++)
        gains[i] /= (float)highest;
}

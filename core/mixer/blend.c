/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blend.c: loops of a fixed small length inside, which gcc turns into vector code at -O2 already.
 */
#include "mixer/blend.h"

#define LANES 16

static void add(float *restrict out, const float *restrict in, size_t count, float gain)
{
    for (; count >= LANES; count -= LANES, out += LANES, in += LANES)
        for (int i = 0; i < LANES; i++)
            out[i] += gain * in[i];
    for (size_t i = 0; i < count; i++)
        out[i] += gain * in[i];
}

static void add_side(float *restrict out, const float *restrict in, size_t count, float gain)
{
    for (; count >= LANES; count -= LANES, out += LANES, in += 2 * LANES)
        for (int i = 0; i < LANES; i++)
            out[i] += gain * in[2 * i];
    for (size_t i = 0; i < count; i++)
        out[i] += gain * in[2 * i];
}

static void add_shaped(float *restrict out, const float *restrict in, size_t count,
                       const float *restrict gains)
{
    for (; count >= LANES; count -= LANES, out += LANES, in += LANES, gains += LANES)
        for (int i = 0; i < LANES; i++)
            out[i] += gains[i] * in[i];
    for (size_t i = 0; i < count; i++)
        out[i] += gains[i] * in[i];
}

static void add_side_shaped(float *restrict out, const float *restrict in, size_t count,
                            const float *restrict gains)
{
    for (; count >= LANES; count -= LANES, out += LANES, in += 2 * LANES, gains += LANES)
        for (int i = 0; i < LANES; i++)
            out[i] += gains[i] * in[2 * i];
    for (size_t i = 0; i < count; i++)
        out[i] += gains[i] * in[2 * i];
}

void blend_steady(float *restrict out, const struct clip *clip, frames offset, size_t count,
                  uint32_t channel, bool mono, float gain)
{
    const float *in = clip->samples + offset * clip->channels;

    if (clip->channels == 1) {
        add(out, in, count, gain);
    } else if (!mono) {
        add_side(out, in + channel, count, gain);
    } else {
        for (size_t i = 0; i < count; i++)
            out[i] += gain * (0.5f * (in[2 * i] + in[2 * i + 1]));
    }
}

void blend_gains(float *restrict out, const struct clip *clip, frames offset, size_t count,
                 uint32_t channel, bool mono, const float *restrict gains)
{
    const float *in = clip->samples + offset * clip->channels;

    if (clip->channels == 1) {
        add_shaped(out, in, count, gains);
    } else if (!mono) {
        add_side_shaped(out, in + channel, count, gains);
    } else {
        for (size_t i = 0; i < count; i++)
            out[i] += gains[i] * (0.5f * (in[2 * i] + in[2 * i + 1]));
    }
}

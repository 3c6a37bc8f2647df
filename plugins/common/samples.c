/* SPDX-License-Identifier: GPL-3.0-or-later */
/* samples.c: float samples to integers, by the rule every output shares: round(x × 2^(bits − 1)) to
 * nearest, ties to even (what lrintf does), clamped. Written without calls and branches, so that
 * the compiler makes vector code of it. */
#include "common/samples.h"

/* Adding and subtracting 1.5 × 2^23 rounds a float of less than 2^22 to a whole number. */
#define ROUND_F 12582912.0f
#define ROUND_D 6755399441055744.0

void samples_to_s16(const float *samples, int16_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float x = samples[i];
        x = x == x ? x * 32768.0f : 0.0f;
        x = x > 32767.0f ? 32767.0f : x;
        x = x < -32768.0f ? -32768.0f : x;
        x = (x + ROUND_F) - ROUND_F;
        out[i] = (int16_t)x;
    }
}

void samples_to_s24(const float *samples, int32_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double x = (double)samples[i];
        x = x == x ? x * 8388608.0 : 0.0;
        x = x > 8388607.0 ? 8388607.0 : x;
        x = x < -8388608.0 ? -8388608.0 : x;
        x = (x + ROUND_D) - ROUND_D;
        out[i] = (int32_t)x * 256;
    }
}

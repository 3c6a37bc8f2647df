/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lanes.h: four floats at once, through the compiler's vector extension (SSE2, NEON, or plain code:
 * the same results everywhere). For the loops that gcc cannot vectorise by itself because they
 * compare. */
#ifndef AUDIO_LANES_H
#define AUDIO_LANES_H

#include <stdint.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(16)));
typedef int32_t lane_bits __attribute__((vector_size(16)));

static inline lanes lanes_load(const float *samples)
{
    lanes v;
    memcpy(&v, samples, sizeof v);
    return v;
}

static inline lane_bits lanes_abs_bits(lanes v)
{
    return (lane_bits)v & 0x7fffffff;
}

static inline lane_bits lanes_choose(lane_bits where, lane_bits yes, lane_bits no)
{
    return (where & yes) | (~where & no);
}

static inline lanes lanes_min(lanes v, lanes limit)
{
#ifdef __SSE__ /* one instruction, which the compiler does not find */
    return __builtin_ia32_minps(v, limit);
#else
    return (lanes)lanes_choose(v < limit, (lane_bits)v, (lane_bits)limit);
#endif
}

static inline lanes lanes_max(lanes v, lanes limit)
{
#ifdef __SSE__
    return __builtin_ia32_maxps(v, limit);
#else
    return (lanes)lanes_choose(v > limit, (lane_bits)v, (lane_bits)limit);
#endif
}

/* Stores the low halves of 2 × 4 lanes. */
static inline void lanes_pack(lane_bits a, lane_bits b, int16_t *out)
{
    typedef int16_t halves __attribute__((vector_size(16)));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    halves v = __builtin_shufflevector((halves)a, (halves)b, 0, 2, 4, 6, 8, 10, 12, 14);
#else
    halves v = __builtin_shufflevector((halves)a, (halves)b, 1, 3, 5, 7, 9, 11, 13, 15);
#endif
    memcpy(out, &v, sizeof v);
}

/* The largest of four |x| given as bits, which order like the numbers. */
static inline float lanes_largest(lane_bits v)
{
    int32_t most = v[0];
    float level;

    for (int i = 1; i < 4; i++)
        most = v[i] > most ? v[i] : most;
    memcpy(&level, &most, sizeof level);
    return level;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prng.c: SplitMix64 (Steele, Lea, Flood 2014). */
#include "base/prng.h"

struct prng prng_new(uint64_t seed)
{
    return (struct prng){.state = seed};
}

uint64_t prng_next(struct prng *prng)
{
    uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t prng_below(struct prng *prng, uint64_t bound)
{
    if (bound < 2)
        return 0;
    uint64_t refused = -bound % bound; /* 2^64 mod bound: the values that would be too many */
    uint64_t value;
    do
        value = prng_next(prng);
    while (value < refused);
    return value % bound;
}

float prng_float(struct prng *prng)
{
    return (float)(prng_next(prng) >> 40) * 0x1p-23f - 1.0f;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prng.h: repeatable randomness (SplitMix64, Steele et al. 2014). The same seed gives the same
 * sequence everywhere. */
#ifndef BASE_PRNG_H
#define BASE_PRNG_H

#include <stdint.h>

struct prng {
    uint64_t state;
};

struct prng prng_new(uint64_t seed);
uint64_t prng_next(struct prng *prng);
/* Uniform in 0 … bound − 1 without modulo bias; bound ≥ 1. */
uint64_t prng_below(struct prng *prng, uint64_t bound);
/* Uniform in [−1, 1). */
float prng_float(struct prng *prng);

#endif

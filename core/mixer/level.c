/* SPDX-License-Identifier: GPL-3.0-or-later */
/* level.c: a wanted gain, and a ramp towards it. */
#include "mixer/level.h"

#include <math.h>

#include "mixer/mixer.h"

#define LONG_AGO (-(INT64_C(1) << 60))

void level_init(struct level *level, uint32_t rate_hz)
{
    atomic_init(&level->wanted, 1.0F);
    level->ramp = (struct ramp){LONG_AGO, 1, 1, 1};
    level->over = frames_from_ns(30 * NSEC_PER_MSEC, rate_hz);
}

void level_set(struct level *level, float gain)
{
    if (isnan(gain))
        return;
    gain = gain < 0 ? 0 : gain > MIXER_MAX_LEVEL ? MIXER_MAX_LEVEL : gain;
    atomic_store_explicit(&level->wanted, gain, memory_order_relaxed);
}

void level_follow(struct level *level, frames frame)
{
    float wanted = atomic_load_explicit(&level->wanted, memory_order_relaxed);
    if (wanted != level->ramp.to)
        level->ramp = (struct ramp){frame, level->over, ramp_value(&level->ramp, frame), wanted};
}

void level_jump(struct level *level)
{
    float wanted = atomic_load_explicit(&level->wanted, memory_order_relaxed);
    level->ramp = (struct ramp){LONG_AGO, 1, wanted, wanted};
}

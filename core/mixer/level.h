/* SPDX-License-Identifier: GPL-3.0-or-later */
/* level.h: how loud one part of the mix is. Set by anybody, followed by the mixer from block to
 * block. Internal to the mixer. */
#ifndef MIXER_LEVEL_H
#define MIXER_LEVEL_H

#include <stdatomic.h>

#include "mixer/ramp.h"

struct level {
    _Atomic float wanted;
    struct ramp ramp; /* the way there; steady at 1 to begin with */
    frames over;      /* how long a change takes; constant */
};

void level_init(struct level *level, uint32_t rate_hz);
/* Linear; cut to 0 … MIXER_MAX_LEVEL, what is no number is ignored. [any] */
void level_set(struct level *level, float gain);
/* A change since the last call begins at `frame`. [render] */
void level_follow(struct level *level, frames frame);
/* A change since the last call has happened already. [render] */
void level_jump(struct level *level);

#endif

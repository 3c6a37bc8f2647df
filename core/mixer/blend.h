/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blend.h: the inner loops: samples times gain, added. Internal to the mixer. */
#ifndef MIXER_BLEND_H
#define MIXER_BLEND_H

#include <stddef.h>
#include <stdint.h>

#include "audio/clip.h"

/* out[i] += gain × sample i of `channel` of the clip from frame `offset` on; a mono clip goes to
 * every channel, and a stereo clip to a mono mix as the mean of its sides. `mono`: the mix is. */
void blend_steady(float *restrict out, const struct clip *clip, frames offset, size_t count,
                  uint32_t channel, bool mono, float gain);
/* The same with a gain for each frame. */
void blend_gains(float *restrict out, const struct clip *clip, frames offset, size_t count,
                 uint32_t channel, bool mono, const float *restrict gains);

#endif

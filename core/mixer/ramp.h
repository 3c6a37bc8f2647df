/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ramp.h: smooth passages of a gain from one value to another, as a function of the frame alone, so
 * that they are the same however the session is cut into blocks. Internal to the mixer. */
#ifndef MIXER_RAMP_H
#define MIXER_RAMP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/units.h"

/* `from` up to frame `at`, `to` from frame `at` + `length`, a raised cosine between. */
struct ramp {
    frames at, length; /* length ≥ 1 */
    float from, to;
};

/* The value at a frame. */
float ramp_value(const struct ramp *ramp, frames frame);
/* Whether the value is the same over [frame, frame + count). */
bool ramp_steady(const struct ramp *ramp, frames frame, size_t count);
/* gains[i] *= the value at frame + i; bit for bit what ramp_value() would give. */
void ramp_scale(const struct ramp *ramp, frames frame, float *gains, size_t count);
/* gains[i] += the value at frame + i. */
void ramp_add(const struct ramp *ramp, frames frame, float *gains, size_t count);

#endif

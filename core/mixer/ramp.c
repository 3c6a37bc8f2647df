/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ramp.c: raised cosines, 0.5 − 0.5 cos(πx) = sin²(πx/2), with a polynomial for the sine (Hastings
 * 1955, error 5·10⁻⁹): no library call, so the same bits everywhere, and loops that vectorise. */
#include "mixer/ramp.h"

#define LANES 16

/* `step`: 1 / length; 0 ≤ offset < length. */
static inline float shape(int32_t offset, double step)
{
    float x = (float)(offset * step);
    float y = x * x;
    float sine = 0.00015148419f;

    sine = sine * y - 0.00467376557f;
    sine = sine * y + 0.07968967928f;
    sine = sine * y - 0.64596371106f;
    sine = sine * y + 1.57079631847f;
    sine *= x;
    return sine * sine;
}

/* The offset of a frame into the ramp, kept within it. */
static int32_t offset_of(const struct ramp *ramp, frames frame, int32_t length)
{
    frames offset = frame - ramp->at;

    if (offset <= 0)
        return 0;
    return offset < length ? (int32_t)offset : length;
}

static int32_t length_of(const struct ramp *ramp)
{
    return ramp->length > INT32_MAX / 2 ? INT32_MAX / 2 : (int32_t)ramp->length;
}

float ramp_value(const struct ramp *ramp, frames frame)
{
    int32_t length = length_of(ramp);
    int32_t offset = offset_of(ramp, frame, length);

    if (offset == 0)
        return ramp->from;
    if (offset == length)
        return ramp->to;
    return ramp->from + (ramp->to - ramp->from) * shape(offset, 1.0 / length);
}

bool ramp_steady(const struct ramp *ramp, frames frame, size_t count)
{
    return frame >= ramp->at + ramp->length || frame + (frames)count - 1 <= ramp->at;
}

/* The values at LANES frames from `frame` on. */
static void fill(const struct ramp *ramp, frames frame, float *restrict values)
{
    int32_t length = length_of(ramp);
    double step = 1.0 / length;
    frames first = frame - ramp->at;
    float from = ramp->from, to = ramp->to, span = to - from;

    if (first < 0 || first + LANES > length) {
        for (int i = 0; i < LANES; i++)
            values[i] = ramp_value(ramp, frame + i);
        return;
    }
    int32_t offset = (int32_t)first;
    for (int i = 0; i < LANES; i++)
        values[i] = from + span * shape(offset + i, step);
}

void ramp_scale(const struct ramp *ramp, frames frame, float *gains, size_t count)
{
    float values[LANES];

    if (ramp_steady(ramp, frame, count)) {
        float value = ramp_value(ramp, frame);
        for (size_t i = 0; i < count; i++)
            gains[i] *= value;
        return;
    }
    for (; count >= LANES; count -= LANES, gains += LANES, frame += LANES) {
        fill(ramp, frame, values);
        for (int i = 0; i < LANES; i++)
            gains[i] *= values[i];
    }
    for (size_t i = 0; i < count; i++)
        gains[i] *= ramp_value(ramp, frame + (frames)i);
}

void ramp_add(const struct ramp *ramp, frames frame, float *gains, size_t count)
{
    float values[LANES];

    if (ramp_steady(ramp, frame, count)) {
        float value = ramp_value(ramp, frame);
        for (size_t i = 0; i < count; i++)
            gains[i] += value;
        return;
    }
    for (; count >= LANES; count -= LANES, gains += LANES, frame += LANES) {
        fill(ramp, frame, values);
        for (int i = 0; i < LANES; i++)
            gains[i] += values[i];
    }
    for (size_t i = 0; i < count; i++)
        gains[i] += ramp_value(ramp, frame + (frames)i);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* samples.h: float samples as integers, by the rule every output shares. */
#ifndef COMMON_SAMPLES_H
#define COMMON_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

/* clamp(round(x × 32768)), to even on ties; NaN gives 0. */
void samples_to_s16(const float *samples, int16_t *out, size_t count);
/* clamp(round(x × 8388608)) in the upper 24 bits. */
void samples_to_s24(const float *samples, int32_t *out, size_t count);

#endif

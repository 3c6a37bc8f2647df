/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stretch.h: another length for a sound, at the same pitch. */
#ifndef AUDIO_STRETCH_H
#define AUDIO_STRETCH_H

#include "base/status.h"
#include "base/units.h"

#define STRETCH_MOST 6 /* times as long, or as short */

/* Makes `wanted` frames of mono samples that begin and end as they do (waveform similarity
 * overlap-add). The result is malloc'ed. Errors: INVALID when either length is under 0.1 s, or one
 * is more than STRETCH_MOST times the other. Deterministic. */
enum limber_status stretch(const float *samples, frames length, uint32_t rate_hz, frames wanted,
                           float **out);

#endif

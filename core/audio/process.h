/* SPDX-License-Identifier: GPL-3.0-or-later */
/* process.h: what is done to samples once, before they are played. */
#ifndef AUDIO_PROCESS_H
#define AUDIO_PROCESS_H

#include "audio/clip.h"

/* Resamples interleaved samples with soxr HQ (133 dB SNR, FACTS §5). The result is malloc'ed, its
 * length round(frames × out/in). Equal rates copy. */
enum limber_status process_resample(const float *samples, frames length, uint32_t channels,
                                    uint32_t from_hz, uint32_t to_hz, float **out,
                                    frames *out_length);

/* Finds the part of a mono clip that is heard: cuts leading samples quieter than −50 dB below its
 * peak (keeping `keep_before`), and trailing ones likewise (keeping `keep_after`), and fades both
 * cut ends over at most 1 ms / 5 ms so that nothing clicks. In place; returns the new length,
 * samples moved to the front. Length 0: nothing audible (peak under −80 dBFS). Replaces NaN and
 * infinities by 0 and removes DC before measuring. */
frames process_trim(float *samples, frames length, uint32_t rate_hz, frames keep_before,
                    frames keep_after);

/* Integrated loudness (BS.1770-4; what libebur128 says, four times as fast), LUFS; ungated
 * momentary measure over zero padding when shorter than 400 ms. −INFINITY for silence. */
double process_loudness(const float *samples, frames length, uint32_t channels, uint32_t rate_hz);
/* True peak (4× oversampled), linear. */
double process_true_peak(const float *samples, frames length, uint32_t channels, uint32_t rate_hz);

/* float → s16: × 32768, round to nearest (ties to even), clamp; NaN gives 0. The one conversion
 * every output uses. */
void process_to_s16(const float *samples, int16_t *out, size_t count);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limiter.h: a look-ahead true-peak limiter over a window of mixed frames. Internal to the mixer.
 *
 * It owns the mixed frames around the position: frames are mixed into it ahead of the position, and
 * taken from it at the position, not delayed. What it gives for a frame depends on the frames
 * before and up to the look-ahead after it, and not on how they are cut into blocks. */
#ifndef MIXER_LIMITER_H
#define MIXER_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"

struct limiter;

/* `block`: most frames taken at once. */
struct limiter *limiter_new(uint32_t rate_hz, uint32_t channels, size_t block);
void limiter_destroy(struct limiter *limiter);
/* Forgets everything and stands at `position`. */
void limiter_reset(struct limiter *limiter, frames position);
/* Drops what was mixed at and after the position, to be mixed anew; the past counts on. */
void limiter_rewind(struct limiter *limiter);

frames limiter_position(const struct limiter *limiter);
/* Up to which frame it is mixed. */
frames limiter_mixed_until(const struct limiter *limiter);
/* How far it must be mixed beyond the frames to take. */
frames limiter_lookahead(const struct limiter *limiter);

/* Where the next frames, from limiter_mixed_until() on, are to be added to (zeros so far); one
 * array a channel, room for block + look-ahead − (mixed_until − position) frames. */
float *limiter_space(struct limiter *limiter, uint32_t channel);
/* `count` more frames are mixed; `silent`: nothing was added. */
void limiter_mixed(struct limiter *limiter, size_t count, bool silent);

/* Gives `count` interleaved frames and moves on; needs mixed_until ≥ position + count + look-ahead.
 */
void limiter_take(struct limiter *limiter, float *restrict out, size_t count);

#endif

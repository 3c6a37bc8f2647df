/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring.h: one writer, one reader, no lock: interleaved float frames. */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdint.h>

struct ring;

/* Room for at least `capacity` frames of `channels` samples. [main] */
struct ring *ring_new(int64_t capacity, uint32_t channels);
void ring_destroy(struct ring *ring); /* neither side may be in a call */
/* Empties it and restarts the totals at 0. NOT thread-safe: neither side may be in a call. */
void ring_reset(struct ring *ring);

/* --- writer's side [rt] --- */
int64_t ring_space(const struct ring *ring);
/* Writes at most `frames`; returns how many. */
int64_t ring_write(struct ring *ring, const float *samples, int64_t frames);

/* --- reader's side [rt] --- */
int64_t ring_available(const struct ring *ring);
/* Reads at most `frames`; returns how many. */
int64_t ring_read(struct ring *ring, float *samples, int64_t frames);
/* The same without taking them. Legal on another thread too while the ring is far from full: if the
 * reader takes some meanwhile, what it gives begins with those. [any] */
int64_t ring_peek(const struct ring *ring, float *samples, int64_t frames);
/* Drops everything written so far; returns how many frames. */
int64_t ring_discard(struct ring *ring);

/* --- either side or a watcher [any, rt] --- */
int64_t
ring_total_read(const struct ring *ring); /* frames read or discarded since the last reset */
int64_t ring_total_written(const struct ring *ring);
int64_t ring_capacity(const struct ring *ring);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring.c: each side owns one counter, which never wraps (int64 frames): it loads the other side's
 * with acquire, so that it sees the samples behind it, and stores its own with release. */
#include "base/ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define CACHE_LINE 64

struct ring {
    /* Immutable. */
    int64_t capacity; /* a power of two */
    uint32_t channels;
    float *samples;
    alignas(CACHE_LINE) atomic_int_least64_t written; /* stored by the writer only */
    alignas(CACHE_LINE) atomic_int_least64_t read;    /* stored by the reader only */
};

struct ring *ring_new(int64_t capacity, uint32_t channels)
{
    int64_t rounded = 1;
    if (capacity < 1)
        capacity = 1;
    if (channels < 1)
        channels = 1;
    while (rounded < capacity && rounded <= INT64_MAX / 4)
        rounded *= 2;
    struct ring *ring = aligned_alloc(CACHE_LINE, sizeof *ring);
    if (!ring)
        ring = xmalloc(SIZE_MAX); /* ends the program */
    memset(ring, 0, sizeof *ring);
    ring->capacity = rounded;
    ring->channels = channels;
    if ((uint64_t)rounded > SIZE_MAX / 2 / sizeof(float) / channels)
        xmalloc(SIZE_MAX);
    size_t size = (size_t)rounded * channels * sizeof(float);
    ring->samples = xmalloc(size);
    memset(ring->samples, 0, size); /* touched now, so that a real-time thread never faults */
    atomic_init(&ring->written, 0);
    atomic_init(&ring->read, 0);
    return ring;
}

void ring_destroy(struct ring *ring)
{
    if (!ring)
        return;
    free(ring->samples);
    free(ring);
}

void ring_reset(struct ring *ring)
{
    atomic_store(&ring->written, 0);
    atomic_store(&ring->read, 0);
}

int64_t ring_space(const struct ring *ring)
{
    int64_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    return ring->capacity - (written - atomic_load_explicit(&ring->read, memory_order_acquire));
}

int64_t ring_available(const struct ring *ring)
{
    int64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    return atomic_load_explicit(&ring->written, memory_order_acquire) - read;
}

/* The stretch at `position`: its first piece's address and length; the rest begins at samples. */
static float *first_piece(const struct ring *ring, int64_t position, int64_t count, int64_t *piece)
{
    int64_t at = position & (ring->capacity - 1);
    *piece = ring->capacity - at < count ? ring->capacity - at : count;
    return ring->samples + at * ring->channels;
}

static void copy(const struct ring *ring, float *to, const float *from, int64_t count)
{
    if (count > 0)
        memcpy(to, from, (size_t)count * ring->channels * sizeof *to);
}

int64_t ring_write(struct ring *ring, const float *samples, int64_t frames)
{
    int64_t space = ring_space(ring), piece;
    int64_t count = frames < space ? frames : space;
    if (count <= 0)
        return 0;
    int64_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    float *to = first_piece(ring, written, count, &piece);
    copy(ring, to, samples, piece);
    copy(ring, ring->samples, samples + piece * ring->channels, count - piece);
    atomic_store_explicit(&ring->written, written + count, memory_order_release);
    return count;
}

int64_t ring_peek(const struct ring *ring, float *samples, int64_t frames)
{
    int64_t read = atomic_load_explicit(&ring->read, memory_order_acquire), piece;
    int64_t available = atomic_load_explicit(&ring->written, memory_order_acquire) - read;
    int64_t count = frames < available ? frames : available;
    if (count <= 0)
        return 0;
    const float *from = first_piece(ring, read, count, &piece);
    copy(ring, samples, from, piece);
    copy(ring, samples + piece * ring->channels, ring->samples, count - piece);
    return count;
}

int64_t ring_read(struct ring *ring, float *samples, int64_t frames)
{
    int64_t count = ring_peek(ring, samples, frames);
    if (count > 0)
        atomic_store_explicit(&ring->read,
                              atomic_load_explicit(&ring->read, memory_order_relaxed) + count,
                              memory_order_release);
    return count;
}

int64_t ring_discard(struct ring *ring)
{
    int64_t available = ring_available(ring);
    int64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    atomic_store_explicit(&ring->read, read + available, memory_order_release);
    return available;
}

int64_t ring_total_read(const struct ring *ring)
{
    return atomic_load_explicit(&ring->read, memory_order_acquire);
}

int64_t ring_total_written(const struct ring *ring)
{
    return atomic_load_explicit(&ring->written, memory_order_acquire);
}

int64_t ring_capacity(const struct ring *ring)
{
    return ring->capacity;
}

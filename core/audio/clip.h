/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clip.h: immutable samples. Made on the main thread or in a worker process, read by the render
 * thread, freed by main. */
#ifndef AUDIO_CLIP_H
#define AUDIO_CLIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/units.h"

struct clip {
    const float *samples; /* interleaved; frames × channels */
    frames length;
    uint32_t channels; /* 1 or 2 */
    uint32_t rate_hz;
    frames lead;   /* when words after it may start (sounds) */
    float peak;    /* largest |sample| */
    void *mapping; /* private to clip.c */
    size_t mapping_size;
};

/* Copies `length` frames and measures them. NaN becomes 0 in both, and nothing stays louder than
 * ±1000: the mixer relies on it. */
struct clip *clip_new(const float *samples, frames length, uint32_t channels, uint32_t rate_hz);
/* Takes ownership of a malloc'ed buffer. */
struct clip *clip_adopt(float *samples, frames length, uint32_t channels, uint32_t rate_hz);
/* BS.1770 of the whole clip, LUFS, ungated for clips under 400 ms; −INFINITY for silence. Measured
 * at each call: 80 µs a second of sound. */
double clip_loudness(const struct clip *clip);
void clip_destroy(struct clip *clip);

/* The stored form: a 64-byte header (magic, version, rate, channels, length, lead, peak,
 * checksum) and float32 samples, native byte order. */
enum limber_status clip_write_fd(const struct clip *clip, int fd);
/* Maps a stored clip read-only (the fd may be closed afterwards). Checks header, size and checksum:
 * INVALID if damaged. Pages that were read are given back at once. */
enum limber_status clip_map_fd(int fd, struct clip **clip);
/* Tells the kernel that the samples will not be needed soon; they stay readable. No-op for clips in
 * memory. [any] */
void clip_release_pages(const struct clip *clip);

#endif

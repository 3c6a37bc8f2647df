/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcm.h: interleaved little-endian whole-number samples in pieces of any size → mono floats. */
#ifndef SPEECH_WYOMING_PCM_H
#define SPEECH_WYOMING_PCM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCM_WIDTH_MOST    4
#define PCM_CHANNELS_MOST 8

struct pcm {
    uint32_t rate_hz; /* 0: no format yet */
    unsigned width;   /* bytes of a sample, signed: 1 … 4 */
    unsigned channels;
    unsigned char frame[PCM_WIDTH_MOST * PCM_CHANNELS_MOST]; /* begun, not complete */
    size_t filled;
};

/* False when no such format is taken: rate 8000 … 192000, width 1 … 4, channels 1 … 8. */
bool pcm_begin(struct pcm *pcm, int64_t rate_hz, int64_t width, int64_t channels);

/* Takes bytes from the front of [*bytes, *bytes + *size) and gives up to `most` samples, the mean
 * of the channels, −1 … 1. Returns how many; 0 when all bytes are taken. */
size_t pcm_take(struct pcm *pcm, const unsigned char **bytes, size_t *size, float *samples,
                size_t most);

#endif

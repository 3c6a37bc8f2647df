/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcm.c: samples of any width. */
#include "pcm.h"

#include <string.h>

bool pcm_begin(struct pcm *pcm, int64_t rate_hz, int64_t width, int64_t channels)
{
    if (rate_hz < 8000 || rate_hz > 192000 || width < 1 || width > PCM_WIDTH_MOST || channels < 1 ||
        channels > PCM_CHANNELS_MOST) {
        return false;
    }
    *pcm = (struct pcm){
        .rate_hz = (uint32_t)rate_hz, .width = (unsigned)width, .channels = (unsigned)channels};
    return true;
}

/* The value in the uppermost bytes of 32 bits, so that all widths have one scale. */
static int32_t sample_at(const unsigned char *bytes, unsigned width)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        value |= (uint32_t)bytes[i] << (8 * (4 - width + i));
    }
    int32_t result;
    memcpy(&result, &value, sizeof result);
    return result;
}

static float mix(const struct pcm *pcm)
{
    double sum = 0;
    for (unsigned channel = 0; channel < pcm->channels; channel++) {
        sum += sample_at(pcm->frame + (size_t)channel * pcm->width, pcm->width);
    }
    return (float)(sum / pcm->channels / 2147483648.0);
}

size_t pcm_take(struct pcm *pcm, const unsigned char **bytes, size_t *size, float *samples,
                size_t most)
{
    size_t count = 0;
    size_t frame_size = (size_t)pcm->width * pcm->channels;
    while (*size > 0 && count < most) {
        size_t step = frame_size - pcm->filled < *size ? frame_size - pcm->filled : *size;
        memcpy(pcm->frame + pcm->filled, *bytes, step);
        pcm->filled += step;
        *bytes += step;
        *size -= step;
        if (pcm->filled == frame_size) {
            samples[count++] = mix(pcm);
            pcm->filled = 0;
        }
    }
    return count;
}

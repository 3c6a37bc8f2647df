/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chime.c: short sounds on top. */
#include "session/chime.h"

void chime_play(struct chime *chime, const struct clip *clip, float gain)
{
    for (int i = 0; i < CHIME_MOST; i++) {
        if (atomic_load(&chime->slots[i].clip))
            continue;
        chime->slots[i].gain = gain;
        chime->slots[i].at = 0;
        atomic_store(&chime->slots[i].clip, clip);
        return;
    }
}

bool chime_sounds(const struct chime *chime)
{
    for (int i = 0; i < CHIME_MOST; i++)
        if (atomic_load(&chime->slots[i].clip))
            return true;
    return false;
}

void chime_stop(struct chime *chime)
{
    for (int i = 0; i < CHIME_MOST; i++)
        atomic_store(&chime->slots[i].clip, NULL);
}

static float within(float sample)
{
    return sample > 1 ? 1 : sample < -1 ? -1 : sample;
}

void chime_mix(struct chime *chime, float *samples, frames count, uint32_t channels)
{
    for (int slot = 0; slot < CHIME_MOST; slot++) {
        const struct clip *clip = atomic_load(&chime->slots[slot].clip);
        if (!clip)
            continue;
        frames from = chime->slots[slot].at, left = clip->length - from;
        frames part = left < count ? left : count;
        float gain = chime->slots[slot].gain;
        for (frames i = 0; i < part; i++) {
            const float *sound = clip->samples + (from + i) * clip->channels;
            for (uint32_t c = 0; c < channels && c < 2; c++) {
                float *sample = &samples[i * channels + c];
                *sample = within(*sample + gain * sound[c < clip->channels ? c : 0]);
            }
        }
        chime->slots[slot].at = from + part;
        if (part == left)
            atomic_store(&chime->slots[slot].clip, NULL);
    }
}

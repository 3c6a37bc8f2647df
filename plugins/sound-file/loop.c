/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.c: makes a loop that joins without being heard. */
#include <math.h>
#include <string.h>

#include "soundfile.h"

#define PI 3.14159265358979323846

static float at(const struct soundread_pcm *pcm, int64_t frame, uint32_t channel)
{
    frame %= pcm->frames;
    if (frame < 0)
        frame += pcm->frames;
    return pcm->samples[frame * pcm->channels + channel];
}

/* Mean square of the samples, of their differences, and of those differences' differences. */
static void measure(const struct soundread_pcm *pcm, uint32_t channel, int64_t from, int64_t count,
                    double power[3])
{
    power[0] = power[1] = power[2] = 0;
    for (int64_t i = from; i < from + count; i++) {
        double a = at(pcm, i, channel), b = at(pcm, i + 1, channel), c = at(pcm, i + 2, channel);
        power[0] += a * a / (double)count;
        power[1] += (b - a) * (b - a) / (double)count;
        power[2] += (c - 2 * b + a) * (c - 2 * b + a) / (double)count;
    }
}

/* Whether the end runs into the beginning as smoothly as the sound around it does, at the same
 * loudness, and without a gap there. */
static bool fits(const struct soundread_pcm *pcm, uint32_t channel)
{
    double head[3], tail[3], whole[3];
    int64_t count = pcm->rate_hz / 20, last = pcm->frames - 1;
    if (count > pcm->frames / 4)
        count = pcm->frames / 4;
    measure(pcm, channel, 0, count, head);
    measure(pcm, channel, pcm->frames - count - 2, count, tail);
    measure(pcm, channel, 0, pcm->frames - 2, whole);
    double a = at(pcm, last - 1, channel), b = at(pcm, last, channel), c = at(pcm, 0, channel),
           d = at(pcm, 1, channel);
    double step = fabs(c - b), bend = fmax(fabs(c - 2 * b + a), fabs(d - 2 * c + b));
    double usual_step = sqrt(fmax(head[1], tail[1])), usual_bend = sqrt(fmax(head[2], tail[2]));
    if (step > 3 * usual_step + 1e-5 || bend > 4 * usual_bend + 2e-5)
        return false;
    if (head[0] > 4 * tail[0] + 1e-9 || tail[0] > 4 * head[0] + 1e-9)
        return false;
    return head[0] + tail[0] > 0.1 * whole[0];
}

static void keep_part(struct soundread_pcm *pcm, int64_t start, int64_t end)
{
    memmove(pcm->samples, pcm->samples + start * pcm->channels,
            (size_t)(end - start) * pcm->channels * sizeof *pcm->samples);
    pcm->frames = end - start;
}

/* Lays the tail over the head, at equal power, and cuts it off. */
static void crossfade(struct soundread_pcm *pcm)
{
    int64_t count = pcm->rate_hz < pcm->frames / 4 ? pcm->rate_hz : pcm->frames / 4;
    int64_t tail = pcm->frames - count;
    for (int64_t i = 0; i < count; i++) {
        double x = ((double)i + 0.5) / (double)count * PI / 2;
        float in = (float)sin(x), out = (float)cos(x);
        for (uint32_t c = 0; c < pcm->channels; c++) {
            float *head = pcm->samples + i * pcm->channels + c;
            *head = in * *head + out * pcm->samples[(tail + i) * pcm->channels + c];
        }
    }
    pcm->frames = tail;
}

void soundfile_make_loop(struct soundread_pcm *pcm)
{
    if (pcm->loop_end > 0) {
        keep_part(pcm, pcm->loop_start, pcm->loop_end);
        return;
    }
    for (uint32_t c = 0; c < pcm->channels; c++) {
        if (!fits(pcm, c)) {
            crossfade(pcm);
            return;
        }
    }
}

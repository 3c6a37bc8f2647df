/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strike.c: notes of struck instruments (bars, bells, gongs) as sums of decaying partials.
 *
 * Each partial is a rotating, shrinking complex number: one multiplication a frame, no table, no
 * drift that could be heard. The finished sound is scaled to its peak, cut where it has fallen
 * below −80 dBFS, and faded from there to exactly zero. */
#include <math.h>
#include <stdlib.h>

#include "tone.h"

#define SILENT     6.3e-5 /* −84 dBFS: where a sound is cut */
#define FIRST      1.25e-4 /* −78 dBFS: least first sample, so that the onset shows in any format */
#define FADE_MS    8.0
#define LONGEST_MS 12000.0

struct canvas {
    double *sum;
    int64_t frames;
    uint32_t rate_hz;
};

/* Frequency-dependent tilt of the person's `warmth`: up to 6 dB an octave. */
static double tilt(const struct tone_taste *taste, double ratio)
{
    double octaves = tone_log2(ratio);
    return tone_db(-6.0 * taste->warmth * octaves);
}

/* Adds amplitude·cos(2πft)·decay^t from `from` on, under a raised-cosine attack. */
static void add_wave(struct canvas *canvas, int64_t from, double hz, double amplitude, double t60_s,
                     int64_t attack)
{
    double turns = hz / canvas->rate_hz;
    double shrink = tone_db(-60.0 / (t60_s * canvas->rate_hz));
    double step_re = shrink * tone_cos(turns), step_im = shrink * tone_sin(turns);
    double re = amplitude, im = 0;
    int64_t count = canvas->frames - from;
    int64_t audible = (int64_t)(t60_s * canvas->rate_hz * 1.7); /* 102 dB down */
    if (count > audible)
        count = audible;
    for (int64_t i = 0; i < count; i++) {
        double level = i < attack ? tone_ramp((double)(i + 1) / (double)(attack + 1)) : 1.0;
        canvas->sum[from + i] += level * re;
        double next = re * step_re - im * step_im;
        im = re * step_im + im * step_re;
        re = next;
    }
}

static void add_note(struct canvas *canvas, const struct tone_note *note,
                     const struct tone_taste *taste)
{
    int64_t from = (int64_t)(note->at_ms * canvas->rate_hz / 1000.0 + 0.5);
    double attack_ms = note->instrument->attack_ms + (taste->warmth > 0 ? 2 * taste->warmth : 0);
    int64_t attack = (int64_t)(attack_ms * canvas->rate_hz / 1000.0 + 0.5);
    double ring = note->ring > 0 ? note->ring : 1;
    for (const struct tone_partial *p = note->instrument->partials; p->ratio > 0; p++) {
        double hz = note->hz * p->ratio, t60_s = p->t60_s * ring;
        if (hz > 0.45 * canvas->rate_hz)
            continue;
        double amplitude = tone_db(note->level_db + p->level_db) * tilt(taste, p->ratio);
        add_wave(canvas, from, hz, amplitude, t60_s, attack);
        if (p->bloom_s > 0) {
            /* e^(−t/τ) − e^(−t/τ − t/bloom): starts at 0 and swells. 60 dB are 6.908 time
             * constants. */
            double faster = 1.0 / (1.0 / t60_s + 1.0 / (6.908 * p->bloom_s));
            add_wave(canvas, from, hz, -amplitude, faster, attack);
        }
    }
}

/* Scales to the wanted peak; returns the length up to where the sound has died away. */
static int64_t scale(struct canvas *canvas, double peak)
{
    double most = 0;
    for (int64_t i = 0; i < canvas->frames; i++)
        most = fmax(most, fabs(canvas->sum[i]));
    double gain = most > 0 ? peak / most : 0;
    int64_t last = 0;
    for (int64_t i = 0; i < canvas->frames; i++) {
        canvas->sum[i] *= gain;
        if (fabs(canvas->sum[i]) > SILENT)
            last = i;
    }
    return last + 1;
}

/* Fades the tail to exactly zero and lets the first sample be seen; returns the final length. */
static int64_t finish(struct canvas *canvas, int64_t length, const struct tone_score *score)
{
    int64_t fade = (int64_t)(FADE_MS * canvas->rate_hz / 1000.0);
    int64_t end = length + fade;
    if (score->most_ms > 0) {
        int64_t most = (int64_t)(score->most_ms * canvas->rate_hz / 1000.0);
        if (end > most)
            end = most;
    }
    if (end > canvas->frames)
        end = canvas->frames;
    if (fade > end / 2)
        fade = end / 2;
    for (int64_t i = 0; i < fade; i++)
        canvas->sum[end - 1 - i] *= tone_ramp((double)i / (double)fade);
    if (fabs(canvas->sum[0]) < FIRST)
        canvas->sum[0] = canvas->sum[0] < 0 ? -FIRST : FIRST;
    return end;
}

static enum limber_status put(const struct canvas *canvas, int64_t length,
                              const struct tone_score *score,
                              const struct limber_sound_writer *writer)
{
    struct limber_sound_info info = {sizeof info, 1, length};
    int64_t lead = (int64_t)(score->lead_ms * canvas->rate_hz / 1000.0 + 0.5);
    if (lead > 0 && lead < length)
        info.lead_frames = lead;
    enum limber_status status = writer->info(writer->context, &info);
    float block[4096];
    for (int64_t at = 0; status == LIMBER_OK && at < length;) {
        int64_t count = length - at < 4096 ? length - at : 4096;
        for (int64_t i = 0; i < count; i++)
            block[i] = (float)canvas->sum[at + i];
        status = writer->write(writer->context, block, count);
        at += count;
    }
    return status;
}

/* How long the canvas must be: the last note's slowest partial, 90 dB down. */
static double reach_ms(const struct tone_score *score)
{
    double most = 1;
    for (const struct tone_note *note = score->notes; note->instrument; note++)
        for (const struct tone_partial *p = note->instrument->partials; p->ratio > 0; p++)
            most = fmax(most, note->at_ms + 1500 * p->t60_s * (note->ring > 0 ? note->ring : 1));
    most += FADE_MS;
    if (score->most_ms > 0 && most > score->most_ms)
        most = score->most_ms;
    return fmin(most, LONGEST_MS);
}

enum limber_status tone_strike(const struct tone_score *score, const struct tone_taste *taste,
                               uint32_t rate_hz, const struct limber_sound_writer *writer)
{
    struct canvas canvas = {NULL, (int64_t)(reach_ms(score) * rate_hz / 1000.0) + 1, rate_hz};
    canvas.sum = calloc((size_t)canvas.frames, sizeof *canvas.sum);
    if (!canvas.sum)
        return LIMBER_NO_MEMORY;
    for (const struct tone_note *note = score->notes; note->instrument; note++)
        add_note(&canvas, note, taste);
    int64_t length = scale(&canvas, tone_db(score->peak_db) * taste->gain);
    enum limber_status status = put(&canvas, finish(&canvas, length, score), score, writer);
    free(canvas.sum);
    return status;
}

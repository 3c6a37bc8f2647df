/* SPDX-License-Identifier: GPL-3.0-or-later */
/* breath.c: swells that last exactly as long as a breath: a soft chord that glides, with a little
 * air in it. Made block by block, so any length costs no memory. */
#include <math.h>

#include "tone.h"

#define VOICES  4
#define BLOCK   1024
#define LOW_HZ  329.628 /* E4 */
#define HIGH_HZ 523.251 /* C5 */

struct swell {
    int direction;
    double frames, rate_hz;
    double ramp_frames; /* of both ends */
    double peak;
    double re[VOICES], im[VOICES];
    double level[VOICES];
    double air_low, air_band; /* state of the noise filter */
    uint64_t noise_at;
};

static const double ratios[VOICES] = {1.0, 1.003, 2.0, 3.0};
static const double levels_db[VOICES] = {0, -16, -12, -19};

/* 0 … 1 along the swell, slow at both ends. */
static double progress(const struct swell *swell, double at)
{
    return tone_ramp(at / swell->frames);
}

static double pitch(const struct swell *swell, double at)
{
    double x = progress(swell, at);
    if (swell->direction == 0)
        return LOW_HZ * 1.18921; /* between the two */
    if (swell->direction < 0)
        x = 1 - x;
    return LOW_HZ * tone_exp2(x * tone_log2(HIGH_HZ / LOW_HZ));
}

/* Linear level: within 16 dB of the peak all along, nothing at the very ends. */
static double level(const struct swell *swell, double at)
{
    double ends =
        tone_ramp(at / swell->ramp_frames) * tone_ramp((swell->frames - at) / swell->ramp_frames);
    double x = at / swell->frames;
    if (swell->direction == 0)
        return swell->peak * ends;
    if (swell->direction < 0)
        x = 1 - x;
    /* Rises over 80 % of the time; the last part lets go. */
    double body = tone_ramp(x / 0.8) * (1 - 0.45 * tone_ramp((x - 0.8) / 0.2));
    return swell->peak * ends * (0.16 + 0.84 * body);
}

static void begin(struct swell *swell, const struct tone_taste *taste)
{
    double sum = 0;
    for (int v = 0; v < VOICES; v++) {
        swell->re[v] = tone_cos(0.17 * v);
        swell->im[v] = tone_sin(0.17 * v);
        swell->level[v] = tone_db(levels_db[v] - 6 * taste->warmth * tone_log2(ratios[v]));
        sum += swell->level[v];
    }
    for (int v = 0; v < VOICES; v++)
        swell->level[v] /= sum;
}

/* One stretch of `count` frames at a fixed pitch, the level going from `from` to `to`. */
static void stretch(struct swell *swell, float *out, int count, double hz, double from, double to)
{
    double gain = from, gain_step = (to - from) / count;
    double f = 2 * tone_sin(fmin(2 * hz / swell->rate_hz, 0.2) / 2); /* filter tuned to 2·pitch */
    double air = 0.25 * sqrt(swell->rate_hz / 48000.0);
    double step_re[VOICES], step_im[VOICES];
    for (int v = 0; v < VOICES; v++) {
        step_re[v] = tone_cos(ratios[v] * hz / swell->rate_hz);
        step_im[v] = tone_sin(ratios[v] * hz / swell->rate_hz);
    }
    for (int i = 0; i < count; i++) {
        double sum = 0;
        for (int v = 0; v < VOICES; v++) {
            double re = swell->re[v] * step_re[v] - swell->im[v] * step_im[v];
            swell->im[v] = swell->re[v] * step_im[v] + swell->im[v] * step_re[v];
            swell->re[v] = re;
            sum += swell->level[v] * re;
        }
        double noise = tone_noise(0xB4EA7, swell->noise_at++);
        swell->air_low += f * swell->air_band;
        swell->air_band += f * (noise - swell->air_low - 0.7 * swell->air_band);
        out[i] = (float)(gain * (0.9 * sum + air * 0.4 * swell->air_band));
        gain += gain_step;
    }
}

/* Keeps the rotating numbers at length 1. */
static void renew(struct swell *swell)
{
    for (int v = 0; v < VOICES; v++) {
        double size = sqrt(swell->re[v] * swell->re[v] + swell->im[v] * swell->im[v]);
        swell->re[v] /= size;
        swell->im[v] /= size;
    }
}

enum limber_status tone_breath(int direction, int64_t frames, const struct tone_taste *taste,
                               uint32_t rate_hz, const struct limber_sound_writer *writer)
{
    if (frames <= 0)
        frames = 4 * (int64_t)rate_hz;
    struct swell swell = {.direction = direction, .frames = (double)frames, .rate_hz = rate_hz};
    swell.peak = tone_db(direction ? -18 : -30) * taste->gain;
    swell.ramp_frames = fmin(0.015 * rate_hz, swell.frames / 4);
    begin(&swell, taste);

    struct limber_sound_info info = {sizeof info, 1, 0};
    enum limber_status status = writer->info(writer->context, &info);
    int most = rate_hz >= 24000 ? 32 : 8;
    float block[BLOCK];
    for (int64_t at = 0; status == LIMBER_OK && at < frames;) {
        int filled = 0;
        while (filled < BLOCK && at + filled < frames) {
            int64_t here = at + filled;
            int count = BLOCK - filled < most ? BLOCK - filled : most;
            if (frames - here < count)
                count = (int)(frames - here);
            stretch(&swell, block + filled, count, pitch(&swell, (double)here),
                    level(&swell, (double)here), level(&swell, (double)(here + count)));
            filled += count;
        }
        if (at == 0 && fabsf(block[0]) < 1.25e-4f)
            block[0] = 1.25e-4f; /* the onset shows in any format */
        at += filled;
        if (at == frames)
            block[filled - 1] = 0;
        renew(&swell);
        status = writer->write(writer->context, block, filled);
    }
    return status;
}

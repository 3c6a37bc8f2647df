/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bed.c: loops without a seam, by construction. All noise and all movement is a function of the
 * frame's place in the loop, and the filters have already run over the loop's last two seconds
 * before its first frame is taken; so the frame before the first one *is* the last one. */
#include <math.h>
#include <string.h>

#include "tone.h"

#define BLOCK   2048
#define WARM_S  2
#define DROPS   24 /* ringing at once at most */
#define CELL_MS 6  /* at most one drop begins in each */
#define CHORD   8
#define STEER   64 /* frames between changes of moving filters */

struct drop {
    double re, im, step_re, step_im;
    double slow, fast, slow_shrink, fast_shrink; /* envelope: slow − fast */
};

/* One channel of a bed. */
struct stream {
    enum tone_bed bed;
    uint64_t seed;
    double rate_hz;
    int64_t length, at; /* at: place in the loop */
    double white;       /* so that noise is as loud per hertz at any rate */
    double low, low2, high, high2, rumble;
    double cutoff, level; /* moving */
    struct drop drops[DROPS];
    int64_t cell, next_drop;
    double re[CHORD], im[CHORD], step_re[CHORD], step_im[CHORD], amplitude[CHORD];
};

static const int seconds[] = {
    [TONE_RAIN] = 24, [TONE_WAVES] = 36, [TONE_DRONE] = 32, [TONE_BROWN] = 20};

/* Factors that bring each bed to −26 LUFS; tests/render measures them. */
static const double gains[] = {
    [TONE_RAIN] = 0.442, [TONE_WAVES] = 0.473, [TONE_DRONE] = 0.0794, [TONE_BROWN] = 2.02};

/* Coefficient of a one-pole filter at `hz`. */
static double pole(const struct stream *s, double hz)
{
    return 1 - tone_exp2(-9.06472028365 * hz / s->rate_hz); /* 2π / ln 2 */
}

static double chance(const struct stream *s, int64_t cell, int what)
{
    return 0.5 + 0.5 * tone_noise(s->seed ^ 0xD809, (uint64_t)(cell * 8 + what));
}

/* --- Rain --- */

static void begin_drop(struct stream *s, int64_t cell)
{
    if (chance(s, cell, 0) > 0.3)
        return;
    struct drop *drop = &s->drops[0];
    for (int i = 1; i < DROPS; i++)
        if (s->drops[i].slow < drop->slow)
            drop = &s->drops[i];
    double size = chance(s, cell, 1);
    double hz = 650 * tone_exp2(2.2 * chance(s, cell, 2));
    double ring_s = 0.0022 + 0.005 * chance(s, cell, 3);
    double turns = hz / s->rate_hz, shrink = 1.44269504 / (ring_s * s->rate_hz);
    *drop = (struct drop){.im = 0, .re = 1};
    drop->step_re = tone_cos(turns);
    drop->step_im = tone_sin(turns);
    drop->slow = drop->fast = 0.02 + 0.35 * size * size * size * size * size;
    drop->slow_shrink = tone_exp2(-shrink);
    drop->fast_shrink = tone_exp2(-shrink - 1.44269504 / (0.0006 * s->rate_hz));
}

static double drip(struct stream *s)
{
    int64_t cells = seconds[s->bed] * INT64_C(1000) / CELL_MS;
    if (s->at >= s->next_drop) {
        begin_drop(s, s->cell);
        s->cell++;
        s->next_drop = s->cell * s->length / cells;
    }
    double sum = 0;
    for (int i = 0; i < DROPS; i++) {
        struct drop *d = &s->drops[i];
        if (d->slow < 1e-6)
            continue;
        sum += (d->slow - d->fast) * d->im;
        double re = d->re * d->step_re - d->im * d->step_im;
        d->im = d->re * d->step_im + d->im * d->step_re;
        d->re = re;
        d->slow *= d->slow_shrink;
        d->fast *= d->fast_shrink;
    }
    return sum;
}

/* --- The four beds, one frame each --- */

static double slow_wave(const struct stream *s, int cycles, double phase)
{
    return tone_sin((double)cycles * (double)s->at / (double)s->length + phase);
}

static double rain(struct stream *s, double noise)
{
    double a = s->cutoff;
    s->low += a * (noise - s->low);
    s->low2 += a * (s->low - s->low2);
    s->high += s->rumble * (s->low2 - s->high);
    double hiss = s->low2 - s->high;
    return s->level * 0.5 * hiss + drip(s);
}

static double waves(struct stream *s, double noise)
{
    s->low += s->cutoff * (noise - s->low);
    s->low2 += s->cutoff * (s->low - s->low2);
    s->high += s->rumble * (s->low2 - s->high);
    return s->level * (s->low2 - s->high);
}

static double brown(struct stream *s, double noise)
{
    s->low += s->cutoff * (noise - s->low);
    s->high += s->rumble * (s->low - s->high);
    s->low2 += s->high2 * (s->low - s->high - s->low2);
    return s->low2;
}

static double drone(struct stream *s)
{
    double sum = 0;
    for (int v = 0; v < CHORD; v++) {
        double re = s->re[v] * s->step_re[v] - s->im[v] * s->step_im[v];
        s->im[v] = s->re[v] * s->step_im[v] + s->im[v] * s->step_re[v];
        s->re[v] = re;
        sum += s->amplitude[v] * re;
    }
    return sum;
}

/* --- Movement, every STEER frames of the loop --- */

/* Four waves of different size, each drawn up quickly and running out slowly. */
static double surf(const struct stream *s)
{
    static const double start[] = {0.02, 0.27, 0.50, 0.77}, size[] = {0.85, 1.0, 0.7, 0.93};
    double x = (double)s->at / (double)s->length, sum = 0;
    double late = s->seed % 2 ? 0.006 : 0; /* the second channel */
    for (int i = 0; i < 4; i++) {
        double t = x - start[i] - late;
        t -= floor(t);
        sum += size[i] * tone_ramp(t / 0.11) * (1 - tone_ramp((t - 0.11) / 0.24));
    }
    return sum;
}

static void steer(struct stream *s)
{
    static const double hz[CHORD] = {130.813, 195.998, 261.626, 293.665,
                                     391.995, 523.251, 587.330, 783.991};
    static const double db[CHORD] = {-9, -7, -3, -9, -1, -6, -13, -15};
    if (s->bed == TONE_RAIN) {
        s->level = 1 + 0.10 * slow_wave(s, 2, 0.1) + 0.07 * slow_wave(s, 5, 0.6);
    } else if (s->bed == TONE_WAVES) {
        double height = surf(s);
        s->level = 0.17 + 0.83 * height * height;
        s->cutoff = pole(s, 420 + 2400 * height);
    } else if (s->bed == TONE_DRONE) {
        for (int v = 0; v < CHORD; v++) {
            double swing = slow_wave(s, 1 + (v * 5) % 7, 0.37 * v + 0.25 * (double)(s->seed % 2));
            s->amplitude[v] = tone_db(db[v]) * (0.62 + 0.38 * swing);
            if (s->step_re[v] == 0) { /* a whole number of cycles in the loop */
                double cycles = floor(hz[v] * seconds[s->bed] + 0.5);
                s->step_re[v] = tone_cos(cycles / (double)s->length);
                s->step_im[v] = tone_sin(cycles / (double)s->length);
                s->re[v] = tone_cos(0.31 * v);
                s->im[v] = tone_sin(0.31 * v);
            }
        }
    }
}

static void start(struct stream *s, enum tone_bed bed, uint32_t channel, uint32_t rate_hz)
{
    memset(s, 0, sizeof *s);
    s->bed = bed;
    s->seed = (uint64_t)bed * 8 + channel;
    s->rate_hz = rate_hz;
    s->length = (int64_t)seconds[bed] * rate_hz;
    s->white = sqrt(rate_hz / 48000.0);
    s->level = 1;
    s->cutoff = pole(s, bed == TONE_RAIN ? 3400 : 70);
    s->rumble = pole(s, bed == TONE_RAIN ? 350 : bed == TONE_WAVES ? 90 : 28);
    s->high2 = pole(s, 1800);
    s->at = s->length - WARM_S * (int64_t)rate_hz;
    int64_t cells = seconds[bed] * INT64_C(1000) / CELL_MS;
    s->cell = (s->at * cells + s->length - 1) / s->length;
    s->next_drop = s->cell * s->length / cells;
    if (bed == TONE_DRONE)
        s->at = 0; /* periodic without a warm-up */
    steer(s);
}

/* Makes the next `count` frames into out[0], out[step], … */
static void run(struct stream *s, float *out, int64_t count, uint32_t step, double gain)
{
    for (int64_t i = 0; i < count; i++) {
        if (s->at % STEER == 0)
            steer(s);
        double value = 0;
        if (s->bed == TONE_DRONE) {
            value = drone(s);
        } else {
            double noise = s->white * tone_noise(s->seed, (uint64_t)s->at);
            value = s->bed == TONE_RAIN    ? rain(s, noise)
                    : s->bed == TONE_WAVES ? waves(s, noise)
                                           : brown(s, noise);
        }
        if (out)
            out[i * step] = (float)(gain * value);
        if (++s->at == s->length) {
            s->at = 0;
            s->cell = 0;
            s->next_drop = 0;
        }
    }
}

enum limber_status tone_render_bed(enum tone_bed bed, const struct tone_taste *taste,
                                   uint32_t rate_hz, uint32_t channels,
                                   const struct limber_sound_writer *writer)
{
    struct stream streams[2];
    uint32_t count = taste->stereo && channels > 1 ? 2 : 1;
    for (uint32_t c = 0; c < count; c++) {
        start(&streams[c], bed, c, rate_hz);
        if (bed != TONE_DRONE)
            run(&streams[c], NULL, streams[c].length - streams[c].at, 1, 0);
    }
    struct limber_sound_info info = {sizeof info, count, 0};
    enum limber_status status = writer->info(writer->context, &info);
    float block[2 * BLOCK];
    int64_t length = streams[0].length;
    for (int64_t at = 0; status == LIMBER_OK && at < length;) {
        int64_t frames = length - at < BLOCK ? length - at : BLOCK;
        for (uint32_t c = 0; c < count; c++)
            run(&streams[c], block + c, frames, count, gains[bed] * taste->gain);
        status = writer->write(writer->context, block, frames);
        at += frames;
    }
    return status;
}

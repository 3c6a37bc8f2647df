/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast the mixer and the sample tools are: ms for 15 minutes, and how many times real time. The
 * best of several runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audio/process.h"
#include "base/prng.h"
#include "mixer/mixer.h"

#define RATE    48000
#define SECONDS 900
#define LENGTH  ((frames)SECONDS * RATE)
#define RUNS    7
#define WORDS   59
#define EVENTS  227

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void report(const char *what, double ms, double seconds)
{
    printf("%-52s %8.2f ms %9.0f x real time\n", what, ms, seconds * 1000 / ms);
}

/* Words as loud as levelled speech: noise around 700 Hz in syllables, and some peaks that the
 * limiter sees. */
static struct clip *words(uint64_t seed, frames length, double lufs)
{
    struct prng random = prng_new(seed);
    float *samples = malloc(sizeof *samples * (size_t)length);
    float a = 0, b = 0;
    for (frames i = 0; i < length; i++) {
        a += 0.09f * (prng_float(&random) - a);
        b += 0.09f * (a - b);
        samples[i] = b * (float)pow(0.5 - 0.5 * cos(2 * M_PI * 4 * (double)i / RATE), 2);
    }
    double gain = pow(10, (lufs - process_loudness(samples, length, 1, RATE)) / 20);
    for (frames i = 0; i < length; i++)
        samples[i] *= (float)gain;
    return clip_adopt(samples, length, 1, RATE);
}

static void mix(const char *what, const struct score *score, uint32_t channels, int convert)
{
    static float block[2 * MIXER_BLOCK];
    static int16_t ints[2 * MIXER_BLOCK];
    double best = INFINITY;
    for (int run = 0; run < RUNS; run++) {
        double start = now_ms();
        struct mixer *mixer = mixer_new(RATE, channels);
        mixer_set_score(mixer, score, 0, true);
        for (int64_t got; (got = mixer_mix(mixer, block, MIXER_BLOCK)) > 0;)
            if (convert)
                process_to_s16(block, ints, (size_t)got * channels);
        mixer_destroy(mixer);
        best = fmin(best, now_ms() - start);
    }
    report(what, best, SECONDS);
}

static struct score *session(struct clip *const *clips, const struct clip *bed, float gain)
{
    struct score *score = score_new();
    if (bed)
        score_append(score, &(struct mixer_event){.kind = EVENT_BED,
                                                  .length = INT64_MAX,
                                                  .fade_in = RATE,
                                                  .fade_out = RATE,
                                                  .gain = 0.1f,
                                                  .clip = bed});
    for (int i = 0; i < EVENTS; i++) {
        const struct clip *clip = clips[i % WORDS];
        score_append(score, &(struct mixer_event){.kind = EVENT_SPEECH,
                                                  .start = LENGTH / EVENTS * i,
                                                  .length = clip->length,
                                                  .gain = gain,
                                                  .clip = clip});
    }
    score_publish(score, LENGTH, LENGTH);
    return score;
}

static void tools(void)
{
    frames length = 124 * 22050, out_length = 0;
    float *samples = malloc(sizeof *samples * (size_t)length), *out = NULL;
    struct prng random = prng_new(1);
    for (frames i = 0; i < length; i++)
        samples[i] = 0.2f * prng_float(&random);
    double start = now_ms();
    for (int i = 0; i < WORDS; i++) {
        free(out);
        process_resample(samples + length / WORDS * i, length / WORDS, 1, 22050, 48000, &out,
                         &out_length);
    }
    report("resample 59 x 2.1 s, 22050 to 48000", now_ms() - start, 124);
    start = now_ms();
    for (int i = 0; i < WORDS; i++)
        process_loudness(samples, out_length, 1, 48000);
    report("loudness of 59 x 2.1 s", now_ms() - start, 124);
    start = now_ms();
    for (int i = 0; i < WORDS; i++)
        process_true_peak(samples, out_length, 1, 48000);
    report("true peak of 59 x 2.1 s", now_ms() - start, 124);
    start = now_ms();
    for (int i = 0; i < WORDS; i++)
        process_trim(samples, out_length, 48000, 100, 100);
    report("trim 59 x 2.1 s", now_ms() - start, 124);
    free(out);
    free(samples);
}

int main(void)
{
    struct clip *clips[WORDS], *bed = words(99, 20 * RATE, -20);
    for (int i = 0; i < WORDS; i++)
        clips[i] = words((uint64_t)i, 2 * RATE + 1000 * (i % 11), -19);
    float peak = 0;
    for (int i = 0; i < WORDS; i++)
        peak = fmaxf(peak, clips[i]->peak);
    printf("15 minutes, %d events of 2.1 s each, peaks up to %.2f\n", EVENTS, (double)peak);

    struct score *quiet = session(clips, NULL, 0.4f), *plain = session(clips, NULL, 1),
                 *loud = session(clips, NULL, 2), *music = session(clips, bed, 1);
    mix("mono, nothing for the limiter to look at", quiet, 1, 0);
    mix("mono", plain, 1, 0);
    mix("mono, and to s16", plain, 1, 1);
    mix("mono, 6 dB louder, limiter at work", loud, 1, 0);
    mix("mono, with a bed", music, 1, 0);
    mix("stereo, and to s16", plain, 2, 1);
    mix("stereo, with a bed, and to s16", music, 2, 1);
    tools();

    score_destroy(quiet);
    score_destroy(plain);
    score_destroy(loud);
    score_destroy(music);
    for (int i = 0; i < WORDS; i++)
        clip_destroy(clips[i]);
    clip_destroy(bed);
    return 0;
}

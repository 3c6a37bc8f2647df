/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limiter: nothing over −1 dBTP, nothing else changed. */
#include "mixer_rig.h"

#define CEILING 0.8912509381 /* −1 dBTP */
#define BEND    0.0016       /* twice that of a tone of 220 Hz at full scale */

static struct take through(const float *samples, frames length, uint32_t channels, float gain,
                           int voices)
{
    struct score *score = score_new();
    struct clip *clip = clip_new(samples, length, channels, RATE);
    for (int i = 0; i < voices; i++)
        put(score, EVENT_SOUND, 500, clip, gain);
    score_publish(score, length + RATE * 2, length + RATE * 2);
    struct take take = play(score, channels, 1, MIXER_BLOCK);
    score_destroy(score);
    clip_destroy(clip);
    return take;
}

static void transparent_up_to_the_ceiling(void **state)
{
    struct prng random = prng_new(3);
    float *noise = malloc(sizeof *noise * RATE * 2);
    for (frames i = 0; i < RATE; i++) /* a tone whose true peak is just under −1 dB, on one side */
        for (int c = 0; c < 2; c++)
            noise[2 * i + c] =
                c ? (float)(0.885 * sin(0.05 * (double)i)) : 0.4f * prng_float(&random);
    struct take take = through(noise, RATE, 2, 1, 1);
    for (frames i = 0; i < 2 * take.length; i++) {
        frames at = i - 1000;
        assert_true(take.samples[i] == (at >= 0 && at < 2 * RATE ? noise[at] : 0));
    }
    free(take.samples);
    free(noise);
}

static void holds(const char *what, const float *samples, frames length, uint32_t channels,
                  float gain, int voices)
{
    struct take take = through(samples, length, channels, gain, voices);
    double peak = process_true_peak(take.samples, take.length, channels, RATE);
    if (peak > CEILING)
        fail_msg("%s: %.4f (%.3f dBTP)", what, peak, 20 * log10(peak));
    /* it holds the level up as well */
    if (peak < CEILING * 0.6)
        fail_msg("%s: only %.4f", what, peak);
    free(take.samples);
}

static void holds_the_ceiling(void **state)
{
    enum { N = RATE };
    float *x = malloc(sizeof *x * N * 2);
    for (int i = 0; i < N; i++)
        x[i] = i / 48 % 2 ? 1 : -1;
    holds("square 500 Hz", x, N, 1, 1, 1);
    holds("square 500 Hz +18 dB", x, N, 1, 8, 1);
    for (int i = 0; i < N; i++)
        x[i] = i / 7 % 2 ? 1 : -1;
    holds("square 3.4 kHz", x, N, 1, 1, 1);
    for (int i = 0; i < N; i++)
        x[i] = (float)sin(M_PI / 2 * i + M_PI / 4);
    holds("fs/4 at 45°", x, N, 1, 1.4142f, 1);
    holds("fs/4 at 45°, 8 voices at +12 dB", x, N, 1, 4, 8);
    for (int i = 0; i < N; i++)
        x[i] = (float)sin(2 * M_PI * 1000 * i / RATE);
    holds("1 kHz +6 dB", x, N, 1, 2, 1);
    holds("1 kHz, 8 voices at +12 dB", x, N, 1, 4, 8);
    for (int i = 0; i < N; i++)
        x[i] = (float)sin(2 * M_PI * (100 + 7000.0 * i / N / 2) * i / RATE);
    holds("sweep to 7 kHz", x, N, 1, 3, 1);
    for (int i = 0; i < N; i++)
        x[i] = i % 997 ? 0 : 1;
    holds("impulses", x, N, 1, 5, 1);
    for (int i = 0; i < N; i++)
        x[i] = i % 4000 < 300 ? (float)sin(2 * M_PI * 800 * i / RATE) : 0;
    holds("bursts", x, N, 1, 6, 1);
    for (int i = 0; i < N; i++) {
        x[2 * i] = 0.1f * (float)sin(2 * M_PI * 300 * i / RATE);
        x[2 * i + 1] = (float)sin(2 * M_PI * 440 * i / RATE);
    }
    holds("one side loud", x, N, 2, 3, 1);
    free(x);
}

/* Peaks between samples that are well below the ceiling themselves. */
static void sees_what_is_between_samples(void **state)
{
    static const double turns[] = {1.0 / 4, 1.0 / 6, 1.0 / 8, 0.3}; /* of a circle a sample */
    enum { N = 9600 };
    float *x = malloc(sizeof *x * N);
    for (int k = 0; k < 4; k++)
        for (int step = 0; step < 40; step++) {
            double level = 0.8 + step * 0.01;
            for (int i = 0; i < N; i++) { /* swells, so that nothing overshoots */
                double swell = sin(M_PI * i / N);
                x[i] = (float)(level * swell * swell * sin(2 * M_PI * turns[k] * (i + 0.5)));
            }
            double before = process_true_peak(x, N, 1, RATE);
            struct take take = through(x, N, 1, 1, 1);
            double after = process_true_peak(take.samples, take.length, 1, RATE);
            bool same = memcmp(take.samples + 500, x, sizeof *x * N) == 0;
            if (after > CEILING || same != (before <= CEILING))
                fail_msg("%g at %g: %g to %g", turns[k], level, before, after);
            free(take.samples);
        }
    free(x);
}

static void holds_speechlike_noise(void **state)
{
    float *x = malloc(sizeof *x * RATE);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct prng random = prng_new(seed);
        float a = 0, b = 0;
        for (int i = 0; i < RATE; i++) { /* two poles at 1 kHz or so, syllables */
            a += 0.12f * (prng_float(&random) - a);
            b += 0.12f * (a - b);
            x[i] = 12 * b * (float)(0.6 - 0.4 * cos(2 * M_PI * 4 * i / RATE));
        }
        holds("noise", x, RATE, 1, 2, 1);
    }
    free(x);
}

static void both_sides_get_the_same_gain(void **state)
{
    float *x = malloc(sizeof *x * RATE * 2);
    for (frames i = 0; i < RATE; i++) {
        x[2 * i] = (float)sin(2 * M_PI * 440 * (double)i / RATE);
        x[2 * i + 1] = 0.25f * x[2 * i];
    }
    struct take take = through(x, RATE, 2, 2, 1);
    for (frames i = 0; i < take.length; i++)
        assert_true(fabsf(take.samples[2 * i] * 0.25f - take.samples[2 * i + 1]) < 1e-6f);
    free(take.samples);
    free(x);
}

static void gives_way_smoothly_and_comes_back_whole(void **state)
{
    struct score *score = score_new();
    struct clip *bed = tone(RATE, 1, 50, 0.5, 0), *bang = tone(MS(200), 1, 100, 2, MS(5));
    put(score, EVENT_BED, 0, bed, 1);
    put(score, EVENT_SOUND, RATE, bang, 1);
    score_publish(score, RATE * 5, RATE * 5);
    struct take take = play(score, 1, 0, MIXER_BLOCK);
    for (frames i = MS(100); i < RATE - MS(5) - 6; i++) /* not earlier than it must */
        assert_true(take.samples[i] == bed->samples[i % RATE]);
    for (frames i = RATE + MS(1500); i < RATE * 4; i++) /* bit for bit again */
        assert_true(take.samples[i] == bed->samples[i % RATE]);
    assert_true(roughness(take.samples, take.length, 1) < 4 * BEND);
    free(take.samples);
    score_destroy(score);
    clip_destroy(bed);
    clip_destroy(bang);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transparent_up_to_the_ceiling),
        cmocka_unit_test(holds_the_ceiling),
        cmocka_unit_test(sees_what_is_between_samples),
        cmocka_unit_test(holds_speechlike_noise),
        cmocka_unit_test(both_sides_get_the_same_gain),
        cmocka_unit_test(gives_way_smoothly_and_comes_back_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

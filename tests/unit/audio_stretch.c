/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another length at the same pitch and level, with the same ends. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/stretch.h"

#define RATE 48000
#define PI   3.14159265358979323846

static float *tone(frames length, double hz)
{
    float *samples = malloc((size_t)length * sizeof *samples);
    for (frames i = 0; i < length; i++)
        samples[i] = (float)(0.5 * sin(2 * PI * hz * (double)i / RATE));
    return samples;
}

/* Upward crossings of zero a second. */
static double pitch(const float *samples, frames length)
{
    int crossings = 0;
    for (frames i = 1; i < length; i++)
        crossings += samples[i - 1] < 0 && samples[i] >= 0;
    return (double)crossings * RATE / (double)length;
}

static double power(const float *samples, frames length)
{
    double sum = 0;
    for (frames i = 0; i < length; i++)
        sum += (double)samples[i] * samples[i];
    return sum / (double)length;
}

static void test_pitch_and_level_stay(void **state)
{
    static const double factors[] = {0.2, 0.5, 0.93, 1.0, 1.07, 1.5, 2.5, 5.9};
    frames length = 4 * RATE;
    float *samples = tone(length, 440);
    for (size_t f = 0; f < sizeof factors / sizeof *factors; f++) {
        frames wanted = (frames)((double)length * factors[f]) + 7;
        float *out = NULL;
        assert_int_equal(stretch(samples, length, RATE, wanted, &out), LIMBER_OK);
        double hz = pitch(out, wanted), change = power(out, wanted) / power(samples, length);
        if (fabs(hz - 440) > 2 || fabs(10 * log10(change)) > 0.3)
            fail_msg("%.2f times: %.2f Hz, %.2f dB", factors[f], hz, 10 * log10(change));
        for (frames i = 1; i < wanted; i++) /* a click would be a greater step */
            assert_true(fabsf(out[i] - out[i - 1]) < 0.05);
        free(out);
    }
    free(samples);
}

static void test_the_ends_are_the_ends(void **state)
{
    frames length = RATE;
    float *samples = tone(length, 300);
    for (frames i = 0; i < length; i++) /* a swell */
        samples[i] *= (float)i / (float)length;
    float *out = NULL;
    assert_int_equal(stretch(samples, length, RATE, 3 * length, &out), LIMBER_OK);
    for (frames i = 0; i < 1000; i++) {
        assert_true(fabsf(out[i] - samples[i]) < 0.02);
        assert_true(fabsf(out[3 * length - 1 - i] - samples[length - 1 - i]) < 0.02);
    }
    /* It swells all along, as slowly as it is longer. */
    double before = 0;
    for (int part = 0; part < 10; part++) {
        double now = power(out + part * (3 * length / 10), 3 * length / 10);
        assert_true(now > before);
        before = now;
    }
    free(out);
    free(samples);
}

static void test_what_cannot_be(void **state)
{
    float *samples = tone(RATE, 440), *out = samples;
    assert_int_equal(stretch(samples, RATE, RATE, 7 * RATE, &out), LIMBER_INVALID);
    assert_null(out);
    assert_int_equal(stretch(samples, RATE, RATE, RATE / 7, &out), LIMBER_INVALID);
    assert_int_equal(stretch(samples, 100, RATE, RATE, &out), LIMBER_INVALID);
    assert_int_equal(stretch(samples, RATE, RATE, 0, &out), LIMBER_INVALID);
    assert_int_equal(stretch(samples, RATE, RATE, -5, &out), LIMBER_INVALID);
    assert_int_equal(stretch(samples, RATE, 0, RATE, &out), LIMBER_INVALID);
    /* Silence, and lengths at the limits. */
    memset(samples, 0, RATE * sizeof *samples);
    assert_int_equal(stretch(samples, RATE / 10, RATE, RATE / 10, &out), LIMBER_OK);
    assert_true(power(out, RATE / 10) == 0);
    free(out);
    assert_int_equal(stretch(samples, 4801, RATE, 6 * 4801, &out), LIMBER_OK);
    free(out);
    free(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pitch_and_level_stay),
                                       cmocka_unit_test(test_the_ends_are_the_ends),
                                       cmocka_unit_test(test_what_cannot_be)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes measured and trimmed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/prng.h"
#include "studio/take.h"

#define RATE  48000
#define COUNT (RATE * 2)

/* Half a second of nothing, a second of tone, half a second of nothing; noise all over. */
static float *make_take(double tone, double noise, double dc)
{
    struct prng prng = prng_new(1);
    float *samples = xmalloc(COUNT * sizeof *samples);
    for (int i = 0; i < COUNT; i++) {
        bool words = i >= RATE / 2 && i < RATE * 3 / 2;
        double value = words ? tone * sin(2 * M_PI * 300 * i / RATE) : 0;
        value += noise * prng_float(&prng) + dc;
        samples[i] = (float)(value > 1 ? 1 : value < -1 ? -1 : value);
    }
    return samples;
}

static void expect_near(double value, double wanted, double off)
{
    if (fabs(value - wanted) > off)
        fail_msg("%f, wanted %f ± %f", value, wanted, off);
}

static void measures(void **state)
{
    float *samples = make_take(0.25, 0.001, 0.02);
    struct take_measure measure = take_measure(samples, COUNT, RATE);
    assert_int_equal(measure.length_ns, 2 * NSEC_PER_SEC);
    expect_near(measure.peak_db, 20 * log10(0.271), 0.1);
    expect_near(measure.lufs, -16.7, 0.8); /* −15.9 all through; less at both ends */
    expect_near(measure.noise_db, 20 * log10(0.001 / sqrt(3)), 1);
    expect_near(measure.dc, 0.02, 0.0005);
    expect_near((double)measure.lead_ns / NSEC_PER_SEC, 0.5, 0.011);
    expect_near((double)measure.tail_ns / NSEC_PER_SEC, 0.5, 0.011);
    assert_int_equal(measure.clipped, 0);
    assert_false(measure.silent);
    assert_null(take_problem(&measure));
    free(samples);
}

static void hears_what_is_wrong(void **state)
{
    static const struct {
        double tone, noise;
        const char *word;
    } takes[] = {{1.4, 0.001, "clipped"},
                 {0, 0.0001, "nothing"},
                 {0.004, 0.00001, "quiet"},
                 {0.2, 0.02, "noisy"}};
    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++) {
        float *samples = make_take(takes[i].tone, takes[i].noise, 0);
        struct take_measure measure = take_measure(samples, COUNT, RATE);
        assert_non_null(take_problem(&measure));
        assert_non_null(strstr(take_problem(&measure), takes[i].word));
        free(samples);
    }
}

static void sees_clipping_that_was_turned_down(void **state)
{
    float *samples = make_take(1.4, 0, 0);
    for (int i = 0; i < COUNT; i++)
        samples[i] *= 0.5f;
    assert_true(take_measure(samples, COUNT, RATE).clipped > 1000);
    free(samples);
}

static void trims(void **state)
{
    float *samples = make_take(0.25, 0.001, 0.02);
    size_t count = take_trim(samples, COUNT, RATE);
    expect_near((double)count / RATE, 1.0 + 0.08 + 0.15, 0.025);
    struct take_measure measure = take_measure(samples, count, RATE);
    expect_near(measure.dc, 0, 0.001);
    expect_near((double)measure.lead_ns / NSEC_PER_SEC, 0.08, 0.011);
    assert_true(fabsf(samples[0]) < 0.0005 && fabsf(samples[count - 1]) < 0.0005);
    /* What is trimmed stays as it is. */
    assert_true(count - take_trim(samples, count, RATE) < RATE / 50);
    free(samples);
}

static void trims_nothing_away_in_noise(void **state)
{
    float *samples = make_take(0.25, 0.02, 0); /* 21 dB below the tone */
    size_t count = take_trim(samples, COUNT, RATE);
    assert_true(count >= RATE);
    free(samples);
}

static void bears_rubbish(void **state)
{
    float rubbish[] = {NAN, INFINITY, -INFINITY, 1e30f, 0.1f};
    struct take_measure measure = take_measure(rubbish, 5, RATE);
    assert_true(isfinite(measure.dc));
    assert_true(take_trim(rubbish, 5, RATE) <= 5);
    assert_int_equal(take_trim(rubbish, 0, RATE), 0);
    measure = take_measure(NULL, 0, RATE);
    assert_true(measure.silent);
    float silence[RATE / 10] = {0};
    assert_true(take_measure(silence, RATE / 10, RATE).silent);
    assert_int_equal(take_trim(silence, RATE / 10, RATE), 0);
    take_smooth(rubbish, 5, RATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures),
        cmocka_unit_test(hears_what_is_wrong),
        cmocka_unit_test(sees_clipping_that_was_turned_down),
        cmocka_unit_test(trims),
        cmocka_unit_test(trims_nothing_away_in_noise),
        cmocka_unit_test(bears_rubbish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

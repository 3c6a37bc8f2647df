/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resampling, trimming, loudness, conversion. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ebur128.h>

#include "audio/process.h"
#include "base/prng.h"

static float *sine(frames length, uint32_t channels, double rate_hz, double hz, double level)
{
    float *samples = calloc((size_t)length * channels + 1, sizeof *samples);
    for (frames i = 0; i < length; i++)
        for (uint32_t c = 0; c < channels; c++)
            samples[i * channels + c] = (float)(level * sin(2 * M_PI * hz * (double)i / rate_hz));
    return samples;
}

static void resample_gives_the_ideal_length(void **state)
{
    static const uint32_t rates[] = {8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000};
    static const frames lengths[] = {0, 1, 2, 3, 7, 80, 221, 441, 999, 22050, 30011};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
            for (uint32_t channels = 1; channels <= 2; channels++) {
                float *in = sine(lengths[l], channels, rates[r], 440, 0.5), *out = NULL;
                frames length = -1;
                assert_int_equal(
                    process_resample(in, lengths[l], channels, rates[r], 48000, &out, &length),
                    LIMBER_OK);
                double ideal = floor((double)lengths[l] * 48000 / rates[r] + 0.5);
                assert_true(length == (frames)ideal);
                assert_non_null(out);
                for (frames i = 0; i < length * channels; i++)
                    assert_true(isfinite(out[i]) && fabsf(out[i]) < 1);
                free(in);
                free(out);
            }
}

static void resample_keeps_the_tone(void **state)
{
    float *in = sine(22050, 1, 22050, 1000, 0.5), *out = NULL;
    float *ideal = sine(48000, 1, 48000, 1000, 0.5);
    frames length = 0;
    double error = 0;
    assert_int_equal(process_resample(in, 22050, 1, 22050, 48000, &out, &length), LIMBER_OK);
    assert_int_equal(length, 48000);
    for (frames i = 4800; i < 43200; i++)
        error = fmax(error, fabs((double)out[i] - ideal[i]));
    assert_true(error < 1e-5); /* −94 dB below the tone: in time and in tune */
    free(in);
    free(out);
    free(ideal);
}

static void resample_short_clip_keeps_its_energy(void **state)
{
    frames length = 0;
    float *in = sine(220, 1, 22050, 1000, 0.5), *out = NULL; /* 10 ms */
    double sum = 0, ideal = 0;
    assert_int_equal(process_resample(in, 220, 1, 22050, 48000, &out, &length), LIMBER_OK);
    assert_int_equal(length, 479);
    for (frames i = 0; i < length; i++)
        sum += (double)out[i] * out[i] / 48000;
    for (frames i = 0; i < 220; i++)
        ideal += (double)in[i] * in[i] / 22050;
    assert_true(fabs(10 * log10(sum / ideal)) < 0.2);
    free(in);
    free(out);
}

static void resample_refuses_nonsense(void **state)
{
    float in[4] = {0}, *out = in;
    frames length = 1;
    assert_int_equal(process_resample(in, 4, 1, 0, 48000, &out, &length), LIMBER_INVALID);
    assert_null(out);
    assert_int_equal(process_resample(in, -1, 1, 48000, 48000, &out, &length), LIMBER_INVALID);
    assert_int_equal(process_resample(in, 4, 0, 48000, 48000, &out, &length), LIMBER_INVALID);
}

static void same_rate_copies(void **state)
{
    float *in = sine(1000, 2, 48000, 100, 0.9), *out = NULL;
    frames length = 0;
    assert_int_equal(process_resample(in, 1000, 2, 48000, 48000, &out, &length), LIMBER_OK);
    assert_int_equal(length, 1000);
    assert_memory_equal(in, out, 2000 * sizeof(float));
    free(in);
    free(out);
}

static frames first_audible(const float *samples, frames length)
{
    float peak = 0;
    for (frames i = 0; i < length; i++)
        peak = fmaxf(peak, fabsf(samples[i]));
    for (frames i = 0; i < length; i++)
        if (fabsf(samples[i]) >= peak * 0.00316228f)
            return i;
    return length;
}

static void trim_one(uint64_t seed)
{
    struct prng random = prng_new(seed);
    frames silence = 600 + (frames)prng_below(&random, 20000),
           sound = 100 + (frames)prng_below(&random, 20000),
           tail = (frames)prng_below(&random, 20000), length = silence + sound + tail;
    double level = pow(10, -(double)prng_below(&random, 50) / 20),
           offset = prng_float(&random) * 0.1;
    float noise = (float)(level * 1e-4);
    float *samples = calloc((size_t)length, sizeof *samples);
    for (frames i = 0; i < length; i++)
        samples[i] = (float)offset + noise * prng_float(&random);
    for (frames i = silence; i < silence + sound; i++)
        samples[i] += (float)(level * cos(0.07 * (double)(i - silence)));
    frames got = process_trim(samples, length, 48000, 96, 480);
    assert_in_range(got, sound, sound + 96 + 480);
    assert_true(first_audible(samples, got) <= 240); /* 5 ms */
    /* no click: it begins and ends at nothing, and no step is larger than the sound's own */
    assert_true(fabsf(samples[0]) < level * 1e-3);
    assert_true(fabsf(samples[got - 1]) < level * 1e-3);
    free(samples);
}

static void trim_finds_the_sound(void **state)
{
    for (uint64_t seed = 0; seed < 300; seed++)
        trim_one(seed);
}

static void trim_keeps_what_is_asked(void **state)
{
    float *samples = calloc(48000, sizeof *samples);
    for (frames i = 20000; i < 30000; i++)
        samples[i] = sinf((float)i * 0.1f) * 0.5f;
    samples[20000] = 0.1f;
    frames length = process_trim(samples, 48000, 48000, 100, 1000);
    assert_true(length >= 11090 && length <= 11100);
    assert_int_equal(first_audible(samples, length), 100);
    free(samples);
}

static void trim_mends_and_refuses(void **state)
{
    float broken[] = {NAN, INFINITY, 0.5f, -INFINITY, -0.5f, 0.25f};
    frames length = process_trim(broken, 6, 48000, 10, 10);
    assert_in_range(length, 1, 6);
    for (frames i = 0; i < length; i++)
        assert_true(isfinite(broken[i]) && fabsf(broken[i]) <= 1);
    float quiet[1000];
    for (int i = 0; i < 1000; i++)
        quiet[i] = 0.3f + (i % 2 ? 5e-5f : -5e-5f); /* an offset and a hiss nobody hears */
    assert_int_equal(process_trim(quiet, 1000, 48000, 0, 0), 0);
    assert_int_equal(process_trim(quiet, 0, 48000, 0, 0), 0);
    float all_bad[] = {NAN, NAN};
    assert_int_equal(process_trim(all_bad, 2, 48000, 0, 0), 0);
}

static void trim_leaves_lopsided_sounds_on_their_line(void **state)
{
    float *samples = calloc(9600, sizeof *samples); /* silence, 10 ms of bump, silence */
    for (frames i = 0; i < 480; i++)
        samples[4800 + i] = 0.5f * sinf((float)M_PI * (float)i / 480);
    frames length = process_trim(samples, 9600, 48000, 48, 48);
    assert_in_range(length, 470, 580);
    free(samples);
}

static void loudness_of_tones(void **state)
{
    /* BS.1770: 997 Hz at 0 dBFS peak in one channel measures −3.01 LUFS */
    float *tone = sine(48000 * 3, 2, 48000, 997, 1);
    for (frames i = 0; i < 48000 * 3; i++)
        tone[2 * i + 1] = 0;
    assert_true(fabs(process_loudness(tone, 48000 * 3, 2, 48000) + 3.01) < 0.05);
    free(tone);
    tone = sine(48000 * 3, 1, 48000, 997, pow(10, -16.0 / 20));
    assert_true(fabs(process_loudness(tone, 48000 * 3, 1, 48000) + 19.01) < 0.05);
    free(tone);
}

/* What libebur128 says: integrated, or momentary with silence up to 400 ms. */
static double reference(const float *samples, frames length, uint32_t channels, uint32_t rate_hz)
{
    frames block = (rate_hz + 5) / 10 * 4;
    double loudness = 0;
    ebur128_state *meter = ebur128_init(channels, rate_hz, EBUR128_MODE_I);
    if (channels == 1)
        ebur128_set_channel(meter, 0, EBUR128_LEFT);
    ebur128_add_frames_float(meter, samples, (size_t)length);
    if (length < block) {
        float *silence = calloc((size_t)(block - length) * channels, sizeof *silence);
        ebur128_add_frames_float(meter, silence, (size_t)(block - length));
        ebur128_loudness_momentary(meter, &loudness);
        free(silence);
    } else {
        ebur128_loudness_global(meter, &loudness);
    }
    ebur128_destroy(&meter);
    return isfinite(loudness) ? loudness : -INFINITY;
}

static void loudness_is_what_libebur128_says(void **state)
{
    static const uint32_t rates[] = {48000, 44100, 22050, 16000, 8000};
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct prng random = prng_new(seed);
        uint32_t rate_hz = rates[prng_below(&random, 5)], channels = 1 + seed % 2;
        frames length = 1 + (frames)prng_below(&random, rate_hz * (seed % 3 ? 1 : 6));
        float *samples = malloc(sizeof *samples * (size_t)length * channels);
        float level = 0, low = 0;
        for (frames i = 0; i < length * channels; i++) {
            if (i % 5000 == 0)
                level = prng_below(&random, 3) ? powf(10, -3.5f * fabsf(prng_float(&random))) : 0;
            low += 0.2f * (prng_float(&random) - low);
            samples[i] = level * low + 0.01f * level;
        }
        double is = process_loudness(samples, length, channels, rate_hz);
        double should = reference(samples, length, channels, rate_hz);
        if (is != should && !(fabs(is - should) < 0.001))
            fail_msg("seed %d, %d frames: %f, not %f", (int)seed, (int)length, is, should);
        free(samples);
    }
}

static void loudness_of_short_clips(void **state)
{
    float *tone = sine(19200, 1, 48000, 997, 0.5);
    double full = process_loudness(tone, 19200, 1, 48000);
    double half = process_loudness(tone, 9600, 1, 48000);
    double tenth = process_loudness(tone, 1920, 1, 48000);
    assert_true(fabs(full + 9.03) < 0.1);
    assert_true(fabs(full - half - 3.01) < 0.1); /* half the time, half the energy */
    assert_true(fabs(full - tenth - 10) < 0.5);
    free(tone);
    float silence[100] = {0};
    assert_true(process_loudness(silence, 100, 1, 48000) == -INFINITY);
    assert_true(process_loudness(silence, 0, 1, 48000) == -INFINITY);
    float *long_silence = calloc(96000, sizeof *long_silence);
    assert_true(process_loudness(long_silence, 96000, 1, 48000) == -INFINITY);
    free(long_silence);
}

static void true_peak_between_samples(void **state)
{
    float samples[4800];
    for (int i = 0; i < 4800; i++) /* fs/4 at 45°: samples at 0.707, peaks at 1 */
        samples[i] = (float)sin(M_PI / 2 * i + M_PI / 4) * 0.5f;
    double peak = process_true_peak(samples, 4800, 1, 48000);
    assert_true(peak > 0.48 && peak < 0.54);
    float last[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0.7f};
    assert_true(process_true_peak(last, 10, 1, 48000) >= 0.7f);
    assert_true(process_true_peak(last, 0, 1, 48000) == 0);
}

static void s16_rounds_and_saturates(void **state)
{
    static const struct {
        float in;
        int16_t out;
    } rows[] = {{0, 0},
                {1, 32767},
                {-1, -32768},
                {2, 32767},
                {-2, -32768},
                {INFINITY, 32767},
                {-INFINITY, -32768},
                {NAN, 0},
                {0.4f / 32768, 0},
                {0.6f / 32768, 1},
                {-0.6f / 32768, -1},
                {0.5f / 32768, 0},
                {1.5f / 32768, 2},
                {2.5f / 32768, 2},
                {-1.5f / 32768, -2},
                {32767.0f / 32768, 32767},
                {32766.4f / 32768, 32766}};
    enum { ROWS = sizeof rows / sizeof *rows };
    float in[ROWS];
    int16_t out[ROWS];
    for (int i = 0; i < ROWS; i++)
        in[i] = rows[i].in;
    process_to_s16(in, out, ROWS);
    for (int i = 0; i < ROWS; i++) {
        int16_t alone;
        process_to_s16(&in[i], &alone, 1);
        assert_int_equal(out[i], rows[i].out);
        assert_int_equal(alone, rows[i].out);
    }
}

static void s16_round_trip_is_exact(void **state)
{
    float *in = malloc(65536 * sizeof *in);
    int16_t *out = malloc(65536 * sizeof *out);
    for (int i = 0; i < 65536; i++)
        in[i] = (float)(i - 32768) / 32768.0f;
    process_to_s16(in, out, 65536);
    for (int i = 0; i < 65536; i++)
        assert_int_equal(out[i], i - 32768);
    free(in);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resample_gives_the_ideal_length),
        cmocka_unit_test(resample_keeps_the_tone),
        cmocka_unit_test(resample_short_clip_keeps_its_energy),
        cmocka_unit_test(resample_refuses_nonsense),
        cmocka_unit_test(same_rate_copies),
        cmocka_unit_test(trim_finds_the_sound),
        cmocka_unit_test(trim_keeps_what_is_asked),
        cmocka_unit_test(trim_mends_and_refuses),
        cmocka_unit_test(trim_leaves_lopsided_sounds_on_their_line),
        cmocka_unit_test(loudness_of_tones),
        cmocka_unit_test(loudness_is_what_libebur128_says),
        cmocka_unit_test(loudness_of_short_clips),
        cmocka_unit_test(true_peak_between_samples),
        cmocka_unit_test(s16_rounds_and_saturates),
        cmocka_unit_test(s16_round_trip_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How clean resampling is: full-scale tones over the whole band, at every rate that voices and
 * recordings come in. What is left when the tone is taken out of the result is images, aliases and
 * noise. The figures are in docs/performance.md; LIMBER_SHOW=1 prints them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audio/process.h"

#define BAR_DB -90.0

struct found {
    double gain_db;
    double rest_db; /* everything but the tone, against a full-scale tone */
};

/* A tone of `hz` at full scale, resampled. Measured in the middle half, where the ends are not. */
static struct found measure(uint32_t from_hz, uint32_t to_hz, double hz)
{
    frames length = from_hz / 2, made = 0;
    float *in = calloc((size_t)length, sizeof *in), *out = NULL;
    for (frames i = 0; i < length; i++)
        in[i] = (float)sin(2 * M_PI * hz * (double)i / from_hz);
    assert_int_equal(process_resample(in, length, 1, from_hz, to_hz, &out, &made), LIMBER_OK);
    assert_true(made == ((frames)length * to_hz * 2 + from_hz) / ((frames)from_hz * 2));

    double cc = 0, ss = 0, cs = 0, xc = 0, xs = 0, rest = 0;
    for (frames i = made / 4; i < made * 3 / 4; i++) {
        double c = cos(2 * M_PI * hz * (double)i / to_hz),
               s = sin(2 * M_PI * hz * (double)i / to_hz);
        cc += c * c;
        ss += s * s;
        cs += c * s;
        xc += out[i] * c;
        xs += out[i] * s;
    }
    double whole = cc * ss - cs * cs; /* 0: the tone is at half the rate, where it has no phase */
    double a = (xc * ss - xs * cs) / whole, b = (xs * cc - xc * cs) / whole;
    for (frames i = made / 4; i < made * 3 / 4; i++) {
        double tone =
            a * cos(2 * M_PI * hz * (double)i / to_hz) + b * sin(2 * M_PI * hz * (double)i / to_hz);
        rest += (out[i] - tone) * (out[i] - tone);
    }
    free(in);
    free(out);
    double power = rest / (double)(made * 3 / 4 - made / 4);
    return (struct found){.gain_db = 10 * log10(a * a + b * b),
                          .rest_db = 10 * log10(power * 2 + 1e-30)};
}

struct rates {
    uint32_t from_hz, to_hz;
};

static const struct rates all[] = {
    {8000, 48000},  {11025, 48000}, {16000, 48000},  {22050, 48000}, {24000, 48000},
    {32000, 48000}, {44100, 48000}, {88200, 48000},  {96000, 48000}, {192000, 48000},
    {48000, 44100}, {22050, 44100}, {22050, 192000}, {24000, 22050},
};
#define ALL (sizeof all / sizeof all[0])

/* Tones below half the lower rate: nothing is heard but them, and up to 0.9 of it they are as loud
 * as they were. */
static void tones_come_out_alone(void **state)
{
    for (size_t r = 0; r < ALL; r++) {
        uint32_t from = all[r].from_hz, to = all[r].to_hz;
        double half = (from < to ? from : to) / 2.0, worst = -300, uneven = 0;
        for (double part = 0.01; part < 0.995; part += 0.0207) {
            struct found found = measure(from, to, half * part);
            worst = fmax(worst, found.rest_db);
            if (part <= 0.9)
                uneven = fmax(uneven, fabs(found.gain_db));
        }
        if (getenv("LIMBER_SHOW"))
            print_message("%6u -> %6u Hz: rest %.1f dB, within %.4f dB\n", from, to, worst, uneven);
        assert_true(worst < BAR_DB);
        assert_true(uneven < 0.01);
    }
}

/* Tones above half the new rate must not come back as others. */
static void what_does_not_fit_is_gone(void **state)
{
    for (size_t r = 0; r < ALL; r++) {
        uint32_t from = all[r].from_hz, to = all[r].to_hz;
        double worst = -300;
        for (double hz = to / 2.0 * 1.001; from > to && hz < from / 2.0; hz *= 1.02) {
            struct found found = measure(from, to, hz);
            /* An alias may be wherever it likes, the place of the tone's own image included. */
            worst = fmax(worst, fmax(found.rest_db, found.gain_db));
        }
        if (getenv("LIMBER_SHOW") && from > to)
            print_message("%6u -> %6u Hz: aliases %.1f dB\n", from, to, worst);
        assert_true(worst < BAR_DB);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tones_come_out_alone),
        cmocka_unit_test(what_does_not_fit_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loudness.c: programme loudness after ITU-R BS.1770-4: two filters for each channel (K-weighting),
 * the mean square of 400 ms blocks every 100 ms, and the mean of those that pass both gates.
 *
 * A player that renders from nothing measures every sentence, and libebur128 would be a third of
 * the work: here four parts of the clip are filtered side by side, each from 100 ms before its
 * beginning on, by when the filters have forgotten (to 10^-10) that they began there. Tests hold it
 * to libebur128. */
#include <math.h>
#include <stdlib.h>

#include "audio/process.h"
#include "base/arena.h"

#define STEPS_PER_SECOND 10 /* 100 ms */
#define STEPS_PER_BLOCK  4  /* 400 ms */
#define PARTS            4
#define OFFSET_LUFS      -0.691
#define LOWEST_LUFS      -70.0
#define RELATIVE_GATE    0.1 /* −10 LU */

struct filter {
    double b0, b1, b2, a1, a2;
};

/* A high shelf (the head) and a high pass; the analogue prototypes of the recommendation's 48 kHz
 * coefficients, for any rate. */
struct weighting {
    struct filter shelf, pass;
};

static struct weighting weighting_for(uint32_t rate_hz)
{
    double k = tan(M_PI * 1681.974450955533 / rate_hz), q = 0.7071752369554196;
    double high = pow(10, 3.999843853973347 / 20), band = pow(high, 0.4996667741545416);
    double a0 = 1 + k / q + k * k;
    struct weighting weighting;

    weighting.shelf = (struct filter){.b0 = (high + band * k / q + k * k) / a0,
                                      .b1 = 2 * (k * k - high) / a0,
                                      .b2 = (high - band * k / q + k * k) / a0,
                                      .a1 = 2 * (k * k - 1) / a0,
                                      .a2 = (1 - k / q + k * k) / a0};
    k = tan(M_PI * 38.13547087602444 / rate_hz);
    q = 0.5003270373238773;
    a0 = 1 + k / q + k * k;
    weighting.pass = (struct filter){
        .b0 = 1, .b1 = -2, .b2 = 1, .a1 = 2 * (k * k - 1) / a0, .a2 = (1 - k / q + k * k) / a0};
    return weighting;
}

/* Two parts at once; the states of both filters, in transposed direct form II. */
typedef double pair __attribute__((vector_size(16)));

struct state {
    pair shelf_1, shelf_2, pass_1, pass_2;
};

static inline pair weigh(const struct weighting *weighting, struct state *state, pair in)
{
    const struct filter *shelf = &weighting->shelf, *pass = &weighting->pass;
    pair mid = shelf->b0 * in + state->shelf_1;
    pair out = mid + state->pass_1;

    state->shelf_1 = shelf->b1 * in - shelf->a1 * mid + state->shelf_2;
    state->shelf_2 = shelf->b2 * in - shelf->a2 * mid;
    state->pass_1 = -2 * mid - pass->a1 * out + state->pass_2;
    state->pass_2 = mid - pass->a2 * out;
    return out;
}

/* Filters `count` samples of four parts and adds their squares up. `at`: their next samples. */
static void weigh_parts(const struct weighting *weighting, struct state states[2],
                        const float *const at[PARTS], uint32_t stride, frames count,
                        double sums[PARTS])
{
    struct weighting own = *weighting;
    struct state first = states[0], second = states[1];
    pair a = {0}, b = {0};

    for (frames i = 0; i < count; i++) {
        frames k = i * stride;
        pair x = weigh(&own, &first, (pair){at[0][k], at[1][k]});
        pair y = weigh(&own, &second, (pair){at[2][k], at[3][k]});
        a += x * x;
        b += y * y;
    }
    states[0] = first;
    states[1] = second;
    sums[0] = a[0];
    sums[1] = a[1];
    sums[2] = b[0];
    sums[3] = b[1];
}

/* Adds the weighted energy of each whole step of one channel to energies[]. */
static void measure_steps(const struct weighting *weighting, const float *samples,
                          uint32_t channels, frames step, size_t steps, double *energies)
{
    size_t each = (steps + PARTS - 1) / PARTS, firsts[PARTS];
    const float *at[PARTS];
    struct state states[2] = {0};
    double sums[PARTS];

    /* the first part begins at rest, the others a step early; the last ones overlap those before
     * rather than be shorter */
    for (size_t i = 0; i < PARTS; i++)
        firsts[i] = i * each + each <= steps ? i * each : steps - each;
    for (size_t k = 0; k <= each; k++) {
        for (size_t i = 0; i < PARTS; i++)
            at[i] = samples + (frames)(firsts[i] + k - (firsts[i] > 0 || k > 0)) * step * channels;
        if (k == 0) {
            /* run in; a part that begins at the very start is put to rest again */
            weigh_parts(weighting, states, at, channels, step, sums);
            for (size_t i = 0; i < PARTS; i++)
                if (firsts[i] == 0) {
                    struct state *state = &states[i / 2];
                    state->shelf_1[i % 2] = state->shelf_2[i % 2] = 0;
                    state->pass_1[i % 2] = state->pass_2[i % 2] = 0;
                }
            continue;
        }
        weigh_parts(weighting, states, at, channels, step, sums);
        for (size_t i = 0; i < PARTS; i++)
            if (i == 0 || firsts[i] + k - 1 >= firsts[i - 1] + each)
                energies[firsts[i] + k - 1] += sums[i];
    }
}

static double lufs(double mean_square)
{
    return mean_square > 0 ? OFFSET_LUFS + 10 * log10(mean_square) : -INFINITY;
}

/* The mean of the blocks above `gate` (mean squares), or 0. */
static double gated_mean(const double *energies, size_t steps, double block_length, double gate)
{
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; i + STEPS_PER_BLOCK <= steps; i++) {
        double block =
            (energies[i] + energies[i + 1] + energies[i + 2] + energies[i + 3]) / block_length;
        if (block < gate)
            continue;
        sum += block;
        count++;
    }
    return count ? sum / (double)count : 0;
}

/* At least 400 ms. */
static double integrated(const float *samples, frames length, uint32_t channels, uint32_t rate_hz)
{
    struct weighting weighting = weighting_for(rate_hz);
    frames step = (rate_hz + STEPS_PER_SECOND / 2) / STEPS_PER_SECOND;
    size_t steps = (size_t)(length / step);
    double block_length = (double)(step * STEPS_PER_BLOCK);
    double *energies = xcalloc(steps ? steps : 1, sizeof *energies);

    for (uint32_t c = 0; c < channels && steps > 0; c++)
        measure_steps(&weighting, samples + c, channels, step, steps, energies);
    double lowest = pow(10, (LOWEST_LUFS - OFFSET_LUFS) / 10);
    double mean = gated_mean(energies, steps, block_length, lowest);
    double gate = mean * RELATIVE_GATE > lowest ? mean * RELATIVE_GATE : lowest;
    double loudness = lufs(gated_mean(energies, steps, block_length, gate));
    free(energies);
    return loudness;
}

/* Less than 400 ms: as the one block it is, with silence after it. */
static double momentary(const float *samples, frames length, uint32_t channels, uint32_t rate_hz)
{
    struct weighting weighting = weighting_for(rate_hz);
    frames block = (rate_hz + STEPS_PER_SECOND / 2) / STEPS_PER_SECOND * STEPS_PER_BLOCK;
    double sum = 0;

    for (uint32_t c = 0; c < channels; c++) {
        struct state state = {0};
        for (frames i = 0; i < block; i++) {
            pair in = {i < length ? samples[i * channels + c] : 0, 0};
            pair out = weigh(&weighting, &state, in);
            sum += out[0] * out[0];
        }
    }
    return lufs(sum / (double)block);
}

double process_loudness(const float *samples, frames length, uint32_t channels, uint32_t rate_hz)
{
    double loudness;

    if (length <= 0 || channels < 1 || channels > 2 || rate_hz < 100)
        return -INFINITY;
    if (length < (frames)((rate_hz + STEPS_PER_SECOND / 2) / STEPS_PER_SECOND) * STEPS_PER_BLOCK)
        loudness = momentary(samples, length, channels, rate_hz);
    else
        loudness = integrated(samples, length, channels, rate_hz);
    return isfinite(loudness) ? loudness : -INFINITY;
}

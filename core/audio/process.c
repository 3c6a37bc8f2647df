/* SPDX-License-Identifier: GPL-3.0-or-later */
/* process.c: resampling, trimming, true peaks, conversion. */
#include "audio/process.h"

#include <ebur128.h>
#include <math.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>

#include "audio/lanes.h"
#include "base/arena.h"

#define AUDIBLE_PEAK  1e-4f       /* −80 dBFS */
#define AUDIBLE_BELOW 0.00316228f /* −50 dB below the peak */
#define QUIET_MS      10
#define STEPS         4
#define FADE_IN_MS    1
#define FADE_OUT_MS   5
#define MAX_RATE_HZ   768000
#define MAX_LENGTH    (INT64_C(1) << 36)

/* length × to / from, rounded. */
static frames resampled_length(frames length, uint32_t from_hz, uint32_t to_hz)
{
    return (length * to_hz * 2 + from_hz) / ((frames)from_hz * 2);
}

enum limber_status process_resample(const float *samples, frames length, uint32_t channels,
                                    uint32_t from_hz, uint32_t to_hz, float **out,
                                    frames *out_length)
{
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    size_t read = 0, written = 0;

    *out = NULL;
    *out_length = 0;
    if (from_hz < 1 || to_hz < 1 || from_hz > MAX_RATE_HZ || to_hz > MAX_RATE_HZ || channels < 1 ||
        length < 0 || length > MAX_LENGTH)
        return LIMBER_INVALID;
    frames wanted = resampled_length(length, from_hz, to_hz);
    size_t size = (size_t)wanted * channels;
    float *result = xcalloc(size ? size : 1, sizeof *result);

    if (from_hz == to_hz) {
        if (size)
            memcpy(result, samples, size * sizeof *result);
    } else if (size && soxr_oneshot(from_hz, to_hz, channels, samples, (size_t)length, &read,
                                    result, (size_t)wanted, &written, &io, &quality, &runtime)) {
        free(result);
        return LIMBER_FAILED;
    }
    *out = result;
    *out_length = wanted;
    return LIMBER_OK;
}

struct range {
    float low, high;
    double sum;
};

/* length ≥ 1. */
static struct range measure(const float *samples, frames length)
{
    struct range range = {.low = samples[0], .high = samples[0]};

    for (frames i = 0; i < length; i++) {
        range.low = samples[i] < range.low ? samples[i] : range.low;
        range.high = samples[i] > range.high ? samples[i] : range.high;
        range.sum += samples[i];
    }
    return range;
}

static struct range unite(struct range a, struct range b)
{
    return (struct range){.low = a.low < b.low ? a.low : b.low,
                          .high = a.high > b.high ? a.high : b.high,
                          .sum = a.sum + b.sum};
}

/* Where the zero line is: at the mean of the quietest 10 ms if that is silence, else at the mean of
 * all. (The mean of all would be wrong for a clip with silence and a lopsided sound.) */
static float zero_line(const float *samples, frames length, uint32_t rate_hz)
{
    frames step = (frames)rate_hz * QUIET_MS / 1000 / STEPS;
    struct range steps[STEPS], all = measure(samples, 1);
    float quietest = INFINITY, line = 0;
    int known = 0;

    all.sum = 0;
    for (frames at = 0; at < length; at += step, known++) {
        if (step == 0 || at + step > length) {
            all = unite(all, measure(samples + at, length - at));
            break;
        }
        struct range window = steps[known % STEPS] = measure(samples + at, step);
        all = unite(all, window);
        for (int i = 1; i < STEPS && known >= STEPS - 1; i++)
            window = unite(window, steps[(known + i) % STEPS]);
        if (known >= STEPS - 1 && window.high - window.low < quietest) {
            quietest = window.high - window.low;
            line = (float)(window.sum / (double)(step * STEPS));
        }
    }
    if (quietest <= AUDIBLE_BELOW * (all.high - all.low))
        return line;
    return (float)(all.sum / (double)length);
}

static void fade_ends(float *samples, frames length, uint32_t rate_hz)
{
    frames in = (frames)rate_hz * FADE_IN_MS / 1000, out = (frames)rate_hz * FADE_OUT_MS / 1000;

    if (in > length / 2)
        in = length / 2;
    if (out > length / 2)
        out = length / 2;
    for (frames i = 0; i < in; i++)
        samples[i] *= (float)(0.5 - 0.5 * cos(M_PI * (double)i / (double)in));
    for (frames i = 0; i < out; i++)
        samples[length - 1 - i] *= (float)(0.5 - 0.5 * cos(M_PI * (double)i / (double)out));
}

static frames at_most(frames wanted, frames there)
{
    if (wanted < 0)
        return 0;
    return wanted < there ? wanted : there;
}

frames process_trim(float *samples, frames length, uint32_t rate_hz, frames keep_before,
                    frames keep_after)
{
    float peak = 0;
    frames first = 0, last = length - 1;

    if (length <= 0)
        return 0;
    for (frames i = 0; i < length; i++)
        if (!isfinite(samples[i]))
            samples[i] = 0;
    float line = zero_line(samples, length, rate_hz);
    for (frames i = 0; i < length; i++) {
        samples[i] -= line;
        if (fabsf(samples[i]) > peak)
            peak = fabsf(samples[i]);
    }
    if (!(peak >= AUDIBLE_PEAK))
        return 0;
    while (fabsf(samples[first]) < peak * AUDIBLE_BELOW)
        first++;
    while (fabsf(samples[last]) < peak * AUDIBLE_BELOW)
        last--;
    first -= at_most(keep_before, first);
    last += at_most(keep_after, length - 1 - last);
    length = last + 1 - first;
    memmove(samples, samples + first, (size_t)length * sizeof *samples);
    fade_ends(samples, length, rate_hz);
    return length;
}

double process_true_peak(const float *samples, frames length, uint32_t channels, uint32_t rate_hz)
{
    float silence[2 * 64] = {0}; /* lets the interpolator see the end */
    double peak = 0;

    if (length <= 0 || channels < 1 || channels > 2)
        return 0;
    ebur128_state *meter = ebur128_init(channels, rate_hz, EBUR128_MODE_TRUE_PEAK);
    if (!meter)
        return 0;
    if (ebur128_add_frames_float(meter, samples, (size_t)length) == EBUR128_SUCCESS &&
        ebur128_add_frames_float(meter, silence, 64) == EBUR128_SUCCESS) {
        for (uint32_t c = 0; c < channels; c++) {
            double side = 0;
            if (ebur128_true_peak(meter, c, &side) == EBUR128_SUCCESS && side > peak)
                peak = side;
        }
    }
    ebur128_destroy(&meter);
    return peak;
}

/* Full scale is 32768, so that samples that came from 16 bits go back unchanged. Adding 1.5 × 2^23
 * leaves the value rounded to nearest, ties to even, in the low bits. NaN gives 0. */
static inline lane_bits to_s16(lanes level)
{
    const lanes zero = {0}, low = zero - 32768.0f, high = zero + 32767.0f;

    level = (lanes)((lane_bits)level & (level == level)) * 32768.0f;
    return (lane_bits)(lanes_min(lanes_max(level, low), high) + 12582912.0f);
}

void process_to_s16(const float *samples, int16_t *out, size_t count)
{
    for (; count >= 8; count -= 8, samples += 8, out += 8) {
        lane_bits low = to_s16(lanes_load(samples)), high = to_s16(lanes_load(samples + 4));
        lanes_pack(low, high, out);
    }
    for (size_t i = 0; i < count; i++)
        out[i] = (int16_t)to_s16((lanes){samples[i]})[0];
}

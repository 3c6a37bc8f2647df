/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limiter.c: the depth that each frame needs (by how much its gain must fall short of 1), the
 * largest of those over a window, their mean over a window of the same length (so the gain glides
 * down in time and never steps), and an exponential way back.
 *
 * Depths are integers, in 2^-30, so that sums over windows are exact and a limiter that has nothing
 * to do multiplies by exactly 1. The true peak between two frames is estimated as in ITU-R
 * BS.1770-4, Annex 2: 4 × oversampling, 48 taps. The taps are those of the meter that most programs
 * measure with (libebur128: a sinc in a Hann window of 49), within 0.5 % up to 0.3 fs; the ones the
 * recommendation gives as an example read 2.7 % low at any frequency. */
#include "mixer/limiter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/lanes.h"
#include "base/arena.h"

#define CEILING      0.8912509f /* −1 dBTP: left alone up to here … */
#define TARGET       0.8862f    /* … and turned down to a little less */
#define DEPTH_ONE    (INT64_C(1) << 30)
#define SNAP         1e-5f
#define PHASES       3
#define TAPS         12
#define BEFORE       5 /* the estimate for frame n reads n − BEFORE … n + AFTER */
#define AFTER        6
#define GUARD        6 /* the gain is down this many frames around a peak */
#define HISTORY      16
#define LANES        16
#define SCAN         128
#define RELEASE_MS   80
#define LOOKAHEAD_MS 5

static const float interpolator[PHASES][TAPS] = {
    {-0.00163173f, 0.01035995f, -0.03010775f, 0.06915847f, -0.16145853f, 0.89646515f, 0.28868336f,
     -0.10345673f, 0.04626505f, -0.01852601f, 0.00489598f, -0.00016744f},
    {-0.00098601f, 0.01035898f, -0.03370360f, 0.08013891f, -0.18112966f, 0.62577363f, 0.62577363f,
     -0.18112966f, 0.08013891f, -0.03370360f, 0.01035898f, -0.00098601f},
    {-0.00016744f, 0.00489598f, -0.01852601f, 0.04626505f, -0.10345673f, 0.28868336f, 0.89646515f,
     -0.16145853f, 0.06915847f, -0.03010775f, 0.01035995f, -0.00163173f},
};

/* With x0 one of the two neighbours, an estimate is at most SUM_ABS × max|x|, and at most
 * SUM × max|x| + SLOPE × max|x[i+1] − x[i]|: the largest Σ|h|, |Σh| and Σ|h||i − i0| of the phases
 * (1.8642, 1.0009, 1.9099), rounded up by more than any rounding error. */
#define SUM_ABS 1.87f
#define SUM     1.002f
#define SLOPE   1.92f

struct limiter {
    uint32_t channels;
    size_t window; /* of the maximum and of the mean */
    size_t lookahead;
    size_t block;
    float keep; /* of the depth, from frame to frame, on the way back */

    frames position;
    frames mixed_until;
    frames loud_until; /* nothing was added from here on */
    float *mix[2]; /* from position − HISTORY; zeros from mixed_until and from loud_until on */
    size_t mix_size;

    frames known_until; /* depths are known up to here */
    frames deep_until;  /* and zero from here on */
    uint32_t *depth;    /* from position − past; zeros from deep_until on */
    size_t past, depth_size;
    float fallen; /* 1 − gain of the last frame taken */

    uint32_t *peaks; /* scratch: largest depths, those of parts, gains */
    uint32_t *tails;
    float *gains;
};

struct limiter *limiter_new(uint32_t rate_hz, uint32_t channels, size_t block)
{
    struct limiter *limiter = xcalloc(1, sizeof *limiter);
    size_t lookahead = (size_t)rate_hz * LOOKAHEAD_MS / 1000;

    if (lookahead < 32)
        lookahead = 32;
    limiter->channels = channels;
    limiter->lookahead = lookahead;
    limiter->window = lookahead - GUARD + 1 - AFTER;
    limiter->block = block;
    limiter->keep = (float)exp(-1000.0 / ((double)RELEASE_MS * rate_hz));
    limiter->mix_size = HISTORY + block + lookahead + 2 * LANES;
    limiter->past = limiter->window - 1 + GUARD;
    limiter->depth_size = limiter->past + block + lookahead + LANES;
    for (uint32_t c = 0; c < channels; c++)
        limiter->mix[c] = xcalloc(limiter->mix_size, sizeof(float));
    limiter->depth = xcalloc(limiter->depth_size, sizeof(uint32_t));
    limiter->peaks = xcalloc(block + limiter->window, sizeof(uint32_t));
    limiter->tails = xcalloc(block + 3 * limiter->window, sizeof(uint32_t));
    limiter->gains = xcalloc(block + LANES, sizeof(float));
    limiter_reset(limiter, 0);
    return limiter;
}

void limiter_destroy(struct limiter *limiter)
{
    if (!limiter)
        return;
    free(limiter->mix[0]);
    free(limiter->mix[1]);
    free(limiter->depth);
    free(limiter->peaks);
    free(limiter->tails);
    free(limiter->gains);
    free(limiter);
}

void limiter_reset(struct limiter *limiter, frames position)
{
    limiter->position = limiter->mixed_until = position;
    limiter->loud_until = position - HISTORY;
    limiter->known_until = position - AFTER;
    limiter->deep_until = position - (frames)limiter->past;
    limiter->fallen = 0;
    for (uint32_t c = 0; c < limiter->channels; c++)
        memset(limiter->mix[c], 0, limiter->mix_size * sizeof(float));
    memset(limiter->depth, 0, limiter->depth_size * sizeof(uint32_t));
}

void limiter_rewind(struct limiter *limiter)
{
    frames first = limiter->position - AFTER; /* the first estimate that reads what is dropped */
    size_t from = (size_t)(first - (limiter->position - (frames)limiter->past));

    for (uint32_t c = 0; c < limiter->channels; c++)
        memset(limiter->mix[c] + HISTORY, 0, (limiter->mix_size - HISTORY) * sizeof(float));
    memset(limiter->depth + from, 0, (limiter->depth_size - from) * sizeof(uint32_t));
    limiter->mixed_until = limiter->position;
    if (limiter->loud_until > limiter->position)
        limiter->loud_until = limiter->position;
    if (limiter->known_until > first)
        limiter->known_until = first;
    if (limiter->deep_until > first)
        limiter->deep_until = first;
}

frames limiter_position(const struct limiter *limiter)
{
    return limiter->position;
}

frames limiter_mixed_until(const struct limiter *limiter)
{
    return limiter->mixed_until;
}

frames limiter_lookahead(const struct limiter *limiter)
{
    return (frames)limiter->lookahead;
}

float *limiter_space(struct limiter *limiter, uint32_t channel)
{
    return limiter->mix[channel] + HISTORY + (limiter->mixed_until - limiter->position);
}

void limiter_mixed(struct limiter *limiter, size_t count, bool silent)
{
    limiter->mixed_until += (frames)count;
    if (!silent)
        limiter->loud_until = limiter->mixed_until;
}

/* Whether any of `count` |x|, a multiple of 4, is above `limit`. */
static bool exceeds(const float *x, size_t count, float limit)
{
    const lanes none = {0};
    const lane_bits bound = (lane_bits)(none + limit);
    lane_bits any = {0};

    for (size_t i = 0; i < count; i += 4)
        any |= lanes_abs_bits(lanes_load(x + i)) > bound;
    return any[0] | any[1] | any[2] | any[3];
}

/* The largest |x| of 2 × LANES. */
static float largest(const float *x)
{
    lane_bits most = {0};

    for (int i = 0; i < 2 * LANES; i += 4) {
        lane_bits level = lanes_abs_bits(lanes_load(x + i));
        most = lanes_choose(level > most, level, most);
    }
    return lanes_largest(most);
}

/* The largest |x[i + 1] − x[i]| of 2 × LANES − 1. */
static float steepest(const float *x)
{
    lane_bits most = {0};

    for (int i = 0; i < 2 * LANES; i += 4) {
        const float *next = x + (i + 4 < 2 * LANES ? i : 2 * LANES - 5);
        lane_bits level = lanes_abs_bits(lanes_load(next + 1) - lanes_load(next));
        most = lanes_choose(level > most, level, most);
    }
    return lanes_largest(most);
}

/* The true peaks of LANES frames from x on: the frame itself and three points up to the next. */
static void estimate(const float *restrict x, float *restrict peaks)
{
    for (int i = 0; i < LANES; i++)
        peaks[i] = fabsf(x[i]);
    for (int phase = 0; phase < PHASES; phase++) {
        float sums[LANES] = {0};
        for (int tap = 0; tap < TAPS; tap++)
            for (int i = 0; i < LANES; i++)
                sums[i] += interpolator[phase][tap] * x[i + tap - BEFORE];
        for (int i = 0; i < LANES; i++) {
            float a = fabsf(sums[i]);
            peaks[i] = a > peaks[i] ? a : peaks[i];
        }
    }
}

/* Raises the depths of `count` ≤ LANES frames, the first of which is x, to what they need. Returns
 * how many frames lead up to the last deep one. */
static size_t deepen(const float *x, uint32_t *depth, size_t count)
{
    float peaks[LANES];
    size_t deep = 0;

    estimate(x, peaks);
    for (size_t i = 0; i < count; i++) {
        if (peaks[i] <= CEILING)
            continue;
        double short_of_one = 1.0 - (double)TARGET / peaks[i];
        uint32_t need = (uint32_t)ceil(short_of_one * DEPTH_ONE);
        if (need > depth[i])
            depth[i] = need;
        deep = i + 1;
    }
    return deep;
}

/* The depths of `count` ≤ LANES frames from `at` on. Whether they are looked at closely makes no
 * difference to the result: they are passed over only if no estimate can exceed the ceiling. */
static void look_closely(struct limiter *limiter, frames at, size_t count)
{
    uint32_t *depth = limiter->depth + (at - limiter->position + (frames)limiter->past);

    for (uint32_t c = 0; c < limiter->channels; c++) {
        const float *x = limiter->mix[c] + HISTORY + (at - limiter->position);
        float most = largest(x - 8);
        if (most * SUM_ABS <= CEILING || most * SUM + steepest(x - 8) * SLOPE <= CEILING)
            continue;
        size_t deep = deepen(x, depth, count);
        if (deep && at + (frames)deep > limiter->deep_until)
            limiter->deep_until = at + (frames)deep;
    }
}

/* Finds the depths of all frames that are mixed far enough. */
static void find_depths(struct limiter *limiter)
{
    frames until = limiter->mixed_until - AFTER, from = limiter->known_until;
    frames loud = limiter->loud_until + BEFORE;

    limiter->known_until = until > from ? until : from;
    if (until > loud)
        until = loud;
    for (frames at = from; at < until; at += SCAN) {
        frames end = until - at < SCAN ? until : at + SCAN;
        bool look = false;
        for (uint32_t c = 0; c < limiter->channels; c++)
            look |= exceeds(limiter->mix[c] + HISTORY + (at - limiter->position) - 8,
                            (size_t)(end - at + 8 + 8 + 3) / 4 * 4, CEILING / SUM_ABS);
        for (frames close = at; look && close < end; close += LANES)
            look_closely(limiter, close, end - close < LANES ? (size_t)(end - close) : LANES);
    }
}

/* peaks[i] = the largest of depth[i … i + width − 1], by van Herk's way: stretches of `width`, each
 * with the maxima up to its end (in `tails`) and from its beginning. */
static void sliding_maximum(const uint32_t *restrict depth, size_t width, uint32_t *restrict peaks,
                            size_t count, uint32_t *restrict tails)
{
    for (size_t start = 0; start < count; start += width) {
        size_t n = count - start < width ? count - start : width;
        uint32_t most = 0;
        for (size_t i = start + width; i-- > start;) {
            most = depth[i] > most ? depth[i] : most;
            tails[i] = most;
        }
        peaks[start] = tails[start];
        most = 0;
        for (size_t i = start + 1; i < start + n; i++) {
            most = depth[i + width - 1] > most ? depth[i + width - 1] : most;
            peaks[i] = tails[i] > most ? tails[i] : most;
        }
    }
}

/* The gains of the next `count` frames while something is deep. */
static void find_gains(struct limiter *limiter, size_t count)
{
    size_t window = limiter->window;
    double scale = 1.0 / ((double)window * DEPTH_ONE);
    const uint32_t *restrict peaks = limiter->peaks;
    float *restrict gains = limiter->gains;
    float fallen = limiter->fallen, keep = limiter->keep;
    int64_t sum = 0;

    sliding_maximum(limiter->depth, window + 2 * GUARD, limiter->peaks, count + window - 1,
                    limiter->tails);
    for (size_t i = 0; i + 1 < window; i++)
        sum += peaks[i];
    for (size_t i = 0; i < count; i++) {
        sum += peaks[i + window - 1];
        float needed = (float)((double)sum * scale);
        sum -= peaks[i];
        fallen *= keep;
        fallen = fallen < SNAP ? 0 : fallen;
        fallen = needed > fallen ? needed : fallen;
        gains[i] = 1.0f - fallen;
    }
    limiter->fallen = fallen;
}

/* The same while nothing is deep but the gain is still coming back. */
static void come_back(struct limiter *limiter, size_t count)
{
    float *restrict gains = limiter->gains;
    float fallen = limiter->fallen, keep = limiter->keep;

    for (size_t i = 0; i < count; i++) {
        fallen *= keep;
        fallen = fallen < SNAP ? 0 : fallen;
        gains[i] = 1.0f - fallen;
    }
    limiter->fallen = fallen;
}

static void interleave(const struct limiter *limiter, float *restrict out, size_t count)
{
    const float *left = limiter->mix[0] + HISTORY;

    if (limiter->channels == 1) {
        memcpy(out, left, count * sizeof *out);
        return;
    }
    const float *right = limiter->mix[1] + HISTORY;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t j = i; j < i + LANES; j++) {
            out[2 * j] = left[j];
            out[2 * j + 1] = right[j];
        }
    for (; i < count; i++) {
        out[2 * i] = left[i];
        out[2 * i + 1] = right[i];
    }
}

static void slide(struct limiter *limiter, size_t count)
{
    frames start = limiter->position - HISTORY;

    if (limiter->loud_until > start) {
        size_t used = (size_t)(limiter->mixed_until - start), kept = used - count;
        for (uint32_t c = 0; c < limiter->channels; c++) {
            memmove(limiter->mix[c], limiter->mix[c] + count, kept * sizeof(float));
            memset(limiter->mix[c] + kept, 0, count * sizeof(float));
        }
    }
    start = limiter->position - (frames)limiter->past;
    if (limiter->deep_until > start) {
        size_t used = (size_t)(limiter->deep_until - start);
        size_t kept = used > count ? used - count : 0;
        memmove(limiter->depth, limiter->depth + count, kept * sizeof(uint32_t));
        memset(limiter->depth + kept, 0, (used - kept) * sizeof(uint32_t));
    }
    limiter->position += (frames)count;
}

static void apply_gains(const struct limiter *limiter, float *restrict out, size_t count)
{
    const float *restrict gains = limiter->gains;

    if (limiter->channels == 1) {
        for (; count >= LANES; count -= LANES, out += LANES, gains += LANES)
            for (int i = 0; i < LANES; i++)
                out[i] *= gains[i];
        for (size_t i = 0; i < count; i++)
            out[i] *= gains[i];
        return;
    }
    for (size_t i = 0; i < count; i++) {
        out[2 * i] *= gains[i];
        out[2 * i + 1] *= gains[i];
    }
}

void limiter_take(struct limiter *limiter, float *restrict out, size_t count)
{
    find_depths(limiter);

    bool deep = limiter->deep_until > limiter->position - (frames)limiter->past;
    bool idle = !deep && limiter->fallen == 0;
    if (deep)
        find_gains(limiter, count);
    else if (!idle)
        come_back(limiter, count);
    if (limiter->loud_until <= limiter->position) {
        memset(out, 0, count * limiter->channels * sizeof *out);
    } else {
        interleave(limiter, out, count);
        if (!idle)
            apply_gains(limiter, out, count);
    }
    slide(limiter, count);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_take.c: a take is cut to what was said, measured, and judged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "studio/record_inside.h"

#define FRAME_MS    10
#define CLICK_STEPS 9  /* frames: longer is speech */
#define CLICK_APART 20 /* of quiet beside it: the pause before a final "t" is shorter */
#define CLICK_WITH  35 /* from the end: where the click of a key is */
#define RANGE_DB    35.0
#define EDGE_NS     (20 * NSEC_PER_MSEC) /* speech nearer to the end of the take may be cut off */
#define TOO_SHORT   0.35                 /* of what one would expect */
#define TOO_LONG    4.0

/* --- the click of the key --- */

struct steps {
    bool *loud;
    size_t count, frame;
};

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double power_of(const float *samples, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double sample = isfinite(samples[i]) ? samples[i] : 0;
        sum += sample;
        squares += sample * sample;
    }
    double mean = sum / (double)count;
    return fmax(squares / (double)count - mean * mean, 1e-14);
}

/* Frames that are clearly louder than the quiet ones; free steps.loud. */
static struct steps steps_of(const float *samples, size_t count, uint32_t rate_hz)
{
    struct steps steps = {.frame = rate_hz * FRAME_MS / 1000};
    steps.count = count / steps.frame;
    steps.loud = xcalloc(steps.count + 1, sizeof *steps.loud);
    double *db = xcalloc(2 * steps.count + 1, sizeof *db), *sorted = db + steps.count;
    for (size_t i = 0; i < steps.count; i++)
        db[i] = 10 * log10(power_of(samples + i * steps.frame, steps.frame));
    memcpy(sorted, db, steps.count * sizeof *db);
    qsort(sorted, steps.count, sizeof *db, by_value);
    if (steps.count > 0) {
        double quiet = sorted[steps.count / 10], loud = sorted[steps.count * 9 / 10];
        double threshold = fmax(quiet + 10, loud - RANGE_DB);
        for (size_t i = 0; i < steps.count; i++)
            steps.loud[i] = db[i] >= threshold;
    }
    free(db);
    return steps;
}

/* Steps to leave out at one end (`direction` 1: the beginning, −1: the end). */
static size_t click_at(const struct steps *steps, int direction)
{
#define LOUD(i) (steps->loud[direction > 0 ? (i) : steps->count - 1 - (i)])
    size_t from = 0, to, next;
    while (from < steps->count && from < CLICK_WITH && !LOUD(from))
        from++;
    to = from;
    while (to < steps->count && LOUD(to))
        to++;
    next = to;
    while (next < steps->count && !LOUD(next))
        next++;
    bool click =
        to > from && to - from <= CLICK_STEPS && next < steps->count && next - to >= CLICK_APART;
#undef LOUD
    return click ? to + 2 : 0; /* its echo */
}

static void leave_clicks(const float **samples, size_t *count, uint32_t rate_hz)
{
    struct steps steps = steps_of(*samples, *count, rate_hz);
    size_t first = click_at(&steps, 1) * steps.frame;
    size_t last = click_at(&steps, -1) * steps.frame;
    if (last > 0)
        *count = steps.count * steps.frame - last;
    if (first < *count) {
        *samples += first;
        *count -= first;
    }
    free(steps.loud);
}

/* --- judging --- */

static const char *problem_of(const struct record_raw *raw, const struct take_measure *heard,
                              const struct take_measure *cut)
{
    nsec spoken_ns = cut->length_ns - cut->lead_ns - cut->tail_ns;
    double ratio = raw->expected_ns > 0 ? (double)spoken_ns / (double)raw->expected_ns : 1;
    if (raw->gap)
        return "a piece is missing: the computer was too busy; say it again";
    const char *problem = take_problem(heard);
    if (problem)
        return problem;
    if (raw->endless)
        return "no end was heard: there is a noise, or somebody talks";
    if (heard->lead_ns < EDGE_NS)
        return "the beginning may be cut off: wait a moment after the key, then speak";
    if (raw->keys && heard->tail_ns < EDGE_NS)
        return "the end may be cut off: wait a moment, then press the key";
    if (ratio < TOO_SHORT)
        return "it is much shorter than the sentence: is all of it there?";
    if (ratio > TOO_LONG)
        return "it is much longer than the sentence: is there something else in it?";
    return NULL;
}

struct record_take record_finish_take(const struct record_raw *raw, float **samples)
{
    const float *from = raw->samples;
    size_t count = raw->count;
    if (raw->keys && count > 0)
        leave_clicks(&from, &count, raw->rate_hz);
    struct record_take take = {.rate_hz = raw->rate_hz};
    const struct take_measure heard = take_measure(from, count, raw->rate_hz);
    *samples = xmalloc((count + 1) * sizeof **samples);
    if (count > 0)
        memcpy(*samples, from, count * sizeof *from);
    take.count = take_trim(*samples, count, raw->rate_hz);
    take.samples = *samples;
    take.measure = take_measure(*samples, take.count, raw->rate_hz);
    take.measure.noise_db = heard.noise_db;
    take.measure.clipped = heard.clipped;
    take.measure.peak_db = heard.peak_db;
    take.problem = take.count == 0 ? "nothing was heard: is the microphone on, and the right one?"
                                   : problem_of(raw, &heard, &take.measure);
    return take;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score.c: events in chunks that double in size, so that they never move once published. One
 * writer, one reader; three atomics are all they share. */
#include "mixer/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

#define FIRST_CHUNK 64
#define CHUNKS      32
#define MAX_GAIN    1000.0f

struct score {
    /* writer's */
    size_t appended;
    frames passed; /* resolved_until as last published */

    /* shared; chunk pointers are published by `published` */
    struct mixer_event *chunks[CHUNKS];
    _Atomic size_t published;
    _Atomic int64_t resolved_until;
    _Atomic int64_t length;
};

struct score *score_new(void)
{
    struct score *score = xcalloc(1, sizeof *score);

    score->passed = INT64_MIN;
    atomic_init(&score->published, 0);
    atomic_init(&score->resolved_until, INT64_MIN);
    atomic_init(&score->length, -1);
    return score;
}

void score_destroy(struct score *score)
{
    if (!score)
        return;
    for (int i = 0; i < CHUNKS; i++)
        free(score->chunks[i]);
    free(score);
}

/* Chunk k holds FIRST_CHUNK × 2^k events. */
static struct mixer_event *slot(const struct score *score, size_t index)
{
    unsigned long long part = index / FIRST_CHUNK + 1;
    int chunk = 63 - __builtin_clzll(part);

    return &score->chunks[chunk][index - FIRST_CHUNK * (((size_t)1 << chunk) - 1)];
}

static void make_room(struct score *score)
{
    int chunk = 63 - __builtin_clzll((unsigned long long)score->appended / FIRST_CHUNK + 1);

    if (!score->chunks[chunk])
        score->chunks[chunk] = xcalloc((size_t)FIRST_CHUNK << chunk, sizeof *score->chunks[chunk]);
}

/* A late event is not lost, only late; a gain that is no number is silence. */
static struct mixer_event cleaned(const struct score *score, const struct mixer_event *event)
{
    struct mixer_event clean = *event;

    if (clean.start < score->passed)
        clean.start = score->passed;
    if (!isfinite(clean.gain) || clean.gain < 0)
        clean.gain = 0;
    if (clean.gain > MAX_GAIN)
        clean.gain = MAX_GAIN;
    if (clean.length < 0)
        clean.length = 0;
    if (clean.fade_in < 0)
        clean.fade_in = 0;
    if (clean.fade_out < 0)
        clean.fade_out = 0;
    return clean;
}

void score_append(struct score *score, const struct mixer_event *event)
{
    struct mixer_event clean = cleaned(score, event);
    size_t published = atomic_load_explicit(&score->published, memory_order_relaxed);
    size_t at = score->appended;

    make_room(score);
    /* what is not published yet stays sorted; equal starts keep the order of appending */
    for (; at > published && slot(score, at - 1)->start > clean.start; at--)
        *slot(score, at) = *slot(score, at - 1);
    *slot(score, at) = clean;
    score->appended++;
}

void score_publish(struct score *score, frames resolved_until, frames length)
{
    size_t count = atomic_load_explicit(&score->published, memory_order_relaxed);

    if (length >= 0)
        resolved_until = INT64_MAX;
    if (resolved_until < score->passed)
        resolved_until = score->passed;
    if (resolved_until == INT64_MAX)
        count = score->appended;
    while (count < score->appended && slot(score, count)->start < resolved_until)
        count++;
    score->passed = resolved_until;
    atomic_store_explicit(&score->published, count, memory_order_release);
    atomic_store_explicit(&score->length, length, memory_order_release);
    atomic_store_explicit(&score->resolved_until, resolved_until, memory_order_release);
}

size_t score_count(const struct score *score)
{
    return score->appended;
}

const struct mixer_event *score_event(const struct score *score, size_t index)
{
    return slot(score, index);
}

struct score_view score_view(const struct score *score)
{
    struct score_view view;

    /* against the writer's order, so that nothing newer is relied upon than is seen */
    view.resolved_until = atomic_load_explicit(&score->resolved_until, memory_order_acquire);
    view.length = atomic_load_explicit(&score->length, memory_order_acquire);
    view.count = atomic_load_explicit(&score->published, memory_order_acquire);
    if (view.length >= 0)
        view.resolved_until = INT64_MAX;
    return view;
}

const struct mixer_event *score_published(const struct score *score, size_t index)
{
    return slot(score, index);
}

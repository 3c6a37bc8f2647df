/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split_hear.c: levels of a recording, and where in it something is heard. Rumble below the voice
 * is filtered out first. The noise floor is that of the half minute around, so that a fan which
 * starts in the middle is not taken for speech. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "studio/split_inside.h"

#define RUMBLE_HZ      80.0
#define SILENCE_DB     (-100.0) /* digital silence counts as this */
#define FLOOR_LEAST_DB (-80.0)
#define HEARD_DB       (-60.0)
#define BLOCK_STEPS    500 /* 5 s: the floor is kept for each */
#define AROUND         2   /* blocks before and after it that count */
#define RANGE_LEAST_DB 12.0
#define MERGE_STEPS    12 /* shorter pauses are within words */
#define CLICK_STEPS    7
#define CLICK_APART    25

struct split_ear {
    uint32_t rate_hz;
    size_t step_frames, filled;
    double energy;
    double keep, last_in[2], last_out[2]; /* of the filter */
    VEC(float) levels;                    /* dB */
    frames heard;
};

struct split_ear *split_ear_new(uint32_t rate_hz)
{
    struct split_ear *ear = xcalloc(1, sizeof *ear);
    ear->rate_hz = rate_hz;
    ear->step_frames = rate_hz * SPLIT_STEP_MS / 1000;
    ear->keep = 1 / (1 + 2 * M_PI * RUMBLE_HZ / rate_hz);
    return ear;
}

void split_ear_destroy(struct split_ear *ear)
{
    if (!ear)
        return;
    vec_free(&ear->levels);
    free(ear);
}

uint32_t split_rate(const struct split_ear *ear)
{
    return ear->rate_hz;
}

frames split_heard(const struct split_ear *ear)
{
    return ear->heard;
}

static double filtered(struct split_ear *ear, double sample)
{
    for (int i = 0; i < 2; i++) {
        double out = ear->keep * (ear->last_out[i] + sample - ear->last_in[i]);
        ear->last_in[i] = sample;
        sample = ear->last_out[i] = out;
    }
    return sample;
}

void split_hear(struct split_ear *ear, const float *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double sample = isfinite(samples[i]) ? fmin(fmax(samples[i], -8), 8) : 0;
        if (ear->heard == 0 && i == 0) /* DC from the start is not a click */
            ear->last_in[0] = sample;
        sample = filtered(ear, sample);
        ear->energy += sample * sample;
        if (++ear->filled < ear->step_frames)
            continue;
        double power = ear->energy / (double)ear->filled;
        double db = power > 1e-10 ? 10 * log10(power) : SILENCE_DB;
        *vec_push(&ear->levels) = (float)db;
        ear->filled = 0;
        ear->energy = 0;
    }
    ear->heard += (frames)count;
}

/* --- levels --- */

static int by_value(const void *a, const void *b)
{
    float left = *(const float *)a, right = *(const float *)b;
    return (left > right) - (left < right);
}

/* The value below which `share` of them are; 0 for none. */
static float percentile(const float *values, size_t count, double share)
{
    if (count == 0)
        return 0;
    float *sorted = xmalloc(count * sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    float value = sorted[(size_t)(share * (double)(count - 1))];
    free(sorted);
    return value;
}

/* The floor of each block; malloc'ed. */
static float *floors_of(const struct split_ear *ear, size_t *count)
{
    size_t steps = ear->levels.count;
    *count = (steps + BLOCK_STEPS - 1) / BLOCK_STEPS;
    float *floors = xcalloc(*count + 1, sizeof *floors);
    for (size_t i = 0; i < *count; i++) {
        size_t from = (i > AROUND ? i - AROUND : 0) * BLOCK_STEPS;
        size_t to = (i + AROUND + 1) * BLOCK_STEPS;
        to = to < steps ? to : steps;
        floors[i] = percentile(ear->levels.items + from, to - from, 0.1);
        floors[i] = fmaxf(floors[i], FLOOR_LEAST_DB);
    }
    return floors;
}

static float speech_level(const struct split_ear *ear, const float *floors)
{
    VEC(float) loud = {0};
    for (size_t i = 0; i < ear->levels.count; i++)
        if (ear->levels.items[i] > floors[i / BLOCK_STEPS] + 6)
            *vec_push(&loud) = ear->levels.items[i];
    float level = loud.count ? percentile(loud.items, loud.count, 0.75) : (float)SILENCE_DB;
    vec_free(&loud);
    return level;
}

/* --- stretches --- */

static void find_stretches(const struct split_ear *ear, const float *floors, double speech_db,
                           stretch_list *list)
{
    const float *levels = ear->levels.items;
    size_t count = ear->levels.count, taken = 0;
    for (size_t i = 0; i < count; i++) {
        double floor = floors[i / BLOCK_STEPS];
        double on = fmax(floor + 9, fmin(floor + 0.5 * (speech_db - floor), speech_db - 25));
        double off = fmax(floor + 6, on - 8);
        if (levels[i] < on)
            continue;
        struct stretch stretch = {i, i + 1};
        while (stretch.start > taken && levels[stretch.start - 1] >= off)
            stretch.start--;
        while (stretch.end < count && levels[stretch.end] >= off)
            stretch.end++;
        taken = stretch.end;
        i = stretch.end - 1;
        *vec_push(list) = stretch;
    }
}

static void merge(stretch_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct stretch *last = kept ? &list->items[kept - 1] : NULL;
        if (last && list->items[i].start - last->end < MERGE_STEPS)
            last->end = list->items[i].end;
        else
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

/* Leaves out what is very short and stands alone; returns how many. */
static size_t drop_clicks(stretch_list *list)
{
    size_t kept = 0, count = list->count;
    for (size_t i = 0; i < count; i++) {
        struct stretch stretch = list->items[i];
        bool apart = (i == 0 || stretch.start - list->items[i - 1].end >= CLICK_APART) &&
                     (i + 1 == count || list->items[i + 1].start - stretch.end >= CLICK_APART);
        if (apart && stretch.end - stretch.start <= CLICK_STEPS)
            list->items[i].end = stretch.end; /* stays as a neighbour of the next */
        else
            list->items[kept++] = stretch;
    }
    list->count = kept;
    return count - kept;
}

struct heard split_stretches(const struct split_ear *ear)
{
    struct heard heard = {.speech_db = SILENCE_DB, .floor_db = SILENCE_DB};
    size_t blocks = 0;
    float *floors = floors_of(ear, &blocks);
    if (ear->levels.count > 0) {
        heard.speech_db = speech_level(ear, floors);
        heard.floor_db = percentile(floors, blocks, 0.5);
    }
    heard.noisy =
        heard.speech_db <= SILENCE_DB || heard.speech_db - heard.floor_db < RANGE_LEAST_DB;
    heard.silent = heard.noisy ? heard.floor_db < HEARD_DB : heard.speech_db < HEARD_DB;
    if (!heard.silent && !heard.noisy) {
        find_stretches(ear, floors, heard.speech_db, &heard.stretches);
        merge(&heard.stretches);
        heard.clicks = drop_clicks(&heard.stretches);
    }
    free(floors);
    return heard;
}

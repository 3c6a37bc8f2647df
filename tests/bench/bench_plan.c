/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_plan.c: how planning a page grows: read, expand and resolve, with made-up lengths of words,
 * so that nothing else is measured. One line: CUES READ_MS EXPAND_MS RESOLVE_MS, the best of five.
 *
 *   bench_plan PAGE.md PHRASE_FOLDER */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "timeline/timeline.h"

#define ROUNDS 5

static bool speech_length(void *context, const struct cue *cue, frames *length)
{
    *length = 4800 + 3000 * (frames)strlen(cue->text);
    return true;
}

static bool sound_length(void *context, const struct cue *cue, frames fill, frames *length,
                         frames *lead)
{
    *length = fill > 0 ? fill : 24000;
    *lead = fill > 0 ? 0 : 16000;
    return true;
}

static bool any_sound(void *context, const char *folder, const char *name)
{
    return true;
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void least(double *best, double value)
{
    if (*best == 0 || value < *best)
        *best = value;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const struct timeline_lengths lengths = {NULL, speech_length, sound_length};
    double read = 0, expand = 0, resolve = 0;
    size_t cues = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct diags *diags = diags_new();
        enum limber_status status = LIMBER_OK;
        const struct routine_options page = {.sound_exists = any_sound};
        const struct plan_options options = {
            .announce = -1, .count = -1, .choice.fraction = -1, .phrase_folder = argv[2]};
        double start = now_ms();
        struct routine *routine = routine_load(argv[1], &page, diags, &status);
        double loaded = now_ms();
        struct plan *plan = routine ? plan_new(routine, &options, diags) : NULL;
        double planned = now_ms();
        if (!plan) {
            fprintf(stderr, "bench_plan: %s has errors\n", argv[1]);
            return 1;
        }
        struct timeline *timeline = timeline_new(plan, SESSION_RATE_HZ, &lengths);
        timeline_resolve(timeline);
        least(&resolve, now_ms() - planned);
        least(&read, loaded - start);
        least(&expand, planned - loaded);
        cues = plan->cue_count;
        timeline_destroy(timeline);
        plan_destroy(plan);
        routine_destroy(routine);
        diags_destroy(diags);
    }
    printf("%zu %.3f %.3f %.3f\n", cues, read, expand, resolve);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_timeline.c: how the resolver grows: 1k, 10k and 100k cues, in steps of one hold each, and
 * all in one bout (words, droppable counts and tips), which is the worst it can get. Prints
 * nanoseconds a cue. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "timeline/timeline.h"

static bool speech_length(void *context, const struct cue *cue, frames *length)
{
    *length = 24000;
    return true;
}

static bool sound_length(void *context, const struct cue *cue, frames fill, frames *length,
                         frames *lead)
{
    *length = fill > 0 ? fill : 24000;
    *lead = fill > 0 ? 0 : 16000;
    return true;
}

static struct cue inside(size_t index, enum cue_anchor anchor, nsec offset)
{
    return (struct cue){.kind = CUE_SPEECH,
                        .role = (enum cue_role)(index % 5),
                        .anchor = anchor,
                        .droppable = index % 5 > ROLE_PHRASE,
                        .offset_ns = offset,
                        .text = "words",
                        .match = -1};
}

/* Holds of ten cues. */
static void fill_holds(struct cue *cues, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i % 10 == 0)
            cues[i] = (struct cue){.kind = CUE_BOUT,
                                   .duration_ns = 20 * NSEC_PER_SEC,
                                   .match = i % 20 == 10 ? (int32_t)i - 10 : -1};
        else if (i % 10 < 4)
            cues[i] = (struct cue){.kind = CUE_SOUND,
                                   .anchor = ANCHOR_END,
                                   .offset_ns = (nsec)(i % 10) * NSEC_PER_SEC,
                                   .text = "tick",
                                   .match = -1};
        else
            cues[i] = inside(i, ANCHOR_WITH, (nsec)(i % 10 - 4) * NSEC_PER_SEC);
    }
}

static void fill_one(struct cue *cues, size_t count)
{
    cues[0] =
        (struct cue){.kind = CUE_BOUT, .duration_ns = (nsec)count * NSEC_PER_SEC / 2, .match = -1};
    for (size_t i = 1; i < count; i++)
        cues[i] = inside(i, i % 3 ? ANCHOR_WITH : ANCHOR_END, (nsec)(i * 7919 % count) * 499999999);
}

static double measure(const struct cue *cues, size_t count)
{
    struct plan plan = {.cues = cues, .cue_count = count};
    struct timeline_lengths lengths = {NULL, speech_length, sound_length};
    double best = 1e18;
    for (int round = 0; round < 5; round++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        struct timeline *timeline = timeline_new(&plan, SESSION_RATE_HZ, &lengths);
        if (!timeline_resolve(timeline))
            return -1;
        clock_gettime(CLOCK_MONOTONIC, &to);
        timeline_destroy(timeline);
        double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
        best = ns < best ? ns : best;
    }
    return best;
}

int main(void)
{
    static const size_t counts[] = {1000, 10000, 100000};
    static const struct {
        const char *name;
        void (*fill)(struct cue *cues, size_t count);
    } plans[] = {{"holds of ten cues", fill_holds}, {"all in one bout", fill_one}};
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            struct cue *cues = xcalloc(counts[i], sizeof *cues);
            plans[p].fill(cues, counts[i]);
            double ns = measure(cues, counts[i]);
            printf("timeline, %s: %zu cues in %.2f ms, %.0f ns a cue\n", plans[p].name, counts[i],
                   ns / 1e6, ns / (double)counts[i]);
            free(cues);
        }
    }
    return 0;
}

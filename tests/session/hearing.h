/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hearing.h: what came out of the device of steps.h: known clips are searched for by their samples.
 */
#ifndef HEARING_H
#define HEARING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "audio/clip.h"
#include "base/vec.h"
#include "steps.h"

#define S STEPS_RATE

struct heard {
    frames at;
    const char *what; /* the words, or the name of the sound */
    frames length;
    int parts; /* of PARTS that were found */
};
#define PARTS 3
static VEC(struct heard) heard;

/* 64 samples of a clip that are looked for, and which of them is largest. */
struct probe {
    const float *want;
    int largest;
};

static struct probe probe_of(const struct clip *clip, frames from)
{
    struct probe probe = {.want = clip->samples + from};
    for (int i = 1; i < 64; i++)
        if (fabsf(probe.want[i]) > fabsf(probe.want[probe.largest]))
            probe.largest = i;
    return probe;
}

/* Whether they are there, at any loudness. */
static bool is_there(const struct probe *probe, const float *is)
{
    float most = probe->want[probe->largest];
    float gain = is[probe->largest] / most;
    if (gain < 0.05F || gain > 20)
        return false;
    for (int i = 0; i < 64; i++)
        if (fabsf(is[i] - gain * probe->want[i]) > 0.004F * fabsf(gain * most))
            return false;
    return true;
}

/* The frame of the clip around which it is loudest in [from, until). */
static frames loudest(const struct clip *clip, frames from, frames until)
{
    frames best = from;
    for (frames i = from; i < until; i++)
        if (fabsf(clip->samples[i]) > fabsf(clip->samples[best]))
            best = i;
    return best < 32 ? 0 : best + 32 > clip->length ? clip->length - 64 : best - 32;
}

static struct heard *entry_near(const char *what, frames at)
{
    for (size_t i = 0; i < heard.count; i++)
        if (strcmp(heard.items[i].what, what) == 0 && llabs(heard.items[i].at - at) < S / 20)
            return &heard.items[i];
    return NULL;
}

/* Notes each time that the clip was heard, by its beginning, middle and end: a tone may sound at
 * the same time as one of them. */
static void find(const struct clip *clip, const char *what)
{
    assert_true(clip->channels == 1 && clip->length >= 3 * 64);
    for (int part = 0; part < PARTS; part++) {
        frames from = clip->length * part / PARTS, until = clip->length * (part + 1) / PARTS;
        frames here = loudest(clip, from, until);
        const struct probe probe = probe_of(clip, here);
        for (frames at = here; at + 64 < steps_device.taken; at++) {
            if (!is_there(&probe, steps_device.heard + at))
                continue;
            struct heard *entry = entry_near(what, at - here);
            if (!entry) {
                entry = vec_push(&heard);
                *entry = (struct heard){.at = at - here, .what = what, .length = clip->length};
            }
            entry->parts++;
            at += clip->length / PARTS;
        }
    }
}

/* Sentences may begin or end alike: of those at one moment the one that has most of its parts. */
static void leave_out_likenesses(void)
{
    size_t kept = 0;
    for (size_t i = 0; i < heard.count; i++) {
        bool other = false;
        for (size_t k = 0; k < heard.count; k++)
            other |= heard.items[k].parts > heard.items[i].parts &&
                     llabs(heard.items[k].at - heard.items[i].at) < S / 5;
        if (!other)
            heard.items[kept++] = heard.items[i];
    }
    heard.count = kept;
}

static int by_time(const void *a, const void *b)
{
    const struct heard *left = a, *right = b;
    return (left->at > right->at) - (left->at < right->at);
}

static size_t entry_of(const char *what, frames from)
{
    for (size_t i = 0; i < heard.count; i++)
        if (heard.items[i].at >= from && strcmp(heard.items[i].what, what) == 0)
            return i;
    fail_msg("\"%s\" was not heard after %.3f s", what, (double)from / S);
    return 0;
}

/* When it was heard first from a frame on. */
static frames when(const char *what, frames from)
{
    return heard.items[entry_of(what, from)].at;
}

static bool is_silent(frames from, frames until)
{
    for (frames i = from; i < until; i++)
        if (steps_device.heard[i] != 0)
            return false;
    return true;
}

/* The sound began at `at`, whatever else sounded: its share in what was heard there. */
static bool is_mixed_in(const struct clip *clip, frames at)
{
    double both = 0, alone = 0;
    frames count = clip->length < S / 2 ? clip->length : S / 2;
    for (frames i = 0; i < count && at + i < steps_device.taken; i++) {
        both += (double)steps_device.heard[at + i] * clip->samples[i];
        alone += (double)clip->samples[i] * clip->samples[i];
    }
    return both > 0.8 * alone && both < 1.2 * alone;
}

#endif

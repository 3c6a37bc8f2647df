/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recital.c: clips → a score, and a look at it every now and then while it plays. */
#include "session/recital.h"

#include <stdlib.h>

#include "base/arena.h"

#define GAP_MS   400
#define WATCH_MS 50

struct recital {
    struct recital_options options;
    uint32_t timer;
    size_t told; /* clips that have begun */
    bool heard;
};

struct score *recital_score(const struct recital_item *items, size_t count, uint32_t rate_hz,
                            frames *length)
{
    struct score *score = score_new();
    frames at = 0, gap = (frames)rate_hz * GAP_MS / 1000;
    *length = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mixer_event event = {.kind = items[i].words ? EVENT_SPEECH : EVENT_SOUND,
                                          .start = at,
                                          .length = items[i].clip->length,
                                          .gain = items[i].gain,
                                          .clip = items[i].clip};
        score_append(score, &event);
        *length = at + event.length;
        at = *length + gap;
    }
    score_publish(score, INT64_MAX, *length);
    return score;
}

uint32_t recital_channels(const struct recital_item *items, size_t count)
{
    uint32_t channels = 1;
    for (size_t i = 0; i < count; i++) {
        if (items[i].clip->channels > channels)
            channels = items[i].clip->channels;
    }
    return channels;
}

/* Tells of the clips that have begun by `position`. */
static void tell(struct recital *recital, frames position)
{
    const struct recital_options *options = &recital->options;
    while (options->began && recital->told < score_count(options->score) &&
           score_event(options->score, recital->told)->start <= position)
        options->began(options->context, recital->told++);
}

static void watch(void *context)
{
    struct recital *recital = context;
    const struct recital_options *options = &recital->options;
    stream_watch(options->stream);
    if (stream_state(options->stream) != STREAM_RUNNING || recital->heard)
        return;
    if (!stream_drained(options->stream)) {
        tell(recital, stream_heard(options->stream));
        return;
    }
    tell(recital, INT64_MAX);
    recital->heard = true;
    if (options->heard)
        options->heard(options->context);
}

struct recital *recital_new(const struct recital_options *options)
{
    struct recital *recital = xcalloc(1, sizeof *recital);
    recital->options = *options;
    recital->timer = loop_add_timer(options->loop, WATCH_MS, WATCH_MS, watch, recital);
    stream_play(options->stream, options->score, 0);
    return recital;
}

bool recital_heard(const struct recital *recital)
{
    return recital->heard;
}

void recital_destroy(struct recital *recital)
{
    if (!recital)
        return;
    loop_remove(recital->options.loop, recital->timer);
    stream_hold(recital->options.stream);
    free(recital);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audition.c: clips → a score → the same stream, or the same file, as a session's. */
#include "session/audition.h"

#include <stdlib.h>

#include "base/arena.h"
#include "plugin/call.h"
#include "session/render.h"
#include "session/stream.h"

#define GAP_MS   400
#define WATCH_MS 50

static struct score *score_of(const struct audition_options *options,
                              const struct audition_item *items, size_t count, frames *length)
{
    struct score *score = score_new();
    frames at = 0, gap = (frames)options->rate_hz * GAP_MS / 1000;
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

static uint32_t channels_of(const struct audition_item *items, size_t count)
{
    uint32_t channels = 1;
    for (size_t i = 0; i < count; i++) {
        if (items[i].clip->channels > channels)
            channels = items[i].clip->channels;
    }
    return channels;
}

static void watch(void *context)
{
    stream_watch(context);
}

/* Tells of the clips that have begun by `position`; returns how many were told so far. */
static size_t tell(const struct audition_options *options, const struct score *score,
                   frames position, size_t told)
{
    while (options->began && told < score_count(score) &&
           score_event(score, told)->start <= position)
        options->began(options->context, told++);
    return told;
}

/* Serves the loop until all was heard, or will never be. */
static enum limber_status listen(const struct audition_options *options, const struct score *score,
                                 struct stream *stream, char **error)
{
    size_t told = 0;
    uint32_t timer = loop_add_timer(options->host->loop, WATCH_MS, WATCH_MS, watch, stream);
    enum stream_state state = stream_state(stream);
    while ((state == STREAM_OPENING || state == STREAM_RUNNING) && !stream_drained(stream)) {
        loop_step(options->host->loop, -1);
        state = stream_state(stream);
        if (state == STREAM_RUNNING)
            told = tell(options, score, stream_heard(stream), told);
    }
    loop_remove(options->host->loop, timer);
    if (state == STREAM_OPENING || state == STREAM_RUNNING) {
        tell(options, score, INT64_MAX, told);
        return LIMBER_OK;
    }
    *error = xstrdup(stream_problem(stream));
    return LIMBER_FAILED;
}

static enum limber_status play_live(const struct audition_options *options,
                                    const struct score *score, uint32_t channels, char **error)
{
    const struct stream_options stream_options = {.loop = options->host->loop,
                                                  .registry = options->host->registry,
                                                  .output = options->output,
                                                  .rate_hz = options->rate_hz,
                                                  .lead_in = options->lead_in};
    struct stream *stream = NULL;
    enum limber_status status = stream_new(&stream_options, &stream, error);
    if (status != LIMBER_OK)
        return status;
    stream_set_channels(stream, channels);
    stream_play(stream, score, 0);
    status = listen(options, score, stream, error);
    stream_hold(stream); /* nobody reads the score any more */
    stream_destroy(stream);
    return status;
}

enum limber_status audition_play(const struct audition_options *options,
                                 const struct audition_item *items, size_t count, char **error)
{
    struct plugin_instance *output =
        registry_instance(options->host->registry, options->output, error);
    if (!output)
        return LIMBER_NOT_FOUND;
    frames length = 0;
    struct score *score = score_of(options, items, count, &length);
    uint32_t channels = channels_of(items, count);
    const struct render_score file = {.registry = options->host->registry,
                                      .output = options->output,
                                      .target = options->target,
                                      .score = score,
                                      .total = length,
                                      .rate_hz = options->rate_hz,
                                      .channels = channels,
                                      .title = options->title};
    bool live = call_output_is_pull(output);
    if (!live)
        tell(options, score, INT64_MAX, 0);
    enum limber_status status =
        live ? play_live(options, score, channels, error) : render_score(&file, error);
    score_destroy(score);
    return status;
}

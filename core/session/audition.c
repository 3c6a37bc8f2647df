/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audition.c: clips → a score → the same stream, or the same file, as a session's. */
#include "session/audition.h"

#include <stdlib.h>

#include "base/arena.h"
#include "plugin/call.h"
#include "session/render.h"
#include "session/stream.h"

/* Serves the loop until all was heard, or will never be. */
static enum limber_status listen(const struct audition_options *options, const struct score *score,
                                 struct stream *stream, char **error)
{
    const struct recital_options recital_options = {.loop = options->host->loop,
                                                    .stream = stream,
                                                    .score = score,
                                                    .began = options->began,
                                                    .context = options->context};
    struct recital *recital = recital_new(&recital_options);
    enum stream_state state = stream_state(stream);
    while ((state == STREAM_OPENING || state == STREAM_RUNNING) && !recital_heard(recital)) {
        loop_step(options->host->loop, -1);
        state = stream_state(stream);
    }
    bool heard = recital_heard(recital);
    recital_destroy(recital);
    if (heard)
        return LIMBER_OK;
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
    status = listen(options, score, stream, error);
    stream_destroy(stream);
    return status;
}

enum limber_status audition_play(const struct audition_options *options,
                                 const struct recital_item *items, size_t count, char **error)
{
    struct plugin_instance *output =
        registry_instance(options->host->registry, options->output, error);
    if (!output)
        return LIMBER_NOT_FOUND;
    frames length = 0;
    struct score *score = recital_score(items, count, options->rate_hz, &length);
    uint32_t channels = recital_channels(items, count);
    const struct render_score file = {.registry = options->host->registry,
                                      .output = options->output,
                                      .target = options->target,
                                      .score = score,
                                      .total = length,
                                      .rate_hz = options->rate_hz,
                                      .channels = channels,
                                      .title = options->title};
    bool live = call_output_is_pull(output);
    for (size_t i = 0; !live && options->began && i < count; i++)
        options->began(options->context, i);
    enum limber_status status =
        live ? play_live(options, score, channels, error) : render_score(&file, error);
    score_destroy(score);
    return status;
}

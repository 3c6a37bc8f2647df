/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor_begin.c: how a conductor begins, at the beginning or where a session was left, and how
 * it is let go. */
#include <stdlib.h>

#include "base/log.h"
#include "session/checkpoint.h"
#include "session/conductor_inside.h"

#define LOG_MODULE "conductor"

static void words_ready(void *context)
{
    struct conductor *conductor = context;
    if (conductor->finished)
        return;
    if (!timeline_complete(conductor->feed->timeline)) {
        feed_advance(conductor->feed);
        if (conductor->runs)
            stream_kick(conductor->stream);
    }
    if (conductor->answer.kind != ANSWER_NONE && !conductor->speaking)
        announce_try(conductor);
}

/* --- beginning and end --- */

/* The point of a fresh timeline at `frame`: everything before is resolved first. */
static struct timeline_from point_of_plan(struct conductor *conductor, frames frame)
{
    struct timeline_from from = {0};
    session_finish(conductor->session, conductor->feed->timeline, NULL, NULL);
    timeline_point(conductor->feed->timeline, frame, &from);
    return from;
}

/* Where the timeline that is there was left at `frame`; waits for the words up to there. */
static struct timeline_from point_of_feed(struct conductor *conductor, frames frame)
{
    struct timeline_from from = {0};
    struct timeline *timeline = conductor->feed->timeline;
    struct cast *cast = conductor->session->cast;
    uint32_t waiting = 0;
    while (!timeline_resolve(timeline) && timeline_resolved_until(timeline) <= frame &&
           timeline_waiting_for(timeline, &waiting)) {
        uint32_t id = conductor->feed->script->cast_ids[waiting];
        cast_hurry(cast, id);
        cast_wait(cast, id);
    }
    timeline_point(timeline, frame, &from);
    return from;
}

/* Stands where a checkpoint says. */
static bool take_checkpoint(struct conductor *conductor)
{
    struct checkpoint checkpoint;
    if (!checkpoint_read(conductor->options.resume, &checkpoint))
        log_warning("the place to go on from is not readable: from the beginning");
    changes_free(&conductor->changes);
    conductor->changes = checkpoint.changes;
    conductor_rebuild(conductor, checkpoint.from);
    if (conductor->options.heard > checkpoint.from.at && !conductor->over)
        conductor_rebuild(conductor, point_of_feed(conductor, conductor->options.heard));
    return checkpoint.paused;
}

static struct phrases *load_phrases(const struct session *session)
{
    struct diags *diags = diags_new(); /* told when the page was planned */
    struct phrases *phrases =
        phrases_load(session->phrase_folder, session->routine->language, diags);
    diags_destroy(diags);
    return phrases;
}

static void begin(struct conductor *conductor)
{
    const struct conductor_options *options = &conductor->options;
    bool paused = false;
    if (options->resume)
        paused = take_checkpoint(conductor);
    else if (options->start_at > 0)
        conductor_rebuild(conductor, point_of_plan(conductor, options->start_at));
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_BEGIN});
    if (options->resume && options->left && !options->ask) {
        conductor_go_on(conductor, INT64_MAX);
        return;
    }
    if (!paused && !(options->resume && options->ask)) {
        conductor_run(conductor);
        return;
    }
    conductor->paused = true;
    conductor->paused_ms = conductor_now_ms(conductor);
    conductor->question = options->ask;
    if (options->ask)
        conductor_answer(conductor, (struct answer){.kind = ANSWER_QUESTION});
}

static void set_levels(struct conductor *conductor)
{
    if (!conductor->options.level_db)
        return;
    for (int part = 0; part < PART_COUNT; part++) {
        conductor->level_db[part] = conductor->options.level_db[part];
        conductor_apply_level(conductor, (enum command_part)part);
    }
}

struct conductor *conductor_new(const struct conductor_options *options)
{
    struct conductor *conductor = xcalloc(1, sizeof *conductor);
    conductor->options = *options;
    conductor->session = options->session;
    conductor->stream = options->stream;
    conductor->phrases = load_phrases(options->session);
    conductor->arena = arena_new();
    conductor->said = conductor->move = UINT32_MAX;
    conductor->step = SIZE_MAX;
    conductor->feed = feed_new(options->session, NULL, NULL);
    stream_set_channels(conductor->stream, session_channels(options->session));
    set_levels(conductor);
    begin(conductor);
    cast_on_ready(conductor->session->cast, words_ready, conductor);
    answer_prepare(conductor);
    conductor_look_soon(conductor);
    return conductor;
}

void conductor_destroy(struct conductor *conductor)
{
    if (!conductor)
        return;
    stream_hold(conductor->stream); /* nobody reads the scores any more */
    stream_chime(conductor->stream, NULL, 0);
    cast_on_ready(conductor->session->cast, NULL, NULL);
    loop_remove(conductor->options.loop, conductor->timer);
    score_destroy(conductor->aside);
    feed_destroy(conductor->feed);
    changes_free(&conductor->changes);
    phrases_destroy(conductor->phrases);
    arena_destroy(conductor->arena);
    free(conductor);
}

bool conductor_finished(const struct conductor *conductor)
{
    return conductor->finished;
}

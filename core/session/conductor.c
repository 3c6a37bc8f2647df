/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor.c: a session being played: where it is, the three moves of every change, and what time
 * brings. The commands are in commands.c. */
#include "session/conductor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "session/checkpoint.h"
#include "session/conductor_inside.h"

#define LOG_MODULE        "conductor"
#define TICK_MS           250
#define OPEN_MARGIN_MS    1500 /* an open `ready` is prolonged when less than this is left */
#define OPEN_MORE_SECONDS 30
#define HURRY_SECONDS     5 /* of the session left that can be heard without further words */

const struct cue *conductor_cue(const struct conductor *conductor, size_t index)
{
    return &conductor->session->script->plan->cues[index];
}

/* --- where are we --- */

frames conductor_heard(const struct conductor *conductor)
{
    if (conductor->paused || conductor->aside)
        return conductor->cut;
    frames at = stream_heard(conductor->stream);
    return at > conductor->from.at ? at : conductor->from.at;
}

size_t conductor_step_after(const struct conductor *conductor, size_t step)
{
    const struct plan *plan = conductor->session->script->plan;
    do
        step++;
    while (step < plan->cue_count && plan->cues[step].anchor != ANCHOR_NEXT);
    return step;
}

/* The point to go on from if the session is cut at `frame`. */
static struct timeline_from point_at(const struct conductor *conductor, frames frame)
{
    struct timeline_from from = {0};
    timeline_point(conductor->feed->timeline, frame, &from);
    return from;
}

/* --- the three moves --- */

struct timeline_from conductor_stop_sound(struct conductor *conductor)
{
    if (conductor->paused || conductor->aside) {
        stream_hold(conductor->stream);
    } else {
        conductor->cut = stream_hold(conductor->stream);
        conductor->resume = point_at(conductor, conductor->cut);
    }
    score_destroy(conductor->aside);
    conductor->aside = NULL;
    return conductor->resume;
}

void conductor_go_on_from(struct conductor *conductor, struct timeline_from from)
{
    struct feed *before = conductor->feed;
    if (from.step >= conductor->session->script->plan->cue_count) {
        conductor->finished = true;
        return;
    }
    conductor->from = from;
    conductor->feed = feed_new(conductor->session, &from, &conductor->changes);
    conductor->seen = 0;
    conductor->paused = false;
    feed_advance(conductor->feed);
    stream_play(conductor->stream, conductor->feed->score, from.at);
    feed_destroy(before);
}

void conductor_go_on(struct conductor *conductor)
{
    conductor_go_on_from(conductor, conductor->resume);
}

/* Says some words, then goes on, or stays paused. */
void conductor_say_aside(struct conductor *conductor, uint32_t cue)
{
    frames length = 0;
    uint32_t id = conductor->session->script->cast_ids[cue];
    cast_hurry(conductor->session->cast, id);
    cast_wait(conductor->session->cast, id);
    conductor->aside =
        feed_aside(conductor->session, conductor->feed, conductor->cut, &id, 1, &length);
    stream_play(conductor->stream, conductor->aside, 0);
}

bool conductor_waiting(const struct conductor *conductor)
{
    struct timeline_step step;
    return timeline_step_at(conductor->feed->timeline, conductor_heard(conductor), &step) &&
           conductor_cue(conductor, step.step)->open;
}

/* --- time goes by --- */

static void tell_cues(struct conductor *conductor, frames now)
{
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    while (conductor->seen < count && entries[conductor->seen].start <= now) {
        const struct timeline_entry *entry = &entries[conductor->seen++];
        const struct cue *cue = conductor_cue(conductor, entry->cue);
        if (cue->kind == CUE_SPEECH && cue->role <= ROLE_INSTRUCTION)
            conductor->said = entry->cue;
        bool told = entry->cue == conductor->from.step && conductor->from.elapsed > 0;
        if (conductor->options.cue && !told)
            conductor->options.cue(conductor->options.context, cue, entry->start);
    }
}

/* Words that are not there although they are heard soon must not stop the session. */
static void hurry_words(struct conductor *conductor, frames now)
{
    const struct timeline *timeline = conductor->feed->timeline;
    frames left = timeline_resolved_until(timeline) - now;
    if (left < (frames)session_rate(conductor->session) * HURRY_SECONDS)
        session_hurry(conductor->session, timeline);
}

/* A `ready` without a time waits for the person: prolong it, and say its words again. */
static void keep_waiting(struct conductor *conductor, frames now)
{
    struct timeline_step step;
    if (!timeline_step_at(conductor->feed->timeline, now, &step) ||
        !conductor_cue(conductor, step.step)->open)
        return;
    frames margin = (frames)session_rate(conductor->session) * OPEN_MARGIN_MS / 1000;
    if (step.start + step.length - now > margin)
        return;
    struct timeline_from from = conductor_stop_sound(conductor);
    const struct plan *plan = conductor->session->script->plan;
    changes_add(&conductor->changes, plan, (uint32_t)from.step,
                (frames)session_rate(conductor->session) * OPEN_MORE_SECONDS);
    size_t words = step.step + 1;
    while (words < plan->cue_count && plan->cues[words].anchor != ANCHOR_NEXT &&
           plan->cues[words].kind != CUE_SPEECH)
        words++;
    if (words < plan->cue_count && plan->cues[words].anchor != ANCHOR_NEXT)
        conductor_say_aside(conductor, (uint32_t)words);
    else
        conductor_go_on(conductor);
}

static void tick(void *context)
{
    struct conductor *conductor = context;
    stream_watch(conductor->stream);
    if (conductor->finished)
        return;
    if (conductor->aside) {
        if (stream_over(conductor->stream)) {
            conductor_stop_sound(conductor);
            if (!conductor->paused)
                conductor_go_on(conductor);
        }
        return;
    }
    if (conductor->paused)
        return;
    if (!feed_advance(conductor->feed))
        stream_kick(conductor->stream);
    frames now = conductor_heard(conductor);
    hurry_words(conductor, now);
    tell_cues(conductor, now);
    feed_release(conductor->feed, now);
    if (timeline_complete(conductor->feed->timeline) && stream_drained(conductor->stream)) {
        tell_cues(conductor, INT64_MAX);
        conductor->finished = true;
    } else if (stream_state(conductor->stream) == STREAM_RUNNING) {
        keep_waiting(conductor, now);
    }
    if (conductor->options.changed)
        conductor->options.changed(conductor->options.context);
}

static void words_ready(void *context)
{
    struct conductor *conductor = context;
    if (conductor->finished || timeline_complete(conductor->feed->timeline))
        return;
    feed_advance(conductor->feed);
    stream_kick(conductor->stream);
}

/* The point of a fresh timeline at `frame`: everything before is resolved first. */
static struct timeline_from point_of_plan(struct conductor *conductor, frames frame)
{
    struct timeline_from from = {0};
    if (frame <= 0)
        return from;
    session_finish(conductor->session, conductor->feed->timeline, NULL, NULL);
    return point_at(conductor, frame);
}

/* Goes on from a checkpoint, paused if it was. */
static void resume(struct conductor *conductor, const char *text)
{
    struct checkpoint checkpoint;
    if (!checkpoint_read(text, &checkpoint))
        log_warning("the place to go on from is not readable: from the beginning");
    conductor->resume = checkpoint.from;
    conductor->changes = checkpoint.changes;
    conductor->cut = checkpoint.from.at;
    if (!checkpoint.paused) {
        conductor_go_on(conductor);
        return;
    }
    feed_destroy(conductor->feed);
    conductor->from = conductor->resume;
    conductor->feed = feed_new(conductor->session, &conductor->from, &conductor->changes);
    feed_advance(conductor->feed);
    conductor->paused = true;
}

struct conductor *conductor_new(const struct conductor_options *options)
{
    struct conductor *conductor = xcalloc(1, sizeof *conductor);
    conductor->options = *options;
    conductor->session = options->session;
    conductor->stream = options->stream;
    conductor->said = UINT32_MAX;
    conductor->feed = feed_new(options->session, NULL, NULL);
    stream_set_channels(conductor->stream, session_channels(options->session));
    if (options->resume) {
        resume(conductor, options->resume);
    } else if (options->start_at > 0) {
        conductor_go_on_from(conductor, point_of_plan(conductor, options->start_at));
    } else {
        feed_advance(conductor->feed);
        stream_play(conductor->stream, conductor->feed->score, 0);
    }
    cast_on_ready(conductor->session->cast, words_ready, conductor);
    conductor->timer = loop_add_timer(options->loop, TICK_MS, TICK_MS, tick, conductor);
    return conductor;
}

void conductor_destroy(struct conductor *conductor)
{
    if (!conductor)
        return;
    stream_hold(conductor->stream); /* nobody reads the scores any more */
    cast_on_ready(conductor->session->cast, NULL, NULL);
    loop_remove(conductor->options.loop, conductor->timer);
    score_destroy(conductor->aside);
    feed_destroy(conductor->feed);
    changes_free(&conductor->changes);
    free(conductor);
}

void conductor_checkpoint(const struct conductor *conductor, struct str *to)
{
    struct checkpoint checkpoint = {
        .from = conductor->resume, .changes = conductor->changes, .paused = conductor->paused};
    if (!conductor->paused && !conductor->aside)
        checkpoint.from = point_at(conductor, conductor_heard(conductor));
    checkpoint_write(&checkpoint, to);
}

bool conductor_finished(const struct conductor *conductor)
{
    return conductor->finished;
}

static enum limber_transport transport(const struct conductor *conductor)
{
    if (conductor->finished)
        return LIMBER_IDLE;
    if (conductor->paused)
        return LIMBER_PAUSED;
    if (stream_state(conductor->stream) == STREAM_LOST)
        return LIMBER_LOST_OUTPUT;
    return conductor_waiting(conductor) ? LIMBER_WAITING : LIMBER_PLAYING;
}

void conductor_snapshot(const struct conductor *conductor, struct limber_snapshot *snapshot)
{
    const struct plan *plan = conductor->session->script->plan;
    frames now = conductor_heard(conductor);
    struct timeline_step step;
    snapshot->rate_hz = session_rate(conductor->session);
    snapshot->transport = transport(conductor);
    snapshot->title = session_routine(conductor->session)->title;
    snapshot->move = snapshot->side = snapshot->text = snapshot->bout = "";
    snapshot->position_frames = now;
    snapshot->total_frames = timeline_complete(conductor->feed->timeline)
                                 ? timeline_length(conductor->feed->timeline)
                                 : frames_from_ns(plan->estimate_ns, snapshot->rate_hz);
    snapshot->bout_left_frames = 0;
    if (conductor->said != UINT32_MAX)
        snapshot->text = conductor_cue(conductor, conductor->said)->text;
    if (!timeline_step_at(conductor->feed->timeline, now, &step))
        return;
    const struct cue *cue = conductor_cue(conductor, step.step);
    if (cue->move < plan->move_count)
        snapshot->move = plan->moves[cue->move].name;
    if (cue->side != SIDE_NONE)
        snapshot->side = side_name(cue->side);
    snapshot->round = cue->round;
    snapshot->set = cue->set;
    snapshot->rep = cue->rep;
    if (cue->kind == CUE_BOUT) {
        snapshot->bout = bout_kind_name(cue->bout);
        snapshot->bout_left_frames = step.start + step.length - now;
    }
}

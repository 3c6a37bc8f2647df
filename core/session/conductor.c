/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor.c: a session being played: standing and running, and what time brings. */
#include "session/conductor.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "session/conductor_inside.h"

#define LOG_MODULE        "conductor"
#define TICK_MS           250
#define TICK_SOON_MS      30   /* while something short is waited for */
#define OPEN_MARGIN_MS    1500 /* an open `ready` is prolonged when less than this is left */
#define OPEN_MORE_SECONDS 30
#define HURRY_SECONDS     5 /* of the session left that can be heard without further words */
#define EFFORT_WAIT_MS    8000

const struct plan *conductor_plan(const struct conductor *conductor)
{
    return conductor->feed->script->plan;
}

const struct cue *conductor_cue(const struct conductor *conductor, size_t index)
{
    return &conductor_plan(conductor)->cues[index];
}

int64_t conductor_now_ms(const struct conductor *conductor)
{
    if (conductor->options.now_ms)
        return conductor->options.now_ms(conductor->options.context);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* --- where are we --- */

frames conductor_heard(const struct conductor *conductor)
{
    if (!conductor->runs)
        return conductor->from.at;
    frames at = stream_heard(conductor->stream);
    return at > conductor->from.at ? at : conductor->from.at;
}

size_t conductor_step(const struct conductor *conductor)
{
    struct timeline_step step;
    if (conductor->over)
        return conductor_plan(conductor)->cue_count;
    if (conductor->runs &&
        timeline_step_at(conductor->feed->timeline, conductor_heard(conductor), &step))
        return step.step;
    return conductor->runs && timeline_complete(conductor->feed->timeline)
               ? conductor_plan(conductor)->cue_count
               : conductor->from.step;
}

bool conductor_waiting(const struct conductor *conductor)
{
    size_t step = conductor_step(conductor);
    return step < conductor_plan(conductor)->cue_count && conductor_cue(conductor, step)->open;
}

bool conductor_page_speaks(const struct conductor *conductor, bool cautions_only)
{
    if (conductor->speaking && conductor->answer.kind == ANSWER_AGAIN)
        return conductor_cue(conductor, conductor->answer.cue)->role == ROLE_CAUTION;
    if (!conductor->runs)
        return false;
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    frames heard = conductor_heard(conductor), taken = stream_taken(conductor->stream);
    for (size_t i = count; i-- > 0;) {
        const struct cue *cue = conductor_cue(conductor, entries[i].cue);
        if (cue->kind == CUE_SPEECH && (cue->role == ROLE_CAUTION || !cautions_only) &&
            entries[i].start < taken && entries[i].start + entries[i].length > heard)
            return true;
    }
    return false;
}

/* --- standing and running --- */

void conductor_rebuild(struct conductor *conductor, struct timeline_from from)
{
    struct feed *before = conductor->feed;
    bool other_plan = conductor->session->script->before != NULL;
    conductor->from = from;
    conductor->over = from.step >= session_plan(conductor->session)->cue_count;
    if (conductor->over)
        from.step = session_plan(conductor->session)->cue_count;
    conductor->feed = feed_new(conductor->session, &from, &conductor->changes);
    conductor->seen = 0;
    feed_advance(conductor->feed);
    feed_destroy(before);
    if (!other_plan)
        return;
    conductor->step = SIZE_MAX;
    if (conductor->said != UINT32_MAX)
        conductor->said = session_cue_now(conductor->session, conductor->said);
    session_let_go(conductor->session);
}

void conductor_stand(struct conductor *conductor)
{
    if (conductor->runs || conductor->speaking) {
        frames cut = stream_hold(conductor->stream);
        if (conductor->runs) {
            struct timeline_from from = {0};
            if (cut < conductor->from.at)
                cut = conductor->from.at;
            timeline_point(conductor->feed->timeline, cut, &from);
            conductor->runs = false;
            conductor_rebuild(conductor, from);
        }
    }
    announce_drop(conductor);
}

void conductor_jump(struct conductor *conductor, size_t step)
{
    conductor_rebuild(conductor, (struct timeline_from){.step = step, .at = conductor->from.at});
}

void conductor_play_feed(struct conductor *conductor, struct feed *feed, frames frame)
{
    feed_advance(feed);
    if (!conductor->runs && conductor->options.begins)
        conductor->options.begins(conductor->options.context, conductor);
    stream_play(conductor->stream, feed->score, frame);
    conductor->feed = feed;
    conductor->runs = true;
}

void conductor_run(struct conductor *conductor)
{
    conductor->paused = conductor->question = false;
    if (conductor->over)
        announce_ending(conductor);
    else
        conductor_play_feed(conductor, conductor->feed, conductor->from.at);
}

void conductor_finish(struct conductor *conductor, enum conductor_happening how)
{
    if (conductor->finished)
        return;
    conductor_stand(conductor);
    conductor->finished = true;
    conductor_tell(conductor, (struct conductor_event){.what = how});
}

/* --- telling --- */

/* What happened at this step and frame. */
static void tell_at(struct conductor *conductor, struct conductor_event event, size_t step,
                    frames at)
{
    if (!conductor->options.event)
        return;
    const struct plan *plan = conductor_plan(conductor);
    frames late = conductor->told_at - at; /* a step that began before what was told last */
    if (late > 0 && late < (frames)session_rate(conductor->session))
        at = conductor->told_at;
    conductor->told_at = at;
    event.step = step;
    event.at = at;
    const struct cue *cue = event.step < plan->cue_count ? &plan->cues[event.step] : NULL;
    if (event.what == HAPPENED_LEFT)
        event.move = conductor->move;
    else
        event.move = cue ? cue->move : UINT32_MAX;
    if (event.side == SIDE_NONE && cue)
        event.side = cue->side;
    conductor->options.event(conductor->options.context, &event);
}

void conductor_tell(struct conductor *conductor, struct conductor_event event)
{
    tell_at(conductor, event, conductor_step(conductor), conductor_heard(conductor));
}

/* Steps are told a moment after they began: what is told is when that was, and of which step. */
static void tell_move(struct conductor *conductor, uint32_t move, size_t step, frames at)
{
    if (move == conductor->move)
        return;
    if (conductor->move != UINT32_MAX)
        tell_at(conductor,
                (struct conductor_event){.what = HAPPENED_LEFT, .whole = !conductor->skipped}, step,
                at);
    conductor->move = move;
    conductor->skipped = false;
    if (move != UINT32_MAX)
        tell_at(conductor, (struct conductor_event){.what = HAPPENED_MOVE}, step, at);
}

static void tell_step(struct conductor *conductor, size_t step, frames at)
{
    if (step == conductor->step)
        return;
    conductor->step = step;
    tell_move(conductor, conductor_cue(conductor, step)->move, step, at);
    tell_at(conductor, (struct conductor_event){.what = HAPPENED_STEP}, step, at);
}

static void tell_cues(struct conductor *conductor, frames now)
{
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    while (conductor->seen < count && entries[conductor->seen].start <= now) {
        const struct timeline_entry *entry = &entries[conductor->seen++];
        const struct cue *cue = conductor_cue(conductor, entry->cue);
        if (cue->anchor == ANCHOR_NEXT)
            tell_step(conductor, entry->cue, entry->start);
        if (cue->kind == CUE_SPEECH && cue->role <= ROLE_INSTRUCTION)
            conductor->said = entry->cue;
        bool told = entry->cue == conductor->from.step && conductor->from.elapsed > 0;
        if (conductor->options.cue && !told)
            conductor->options.cue(conductor->options.context, cue, entry->start);
    }
}

/* --- time goes by --- */

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
    struct answer answer = conductor->answer;
    conductor_stand(conductor);
    const struct plan *plan = conductor_plan(conductor);
    changes_add(&conductor->changes, plan, (uint32_t)conductor->from.step,
                (frames)session_rate(conductor->session) * OPEN_MORE_SECONDS);
    conductor_rebuild(conductor, conductor->from);
    size_t words = step.step + 1;
    while (words < plan->cue_count && plan->cues[words].anchor != ANCHOR_NEXT &&
           plan->cues[words].kind != CUE_SPEECH)
        words++;
    conductor_run(conductor);
    if (answer.kind != ANSWER_NONE)
        conductor_answer(conductor, answer);
    else if (words < plan->cue_count && plan->cues[words].anchor != ANCHOR_NEXT)
        conductor_answer(conductor,
                         (struct answer){.kind = ANSWER_REMINDER, .cue = (uint32_t)words});
}

static void watch_running(struct conductor *conductor)
{
    if (!feed_advance(conductor->feed))
        stream_kick(conductor->stream);
    frames now = conductor_heard(conductor);
    hurry_words(conductor, now);
    tell_cues(conductor, now);
    feed_release(conductor->feed, now);
    if (timeline_complete(conductor->feed->timeline) && stream_drained(conductor->stream)) {
        tell_cues(conductor, INT64_MAX);
        tell_move(conductor, UINT32_MAX, conductor_step(conductor), conductor_heard(conductor));
        conductor_stand(conductor);
        announce_ending(conductor);
    } else if (stream_state(conductor->stream) == STREAM_RUNNING) {
        keep_waiting(conductor, now);
    }
}

static void timer_fired(void *context)
{
    conductor_tick(context);
}

void conductor_look_soon(struct conductor *conductor)
{
    bool soon = conductor->answer.kind != ANSWER_NONE || conductor->queued > 0;
    int period = soon ? TICK_SOON_MS : TICK_MS;
    if (period == conductor->timer_ms)
        return;
    if (conductor->timer)
        loop_remove(conductor->options.loop, conductor->timer);
    conductor->timer_ms = period;
    conductor->timer =
        loop_add_timer(conductor->options.loop, period, period, timer_fired, conductor);
}

/* Whoever asked for the session and says nothing now wants it to go on. */
static void answer_for_nobody(struct conductor *conductor)
{
    char answer[160];
    int64_t wait_ms = conductor->options.ask_wait_ms;
    bool asked = conductor->question && conductor->asked_ms > 0;
    if (asked && wait_ms > 0 && conductor_now_ms(conductor) - conductor->asked_ms >= wait_ms)
        conductor_command(conductor, "go", answer, sizeof answer);
}

void conductor_tick(struct conductor *conductor)
{
    stream_watch(conductor->stream);
    if (conductor->finished)
        return;
    if (conductor->speaking && stream_over(conductor->stream))
        announce_done(conductor);
    else if (conductor->answer.kind != ANSWER_NONE && !conductor->speaking)
        announce_try(conductor);
    if (conductor->ending == ENDING_WAITING &&
        conductor_now_ms(conductor) - conductor->asked_ms >= EFFORT_WAIT_MS)
        conductor_finish(conductor, HAPPENED_DONE);
    answer_for_nobody(conductor);
    if (conductor->runs)
        watch_running(conductor);
    if (conductor->finished)
        return;
    commands_take_queued(conductor);
    conductor_look_soon(conductor);
    if (conductor->options.changed)
        conductor->options.changed(conductor->options.context);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor.c: transport. */
#include "session/conductor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "session/checkpoint.h"
#include "session/parts.h"

#define LOG_MODULE        "conductor"
#define TICK_MS           250
#define BACK_SECONDS      3 /* back within the first moments of a move goes to the one before */
#define MORE_SECONDS      10
#define OPEN_MARGIN_MS    1500 /* an open `ready` is prolonged when less than this is left */
#define OPEN_MORE_SECONDS 30

struct conductor {
    struct conductor_options options;
    struct session *session;
    struct stream *stream;
    struct feed *feed;
    struct timeline_from from; /* where the feed begins */
    struct score *aside;       /* an answer being spoken in between, or NULL */
    bool paused, quit, finished;
    frames cut;                  /* where the gate closed, while paused or during an aside */
    struct timeline_from resume; /* where to go on after it */
    size_t seen;                 /* entries of the feed told to options.cue */
    uint32_t said;               /* last instruction heard, or UINT32_MAX */
    uint32_t timer;
};

static const struct cue *cue_at(const struct conductor *conductor, size_t index)
{
    return &conductor->session->plan->cues[index];
}

/* --- where are we --- */

static frames heard(const struct conductor *conductor)
{
    if (conductor->paused || conductor->aside)
        return conductor->cut;
    frames at = stream_heard(conductor->stream);
    return at > conductor->from.at ? at : conductor->from.at;
}

static size_t step_after(const struct conductor *conductor, size_t step)
{
    const struct plan *plan = conductor->session->plan;
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

static struct timeline_from stop_sound(struct conductor *conductor)
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

static void go_on_from(struct conductor *conductor, struct timeline_from from)
{
    struct feed *before = conductor->feed;
    if (from.step >= conductor->session->plan->cue_count) {
        conductor->finished = true;
        return;
    }
    conductor->from = from;
    conductor->feed = feed_new(conductor->session, &from);
    conductor->seen = 0;
    conductor->paused = false;
    feed_advance(conductor->feed);
    stream_play(conductor->stream, conductor->feed->score, from.at);
    feed_destroy(before);
}

static void go_on(struct conductor *conductor)
{
    go_on_from(conductor, conductor->resume);
}

/* Says some words, then goes on, or stays paused. */
static void say_aside(struct conductor *conductor, uint32_t cue)
{
    frames length = 0;
    uint32_t id = conductor->session->cast_ids[cue];
    cast_wait(conductor->session->cast, id);
    conductor->aside =
        feed_aside(conductor->session, conductor->feed, conductor->cut, &id, 1, &length);
    stream_play(conductor->stream, conductor->aside, 0);
}

/* --- commands --- */

typedef enum limber_status (*command_fn)(struct conductor *conductor, const char *argument,
                                         char *answer, size_t size);

static enum limber_status command_pause(struct conductor *conductor, const char *argument,
                                        char *answer, size_t size)
{
    if (!conductor->paused || conductor->aside)
        stop_sound(conductor);
    conductor->paused = true;
    snprintf(answer, size, "paused");
    return LIMBER_OK;
}

static enum limber_status command_play(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    if (conductor->paused) {
        stop_sound(conductor);
        go_on(conductor);
    }
    snprintf(answer, size, "playing");
    return LIMBER_OK;
}

static bool waiting_for_person(const struct conductor *conductor)
{
    struct timeline_step step;
    return timeline_step_at(conductor->feed->timeline, heard(conductor), &step) &&
           cue_at(conductor, step.step)->open;
}

static enum limber_status command_go(struct conductor *conductor, const char *argument,
                                     char *answer, size_t size)
{
    if (!waiting_for_person(conductor))
        return command_play(conductor, argument, answer, size);
    struct timeline_from from = stop_sound(conductor);
    go_on_from(conductor, (struct timeline_from){.step = step_after(conductor, from.step),
                                                 .at = conductor->cut});
    snprintf(answer, size, "going on");
    return LIMBER_OK;
}

static enum limber_status command_toggle(struct conductor *conductor, const char *argument,
                                         char *answer, size_t size)
{
    if (conductor->paused || waiting_for_person(conductor))
        return command_go(conductor, argument, answer, size);
    return command_pause(conductor, argument, answer, size);
}

static uint32_t move_at(const struct conductor *conductor, size_t step)
{
    const struct plan *plan = conductor->session->plan;
    return step < plan->cue_count ? plan->cues[step].move : (uint32_t)plan->move_count - 1;
}

static enum limber_status go_to_move(struct conductor *conductor, uint32_t move, char *answer,
                                     size_t size)
{
    const struct plan *plan = conductor->session->plan;
    go_on_from(conductor,
               (struct timeline_from){.step = plan->moves[move].first_cue, .at = conductor->cut});
    snprintf(answer, size, "%s", plan->moves[move].name);
    return LIMBER_OK;
}

static enum limber_status command_next(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    const struct plan *plan = conductor->session->plan;
    if (waiting_for_person(conductor))
        return command_go(conductor, argument, answer, size);
    struct timeline_from from = stop_sound(conductor);
    uint32_t move = move_at(conductor, from.step);
    uint32_t next = move == UINT32_MAX ? 0 : move + 1;
    if (next < plan->move_count)
        return go_to_move(conductor, next, answer, size);
    conductor->finished = true;
    snprintf(answer, size, "that was the last move");
    return LIMBER_OK;
}

static enum limber_status command_back(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    struct timeline_from from = stop_sound(conductor);
    const struct plan *plan = conductor->session->plan;
    uint32_t move = move_at(conductor, from.step);
    if (move == UINT32_MAX || plan->move_count == 0) {
        go_on_from(conductor, (struct timeline_from){.step = 0, .at = conductor->cut});
        snprintf(answer, size, "from the beginning");
        return LIMBER_OK;
    }
    frames began = 0;
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].cue == plan->moves[move].first_cue)
            began = entries[i].start;
    }
    bool just_begun =
        conductor->cut - began < (frames)session_rate(conductor->session) * BACK_SECONDS;
    return go_to_move(conductor, just_begun && move > 0 && began > 0 ? move - 1 : move, answer,
                      size);
}

/* The session was cut in the middle of the sentence that it goes on with. */
static bool in_sentence(const struct conductor *conductor, const struct timeline_from *from)
{
    struct timeline_step step;
    return timeline_step_at(conductor->feed->timeline, conductor->cut, &step) &&
           step.step == from->step && cue_at(conductor, step.step)->kind == CUE_SPEECH;
}

static enum limber_status command_again(struct conductor *conductor, const char *argument,
                                        char *answer, size_t size)
{
    struct timeline_from from = stop_sound(conductor);
    if (conductor->said == UINT32_MAX && conductor->paused) {
        snprintf(answer, size, "nothing has been said yet");
        return LIMBER_INVALID;
    }
    /* The sentence in progress begins anew by itself. */
    if (!conductor->paused && (conductor->said == UINT32_MAX || in_sentence(conductor, &from)))
        go_on(conductor);
    else
        say_aside(conductor, conductor->said);
    snprintf(answer, size, "again");
    return LIMBER_OK;
}

static enum limber_status command_more(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    nsec more = MORE_SECONDS * NSEC_PER_SEC;
    if (argument && !units_parse_duration(argument, strlen(argument), &more)) {
        snprintf(answer, size, "more takes a time, such as: more 10s");
        return LIMBER_INVALID;
    }
    struct timeline_step step;
    frames at = heard(conductor);
    if (!timeline_step_at(conductor->feed->timeline, at, &step) ||
        cue_at(conductor, step.step)->kind != CUE_BOUT) {
        snprintf(answer, size, "nothing is being held now");
        return LIMBER_INVALID;
    }
    char text[40];
    bool was_paused = conductor->paused;
    struct timeline_from from = stop_sound(conductor);
    from.extra += frames_from_ns(more, session_rate(conductor->session));
    conductor->resume = from;
    if (!was_paused)
        go_on(conductor);
    snprintf(answer, size, "%s more", units_format_duration(more, text, sizeof text));
    return LIMBER_OK;
}

static enum limber_status command_quit(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    stream_hold(conductor->stream);
    conductor->quit = conductor->finished = true;
    snprintf(answer, size, "stopped");
    return LIMBER_OK;
}

static enum limber_status command_status(struct conductor *conductor, const char *argument,
                                         char *answer, size_t size)
{
    struct limber_snapshot now = {.size = sizeof now};
    char position[16], total[16];
    conductor_snapshot(conductor, &now);
    units_format_clock(ns_from_frames(now.position_frames, now.rate_hz), false, position,
                       sizeof position);
    units_format_clock(ns_from_frames(now.total_frames, now.rate_hz), false, total, sizeof total);
    snprintf(answer, size, "%s of %s, %s%s%s", position, total, now.move, *now.side ? ", " : "",
             now.side);
    return LIMBER_OK;
}

static const struct command_help commands[] = {
    {"pause", "", "stop; sentences begin anew, holds keep their time", 'p'},
    {"play", "", "go on", 0},
    {"toggle", "", "pause or go on", ' '},
    {"next", "", "to the next move", 'n'},
    {"back", "", "to the beginning of this move, or the one before", 'b'},
    {"again", "", "say the last instruction again", 'r'},
    {"more", "[TIME]", "hold longer, by 10 s or TIME", '+'},
    {"go", "", "I am ready (where the routine waits)", '\n'},
    {"status", "", "where are we", 's'},
    {"quit", "", "stop and leave", 'q'},
};
static const command_fn functions[] = {command_pause,  command_play,  command_toggle, command_next,
                                       command_back,   command_again, command_more,   command_go,
                                       command_status, command_quit};

const struct command_help *conductor_commands(size_t *count)
{
    *count = sizeof commands / sizeof *commands;
    return commands;
}

enum limber_status conductor_command(struct conductor *conductor, const char *line, char *answer,
                                     size_t answer_size)
{
    char verb[32] = "";
    const char *space = strchr(line, ' ');
    size_t length = space ? (size_t)(space - line) : strlen(line);
    const char *argument = space && space[1] ? space + 1 : NULL;
    if (length < sizeof verb)
        memcpy(verb, line, length);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(verb, commands[i].name) != 0)
            continue;
        if (conductor->finished) {
            snprintf(answer, answer_size, "the session is over");
            return LIMBER_INVALID;
        }
        enum limber_status status = functions[i](conductor, argument, answer, answer_size);
        if (conductor->options.changed)
            conductor->options.changed(conductor->options.context);
        return status;
    }
    snprintf(answer, answer_size, "no command \"%s\"; try help", verb);
    return LIMBER_INVALID;
}

/* --- time goes by --- */

static void tell_cues(struct conductor *conductor, frames now)
{
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    while (conductor->seen < count && entries[conductor->seen].start <= now) {
        const struct timeline_entry *entry = &entries[conductor->seen++];
        const struct cue *cue = cue_at(conductor, entry->cue);
        if (cue->kind == CUE_SPEECH && cue->role <= ROLE_INSTRUCTION)
            conductor->said = entry->cue;
        bool told = entry->cue == conductor->from.step && conductor->from.elapsed > 0;
        if (conductor->options.cue && !told)
            conductor->options.cue(conductor->options.context, cue, entry->start);
    }
}

/* A `ready` without a time waits for the person: prolong it, and say its words again. */
static void keep_waiting(struct conductor *conductor, frames now)
{
    struct timeline_step step;
    if (!timeline_step_at(conductor->feed->timeline, now, &step) ||
        !cue_at(conductor, step.step)->open)
        return;
    frames margin = (frames)session_rate(conductor->session) * OPEN_MARGIN_MS / 1000;
    if (step.start + step.length - now > margin)
        return;
    struct timeline_from from = stop_sound(conductor);
    from.extra += (frames)session_rate(conductor->session) * OPEN_MORE_SECONDS;
    conductor->resume = from;
    const struct plan *plan = conductor->session->plan;
    size_t words = step.step + 1;
    while (words < plan->cue_count && plan->cues[words].anchor != ANCHOR_NEXT &&
           plan->cues[words].kind != CUE_SPEECH)
        words++;
    if (words < plan->cue_count && plan->cues[words].anchor != ANCHOR_NEXT)
        say_aside(conductor, (uint32_t)words);
    else
        go_on(conductor);
}

static void tick(void *context)
{
    struct conductor *conductor = context;
    stream_watch(conductor->stream);
    if (conductor->finished)
        return;
    if (conductor->aside) {
        if (stream_over(conductor->stream)) {
            stop_sound(conductor);
            if (!conductor->paused)
                go_on(conductor);
        }
        return;
    }
    if (conductor->paused)
        return;
    if (!feed_advance(conductor->feed))
        stream_kick(conductor->stream);
    frames now = heard(conductor);
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
    conductor->cut = checkpoint.from.at;
    if (!checkpoint.paused) {
        go_on(conductor);
        return;
    }
    feed_destroy(conductor->feed);
    conductor->from = conductor->resume;
    conductor->feed = feed_new(conductor->session, &conductor->from);
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
    conductor->feed = feed_new(options->session, NULL);
    stream_set_channels(conductor->stream, session_channels(options->session));
    if (options->resume) {
        resume(conductor, options->resume);
    } else if (options->start_at > 0) {
        go_on_from(conductor, point_of_plan(conductor, options->start_at));
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
    free(conductor);
}

void conductor_checkpoint(const struct conductor *conductor, struct str *to)
{
    struct checkpoint checkpoint = {.from = conductor->resume, .paused = conductor->paused};
    if (!conductor->paused && !conductor->aside)
        checkpoint.from = point_at(conductor, heard(conductor));
    checkpoint_write(&checkpoint, to);
}

bool conductor_finished(const struct conductor *conductor)
{
    return conductor->finished;
}

bool conductor_was_quit(const struct conductor *conductor)
{
    return conductor->quit;
}

static enum limber_transport transport(const struct conductor *conductor)
{
    if (conductor->finished)
        return LIMBER_IDLE;
    if (conductor->paused)
        return LIMBER_PAUSED;
    if (stream_state(conductor->stream) == STREAM_LOST)
        return LIMBER_LOST_OUTPUT;
    return waiting_for_person(conductor) ? LIMBER_WAITING : LIMBER_PLAYING;
}

void conductor_snapshot(const struct conductor *conductor, struct limber_snapshot *snapshot)
{
    const struct plan *plan = conductor->session->plan;
    frames now = heard(conductor);
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
        snapshot->text = cue_at(conductor, conductor->said)->text;
    if (!timeline_step_at(conductor->feed->timeline, now, &step))
        return;
    const struct cue *cue = cue_at(conductor, step.step);
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

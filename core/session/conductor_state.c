/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor_state.c: where a session is, told to others. */
#include <stdio.h>

#include "session/checkpoint.h"
#include "session/conductor_inside.h"

const struct timeline_from *conductor_from(const struct conductor *conductor)
{
    return &conductor->from;
}

struct timeline_from conductor_point(const struct conductor *conductor)
{
    struct timeline_from from = conductor->from;
    if (conductor->runs)
        timeline_point(conductor->feed->timeline, conductor_heard(conductor), &from);
    return from;
}

void conductor_checkpoint(const struct conductor *conductor, struct str *to)
{
    struct checkpoint checkpoint = {.from = conductor_point(conductor),
                                    .changes = conductor->changes,
                                    .paused = conductor->paused};
    checkpoint_write(&checkpoint, to);
}

frames conductor_total(const struct conductor *conductor)
{
    return timeline_expected_length(conductor->feed->timeline);
}

const struct timeline_changes *conductor_changes(const struct conductor *conductor)
{
    return &conductor->changes;
}

enum conductor_question conductor_question(const struct conductor *conductor)
{
    if (conductor->ending != ENDING_NOT)
        return conductor->ending == ENDING_ASKING || conductor->ending == ENDING_WAITING
                   ? ASKED_EFFORT
                   : ASKED_NOTHING;
    if (conductor->question)
        return ASKED_GO_ON;
    return !conductor->paused && conductor_waiting(conductor) ? ASKED_READY : ASKED_NOTHING;
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
    const struct plan *plan = conductor_plan(conductor);
    frames now = conductor_heard(conductor);
    struct timeline_step step;
    snapshot->rate_hz = session_rate(conductor->session);
    snapshot->transport = transport(conductor);
    snapshot->title = session_routine(conductor->session)->title;
    snapshot->move = snapshot->side = snapshot->text = snapshot->bout = "";
    snapshot->position_frames = now;
    snapshot->total_frames = conductor_total(conductor);
    snapshot->bout_left_frames = 0;
    if (conductor->said != UINT32_MAX)
        snapshot->text = conductor_cue(conductor, conductor->said)->text;
    if (conductor->over || !timeline_step_at(conductor->feed->timeline, now, &step))
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

void conductor_apply_level(struct conductor *conductor, enum command_part part)
{
    static const enum mixer_part parts[PART_COUNT] = {
        [PART_SPEECH] = MIXER_SPEECH, [PART_SOUNDS] = MIXER_SOUNDS, [PART_BED] = MIXER_BEDS};
    float gain = gain_from_db(conductor->level_db[part]);
    if (part == PART_MASTER)
        stream_set_master(conductor->stream, gain);
    else
        stream_set_level(conductor->stream, parts[part], gain);
}

/* The words of the page that sound at `now`. */
static const struct cue *words_at(const struct conductor *conductor, frames now)
{
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    for (size_t i = count; conductor->runs && i-- > 0;) {
        const struct cue *cue = conductor_cue(conductor, entries[i].cue);
        if (cue->kind == CUE_SPEECH && entries[i].start <= now &&
            entries[i].start + entries[i].length > now)
            return cue;
    }
    return NULL;
}

void conductor_place(const struct conductor *conductor, struct conductor_place *place)
{
    struct timeline_step step;
    *place = (struct conductor_place){.now = conductor_heard(conductor),
                                      .step = conductor_step(conductor),
                                      .pace = conductor->pace,
                                      .level_db = conductor->level_db};
    if (!conductor->over && timeline_step_at(conductor->feed->timeline, place->now, &step)) {
        place->step = step.step;
        place->step_start = step.start;
        place->length = step.length;
    }
    place->words = words_at(conductor, place->now);
}

enum limber_status command_status(struct conductor *conductor, const struct command *command,
                                  const struct reply *reply)
{
    struct limber_snapshot now = {.size = sizeof now};
    char position[16], total[16];
    conductor_snapshot(conductor, &now);
    units_format_clock(ns_from_frames(now.position_frames, now.rate_hz), false, position,
                       sizeof position);
    units_format_clock(ns_from_frames(now.total_frames, now.rate_hz), false, total, sizeof total);
    reply_say(reply, "%s of %s%s%s%s%s", position, total, *now.move ? ", " : "", now.move,
              *now.side ? ", " : "", now.side);
    return LIMBER_OK;
}

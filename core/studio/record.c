/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c: the machine: its states, and what commands mean in each. */
#include "studio/record.h"

#include <stdlib.h>
#include <string.h>

#include "studio/record_inside.h"

/* --- what comes out --- */

void record_act(struct record *record, enum record_action action)
{
    if (record->action_count < RECORD_ACTIONS)
        record->actions[record->action_count++] = action;
}

enum record_action record_next(struct record *record)
{
    if (record->action_count == 0)
        return RECORD_NOTHING;
    enum record_action action = record->actions[0];
    record->action_count--;
    memmove(record->actions, record->actions + 1, record->action_count * sizeof action);
    return action;
}

void record_enter(struct record *record, enum record_state state)
{
    record->state = state;
    record->state_ns = 0;
}

/* --- from sentence to sentence --- */

static void drop_take(struct record *record)
{
    free(record->take_samples);
    record->take_samples = NULL;
    record->take = (struct record_take){0};
}

void record_begin_cue(struct record *record)
{
    record_enter(record, RECORD_CUEING);
    record_act(record, RECORD_CUE);
}

void record_show(struct record *record, size_t at)
{
    drop_take(record);
    record->at = at;
    record->tries = 0;
    record_act(record, RECORD_SHOW);
    record_enter(record, RECORD_READY);
    if (record->options.spoken && !record->options.hands_free)
        record_begin_cue(record);
}

static void finish(struct record *record)
{
    record_enter(record, RECORD_OVER);
    record_act(record, RECORD_FINISH);
}

/* To the next that is not kept yet. */
static void advance(struct record *record)
{
    size_t next = record->at + 1;
    while (next < record->options.count && record->marks[next] == RECORD_KEPT)
        next++;
    if (next < record->options.count)
        record_show(record, next);
    else
        finish(record);
}

static void back(struct record *record)
{
    record->paused = record->options.hands_free;
    record_show(record, record->at - 1);
}

/* --- a take --- */

static void begin_take(struct record *record, nsec skip_ns)
{
    drop_take(record);
    record->taken.count = record->frame.count = 0;
    record->gap = record->loud = false;
    record->speech_ns = record->quiet_ns = 0;
    record->skip_ns = skip_ns;
    record_enter(record, RECORD_TAKING);
    record_act(record, RECORD_BEGAN);
}

nsec record_most_ns(const struct record *record)
{
    return record->options.hands_free ? RECORD_MOST_FREE_NS : RECORD_MOST_NS;
}

void record_end_take(struct record *record)
{
    const struct record_raw raw = {.samples = record->taken.items,
                                   .count = record->taken.count,
                                   .rate_hz = record->options.rate_hz,
                                   .keys = !record->options.hands_free,
                                   .gap = record->gap,
                                   .endless = record->state_ns >= record_most_ns(record),
                                   .expected_ns = record->options.expected[record->at]};
    drop_take(record);
    record->take = record_finish_take(&raw, &record->take_samples);
    record->tries = record->take.problem ? record->tries + 1 : 0;
    record->taken.count = 0;
    record_enter(record, RECORD_REVIEW);
    record_act(record, RECORD_ENDED);
}

void record_start_keeping(struct record *record)
{
    record_enter(record, RECORD_KEEPING);
    record_act(record, RECORD_KEEP);
}

/* The same sentence, from the beginning. */
void record_say_again(struct record *record)
{
    drop_take(record);
    record_enter(record, RECORD_READY);
}

/* --- what goes in --- */

struct record *record_new(const struct record_options *options)
{
    struct record *record = xcalloc(1, sizeof *record);
    record->options = *options;
    record->marks = xcalloc(options->count, sizeof *record->marks);
    record->room_db = RECORD_ROOM_DB;
    record->threshold_db = record_threshold_db(RECORD_ROOM_DB);
    record->at = options->first;
    record->paused = options->hands_free;
    record_enter(record, RECORD_ROOM);
    if (options->no_room)
        record_show(record, record->at);
    return record;
}

void record_destroy(struct record *record)
{
    if (!record)
        return;
    drop_take(record);
    vec_free(&record->room);
    vec_free(&record->frame);
    vec_free(&record->taken);
    free(record->marks);
    free(record);
}

static void skip(struct record *record)
{
    if (record->marks[record->at] == RECORD_LEFT)
        record->marks[record->at] = RECORD_SKIPPED;
    advance(record);
}

static bool command_ready(struct record *record, enum record_command command)
{
    switch (command) {
    case RECORD_DO_SPACE:
    case RECORD_DO_ENTER:
        if (!record->options.hands_free)
            begin_take(record, 0);
        else
            record->paused = !record->paused;
        record->state_ns = 0;
        return true;
    case RECORD_DO_SAY:
        if (!record->options.hands_free)
            record_begin_cue(record);
        return !record->options.hands_free;
    default:
        return false;
    }
}

static bool command_taking(struct record *record, enum record_command command)
{
    if (command == RECORD_DO_REPEAT) {
        record_act(record, RECORD_DROPPED);
        record->paused = record->options.hands_free;
        record_say_again(record);
        return true;
    }
    if (command != RECORD_DO_SPACE && command != RECORD_DO_ENTER)
        return false;
    if (record->skip_ns <= 0)
        record_take_frame(record);
    record->frame.count = 0;
    record_end_take(record);
    return true;
}

static bool command_review(struct record *record, enum record_command command)
{
    switch (command) {
    case RECORD_DO_SPACE: /* hands-free: wait, I want to think about it */
        record->paused = record->options.hands_free && !record->paused;
        record->state_ns = 0;
        return record->options.hands_free;
    case RECORD_DO_ENTER:
        if (record->take.count == 0)
            return false;
        record_start_keeping(record);
        return true;
    case RECORD_DO_REPEAT:
        record->tries = 0;
        record_say_again(record);
        if (!record->options.hands_free)
            begin_take(record, 0);
        return true;
    case RECORD_DO_LISTEN:
        if (record->take.count == 0)
            return false;
        record_enter(record, RECORD_PLAYING);
        record_act(record, RECORD_LISTEN);
        return true;
    default:
        return false;
    }
}

bool record_command(struct record *record, enum record_command command)
{
    enum record_state state = record->state;
    if (state == RECORD_OVER)
        return false;
    if (command == RECORD_DO_QUIT) {
        if (state == RECORD_TAKING)
            record_act(record, RECORD_DROPPED);
        finish(record);
        return true;
    }
    if (command == RECORD_DO_SPACE || command == RECORD_DO_ENTER) {
        if (state == RECORD_CUEING || state == RECORD_PLAYING || state == RECORD_KEEPING)
            return false;
    }
    if (command == RECORD_DO_BACK || command == RECORD_DO_SKIP) {
        bool now = state == RECORD_READY || state == RECORD_REVIEW || state == RECORD_TAKING;
        if (!now || (command == RECORD_DO_BACK && record->at == 0))
            return false;
        if (state == RECORD_TAKING)
            record_act(record, RECORD_DROPPED);
        command == RECORD_DO_BACK ? back(record) : skip(record);
        return true;
    }
    return state == RECORD_READY    ? command_ready(record, command)
           : state == RECORD_TAKING ? command_taking(record, command)
           : state == RECORD_REVIEW ? command_review(record, command)
                                    : false;
}

void record_done(struct record *record)
{
    record->frame.count = 0;
    if (record->state == RECORD_PLAYING) {
        record->paused = record->options.hands_free; /* who listens wants to decide */
        record_enter(record, RECORD_REVIEW);
    } else if (record->state == RECORD_CUEING) {
        if (record->options.hands_free)
            begin_take(record, RECORD_ECHO_NS);
        else
            record_enter(record, RECORD_READY);
    }
}

void record_kept(struct record *record, bool kept)
{
    if (record->state != RECORD_KEEPING)
        return;
    if (!kept) {
        record->paused = record->options.hands_free;
        record_enter(record, RECORD_REVIEW);
        return;
    }
    record->marks[record->at] = RECORD_KEPT;
    record->paused = false;
    advance(record);
}

void record_gap(struct record *record)
{
    record->gap |= record->state == RECORD_TAKING;
}

void record_lost(struct record *record, uint32_t rate_hz)
{
    record->options.rate_hz = rate_hz;
    record->frame.count = 0;
    record->paused = record->options.hands_free;
    if (record->state == RECORD_TAKING) {
        record_act(record, RECORD_DROPPED);
        record_say_again(record);
    } else if (record->state == RECORD_ROOM) {
        record->room.count = 0;
        record->state_ns = 0;
    }
}

/* --- questions --- */

enum record_state record_state(const struct record *record)
{
    return record->state;
}

size_t record_at(const struct record *record)
{
    return record->at;
}

bool record_paused(const struct record *record)
{
    return record->paused;
}

enum record_mark record_mark(const struct record *record, size_t index)
{
    return record->marks[index];
}

size_t record_count(const struct record *record, enum record_mark mark)
{
    size_t count = 0;
    for (size_t i = 0; i < record->options.count; i++)
        count += record->marks[i] == mark;
    return count;
}

const struct record_take *record_take(const struct record *record)
{
    return &record->take;
}

nsec record_length_ns(const struct record *record)
{
    return ns_from_frames((frames)record->taken.count, record->options.rate_hz);
}

bool record_too_loud(const struct record *record)
{
    return record->loud;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c: from what a conductor tells to sessions and moves of the history.
 *
 * Time is counted along the session's frames, so pauses and what is said in between are no part of
 * it. A move with sides becomes a row for each side; words before the first side (its name, how to
 * get there) count with that side. */
#include "player/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "player/record_inside.h"

/* --- the beginning --- */

/* Numbers the sections below as plan_sections() does, and keeps whose children they are. */
static void number_children(struct record *record, const struct section *section, size_t number,
                            size_t *next)
{
    for (size_t i = 0; i < section->child_count; i++) {
        size_t child = (*next)++;
        if (child < record->section_count)
            record->parents[child] = number;
        number_children(record, &section->children[i], child, next);
    }
}

/* The side that the first move with sides begins with, as the coach counts it. */
static const char *first_side(const struct record *record)
{
    const struct coach *coach = session_coach(record->about.session);
    for (size_t i = 0; i < record->section_count; i++) {
        const struct section *section = record->sections[i];
        if (section->group || section->sides == SIDES_NONE)
            continue;
        enum side side = section->right_first ? SIDE_RIGHT : SIDE_LEFT;
        if (coach && coach->sections && coach->sections[i].first_side != SIDE_NONE)
            side = coach->sections[i].first_side;
        return side_name(side);
    }
    return NULL;
}

static const char *detail_name(enum detail detail)
{
    static const char *const names[] = {"full", "normal", "brief"};
    return names[detail];
}

static struct history_session describe(const struct record *record)
{
    struct session *session = record->about.session;
    const struct routine *routine = session_routine(session);
    return (struct history_session){
        .started = record->about.now,
        .routine = record->about.routine,
        .title = routine->title,
        .language = routine->language,
        .voice = session_voice_name(session),
        .level = level_name(record->about.level),
        .detail = detail_name(session_detail(session)),
        .first_side = first_side(record),
        .seed = record->about.seed,
        .planned_ns = ns_from_frames(session_planned_length(session), session_rate(session))};
}

/* Goes on with the session of before; false: there is none. */
static bool take_up(struct record *record)
{
    struct history *history = record->about.history;
    const struct history_filter filter = {.id = record->about.resume};
    struct history_session *found = NULL;
    if (record->about.resume <= 0 || history_sessions(history, &filter, record->arena, &found) != 1)
        return false;
    const struct history_progress progress = {record->about.now, found->done_ns, found->paused_ns};
    if (!history_resume(history, record->about.resume, &progress, record->arena, NULL))
        return false;
    record->done_ns = found->done_ns;
    record->paused_ns = found->paused_ns;
    return true;
}

struct record *record_new(const struct record_about *about)
{
    struct record *record = xcalloc(1, sizeof *record);
    record->arena = arena_new();
    record->about = *about;
    record->about.routine = arena_strdup(record->arena, about->routine);
    record->section_count =
        plan_sections(session_routine(about->session), record->arena, &record->sections);
    record->parents = ARENA_ARRAY(record->arena, size_t, record->section_count + 1);
    record->reached = ARENA_ARRAY(record->arena, bool, record->section_count + 1);
    size_t next = 1;
    number_children(record, session_routine(about->session)->root, 0, &next);
    record->move = UINT32_MAX;
    record->taken_up = take_up(record);
    if (!record->taken_up) {
        const struct history_session session = describe(record);
        history_begin(about->history, &session);
    }
    return record;
}

/* --- time --- */

static nsec to_ns(const struct record *record, frames length)
{
    return ns_from_frames(length, session_rate(record->about.session));
}

static struct history_progress progress(const struct record *record, struct moment now)
{
    return (struct history_progress){now, record->done_ns, record->paused_ns};
}

/* What was played since the last event counts with what it was. After a jump back to the beginning
 * frames begin anew. */
static void count_time(struct record *record, frames at)
{
    nsec passed = record->counting && at > record->at ? to_ns(record, at - record->at) : 0;
    record->done_ns += passed;
    if (record->move != UINT32_MAX)
        record->parts[record->side].done_ns += passed;
    record->at = at;
    record->counting = true;
}

/* --- moves --- */

static void reach_choices(struct record *record, size_t section)
{
    const struct routine *routine = session_routine(record->about.session);
    for (size_t n = section; n > 0 && n < record->section_count; n = record->parents[n]) {
        size_t group = record->parents[n];
        if (record->sections[group]->pick.high <= 0 || record->reached[n])
            continue;
        record->reached[n] = true;
        history_add_choice(record->about.history,
                           group == 0 ? routine->title : record->sections[group]->name,
                           record->sections[n]->name);
    }
}

static void begin_move(struct record *record, const struct conductor_event *event)
{
    const struct plan *plan = session_plan(record->about.session);
    if (event->move >= plan->move_count)
        return;
    memset(record->parts, 0, sizeof record->parts);
    record->move = event->move;
    record->side = SIDE_NONE;
    record->left_early = false;
    record->round = 0;
    record->parts[SIDE_NONE].started_ns = record->done_ns;
    record->parts[SIDE_NONE].begun = true;
    reach_choices(record, plan->moves[event->move].section);
}

/* The step's side, for what follows. Steps between two sides go with the one before. */
static void take_side(struct record *record, enum side side, int round)
{
    if (record->move == UINT32_MAX)
        return;
    if (round > record->round)
        record->round = round;
    if (side == SIDE_NONE || side == record->side)
        return;
    struct record_part *part = &record->parts[side], *before = &record->parts[SIDE_NONE];
    if (!part->begun)
        part->started_ns = record->done_ns;
    if (record->side == SIDE_NONE) { /* the words before belong to it */
        part->started_ns = before->started_ns;
        part->done_ns += before->done_ns;
        part->added_ns += before->added_ns;
        *before = (struct record_part){0};
    }
    part->begun = true;
    record->side = side;
}

static void write_part(struct record *record, enum side side, const nsec planned_ns[3],
                       struct moment now)
{
    const struct record_part *part = &record->parts[side];
    struct session *session = record->about.session;
    const struct plan_move *move = &session_plan(session)->moves[record->move];
    const struct coach *coach = session_coach(session);
    size_t number = move->section;
    bool advised = coach && number < coach->section_count;
    enum detail detail = session_detail(session);
    if (advised && coach->sections && coach->sections[number].has_detail)
        detail = coach->sections[number].detail;
    const struct history_move row = {
        .name = move->name,
        .page = coach_page(session_routine(session), record->sections[number], record->arena),
        .side = side_name(side),
        .round = record->round,
        .started_ns = part->started_ns,
        .planned_ns = planned_ns[side],
        .done_ns = part->done_ns,
        .added_ns = part->added_ns,
        .skipped = part->skipped,
        .fraction = advised && coach->values ? coach->values[number] : NAN,
        .detail = detail_name(detail)};
    const struct history_progress now_at = progress(record, now);
    history_add_move(record->about.history, &row, &now_at);
}

static void end_move(struct record *record, struct moment now)
{
    const struct plan *plan = session_plan(record->about.session);
    nsec planned_ns[3];
    if (record->move >= plan->move_count) {
        record->move = UINT32_MAX;
        return;
    }
    if (record->left_early)
        record->parts[record->side].skipped = true;
    record_plan_move(record, planned_ns);
    for (int side = SIDE_NONE; side <= SIDE_RIGHT; side++)
        if (record->parts[side].begun)
            write_part(record, (enum side)side, planned_ns, now);
    record->move = UINT32_MAX;
}

/* --- what happens --- */

static void end_pause(struct record *record, int64_t now_ms)
{
    if (record->paused && now_ms > record->paused_ms)
        record->paused_ns += (now_ms - record->paused_ms) * NSEC_PER_MSEC;
    record->paused = false;
}

static void end_session(struct record *record, enum history_outcome outcome, struct moment now,
                        int64_t now_ms)
{
    end_pause(record, now_ms);
    if (record->move != UINT32_MAX) { /* in the middle of it */
        record->left_early = true;
        end_move(record, now);
    }
    const struct history_progress at = progress(record, now);
    history_end(record->about.history, outcome, &at);
    record->ended = true;
}

/* From the beginning: of a session that was taken up, before anything was heard of it, another one.
 */
static void restart(struct record *record, struct moment now)
{
    record->left_early = true;
    end_move(record, now);
    if (record->taken_up && !record->heard) {
        record->about.now = now;
        record->done_ns = record->paused_ns = 0;
        record->taken_up = false;
        const struct history_session session = describe(record);
        history_begin(record->about.history, &session);
    }
}

static void take_step(struct record *record, const struct conductor_event *event)
{
    const struct plan *plan = session_plan(record->about.session);
    int round = event->step < plan->cue_count ? plan->cues[event->step].round : 0;
    record->heard = true;
    if (event->move == record->move)
        record->left_early = false; /* back, but in the same move */
    take_side(record, event->side, round);
}

/* Moves of the plan before are moves of the one now. */
static void take_event(struct record *record, const struct conductor_event *event,
                       struct moment now, int64_t now_ms)
{
    switch (event->what) {
    case HAPPENED_STEP:
        take_step(record, event);
        break;
    case HAPPENED_MOVE:
        begin_move(record, event);
        break;
    case HAPPENED_LEFT:
        end_move(record, now);
        break;
    case HAPPENED_PAUSE:
        record->paused = true;
        record->paused_ms = now_ms;
        break;
    case HAPPENED_GO_ON:
        end_pause(record, now_ms);
        break;
    case HAPPENED_MORE:
        record->parts[record->side].added_ns += event->amount_ms * NSEC_PER_MSEC;
        break;
    case HAPPENED_LESS:
        record->parts[record->side].added_ns -= event->amount_ms * NSEC_PER_MSEC;
        break;
    case HAPPENED_SKIP_SIDE:
        record->parts[event->side].skipped = true;
        break;
    case HAPPENED_SKIP:
        record->left_early = true;
        break;
    case HAPPENED_RESTART:
        restart(record, now);
        break;
    default:
        break;
    }
}

static bool matters(enum conductor_happening what)
{
    return what == HAPPENED_PAUSE || what == HAPPENED_GO_ON || what == HAPPENED_SKIP ||
           what == HAPPENED_SKIP_SIDE || what == HAPPENED_RESTART || what == HAPPENED_CHANGE;
}

void record_event(struct record *record, const struct conductor_event *event, struct moment now,
                  int64_t now_ms)
{
    struct history *history = record->about.history;
    if (event->what == HAPPENED_EFFORT) {
        history_answer(history, event->effort == EFFORT_EASY   ? HISTORY_EASY
                                : event->effort == EFFORT_HARD ? HISTORY_HARD
                                                               : HISTORY_NO_EFFORT);
        return;
    }
    if (record->ended)
        return;
    count_time(record, event->at);
    if (event->what == HAPPENED_HEARD || event->what == HAPPENED_DONE) {
        end_session(record, HISTORY_FINISHED, now, now_ms);
    } else if (event->what == HAPPENED_STOP) {
        end_session(record, HISTORY_STOPPED, now, now_ms);
    } else {
        take_event(record, event, now, now_ms);
        const struct history_progress at = progress(record, now);
        if (matters(event->what))
            history_update(history, &at);
    }
}

void record_destroy(struct record *record)
{
    if (!record)
        return;
    int64_t id = history_session_id(record->about.history);
    size_t count = 0;
    if (!record->heard && !record->taken_up && id > 0)
        (void)history_forget(record->about.history, id, &count);
    record_let_go_plan(record);
    arena_destroy(record->arena);
    free(record);
}

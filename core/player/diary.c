/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diary.c: from what a conductor tells to sessions and moves of the history.
 *
 * Time is counted along the session's frames, so pauses and what is said in between are no part of
 * it. A move with sides becomes a row for each side; words before the first side (its name, how to
 * get there) count with that side. */
#include "player/diary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "player/diary_inside.h"

#define WRITE_NS (10 * NSEC_PER_SEC)

/* --- the beginning --- */

/* Numbers the sections below as plan_sections() does, and keeps whose children they are. */
static void number_children(struct diary *diary, const struct section *section, size_t number,
                            size_t *next)
{
    for (size_t i = 0; i < section->child_count; i++) {
        size_t child = (*next)++;
        if (child < diary->section_count)
            diary->parents[child] = number;
        number_children(diary, &section->children[i], child, next);
    }
}

/* The side that the first move with sides begins with, as the coach counts it. */
static const char *first_side(const struct diary *diary)
{
    const struct coach *coach = session_coach(diary->about.session);
    for (size_t i = 0; i < diary->section_count; i++) {
        const struct section *section = diary->sections[i];
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

static struct history_session describe(const struct diary *diary)
{
    struct session *session = diary->about.session;
    const struct routine *routine = session_routine(session);
    return (struct history_session){
        .started = diary->about.now,
        .routine = diary->about.routine,
        .title = routine->title,
        .language = routine->language,
        .voice = session_voice_name(session),
        .level = level_name(diary->about.level),
        .detail = detail_name(session_detail(session)),
        .first_side = first_side(diary),
        .seed = diary->about.seed,
        .planned_ns = ns_from_frames(session_planned_length(session), session_rate(session))};
}

/* Goes on with the session of before; false: there is none. */
static bool take_up(struct diary *diary)
{
    struct history *history = diary->about.history;
    const struct history_filter filter = {.id = diary->about.resume};
    struct history_session *found = NULL;
    if (diary->about.resume <= 0 || history_sessions(history, &filter, diary->arena, &found) != 1)
        return false;
    const struct history_progress progress = {diary->about.now, found->done_ns, found->paused_ns};
    if (!history_resume(history, diary->about.resume, &progress, diary->arena, NULL))
        return false;
    diary->done_ns = found->done_ns;
    diary->paused_ns = found->paused_ns;
    return true;
}

struct diary *diary_new(const struct diary_about *about)
{
    struct diary *diary = xcalloc(1, sizeof *diary);
    diary->arena = arena_new();
    diary->about = *about;
    diary->about.routine = arena_strdup(diary->arena, about->routine);
    diary->section_count =
        plan_sections(session_routine(about->session), diary->arena, &diary->sections);
    diary->parents = ARENA_ARRAY(diary->arena, size_t, diary->section_count + 1);
    diary->reached = ARENA_ARRAY(diary->arena, bool, diary->section_count + 1);
    size_t next = 1;
    number_children(diary, session_routine(about->session)->root, 0, &next);
    diary->move = UINT32_MAX;
    diary->taken_up = take_up(diary);
    if (!diary->taken_up) {
        const struct history_session session = describe(diary);
        history_begin(about->history, &session);
    }
    return diary;
}

/* --- time --- */

static nsec to_ns(const struct diary *diary, frames length)
{
    return ns_from_frames(length, session_rate(diary->about.session));
}

static struct history_progress progress(const struct diary *diary, struct moment now)
{
    return (struct history_progress){now, diary->done_ns, diary->paused_ns};
}

/* What was played since the last event counts with what it was. After a jump back to the beginning
 * frames begin anew. */
static void count_time(struct diary *diary, frames at)
{
    nsec passed = diary->counting && at > diary->at ? to_ns(diary, at - diary->at) : 0;
    diary->done_ns += passed;
    if (diary->move != UINT32_MAX)
        diary->parts[diary->side].done_ns += passed;
    diary->at = at;
    diary->counting = true;
}

/* --- moves --- */

static void reach_choices(struct diary *diary, size_t section)
{
    const struct routine *routine = session_routine(diary->about.session);
    for (size_t n = section; n > 0 && n < diary->section_count; n = diary->parents[n]) {
        size_t group = diary->parents[n];
        if (diary->sections[group]->pick.high <= 0 || diary->reached[n])
            continue;
        diary->reached[n] = true;
        history_add_choice(diary->about.history,
                           group == 0 ? routine->title : diary->sections[group]->name,
                           diary->sections[n]->name);
    }
}

static void begin_move(struct diary *diary, const struct conductor_event *event)
{
    const struct plan *plan = session_plan(diary->about.session);
    if (event->move >= plan->move_count)
        return;
    memset(diary->parts, 0, sizeof diary->parts);
    diary->move = event->move;
    diary->side = SIDE_NONE;
    diary->left_early = false;
    diary->round = 0;
    diary->parts[SIDE_NONE].started_ns = diary->done_ns;
    diary->parts[SIDE_NONE].begun = true;
    reach_choices(diary, plan->moves[event->move].section);
}

/* The step's side, for what follows. Steps between two sides go with the one before. */
static void take_side(struct diary *diary, enum side side, int round)
{
    if (diary->move == UINT32_MAX)
        return;
    if (round > diary->round)
        diary->round = round;
    if (side == SIDE_NONE || side == diary->side)
        return;
    struct diary_part *part = &diary->parts[side], *before = &diary->parts[SIDE_NONE];
    if (!part->begun)
        part->started_ns = diary->done_ns;
    if (diary->side == SIDE_NONE) { /* the words before belong to it */
        part->started_ns = before->started_ns;
        part->done_ns += before->done_ns;
        part->added_ns += before->added_ns;
        *before = (struct diary_part){0};
    }
    part->begun = true;
    diary->side = side;
}

static void write_part(struct diary *diary, enum side side, const nsec planned_ns[3],
                       struct moment now)
{
    const struct diary_part *part = &diary->parts[side];
    struct session *session = diary->about.session;
    const struct plan_move *move = &session_plan(session)->moves[diary->move];
    const struct coach *coach = session_coach(session);
    size_t number = move->section;
    bool advised = coach && number < coach->section_count;
    enum detail detail = session_detail(session);
    if (advised && coach->sections && coach->sections[number].has_detail)
        detail = coach->sections[number].detail;
    const struct history_move row = {
        .name = move->name,
        .page = coach_page(session_routine(session), diary->sections[number], diary->arena),
        .side = side_name(side),
        .round = diary->round,
        .started_ns = part->started_ns,
        .planned_ns = planned_ns[side],
        .done_ns = part->done_ns,
        .added_ns = part->added_ns,
        .skipped = part->skipped,
        .fraction = advised && coach->values ? coach->values[number] : NAN,
        .detail = detail_name(detail)};
    const struct history_progress now_at = progress(diary, now);
    history_add_move(diary->about.history, &row, &now_at);
}

static void end_move(struct diary *diary, struct moment now)
{
    const struct plan *plan = session_plan(diary->about.session);
    nsec planned_ns[3];
    if (diary->move >= plan->move_count) {
        diary->move = UINT32_MAX;
        return;
    }
    if (diary->left_early)
        diary->parts[diary->side].skipped = true;
    diary_plan_move(diary, planned_ns);
    const struct diary_part *left = &diary->parts[SIDE_LEFT], *right = &diary->parts[SIDE_RIGHT];
    bool right_first = right->begun && right->started_ns < left->started_ns;
    const enum side order[] = {SIDE_NONE, right_first ? SIDE_RIGHT : SIDE_LEFT,
                               right_first ? SIDE_LEFT : SIDE_RIGHT};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (diary->parts[order[i]].begun)
            write_part(diary, order[i], planned_ns, now);
    diary->move = UINT32_MAX;
}

/* --- what happens --- */

static void end_pause(struct diary *diary, int64_t now_ms)
{
    if (diary->paused && now_ms > diary->paused_ms)
        diary->paused_ns += (now_ms - diary->paused_ms) * NSEC_PER_MSEC;
    diary->paused = false;
}

static void end_session(struct diary *diary, enum history_outcome outcome, struct moment now,
                        int64_t now_ms)
{
    end_pause(diary, now_ms);
    if (diary->move != UINT32_MAX) { /* in the middle of it */
        diary->left_early = true;
        end_move(diary, now);
    }
    const struct history_progress at = progress(diary, now);
    history_end(diary->about.history, outcome, &at);
    diary->ended = true;
}

/* From the beginning: of a session that was taken up, before anything was heard of it, another one.
 */
static void restart(struct diary *diary, struct moment now)
{
    diary->left_early = true;
    end_move(diary, now);
    if (diary->taken_up && !diary->heard) {
        diary->about.now = now;
        diary->done_ns = diary->paused_ns = 0;
        diary->taken_up = false;
        const struct history_session session = describe(diary);
        history_begin(diary->about.history, &session);
    }
}

static void take_step(struct diary *diary, const struct conductor_event *event)
{
    const struct plan *plan = session_plan(diary->about.session);
    int round = event->step < plan->cue_count ? plan->cues[event->step].round : 0;
    diary->heard = true;
    if (event->move == diary->move)
        diary->left_early = false; /* back, but in the same move */
    take_side(diary, event->side, round);
}

/* Moves of the plan before are moves of the one now. */
static void take_event(struct diary *diary, const struct conductor_event *event, struct moment now,
                       int64_t now_ms)
{
    switch (event->what) {
    case HAPPENED_STEP:
        take_step(diary, event);
        break;
    case HAPPENED_MOVE:
        begin_move(diary, event);
        break;
    case HAPPENED_LEFT:
        end_move(diary, now);
        break;
    case HAPPENED_PAUSE:
        diary->paused = true;
        diary->paused_ms = now_ms;
        break;
    case HAPPENED_GO_ON:
        end_pause(diary, now_ms);
        break;
    case HAPPENED_MORE:
        diary->parts[diary->side].added_ns += event->amount_ms * NSEC_PER_MSEC;
        break;
    case HAPPENED_LESS:
        diary->parts[diary->side].added_ns -= event->amount_ms * NSEC_PER_MSEC;
        break;
    case HAPPENED_SKIP_SIDE:
        diary->parts[event->side].skipped = true;
        break;
    case HAPPENED_SKIP:
        diary->left_early = true;
        break;
    case HAPPENED_RESTART:
        restart(diary, now);
        break;
    default:
        break;
    }
}

/* Worth writing down at once; steps now and then, so that a crash loses little of the time. */
static bool matters(const struct diary *diary, enum conductor_happening what)
{
    if (what == HAPPENED_STEP)
        return diary->done_ns - diary->written_ns >= WRITE_NS;
    return what == HAPPENED_PAUSE || what == HAPPENED_GO_ON || what == HAPPENED_SKIP ||
           what == HAPPENED_SKIP_SIDE || what == HAPPENED_RESTART || what == HAPPENED_CHANGE;
}

void diary_event(struct diary *diary, const struct conductor_event *event, struct moment now,
                 int64_t now_ms)
{
    struct history *history = diary->about.history;
    if (event->what == HAPPENED_EFFORT) {
        history_answer(history, event->effort == EFFORT_EASY   ? HISTORY_EASY
                                : event->effort == EFFORT_HARD ? HISTORY_HARD
                                                               : HISTORY_NO_EFFORT);
        return;
    }
    if (diary->ended)
        return;
    count_time(diary, event->at);
    if (event->what == HAPPENED_HEARD || event->what == HAPPENED_DONE) {
        end_session(diary, HISTORY_FINISHED, now, now_ms);
    } else if (event->what == HAPPENED_STOP) {
        end_session(diary, HISTORY_STOPPED, now, now_ms);
    } else {
        take_event(diary, event, now, now_ms);
        const struct history_progress at = progress(diary, now);
        if (matters(diary, event->what)) {
            history_update(history, &at);
            diary->written_ns = diary->done_ns;
        }
    }
}

void diary_destroy(struct diary *diary)
{
    if (!diary)
        return;
    int64_t id = history_session_id(diary->about.history);
    size_t count = 0;
    if (!diary->heard && !diary->taken_up && id > 0)
        (void)history_forget(diary->about.history, id, &count);
    diary_let_go_plan(diary);
    arena_destroy(diary->arena);
    free(diary);
}

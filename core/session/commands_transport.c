/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands_transport.c: pause, going on, and going elsewhere. */
#include <time.h>

#include "session/conductor_inside.h"
#include "timeline/landmark.h"

#define BACK_SECONDS   3 /* back within the first moments of a move goes to the one before */
#define SHORT_PAUSE_MS 2000
#define LONG_PAUSE_MS  (30 * 60 * INT64_C(1000))

/* --- pause and on --- */

/* Whether something would be heard now or within a moment, so that silence is an answer. */
static bool is_audible(const struct conductor *conductor)
{
    if (conductor->speaking || conductor_page_speaks(conductor, false))
        return true;
    frames now = conductor_heard(conductor);
    for (size_t i = score_count(conductor->feed->score); i-- > 0;) {
        const struct mixer_event *event = score_event(conductor->feed->score, i);
        bool on = event->start <= now && event->clip &&
                  (event->kind == EVENT_BED || event->start + event->length > now);
        if (on)
            return true;
    }
    return false;
}

COMMAND(pause)
{
    bool waited = conductor->answer.kind != ANSWER_NONE;
    if (conductor->paused && !waited) {
        conductor_chime(conductor, "paused", PART_SOUNDS);
        reply_say(reply, "paused already");
        return LIMBER_OK;
    }
    if (!conductor->paused && !is_audible(conductor))
        conductor_chime(conductor, "paused", PART_SOUNDS);
    conductor_stand(conductor);
    if (!conductor->paused) {
        conductor->paused = true;
        conductor->paused_ms = conductor_now_ms(conductor);
        conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_PAUSE});
    }
    reply_say(reply, "paused");
    return LIMBER_OK;
}

static bool is_same_day(int64_t a_ms, int64_t b_ms)
{
    struct tm a, b;
    time_t a_s = (time_t)(a_ms / 1000), b_s = (time_t)(b_ms / 1000);
    return localtime_r(&a_s, &a) && localtime_r(&b_s, &b) && a.tm_yday == b.tm_yday &&
           a.tm_year == b.tm_year;
}

bool conductor_is_long(int64_t from_ms, int64_t to_ms)
{
    return to_ms - from_ms > LONG_PAUSE_MS || !is_same_day(from_ms, to_ms);
}

/* The bout begins anew when hardly any of it was held. */
static void begin_short_bout_anew(struct conductor *conductor)
{
    struct timeline_from from = conductor->from;
    frames little = (frames)session_rate(conductor->session) * HELD_TOO_LITTLE_MS / 1000;
    if (conductor->over || from.elapsed <= 0 || from.elapsed >= little)
        return;
    conductor_rebuild(conductor, (struct timeline_from){.step = from.step, .at = from.at});
}

static void begin_move_anew(struct conductor *conductor)
{
    const struct plan *plan = conductor_plan(conductor);
    size_t step = conductor->from.step;
    uint32_t move = conductor->over ? UINT32_MAX : plan->cues[step].move;
    if (move >= plan->move_count)
        return;
    size_t first = plan->moves[move].first_cue;
    changes_forget(&conductor->changes, (uint32_t)first, (uint32_t)step + 1);
    conductor_jump(conductor, first);
}

void conductor_go_on(struct conductor *conductor, int64_t pause_ms)
{
    enum resume_policy policy = conductor->session->routine->resume;
    bool asked = conductor->question;
    conductor->paused = conductor->question = false;
    conductor_tell(conductor,
                   (struct conductor_event){.what = HAPPENED_GO_ON, .amount_ms = pause_ms});
    if (pause_ms < SHORT_PAUSE_MS && !asked)
        policy = RESUME_PLAIN;
    if (policy == RESUME_RESTART_MOVE)
        begin_move_anew(conductor);
    bool begun = !conductor->over && conductor_cue(conductor, conductor->from.step)->move <
                                         conductor_plan(conductor)->move_count;
    if (policy != RESUME_GUIDED || !begun) {
        conductor_run(conductor);
        return;
    }
    begin_short_bout_anew(conductor);
    conductor_answer(conductor,
                     (struct answer){.kind = ANSWER_GO_ON, .stands = true, .counted = true});
}

COMMAND(play)
{
    int64_t now_ms = conductor_now_ms(conductor);
    if (!conductor->paused) {
        bool counting = conductor->answer.kind == ANSWER_GO_ON;
        if (counting) { /* impatient: at once */
            conductor_stand(conductor);
            conductor_run(conductor);
        } else if (conductor->answer.kind == ANSWER_NONE) {
            conductor_chime(conductor, "going on", PART_SOUNDS);
        }
        reply_say(reply, "playing");
        return LIMBER_OK;
    }
    int64_t pause_ms = now_ms > conductor->paused_ms ? now_ms - conductor->paused_ms : 0;
    conductor_stand(conductor);
    if (!conductor->question && conductor_is_long(conductor->paused_ms, now_ms)) {
        conductor->question = true;
        conductor_answer(conductor, (struct answer){.kind = ANSWER_QUESTION, .stands = true});
        reply_say(reply, "go on, or begin again?");
        return LIMBER_OK;
    }
    conductor_go_on(conductor, pause_ms);
    reply_say(reply, "playing");
    return LIMBER_OK;
}

COMMAND(toggle)
{
    if (conductor->paused || (conductor->runs && conductor_waiting(conductor)))
        return command_go(conductor, command, reply);
    return command_pause(conductor, command, reply);
}

/* --- elsewhere --- */

/* Whether it stands in a caution that was cut off: that is said whole before anything else. */
static bool in_caution(const struct conductor *conductor)
{
    const struct timeline_from *from = &conductor->from;
    const struct plan *plan = conductor_plan(conductor);
    if (conductor->over || from->step >= plan->cue_count)
        return false;
    const struct cue *cue = &plan->cues[from->step];
    if (cue->kind == CUE_SPEECH && cue->role == ROLE_CAUTION)
        return true;
    return from->tracked && from->cut < plan->cue_count &&
           plan->cues[from->cut].kind == CUE_SPEECH && plan->cues[from->cut].role == ROLE_CAUTION;
}

static void end_pause(struct conductor *conductor)
{
    int64_t now_ms = conductor_now_ms(conductor);
    if (conductor->paused)
        conductor_tell(conductor,
                       (struct conductor_event){.what = HAPPENED_GO_ON,
                                                .amount_ms = now_ms - conductor->paused_ms});
    conductor->paused = conductor->question = false;
}

static enum limber_status after_caution(struct conductor *conductor, const struct command *command,
                                        const struct reply *reply)
{
    end_pause(conductor);
    conductor_run(conductor);
    return commands_wait(conductor, command, reply);
}

/* What is left of the bout it stands in; −1 when it had hardly begun; 0: it is none. */
static frames left_of_bout(const struct conductor *conductor)
{
    const struct timeline_from *from = &conductor->from;
    if (conductor->over || conductor_cue(conductor, from->step)->kind != CUE_BOUT)
        return 0;
    frames little = (frames)session_rate(conductor->session) * HELD_TOO_LITTLE_MS / 1000;
    if (from->elapsed < little)
        return -1;
    return timeline_left(conductor->feed->timeline, from->at);
}

/* Cautions that belong to no move are never skipped: everything else up to `to` is left out, and
 * the first of them is where it goes. */
static size_t keep_cautions(struct conductor *conductor, size_t to)
{
    const struct plan *plan = conductor_plan(conductor);
    size_t first = SIZE_MAX;
    for (size_t i = conductor->from.step; i < to; i = landmark_step_after(plan, i)) {
        const struct cue *cue = &plan->cues[i];
        bool stays =
            cue->kind == CUE_SPEECH && cue->role == ROLE_CAUTION && cue->move == UINT32_MAX;
        if (stays && first == SIZE_MAX)
            first = i;
        if (first != SIZE_MAX && !stays)
            changes_skip(&conductor->changes, plan, (uint32_t)i, true);
    }
    return first == SIZE_MAX ? to : first;
}

/* While standing: leaves out what is between here and `to`, and goes on there. */
static void go_ahead(struct conductor *conductor, size_t to)
{
    if (to <= conductor->from.step)
        return; /* it would come next anyway */
    conductor->skipped = true;
    changes_leave_out(&conductor->changes, conductor_plan(conductor),
                      (uint32_t)conductor->from.step, left_of_bout(conductor), (uint32_t)to);
    conductor_jump(conductor, keep_cautions(conductor, to));
}

/* While standing: plays [to, here) anew. */
static void go_back(struct conductor *conductor, size_t to)
{
    size_t here = conductor->over ? conductor_plan(conductor)->cue_count : conductor->from.step;
    changes_forget(&conductor->changes, (uint32_t)to, (uint32_t)here + 1);
    conductor_jump(conductor, to);
}

COMMAND(next)
{
    const struct plan *plan = conductor_plan(conductor);
    if (conductor->runs && conductor_waiting(conductor))
        return command_go(conductor, command, reply);
    if (conductor->question)
        return command_restart(conductor, command, reply);
    /* From what is heard: in the silence after a move's last words it is still that move. */
    size_t here = conductor_step(conductor), to = landmark_next_move(plan, here);
    conductor_stand(conductor);
    if (in_caution(conductor) && conductor->from.step <= here)
        return after_caution(conductor, command, reply);
    bool last = to >= plan->cue_count;
    if (last && here < landmark_close(plan))
        to = landmark_close(plan); /* nobody is left without a word */
    end_pause(conductor);
    if (!conductor->over)
        go_ahead(conductor, to);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_SKIP, .whole = true});
    conductor_run(conductor);
    reply_say(reply, "%s", last ? "that was the last move" : plan->moves[plan->cues[to].move].name);
    return LIMBER_OK;
}

/* Whether the move has just begun where it stands: only words of it have been heard, or hardly
 * more. */
static bool has_just_begun(const struct conductor *conductor, size_t first)
{
    frames began = 0;
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].cue == first)
            began = entries[i].start;
    }
    frames here = conductor_heard(conductor);
    return here - began < (frames)session_rate(conductor->session) * BACK_SECONDS && began > 0;
}

COMMAND(back)
{
    const struct plan *plan = conductor_plan(conductor);
    if (conductor->question)
        return command_restart(conductor, command, reply);
    size_t step = conductor_step(conductor);
    uint32_t move = step < plan->cue_count ? plan->cues[step].move : (uint32_t)plan->move_count - 1;
    if (plan->move_count == 0 || move >= plan->move_count)
        return command_restart(conductor, command, reply);
    /* In the timeline that runs: the one made by standing begins here. */
    bool before = move > 0 && has_just_begun(conductor, plan->moves[move].first_cue);
    conductor_stand(conductor);
    if (in_caution(conductor))
        return after_caution(conductor, command, reply);
    end_pause(conductor);
    uint32_t to = before ? move - 1 : move;
    go_back(conductor, plan->moves[to].first_cue);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_SKIP});
    conductor_run(conductor);
    reply_say(reply, "%s", plan->moves[to].name);
    return LIMBER_OK;
}

COMMAND(to)
{
    const struct plan *plan = conductor_plan(conductor);
    uint32_t move = (uint32_t)command->number - 1;
    if (move >= plan->move_count) {
        reply_no(conductor, reply, "there are no moves");
        if (plan->move_count > 0)
            reply_say(reply, "the last move is %zu", plan->move_count);
        return LIMBER_INVALID;
    }
    size_t to = plan->moves[move].first_cue;
    conductor_stand(conductor);
    if (in_caution(conductor))
        return after_caution(conductor, command, reply);
    end_pause(conductor);
    bool ahead = !conductor->over && to > conductor->from.step;
    if (ahead)
        go_ahead(conductor, to);
    else
        go_back(conductor, to);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_SKIP, .whole = ahead});
    conductor_run(conductor);
    reply_say(reply, "%s", plan->moves[move].name);
    return LIMBER_OK;
}

COMMAND(restart)
{
    bool asked = conductor->question;
    conductor_stand(conductor);
    if (in_caution(conductor) && !asked)
        return after_caution(conductor, command, reply);
    end_pause(conductor);
    changes_forget(&conductor->changes, 0, UINT32_MAX);
    conductor_rebuild(conductor, (struct timeline_from){.step = 0});
    conductor->said = conductor->move = UINT32_MAX;
    conductor->step = SIZE_MAX;
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_RESTART});
    conductor_run(conductor);
    reply_say(reply, "from the beginning");
    return LIMBER_OK;
}

COMMAND(skip_side)
{
    const struct plan *plan = conductor_plan(conductor);
    size_t step = conductor_step(conductor);
    size_t to = landmark_other_side(plan, step);
    if (to == SIZE_MAX)
        return reply_no(conductor, reply, "there are no sides here");
    enum side side = plan->cues[step].side;
    conductor_stand(conductor);
    if (in_caution(conductor))
        return after_caution(conductor, command, reply);
    to = landmark_other_side(plan, conductor->from.step);
    if (to == SIZE_MAX)
        to = conductor->from.step;
    end_pause(conductor);
    go_ahead(conductor, to);
    conductor_tell(conductor, (struct conductor_event){
                                  .what = HAPPENED_SKIP_SIDE, .side = side, .whole = true});
    conductor_run(conductor);
    reply_say(reply, "%s side skipped", side_name(side));
    return LIMBER_OK;
}

COMMAND(go)
{
    if (!conductor->runs || conductor->paused || !conductor_waiting(conductor))
        return command_play(conductor, command, reply);
    conductor_stand(conductor);
    if (in_caution(conductor))
        return after_caution(conductor, command, reply);
    conductor_jump(conductor, landmark_step_after(conductor_plan(conductor), conductor->from.step));
    conductor_run(conductor);
    reply_say(reply, "going on");
    return LIMBER_OK;
}

COMMAND(stop)
{
    reply_say(reply, "stopped");
    conductor_finish(conductor, conductor->ending == ENDING_NOT ? HAPPENED_STOP : HAPPENED_DONE);
    return LIMBER_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands_bout.c: questions, more and less time, and how it is said and heard. */
#include <stdlib.h>
#include <string.h>

#include "session/conductor_inside.h"
#include "timeline/landmark.h"

#define PACE_STEPS 5
#define PACE_STEP  0.85 /* of waits and gaps; slower is the inverse */

/* --- questions --- */

COMMAND(where)
{
    struct answer answer = {.kind = ANSWER_WHERE};
    struct words words;
    answer_words(conductor, &answer, conductor_heard(conductor), conductor->runs, &words);
    reply_say(reply, "%s", words.text.length ? str_text(&words.text) : "here");
    str_free(&words.text);
    conductor_answer(conductor, answer);
    return LIMBER_OK;
}

/* Stands in the middle of one of the sentences that `again` says anyway: then it need not be said
 * once more. */
static void pass_over(struct conductor *conductor, uint32_t said)
{
    const struct plan *plan = conductor_plan(conductor);
    const struct cue *cue = &plan->cues[said];
    if (!conductor->over && conductor->from.step == said && cue->kind == CUE_SPEECH &&
        cue->role != ROLE_CAUTION)
        conductor_jump(conductor, landmark_step_after(plan, said));
}

COMMAND(again)
{
    if (conductor->said == UINT32_MAX)
        return reply_no(conductor, reply, "nothing has been said yet");
    conductor_stand(conductor);
    pass_over(conductor, conductor->said);
    reply_say(reply, "again: %s", conductor_cue(conductor, conductor->said)->text);
    conductor_answer(conductor,
                     (struct answer){.kind = ANSWER_AGAIN, .cue = conductor->said, .stands = true});
    return LIMBER_OK;
}

COMMAND(help)
{
    const struct command_help *table = command_table();
    for (int i = 0; command->name[0] && i < COMMAND_COUNT; i++) {
        size_t length = strcspn(table[i].name, "|");
        if (length != strlen(command->name) || strncmp(table[i].name, command->name, length) != 0)
            continue;
        reply_say(reply, "%s %s: %s", command->name, table[i].arguments, table[i].help);
        return LIMBER_OK;
    }
    reply_say(reply, "space pauses, n next, b back, w where, r again, + more time, q quits");
    conductor_answer(conductor, (struct answer){.kind = ANSWER_PHRASE, .key = "answer.help"});
    return LIMBER_OK;
}

/* --- time --- */

/* Whether the step's time can be made longer or shorter: not that of a single breath. */
static bool can_change(const struct conductor *conductor, size_t step)
{
    if (step >= conductor_plan(conductor)->cue_count)
        return false;
    const struct cue *cue = conductor_cue(conductor, step);
    return cue->kind == CUE_BOUT && !cue->open && cue->bout != BOUT_IN && cue->bout != BOUT_OUT &&
           cue->bout != BOUT_KEEP;
}

COMMAND(more_or_less)
{
    bool more = command->id == COMMAND_MORE;
    uint32_t rate_hz = session_rate(conductor->session);
    if (!can_change(conductor, conductor_step(conductor)))
        return reply_no(conductor, reply, "nothing is being held now");
    conductor_stand(conductor);
    frames amount = frames_from_ns(command->time_ns, rate_hz);
    frames left = timeline_left(conductor->feed->timeline, conductor->from.at);
    if (!more && amount > left)
        amount = left;
    bool still = can_change(conductor, conductor->over ? SIZE_MAX : conductor->from.step);
    if (!still || amount <= 0) { /* it ended while the gate closed */
        if (!conductor->paused)
            conductor_run(conductor);
        return reply_no(conductor, reply, "nothing is being held any more");
    }
    changes_add(&conductor->changes, conductor_plan(conductor), (uint32_t)conductor->from.step,
                more ? amount : -amount);
    conductor_rebuild(conductor, conductor->from);
    nsec time = ns_from_frames(amount, rate_hz);
    conductor_tell(conductor, (struct conductor_event){.what = more ? HAPPENED_MORE : HAPPENED_LESS,
                                                       .amount_ms = time / NSEC_PER_MSEC});
    char text[40];
    reply_say(reply, "%s %s", units_format_duration(time, text, sizeof text),
              more ? "more" : "less");
    nsec seconds = (time + NSEC_PER_SEC / 2) / NSEC_PER_SEC;
    conductor_answer(conductor, (struct answer){.kind = ANSWER_TIME,
                                                .key = more ? "answer.more" : "answer.less",
                                                .time_ns = seconds * NSEC_PER_SEC});
    return LIMBER_OK;
}

COMMAND(pace)
{
    int pace = conductor->pace + (command->id == COMMAND_FASTER ? 1 : -1);
    if (pace > PACE_STEPS || pace < -PACE_STEPS)
        return reply_no(conductor, reply, pace > 0 ? "as fast as it goes" : "as slow as it goes");
    double factor = 1;
    for (int i = 0; i < abs(pace); i++)
        factor = pace > 0 ? factor * PACE_STEP : factor / PACE_STEP;
    conductor_stand(conductor);
    conductor->pace = pace;
    conductor->changes.pace_permille = pace == 0 ? 0 : (uint32_t)(1000 * factor + 0.5);
    conductor_rebuild(conductor, conductor->from);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_CHANGE});
    reply_say(reply, "pauses %.0f %% as long", 100 * factor);
    conductor_answer(conductor,
                     (struct answer){.kind = ANSWER_PHRASE,
                                     .key = pace == 0                       ? "answer.usual pace"
                                            : command->id == COMMAND_FASTER ? "answer.faster"
                                                                            : "answer.slower"});
    return LIMBER_OK;
}

/* --- loudness --- */

static void set_level(struct conductor *conductor, enum command_part part, int level,
                      const struct reply *reply)
{
    static const enum mixer_part parts[PART_COUNT] = {
        [PART_SPEECH] = MIXER_SPEECH, [PART_SOUNDS] = MIXER_SOUNDS, [PART_BED] = MIXER_BEDS};
    static const char *const names[PART_COUNT] = {"all", "speech", "sounds", "bed"};
    bool louder = level >= conductor->level_db[part];
    conductor->level_db[part] = level;
    if (part == PART_MASTER)
        stream_set_master(conductor->stream, gain_from_db(level));
    else
        stream_set_level(conductor->stream, parts[part], gain_from_db(level));
    conductor_chime(conductor, louder ? "louder" : "quieter", part);
    reply_say(reply, "%s: %+d dB", names[part], level);
}

COMMAND(louder)
{
    bool louder = command->id == COMMAND_LOUDER;
    int level = conductor->level_db[command->part];
    if (!command_step_level(command, &level))
        return reply_no(conductor, reply, louder ? "that is the loudest" : "that is the softest");
    set_level(conductor, command->part, level, reply);
    return LIMBER_OK;
}

COMMAND(level)
{
    set_level(conductor, command->part, command->number, reply);
    return LIMBER_OK;
}

/* --- how it is said --- */

COMMAND(voice)
{
    char *error = NULL;
    size_t step = conductor->over ? 0 : conductor_step(conductor);
    if (session_set_voice(conductor->session, command->name, step, &error) != LIMBER_OK) {
        reply_no(conductor, reply, error ? error : "there is no such voice");
        free(error);
        return LIMBER_INVALID;
    }
    conductor_stand(conductor);
    conductor_rebuild(conductor, conductor->from);
    answer_prepare(conductor);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_CHANGE});
    reply_say(reply, "voice %s", session_voice_name(conductor->session));
    conductor_answer(conductor, (struct answer){.kind = ANSWER_VOICE, .stands = true});
    return LIMBER_OK;
}

static enum limber_status plan_anew(struct conductor *conductor, const enum detail *detail,
                                    bool no_tips, const struct reply *reply)
{
    conductor_stand(conductor);
    struct timeline_from from = conductor->from;
    if (session_replan(conductor->session, detail, no_tips, &from, &conductor->changes) !=
        LIMBER_OK) {
        if (!conductor->paused)
            conductor_run(conductor);
        return reply_no(conductor, reply, "the page cannot be planned so");
    }
    conductor_rebuild(conductor, from);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_CHANGE});
    return LIMBER_OK;
}

COMMAND(detail)
{
    static const char *const keys[] = {"answer.detail full", "answer.detail normal",
                                       "answer.detail brief"};
    static const char *const names[] = {"full", "normal", "brief"};
    reply_say(reply, "detail %s", names[command->detail]);
    if (!session_detail_is(conductor->session, command->detail)) {
        enum limber_status status =
            plan_anew(conductor, &command->detail, session_no_tips(conductor->session), reply);
        if (status != LIMBER_OK)
            return status;
    }
    conductor_answer(conductor,
                     (struct answer){.kind = ANSWER_PHRASE, .key = keys[command->detail]});
    return LIMBER_OK;
}

COMMAND(mute_tips)
{
    reply_say(reply, "tips %s", command->on ? "off" : "on");
    if (command->on != session_no_tips(conductor->session)) {
        enum limber_status status = plan_anew(conductor, NULL, command->on, reply);
        if (status != LIMBER_OK)
            return status;
    }
    conductor_answer(conductor,
                     (struct answer){.kind = ANSWER_PHRASE,
                                     .key = command->on ? "answer.tips off" : "answer.tips on"});
    return LIMBER_OK;
}

/* Before the end it is not asked, but may be told all the same. */
COMMAND(effort)
{
    conductor_tell(conductor,
                   (struct conductor_event){.what = HAPPENED_EFFORT, .effort = command->effort});
    reply_say(reply, "%s", command->effort == EFFORT_EASY ? "easy" : "hard");
    conductor_answer(conductor,
                     (struct answer){.kind = ANSWER_PHRASE,
                                     .key = command->effort == EFFORT_EASY ? "answer.effort easy"
                                                                           : "answer.effort hard"});
    return LIMBER_OK;
}

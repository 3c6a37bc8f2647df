/* SPDX-License-Identifier: GPL-3.0-or-later */
/* announce.c: saying things to the person in between: over a bout that is held where there is room,
 * else while the session stands still. */
#include "session/conductor_inside.h"

static float level_gain(const struct conductor *conductor, enum command_part part)
{
    int db = conductor->level_db[PART_MASTER];
    if (part != PART_MASTER)
        db += conductor->level_db[part];
    return gain_from_db(db < 0 ? db : 0);
}

void conductor_chime(struct conductor *conductor, const char *role, enum command_part part)
{
    const struct clip *clip = theme_sound(conductor->session->theme, role, 0);
    stream_chime(conductor->stream, clip, level_gain(conductor, part));
}

static bool is_heard(const struct conductor *conductor)
{
    enum stream_state state = stream_state(conductor->stream);
    return state == STREAM_RUNNING || state == STREAM_OPENING;
}

void announce_drop(struct conductor *conductor)
{
    score_destroy(conductor->aside);
    conductor->aside = NULL;
    conductor->speaking = false;
    conductor->answer = (struct answer){0};
}

/* --- speaking --- */

/* Over the bout, from the frame on where the session can be taken up. */
static bool speak_over(struct conductor *conductor)
{
    struct words words;
    frames at = conductor->from.at;
    if (conductor->over)
        return false;
    if (conductor->runs) {
        frames cut = stream_hold(conductor->stream);
        at = cut > at ? cut : at;
    }
    answer_words(conductor, &conductor->answer, at, true, &words);
    str_free(&words.text);
    struct feed *before = conductor->feed;
    if (words.count == 0 || !words.voiced ||
        !feed_room_for(before, at, feed_words_length(conductor->session, words.ids, words.count)))
        return false;
    struct feed *over = feed_over(before, at, words.ids, words.count);
    conductor_play_feed(conductor, over, at);
    feed_destroy(before);
    announce_drop(conductor);
    return true;
}

static void speak_aside(struct conductor *conductor, const struct words *words)
{
    conductor->aside =
        feed_aside(conductor->session, conductor->feed, conductor->from.at, words->ids,
                   words->count, conductor->answer.counted ? LEAD_TICKS : 0);
    conductor->speaking = true;
    stream_mark(conductor->stream, NULL, 0);
    stream_play(conductor->stream, conductor->aside, 0);
}

/* Stands still without forgetting what is to be said. */
static void stand_to_speak(struct conductor *conductor)
{
    struct answer answer = conductor->answer;
    conductor_stand(conductor);
    conductor->answer = answer;
    conductor->answer.stands = true;
}

/* The words are not there yet: the earcon tells that the command was heard. */
static void wait_for_words(struct conductor *conductor)
{
    if (!conductor->answer.chimed)
        conductor_chime(conductor, "heard", PART_SOUNDS);
    conductor->answer.chimed = true;
    if (!conductor->answer.stands && !conductor->runs && !conductor->paused &&
        conductor->ending == ENDING_NOT)
        conductor_run(conductor);
}

void announce_try(struct conductor *conductor)
{
    struct words words;
    if (conductor_page_speaks(conductor, true))
        return; /* a caution is not cut off */
    if (conductor->answer.stands && conductor->runs)
        stand_to_speak(conductor);
    answer_words(conductor, &conductor->answer, conductor_heard(conductor), conductor->runs,
                 &words);
    str_free(&words.text);
    if (!words.voiced) {
        wait_for_words(conductor);
        return;
    }
    if (words.count == 0 && !conductor->answer.counted) {
        if (!conductor->answer.chimed && conductor->ending == ENDING_NOT)
            conductor_chime(conductor, "heard", PART_SOUNDS);
        announce_done(conductor);
        return;
    }
    if (!conductor->answer.stands && !conductor->paused && speak_over(conductor))
        return;
    stand_to_speak(conductor);
    answer_words(conductor, &conductor->answer, conductor->from.at, false, &words);
    str_free(&words.text);
    if (words.voiced)
        speak_aside(conductor, &words);
    else
        wait_for_words(conductor);
}

void conductor_answer(struct conductor *conductor, struct answer answer)
{
    if (conductor->speaking)
        conductor_stand(conductor);
    conductor->answer = answer;
    if (is_heard(conductor))
        announce_try(conductor);
    else
        announce_done(conductor);
}

void conductor_say(struct conductor *conductor, const char *key)
{
    if (!conductor->finished && conductor->ending == ENDING_NOT)
        conductor_answer(
            conductor,
            (struct answer){.kind = ANSWER_PHRASE, .key = key, .stands = true, .chimed = true});
}

/* --- the end --- */

static void end_next(struct conductor *conductor)
{
    if (conductor->ending == ENDING_CLOSING && conductor->options.ask_effort) {
        conductor->ending = ENDING_ASKING;
        conductor_answer(conductor, (struct answer){.kind = ANSWER_EFFORT,
                                                    .key = "answer.effort",
                                                    .stands = true,
                                                    .chimed = true});
    } else if (conductor->ending == ENDING_ASKING) {
        conductor->ending = ENDING_WAITING;
        conductor->asked_ms = conductor_now_ms(conductor);
    } else {
        conductor_finish(conductor, HAPPENED_DONE);
    }
}

void announce_ending(struct conductor *conductor)
{
    if (conductor->ending != ENDING_NOT)
        return;
    conductor->paused = conductor->question = false;
    conductor->ending = ENDING_CLOSING;
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_HEARD});
    if (conductor->options.closing && conductor->options.closing[0])
        conductor_answer(conductor,
                         (struct answer){.kind = ANSWER_CLOSING, .stands = true, .chimed = true});
    else
        end_next(conductor);
}

void announce_effort(struct conductor *conductor, enum command_effort effort)
{
    conductor_stand(conductor);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_EFFORT, .effort = effort});
    conductor->ending = ENDING_THANKING;
    conductor_answer(conductor, (struct answer){.kind = ANSWER_PHRASE,
                                                .key = effort == EFFORT_EASY ? "answer.effort easy"
                                                                             : "answer.effort hard",
                                                .stands = true});
}

void announce_done(struct conductor *conductor)
{
    if (conductor->answer.kind == ANSWER_QUESTION)
        conductor->asked_ms = conductor_now_ms(conductor);
    if (conductor->speaking)
        conductor_stand(conductor);
    else
        announce_drop(conductor);
    if (conductor->ending != ENDING_NOT)
        end_next(conductor);
    else if (!conductor->paused && !conductor->runs)
        conductor_run(conductor);
}

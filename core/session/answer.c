/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.c: what is said in answer to the person, put together from phrases, and true at the moment
 * it is heard. */
#include <stdio.h>
#include <string.h>

#include "plan/expand.h"
#include "session/conductor_inside.h"
#include "timeline/landmark.h"

#define SECONDS_AHEAD 60 /* "N seconds left": asked for in advance up to here */
#define LEAST_TO_GO_S 5

/* An answer being put together. */
struct saying {
    struct conductor *conductor;
    struct words *words;
    const char *language;
    frames at;     /* when it begins to be heard */
    bool runs;     /* the clock runs on meanwhile */
    frames length; /* so far, with the gaps between */
};

static const char *phrase(const struct conductor *conductor, const char *key,
                          const char *const *pairs)
{
    const char *text =
        conductor->phrases ? phrases_say(conductor->phrases, conductor->arena, key, pairs) : NULL;
    return text && *text ? text : NULL;
}

/* Asks for a text; tells its clip, NULL while there is none. */
static const struct clip *ask(const struct conductor *conductor, const char *text,
                              const char *language, uint32_t *id)
{
    struct cast *cast = conductor->session->cast;
    *id = cast_request(cast, text, language, 0);
    return cast_clip(cast, *id);
}

/* The same as another answer would be a moment later: it must be there as well. */
static void say_spare(struct saying *saying, const char *text)
{
    uint32_t id;
    if (text && !ask(saying->conductor, text, saying->language, &id)) {
        saying->words->voiced = false;
        cast_hurry(saying->conductor->session->cast, id);
    }
}

static void say(struct saying *saying, const char *text)
{
    struct words *words = saying->words;
    uint32_t id;
    if (!text || !*text || words->count == ANSWER_MOST)
        return;
    const struct clip *clip = ask(saying->conductor, text, saying->language, &id);
    uint32_t rate_hz = session_rate(saying->conductor->session);
    if (!clip) {
        words->voiced = false;
        cast_hurry(saying->conductor->session->cast, id);
    }
    saying->length += clip ? clip->length : frames_from_ns(plan_estimate_speech_ns(text), rate_hz);
    saying->length += FEED_WORDS_GAP(rate_hz);
    words->ids[words->count++] = id;
    str_printf(&words->text, "%s%s", words->text.length ? " " : "", text);
}

/* What is left of `time` when the next words are heard, in whole seconds. */
static int64_t seconds_left(const struct saying *saying, frames time)
{
    frames left = time - (saying->runs ? saying->length : 0);
    return left > 0 ? left / session_rate(saying->conductor->session) : 0;
}

/* --- where --- */

/* Whether the step's time is worth telling: it is held, not breathed or got ready in. */
static bool is_held(const struct cue *cue)
{
    return cue->kind == CUE_BOUT && !cue->open &&
           (cue->bout == BOUT_HOLD || cue->bout == BOUT_FOR || cue->bout == BOUT_REST ||
            cue->bout == BOUT_PACE || cue->bout == BOUT_WAIT);
}

/* "Side stretch, right side", the name of the move alone, or NULL before the first. */
static const char *place_of(const struct conductor *conductor, const struct cue *cue)
{
    const struct plan *plan = conductor_plan(conductor);
    if (!conductor->phrases || cue->move >= plan->move_count)
        return NULL;
    const char *name = plan->moves[cue->move].name;
    if (cue->side == SIDE_NONE)
        return name;
    const char *side = side_name(cue->side);
    const char *key = arena_printf(conductor->arena, "side.%s", side);
    const char *const pairs[] = {"name",     name, "side", phrase(conductor, key, NULL),
                                 "=variant", side, NULL};
    const char *place = phrase(conductor, "answer.side", pairs);
    return place ? place : name;
}

static const char *there(const struct conductor *conductor, const char *key, const char *place)
{
    const char *const pairs[] = {"place", place, NULL};
    return place && *place ? phrase(conductor, key, pairs) : NULL;
}

static void say_left(struct saying *saying)
{
    const struct conductor *conductor = saying->conductor;
    int64_t left = seconds_left(saying, timeline_left(conductor->feed->timeline, saying->at));
    if (left < 1)
        return;
    if (saying->runs && left > 1)
        say_spare(saying, phrases_left(conductor->phrases, conductor->arena,
                                       (left - 1) * NSEC_PER_SEC, false));
    say(saying, phrases_left(conductor->phrases, conductor->arena, left * NSEC_PER_SEC, false));
}

static void say_here(struct saying *saying, size_t step)
{
    const struct conductor *conductor = saying->conductor;
    const struct cue *cue = conductor_cue(conductor, step);
    const char *place = place_of(conductor, cue);
    bool resting = cue->kind == CUE_BOUT && cue->bout == BOUT_REST;
    bool timed = is_held(cue) && timeline_left(conductor->feed->timeline, saying->at) >=
                                     (frames)session_rate(conductor->session);
    if (step >= landmark_close(conductor_plan(conductor))) {
        say(saying, phrase(conductor, "answer.closing", NULL));
        return;
    }
    if (resting)
        say(saying, phrase(conductor, "answer.rest", NULL));
    else if (!place)
        say(saying, phrase(conductor, "answer.opening", NULL));
    else
        say(saying, there(conductor, timed ? "answer.there with time" : "answer.there", place));
    if (timed)
        say_left(saying);
    if (cue->open)
        say(saying, phrase(conductor, "answer.waiting", NULL));
}

static void say_then(struct saying *saying, size_t step)
{
    const struct conductor *conductor = saying->conductor;
    const struct plan *plan = conductor_plan(conductor);
    const struct cue *cue = &plan->cues[step];
    size_t other = cue->side == SIDE_NONE ? SIZE_MAX : landmark_other_side(plan, step);
    while (other < plan->cue_count && plan->cues[other].side == SIDE_NONE &&
           plan->cues[other].move == cue->move && plan->cues[other].set == cue->set)
        other = landmark_step_after(plan, other);
    if (other < plan->cue_count && plan->cues[other].side != SIDE_NONE &&
        plan->cues[other].move == cue->move && plan->cues[other].set == cue->set &&
        plan->cues[other].side != cue->side) {
        const char *side = side_name(plan->cues[other].side);
        const char *key = arena_printf(conductor->arena, "side.%s", side);
        const char *const pairs[] = {"side", phrase(conductor, key, NULL), "=variant", side, NULL};
        say(saying, phrase(conductor, "answer.then side", pairs));
        return;
    }
    size_t next = landmark_next_move(plan, step);
    if (next >= plan->cue_count) {
        say(saying, phrase(conductor, "answer.then end", NULL));
        return;
    }
    const char *name = plan->moves[plan->cues[next].move].name;
    const char *const pairs[] = {"name", name, "small name", word_small(conductor->arena, name),
                                 NULL};
    say(saying, phrase(conductor, "answer.then", pairs));
}

static const char *to_go(const struct conductor *conductor, int64_t seconds)
{
    return phrases_timed(conductor->phrases, conductor->arena, "answer.to go",
                         seconds * NSEC_PER_SEC, seconds >= 90);
}

static void say_to_go(struct saying *saying)
{
    const struct conductor *conductor = saying->conductor;
    frames total = timeline_expected_length(conductor->feed->timeline);
    int64_t seconds = seconds_left(saying, total - saying->at);
    if (seconds < LEAST_TO_GO_S)
        return;
    if (saying->runs)
        say_spare(saying, to_go(conductor, seconds - 1));
    say(saying, to_go(conductor, seconds));
}

static void say_where(struct saying *saying)
{
    const struct conductor *conductor = saying->conductor;
    const struct plan *plan = conductor_plan(conductor);
    size_t step = conductor_step(conductor);
    if (conductor->paused)
        say(saying, phrase(conductor, "answer.paused", NULL));
    if (step >= plan->cue_count || conductor->ending != ENDING_NOT) {
        say(saying, phrase(conductor, "answer.closing", NULL));
        return;
    }
    say_here(saying, step);
    if (step < landmark_close(plan))
        say_then(saying, step);
    say_to_go(saying);
}

/* --- the others --- */

static void say_lines(struct saying *saying, const char *text)
{
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        say(saying, arena_strndup(saying->conductor->arena, text, length));
        text += length + (text[length] == '\n');
    }
}

static void say_cue(struct saying *saying, uint32_t index, bool full)
{
    const struct plan *plan = conductor_plan(saying->conductor);
    if (index >= plan->cue_count)
        return;
    const struct cue *cue = &plan->cues[index];
    saying->language = cue->language;
    say_lines(saying, full && cue->full ? cue->full : cue->text);
}

/* "round two of three", or NULL. */
static const char *round_of(const struct conductor *conductor, size_t step)
{
    const struct plan *plan = conductor_plan(conductor);
    int32_t round = plan->cues[step].round, rounds = round;
    for (size_t i = step; i < plan->cue_count && plan->cues[i].round >= rounds; i++)
        rounds = plan->cues[i].round;
    const char *const numbers[] = {"number", arena_printf(conductor->arena, "%d", (int)round),
                                   "total", arena_printf(conductor->arena, "%d", (int)rounds),
                                   NULL};
    return round > 0 ? phrase(conductor, "answer.round", numbers) : NULL;
}

void conductor_where(struct conductor *conductor, struct str *to)
{
    struct arena *kept = conductor->arena; /* what is being said has its words there */
    size_t step = conductor_step(conductor);
    const struct plan *plan = conductor_plan(conductor);
    const struct cue *cue = step < plan->cue_count ? &plan->cues[step] : NULL;
    conductor->arena = arena_new();
    const char *place = cue ? place_of(conductor, cue) : NULL;
    const char *round = place ? round_of(conductor, step) : NULL;
    if (place)
        str_printf(to, "%s%s%s", place, round ? ", " : "", round ? round : "");
    arena_destroy(conductor->arena);
    conductor->arena = kept;
}

/* "You were at side stretch, right side, round two of three. Go on, or begin again?" */
static void say_question(struct saying *saying)
{
    const struct conductor *conductor = saying->conductor;
    const struct plan *plan = conductor_plan(conductor);
    size_t step = conductor_step(conductor);
    const struct cue *cue = step < plan->cue_count ? &plan->cues[step] : NULL;
    const char *place = cue ? place_of(conductor, cue) : NULL;
    if (place) {
        const char *round = round_of(conductor, step);
        const char *const pairs[] = {
            "place", place, "small place", word_small(conductor->arena, place),
            "round", round, NULL};
        say(saying, phrase(conductor, round ? "answer.were round" : "answer.were", pairs));
    }
    say(saying, phrase(conductor, "answer.go on", NULL));
}

static void say_kind(struct saying *saying, const struct answer *answer)
{
    struct conductor *conductor = saying->conductor;
    const char *const pairs[] = {"name", session_voice_name(conductor->session), NULL};
    size_t step = conductor_step(conductor);
    switch (answer->kind) {
    case ANSWER_NONE:
        break;
    case ANSWER_WHERE:
        say_where(saying);
        break;
    case ANSWER_AGAIN:
        say_cue(saying, answer->cue, true);
        break;
    case ANSWER_REMINDER:
        say_cue(saying, answer->cue, false);
        break;
    case ANSWER_PHRASE:
    case ANSWER_EFFORT:
        say(saying, phrase(conductor, answer->key, NULL));
        break;
    case ANSWER_TIME:
        say(saying, phrases_timed(conductor->phrases, conductor->arena, answer->key,
                                  answer->time_ns, false));
        break;
    case ANSWER_VOICE:
        say(saying, phrase(conductor, "answer.voice", pairs));
        break;
    case ANSWER_GO_ON:
        if (step < conductor_plan(conductor)->cue_count)
            say(saying, there(conductor, "answer.there",
                              place_of(conductor, conductor_cue(conductor, step))));
        break;
    case ANSWER_QUESTION:
        say_question(saying);
        break;
    case ANSWER_CLOSING:
        for (size_t i = 0; conductor->options.closing && conductor->options.closing[i]; i++)
            say(saying, conductor->options.closing[i]);
        break;
    }
}

void answer_words(struct conductor *conductor, const struct answer *answer, frames at, bool runs,
                  struct words *words)
{
    *words = (struct words){.voiced = true};
    if (!conductor->phrases && answer->kind != ANSWER_AGAIN)
        return;
    arena_destroy(conductor->arena);
    conductor->arena = arena_new();
    struct saying saying = {.conductor = conductor,
                            .words = words,
                            .at = at,
                            .runs = runs,
                            .language =
                                conductor->phrases ? phrases_language(conductor->phrases) : "en"};
    say_kind(&saying, answer);
}

/* --- asked ahead --- */

static void prepare(const struct conductor *conductor, const char *text)
{
    uint32_t id;
    if (text && *text)
        ask(conductor, text, phrases_language(conductor->phrases), &id);
}

static void prepare_moves(const struct conductor *conductor)
{
    const struct plan *plan = conductor_plan(conductor);
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        if (cue->kind != CUE_BOUT || !is_held(cue) || cue->move >= plan->move_count)
            continue;
        const char *place = place_of(conductor, cue), *name = plan->moves[cue->move].name;
        const char *const pairs[] = {"name", name, "small name", word_small(conductor->arena, name),
                                     NULL};
        prepare(conductor, there(conductor, "answer.there with time", place));
        prepare(conductor, there(conductor, "answer.there", place));
        prepare(conductor, phrase(conductor, "answer.then", pairs));
    }
}

void answer_prepare(struct conductor *conductor)
{
    static const char *const keys[] = {"answer.paused", "answer.rest", "answer.then end", NULL};
    if (!conductor->phrases)
        return;
    arena_destroy(conductor->arena);
    conductor->arena = arena_new();
    prepare(conductor, phrases_timed(conductor->phrases, conductor->arena, "answer.more",
                                     COMMAND_STEP_NS, false));
    prepare(conductor, phrases_timed(conductor->phrases, conductor->arena, "answer.less",
                                     COMMAND_STEP_NS, false));
    for (size_t i = 0; keys[i]; i++)
        prepare(conductor, phrase(conductor, keys[i], NULL));
    prepare_moves(conductor);
    for (int64_t s = 1; s <= SECONDS_AHEAD; s++)
        prepare(conductor,
                phrases_left(conductor->phrases, conductor->arena, s * NSEC_PER_SEC, false));
    int64_t minutes = conductor_plan(conductor)->estimate_ns / (60 * NSEC_PER_SEC) + 2;
    for (int64_t m = minutes; m >= 2 && m > minutes - 60; m--)
        prepare(conductor, to_go(conductor, m * 60));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cue.c: adding cues to a plan, and the estimate of how long it takes. */
#include <string.h>

#include "plan/expand.h"

/* Roughly what engines need at an unhurried pace: by letters, with digits read as words, a pause at
 * a comma and a longer one inside at a sentence end. */
nsec plan_estimate_speech_ns(const char *text)
{
    int64_t ms = 170;
    const char *at = text, *end = text + strlen(text);
    while (at < end) {
        int c = str_utf8_next(&at, end);
        if (c >= '0' && c <= '9')
            ms += 280;
        else if (c == ',' || c == ';' || c == ':')
            ms += 390;
        else if ((c == '.' || c == '!' || c == '?') && at < end)
            ms += 550;
        else if (c >= 0x3040 && c < 0x1f000) /* a syllable a character */
            ms += 200;
        else if (c > ' ' && (c >= 0xc0 || (c | 0x20) >= 'a'))
            ms += 71;
    }
    return ms * NSEC_PER_MSEC;
}

nsec cue_now(const struct builder *b)
{
    return b->done_ns + (b->inside ? b->inside_ns : b->step_ns);
}

void cue_finish_step(struct builder *b)
{
    b->done_ns += b->step_ns;
    b->step_ns = b->words_ns = 0;
}

/* In the first walk the whole is not known yet; what is spoken then only has to be about as long.
 * When the length is given (--for), what is left is its share of that. */
nsec cue_time_left(struct builder *b)
{
    b->time_left_used = true;
    nsec left = b->total_ns > cue_now(b) ? b->total_ns - cue_now(b) : 0;
    nsec wanted = b->options->total_ns;
    if (wanted > 0 && b->total_ns > 0)
        left = (nsec)((double)left / (double)b->total_ns * (double)wanted);
    return left;
}

struct cue cue_make(struct builder *b, enum cue_kind kind, struct place place)
{
    return (struct cue){
        .kind = kind,
        .anchor = ANCHOR_NEXT,
        .role = ROLE_INSTRUCTION,
        .side = b->side,
        .match = -1,
        .move = b->moves.count == 0 ? UINT32_MAX : (uint32_t)(b->moves.count - 1),
        .round = b->round,
        .set = b->section && b->section->has_sets ? b->set : 0,
        .rep = b->section && b->section->has_reps ? b->rep : 0,
        .place = place,
    };
}

/* The first cue of a move makes its entry. */
static bool begin_move(struct builder *b)
{
    const struct node *node = b->visits.items[b->visit];
    const struct section *section = node->section;
    *vec_push(&b->moves) = (struct plan_move){
        .name = section->name,
        .position = section->position,
        .place = section->place,
        .first_cue = b->cues.count,
        .section = node->number,
    };
    b->begin = false;
    return true;
}

static bool too_many(struct builder *b)
{
    if (!b->failed && b->cues.count >= PLAN_MAX_CUES) {
        b->failed = true;
        diags_add(b->diags, SEVERITY_ERROR,
                  b->section ? b->section->place : b->routine->root->place,
                  "use fewer reps, sets or rounds",
                  "the session has more than %d cues; it passes that in “%s”", PLAN_MAX_CUES,
                  b->section ? b->section->name : b->routine->title);
    }
    return b->failed;
}

static struct cue *add(struct builder *b, const struct cue *cue)
{
    if (too_many(b)) {
        b->spare = *cue;
        return &b->spare;
    }
    struct cue *added = vec_push(&b->cues);
    *added = *cue;
    return added;
}

/* Cues that happen inside a bout: words follow each other and may stretch it. */
void cue_inside(struct builder *b, const struct cue *cue)
{
    add(b, cue);
    if (cue->kind != CUE_SPEECH || cue->anchor != ANCHOR_WITH || cue->droppable)
        return;
    nsec start = cue->offset_ns > b->words_ns ? cue->offset_ns : b->words_ns;
    b->words_ns = start + plan_estimate_speech_ns(cue->text);
    if (b->words_ns > b->step_ns)
        b->step_ns = b->words_ns;
}

struct cue *cue_step(struct builder *b, enum cue_kind kind, struct place place)
{
    bool first = b->begin && begin_move(b);
    struct cue cue = cue_make(b, kind, place);
    cue.move_start = first;
    cue_finish_step(b);
    return add(b, &cue);
}

struct cue *cue_speak(struct builder *b, const char *text, enum cue_role role, nsec gap_ns)
{
    struct cue *cue = cue_step(b, CUE_SPEECH, (struct place){0});
    cue->text = intern_text(b->texts, text, strlen(text));
    cue->language = b->phrase_language;
    cue->role = role;
    cue->gap_ns = gap_ns;
    b->step_ns = plan_estimate_speech_ns(text) + gap_ns;
    return cue;
}

/* A sound does not hold up what follows for long: only its lead, which the timeline knows. */
struct cue *cue_sound(struct builder *b, const char *name, struct place place)
{
    struct cue *cue = cue_step(b, CUE_SOUND, place);
    cue->text = intern_text(b->texts, name, strlen(name));
    b->step_ns = 300 * NSEC_PER_MSEC;
    return cue;
}

void cue_phrase(struct builder *b, const char *key, const char *const *pairs, nsec gap_ns)
{
    const char *text = phrases_say(b->phrases, b->scratch, key, pairs);
    if (text && text[0])
        cue_speak(b, text, ROLE_PHRASE, gap_ns);
}

void cue_ready(struct builder *b, nsec time)
{
    if (time <= 0)
        return;
    struct cue *cue = cue_step(b, CUE_BOUT, b->section ? b->section->place : (struct place){0});
    cue->bout = BOUT_READY;
    cue->duration_ns = time;
    b->step_ns = time;
}

const char *cue_number(struct builder *b, int64_t number)
{
    return phrases_number(b->phrases, b->scratch, number);
}

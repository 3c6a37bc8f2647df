/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bout.c: one timed mark as a bout with everything inside it.
 *
 * - hold, for: sound start; the words; from 20 s on a halfway sound and call (the author's own
 *   `halfway` item takes the place of the call); ticks 3, 2 and 1 s before the end from 6 s on;
 *   sound end at the end.
 * - in, out, keep: a breath sound as long as the bout.
 * - breathe, breaths: train.c.
 * - pace: start, a tick on every beat, halfway as above, end.
 * - wait: silence. count N: N seconds of it, counted down to one, so that the next moment comes a
 *   second after "one".
 * - rest: sound, "Rest. Thirty seconds.", the words, "Get ready." 5 s before the end from 12 s on,
 *   ticks as above.
 * - ready: "Get ready." unless the author's words say more; without a time it lasts 10 s, live as
 *   long as the person wants, and says so.
 * - Items of the author: `halfway`; `at` after the start; `last` before the end; `every` from its
 *   first multiple on; others after the words. What would begin after the end is left out.
 * Cues inside a bout are stored by the moment they are due, then in page order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/bout.h"

#define HALFWAY_FROM_NS   (20 * NSEC_PER_SEC)
#define TICKS_FROM_NS     (6 * NSEC_PER_SEC)
#define REST_READY_AT_NS  (5 * NSEC_PER_SEC)
#define REST_READY_MIN_NS (12 * NSEC_PER_SEC)
#define READY_OPEN_NS     (10 * NSEC_PER_SEC)

const struct moment bout_at_start = {ANCHOR_WITH, 0, 0};
const struct moment bout_at_half = {ANCHOR_PART, 1, 2};

nsec bout_moment_time(struct moment moment, nsec duration)
{
    switch (moment.anchor) {
    case ANCHOR_PART:
        return duration / moment.of * moment.offset_ns +
               duration % moment.of * moment.offset_ns / moment.of;
    case ANCHOR_END:
        return duration - moment.offset_ns;
    default:
        return moment.offset_ns;
    }
}

static struct cue *put(struct bout *bout, enum cue_kind kind, struct moment moment,
                       struct place place)
{
    struct item *item = vec_push(&bout->items);
    *item = (struct item){.cue = cue_make(bout->b, kind, place),
                          .time = bout_moment_time(moment, bout->duration_ns),
                          .order = bout->items.count};
    item->cue.anchor = moment.anchor;
    item->cue.offset_ns = moment.offset_ns;
    item->cue.duration_ns = moment.of;
    return &item->cue;
}

static struct cue *put_sound(struct bout *bout, const char *name, struct moment moment)
{
    struct cue *cue = put(bout, CUE_SOUND, moment, bout->place);
    cue->text = intern_text(bout->b->texts, name, strlen(name));
    return cue;
}

static struct cue *put_words(struct bout *bout, const char *text, enum cue_role role,
                             struct moment moment)
{
    struct cue *cue = put(bout, CUE_SPEECH, moment, (struct place){0});
    cue->text = intern_text(bout->b->texts, text, strlen(text));
    cue->language = bout->b->phrase_language;
    cue->role = role;
    return cue;
}

struct cue *bout_put_phrase(struct bout *bout, const char *key, const char *const *pairs,
                            struct moment moment)
{
    const char *text = phrases_say(bout->b->phrases, bout->b->scratch, key, pairs);
    return text && text[0] ? put_words(bout, text, ROLE_PHRASE, moment) : NULL;
}

void bout_put_sentence(struct bout *bout, const struct sentence *sentence, enum cue_role role,
                       struct moment moment)
{
    struct builder *b = bout->b;
    struct cue *cue = put_words(bout, sentence->text, role, moment);
    cue->language = b->section ? b->section->language : b->routine->language;
    cue->emphasis = sentence->emphasis;
    cue->full = sentence->full;
    cue->place = sentence->place;
    cue->droppable = role == ROLE_TIP;
}

static void put_sentences(struct bout *bout, size_t first, size_t count, enum cue_role role,
                          struct moment moment)
{
    for (size_t i = first; i < first + count; i++)
        bout_put_sentence(bout, &bout->b->sentences.items[i], role, moment);
}

/* The words and sounds of an item inside a bout. */
void bout_put_block(struct bout *bout, const struct block *block, struct moment moment,
                    uint32_t pass)
{
    struct builder *b = bout->b;
    if (!block_plays(b, block, pass))
        return;
    size_t first = b->sentences.count;
    for (size_t from = 0; from < block->span_count;) {
        const struct span *span = &block->spans[from];
        size_t to = from;
        while (to < block->span_count && block->spans[to].kind != SPAN_MARK)
            to++;
        b->inside = true;
        b->inside_ns = bout_moment_time(moment, bout->duration_ns);
        size_t count = word_sentences(b, block, from, to, block_brief(b, block, pass));
        b->inside = false;
        put_sentences(bout, first, count, block_role(block), moment);
        b->sentences.count = first;
        if (to == from && span->mark.kind == MARK_SOUND) {
            struct cue *cue = put(bout, CUE_SOUND, moment, span->mark.place);
            cue->text = span->mark.word;
        } else if (to == from) {
            diags_add(b->diags, SEVERITY_ERROR, span->mark.place, "give it a line of its own",
                      "this cannot happen inside another timed mark");
            b->failed = true;
        }
        from = to > from ? to : from + 1;
    }
    for (size_t i = 0; i < block->child_count; i++)
        bout_put_block(bout, &block->children[i], moment, pass);
}

static int by_time(const void *a, const void *b)
{
    const struct item *left = a, *right = b;
    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return (left->order > right->order) - (left->order < right->order);
}

/* Adds the cues to the plan and empties the bout. */
void bout_finish(struct bout *bout)
{
    if (bout->items.count > 1)
        qsort(bout->items.items, bout->items.count, sizeof *bout->items.items, by_time);
    for (size_t i = 0; i < bout->items.count && !bout->b->failed; i++)
        if (bout->items.items[i].time >= 0)
            cue_inside(bout->b, &bout->items.items[i].cue);
    vec_free(&bout->items);
}

/* Equal time on both sides: a bout of the second side is never shorter than the first side's from
 * the same mark and rep. Both sides run through the same marks in the same order, but for those
 * heard on one pass only, so that the search goes forward and finds soon. */
static int32_t match_side(struct builder *b, const struct mark *mark, const struct cue *cue)
{
    if (!b->second_side) {
        *vec_push(&b->side_bouts) = (struct side_bout){mark, b->rep, (uint32_t)(b->cues.count - 1)};
        return -1;
    }
    size_t end = b->side_bouts.count;
    if (end > b->side_bout_next + 256)
        end = b->side_bout_next + 256;
    for (size_t i = b->side_bout_next; i < end; i++) {
        const struct side_bout *first = &b->side_bouts.items[i];
        if (first->mark == mark && first->rep == b->rep &&
            b->cues.items[first->cue].bout == cue->bout) {
            b->side_bout_next = i + 1;
            return (int32_t)first->cue;
        }
    }
    return -1;
}

/* Adds the bout itself; `mark` NULL: the player's own. */
static struct bout begin(struct builder *b, enum bout_kind kind, nsec duration,
                         const struct mark *mark, struct place place)
{
    struct cue *cue = cue_step(b, CUE_BOUT, place);
    cue->bout = kind;
    cue->duration_ns = duration;
    b->step_ns = duration;
    if (mark && !b->failed && b->section && b->section->sides == SIDES_EACH)
        cue->match = match_side(b, mark, cue);
    return (struct bout){.b = b, .duration_ns = duration, .place = place};
}

/* The number of the rep, as the first words of the bout that begins it. */
static void put_rep_count(struct bout *bout)
{
    struct builder *b = bout->b;
    if (!b->rep_count)
        return;
    struct cue *cue = put_words(bout, b->rep_count, ROLE_COUNT, bout_at_start);
    cue->droppable = true;
    cue->last = b->rep_count_last;
    b->rep_count = NULL;
}

static void put_ticks(struct bout *bout)
{
    if (bout->duration_ns < TICKS_FROM_NS || !(bout->b->announce & ANNOUNCE_TICKS))
        return;
    for (int64_t s = 3; s >= 1; s--)
        put_sound(bout, "tick", (struct moment){ANCHOR_END, s * NSEC_PER_SEC, 0});
}

static bool has_own_halfway(const struct builder *b, const struct bout_words *words)
{
    if (!words->block || !words->children)
        return false;
    for (size_t i = 0; i < words->block->child_count; i++) {
        const struct block *child = &words->block->children[i];
        if (child->moment == MOMENT_HALFWAY && block_plays(b, child, words->pass))
            return true;
    }
    return false;
}

static void put_halfway(struct bout *bout, const struct bout_words *words)
{
    if (bout->duration_ns < HALFWAY_FROM_NS || !(bout->b->announce & ANNOUNCE_HALFWAY))
        return;
    put_sound(bout, "halfway", bout_at_half);
    if (has_own_halfway(bout->b, words))
        return;
    struct cue *cue = bout_put_phrase(bout, "halfway", NULL, bout_at_half);
    if (cue)
        cue->droppable = true;
}

static void put_own_words(struct bout *bout, const struct bout_words *words)
{
    if (words->block)
        put_sentences(bout, words->first, words->count, block_role(words->block), bout_at_start);
}

void bout_for_moments(const struct builder *b, const struct block *block, nsec duration,
                      bool (*each)(void *context, struct moment moment), void *context)
{
    nsec time = choice_time(b->options, block->moment_time);
    switch (block->moment) {
    case MOMENT_NONE:
        each(context, bout_at_start);
        break;
    case MOMENT_HALFWAY:
        each(context, bout_at_half);
        break;
    case MOMENT_AT:
        if (time < duration)
            each(context, (struct moment){ANCHOR_WITH, time, 0});
        break;
    case MOMENT_LAST:
        if (time <= duration)
            each(context, (struct moment){ANCHOR_END, time, 0});
        break;
    case MOMENT_EVERY:
        for (nsec at = time; time > 0 && at < duration; at += time)
            if (!each(context, (struct moment){ANCHOR_WITH, at, 0}))
                break;
        break;
    }
}

struct child_walk {
    struct bout *bout;
    const struct block *block;
    uint32_t pass;
};

/* Once the plan is full, the rest of the moments are not collected either. */
bool bout_is_full(const struct builder *b, size_t waiting)
{
    return b->failed || b->cues.count + waiting > PLAN_MAX_CUES;
}

static bool put_child(void *context, struct moment moment)
{
    struct child_walk *walk = context;
    bout_put_block(walk->bout, walk->block, moment, walk->pass);
    return !bout_is_full(walk->bout->b, walk->bout->items.count);
}

static void put_children(struct bout *bout, const struct bout_words *words)
{
    if (!words->block || !words->children)
        return;
    for (size_t i = 0; i < words->block->child_count; i++) {
        struct child_walk walk = {bout, &words->block->children[i], words->pass};
        bout_for_moments(bout->b, walk.block, bout->duration_ns, put_child, &walk);
    }
}

static void expand_hold(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    enum bout_kind kind = mark->kind == MARK_HOLD ? BOUT_HOLD : BOUT_FOR;
    struct bout bout = begin(b, kind, choice_time(b->options, mark->time), mark, mark->place);
    put_sound(&bout, "start", bout_at_start);
    put_rep_count(&bout);
    put_own_words(&bout, words);
    put_halfway(&bout, words);
    put_children(&bout, words);
    put_ticks(&bout);
    put_sound(&bout, "end", (struct moment){ANCHOR_END, 0, 0});
    bout_finish(&bout);
}

static const char *const breath_sounds[] = {
    [BOUT_IN] = "in", [BOUT_OUT] = "out", [BOUT_KEEP] = "keep"};

struct bout bout_begin_breath(struct builder *b, enum bout_kind kind, nsec duration,
                              const struct mark *mark)
{
    struct bout bout = begin(b, kind, duration, mark, mark->place);
    put_sound(&bout, breath_sounds[kind], bout_at_start)->fills = true;
    put_rep_count(&bout);
    return bout;
}

static void expand_breath(struct builder *b, const struct mark *mark,
                          const struct bout_words *words)
{
    enum bout_kind kind = mark->kind == MARK_IN    ? BOUT_IN
                          : mark->kind == MARK_OUT ? BOUT_OUT
                                                   : BOUT_KEEP;
    struct bout bout = bout_begin_breath(b, kind, choice_time(b->options, mark->time), mark);
    put_own_words(&bout, words);
    put_children(&bout, words);
    bout_finish(&bout);
}

/* --- the others --- */

/* Every beat is rounded once, from the start: k · 60 s / beats per minute. */
static void expand_pace(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    nsec duration = choice_time(b->options, mark->time);
    struct bout bout = begin(b, BOUT_PACE, duration, mark, mark->place);
    put_sound(&bout, "start", bout_at_start);
    put_rep_count(&bout);
    for (int64_t k = 0; mark->per_minute > 0 && !bout_is_full(b, bout.items.count); k++) {
        nsec beat = llround((double)k * (double)(60 * NSEC_PER_SEC) / mark->per_minute);
        if (beat >= duration)
            break;
        put_sound(&bout, "tick", (struct moment){ANCHOR_WITH, beat, 0});
    }
    put_own_words(&bout, words);
    put_halfway(&bout, words);
    put_children(&bout, words);
    put_sound(&bout, "end", (struct moment){ANCHOR_END, 0, 0});
    bout_finish(&bout);
}

static void expand_wait(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    struct bout bout = begin(b, BOUT_WAIT, choice_time(b->options, mark->time), mark, mark->place);
    put_children(&bout, words);
    bout_finish(&bout);
}

static void expand_count(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    int64_t from = choice_count(b->options, mark->amount);
    struct bout bout = begin(b, BOUT_WAIT, from * NSEC_PER_SEC, mark, mark->place);
    for (int64_t k = 0; k < from && !bout_is_full(b, bout.items.count); k++) {
        struct moment moment = {ANCHOR_WITH, k * NSEC_PER_SEC, 0};
        struct cue *cue = put_words(&bout, cue_number(b, from - k), ROLE_COUNT, moment);
        cue->droppable = true;
        cue->last = k + 1 == from;
    }
    put_children(&bout, words);
    bout_finish(&bout);
}

static void put_rest(struct bout *bout)
{
    struct builder *b = bout->b;
    put_sound(bout, "rest", bout_at_start);
    if (!(b->announce & ANNOUNCE_RESTS))
        return;
    const char *time = phrases_duration(b->phrases, b->scratch, bout->duration_ns, false);
    const char *const pairs[] = {"duration", time, NULL};
    bout_put_phrase(bout, "rest.start", pairs, bout_at_start);
    if (bout->duration_ns < REST_READY_MIN_NS)
        return;
    struct moment before_end = {ANCHOR_END, REST_READY_AT_NS, 0};
    struct cue *cue = bout_put_phrase(bout, "rest.ready", NULL, before_end);
    if (cue)
        cue->droppable = true;
}

static void expand_rest(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    struct bout bout = begin(b, BOUT_REST, choice_time(b->options, mark->time), mark, mark->place);
    put_rest(&bout);
    put_own_words(&bout, words);
    put_children(&bout, words);
    put_ticks(&bout);
    bout_finish(&bout);
}

void bout_rest(struct builder *b, nsec time, struct place place)
{
    struct bout bout = begin(b, BOUT_REST, time, NULL, place);
    put_rest(&bout);
    put_ticks(&bout);
    bout_finish(&bout);
}

static void expand_ready(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    nsec time = choice_time(b->options, mark->time);
    bool open = time == 0;
    struct bout bout = begin(b, BOUT_READY, open ? READY_OPEN_NS : time, mark, mark->place);
    if (!b->failed)
        b->cues.items[b->cues.count - 1].open = open;
    put_own_words(&bout, words);
    if (open)
        bout_put_phrase(&bout, "ready.open", NULL, bout_at_start);
    else if (words->count == 0)
        bout_put_phrase(&bout, "ready.timed", NULL, bout_at_start);
    put_children(&bout, words);
    bout_finish(&bout);
}

void bout_expand(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    switch (mark->kind) {
    case MARK_HOLD:
    case MARK_FOR:
        expand_hold(b, mark, words);
        break;
    case MARK_IN:
    case MARK_OUT:
    case MARK_KEEP:
        expand_breath(b, mark, words);
        break;
    case MARK_BREATHE:
    case MARK_BREATHS:
        train_expand(b, mark, words);
        break;
    case MARK_PACE:
        expand_pace(b, mark, words);
        break;
    case MARK_WAIT:
        expand_wait(b, mark, words);
        break;
    case MARK_COUNT:
        expand_count(b, mark, words);
        break;
    case MARK_REST:
        expand_rest(b, mark, words);
        break;
    case MARK_READY:
        expand_ready(b, mark, words);
        break;
    default:
        break;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lane.c: where the words and sounds inside one bout go.
 *
 * Words share one lane. Those that must be said come first, each at its moment or when the words
 * before it are over: by moment, cautions first, then in the plan's order. What is left is offered
 * to the words that may be dropped, role by role, which never move anything already placed; only
 * the count that opens a bout ("Two. Breathe in.") goes ahead of other words where that stretches
 * nothing. The bout lasts until all words are said; then sounds take their places in it. */
#include <stdlib.h>
#include <string.h>

#include "timeline/resolve.h"

#define AIR_NS        (150 * NSEC_PER_MSEC)  /* between two pieces of words */
#define LATE_NS       (1000 * NSEC_PER_MSEC) /* droppable words later than this are dropped */
#define LATE_COUNT_NS (500 * NSEC_PER_MSEC)

void lane_free(struct lane *lane)
{
    vec_free(&lane->inner);
    vec_free(&lane->queue);
    vec_free(&lane->leads);
    vec_free(&lane->taken);
    vec_free(&lane->own);
    vec_free(&lane->merged);
}

void lane_begin(struct lane *lane, parts authored, parts matched)
{
    lane->inner.count = 0;
    lane->elapsed = 0;
    lane->resumed = false;
    lane->least = lane->base = authored > matched ? authored : matched;
    lane->words = lane->length = 0;
}

void lane_add(struct lane *lane, uint32_t cue, frames length, frames lead)
{
    *vec_push(&lane->inner) = (struct inner){.cue = cue, .length = length, .lead = lead};
}

static const struct cue *cue_of(const struct lane *lane, const struct inner *inner)
{
    return &lane->plan->cues[inner->cue];
}

static parts ns(const struct lane *lane, nsec time)
{
    return parts_from_ns(time, lane->rate_hz);
}

static parts at_least(parts value, parts least)
{
    return value < least ? least : value;
}

static bool must_be_said(const struct lane *lane, const struct inner *inner)
{
    const struct cue *cue = cue_of(lane, inner);
    return !cue->droppable || cue->role == ROLE_CAUTION || inner->at_once || inner->ahead ||
           (cue->role == ROLE_COUNT && cue->last);
}

/* --- Words wait for the stroke of a sound that has the same moment --- */

static int compare_leads(const void *left, const void *right)
{
    const struct sound_lead *a = left, *b = right;
    if (a->anchor != b->anchor)
        return a->anchor < b->anchor ? -1 : 1;
    if (a->offset_ns != b->offset_ns)
        return a->offset_ns < b->offset_ns ? -1 : 1;
    return a->duration_ns < b->duration_ns ? -1 : a->duration_ns > b->duration_ns;
}

static bool is_tick(const struct cue *cue)
{
    return cue->text && strcmp(cue->text, "tick") == 0;
}

/* One entry a moment, with the longest lead there. Ticks mark time and hold nobody up. */
static void collect_leads(struct lane *lane)
{
    lane->leads.count = 0;
    for (size_t i = 0; i < lane->inner.count; i++) {
        const struct inner *inner = &lane->inner.items[i];
        const struct cue *cue = cue_of(lane, inner);
        if (cue->kind != CUE_SOUND || cue->fills || inner->lead <= 0 || is_tick(cue))
            continue;
        *vec_push(&lane->leads) =
            (struct sound_lead){.anchor = cue->anchor,
                                .offset_ns = cue->offset_ns,
                                .duration_ns = cue->anchor == ANCHOR_PART ? cue->duration_ns : 0,
                                .lead = inner->lead};
    }
    struct sound_lead *leads = lane->leads.items;
    size_t kept = 0;
    if (lane->leads.count > 1)
        qsort(leads, lane->leads.count, sizeof *leads, compare_leads);
    for (size_t i = 0; i < lane->leads.count; i++)
        if (kept == 0 || compare_leads(&leads[kept - 1], &leads[i]) != 0)
            leads[kept++] = leads[i];
        else if (leads[kept - 1].lead < leads[i].lead)
            leads[kept - 1].lead = leads[i].lead;
    lane->leads.count = kept;
}

static parts lead_before(const struct lane *lane, const struct cue *cue)
{
    const struct sound_lead key = {.anchor = cue->anchor,
                                   .offset_ns = cue->offset_ns,
                                   .duration_ns =
                                       cue->anchor == ANCHOR_PART ? cue->duration_ns : 0};
    bool at_start = cue->anchor == ANCHOR_WITH && cue->offset_ns == 0;
    if (lane->leads.count == 0 || (cue->role == ROLE_COUNT && !at_start))
        return 0;
    const struct sound_lead *lead =
        bsearch(&key, lane->leads.items, lane->leads.count, sizeof key, compare_leads);
    return lead ? parts_from_frames(lead->lead) : 0;
}

/* Whether a position had been passed. The point is a whole frame, and the bout's start was rounded:
 * what may have been at the point itself has not been heard. */
static bool passed(parts position, parts elapsed)
{
    return position + PARTS_PER_FRAME <= elapsed;
}

/* --- Moments --- */

/* Where the page puts a cue in a bout of length `whole`. */
static parts page_moment(const struct lane *lane, const struct cue *cue, parts whole)
{
    switch (cue->anchor) {
    case ANCHOR_PART:
        return cue->duration_ns > 0 ? whole * cue->offset_ns / cue->duration_ns : 0;
    case ANCHOR_END:
        return whole - ns(lane, cue->offset_ns);
    case ANCHOR_NEXT:
    case ANCHOR_WITH:
        break;
    }
    return ns(lane, cue->offset_ns);
}

/* The same seen from the point the bout goes on from, when `left` of the bout remains. May be
 * negative: that moment has passed. */
static parts moment_ahead(const struct lane *lane, const struct cue *cue, parts left)
{
    return page_moment(lane, cue, left + lane->elapsed) - lane->elapsed;
}

static void set_moments(struct lane *lane)
{
    for (size_t i = 0; i < lane->inner.count; i++) {
        struct inner *inner = &lane->inner.items[i];
        const struct cue *cue = cue_of(lane, inner);
        if (cue->kind != CUE_SPEECH || inner->state == INNER_OVER)
            continue;
        inner->moment = moment_ahead(lane, cue, lane->base) + inner->delay;
        if (!lane->resumed)
            inner->moment = at_least(inner->moment, 0);
    }
}

/* --- Words that must be said --- */

static bool goes_before(const struct lane *lane, uint32_t left, uint32_t right)
{
    const struct inner *a = &lane->inner.items[left], *b = &lane->inner.items[right];
    bool first = cue_of(lane, a)->role == ROLE_CAUTION;
    bool second = cue_of(lane, b)->role == ROLE_CAUTION;
    if (a->at_once != b->at_once)
        return a->at_once;
    if (a->moment != b->moment)
        return a->moment < b->moment;
    if (first != second)
        return first;
    return left < right;
}

static int compare_queued(const void *left, const void *right, void *lane)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a == b ? 0 : goes_before(lane, a, b) ? -1 : 1;
}

static void sort_queue(struct lane *lane)
{
    bool sorted = true;
    for (size_t i = 1; i < lane->queue.count && sorted; i++)
        sorted = goes_before(lane, lane->queue.items[i - 1], lane->queue.items[i]);
    if (!sorted)
        qsort_r(lane->queue.items, lane->queue.count, sizeof *lane->queue.items, compare_queued,
                lane);
}

/* The count that opens the bout, if it may be dropped; NULL: none. */
static struct inner *opening_count(struct lane *lane)
{
    for (size_t i = 0; i < lane->inner.count; i++) {
        struct inner *inner = &lane->inner.items[i];
        const struct cue *cue = cue_of(lane, inner);
        if (cue->kind == CUE_SPEECH)
            return cue->role == ROLE_COUNT && cue->anchor == ANCHOR_WITH && cue->offset_ns == 0 &&
                           !must_be_said(lane, inner)
                       ? inner
                       : NULL;
    }
    return NULL;
}

static void put_at(struct lane *lane, struct inner *inner, parts start)
{
    parts end = start + parts_from_frames(inner->length);
    inner->state = INNER_PLACED;
    inner->start = start;
    if (end > lane->words)
        lane->words = end;
}

/* Places the words that must be said, or only those of them with a moment from the start. Returns
 * whether any were left. */
static bool place_needed(struct lane *lane, bool with_only)
{
    parts air = ns(lane, AIR_NS), free_from = 0;
    bool others = false;
    lane->queue.count = lane->taken.count = 0;
    for (size_t i = 0; i < lane->inner.count; i++) {
        const struct inner *inner = &lane->inner.items[i];
        const struct cue *cue = cue_of(lane, inner);
        if (cue->kind != CUE_SPEECH || inner->state == INNER_OVER || !must_be_said(lane, inner))
            continue;
        if (with_only && cue->anchor != ANCHOR_WITH && !inner->at_once)
            others = true;
        else
            *vec_push(&lane->queue) = (uint32_t)i;
    }
    sort_queue(lane);
    for (size_t i = 0; i < lane->queue.count; i++) {
        struct inner *inner = &lane->inner.items[lane->queue.items[i]];
        put_at(lane, inner, at_least(inner->moment, free_from));
        struct word_span span = {inner->start, inner->start + parts_from_frames(inner->length)};
        *vec_push(&lane->taken) = span;
        free_from = span.end + air;
    }
    return others;
}

/* Places all words that must be said, and the count that opens the bout if it costs no time. */
static void place_all_needed(struct lane *lane, struct inner *count)
{
    parts base = lane->base;
    if (count)
        count->ahead = true;
    set_moments(lane);
    bool others = place_needed(lane, true);
    bool late = count && count->start > count->moment + ns(lane, LATE_COUNT_NS);
    if (!lane->resumed)
        lane->base = at_least(lane->base, lane->words);
    set_moments(lane);
    if (others && !late)
        place_needed(lane, false);
    if (count && (late || lane->words > at_least(lane->least, base))) {
        count->ahead = false;
        lane->base = base;
        lane->words = 0;
        place_all_needed(lane, NULL);
    }
}

/* --- Words that may be dropped --- */

/* The earliest start ≥ `from` with room for `length` and air around it; `*next` is the first span
 * of the lane that may be in the way, and moves on. Gives up past `latest`. */
static bool find_room(const struct lane *lane, parts from, parts length, parts latest, size_t *next,
                      parts *start)
{
    const struct word_span *spans = lane->taken.items;
    parts air = ns(lane, AIR_NS);
    size_t i = *next;
    while (i < lane->taken.count && spans[i].end + air <= from)
        i++;
    *next = i;
    for (; i < lane->taken.count && from <= latest && spans[i].start < from + length + air; i++)
        from = at_least(from, spans[i].end + air);
    *start = from;
    return from <= latest;
}

/* Takes the words just placed (in order of time, as the lane is) into the lane. */
static void merge_lane(struct lane *lane)
{
    const struct word_span *taken = lane->taken.items, *own = lane->own.items;
    size_t i = 0, j = 0;
    lane->merged.count = 0;
    while (i < lane->taken.count || j < lane->own.count) {
        bool mine =
            i == lane->taken.count || (j < lane->own.count && own[j].start < taken[i].start);
        *vec_push(&lane->merged) = mine ? own[j++] : taken[i++];
    }
    __typeof__(lane->taken) before = lane->taken;
    lane->taken = lane->merged;
    lane->merged = before;
}

static void collect_droppable(struct lane *lane, enum cue_role role)
{
    lane->queue.count = 0;
    for (size_t i = 0; i < lane->inner.count; i++) {
        const struct inner *inner = &lane->inner.items[i];
        const struct cue *cue = cue_of(lane, inner);
        if (cue->kind == CUE_SPEECH && inner->state != INNER_OVER && cue->role == role &&
            !must_be_said(lane, inner))
            *vec_push(&lane->queue) = (uint32_t)i;
    }
    sort_queue(lane);
}

/* Places the droppable words of one role into what room is left, in order. */
static void place_droppable(struct lane *lane, enum cue_role role)
{
    parts air = ns(lane, AIR_NS), free_from = 0, too_long = 0;
    parts end = at_least(at_least(lane->least, lane->base), lane->words);
    parts late = ns(lane, role == ROLE_COUNT ? LATE_COUNT_NS : LATE_NS);
    size_t next = 0;
    lane->own.count = 0;
    collect_droppable(lane, role);
    for (size_t i = 0; i < lane->queue.count; i++) {
        struct inner *inner = &lane->inner.items[lane->queue.items[i]];
        parts length = parts_from_frames(inner->length), start;
        parts from = at_least(inner->moment, 0);
        parts latest = role == ROLE_TIP ? end - length : from + late;
        bool hopeless = role == ROLE_TIP && too_long > 0 && length >= too_long;
        if (!hopeless &&
            find_room(lane, at_least(from, free_from), length, latest, &next, &start)) {
            put_at(lane, inner, start);
            *vec_push(&lane->own) = (struct word_span){start, start + length};
            free_from = start + length + air;
        } else {
            inner->state = INNER_DROPPED;
            if (!hopeless)
                too_long = length;
        }
    }
    if (lane->own.count > 0)
        merge_lane(lane);
}

static bool has_droppable(const struct lane *lane)
{
    for (size_t i = 0; i < lane->inner.count; i++) {
        const struct inner *inner = &lane->inner.items[i];
        if (cue_of(lane, inner)->kind == CUE_SPEECH && !must_be_said(lane, inner))
            return true;
    }
    return false;
}

/* --- Everything --- */

static void place_words(struct lane *lane)
{
    place_all_needed(lane, lane->resumed ? NULL : opening_count(lane));
    if (!has_droppable(lane))
        return;
    for (enum cue_role role = ROLE_INSTRUCTION; role <= ROLE_TIP; role++)
        place_droppable(lane, role);
}

/* Sounds and beds take their places in the final length. */
static void place_sounds(struct lane *lane)
{
    for (size_t i = 0; i < lane->inner.count; i++) {
        struct inner *inner = &lane->inner.items[i];
        const struct cue *cue = cue_of(lane, inner);
        if (cue->kind == CUE_SPEECH || inner->state == INNER_OVER)
            continue;
        parts start = moment_ahead(lane, cue, lane->length) + inner->delay;
        if (passed(start, 0) && cue->anchor != ANCHOR_WITH && cue->kind == CUE_SOUND)
            inner->state = INNER_OVER;
        inner->start = at_least(start, 0);
    }
}

void lane_arrange(struct lane *lane)
{
    collect_leads(lane);
    for (size_t i = 0; i < lane->inner.count; i++)
        if (cue_of(lane, &lane->inner.items[i])->kind == CUE_SPEECH)
            lane->inner.items[i].delay = lead_before(lane, cue_of(lane, &lane->inner.items[i]));
    place_words(lane);
    lane->length = at_least(lane->least, lane->words);
    place_sounds(lane);
}

/* --- Going on in the middle --- */

struct heard {
    bool begun, over;
};

/* How much was heard of the words arranged in the whole bout, its `index`th. */
static struct heard words_heard(const struct inner *inner, size_t index,
                                const struct timeline_from *from)
{
    parts elapsed = parts_from_frames(from->elapsed);
    if (from->tracked && index < TIMELINE_TRACKED) {
        bool over = from->over[index / 64] >> (index % 64) & 1;
        return (struct heard){over || from->cut == inner->cue, over};
    }
    return (struct heard){passed(inner->start, elapsed),
                          inner->start + parts_from_frames(inner->length) <= elapsed};
}

struct resumption {
    const struct timeline_from *from;
    parts extra;
    parts base; /* what PART and END moments referred to in the bout as the page has it */
    bool added;
};

/* What becomes of words in the rest of a bout. They keep the delay they had there, so that nothing
 * shifts that need not. */
static void resume_words(struct lane *lane, struct inner *inner, size_t index,
                         const struct resumption *resumption)
{
    const struct cue *cue = cue_of(lane, inner);
    inner->delay = inner->start - page_moment(lane, cue, resumption->base);
    struct heard heard = words_heard(inner, index, resumption->from);
    parts ahead = moment_ahead(lane, cue, lane->base);
    bool again = resumption->added && cue->anchor != ANCHOR_WITH && ahead >= 0;
    bool cut = resumption->extra < 0 && !heard.begun;
    if (inner->state == INNER_DROPPED || lane->least == 0)
        inner->state = INNER_OVER;
    else if (heard.begun && !again) {
        inner->state = heard.over ? INNER_OVER : INNER_PLACED;
        inner->at_once = true;
    } else if (cut && ahead < 0 && !must_be_said(lane, inner)) {
        inner->state = INNER_OVER; /* its moment was cut away */
    } else if (cut && cue->anchor == ANCHOR_WITH && ahead >= lane->least) {
        inner->state = cue->role == ROLE_CAUTION ? INNER_PLACED : INNER_OVER;
        inner->delay = -ahead; /* a caution is said before the end */
    }
}

static void resume_sound(struct lane *lane, struct inner *inner, parts extra)
{
    const struct cue *cue = cue_of(lane, inner);
    if (cue->kind == CUE_BED || cue->fills)
        return;
    if (cue->anchor == ANCHOR_WITH) {
        parts ahead = moment_ahead(lane, cue, lane->base) + inner->delay;
        if (passed(inner->start, lane->elapsed) || (extra < 0 && ahead >= lane->least))
            inner->state = INNER_OVER;
    }
}

/* A beat goes on in the time that was added: the last tick is repeated as often as fits. */
static void extend_beat(struct lane *lane, parts end)
{
    struct inner last = {0};
    nsec at = 0, interval = 0;
    for (size_t i = 0; i < lane->inner.count; i++) {
        const struct cue *cue = cue_of(lane, &lane->inner.items[i]);
        if (cue->kind != CUE_SOUND || cue->anchor != ANCHOR_WITH || !is_tick(cue))
            continue;
        interval = cue->offset_ns - at;
        at = cue->offset_ns;
        last = lane->inner.items[i];
    }
    if (interval < NSEC_PER_SEC / 10)
        return; /* none, or no beat */
    for (nsec more = interval; ns(lane, at + more) < end; more += interval) {
        last.delay = ns(lane, more);
        last.start = ns(lane, at + more);
        *vec_push(&lane->inner) = last;
    }
}

void lane_resume(struct lane *lane, const struct timeline_from *from, parts extra, bool added)
{
    struct resumption resumption = {from, extra, lane->base, added};
    parts elapsed = parts_from_frames(from->elapsed);
    parts left = lane->length + extra + parts_from_frames(from->repeated) - elapsed;
    if (extra > 0)
        extend_beat(lane, lane->length + extra);
    lane->elapsed = elapsed;
    lane->resumed = true;
    lane->base += extra - elapsed;
    lane->least = at_least(left, 0);
    lane->words = 0;
    for (size_t i = 0, words = 0; i < lane->inner.count; i++) {
        struct inner *inner = &lane->inner.items[i];
        inner->ahead = false;
        if (cue_of(lane, inner)->kind == CUE_SPEECH)
            resume_words(lane, inner, words++, &resumption);
        else
            resume_sound(lane, inner, extra);
    }
    place_words(lane);
    lane->length = at_least(lane->least, lane->words);
    if (left < 0 && extra >= 0 && lane->words == 0)
        lane->length = left; /* for the moments of sounds: all of it was over before */
    place_sounds(lane);
    lane->length = at_least(lane->length, 0);
}

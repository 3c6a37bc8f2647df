/* SPDX-License-Identifier: GPL-3.0-or-later */
/* changes.c: what was changed, and what that comes to on the other side. */
#include "timeline/changes.h"

#include <stdlib.h>
#include <string.h>

void changes_free(struct timeline_changes *changes)
{
    vec_free(&changes->list);
    changes->pace_permille = 0;
}

void changes_copy(struct timeline_changes *to, const struct timeline_changes *from)
{
    size_t size = from->list.count * sizeof *from->list.items;
    struct timeline_change *items = size ? xmalloc(size) : NULL;
    if (size)
        memcpy(items, from->list.items, size);
    free(to->list.items);
    to->list.items = items;
    to->list.count = to->list.capacity = from->list.count;
    to->pace_permille = from->pace_permille;
}

bool changes_any(const struct timeline_changes *changes)
{
    return changes->list.count > 0 ||
           (changes->pace_permille != 0 && changes->pace_permille != 1000);
}

/* The first entry at or after a cue. */
static size_t position(const struct timeline_changes *changes, uint32_t cue)
{
    size_t low = 0, high = changes->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (changes->list.items[middle].cue < cue)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct timeline_change *changes_find(const struct timeline_changes *changes, uint32_t cue)
{
    size_t at = position(changes, cue);
    bool found = at < changes->list.count && changes->list.items[at].cue == cue;
    return found ? &changes->list.items[at] : NULL;
}

/* What holds for a bout: its own entry, or its partner's, or nothing. */
static struct timeline_change in_effect(const struct timeline_changes *changes,
                                        const struct plan *plan, uint32_t cue)
{
    for (int64_t at = cue; at >= 0; at = changes_partner(plan, (size_t)at)) {
        const struct timeline_change *own = changes_find(changes, (uint32_t)at);
        if (own)
            return (struct timeline_change){cue, own->skipped, own->extra};
    }
    return (struct timeline_change){.cue = cue};
}

/* The own entry of a step; a new one begins with what holds for it so far. */
static struct timeline_change *entry(struct timeline_changes *changes, const struct plan *plan,
                                     uint32_t cue)
{
    size_t at = position(changes, cue);
    if (at < changes->list.count && changes->list.items[at].cue == cue)
        return &changes->list.items[at];
    struct timeline_change change = in_effect(changes, plan, cue);
    vec_push(&changes->list);
    struct timeline_change *items = changes->list.items;
    memmove(&items[at + 1], &items[at], (changes->list.count - 1 - at) * sizeof *items);
    items[at] = change;
    return &items[at];
}

void changes_add(struct timeline_changes *changes, const struct plan *plan, uint32_t cue,
                 frames extra)
{
    entry(changes, plan, cue)->extra += extra;
}

void changes_skip(struct timeline_changes *changes, const struct plan *plan, uint32_t cue,
                  bool skipped)
{
    entry(changes, plan, cue)->skipped = skipped;
}

void changes_forget(struct timeline_changes *changes, uint32_t from, uint32_t until)
{
    if (until <= from)
        return;
    size_t first = position(changes, from), last = position(changes, until);
    struct timeline_change *items = changes->list.items;
    if (last > first)
        memmove(&items[first], &items[last], (changes->list.count - last) * sizeof *items);
    changes->list.count -= last - first;
}

void changes_leave_out(struct timeline_changes *changes, const struct plan *plan, uint32_t from,
                       frames left, uint32_t to)
{
    if (left > 0)
        changes_add(changes, plan, from, -left);
    for (size_t i = left < 0 ? from : from + (size_t)1; i < to && i < plan->cue_count; i++) {
        bool bout = plan->cues[i].kind == CUE_BOUT && plan->cues[i].anchor == ANCHOR_NEXT;
        if (bout && !in_effect(changes, plan, (uint32_t)i).skipped)
            changes_skip(changes, plan, (uint32_t)i, true);
    }
}

/* --- partners --- */

static bool same_set(const struct cue *a, const struct cue *b)
{
    return a->move == b->move && a->round == b->round && a->set == b->set;
}

static bool same_mark(const struct cue *a, const struct cue *b)
{
    return b->kind == CUE_BOUT && b->anchor == ANCHOR_NEXT && a->bout == b->bout &&
           a->place.source == b->place.source && a->place.line == b->place.line &&
           a->place.column == b->place.column;
}

/* Alternating sides: the other side's turn of this rep came just before. */
static int64_t partner_of_turn(const struct plan *plan, size_t cue)
{
    const struct cue *cues = plan->cues, *own = &cues[cue];
    size_t at = cue, before = 0; /* bouts of the same mark in this turn, before this one */
    for (; at > 0 && same_set(own, &cues[at - 1]) && cues[at - 1].rep == own->rep &&
           cues[at - 1].side == own->side;
         at--)
        before += same_mark(own, &cues[at - 1]);
    size_t end = at;
    while (at > 0 && same_set(own, &cues[at - 1]) && cues[at - 1].rep == own->rep &&
           cues[at - 1].side != own->side && cues[at - 1].side != SIDE_NONE)
        at--;
    for (; at < end; at++)
        if (same_mark(own, &cues[at]) && before-- == 0)
            return (int64_t)at;
    return -1;
}

int64_t changes_partner(const struct plan *plan, size_t cue)
{
    const struct cue *own = &plan->cues[cue];
    if (own->kind != CUE_BOUT || own->open)
        return -1;
    if (own->match >= 0)
        return (size_t)own->match < cue ? own->match : -1;
    return own->side == SIDE_NONE || !own->place.source ? -1 : partner_of_turn(plan, cue);
}

/* --- what they come to --- */

enum {
    LEFT_OUT = 1, /* the step is not played */
    TOLD = 2,     /* by an own entry, or its partner's */
    PARTNERS = 4, /* by its partner's */
    ANCHOR = 8    /* a bout that words may serve */
};

struct changes_effect {
    uint8_t *marks; /* by cue */
    size_t count;
    VEC(struct timeline_change) extras; /* ascending; those with frames only */
};

static void add_extra(struct changes_effect *effect, uint32_t cue, frames extra)
{
    if (extra != 0)
        *vec_push(&effect->extras) = (struct timeline_change){.cue = cue, .extra = extra};
}

/* Own entries and partners'. Partners come before. */
static void tell_steps(struct changes_effect *effect, const struct timeline_changes *changes,
                       const struct plan *plan)
{
    size_t next = 0;
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        bool bout = cue->kind == CUE_BOUT;
        while (next < changes->list.count && changes->list.items[next].cue < i)
            next++;
        if (i > 0 && cue->anchor != ANCHOR_NEXT)
            continue;
        int64_t partner = bout ? changes_partner(plan, i) : -1;
        uint8_t *marks = &effect->marks[i];
        if (next < changes->list.count && changes->list.items[next].cue == i) {
            const struct timeline_change *own = &changes->list.items[next];
            *marks = TOLD | (own->skipped ? LEFT_OUT : 0);
            add_extra(effect, (uint32_t)i, bout ? own->extra : 0);
        } else if (partner >= 0 && effect->marks[partner] & TOLD) {
            *marks = TOLD | PARTNERS | (effect->marks[partner] & LEFT_OUT);
            add_extra(effect, (uint32_t)i, changes_extra(effect, (size_t)partner));
        }
        if (bout && (cue->bout != BOUT_READY || partner >= 0 || *marks & TOLD))
            *marks |= ANCHOR;
    }
}

/* The end of the steps of one side that begin with `from`. */
static size_t side_end(const struct plan *plan, size_t from)
{
    const struct cue *first = &plan->cues[from];
    size_t at = from + 1;
    while (at < plan->cue_count && same_set(first, &plan->cues[at]) &&
           plan->cues[at].side == first->side)
        at++;
    return at;
}

static bool serves(const struct changes_effect *effect, const struct plan *plan, size_t cue)
{
    const struct cue *step = &plan->cues[cue];
    bool words = step->kind == CUE_SPEECH && step->role != ROLE_CAUTION;
    return step->anchor == ANCHOR_NEXT && !(effect->marks[cue] & (TOLD | ANCHOR)) &&
           (words || step->kind == CUE_SOUND || step->kind == CUE_BOUT);
}

/* Leaves out what only serves bouts that are left out, on one side. */
static void leave_out_servants(struct changes_effect *effect, const struct plan *plan, size_t from,
                               size_t until)
{
    size_t anchors = 0, left_out = 0;
    for (size_t i = from; i < until; i++) {
        anchors += (effect->marks[i] & ANCHOR) != 0;
        left_out += (effect->marks[i] & ANCHOR) && (effect->marks[i] & LEFT_OUT);
    }
    if (left_out == 0)
        return;
    bool all = left_out == anchors, next_left_out = false;
    for (size_t i = until; i-- > from;) {
        if (effect->marks[i] & ANCHOR) {
            anchors--;
            next_left_out = effect->marks[i] & LEFT_OUT;
        } else if (serves(effect, plan, i) && (all || (anchors > 0 && next_left_out))) {
            effect->marks[i] |= LEFT_OUT;
        }
    }
}

struct changes_effect *changes_effect_new(const struct timeline_changes *changes,
                                          const struct plan *plan)
{
    if (!changes || changes->list.count == 0)
        return NULL;
    struct changes_effect *effect = xcalloc(1, sizeof *effect);
    effect->marks = xcalloc(plan->cue_count + 1, 1);
    effect->count = plan->cue_count;
    tell_steps(effect, changes, plan);
    for (size_t i = 0; i < plan->cue_count;) {
        size_t end = side_end(plan, i);
        if (plan->cues[i].side != SIDE_NONE)
            leave_out_servants(effect, plan, i, end);
        i = end;
    }
    return effect;
}

void changes_effect_destroy(struct changes_effect *effect)
{
    if (!effect)
        return;
    vec_free(&effect->extras);
    free(effect->marks);
    free(effect);
}

bool changes_skipped(const struct changes_effect *effect, size_t cue)
{
    return effect && cue < effect->count && effect->marks[cue] & LEFT_OUT;
}

bool changes_is_partners(const struct changes_effect *effect, size_t cue)
{
    return effect && cue < effect->count && effect->marks[cue] & PARTNERS;
}

frames changes_extra(const struct changes_effect *effect, size_t cue)
{
    size_t low = 0, high = effect ? effect->extras.count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (effect->extras.items[middle].cue < cue)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = effect && low < effect->extras.count && effect->extras.items[low].cue == cue;
    return found ? effect->extras.items[low].extra : 0;
}

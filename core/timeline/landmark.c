/* SPDX-License-Identifier: GPL-3.0-or-later */
/* landmark.c: steps that are the same in two plans are found by sorting both. */
#include "timeline/landmark.h"

#include <stdlib.h>
#include <string.h>

size_t landmark_step_of(const struct plan *plan, size_t cue)
{
    while (cue > 0 && cue < plan->cue_count && plan->cues[cue].anchor != ANCHOR_NEXT)
        cue--;
    return cue < plan->cue_count ? cue : plan->cue_count;
}

size_t landmark_step_after(const struct plan *plan, size_t step)
{
    if (step >= plan->cue_count)
        return plan->cue_count;
    do
        step++;
    while (step < plan->cue_count && plan->cues[step].anchor != ANCHOR_NEXT);
    return step;
}

size_t landmark_next_move(const struct plan *plan, size_t step)
{
    if (step >= plan->cue_count)
        return plan->cue_count;
    uint32_t move = plan->cues[step].move;
    uint32_t next = move == UINT32_MAX ? 0 : move + 1;
    return next < plan->move_count ? plan->moves[next].first_cue : plan->cue_count;
}

size_t landmark_close(const struct plan *plan)
{
    size_t last = plan->cue_count;
    while (last > 0 && !plan->cues[last - 1].place.source)
        last--;
    return last > 0 ? landmark_step_after(plan, last - 1) : 0;
}

size_t landmark_other_side(const struct plan *plan, size_t step)
{
    if (step >= plan->cue_count || plan->cues[step].side == SIDE_NONE)
        return SIZE_MAX;
    const struct cue *here = &plan->cues[step];
    for (;;) {
        step = landmark_step_after(plan, step);
        const struct cue *cue = &plan->cues[step];
        if (step >= plan->cue_count || cue->side != here->side || cue->move != here->move ||
            cue->round != here->round || cue->set != here->set)
            return step;
    }
}

/* --- two plans of one page --- */

struct sight {
    const struct cue *cue;
    uint32_t index;
};

static int compare_numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* The player's own sentences have no place; a cue of the page is what stands there. */
static int compare_words(const struct cue *a, const struct cue *b)
{
    int order =
        compare_numbers(a->kind == CUE_BOUT ? a->bout : 0, b->kind == CUE_BOUT ? b->bout : 0);
    if (order != 0 || a->place.source)
        return order;
    return strcmp(a->text ? a->text : "", b->text ? b->text : "");
}

static int compare_cues(const struct cue *a, const struct cue *b)
{
    const int64_t keys[][2] = {
        {a->move, b->move},
        {a->round, b->round},
        {a->set, b->set},
        {a->side, b->side},
        {a->rep, b->rep},
        {a->kind, b->kind},
        {a->anchor == ANCHOR_NEXT, b->anchor == ANCHOR_NEXT},
        {(int64_t)(uintptr_t)a->place.source, (int64_t)(uintptr_t)b->place.source},
        {a->place.line, b->place.line},
        {a->place.column, b->place.column},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return compare_numbers(keys[i][0], keys[i][1]);
    return compare_words(a, b);
}

static int compare_sights(const void *left, const void *right)
{
    const struct sight *a = left, *b = right;
    int order = compare_cues(a->cue, b->cue);
    return order != 0 ? order : compare_numbers(a->index, b->index);
}

static struct sight *sorted_sights(const struct plan *plan)
{
    struct sight *sights = xcalloc(plan->cue_count + 1, sizeof *sights);
    for (size_t i = 0; i < plan->cue_count; i++)
        sights[i] = (struct sight){&plan->cues[i], (uint32_t)i};
    qsort(sights, plan->cue_count, sizeof *sights, compare_sights);
    return sights;
}

uint32_t *landmark_map(const struct plan *before, const struct plan *now)
{
    uint32_t *map = xmalloc((before->cue_count + 1) * sizeof *map);
    struct sight *old = sorted_sights(before), *new = sorted_sights(now);
    size_t i = 0, j = 0;
    memset(map, 0xff, (before->cue_count + 1) * sizeof *map);
    while (i < before->cue_count && j < now->cue_count) {
        int order = compare_cues(old[i].cue, new[j].cue);
        if (order == 0)
            map[old[i].index] = new[j].index;
        i += order <= 0;
        j += order >= 0;
    }
    free(old);
    free(new);
    return map;
}

size_t landmark_same_place(const uint32_t *map, const struct plan *before, const struct plan *now,
                           size_t step)
{
    while (step < before->cue_count && map[step] == UINT32_MAX)
        step = landmark_step_after(before, step);
    return step < before->cue_count ? map[step] : now->cue_count;
}

static bool is_over(const struct timeline_from *from, size_t word)
{
    return word >= TIMELINE_TRACKED || from->over[word / 64] >> (word % 64) & 1;
}

/* The words of a bout that goes on: those that are in both keep what became of them. */
static void map_words(const uint32_t *map, const struct plan *before, const struct plan *now,
                      struct timeline_from *from, size_t step)
{
    size_t old = from->step, end = landmark_step_after(before, old), word = 0;
    struct timeline_from to = *from;
    to.cut = UINT32_MAX;
    memset(to.over, 0xff, sizeof to.over);
    for (size_t i = old; i < end; i++) {
        if (before->cues[i].kind != CUE_SPEECH)
            continue;
        bool over = is_over(from, word++);
        size_t new_word = 0;
        if (over || map[i] == UINT32_MAX || map[i] <= step)
            continue;
        for (size_t k = step; k < map[i]; k++)
            new_word += now->cues[k].kind == CUE_SPEECH;
        if (new_word < TIMELINE_TRACKED)
            to.over[new_word / 64] &= ~(UINT64_C(1) << (new_word % 64));
        if (from->cut == i)
            to.cut = map[i];
    }
    *from = to;
}

void landmark_map_point(const uint32_t *map, const struct plan *before, const struct plan *now,
                        struct timeline_from *from)
{
    size_t step = landmark_same_place(map, before, now, from->step);
    bool here = from->step < before->cue_count && map[from->step] != UINT32_MAX;
    if (!here)
        *from = (struct timeline_from){.at = from->at};
    else if (from->tracked)
        map_words(map, before, now, from, step);
    from->step = step;
}

void landmark_map_changes(const uint32_t *map, struct timeline_changes *changes)
{
    size_t kept = 0;
    for (size_t i = 0; i < changes->list.count; i++) {
        struct timeline_change change = changes->list.items[i];
        change.cue = map[change.cue];
        if (change.cue != UINT32_MAX)
            changes->list.items[kept++] = change;
    }
    changes->list.count = kept;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choice.c: what of the page is played, in which order, and the values of its ranges. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "plan/expand.h"

/* Where in a range: the choice for this range if there is one, else the common one, else the
 * level: easy = low end, normal = middle, deep = high end. *exact: by level. */
static double fraction_of(const struct plan_options *options, uint32_t id, bool *exact)
{
    const struct plan_choice *choice = &options->choice;
    double fraction = -1;
    if (choice->fractions && id > 0)
        fraction = choice->fractions[id - 1];
    if (fraction < 0)
        fraction = choice->fraction;
    *exact = fraction < 0;
    if (fraction < 0)
        fraction = options->level == LEVEL_EASY ? 0 : options->level == LEVEL_DEEP ? 1 : 0.5;
    return fraction > 1 ? 1 : fraction;
}

/* Counts go to the nearest whole one, and a half goes down: 8-11 reps at normal level are 9. */
int64_t choice_count(const struct plan_options *options, struct range range)
{
    if (range.low >= range.high)
        return range.low;
    bool exact;
    double fraction = fraction_of(options, range.id, &exact);
    int64_t more = (int64_t)ceil(fraction * (double)(range.high - range.low) - 0.5);
    return range.low + (more < 0 ? 0 : more);
}

/* Times are exact by level; a chosen fraction goes to the nearest tenth of a second. */
nsec choice_time(const struct plan_options *options, struct range range)
{
    if (range.low >= range.high)
        return range.low;
    bool exact;
    double fraction = fraction_of(options, range.id, &exact);
    nsec span = range.high - range.low;
    if (exact)
        return range.low + (fraction == 0.5 ? span / 2 : fraction == 0 ? 0 : span);
    nsec step = 100 * NSEC_PER_MSEC;
    nsec time = range.low + (nsec)(fraction * (double)span);
    time = (time + step / 2) / step * step;
    return time < range.low ? range.low : time > range.high ? range.high : time;
}

struct walk {
    const struct plan_options *options;
    struct arena *arena;
    uint32_t section_count;
    size_t optional_count;
    uint64_t group_count;
};

static bool build(struct walk *walk, const struct section *section, bool root, struct node *node);

/* `pick` takes the first ones of a shuffled order (those whose turn it is before others) and plays
 * them in page order, unless the group is shuffled too. The order is that of all the children, so
 * that leaving one out does not change the rest. The same seed and group give the same order, in
 * every round. */
static void shuffle(const struct walk *walk, uint64_t group, size_t *order, size_t count)
{
    struct prng prng = prng_new(walk->options->seed + group * UINT64_C(0x9e3779b97f4a7c15));
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)prng_below(&prng, i);
        size_t held = order[i - 1];
        order[i - 1] = order[other];
        order[other] = held;
    }
}

/* Lower turns to the front, equal ones as they are. */
static void by_turn(const struct node *children, size_t *order, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        size_t held = order[i];
        size_t at = i;
        for (; at > 0 && children[order[at - 1]].wish->turn > children[held].wish->turn; at--)
            order[at] = order[at - 1];
        order[at] = held;
    }
}

static int by_size(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/* Moves the chosen children to the front, in the order they are played in; returns how many. */
static size_t choose_children(const struct walk *walk, const struct section *section,
                              uint64_t group, struct node *children)
{
    size_t count = section->child_count;
    size_t *order = xcalloc(count + 1, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    int64_t pick = choice_count(walk->options, section->pick);
    if (section->shuffle || pick > 0)
        shuffle(walk, group, order, count);
    size_t chosen = 0;
    for (size_t i = 0; i < count; i++)
        if (children[order[i]].section)
            order[chosen++] = order[i];
    if (pick > 0 && (size_t)pick < chosen) {
        if (walk->options->sections)
            by_turn(children, order, chosen);
        chosen = (size_t)pick;
    }
    if (!section->shuffle)
        qsort(order, chosen, sizeof *order, by_size);
    struct node *all = xcalloc(count + 1, sizeof *all);
    memcpy(all, children, count * sizeof *all);
    for (size_t i = 0; i < chosen; i++)
        children[i] = all[order[i]];
    free(all);
    free(order);
    return chosen;
}

static void build_group(struct walk *walk, const struct section *section, struct node *node)
{
    uint64_t group = walk->group_count++;
    node->children = ARENA_ARRAY(walk->arena, struct node, section->child_count + 1);
    for (size_t i = 0; i < section->child_count; i++)
        if (!build(walk, &section->children[i], false, &node->children[i]))
            node->children[i].section = NULL;
    node->child_count = choose_children(walk, section, group, node->children);
    for (size_t i = 0; i < node->child_count; i++)
        node->move_count += node->children[i].move_count;
}

/* False: not played. Everything under it is counted all the same, so that the numbers of optional
 * sections and groups do not depend on the level. A group with nothing left to play is silent. */
static bool build(struct walk *walk, const struct section *section, bool root, struct node *node)
{
    const struct plan_section *wishes = walk->options->sections;
    node->wish = wishes ? &wishes[walk->section_count] : NULL;
    node->number = walk->section_count++;
    bool played = root || section->level <= walk->options->level;
    if (section->optional && !root) {
        const bool *dropped = walk->options->choice.dropped;
        played = played && !(dropped && dropped[walk->optional_count]);
        walk->optional_count++;
    }
    node->section = section;
    if (!section->group) {
        node->move_count = 1;
        return played;
    }
    build_group(walk, section, node);
    return played && (root || node->move_count > 0);
}

struct node *choice_tree(const struct routine *routine, const struct plan_options *options,
                         struct arena *arena, size_t *optional_count)
{
    struct walk walk = {.options = options, .arena = arena};
    struct node *root = ARENA_NEW(arena, struct node);
    build(&walk, routine->root, true, root);
    *optional_count = walk.optional_count;
    return root;
}

static size_t count_sections(const struct section *section)
{
    size_t count = 1;
    for (size_t i = 0; i < section->child_count; i++)
        count += count_sections(&section->children[i]);
    return count;
}

static const struct section **list_sections(const struct section *section,
                                            const struct section **list)
{
    *list++ = section;
    for (size_t i = 0; i < section->child_count; i++)
        list = list_sections(&section->children[i], list);
    return list;
}

size_t plan_sections(const struct routine *routine, struct arena *arena,
                     const struct section *const **sections)
{
    size_t count = count_sections(routine->root);
    const struct section **list = ARENA_ARRAY(arena, const struct section *, count);
    list_sections(routine->root, list);
    *sections = list;
    return count;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rotation.c: what takes turns: the side to begin with, and what `pick` chooses.
 *
 * Sides: the session begins with the other side than the last one; a page whose moves begin with
 * different sides keeps them different.
 * Picks: what was not chosen for longest comes first, then what was chosen less often, then the
 * seed. So with one session a day, `pick k` of n visits all of them in any n / k (rounded up)
 * sessions on end. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "coach/coach_inside.h"

static enum side written_side(const struct section *section)
{
    return section->right_first ? SIDE_RIGHT : SIDE_LEFT;
}

static enum side other_side(enum side side)
{
    return side == SIDE_LEFT ? SIDE_RIGHT : SIDE_LEFT;
}

void advice_sides(struct advice *advice)
{
    enum side last = advice->facts->last_side, first = SIDE_NONE;
    for (size_t i = 0; i < advice->section_count; i++) {
        const struct section *section = advice->sections[i];
        if (section->group || section->sides == SIDES_NONE)
            continue;
        if (first == SIDE_NONE)
            first = written_side(section);
        bool swap = last == first;
        enum side side = written_side(section);
        advice->choices[i].first_side = swap ? other_side(side) : side;
    }
    if (first == SIDE_NONE) {
        advice_say(advice, COACH_SIDES, NULL, "no move has any");
        return;
    }
    enum side begins = last == first ? other_side(first) : first;
    const char *why = last == SIDE_NONE
                          ? "as the page has it"
                          : arena_printf(advice->arena, "last time it was the %s", side_name(last));
    advice_say(advice, COACH_SIDES, NULL,
               arena_printf(advice->arena, "the %s side first: %s", side_name(begins), why));
}

/* --- picks --- */

static const struct history_choice *find_choice(const struct advice *advice, const char *place,
                                                const char *option)
{
    for (size_t i = 0; i < advice->facts->choice_count; i++) {
        const struct history_choice *choice = &advice->facts->choices[i];
        if (strcmp(choice->place, place) == 0 && strcmp(choice->option, option) == 0)
            return choice;
    }
    return NULL;
}

struct candidate {
    const struct history_choice *choice; /* NULL: not chosen lately */
    size_t number;                       /* of its section */
};

static int by_turn(const void *a, const void *b)
{
    const struct history_choice *left = ((const struct candidate *)a)->choice;
    const struct history_choice *right = ((const struct candidate *)b)->choice;
    if (!left || !right)
        return (left != NULL) - (right != NULL);
    if (left->last != right->last)
        return left->last < right->last ? -1 : 1;
    return (left->times > right->times) - (left->times < right->times);
}

static int by_turn_and_page(const void *a, const void *b)
{
    int order = by_turn(a, b);
    size_t left = ((const struct candidate *)a)->number;
    size_t right = ((const struct candidate *)b)->number;
    return order ? order : (left > right) - (left < right);
}

static size_t sections_under(const struct section *section)
{
    size_t count = 1;
    for (size_t i = 0; i < section->child_count; i++)
        count += sections_under(&section->children[i]);
    return count;
}

/* "A (not lately) or B (not lately), then C (on Thursday)". */
static const char *order_text(const struct advice *advice, const struct candidate *candidates,
                              size_t count)
{
    struct str text = {0};
    for (size_t i = 0; i < count; i++) {
        const struct history_choice *choice = candidates[i].choice;
        const char *name = advice->sections[candidates[i].number]->name;
        bool tie = i > 0 && by_turn(&candidates[i - 1], &candidates[i]) == 0;
        str_printf(&text, "%s%s", i == 0 ? "" : tie ? " or " : ", then ", name);
        if (choice)
            str_printf(&text, " (%s)",
                       coach_when(choice->last, advice->request->today, advice->arena));
        else
            str_add(&text, " (not lately)");
    }
    const char *kept = arena_strdup(advice->arena, str_text(&text));
    str_free(&text);
    return kept;
}

static void rotate(struct advice *advice, size_t number)
{
    const struct section *group = advice->sections[number];
    bool whole = group == advice->routine->root && advice->routine->title;
    const char *place = whole ? advice->routine->title : group->name;
    size_t count = group->child_count;
    struct candidate *candidates = xcalloc(count + 1, sizeof *candidates);
    size_t child = number + 1;
    for (size_t i = 0; i < count; i++) {
        candidates[i] =
            (struct candidate){find_choice(advice, place, group->children[i].name), child};
        child += sections_under(&group->children[i]);
    }
    if (count > 1)
        qsort(candidates, count, sizeof *candidates, by_turn_and_page);
    uint32_t turn = 0;
    for (size_t i = 0; i < count; i++) {
        turn += i > 0 && by_turn(&candidates[i - 1], &candidates[i]) != 0;
        advice->choices[candidates[i].number].turn = turn;
    }
    advice_say(advice, COACH_PICKS, group,
               arena_printf(advice->arena, "picks in this order: %s",
                            order_text(advice, candidates, count)));
    free(candidates);
}

void advice_picks(struct advice *advice)
{
    bool any = false;
    for (size_t i = 0; i < advice->section_count; i++) {
        if (advice->sections[i]->pick.high <= 0 || advice->sections[i]->child_count == 0)
            continue;
        any = true;
        rotate(advice, i);
    }
    if (!any)
        advice_say(advice, COACH_PICKS, NULL, "the page has none");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* needs_vary.c: every form that a routine can take: three levels times three details, and, where it
 * picks or shuffles, a few sessions as seeds make them, and its moves all together in every order
 * that changes a sentence: each of them first ("First: …"), and, if a page says {next}, each of
 * them before each other. */
#include <stdlib.h>
#include <string.h>

#include "studio/needs_inside.h"

#define SEEDS     16 /* real sessions of a routine that picks or shuffles */
#define MOST_MOVE 24 /* of a group, put before each other */

/* How the children of every group that picks or shuffles are put: `first`, then `second`, then the
 * others in page order; both by number, counted modulo the group's size. */
struct order {
    size_t first, second;
};

static bool is_free(const struct section *section)
{
    return section->shuffle || section->pick.high > 0;
}

static size_t largest_free_group(const struct section *section)
{
    size_t most = section->group && is_free(section) ? section->child_count : 0;
    for (size_t i = 0; i < section->child_count; i++) {
        size_t inside = largest_free_group(&section->children[i]);
        most = inside > most ? inside : most;
    }
    return most;
}

static void copy_section(struct section *copy, const struct section *section, struct order order,
                         struct arena *arena)
{
    size_t count = section->child_count;
    struct section *children = ARENA_ARRAY(arena, struct section, count + 1);
    size_t first = count ? order.first % count : 0, second = count ? order.second % count : 0;
    size_t used = 0;
    *copy = *section;
    copy->children = children;
    if (!is_free(section))
        first = second = count; /* as on the page */
    copy->shuffle = false;
    copy->pick = (struct range){0};
    if (first < count)
        copy_section(&children[used++], &section->children[first], order, arena);
    if (second < count && second != first)
        copy_section(&children[used++], &section->children[second], order, arena);
    for (size_t i = 0; i < count; i++)
        if (i != first && i != second)
            copy_section(&children[used++], &section->children[i], order, arena);
}

/* --- placeholders --- */

typedef bool (*block_test)(const struct block *block, const void *context);

static bool any_block(const struct block *blocks, size_t count, block_test test,
                      const void *context)
{
    for (size_t i = 0; i < count; i++)
        if (test(&blocks[i], context) ||
            any_block(blocks[i].children, blocks[i].child_count, test, context))
            return true;
    return false;
}

static bool any_section(const struct section *section, block_test test, const void *context)
{
    if (any_block(section->lead, section->lead_count, test, context) ||
        any_block(section->before, section->before_count, test, context) ||
        any_block(section->body, section->body_count, test, context) ||
        any_block(section->after, section->after_count, test, context))
        return true;
    for (size_t i = 0; i < section->child_count; i++)
        if (any_section(&section->children[i], test, context))
            return true;
    return false;
}

static bool has_placeholder(const struct block *block, enum placeholder placeholder)
{
    for (size_t i = 0; i < block->span_count; i++)
        if (block->spans[i].kind == SPAN_PLACEHOLDER && block->spans[i].placeholder == placeholder)
            return true;
    return false;
}

static bool says_next(const struct block *block, const void *context)
{
    return has_placeholder(block, PLACEHOLDER_NEXT);
}

static bool is_block_at(const struct block *block, const void *context)
{
    const struct place *place = context;
    if (!has_placeholder(block, PLACEHOLDER_TIME_LEFT) || block->place.source != place->source)
        return false;
    int last = block->place.line;
    for (size_t i = 0; i < block->span_count; i++)
        last = block->spans[i].place.line > last ? block->spans[i].place.line : last;
    return place->line >= block->place.line && place->line <= last;
}

bool vary_speaks_of_time(const struct routine *routine, struct place place)
{
    return place.source && any_section(routine->root, is_block_at, &place);
}

/* --- all of them --- */

struct varying {
    const char *phrase_folder;
    bool (*each)(void *context, const struct variant *variant);
    void *context;
};

/* The nine of one order or seed; `dropped` as in plan_choice. False: stop. */
static bool all_levels(const struct varying *varying, const struct routine *routine, uint64_t seed,
                       bool real, const bool *dropped)
{
    static const enum level levels[] = {LEVEL_NORMAL, LEVEL_EASY, LEVEL_DEEP};
    struct variant variant = {.routine = routine, .real = real};
    for (int detail = DETAIL_FULL; detail <= DETAIL_BRIEF; detail++) {
        for (int i = 0; i < 3; i++) {
            variant.options = (struct plan_options){
                .level = levels[i],
                .detail = (enum detail)detail,
                .seed = seed,
                /* How long it takes is only true of real ones. */
                .announce = real ? -1 : (int)(routine->announce & ~(unsigned)ANNOUNCE_OPENING),
                .count = -1,
                .choice = {.fraction = -1, .dropped = dropped},
                .phrase_folder = varying->phrase_folder};
            if (!varying->each(varying->context, &variant))
                return false;
        }
    }
    return true;
}

static bool reordered(const struct varying *varying, const struct routine *routine,
                      struct order order)
{
    struct arena *arena = arena_new();
    struct section *root = ARENA_NEW(arena, struct section);
    struct routine copy = *routine;
    copy_section(root, routine->root, order, arena);
    copy.root = root;
    bool go_on = all_levels(varying, &copy, 0, false, NULL);
    arena_destroy(arena);
    return go_on;
}

static size_t count_optional(const struct section *section)
{
    size_t count = section->optional;
    for (size_t i = 0; i < section->child_count; i++)
        count += count_optional(&section->children[i]);
    return count;
}

/* What --for may leave out, left out: another move may come first, and after another. */
static bool without_optional(const struct varying *varying, const struct routine *routine)
{
    size_t count = count_optional(routine->root);
    if (count == 0)
        return true;
    bool *dropped = xcalloc(count, sizeof *dropped);
    memset(dropped, true, count);
    bool go_on = all_levels(varying, routine, 0, false, dropped);
    free(dropped);
    return go_on;
}

void vary_each(const struct routine *routine, const char *phrase_folder,
               bool (*each)(void *context, const struct variant *variant), void *context)
{
    const struct varying varying = {phrase_folder, each, context};
    size_t most = largest_free_group(routine->root);
    if (!all_levels(&varying, routine, 0, true, NULL) || !without_optional(&varying, routine) ||
        most == 0)
        return;
    for (uint64_t seed = 1; seed < SEEDS; seed++)
        if (!all_levels(&varying, routine, seed, true, NULL))
            return;
    bool pairs = any_section(routine->root, says_next, NULL) && most <= MOST_MOVE;
    for (size_t first = 0; first < most; first++) {
        for (size_t second = 0; second < (pairs ? most : 1); second++)
            if (!reordered(&varying, routine, (struct order){first, second}))
                return;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_tree.h: routines made by hand, for the tests of the plan layer. */
#ifndef PLAN_TREE_H
#define PLAN_TREE_H

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "plan/phrases.h"
#include "plan/plan.h"

#define PHRASES SOURCE_DIR "/phrases"

struct tree {
    struct arena *arena;
    struct diags *diags;
    const struct source *source;
    uint32_t ranges;
    struct routine routine;
    struct plan_options options;
};

static inline struct tree tree_new(void)
{
    struct tree t = {.arena = arena_new(), .diags = diags_new()};
    t.source = diags_add_source(t.diags, "page.md", "", 0);
    t.routine = (struct routine){.arena = t.arena,
                                 .path = "page.md",
                                 .title = "Test",
                                 .language = "en",
                                 .announce = 0,
                                 .gap_ns = 600 * NSEC_PER_MSEC};
    t.options = (struct plan_options){.level = LEVEL_NORMAL,
                                      .detail = DETAIL_NORMAL,
                                      .announce = -1,
                                      .count = -1,
                                      .choice = {.fraction = -1},
                                      .phrase_folder = PHRASES};
    return t;
}

static inline void tree_free(struct tree *t)
{
    arena_destroy(t->arena);
    diags_destroy(t->diags);
}

static inline struct mark tree_mark(struct tree *t, const char *text)
{
    struct mark mark = {0};
    struct place place = {.source = t->source, .line = 1, .column = 1};
    bool ok = mark_parse(text, strlen(text), place, t->arena, t->diags, NULL, NULL, &mark);
    if (!ok)
        diags_print(t->diags, stderr, false);
    assert_true(ok);
    if (mark.time.low != mark.time.high)
        mark.time.id = ++t->ranges;
    if (mark.amount.low != mark.amount.high)
        mark.amount.id = ++t->ranges;
    t->routine.range_count = t->ranges;
    return mark;
}

/* `marks`, **bold**, _emphasis_ and {placeholders}, no nesting. */
static inline struct block tree_block(struct tree *t, const char *text)
{
    static const struct {
        const char *name;
        enum placeholder placeholder;
    } names[] = {{"{side}", PLACEHOLDER_SIDE},   {"{other side}", PLACEHOLDER_OTHER_SIDE},
                 {"{rep}", PLACEHOLDER_REP},     {"{reps}", PLACEHOLDER_REPS},
                 {"{set}", PLACEHOLDER_SET},     {"{sets}", PLACEHOLDER_SETS},
                 {"{round}", PLACEHOLDER_ROUND}, {"{name}", PLACEHOLDER_NAME},
                 {"{next}", PLACEHOLDER_NEXT},   {"{time left}", PLACEHOLDER_TIME_LEFT}};
    VEC(struct span) spans = {0};
    struct block block = {.item = true, .place = {.source = t->source, .line = 1, .column = 1}};
    bool bold = false, emphasis = false;
    while (*text) {
        struct span span = {.bold = bold, .emphasis = emphasis, .place = block.place};
        size_t length = strcspn(text, "`*_{");
        if (length > 0) {
            span.text = arena_strndup(t->arena, text, length);
        } else if (*text == '*' || *text == '_') {
            bold ^= *text == '*';
            emphasis ^= *text == '_';
            text += *text == '*' ? 2 : 1;
            continue;
        } else if (*text == '`') {
            length = strcspn(text + 1, "`") + 2;
            span.kind = SPAN_MARK;
            span.mark = tree_mark(t, arena_strndup(t->arena, text + 1, length - 2));
        } else {
            span.kind = SPAN_PLACEHOLDER;
            for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                if (str_starts_with(text, names[i].name)) {
                    length = strlen(names[i].name);
                    span.placeholder = names[i].placeholder;
                    block.names_side |= i < 2;
                }
            }
            assert_true(length > 0);
        }
        *vec_push(&spans) = span;
        text += length;
    }
    block.span_count = spans.count;
    block.spans = vec_to_arena(&spans, t->arena);
    return block;
}

/* Up to the NULL: a block each. */
static inline const struct block *tree_blocks(struct tree *t, const char *const *texts,
                                              size_t *count)
{
    VEC(struct block) blocks = {0};
    for (; texts && *texts; texts++)
        *vec_push(&blocks) = tree_block(t, *texts);
    *count = blocks.count;
    return vec_to_arena(&blocks, t->arena);
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline struct section tree_move(struct tree *t, const char *name, const char *const *before,
                                       const char *const *body, const char *const *after)
{
    struct section move = {.name = name,
                           .rounds = {1, 1, 0},
                           .sets = {1, 1, 0},
                           .reps = {1, 1, 0},
                           .language = "en",
                           .place = {.source = t->source, .line = 1, .column = 1}};
    move.before = tree_blocks(t, before, &move.before_count);
    move.body = tree_blocks(t, body, &move.body_count);
    move.after = tree_blocks(t, after, &move.after_count);
    return move;
}

static inline void set_reps(struct section *move, int64_t reps)
{
    move->has_reps = true;
    move->reps = (struct range){reps, reps, 0};
}

static inline void set_sets(struct section *move, int64_t sets, nsec rest)
{
    move->has_sets = true;
    move->sets = (struct range){sets, sets, 0};
    move->rest = (struct range){rest, rest, 0};
}

static inline struct section tree_group(struct tree *t, const char *name,
                                        const struct section *children, size_t count)
{
    struct section group = tree_move(t, name, NULL, NULL, NULL);
    group.group = true;
    group.children = arena_memdup(t->arena, children, count * sizeof *children);
    group.child_count = count;
    return group;
}

static inline void tree_root(struct tree *t, struct section root)
{
    t->routine.root = arena_memdup(t->arena, &root, sizeof root);
}

static inline struct plan *tree_plan(struct tree *t)
{
    struct plan *plan = plan_new(&t->routine, &t->options, t->diags);
    if (!plan)
        diags_print(t->diags, stderr, false);
    assert_non_null(plan);
    return plan;
}

/* The cues without their places and the line of totals; free() it. */
static inline char *tree_dump(const struct plan *plan)
{
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    plan_dump(plan, to);
    fclose(to);
    struct str lines = {0};
    const char *line = strchr(text, '\n') + 1;
    while (*line) {
        size_t all = strcspn(line, "\n");
        const char *place = memmem(line, all, " @page.md", 9);
        str_add_bytes(&lines, line, place ? (size_t)(place - line) : all);
        str_add_char(&lines, '\n');
        line += all + 1;
    }
    free(text);
    return str_steal(&lines);
}

static inline void expect_dump(struct tree *t, const char *expected)
{
    struct plan *plan = tree_plan(t);
    char *dump = tree_dump(plan);
    assert_string_equal(dump, expected);
    free(dump);
    plan_destroy(plan);
}

#endif

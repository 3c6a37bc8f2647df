/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.c: makes a plan from a routine: chooses, checks limits, walks the tree. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan/expand.h"

static void reset_passes(struct node *node)
{
    node->visits = node->way_in_passes = node->body_passes = node->way_out_passes = 0;
    for (size_t i = 0; i < node->child_count; i++)
        reset_passes(&node->children[i]);
}

/* Empties the builder for another walk; texts stay interned. */
static void restart(struct builder *b)
{
    b->cues.count = b->moves.count = b->sentences.count = b->visits.count = 0;
    b->side_bouts.count = b->side_bout_next = 0;
    b->visit = b->begun = 0;
    b->begin = b->second_side = false;
    b->section = NULL;
    b->wish = NULL;
    b->position = NULL;
    b->rep_count = NULL;
    b->side = SIDE_NONE;
    b->round = b->rounds = b->set = b->sets = b->rep = b->reps = 0;
    b->done_ns = b->step_ns = b->words_ns = 0;
}

/* Estimates may be above what the limit check was sure of. */
static void check_length(struct builder *b)
{
    if (b->failed || b->done_ns <= PLAN_MAX_NS)
        return;
    char time[64];
    b->failed = true;
    diags_add(b->diags, SEVERITY_ERROR, b->routine->root->place, "use fewer reps, sets or rounds",
              "the session takes about %s, where a session may last %lld hours",
              units_format_duration(b->done_ns, time, sizeof time),
              (long long)(PLAN_MAX_NS / NSEC_PER_SEC / 3600));
}

/* The second walk is only for those that speak of the session's length. */
static void walk(struct builder *b, struct node *root)
{
    move_expand_session(b, root);
    check_length(b);
    bool opening = (b->announce & ANNOUNCE_OPENING) && b->options->total_ns <= 0;
    if (b->failed || !(opening || b->time_left_used))
        return;
    b->total_ns = b->done_ns;
    restart(b);
    reset_passes(root);
    move_expand_session(b, root);
}

static struct plan *collect(struct builder *b, size_t optional_count)
{
    struct plan *plan = ARENA_NEW(b->arena, struct plan);
    plan->arena = b->arena;
    plan->routine = b->routine;
    plan->estimate_ns = b->done_ns;
    plan->optional_count = optional_count;
    plan->cue_count = b->cues.count;
    /* Handed over, not copied: the largest thing in a session. */
    plan->cues = xrealloc(b->cues.items, (b->cues.count + 1) * sizeof *b->cues.items);
    b->cues.items = NULL;
    plan->move_count = b->moves.count;
    plan->moves = vec_to_arena(&b->moves, b->arena);
    return plan;
}

struct plan *plan_new(const struct routine *routine, const struct plan_options *options,
                      struct diags *diags)
{
    struct builder b = {
        .arena = arena_new(),
        .scratch = arena_new(),
        .routine = routine,
        .options = options,
        .diags = diags,
        .announce = options->announce < 0 ? routine->announce : (unsigned)options->announce,
        .count = options->count < 0 ? routine->count : (enum count_mode)options->count,
    };
    struct plan *plan = NULL;
    size_t optional_count;
    struct node *root = choice_tree(routine, options, b.scratch, &optional_count);
    b.texts = intern_new(b.arena);
    if (!limit_check(root, options, diags))
        goto out;
    b.phrases = phrases_load(options->phrase_folder, routine->language, diags);
    if (!b.phrases)
        goto out;
    b.phrase_language = arena_strdup(b.arena, phrases_language(b.phrases));
    walk(&b, root);
    if (!b.failed)
        plan = collect(&b, optional_count);
out:
    vec_free(&b.cues);
    vec_free(&b.moves);
    vec_free(&b.sentences);
    vec_free(&b.visits);
    vec_free(&b.side_bouts);
    intern_destroy(b.texts);
    phrases_destroy(b.phrases);
    arena_destroy(b.scratch);
    if (!plan)
        arena_destroy(b.arena);
    return plan;
}

void plan_destroy(struct plan *plan)
{
    if (!plan)
        return;
    free((void *)plan->cues);
    arena_destroy(plan->arena);
}

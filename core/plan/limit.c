/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit.c: refuses a page that multiplies into too much, before any of it is expanded. It counts
 * what is sure to become a cue (never more than the expansion makes), and at least one for every
 * pass through anything, so that empty repeats end too. */
#include <math.h>

#include "plan/expand.h"

struct sum {
    int64_t cues;
    nsec time;
};

static int64_t times(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

static int64_t plus(int64_t a, int64_t b)
{
    int64_t total;
    return __builtin_add_overflow(a, b, &total) ? INT64_MAX : total;
}

static int64_t at_least_1(int64_t count)
{
    return count < 1 ? 1 : count;
}

static struct sum plus_sum(struct sum a, struct sum b)
{
    return (struct sum){plus(a.cues, b.cues), plus(a.time, b.time)};
}

static struct sum times_sum(struct sum a, int64_t count)
{
    return (struct sum){times(a.cues, count), times(a.time, count)};
}

/* Sounds that a bout of this kind always has. */
static int64_t sure_inside(enum mark_kind kind)
{
    switch (kind) {
    case MARK_HOLD:
    case MARK_FOR:
        return 2;
    case MARK_IN:
    case MARK_OUT:
    case MARK_KEEP:
    case MARK_REST:
        return 1;
    default:
        return 0;
    }
}

static struct sum mark_sum(const struct plan_options *options, const struct mark *mark)
{
    nsec time = choice_time(options, mark->time);
    int64_t count = choice_count(options, mark->amount);
    if (mark->kind == MARK_BREATHE) {
        struct sum cycle = {0};
        for (int i = 0; i < 4; i++)
            cycle = plus_sum(cycle, (struct sum){mark->pattern[i] > 0 ? 2 : 0, mark->pattern[i]});
        return times_sum(cycle, count);
    }
    if (mark->kind == MARK_BREATHS)
        return times_sum((struct sum){4, 10 * NSEC_PER_SEC}, count);
    if (mark->kind == MARK_COUNT)
        return (struct sum){plus(count, 1), times(count, NSEC_PER_SEC)};
    if (mark->kind == MARK_PACE) {
        double beats = (double)time / (double)(60 * NSEC_PER_SEC) * mark->per_minute;
        return (struct sum){beats < 1e12 ? (int64_t)beats + 1 : INT64_MAX, time};
    }
    return (struct sum){1 + sure_inside(mark->kind), mark_is_timed(mark->kind) ? time : 0};
}

static struct sum blocks_sum(const struct plan_options *options, const struct block *blocks,
                             size_t count);

/* What `every` items inside the last timed mark add to it. */
static int64_t every_cues(const struct plan_options *options, const struct block *block,
                          const struct mark *mark)
{
    int64_t cues = 0;
    nsec time = mark_sum(options, mark).time;
    for (size_t i = 0; i < block->child_count; i++) {
        const struct block *child = &block->children[i];
        nsec every = choice_time(options, child->moment_time);
        if (child->moment == MOMENT_EVERY && child->role != BLOCK_TIP &&
            child->pass == PASS_EVERY && every > 0 && time > 0)
            cues = plus(cues, (time - 1) / every);
    }
    return cues;
}

static struct sum block_sum(const struct plan_options *options, const struct block *block)
{
    struct sum sum = {0};
    const struct mark *last = NULL;
    if (block->role == BLOCK_TIP || block->pass != PASS_EVERY)
        return sum;
    for (size_t i = 0; i < block->span_count; i++) {
        if (block->spans[i].kind != SPAN_MARK)
            continue;
        sum = plus_sum(sum, mark_sum(options, &block->spans[i].mark));
        if (mark_is_timed(block->spans[i].mark.kind))
            last = &block->spans[i].mark;
    }
    if (last)
        sum.cues = plus(sum.cues, every_cues(options, block, last));
    else
        sum = plus_sum(sum, blocks_sum(options, block->children, block->child_count));
    size_t words = 0;
    while (words < block->span_count && block->spans[words].kind != SPAN_MARK)
        words++;
    if (word_any(block, 0, words, word_has_bold(block)))
        sum.cues = plus(sum.cues, 1);
    return sum;
}

static struct sum blocks_sum(const struct plan_options *options, const struct block *blocks,
                             size_t count)
{
    struct sum sum = {0};
    for (size_t i = 0; i < count; i++)
        sum = plus_sum(sum, block_sum(options, &blocks[i]));
    return sum;
}

static bool is_over(struct sum sum)
{
    return sum.cues > PLAN_MAX_CUES || sum.time > PLAN_MAX_NS;
}

/* " × 1,000 reps", nothing for 1. */
static void add_factor(struct str *s, int64_t count, const char *what)
{
    if (count > 1)
        str_printf(s, "%s%lld %s", s->length > 0 ? " × " : "", (long long)count, what);
}

static void report(const struct node *node, struct sum sum, const char *factors,
                   struct diags *diags)
{
    const struct section *section = node->section;
    const char *name = section->name[0] ? section->name : "this page";
    const char *equals = factors[0] ? " = " : "";
    if (sum.cues > PLAN_MAX_CUES)
        diags_add(diags, SEVERITY_ERROR, section->place, "use fewer reps, sets or rounds",
                  "“%s” is too long: %s%s%lld cues, where a session may have %d", name, factors,
                  equals, (long long)sum.cues, PLAN_MAX_CUES);
    else
        diags_add(diags, SEVERITY_ERROR, section->place, "use fewer reps, sets or rounds",
                  "“%s” is too long: %s%s%lld hours, where a session may last %lld", name, factors,
                  equals, (long long)(sum.time / NSEC_PER_SEC / 3600),
                  (long long)(PLAN_MAX_NS / NSEC_PER_SEC / 3600));
}

static struct sum move_sum(const struct node *node, const struct plan_options *options,
                           struct str *factors)
{
    const struct section *section = node->section;
    struct sum pass = blocks_sum(options, section->body, section->body_count);
    if (section->bout)
        pass = plus_sum(pass, mark_sum(options, section->bout));
    pass.cues = at_least_1(pass.cues);
    int64_t sets = at_least_1(choice_count(options, section->sets));
    int64_t reps = at_least_1(choice_count(options, section->reps));
    int64_t sides = section->sides == SIDES_NONE ? 1 : 2;
    add_factor(factors, sets, "sets");
    add_factor(factors, sides, "sides");
    add_factor(factors, reps, "reps");
    add_factor(factors, pass.cues, "cues each");
    struct sum sum = times_sum(pass, times(times(sets, sides), reps));
    sum.time = plus(sum.time, times(choice_time(options, section->rest), sets - 1));
    struct sum once = plus_sum(blocks_sum(options, section->lead, section->lead_count),
                               blocks_sum(options, section->before, section->before_count));
    return plus_sum(sum, once);
}

/* The sum of a node; says so where the limit is first passed and sets *refused. `factors` is the
 * longest product under it. */
static struct sum node_sum(const struct node *node, const struct plan_options *options,
                           struct diags *diags, struct str *factors, bool *refused)
{
    const struct section *section = node->section;
    struct sum sum = {0}, longest = {0};
    if (!section->group) {
        sum = move_sum(node, options, factors);
    } else {
        struct str inner = {0};
        for (size_t i = 0; i < node->child_count && !*refused; i++) {
            struct str product = {0};
            struct sum child = node_sum(&node->children[i], options, diags, &product, refused);
            sum = plus_sum(sum, child);
            if (child.cues > longest.cues) {
                longest = child;
                str_free(&inner);
                str_add(&inner, str_text(&product));
            }
            str_free(&product);
        }
        int64_t rounds = at_least_1(choice_count(options, section->rounds));
        sum.cues = at_least_1(sum.cues);
        sum = times_sum(sum, rounds);
        sum.time = plus(sum.time, times(choice_time(options, section->rest), rounds - 1));
        add_factor(factors, rounds, "rounds");
        if (inner.length > 0)
            str_printf(factors, "%s%s", factors->length > 0 ? " × " : "", str_text(&inner));
        if (node->child_count > 1 && factors->length > 0)
            str_add(factors, " and more");
        str_free(&inner);
    }
    if (!*refused && is_over(sum)) {
        *refused = true;
        report(node, sum, str_text(factors), diags);
    }
    return sum;
}

bool limit_check(const struct node *root, const struct plan_options *options, struct diags *diags)
{
    struct str factors = {0};
    bool refused = false;
    node_sum(root, options, diags, &factors, &refused);
    str_free(&factors);
    return !refused;
}

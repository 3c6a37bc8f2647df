/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits, growth, and random trees: what holds for every plan. */
#include <time.h>

#include "base/prng.h"
#include "plan_tree.h"

/* --- limits --- */

static void expect_refused(struct tree *t, const char *expected)
{
    struct plan *plan = plan_new(&t->routine, &t->options, t->diags);
    assert_null(plan);
    const char *message;
    assert_true(diags_get(t->diags, 0, NULL, NULL, &message, NULL));
    if (!strstr(message, expected))
        fail_msg("“%s” is not in “%s”", expected, message);
    tree_free(t);
}

static void rounds_times_reps(void **state)
{
    struct tree t = tree_new();
    struct section moves[2] = {tree_move(&t, "Squats", NULL, TEXTS("Down.", "Up."), NULL),
                               tree_move(&t, "Lie", NULL, TEXTS("Down."), NULL)};
    set_reps(&moves[0], 100000);
    struct section circuit = tree_group(&t, "Circuit", moves, 2);
    circuit.rounds = (struct range){3, 3, 0};
    tree_root(&t, tree_group(&t, "Test", &circuit, 1));
    expect_refused(&t, "“Circuit” is too long: 3 rounds × 100000 reps × 2 cues each and more = "
                       "600003 cues, where a session may have 400000");
}

static void empty_repeats_and_overflow(void **state)
{
    struct tree t = tree_new();
    struct section group = tree_move(&t, "Nothing", NULL, NULL, NULL);
    for (int i = 0; i < 6; i++) {
        group = tree_group(&t, "Again", &group, 1);
        group.rounds = (struct range){1000000000, 1000000000, 0};
    }
    tree_root(&t, group);
    expect_refused(&t, "1000000000 rounds");
}

static void more_than_a_week(void **state)
{
    struct tree t = tree_new();
    struct section move = tree_move(&t, "Long", NULL, TEXTS("`wait 1h`"), NULL);
    set_reps(&move, 200);
    tree_root(&t, move);
    expect_refused(&t, "200 reps = 200 hours, where a session may last 168");
}

static void expect_dense(enum block_role role, const char *expected)
{
    struct tree t = tree_new();
    struct block block = tree_block(&t, "`for 4h`");
    struct block every = tree_block(&t, "Go.");
    every.moment = MOMENT_EVERY;
    every.moment_time = (struct range){1, 1, 0};
    every.role = role;
    block.children = &every;
    block.child_count = 1;
    struct section move = tree_move(&t, "Dense", NULL, NULL, NULL);
    move.body = &block;
    move.body_count = 1;
    tree_root(&t, move);
    expect_refused(&t, expected);
}

static void dense_marks(void **state)
{
    expect_dense(BLOCK_INSTRUCTION, "“Dense” is too long: 14400000000002 cues each = ");
    /* A tip is not sure to be heard, so the first check does not count it. */
    expect_dense(BLOCK_TIP, "more than 400000 cues; it passes that in “Dense”");
}

/* --- growth --- */

static double plan_seconds(int64_t reps, size_t *cues)
{
    struct tree t = tree_new();
    struct section move = tree_move(
        &t, "Long", NULL,
        TEXTS("Lift your **{side} arm** up high, rep {rep} of {reps}. And lower it slowly.",
              "`wait 100ms` Breathe."),
        NULL);
    set_reps(&move, reps);
    move.sides = SIDES_EACH;
    tree_root(&t, move);
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    struct plan *plan = tree_plan(&t);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    *cues = plan->cue_count;
    plan_destroy(plan);
    tree_free(&t);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static void hundred_thousand_cues(void **state)
{
    size_t small_cues, large_cues;
    double small = plan_seconds(1250, &small_cues);
    double large = plan_seconds(12500, &large_cues);
    assert_in_range(large_cues, 100000, 130000);
    print_message("%zu cues: %.3f s of processor, %zu cues: %.3f s\n", small_cues, small,
                  large_cues, large);
    /* Quadratic growth would be a hundredfold; sanitizers and busy machines get room. */
    assert_true(large < 40 * small + 0.5);
    assert_true(large < 10);
}

/* --- random trees --- */

static const char *const marks[] = {
    "`hold 5s`", "`hold 15-30s`", "`for 40s`",          "`in 4s`",     "`out 6s`",
    "`keep 2s`", "`wait 3s`",     "`rest 15s`",         "`ready`",     "`ready 4s`",
    "`count 3`", "`bell`",        "`breathe 4-7-8 x3`", "`2 breaths`", "`pace 30/min for 21s`"};
static const char *const words[] = {"Up. ",
                                    "Reach your {side} arm. ",
                                    "**Lift** slowly. ",
                                    "No, _now_. ",
                                    "{time left} left. ",
                                    "{next}, {rep}! ",
                                    "e.g. this ",
                                    "… ",
                                    "**{other side}**"};
#define PICK(p, list) ((list)[prng_below((p), sizeof(list) / sizeof *(list))])

static struct block random_block(struct tree *t, struct prng *p, int depth)
{
    struct str text = {0};
    bool timed = false;
    for (uint64_t i = prng_below(p, 5); i > 0; i--) {
        if (prng_below(p, 3) == 0) {
            const char *mark = PICK(p, marks);
            timed |= strcmp(mark, "`bell`") != 0;
            str_add(&text, mark);
        } else {
            str_add(&text, PICK(p, words));
        }
    }
    struct block block = tree_block(t, str_text(&text));
    str_free(&text);
    block.role = prng_below(p, 5) == 0 ? (enum block_role)prng_below(p, 3) : BLOCK_INSTRUCTION;
    block.pass = prng_below(p, 5) == 0 ? (enum block_pass)prng_below(p, 3) : PASS_EVERY;
    if (depth >= 2 || prng_below(p, 3) > 0)
        return block;
    block.child_count = prng_below(p, 4);
    struct block *children = ARENA_ARRAY(t->arena, struct block, block.child_count + 1);
    for (size_t i = 0; i < block.child_count; i++) {
        children[i] = timed ? tree_block(t, PICK(p, words)) : random_block(t, p, depth + 1);
        if (!timed)
            continue;
        children[i].moment = (enum block_moment)prng_below(p, 5);
        nsec time = (nsec)(1 + prng_below(p, 30)) * NSEC_PER_SEC;
        children[i].moment_time = (struct range){time, time, 0};
        children[i].role = (enum block_role)prng_below(p, 3);
    }
    block.children = children;
    return block;
}

static const struct block *random_blocks(struct tree *t, struct prng *p, size_t *count)
{
    *count = prng_below(p, 4);
    struct block *blocks = ARENA_ARRAY(t->arena, struct block, *count + 1);
    for (size_t i = 0; i < *count; i++)
        blocks[i] = random_block(t, p, 0);
    return blocks;
}

static struct range random_count(struct tree *t, struct prng *p)
{
    int64_t low = 1 + (int64_t)prng_below(p, 3), high = low + (int64_t)prng_below(p, 3);
    return (struct range){low, high, low < high ? ++t->ranges : 0};
}

static struct section random_section(struct tree *t, struct prng *p, int depth)
{
    struct section s = tree_move(t, prng_below(p, 6) ? "Part" : "", NULL, NULL, NULL);
    s.optional = prng_below(p, 5) == 0;
    s.level = (enum level)(prng_below(p, 6) == 0 ? prng_below(p, 3) : 0);
    s.rest.low = s.rest.high = (int64_t)prng_below(p, 3) * 7 * NSEC_PER_SEC;
    s.before = random_blocks(t, p, &s.before_count);
    if (depth < 3 && prng_below(p, 2) == 0) {
        s.group = true;
        s.child_count = 1 + prng_below(p, 3);
        struct section *children = ARENA_ARRAY(t->arena, struct section, s.child_count);
        for (size_t i = 0; i < s.child_count; i++)
            children[i] = random_section(t, p, depth + 1);
        s.children = children;
        s.has_rounds = prng_below(p, 2);
        s.rounds = s.has_rounds ? random_count(t, p) : s.rounds;
        s.shuffle = prng_below(p, 3) == 0;
        s.pick.low = s.pick.high = (int64_t)prng_below(p, 3);
        return s;
    }
    s.lead = random_blocks(t, p, &s.lead_count);
    s.body = random_blocks(t, p, &s.body_count);
    s.after = random_blocks(t, p, &s.after_count);
    s.has_reps = prng_below(p, 2);
    s.reps = s.has_reps ? random_count(t, p) : s.reps;
    s.has_sets = prng_below(p, 2);
    s.sets = s.has_sets ? random_count(t, p) : s.sets;
    s.sides = (enum sides)prng_below(p, 3);
    s.right_first = prng_below(p, 2);
    const char *const *names = position_names();
    s.position = prng_below(p, 2) ? names[prng_below(p, 4)] : NULL;
    return s;
}

static void check_inside(const struct plan *plan, const struct cue *cue, const struct cue *bout)
{
    assert_non_null(bout);
    assert_true(cue->kind == CUE_SPEECH || cue->kind == CUE_SOUND);
    assert_false(cue->move_start);
    assert_true(cue->offset_ns >= 0);
    if (cue->anchor == ANCHOR_END)
        assert_true(cue->offset_ns <= bout->duration_ns);
    if (cue->anchor == ANCHOR_WITH)
        assert_true(cue->offset_ns <= bout->duration_ns);
    if (cue->anchor == ANCHOR_PART)
        assert_true(cue->offset_ns < cue->duration_ns);
    if (cue->fills)
        assert_true(bout->bout == BOUT_IN || bout->bout == BOUT_OUT || bout->bout == BOUT_KEEP);
}

static void check_match(const struct plan *plan, size_t index)
{
    const struct cue *cue = &plan->cues[index];
    if (cue->match < 0)
        return;
    assert_int_equal(cue->kind, CUE_BOUT);
    assert_true((size_t)cue->match < index);
    const struct cue *other = &plan->cues[cue->match];
    assert_int_equal(other->kind, CUE_BOUT);
    assert_int_equal(other->bout, cue->bout);
    assert_int_equal(other->rep, cue->rep);
    assert_int_equal(other->set, cue->set);
    assert_true(other->side != SIDE_NONE && cue->side != SIDE_NONE && other->side != cue->side);
    assert_int_equal(other->duration_ns, cue->duration_ns);
}

static nsec nominal(const struct cue *cue, const struct cue *bout)
{
    return cue->anchor == ANCHOR_PART  ? bout->duration_ns * cue->offset_ns / cue->duration_ns
           : cue->anchor == ANCHOR_END ? bout->duration_ns - cue->offset_ns
                                       : cue->offset_ns;
}

static void check_plan(const struct plan *plan)
{
    const struct cue *bout = NULL;
    size_t moves = 0;
    nsec last = 0;
    assert_true(plan->estimate_ns >= 0);
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        if (cue->anchor == ANCHOR_NEXT) {
            bout = cue->kind == CUE_BOUT ? cue : NULL;
            last = 0;
            if (cue->move_start)
                assert_int_equal(plan->moves[moves++].first_cue, i);
        } else {
            check_inside(plan, cue, bout);
            assert_true(nominal(cue, bout) >= last);
            last = nominal(cue, bout);
        }
        assert_int_equal(cue->move, moves == 0 ? UINT32_MAX : moves - 1);
        if (cue->kind == CUE_SPEECH) {
            assert_non_null(cue->language);
            assert_true(cue->text && cue->text[0] && !strchr(cue->text, '{'));
            assert_true(cue->gap_ns >= 0);
        }
        if (cue->kind == CUE_BOUT)
            assert_true(cue->duration_ns > 0);
        assert_true(cue->round >= 0 && cue->set >= 0 && cue->rep >= 0);
        check_match(plan, i);
    }
    assert_int_equal(moves, plan->move_count);
}

static void check_same(struct tree *t, const struct plan *plan)
{
    struct plan *again = tree_plan(t);
    char *one = tree_dump(plan), *two = tree_dump(again);
    assert_string_equal(one, two);
    free(one);
    free(two);
    plan_destroy(again);
}

static void random_trees(void **state)
{
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        struct prng p = prng_new(seed);
        struct tree t = tree_new();
        struct section root = random_section(&t, &p, 0);
        t.routine.announce = prng_below(&p, 2) ? ANNOUNCE_ALL : (unsigned)prng_next(&p) & 511;
        t.routine.count = (enum count_mode)prng_below(&p, 3);
        t.routine.range_count = t.ranges;
        t.options.detail = (enum detail)prng_below(&p, 3);
        t.options.level = (enum level)prng_below(&p, 3);
        t.options.seed = seed;
        t.options.choice.fraction = prng_below(&p, 2) ? -1 : (double)prng_below(&p, 101) / 100;
        tree_root(&t, root);
        struct plan *plan = tree_plan(&t);
        check_plan(plan);
        if (seed % 10 == 0)
            check_same(&t, plan);
        plan_warn(plan, t.diags);
        assert_int_equal(diags_count(t.diags, SEVERITY_ERROR), 0);
        plan_destroy(plan);
        tree_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_times_reps), cmocka_unit_test(empty_repeats_and_overflow),
        cmocka_unit_test(more_than_a_week),  cmocka_unit_test(dense_marks),
        cmocka_unit_test(random_trees),      cmocka_unit_test(hundred_thousand_cues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

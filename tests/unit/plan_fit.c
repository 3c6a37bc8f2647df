/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fit to time, with lengths made up: sections of fixed length, ranges of seconds and counts. */
#include "plan_tree.h"

/* Length = fixed + optional sections + ranges. */
struct world {
    nsec fixed;
    nsec optional[8];
    size_t optional_count;
    struct {
        int64_t low, high; /* steps of `unit` */
        nsec unit;
    } ranges[8];
    size_t range_count;
    size_t calls;
    nsec fails_above; /* 0: never */
};

static nsec length_of(void *context, const struct plan_choice *choice)
{
    struct world *world = context;
    nsec length = world->fixed;
    world->calls++;
    for (size_t i = 0; i < world->optional_count; i++)
        if (!choice->dropped || !choice->dropped[i])
            length += world->optional[i];
    for (size_t i = 0; i < world->range_count; i++) {
        double f = choice->fractions ? choice->fractions[i] : -1;
        f = f < 0 ? choice->fraction : f;
        int64_t span = world->ranges[i].high - world->ranges[i].low;
        length +=
            (world->ranges[i].low + (int64_t)(f * (double)span + 0.5)) * world->ranges[i].unit;
    }
    return world->fails_above > 0 && length > world->fails_above ? -1 : length;
}

static struct plan_fit fit_to(struct tree *t, struct world *world, int64_t seconds)
{
    struct section *moves = ARENA_ARRAY(t->arena, struct section, world->optional_count + 1);
    for (size_t i = 0; i < world->optional_count; i++) {
        moves[i] =
            tree_move(t, arena_printf(t->arena, "Move %zu", i + 1), NULL, TEXTS("Go."), NULL);
        moves[i].optional = true;
    }
    moves[world->optional_count] = tree_move(t, "Last", NULL, TEXTS("Go."), NULL);
    tree_root(t, tree_group(t, "Test", moves, world->optional_count + 1));
    t->routine.range_count = (uint32_t)world->range_count;
    struct plan_fit fit;
    world->calls = 0;
    assert_true(plan_fit_choose(&t->routine, &t->options, seconds * NSEC_PER_SEC, length_of, world,
                                t->arena, &fit));
    assert_in_range(world->calls, 1, 400);
    if (fit.length_ns != length_of(world, &fit.choice))
        fail_msg("the length told is not that of the choice");
    return fit;
}

static void expect_length(const struct plan_fit *fit, int64_t seconds, int64_t within_ms)
{
    nsec away = fit->length_ns - seconds * NSEC_PER_SEC;
    away = away < 0 ? -away : away;
    if (away > within_ms * NSEC_PER_MSEC)
        fail_msg("%lld ms away", (long long)(away / NSEC_PER_MSEC));
    assert_true(fit->fits);
}

static void fine_ranges(void **state)
{
    struct tree t = tree_new();
    struct world world = {
        .fixed = 100 * NSEC_PER_SEC,
        .ranges = {{150, 300, 100 * NSEC_PER_MSEC}, {50, 600, 100 * NSEC_PER_MSEC}},
        .range_count = 2};
    for (int64_t seconds = 121; seconds <= 189; seconds += 4) {
        struct plan_fit fit = fit_to(&t, &world, seconds);
        expect_length(&fit, seconds, 1000);
        assert_int_equal(fit.dropped_count, 0);
    }
    tree_free(&t);
}

static void jumping_counts(void **state)
{
    struct tree t = tree_new();
    /* 30-second rounds and 7-second reps jump; only the hold is fine. */
    struct world world = {.fixed = 60 * NSEC_PER_SEC,
                          .ranges = {{1, 6, 30 * NSEC_PER_SEC},
                                     {5, 15, 7 * NSEC_PER_SEC},
                                     {100, 300, 100 * NSEC_PER_MSEC}},
                          .range_count = 3};
    for (int64_t seconds = 140; seconds <= 360; seconds += 7) {
        struct plan_fit fit = fit_to(&t, &world, seconds);
        expect_length(&fit, seconds, 1000);
    }
    tree_free(&t);
}

static void drops_as_few_as_possible(void **state)
{
    struct tree t = tree_new();
    struct world world = {
        .fixed = 100 * NSEC_PER_SEC,
        .optional = {20 * NSEC_PER_SEC, 100 * NSEC_PER_SEC, 30 * NSEC_PER_SEC, 30 * NSEC_PER_SEC},
        .optional_count = 4,
        .ranges = {{0, 100, NSEC_PER_SEC}},
        .range_count = 1};
    struct plan_fit fit = fit_to(&t, &world, 280);
    expect_length(&fit, 280, 1000);
    assert_int_equal(fit.dropped_count, 0);
    fit = fit_to(&t, &world, 240);
    expect_length(&fit, 240, 10000);
    assert_int_equal(fit.dropped_count, 1);
    assert_true(fit.choice.dropped[3]);
    /* Without the long second one, the two after it can come back. */
    fit = fit_to(&t, &world, 185);
    expect_length(&fit, 185, 1000);
    assert_int_equal(fit.dropped_count, 1);
    assert_true(fit.choice.dropped[1]);
    tree_free(&t);
}

static void out_of_reach(void **state)
{
    struct tree t = tree_new();
    struct world world = {.fixed = 100 * NSEC_PER_SEC,
                          .optional = {50 * NSEC_PER_SEC},
                          .optional_count = 1,
                          .ranges = {{10, 60, NSEC_PER_SEC}},
                          .range_count = 1};
    struct plan_fit fit = fit_to(&t, &world, 30);
    assert_false(fit.fits);
    assert_int_equal(fit.length_ns, 110 * NSEC_PER_SEC);
    assert_int_equal(fit.shortest_ns, 110 * NSEC_PER_SEC);
    assert_int_equal(fit.longest_ns, 210 * NSEC_PER_SEC);
    assert_int_equal(fit.dropped_count, 1);
    fit = fit_to(&t, &world, 3000);
    assert_false(fit.fits);
    assert_int_equal(fit.length_ns, 210 * NSEC_PER_SEC);
    assert_int_equal(fit.dropped_count, 0);
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    plan_fit_describe(&fit, &t.routine, 3000 * NSEC_PER_SEC, to);
    fclose(to);
    assert_string_equal(text, "50 min cannot be reached: the shortest session is 1 min 50 s, the "
                              "longest 3 min 30 s; this one takes 3 min 30 s.\n");
    free(text);
    world.fails_above = NSEC_PER_SEC;
    assert_false(plan_fit_choose(&t.routine, &t.options, 150 * NSEC_PER_SEC, length_of, &world,
                                 t.arena, &fit));
    tree_free(&t);
}

/* As few as possible would leave a hole that leaving out another section closes. */
static void other_sections_come_nearer(void **state)
{
    struct tree t = tree_new();
    struct world world = {.fixed = 100 * NSEC_PER_SEC,
                          .optional = {40 * NSEC_PER_SEC, 90 * NSEC_PER_SEC, 80 * NSEC_PER_SEC},
                          .optional_count = 3,
                          .ranges = {{0, 5, NSEC_PER_SEC}},
                          .range_count = 1};
    struct plan_fit fit = fit_to(&t, &world, 275);
    expect_length(&fit, 275, 10000);
    fit = fit_to(&t, &world, 192); /* only the last one is left in: 180 … 185 */
    expect_length(&fit, 192, 10000);
    tree_free(&t);
}

static void a_hole_between(void **state)
{
    struct tree t = tree_new();
    struct world world = {
        .fixed = 100 * NSEC_PER_SEC, .ranges = {{0, 4, 60 * NSEC_PER_SEC}}, .range_count = 1};
    struct plan_fit fit = fit_to(&t, &world, 200);
    assert_false(fit.fits);
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    plan_fit_describe(&fit, &t.routine, 200 * NSEC_PER_SEC, to);
    fclose(to);
    assert_string_equal(text, "Nothing comes nearer to 3 min 20 s than 3 min 40 s.\n");
    free(text);
    tree_free(&t);
}

static void nothing_to_choose(void **state)
{
    struct tree t = tree_new();
    struct world world = {.fixed = 100 * NSEC_PER_SEC};
    struct plan_fit fit = fit_to(&t, &world, 95);
    assert_true(fit.fits);
    assert_null(fit.choice.dropped);
    fit = fit_to(&t, &world, 89);
    assert_false(fit.fits);
    tree_free(&t);
}

static void many_optional_sections_and_ranges(void **state)
{
    struct tree t = tree_new();
    struct world world = {.fixed = 10 * NSEC_PER_SEC, .optional_count = 8, .range_count = 8};
    for (size_t i = 0; i < 8; i++) {
        world.optional[i] = (nsec)(i + 3) * 7 * NSEC_PER_SEC;
        world.ranges[i].low = 2;
        world.ranges[i].high = 9;
        world.ranges[i].unit = (nsec)(i + 1) * NSEC_PER_SEC;
    }
    for (int64_t seconds = 110; seconds < 700; seconds += 13) {
        struct plan_fit fit = fit_to(&t, &world, seconds);
        expect_length(&fit, seconds, 10000);
    }
    tree_free(&t);
}

/* The same through real plans, with their estimates. */
struct real {
    struct tree *tree;
};

static nsec estimate(void *context, const struct plan_choice *choice)
{
    struct tree *t = ((struct real *)context)->tree;
    t->options.choice = *choice;
    struct plan *plan = plan_new(&t->routine, &t->options, t->diags);
    nsec length = plan ? plan->estimate_ns : -1;
    plan_destroy(plan);
    return length;
}

static void a_real_page(void **state)
{
    struct tree t = tree_new();
    struct section moves[3];
    moves[0] = tree_move(&t, "Squat", NULL, TEXTS("`hold 5s`"), NULL);
    set_reps(&moves[0], 8);
    moves[0].reps.high = 12;
    moves[0].reps.id = ++t.ranges;
    moves[1] = tree_move(&t, "Lean", NULL, TEXTS("`hold 15-30s`"), NULL);
    moves[1].sides = SIDES_EACH;
    moves[2] = tree_move(&t, "Lie", NULL, TEXTS("`wait 60s`"), NULL);
    moves[2].optional = true;
    tree_root(&t, tree_group(&t, "Test", moves, 3));
    t.routine.range_count = t.ranges;
    struct real real = {&t};
    struct plan_fit fit;
    assert_true(plan_fit_choose(&t.routine, &t.options, 160 * NSEC_PER_SEC, estimate, &real,
                                t.arena, &fit));
    expect_length(&fit, 160, 1000);
    assert_int_equal(estimate(&real, &fit.choice), fit.length_ns);
    assert_true(
        plan_fit_choose(&t.routine, &t.options, 75 * NSEC_PER_SEC, estimate, &real, t.arena, &fit));
    assert_true(fit.fits);
    assert_int_equal(fit.dropped_count, 1);
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    plan_fit_describe(&fit, &t.routine, 75 * NSEC_PER_SEC, to);
    fclose(to);
    assert_non_null(strstr(text, "Left out: Lie (optional). Chosen: Squat: reps "));
    assert_non_null(strstr(text, " of 8 to 12; Lean: hold "));
    assert_non_null(strstr(text, " of 15 s to 30 s."));
    free(text);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fine_ranges),
        cmocka_unit_test(jumping_counts),
        cmocka_unit_test(drops_as_few_as_possible),
        cmocka_unit_test(out_of_reach),
        cmocka_unit_test(other_sections_come_nearer),
        cmocka_unit_test(a_hole_between),
        cmocka_unit_test(nothing_to_choose),
        cmocka_unit_test(many_optional_sections_and_ranges),
        cmocka_unit_test(a_real_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

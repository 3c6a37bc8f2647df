/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is played of a page, and the values of its ranges. */
#include "plan_tree.h"

/* The words of a plan, joined by "|". */
static char *words_of(struct tree *t)
{
    struct plan *plan = tree_plan(t);
    struct str said = {0};
    for (size_t i = 0; i < plan->cue_count; i++)
        if (plan->cues[i].kind == CUE_SPEECH)
            str_printf(&said, "%s%s", said.length > 0 ? "|" : "", plan->cues[i].text);
    plan_destroy(plan);
    return str_steal(&said);
}

static void expect_words(struct tree *t, const char *expected)
{
    char *words = words_of(t);
    assert_string_equal(words, expected);
    free(words);
}

static struct section letters(struct tree *t, int count)
{
    struct section *moves = ARENA_ARRAY(t->arena, struct section, (size_t)count);
    for (int i = 0; i < count; i++) {
        const char *word = arena_printf(t->arena, "%c%d", 'a' + i % 26, i);
        moves[i] = tree_move(t, word, NULL, TEXTS(word), NULL);
    }
    return tree_group(t, "Test", moves, (size_t)count);
}

static void levels_and_optional(void **state)
{
    struct tree t = tree_new();
    struct section inner = letters(&t, 2);
    struct section *parts = (struct section *)inner.children;
    parts[0].optional = true; /* optional 1, under a level */
    parts[1].level = LEVEL_EASY;
    inner.level = LEVEL_DEEP;
    struct section moves[4] = {tree_move(&t, "x", NULL, TEXTS("x"), NULL), inner,
                               tree_move(&t, "y", NULL, TEXTS("y"), NULL),
                               tree_move(&t, "z", NULL, TEXTS("z"), NULL)};
    moves[0].optional = true; /* 0 */
    moves[2].level = LEVEL_NORMAL;
    moves[3].optional = true; /* 2 */
    tree_root(&t, tree_group(&t, "Test", moves, 4));
    t.options.level = LEVEL_EASY;
    expect_words(&t, "x|z");
    t.options.level = LEVEL_NORMAL;
    expect_words(&t, "x|y|z");
    t.options.level = LEVEL_DEEP;
    expect_words(&t, "x|a0|b1|y|z");
    const bool dropped[] = {false, true, true};
    t.options.choice.dropped = dropped;
    expect_words(&t, "x|b1|y");
    struct plan *plan = tree_plan(&t);
    assert_int_equal(plan->optional_count, 3);
    plan_destroy(plan);
    t.options.level = LEVEL_NORMAL;
    expect_words(&t, "x|y");
    tree_free(&t);
}

static void a_group_without_moves_is_silent(void **state)
{
    struct tree t = tree_new();
    struct section deep = tree_move(&t, "d", NULL, TEXTS("d"), NULL);
    deep.level = LEVEL_DEEP;
    struct section moves[2] = {tree_group(&t, "Deep", &deep, 1),
                               tree_move(&t, "x", NULL, TEXTS("x"), NULL)};
    moves[0].before = tree_blocks(&t, TEXTS("Now the deep part."), &moves[0].before_count);
    tree_root(&t, tree_group(&t, "Test", moves, 2));
    expect_words(&t, "x");
    tree_free(&t);
}

static int letter_order(char *words)
{
    int previous = -1, in_order = 1;
    for (char *word = strtok(words, "|"); word; word = strtok(NULL, "|")) {
        int number = atoi(word + 1);
        in_order &= number > previous;
        previous = number;
    }
    return in_order;
}

static void shuffle_and_pick(void **state)
{
    struct tree t = tree_new();
    struct section root = letters(&t, 10);
    root.shuffle = true;
    root.has_rounds = true;
    root.rounds = (struct range){2, 2, 0};
    tree_root(&t, root);
    t.options.seed = 7;
    char *first = words_of(&t), *again = words_of(&t);
    assert_string_equal(first, again);
    /* The same order in both rounds. */
    size_t half = strlen(first) / 2;
    assert_memory_equal(first, first + half + 1, half);
    t.options.seed = 8;
    char *other = words_of(&t);
    assert_string_not_equal(first, other);
    assert_int_equal(strlen(first), strlen(other));
    assert_false(letter_order(other));
    free(first);
    free(again);
    free(other);

    root.shuffle = false;
    root.rounds.high = root.rounds.low = 1;
    root.pick = (struct range){3, 3, 0};
    tree_root(&t, root);
    bool picked[10] = {false};
    for (uint64_t seed = 0; seed < 60; seed++) {
        t.options.seed = seed;
        char *words = words_of(&t);
        int commas = 0;
        for (const char *c = words; *c; c++) {
            commas += *c == '|';
            if (*c >= 'a' && *c <= 'j')
                picked[*c - 'a'] = true;
        }
        assert_int_equal(commas, 2);
        assert_true(letter_order(words));
        free(words);
    }
    for (int i = 0; i < 10; i++)
        assert_true(picked[i]);
    tree_free(&t);
}

static void leaving_one_out_keeps_the_order_of_the_rest(void **state)
{
    struct tree t = tree_new();
    struct section root = letters(&t, 6);
    root.shuffle = true;
    ((struct section *)root.children)[2].optional = true;
    tree_root(&t, root);
    for (uint64_t seed = 0; seed < 20; seed++) {
        t.options.seed = seed;
        t.options.choice.dropped = NULL;
        char *with = words_of(&t);
        t.options.choice.dropped = (bool[]){true};
        char *without = words_of(&t);
        char *at = strstr(with, "c2");
        assert_non_null(at);
        size_t skip = at[2] ? 3 : 2;
        if (!at[2] && at > with)
            at--, skip++;
        memmove(at, at + skip, strlen(at + skip) + 1);
        assert_string_equal(with, without);
        free(with);
        free(without);
    }
    tree_free(&t);
}

static nsec bout_time(struct tree *t)
{
    struct plan *plan = tree_plan(t);
    nsec time = plan->cues[0].duration_ns;
    plan_destroy(plan);
    return time;
}

static void ranges(void **state)
{
    struct tree t = tree_new();
    tree_root(&t, tree_move(&t, "Test", NULL, TEXTS("`hold 15-30s`"), NULL));
    t.options.level = LEVEL_EASY;
    assert_int_equal(bout_time(&t), 15 * NSEC_PER_SEC);
    t.options.level = LEVEL_NORMAL;
    assert_int_equal(bout_time(&t), 22500 * NSEC_PER_MSEC);
    t.options.level = LEVEL_DEEP;
    assert_int_equal(bout_time(&t), 30 * NSEC_PER_SEC);
    t.options.choice.fraction = 1.0 / 3;
    assert_int_equal(bout_time(&t), 20 * NSEC_PER_SEC);
    t.options.choice.fraction = 0.123;
    assert_int_equal(bout_time(&t), 16800 * NSEC_PER_MSEC);
    double fractions[] = {-1};
    t.options.choice.fractions = fractions;
    assert_int_equal(bout_time(&t), 16800 * NSEC_PER_MSEC);
    fractions[0] = 1;
    assert_int_equal(bout_time(&t), 30 * NSEC_PER_SEC);
    tree_free(&t);
}

static size_t rep_total(struct tree *t, int64_t low, int64_t high, double fraction)
{
    struct section move = tree_move(t, "Test", NULL, TEXTS("`wait 1s`"), NULL);
    move.has_reps = true;
    move.reps = (struct range){low, high, 1};
    t->routine.range_count = 1;
    tree_root(t, move);
    t->routine.count = COUNT_OFF;
    t->options.choice.fraction = fraction;
    struct plan *plan = tree_plan(t);
    size_t count = plan->cue_count;
    plan_destroy(plan);
    return count;
}

static void counts_of_ranges(void **state)
{
    struct tree t = tree_new();
    assert_int_equal(rep_total(&t, 8, 12, -1), 10);
    assert_int_equal(rep_total(&t, 8, 11, -1), 9); /* 9.5 goes down */
    assert_int_equal(rep_total(&t, 8, 11, 0.6), 10);
    assert_int_equal(rep_total(&t, 8, 11, 0), 8);
    assert_int_equal(rep_total(&t, 8, 11, 1), 11);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_and_optional),
        cmocka_unit_test(a_group_without_moves_is_silent),
        cmocka_unit_test(shuffle_and_pick),
        cmocka_unit_test(leaving_one_out_keeps_the_order_of_the_rest),
        cmocka_unit_test(ranges),
        cmocka_unit_test(counts_of_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

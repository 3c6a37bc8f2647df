/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the coach chooses, on an invented calendar. */
#include <math.h>
#include <stdio.h>

#include "base/prng.h"
#include "coach/coach.h"
#include "plan_tree.h"

#define TODAY ((calendar_day)20517) /* 2026-03-05, a Thursday */

static struct coach_request request_all(enum level level)
{
    return (struct coach_request){
        .today = TODAY, .level = level, .switches = {{true, true, true, true}}};
}

static struct tree two_moves(void)
{
    struct tree t = tree_new();
    struct section moves[2] = {
        tree_move(&t, "Cat", NULL, TEXTS("**Arch** slowly. `hold 10-30s`"), NULL),
        tree_move(&t, "Side", NULL, TEXTS("Lean to the {side}. `hold 20-40s`", "`rest 10-20s`"),
                  NULL)};
    moves[1].sides = SIDES_EACH;
    tree_root(&t, tree_group(&t, "Test", moves, 2));
    return t;
}

/* The text of the first reason with this rule and name (NULL: the session); "" if none. */
static const char *reason(const struct coach *coach, enum coach_rule rule, const char *name)
{
    for (size_t i = 0; i < coach->reason_count; i++) {
        const struct coach_reason *r = &coach->reasons[i];
        if (r->rule == rule && (name ? r->name && strcmp(r->name, name) == 0 : !r->name))
            return r->text;
    }
    return "";
}

static void pages(void **state)
{
    struct tree t = two_moves();
    const struct section *root = t.routine.root;
    assert_string_equal(coach_page(&t.routine, root, t.arena), "page");
    assert_string_equal(coach_page(&t.routine, &root->children[0], t.arena), "Cat");
    struct section linked = root->children[0];
    linked.place.source = diags_add_source(t.diags, "other.md", "", 0);
    const struct source *own = diags_add_source(t.diags, "moves/cat-cow.pt-PT.md", "", 0);
    struct block *blocks = (struct block *)linked.body;
    blocks[0].place.source = own;
    assert_string_equal(coach_page(&t.routine, &linked, t.arena), "cat-cow");
    tree_free(&t);
}

static void guidance_by_practice(void **state)
{
    static const struct {
        size_t sessions;
        int ago;
        enum detail detail;
        const char *why;
    } cases[] = {
        {0, 0, DETAIL_FULL, "full guidance: new"},
        {1, 0, DETAIL_FULL, "full guidance: done once, last today"},
        {2, 1, DETAIL_FULL, "full guidance: done 2 times, last yesterday"},
        {3, 7, DETAIL_NORMAL, "normal guidance: done 3 times, last on 2026-02-26"},
        {4, 2, DETAIL_NORMAL, "normal guidance: done 4 times, last on Tuesday"},
        {9, 13, DETAIL_NORMAL, "normal guidance: done 9 times, last on 2026-02-20"},
        {9, 14, DETAIL_FULL, "full guidance: done 9 times, but not for 14 days"},
        {10, 6, DETAIL_BRIEF, "brief guidance: done 10 times, last on Friday"},
        {10, 14, DETAIL_NORMAL, "normal guidance: done 10 times, but not for 14 days"},
        {99, 41, DETAIL_NORMAL, "normal guidance: done 99 times, but not for 41 days"},
        {99, 42, DETAIL_FULL, "full guidance: done 99 times, but not for 42 days"},
        {10, -3, DETAIL_BRIEF, "brief guidance: done 10 times, last today"},
    };
    struct tree t = two_moves();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct history_practice practice = {.page = "Cat",
                                                  .sessions = cases[i].sessions,
                                                  .last = TODAY - cases[i].ago,
                                                  .fraction = NAN};
        const struct coach_facts facts = {.practices = &practice, .practice_count = 1};
        struct coach_request request = request_all(LEVEL_NORMAL);
        struct coach coach = coach_advise(&t.routine, &request, &facts, t.arena);
        assert_int_equal(coach.section_count, 3);
        assert_false(coach.sections[0].has_detail);
        assert_int_equal(coach.sections[1].detail, cases[i].detail);
        assert_string_equal(reason(&coach, COACH_GUIDANCE, "Cat"), cases[i].why);
        assert_int_equal(coach.sections[2].detail, DETAIL_FULL);
        request.detail_given = true;
        coach = coach_advise(&t.routine, &request, &facts, t.arena);
        assert_false(coach.sections[1].has_detail);
        assert_string_equal(reason(&coach, COACH_GUIDANCE, NULL), "full guidance: asked for");
    }
    tree_free(&t);
}

static char *words_of(struct tree *t)
{
    struct plan *plan = tree_plan(t);
    struct str said = {0};
    for (size_t i = 0; i < plan->cue_count; i++)
        if (plan->cues[i].kind == CUE_SPEECH && plan->cues[i].role != ROLE_PHRASE)
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

static void plans_follow(void **state)
{
    struct tree t = tree_new();
    struct section moves[2] = {
        tree_move(&t, "A", TEXTS("**Lie down** now.", "**Mind** your neck."), TEXTS("Do."), NULL),
        tree_move(&t, "B", TEXTS("**Stand** up now."), TEXTS("Lean to the {side}."), NULL)};
    ((struct block *)moves[0].before)[1].role = BLOCK_CAUTION;
    moves[1].sides = SIDES_EACH;
    tree_root(&t, tree_group(&t, "Test", moves, 2));
    struct plan_section sections[3] = {
        [1] = {.has_detail = true, .detail = DETAIL_BRIEF}, [2] = {.first_side = SIDE_RIGHT}};
    t.options.sections = sections;
    /* Cautions are in full the first time, even in brief. */
    expect_words(&t, "Lie down.|Mind your neck.|Do.|Stand up now.|Lean to the right.|"
                     "Lean to the left.");
    t.options.same_detail = true;
    expect_words(&t, "Lie down now.|Mind your neck.|Do.|Stand up now.|Lean to the right.|"
                     "Lean to the left.");
    struct plan *plan = tree_plan(&t);
    assert_int_equal(plan->move_count, 2);
    assert_int_equal(plan->moves[0].section, 1);
    assert_int_equal(plan->moves[1].section, 2);
    plan_destroy(plan);
    tree_free(&t);
}

/* --- ranges --- */

static double range_value(struct tree *t, struct coach *coach, const struct coach_facts *facts,
                          enum level level, size_t range)
{
    struct coach_request request = request_all(level);
    *coach = coach_advise(&t->routine, &request, facts, t->arena);
    double top = level == LEVEL_EASY ? 0 : level == LEVEL_DEEP ? 1 : 0.5;
    double value = coach->fractions[range];
    assert_true(value <= top);
    assert_true(value < 0 ? value == -1 : value < top || top == 0);
    return value < 0 ? top : value;
}

static const struct history_practice both_done[] = {
    {.page = "Cat", .sessions = 20, .last = TODAY - 1, .fraction = NAN},
    {.page = "Side", .sessions = 20, .last = TODAY - 1, .fraction = NAN}};

static void ranges_by_answers(void **state)
{
    static const struct {
        const char *answers; /* the oldest first: easy, hard, finished, stopped */
        double value;        /* at level deep */
        const char *why;
    } cases[] = {
        {"", 0, "at the low end: no session yet"},
        {"f", 0.125,
         "1 of 8 steps from the low end to level deep: the last session (yesterday) was "
         "finished and not hard"},
        {"ee", 0.5,
         "4 of 8 steps from the low end to level deep: the last session (yesterday) was easy"},
        {"s", 0,
         "at the low end: the last session (yesterday) was not finished, so nothing changes"},
        {"eeh", 0.25,
         "2 of 8 steps from the low end to level deep: the last session (yesterday) was hard, so "
         "a step back"},
        {"h", 0, "at the low end: the last session (yesterday) was hard, so a step back"},
        {"eeeeeee", 1, "where level deep has them: the last session (yesterday) was easy"},
        {"eeeeeeeh", 0.75,
         "6 of 8 steps from the low end to level deep: the last session (yesterday) was hard, so "
         "a step back"},
    };
    struct tree t = two_moves();
    struct coach coach;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct history_answer answers[16] = {0};
        size_t count = strlen(cases[i].answers);
        for (size_t j = 0; j < count; j++) {
            char c = cases[i].answers[count - 1 - j];
            answers[j] =
                (struct history_answer){.day = TODAY - 1 - (calendar_day)j,
                                        .outcome = c == 's' ? HISTORY_STOPPED : HISTORY_FINISHED,
                                        .effort = c == 'e'   ? HISTORY_EASY
                                                  : c == 'h' ? HISTORY_HARD
                                                             : HISTORY_NO_EFFORT};
        }
        const struct coach_facts facts = {
            .practices = both_done, .practice_count = 2, .answers = answers, .answer_count = count};
        assert_true(range_value(&t, &coach, &facts, LEVEL_DEEP, 0) == cases[i].value);
        assert_string_equal(reason(&coach, COACH_RANGES, NULL), cases[i].why);
        assert_true(coach.values[1] == cases[i].value && isnan(coach.values[0]));
        assert_true(coach.fractions[2] == -1); /* the rest is the level's */
        assert_true(range_value(&t, &coach, &facts, LEVEL_NORMAL, 1) == cases[i].value / 2);
        assert_true(range_value(&t, &coach, &facts, LEVEL_EASY, 1) == 0);
    }
    tree_free(&t);
}

static void ranges_of_a_move(void **state)
{
    struct tree t = two_moves();
    struct coach coach;
    struct history_answer answers[8];
    for (int i = 0; i < 8; i++)
        answers[i] = (struct history_answer){
            .day = TODAY - 1 - i, .outcome = HISTORY_FINISHED, .effort = HISTORY_EASY};
    struct history_practice practice = both_done[0];
    struct coach_facts facts = {
        .practices = &practice, .practice_count = 1, .answers = answers, .answer_count = 8};
    assert_true(range_value(&t, &coach, &facts, LEVEL_DEEP, 0) == 1);
    assert_true(range_value(&t, &coach, &facts, LEVEL_DEEP, 1) == 0); /* new */
    assert_string_equal(reason(&coach, COACH_RANGES, "Side"), "at the low end of its ranges: new");
    practice.fraction = 0.25;
    assert_true(range_value(&t, &coach, &facts, LEVEL_DEEP, 0) == 0.5);
    practice.last = TODAY - COACH_BREAK_DAYS;
    assert_true(range_value(&t, &coach, &facts, LEVEL_DEEP, 0) == 0);
    practice = both_done[0];
    for (int i = 0; i < 8; i++)
        answers[i].day -= COACH_BREAK_DAYS - 1;
    assert_true(range_value(&t, &coach, &facts, LEVEL_DEEP, 0) == 0);
    assert_string_equal(reason(&coach, COACH_RANGES, NULL),
                        "at the low end: no session for 14 days");
    tree_free(&t);
}

/* Any answer made worse never raises a value; the next session never raises it by more than a
 * step. */
static void ranges_are_monotone(void **state)
{
    static const uint64_t seed = 20260305;
    struct prng prng = prng_new(seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    struct tree t = two_moves();
    struct coach coach;
    for (int run = 0; run < 400; run++) {
        struct history_answer answers[24];
        struct history_practice practices[2] = {both_done[0], both_done[1]};
        size_t count = prng_below(&prng, 24) + 1;
        calendar_day on = TODAY - (calendar_day)(prng_below(&prng, 2) * prng_below(&prng, 20));
        for (size_t i = 0; i < count; i++) {
            answers[i] = (struct history_answer){
                .day = on,
                .outcome = prng_below(&prng, 4) ? HISTORY_FINISHED : HISTORY_STOPPED,
                .effort = (enum history_effort)prng_below(&prng, 3)};
            on -= (calendar_day)prng_below(&prng, 18);
        }
        if (prng_below(&prng, 2))
            practices[0].fraction = (double)prng_below(&prng, 101) / 100;
        practices[1].last = TODAY - (calendar_day)prng_below(&prng, 30);
        struct coach_facts facts = {
            .practices = practices, .practice_count = 2, .answers = answers, .answer_count = count};
        enum level level = (enum level)prng_below(&prng, 3);
        size_t range = prng_below(&prng, 2);
        double value = range_value(&t, &coach, &facts, level, range);
        assert_true(value >= 0 && value <= 1);
        struct coach again;
        assert_true(range_value(&t, &again, &facts, level, range) == value);
        size_t changed = prng_below(&prng, count);
        enum history_effort effort = answers[changed].effort;
        answers[changed].effort = HISTORY_HARD;
        assert_true(range_value(&t, &again, &facts, level, range) <= value);
        answers[changed].effort = effort;
        facts.answers = answers + 1; /* before the last session */
        facts.answer_count = count - 1;
        double top = level == LEVEL_DEEP ? 1 : 0.5;
        if (answers[0].day == TODAY)
            assert_true(value <=
                        range_value(&t, &again, &facts, level, range) + top * 2 / COACH_STEPS);
    }
    tree_free(&t);
}

/* --- what takes turns --- */

static void sides_alternate(void **state)
{
    struct tree t = two_moves();
    struct coach_facts facts = {0};
    struct coach_request request = request_all(LEVEL_NORMAL);
    static const enum side expected[] = {SIDE_LEFT, SIDE_RIGHT, SIDE_LEFT, SIDE_RIGHT};
    for (int i = 0; i < 4; i++) {
        struct coach coach = coach_advise(&t.routine, &request, &facts, t.arena);
        assert_int_equal(coach.sections[2].first_side, expected[i]);
        assert_int_equal(coach.sections[1].first_side, SIDE_NONE);
        facts.last_side = coach.sections[2].first_side;
        if (i == 1)
            assert_string_equal(reason(&coach, COACH_SIDES, NULL),
                                "the right side first: last time it was the left");
    }
    request.switches.on[COACH_SIDES] = false;
    struct coach coach = coach_advise(&t.routine, &request, &facts, t.arena);
    assert_int_equal(coach.sections[2].first_side, SIDE_NONE);
    assert_string_equal(reason(&coach, COACH_SIDES, NULL), "switched off");
    tree_free(&t);
}

/* One session a day, any n, k and start: everything is visited in any n / k sessions on end. */
static void picks_visit_all(void **state)
{
    static const uint64_t seed = 77;
    struct prng prng = prng_new(seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int run = 0; run < 40; run++) {
        struct tree t = tree_new();
        size_t n = prng_below(&prng, 9) + 1, k = prng_below(&prng, n) + 1;
        size_t promised = (n + k - 1) / k;
        struct section moves[9];
        struct history_choice choices[9];
        size_t count = 0;
        int visited[9];
        for (size_t i = 0; i < n; i++) {
            const char *word = arena_printf(t.arena, "m%zu", i);
            moves[i] = tree_move(&t, word, NULL, TEXTS(word), NULL);
            visited[i] = -1;
        }
        struct section group = tree_group(&t, "Choose", moves, n);
        group.pick = (struct range){(int64_t)k, (int64_t)k, 0};
        tree_root(&t, tree_group(&t, "Test", &group, 1));
        struct coach_request request = request_all(LEVEL_NORMAL);
        for (int session = 0; session < 24; session++) {
            request.today++;
            const struct coach_facts facts = {.choices = choices, .choice_count = count};
            struct coach coach = coach_advise(&t.routine, &request, &facts, t.arena);
            coach_apply(&coach, &t.options);
            t.options.seed = prng_next(&prng);
            struct plan *plan = tree_plan(&t);
            assert_int_equal(plan->move_count, k);
            for (size_t m = 0; m < plan->move_count; m++) {
                size_t number = plan->moves[m].section - 2;
                visited[number] = session;
                size_t c = 0;
                while (c < count && strcmp(choices[c].option, moves[number].name) != 0)
                    c++;
                count += c == count;
                choices[c] =
                    (struct history_choice){"Choose", moves[number].name, 1, request.today};
            }
            plan_destroy(plan);
            for (size_t i = 0; i < n && session + 1 >= (int)promised; i++)
                assert_true(visited[i] > session - (int)promised);
        }
        tree_free(&t);
    }
}

static void picks_say_why(void **state)
{
    struct tree t = tree_new();
    struct section moves[3] = {tree_move(&t, "A", NULL, TEXTS("a"), NULL),
                               tree_move(&t, "B", NULL, TEXTS("b"), NULL),
                               tree_move(&t, "C", NULL, TEXTS("c"), NULL)};
    struct section group = tree_group(&t, "Test", moves, 3);
    group.pick = (struct range){1, 1, 0};
    tree_root(&t, group);
    const struct history_choice choices[] = {{"Test", "A", 1, TODAY - 1}};
    const struct coach_facts facts = {.choices = choices, .choice_count = 1};
    struct coach_request request = request_all(LEVEL_NORMAL);
    struct coach coach = coach_advise(&t.routine, &request, &facts, t.arena);
    assert_string_equal(reason(&coach, COACH_PICKS, "Test"),
                        "picks in this order: B (not lately) or C (not lately), then A "
                        "(yesterday)");
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    coach_explain(&coach, to);
    fclose(to);
    assert_non_null(strstr(text, "A: full guidance: new\n"));
    assert_non_null(strstr(text, "ranges: the page has none to choose from\n"));
    assert_non_null(strstr(text, "sides: no move has any\n"));
    free(text);
    request.seed_given = request.length_given = true;
    coach = coach_advise(&t.routine, &request, &facts, t.arena);
    assert_int_equal(coach.sections[1].turn, 0);
    assert_string_equal(reason(&coach, COACH_PICKS, NULL), "by the seed that was given");
    tree_free(&t);
}

/* With everything off the plan is what it would be without a coach. */
static void all_off(void **state)
{
    struct tree t = two_moves();
    const struct coach_facts facts = {
        .practices = both_done, .practice_count = 2, .last_side = SIDE_LEFT};
    const struct coach_request request = {.today = TODAY, .level = LEVEL_NORMAL};
    struct plan *plan = tree_plan(&t);
    char *before = tree_dump(plan);
    plan_destroy(plan);
    struct coach coach = coach_advise(&t.routine, &request, &facts, t.arena);
    coach_apply(&coach, &t.options);
    plan = tree_plan(&t);
    char *after = tree_dump(plan);
    plan_destroy(plan);
    assert_string_equal(before, after);
    assert_int_equal(coach.reason_count, COACH_RULE_COUNT);
    free(before);
    free(after);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pages),
                                       cmocka_unit_test(guidance_by_practice),
                                       cmocka_unit_test(plans_follow),
                                       cmocka_unit_test(ranges_by_answers),
                                       cmocka_unit_test(ranges_of_a_move),
                                       cmocka_unit_test(ranges_are_monotone),
                                       cmocka_unit_test(sides_alternate),
                                       cmocka_unit_test(picks_visit_all),
                                       cmocka_unit_test(picks_say_why),
                                       cmocka_unit_test(all_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the author is told about words that outlast their marks. */
#include "timeline_kit.h"

static const char page[] = "# Page\n\n"
                           "- `in 4s` Breathe in, slowly.\n"
                           "- `hold 15-30s` Words.\n"
                           "- ÄÖ `breathe 4-7-8 x4`\n";

struct bench {
    struct kit *kit;
    struct diags *diags;
    const struct source *source;
};

static struct bench bench_new(void)
{
    struct bench bench = {.kit = kit_new(), .diags = diags_new()};
    bench.source = diags_add_source(bench.diags, "page.md", page, strlen(page));
    return bench;
}

static void bench_free(struct bench *bench)
{
    diags_destroy(bench->diags);
    kit_free(bench->kit);
}

/* A bout of the mark `mark` with words of `words` ms. */
static void add_bout(struct bench *bench, const char *mark, enum bout_kind kind, nsec duration,
                     frames words)
{
    struct cue *bout = kit_bout(bench->kit, kind, duration);
    if (mark) {
        const char *at = strstr(page, mark);
        assert_non_null(at);
        bout->place = place_at(bench->source, (size_t)(at - page), strlen(mark));
    }
    kit_words(bench->kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "words", words);
}

static size_t warn(struct bench *bench)
{
    struct timeline *t = kit_resolved(bench->kit);
    timeline_warn(t, bench->diags);
    timeline_destroy(t);
    assert_int_equal(diags_count(bench->diags, SEVERITY_ERROR), 0);
    return diags_count(bench->diags, SEVERITY_WARNING);
}

static void expect(const struct bench *bench, size_t index, int line, const char *message,
                   const char *hint)
{
    struct place place;
    const char *said, *advised;
    assert_true(diags_get(bench->diags, index, NULL, &place, &said, &advised));
    assert_string_equal(said, message);
    assert_string_equal(advised, hint);
    assert_int_equal(place.line, line);
}

static void tells_how_long_the_words_take_and_what_to_write(void **state)
{
    struct bench bench = bench_new();
    add_bout(&bench, "`in 4s`", BOUT_IN, 4000 * MS, 5200);
    assert_int_equal(warn(&bench), 1);
    expect(&bench, 0, 3, "the words take 5.2 s, 1.2 s longer than `in 4s`",
           "write `in 5.5s`, or say less here");
    bench_free(&bench);
}

static void whole_seconds_are_enough_when_they_fit(void **state)
{
    struct bench bench = bench_new();
    add_bout(&bench, "`in 4s`", BOUT_IN, 4000 * MS, 6000);
    assert_int_equal(warn(&bench), 1);
    expect(&bench, 0, 3, "the words take 6 s, 2 s longer than `in 4s`",
           "write `in 6s`, or say less here");
    bench_free(&bench);
}

static void one_warning_a_mark_with_the_worst_case(void **state)
{
    struct bench bench = bench_new();
    add_bout(&bench, "`in 4s`", BOUT_IN, 4000 * MS, 4500);
    add_bout(&bench, "`hold 15-30s`", BOUT_HOLD, 22500 * MS, 23000);
    add_bout(&bench, "`in 4s`", BOUT_IN, 4000 * MS, 4900);
    add_bout(&bench, "`in 4s`", BOUT_IN, 4000 * MS, 4700);
    assert_int_equal(warn(&bench), 2);
    expect(&bench, 0, 4, "the words take 23 s, 0.5 s longer than `hold 22.5s`",
           "make it 23s or longer in `hold 15-30s`, or say less here");
    expect(&bench, 1, 3, "the words take 4.9 s, 0.9 s longer than `in 4s`",
           "write `in 5s`, or say less here");
    bench_free(&bench);
}

static void each_phase_of_a_pattern_counts(void **state)
{
    struct bench bench = bench_new();
    add_bout(&bench, "`breathe 4-7-8 x4`", BOUT_IN, 4000 * MS, 4500);
    add_bout(&bench, "`breathe 4-7-8 x4`", BOUT_OUT, 8000 * MS, 8600);
    assert_int_equal(warn(&bench), 2);
    expect(&bench, 0, 5, "the words take 4.5 s, 0.5 s longer than `in 4s`",
           "make it 4.5s or longer in `breathe 4-7-8 x4`, or say less here");
    expect(&bench, 1, 5, "the words take 8.6 s, 0.6 s longer than `out 8s`",
           "make it 9s or longer in `breathe 4-7-8 x4`, or say less here");
    bench_free(&bench);
}

static void trifles_and_the_players_own_time_are_left_alone(void **state)
{
    struct bench bench = bench_new();
    add_bout(&bench, "`in 4s`", BOUT_IN, 4000 * MS, 4100);
    add_bout(&bench, NULL, BOUT_READY, 3000 * MS, 9000);
    add_bout(&bench, "`in 4s`", BOUT_IN, 4000 * MS, 3000);
    kit_words(bench.kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", 3000)->droppable = true;
    assert_int_equal(warn(&bench), 0);
    bench_free(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_how_long_the_words_take_and_what_to_write),
        cmocka_unit_test(whole_seconds_are_enough_when_they_fit),
        cmocka_unit_test(one_warning_a_mark_with_the_worst_case),
        cmocka_unit_test(each_phase_of_a_pattern_counts),
        cmocka_unit_test(trifles_and_the_players_own_time_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words inside a bout: who goes first, who waits, who is dropped. */
#include "timeline_kit.h"

static void words_keep_the_plans_order_with_air_between(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 10000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_PHRASE, "Rest.", 1000);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Own words.", 800);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_PHRASE, "Ready?", 500);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 1), 0);
    assert_int_equal(kit_start(t, 2), 1150);
    assert_int_equal(kit_start(t, 3), 2100);
    assert_int_equal(kit_length(t, 0), 10000);
    timeline_destroy(t);
    kit_free(kit);
}

static void a_caution_goes_before_what_has_the_same_moment(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 10000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Lean.", 1000);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_CAUTION, "Never to pain.", 2000)->droppable = true;
    kit_words(kit, ANCHOR_WITH, 500 * MS, ROLE_CAUTION, "Stop if it hurts.", 1000);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 2), 0); /* never dropped, whatever the plan says */
    assert_int_equal(kit_start(t, 1), 2150);
    assert_int_equal(kit_start(t, 3), 3300);
    timeline_destroy(t);
    kit_free(kit);
}

static void a_moment_comes_before_a_later_one_that_is_queued(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 10000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Long words.", 6000);
    kit_words(kit, ANCHOR_END, 4500 * MS, ROLE_INSTRUCTION, "At 5.5 s.", 1000);
    kit_words(kit, ANCHOR_WITH, 5000 * MS, ROLE_INSTRUCTION, "At 5 s.", 1000);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 3), 6150);
    assert_int_equal(kit_start(t, 2), 7300);
    timeline_destroy(t);
    kit_free(kit);
}

/* The halfway call of a hold whose words end `words` ms into it. */
static frames halfway_after(frames words)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 20000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "words", words);
    kit_words(kit, ANCHOR_PART, 1, ROLE_PHRASE, "Halfway.", 500)->droppable = true;
    struct timeline *t = kit_resolved(kit);
    frames start = kit_start(t, 2);
    assert_true((start == UNRESOLVED) == kit_dropped(t, 2));
    timeline_destroy(t);
    kit_free(kit);
    return start;
}

static void a_call_is_dropped_when_over_a_second_late(void **state)
{
    assert_int_equal(halfway_after(9000), 10000);
    assert_int_equal(halfway_after(9850), 10000);
    assert_int_equal(halfway_after(9851), 10001);
    assert_int_equal(halfway_after(10850), 11000);
    assert_int_equal(halfway_after(10851), UNRESOLVED);
}

/* A count due 3 s into a bout whose words end `words` ms into it. */
static frames count_after(frames words, bool last)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_WAIT, 10000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "words", words);
    struct cue *count = kit_words(kit, ANCHOR_WITH, 3000 * MS, ROLE_COUNT, "three", 400);
    count->droppable = true;
    count->last = last;
    struct timeline *t = kit_resolved(kit);
    frames start = kit_start(t, 2);
    timeline_destroy(t);
    kit_free(kit);
    return start;
}

static void a_count_is_dropped_when_half_a_second_late(void **state)
{
    assert_int_equal(count_after(2850, false), 3000);
    assert_int_equal(count_after(3350, false), 3500);
    assert_int_equal(count_after(3351, false), UNRESOLVED);
}

static void the_last_count_waits(void **state)
{
    assert_int_equal(count_after(3351, true), 3501);
    assert_int_equal(count_after(8000, true), 8150);
}

static void a_count_opens_the_bout_if_that_costs_no_time(void **state)
{
    static const struct {
        frames words, count, start, length;
        bool last;
    } cases[] = {
        {900, 0, 650, 4000, false},         {3350, 0, 650, 4000, false},
        {3351, UNRESOLVED, 0, 4000, false}, /* "One" would stretch the breath */
        {4600, UNRESOLVED, 0, 4600, false}, {3351, 0, 650, 4001, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit *kit = kit_new();
        kit_bout(kit, BOUT_IN, 4000 * MS);
        struct cue *count = kit_words(kit, ANCHOR_WITH, 0, ROLE_COUNT, "One.", 500);
        count->droppable = true;
        count->last = cases[i].last;
        kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Breathe in.", cases[i].words);
        struct timeline *t = kit_resolved(kit);
        assert_int_equal(kit_start(t, 1), cases[i].count);
        assert_int_equal(kit_start(t, 2), cases[i].start);
        assert_int_equal(kit_length(t, 0), cases[i].length);
        timeline_destroy(t);
        kit_free(kit);
    }
}

static void a_caution_silences_the_opening_count(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 20000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_COUNT, "One.", 500)->droppable = true;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_CAUTION, "Never to pain.", 2000);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 2), 0);
    assert_int_equal(kit_start(t, 1), UNRESOLVED);
    assert_true(kit_dropped(t, 1));
    timeline_destroy(t);
    kit_free(kit);
}

static void a_counted_row_drops_what_is_late_only(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_WAIT, 5000 * MS);
    for (int i = 0; i < 5; i++) {
        struct cue *count = kit_words(kit, ANCHOR_WITH, i * 1000 * MS, ROLE_COUNT, "n", 400);
        count->droppable = true;
        count->last = i == 4;
    }
    kit_words(kit, ANCHOR_WITH, 900 * MS, ROLE_INSTRUCTION, "words between", 2000);
    struct timeline *t = kit_resolved(kit);
    static const frames starts[] = {0, UNRESOLVED, UNRESOLVED, 3050, 4000};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(kit_start(t, i + 1), starts[i]);
    assert_int_equal(kit_start(t, 6), 900);
    assert_int_equal(kit_length(t, 0), 5000);
    timeline_destroy(t);
    kit_free(kit);
}

/* A tip of `tip` ms in a hold of 10 s with words of 3 s at the start and 1 s at 6 s. */
static frames tip_of(frames tip)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 10000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "words", 3000);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", tip)->droppable = true;
    kit_words(kit, ANCHOR_END, 4000 * MS, ROLE_INSTRUCTION, "six", 1000);
    struct timeline *t = kit_resolved(kit);
    frames start = kit_start(t, 2);
    assert_int_equal(kit_start(t, 3), 6000); /* never moved by a tip */
    assert_int_equal(kit_length(t, 0), 10000);
    timeline_destroy(t);
    kit_free(kit);
    return start;
}

static void a_tip_takes_the_room_there_is(void **state)
{
    assert_int_equal(tip_of(2000), 3150);
    assert_int_equal(tip_of(2700), 3150); /* air on both sides: 3150 … 5850 */
    assert_int_equal(tip_of(2701), 7150);
    assert_int_equal(tip_of(2850), 7150);
    assert_int_equal(tip_of(2851), UNRESOLVED);
}

static void a_tip_never_stretches(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 4000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "long tip", 4001)->droppable = true;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", 1000)->droppable = true;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", 2850)->droppable = true;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", 2850)->droppable = true;
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 1), UNRESOLVED);
    assert_int_equal(kit_start(t, 2), 0);
    assert_int_equal(kit_start(t, 3), 1150);
    assert_true(kit_dropped(t, 4));
    assert_int_equal(kit_length(t, 0), 4000);
    timeline_destroy(t);
    kit_free(kit);
}

static void the_halfway_call_beats_a_tip(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 20000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "words", 7000);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", 3000)->droppable = true;
    kit_words(kit, ANCHOR_PART, 1, ROLE_PHRASE, "Halfway.", 500)->droppable = true;
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 3), 10000);
    assert_int_equal(kit_start(t, 2), 10650);
    timeline_destroy(t);
    kit_free(kit);
}

static void words_wait_for_the_sound_of_their_own_moment(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_FOR, 30000 * MS);
    kit_sound(kit, ANCHOR_WITH, 10000 * MS, "bell", 3000, 350);
    kit_words(kit, ANCHOR_WITH, 10000 * MS, ROLE_INSTRUCTION, "Change legs.", 900);
    kit_words(kit, ANCHOR_WITH, 20000 * MS, ROLE_INSTRUCTION, "And again.", 900);
    kit_sound(kit, ANCHOR_END, 5000 * MS, "chime", 900, 300);
    kit_words(kit, ANCHOR_END, 5000 * MS, ROLE_INSTRUCTION, "Nearly there.", 900);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 2), 10350);
    assert_int_equal(kit_start(t, 3), 20000);
    assert_int_equal(kit_start(t, 5), 25300);
    timeline_destroy(t);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_keep_the_plans_order_with_air_between),
        cmocka_unit_test(a_caution_goes_before_what_has_the_same_moment),
        cmocka_unit_test(a_moment_comes_before_a_later_one_that_is_queued),
        cmocka_unit_test(a_call_is_dropped_when_over_a_second_late),
        cmocka_unit_test(a_count_is_dropped_when_half_a_second_late),
        cmocka_unit_test(the_last_count_waits),
        cmocka_unit_test(a_count_opens_the_bout_if_that_costs_no_time),
        cmocka_unit_test(a_caution_silences_the_opening_count),
        cmocka_unit_test(a_counted_row_drops_what_is_late_only),
        cmocka_unit_test(a_tip_takes_the_room_there_is),
        cmocka_unit_test(a_tip_never_stretches),
        cmocka_unit_test(the_halfway_call_beats_a_tip),
        cmocka_unit_test(words_wait_for_the_sound_of_their_own_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

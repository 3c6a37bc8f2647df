/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going on in the middle: every frame of a bout as the point, with nothing lost. */
#include "timeline_kit.h"

/* A hold with one of everything. */
static struct kit *full_hold(void)
{
    struct kit *kit = kit_new();
    kit_say(kit, "before", 300, 100 * MS);                                          /* 0 */
    kit_bout(kit, BOUT_HOLD, 8000 * MS);                                            /* 1 */
    kit_sound(kit, ANCHOR_WITH, 0, "start", 500, 350);                              /* 2 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "one", 900);                   /* 3: 350 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_CAUTION, "two", 600);                       /* 4 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", 700)->droppable = true;         /* 5 */
    kit_sound(kit, ANCHOR_PART, 1, "halfway", 300, 300);                            /* 6 */
    kit_words(kit, ANCHOR_PART, 1, ROLE_PHRASE, "Halfway.", 400)->droppable = true; /* 7 */
    kit_words(kit, ANCHOR_WITH, 5000 * MS, ROLE_COUNT, "n", 300)->droppable = true; /* 8 */
    kit_words(kit, ANCHOR_END, 1500 * MS, ROLE_INSTRUCTION, "last", 800);           /* 9 */
    kit_sound(kit, ANCHOR_END, 2000 * MS, "tick", 60, 60);                          /* 10 */
    kit_sound(kit, ANCHOR_END, 1000 * MS, "tick", 60, 60);                          /* 11 */
    kit_sound(kit, ANCHOR_END, 0, "end", 500, 400);                                 /* 12 */
    kit_say(kit, "after", 200, 0);                                                  /* 13 */
    return kit;
}

#define BOUT_CUE  1
#define AFTER_CUE 13
#define AT        50000

static void the_sample_is_as_expected(void **state)
{
    struct kit *kit = full_hold();
    struct timeline *t = kit_resolved(kit);
    static const frames starts[] = {0,    400,  400,  1500, 750,  2550, 4400,
                                    4700, 5400, 6900, 6400, 7400, 8400, 8400};
    for (size_t i = 0; i < 14; i++)
        assert_int_equal(kit_start(t, i), starts[i]);
    timeline_destroy(t);
    kit_free(kit);
}

static bool is_words(const struct kit *kit, size_t cue)
{
    return kit->cues.items[cue].kind == CUE_SPEECH;
}

/* Each cue inside was over before the point, or is there afterwards; and what was not cut off is
 * where it was. */
static void check_cut(struct kit *kit, const struct timeline *whole, frames elapsed)
{
    struct timeline_from from = {.step = BOUT_CUE, .elapsed = elapsed, .at = AT};
    struct timeline *t = kit_resolved_from(kit, from);
    frames start = kit_start(whole, BOUT_CUE), length = kit_length(whole, BOUT_CUE);
    frames repeated = 0;
    for (size_t cue = BOUT_CUE + 1; cue < AFTER_CUE; cue++) {
        frames moment = kit_start(whole, cue) - start, end = moment + kit_length(whole, cue);
        bool begun = moment < elapsed, over = end <= elapsed;
        frames now = kit_start(t, cue);
        if (is_words(kit, cue) && begun && !over) {
            assert_int_equal(now, AT); /* said again, at once */
            repeated = kit_length(whole, cue);
        } else if (begun) {
            assert_int_equal(now, UNRESOLVED);
        } else {
            assert_int_not_equal(now, UNRESOLVED); /* nothing is lost */
        }
    }
    frames total = elapsed + kit_length(t, BOUT_CUE);
    assert_true(total >= length);
    assert_true(total <= length + repeated);
    assert_int_equal(kit_start(t, BOUT_CUE), AT);
    assert_int_equal(kit_start(t, AFTER_CUE), AT + kit_length(t, BOUT_CUE));
    assert_int_equal(kit_start(t, 0), UNRESOLVED);
    if (repeated == 0) { /* then it is the rest of the original, frame by frame */
        assert_int_equal(total, length);
        for (size_t cue = BOUT_CUE + 1; cue <= AFTER_CUE; cue++)
            if (kit_start(t, cue) != UNRESOLVED)
                assert_int_equal(kit_start(t, cue) - AT, kit_start(whole, cue) - start - elapsed);
    }
    timeline_destroy(t);
}

static void any_frame_can_be_the_point(void **state)
{
    struct kit *kit = full_hold();
    struct timeline *whole = kit_resolved(kit);
    for (frames elapsed = 0; elapsed <= 8000; elapsed++)
        check_cut(kit, whole, elapsed);
    timeline_destroy(whole);
    kit_free(kit);
}

static void words_said_again_push_the_others_back(void **state)
{
    struct kit *kit = full_hold(); /* the caution 350–950, "one" 1100–2000, the tip 2150–2850 */
    struct timeline_from from = {.step = BOUT_CUE, .elapsed = 1900, .at = AT};
    struct timeline *t = kit_resolved_from(kit, from);
    assert_int_equal(kit_start(t, 4), UNRESOLVED);
    assert_int_equal(kit_start(t, 3), AT);
    assert_int_equal(kit_start(t, 5), AT + 1050);
    assert_int_equal(kit_start(t, 7), AT + 4300 - 1900);
    assert_int_equal(kit_length(t, BOUT_CUE), 8000 - 1900);
    timeline_destroy(t);
    kit_free(kit);
}

/* Left twice in the same sentence: it is said again, and what waits for it is neither lost nor in
 * another order, though its time has long passed. */
static void left_twice_nothing_is_lost(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 5000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "long", 3000);        /* 1 */
    kit_words(kit, ANCHOR_WITH, 1000 * MS, ROLE_INSTRUCTION, "then", 500); /* 2: 3150 */
    kit_words(kit, ANCHOR_WITH, 2000 * MS, ROLE_CAUTION, "and", 500);      /* 3: 3800 */
    kit_sound(kit, ANCHOR_END, 0, "end", 300, 300);                        /* 4 */
    kit_say(kit, "after", 200, 0);                                         /* 5 */
    struct timeline_from from = {0};
    struct timeline *t = kit_resolved(kit);
    timeline_point(t, 2900, &from);
    assert_int_equal(from.elapsed, 2900);
    timeline_destroy(t);
    t = kit_resolved_from(kit, from);
    assert_int_equal(kit_length(t, 0), 4300); /* words said again: 2.2 s more */
    timeline_point(t, 2900 + 2000, &from);
    assert_int_equal(from.elapsed, 4900);
    assert_int_equal(from.repeated, 2200);
    timeline_destroy(t);
    t = kit_resolved_from(kit, from);
    assert_int_equal(kit_start(t, 1), 4900);
    assert_int_equal(kit_start(t, 2), 4900 + 3150);
    assert_int_equal(kit_start(t, 3), 4900 + 3800);
    assert_int_equal(kit_start(t, 4), 4900 + 4300);
    timeline_point(t, 4900 + 4000, &from); /* in the last words, 3.9 s after their own time */
    timeline_destroy(t);
    t = kit_resolved_from(kit, from);
    assert_int_equal(kit_start(t, 1), UNRESOLVED);
    assert_int_equal(kit_start(t, 2), UNRESOLVED);
    assert_int_equal(kit_start(t, 3), 8900);
    assert_int_equal(kit_start(t, 4), 9400);
    assert_int_equal(kit_start(t, 5), 9400);
    timeline_destroy(t);
    kit_free(kit);
}

static void the_point_is_the_sentence_or_the_next(void **state)
{
    struct kit *kit = kit_new();
    kit_say(kit, "one", 500, 600 * MS);               /* 0 */
    kit_sound(kit, ANCHOR_NEXT, 0, "bell", 900, 400); /* 1: 1100 */
    kit_say(kit, "two", 500, 0);                      /* 2: 1500 */
    struct timeline *t = kit_resolved(kit);
    static const struct {
        frames frame;
        size_t step;
    } cases[] = {{0, 0},    {499, 0},  {500, 1},  {1099, 1}, {1100, 1},
                 {1499, 1}, {1500, 2}, {1999, 2}, {2000, 3}, {9999, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct timeline_from from;
        timeline_point(t, cases[i].frame, &from);
        assert_int_equal(from.step, cases[i].step);
        assert_int_equal(from.at, cases[i].frame);
        assert_int_equal(from.elapsed, 0);
    }
    timeline_destroy(t);
    kit_free(kit);
}

static void words_cut_off_at_the_end_stretch(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 5000 * MS);
    kit_words(kit, ANCHOR_END, 1000 * MS, ROLE_INSTRUCTION, "let go", 1000);
    kit_sound(kit, ANCHOR_END, 0, "end", 300, 300);
    struct timeline *t = kit_resolved_from(kit, (struct timeline_from){.elapsed = 4900, .at = 7});
    assert_int_equal(kit_start(t, 1), 7);
    assert_int_equal(kit_length(t, 0), 1000);
    assert_int_equal(kit_start(t, 2), 1007);
    timeline_destroy(t);
    kit_free(kit);
}

static void a_breath_is_made_again_for_what_is_left(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_OUT, 6000 * MS);
    kit_sound(kit, ANCHOR_WITH, 0, "out", 0, 0)->fills = true;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "And out.", 900);
    struct timeline *t = kit_resolved_from(kit, (struct timeline_from){.elapsed = 2500, .at = 100});
    assert_int_equal(kit_start(t, 1), 100);
    assert_int_equal(kit_length(t, 1), 3500);
    assert_int_equal(kit_start(t, 2), UNRESOLVED);
    timeline_destroy(t);
    t = kit_resolved_from(kit, (struct timeline_from){.elapsed = 6000, .at = 100});
    assert_int_equal(kit_length(t, 0), 0);
    assert_int_equal(kit_start(t, 1), UNRESOLVED); /* nothing left to breathe */
    timeline_destroy(t);
    kit_free(kit);
}

static void more_time_moves_the_end_and_the_half(void **state)
{
    struct kit *kit = full_hold();
    struct timeline_from from = {.step = BOUT_CUE, .elapsed = 3000, .at = AT};
    struct timeline *t = kit_resolved_extra(kit, from, 4000);
    assert_int_equal(kit_length(t, BOUT_CUE), 9000);
    assert_int_equal(kit_start(t, 6), AT + 6000 - 3000); /* half of 12 s */
    assert_int_equal(kit_start(t, 7), AT + 6300 - 3000);
    assert_int_equal(kit_start(t, 8), AT + 5000 - 3000);
    assert_int_equal(kit_start(t, 9), AT + 9000 - 1500);
    assert_int_equal(kit_start(t, 12), AT + 9000);
    timeline_destroy(t);
    kit_free(kit);
}

static void more_time_after_the_ticks_ticks_again(void **state)
{
    struct kit *kit = full_hold();
    struct timeline_from from = {.step = BOUT_CUE, .elapsed = 7900, .at = AT};
    struct timeline *t = kit_resolved_extra(kit, from, 10000);
    assert_int_equal(kit_length(t, BOUT_CUE), 10100);
    assert_int_equal(kit_start(t, 9), AT + 8600); /* "last" belongs to the end */
    assert_int_equal(kit_start(t, 10), AT + 8100);
    assert_int_equal(kit_start(t, 11), AT + 9100);
    assert_int_equal(kit_start(t, 12), AT + 10100);
    assert_int_equal(kit_start(t, 7), AT + 9300 - 7900); /* the new half is ahead */
    timeline_destroy(t);
    kit_free(kit);
}

static void less_time_cuts_the_bout_short(void **state)
{
    struct kit *kit = full_hold();
    struct timeline_from from = {.step = BOUT_CUE, .elapsed = 4000, .at = AT};
    struct timeline *t = kit_resolved_extra(kit, from, -2500); /* 1.5 s are left */
    assert_int_equal(kit_start(t, 6), UNRESOLVED);             /* half of 5.5 s is over */
    assert_int_equal(kit_start(t, 7), UNRESOLVED);
    assert_int_equal(kit_start(t, 8), AT + 1000);
    assert_int_equal(kit_start(t, 10), UNRESOLVED); /* 2 s before the end is over */
    assert_int_equal(kit_start(t, 11), AT + kit_length(t, BOUT_CUE) - 1000);
    assert_int_equal(kit_start(t, 9), AT); /* must be said: due now */
    timeline_destroy(t);
    kit_free(kit);
}

static void nothing_left_is_the_end_at_once(void **state)
{
    struct kit *kit = full_hold();
    struct timeline_from from = {.step = BOUT_CUE, .elapsed = 1200, .at = AT};
    struct timeline *t = kit_resolved_extra(kit, from, -60000);
    assert_int_equal(kit_length(t, BOUT_CUE), 0);
    assert_int_equal(kit_start(t, 12), AT); /* the end tone says so */
    for (size_t cue = 2; cue < 12; cue++)
        assert_int_equal(kit_start(t, cue), UNRESOLVED);
    assert_int_equal(kit_start(t, AFTER_CUE), AT);
    timeline_destroy(t);
    kit_free(kit);
}

/* A beat of 400 ms for 4 s. */
static struct kit *beat(void)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_PACE, 4000 * MS);
    for (int i = 0; i < 10; i++)
        kit_sound(kit, ANCHOR_WITH, i * 400 * MS, "tick", 50, 50);
    kit_sound(kit, ANCHOR_END, 0, "end", 300, 300);
    return kit;
}

static void expect_ticks(const struct timeline *t, const frames *starts, size_t count)
{
    size_t entries, found = 0;
    const struct timeline_entry *entry = timeline_entries(t, &entries);
    for (size_t i = 0; i < entries; i++) {
        if (entry[i].cue < 1 || entry[i].cue > 10)
            continue;
        assert_true(found < count);
        assert_int_equal(entry[i].start, starts[found++]);
    }
    assert_int_equal(found, count);
}

static void a_beat_goes_on_in_added_time(void **state)
{
    struct kit *kit = beat();
    static const frames starts[] = {AT + 100, AT + 500, AT + 900, AT + 1300, AT + 1700};
    struct timeline_from from = {.elapsed = 3500, .at = AT};
    struct timeline *t =
        kit_resolved_extra(kit, from, 1500); /* ticks at 3600, 4000 … 5200 of 5500 */
    expect_ticks(t, starts, 5);
    assert_int_equal(kit_start(t, 11), AT + 2000);
    timeline_destroy(t);
    kit_free(kit);
}

static void a_beat_stops_where_the_bout_is_cut_short(void **state)
{
    struct kit *kit = beat();
    static const frames starts[] = {AT + 300, AT + 700};
    struct timeline_from from = {.elapsed = 900, .at = AT};
    struct timeline *t = kit_resolved_extra(kit, from, -2100); /* ticks at 1200, 1600 of 1900 */
    expect_ticks(t, starts, 2);
    assert_int_equal(kit_start(t, 11), AT + 1000);
    timeline_destroy(t);
    kit_free(kit);
}

/* At times that are no whole frames, what rounding put at the point itself is not lost. */
static void fractions_lose_nothing(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_WAIT, INT64_C(10000300)); /* ends at 441.0132… frames */
    kit_bout(kit, BOUT_PACE, 90 * MS);
    for (int i = 0; i < 50; i++)
        kit_sound(kit, ANCHOR_WITH, i * INT64_C(1333333) + 700, "bell", 5, 0);
    struct timeline *whole = kit_timeline(kit, 44100);
    assert_true(timeline_resolve(whole));
    frames start = kit_start(whole, 1);
    struct timeline_lengths lengths = {kit, kit_speech_length, kit_sound_length};
    for (frames elapsed = 1; elapsed < 3900; elapsed++) {
        struct timeline_from from = {.step = 1, .elapsed = elapsed, .at = 0};
        struct timeline *t = timeline_new_from(&kit->plan, 44100, &lengths, &from, NULL);
        assert_true(timeline_resolve(t));
        for (size_t cue = 2; cue < 52; cue++) {
            frames moment = kit_start(whole, cue) - start;
            if (moment >= elapsed)
                assert_in_range(kit_start(t, cue) - (moment - elapsed) + 1, 0, 2);
            else if (moment < elapsed - 1)
                assert_int_equal(kit_start(t, cue), UNRESOLVED);
        }
        timeline_destroy(t);
    }
    timeline_destroy(whole);
    kit_free(kit);
}

static void a_bout_gone_on_with_is_no_finding(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_IN, 2000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "long words", 3000);
    const struct timeline_finding *findings;
    struct timeline *t = kit_resolved_from(kit, (struct timeline_from){.elapsed = 100, .at = 0});
    assert_int_equal(timeline_findings(t, &findings), 0);
    timeline_destroy(t);
    kit_free(kit);
}

static void past_the_end_nothing_is_left(void **state)
{
    struct kit *kit = full_hold();
    struct timeline_from from = {.step = BOUT_CUE, .elapsed = 8001, .at = AT};
    struct timeline *t = kit_resolved_from(kit, from);
    assert_int_equal(kit_length(t, BOUT_CUE), 0);
    for (size_t cue = 2; cue < AFTER_CUE; cue++)
        assert_int_equal(kit_start(t, cue), UNRESOLVED);
    assert_int_equal(kit_start(t, AFTER_CUE), AT);
    timeline_destroy(t);
    kit_free(kit);
}

static void words_start_over(void **state)
{
    struct kit *kit = full_hold();
    struct timeline_from from = {.step = 0, .elapsed = 250, .at = AT};
    struct timeline *t = kit_resolved_extra(kit, from, 1000);
    assert_int_equal(kit_start(t, 0), AT);
    assert_int_equal(kit_start(t, BOUT_CUE), AT + 400);
    assert_int_equal(kit_length(t, BOUT_CUE), 8000);
    assert_int_equal(timeline_length(t), AT + 8900);
    timeline_destroy(t);
    kit_free(kit);
}

static void a_cue_inside_stands_for_its_step(void **state)
{
    struct kit *kit = full_hold();
    struct timeline *t = kit_resolved_from(kit, (struct timeline_from){.step = 7, .at = AT});
    assert_int_equal(kit_start(t, BOUT_CUE), AT);
    assert_int_equal(kit_start(t, 2), AT);
    timeline_destroy(t);
    kit_free(kit);
}

static void past_the_plan_is_the_end(void **state)
{
    struct kit *kit = full_hold();
    struct timeline *t = kit_resolved_from(kit, (struct timeline_from){.step = 99, .at = AT});
    assert_true(timeline_complete(t));
    assert_int_equal(timeline_length(t), AT);
    timeline_destroy(t);
    kit_free(kit);
}

static void the_bed_comes_back(void **state)
{
    struct kit *kit = kit_new();
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0); /* 0 */
    kit_say(kit, "a", 100, 0);
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "sea", 0, 0); /* 2 */
    kit_bout(kit, BOUT_WAIT, 1000 * MS);             /* 3 */
    kit_add(kit, CUE_BED, ANCHOR_NEXT, NULL, 0, 0);  /* 4 */
    kit_say(kit, "b", 100, 0);                       /* 5 */
    struct timeline *t =
        kit_resolved_from(kit, (struct timeline_from){.step = 3, .elapsed = 400, .at = AT});
    assert_int_equal(kit_start(t, 0), UNRESOLVED);
    assert_int_equal(kit_start(t, 2), AT);
    assert_int_equal(kit_length(t, 2), 600);
    assert_int_equal(kit_start(t, 4), AT + 600);
    timeline_destroy(t);
    t = kit_resolved_from(kit, (struct timeline_from){.step = 5, .at = AT});
    assert_int_equal(kit_start(t, 2), UNRESOLVED);
    assert_int_equal(kit_start(t, 4), UNRESOLVED);
    timeline_destroy(t);
    kit_free(kit);
}

/* The first side lies before the point, the second after it. */
static void the_other_side_still_counts(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 5000 * MS);                            /* 0 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "full", 6500); /* 1 */
    kit_say(kit, "Switch.", 500, 0);                                /* 2 */
    kit_bout(kit, BOUT_HOLD, 5000 * MS)->match = 0;                 /* 3 */
    kit_bout(kit, BOUT_HOLD, 1000 * MS)->match = 3;                 /* 4 */
    struct timeline *t = kit_resolved_from(kit, (struct timeline_from){.step = 2, .at = 0});
    assert_int_equal(kit_length(t, 3), 6500);
    assert_int_equal(kit_length(t, 4), 6500);
    timeline_destroy(t);
    t = kit_resolved_from(kit, (struct timeline_from){.step = 3, .elapsed = 6000, .at = 0});
    assert_int_equal(kit_length(t, 3), 500);
    assert_int_equal(kit_length(t, 4), 6500); /* the whole length, not what was left of it */
    timeline_destroy(t);
    t = kit_resolved_from(kit, (struct timeline_from){.step = 4, .elapsed = 100, .at = 0});
    assert_int_equal(kit_length(t, 4), 6400);
    timeline_destroy(t);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_as_expected),
        cmocka_unit_test(any_frame_can_be_the_point),
        cmocka_unit_test(words_said_again_push_the_others_back),
        cmocka_unit_test(left_twice_nothing_is_lost),
        cmocka_unit_test(the_point_is_the_sentence_or_the_next),
        cmocka_unit_test(words_cut_off_at_the_end_stretch),
        cmocka_unit_test(a_breath_is_made_again_for_what_is_left),
        cmocka_unit_test(more_time_moves_the_end_and_the_half),
        cmocka_unit_test(more_time_after_the_ticks_ticks_again),
        cmocka_unit_test(less_time_cuts_the_bout_short),
        cmocka_unit_test(nothing_left_is_the_end_at_once),
        cmocka_unit_test(a_beat_goes_on_in_added_time),
        cmocka_unit_test(a_beat_stops_where_the_bout_is_cut_short),
        cmocka_unit_test(fractions_lose_nothing),
        cmocka_unit_test(a_bout_gone_on_with_is_no_finding),
        cmocka_unit_test(past_the_end_nothing_is_left),
        cmocka_unit_test(words_start_over),
        cmocka_unit_test(a_cue_inside_stands_for_its_step),
        cmocka_unit_test(past_the_plan_is_the_end),
        cmocka_unit_test(the_bed_comes_back),
        cmocka_unit_test(the_other_side_still_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

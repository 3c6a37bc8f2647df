/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where every kind of step and every anchor lands, to the frame. */
#include "timeline_kit.h"

static void steps_follow_each_other(void **state)
{
    struct kit *kit = kit_new();
    kit_say(kit, "one", 500, 600 * MS);                /* 0 */
    kit_sound(kit, ANCHOR_NEXT, 0, "bell", 3000, 400); /* 1: 1100 */
    kit_bout(kit, BOUT_WAIT, 2000 * MS);               /* 2: 1500 */
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0);  /* 3: 3500 */
    kit_say(kit, "two", 250, 0);                       /* 4: 3500 */
    kit_add(kit, CUE_BED, ANCHOR_NEXT, NULL, 0, 0);    /* 5: 3750 */
    kit_say(kit, "three", 100, 50 * MS);               /* 6: 3750 */
    struct timeline *t = kit_resolved(kit);
    static const frames starts[] = {0, 1100, 1500, 3500, 3500, 3750, 3750};
    static const frames lengths[] = {500, 3000, 2000, 250, 250, 0, 100};
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(kit_start(t, i), starts[i]);
        assert_int_equal(kit_length(t, i), lengths[i]);
    }
    assert_int_equal(timeline_length(t), 4100); /* the bell rings to 4100, the words end at 3900 */
    timeline_destroy(t);
    kit_free(kit);
}

static void a_bed_lasts_to_the_next_or_the_end(void **state)
{
    struct kit *kit = kit_new();
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0);
    kit_bout(kit, BOUT_WAIT, 2000 * MS);
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "sea", 0, 0);
    kit_bout(kit, BOUT_WAIT, 1000 * MS);
    kit_sound(kit, ANCHOR_NEXT, 0, "gong", 5000, 100);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_length(t, 0), 2000);
    assert_int_equal(kit_start(t, 2), 2000);
    assert_int_equal(kit_length(t, 2), 6000); /* with the gong that rings on */
    assert_int_equal(timeline_length(t), 8000);
    timeline_destroy(t);
    kit_free(kit);
}

static void a_bed_that_is_on_has_no_length_yet(void **state)
{
    struct kit *kit = kit_new();
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0);
    kit_say(kit, "later", 10, 0);
    kit->known = 1;
    struct timeline *t = kit_timeline(kit, KIT_RATE);
    assert_false(timeline_resolve(t));
    assert_int_equal(kit_length(t, 0), -1);
    timeline_destroy(t);
    kit_free(kit);
}

static void anchors_inside_a_hold(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 20000 * MS);                                           /* 0 */
    kit_sound(kit, ANCHOR_WITH, 0, "start", 600, 400);                              /* 1 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Breathe.", 1000);             /* 2 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Let go.", 500);               /* 3 */
    kit_words(kit, ANCHOR_WITH, 5000 * MS, ROLE_INSTRUCTION, "At five.", 700);      /* 4 */
    kit_sound(kit, ANCHOR_PART, 1, "halfway", 300, 300);                            /* 5 */
    kit_words(kit, ANCHOR_PART, 1, ROLE_PHRASE, "Halfway.", 500)->droppable = true; /* 6 */
    kit_words(kit, ANCHOR_END, 5000 * MS, ROLE_INSTRUCTION, "Last.", 500);          /* 7 */
    kit_sound(kit, ANCHOR_END, 3000 * MS, "tick", 80, 80);                          /* 8 */
    kit_sound(kit, ANCHOR_END, 0, "end", 900, 400);                                 /* 9 */
    kit_say(kit, "Next.", 100, 0);                                                  /* 10 */
    struct timeline *t = kit_resolved(kit);
    static const frames starts[] = {0,     0,     400,   1550,  5000, 10000,
                                    10300, 15000, 17000, 20000, 20000};
    for (size_t i = 0; i < 11; i++)
        assert_int_equal(kit_start(t, i), starts[i]);
    assert_int_equal(kit_length(t, 0), 20000);
    assert_int_equal(timeline_length(t), 20900);
    const struct timeline_finding *findings;
    assert_int_equal(timeline_findings(t, &findings), 0);
    timeline_destroy(t);
    kit_free(kit);
}

static void words_wait_for_a_tone_but_not_for_a_breath(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_IN, 4000 * MS);
    kit_sound(kit, ANCHOR_WITH, 0, "in", 0, 0)->fills = true;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Breathe in.", 900);
    kit_bout(kit, BOUT_PACE, 4000 * MS);
    kit_sound(kit, ANCHOR_WITH, 0, "start", 500, 350);
    kit_sound(kit, ANCHOR_WITH, 0, "tick", 90, 90);
    kit_sound(kit, ANCHOR_WITH, 2000 * MS, "tick", 90, 90);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "Step.", 900);
    kit_words(kit, ANCHOR_WITH, 2000 * MS, ROLE_INSTRUCTION, "On.", 300);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 1), 0);
    assert_int_equal(kit_length(t, 1), 4000);
    assert_int_equal(kit_start(t, 2), 0);
    assert_int_equal(kit_start(t, 7), 4350);
    assert_int_equal(kit_start(t, 8), 6000); /* ticks hold nobody up */
    timeline_destroy(t);
    kit_free(kit);
}

static void words_stretch_a_bout_and_its_end_moves(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_IN, 4000 * MS);                              /* 0 */
    kit_sound(kit, ANCHOR_WITH, 0, "in", 0, 0)->fills = true;       /* 1 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "long", 5200); /* 2 */
    kit_sound(kit, ANCHOR_END, 1000 * MS, "tick", 80, 80);          /* 3 */
    kit_sound(kit, ANCHOR_PART, 1, "halfway", 80, 80);              /* 4 */
    kit_sound(kit, ANCHOR_END, 0, "end", 80, 80);                   /* 5 */
    kit_say(kit, "next", 10, 0);                                    /* 6 */
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_length(t, 0), 5200);
    assert_int_equal(kit_length(t, 1), 5200);
    assert_int_equal(kit_start(t, 3), 4200);
    assert_int_equal(kit_start(t, 4), 2600);
    assert_int_equal(kit_start(t, 5), 5200);
    assert_int_equal(kit_start(t, 6), 5200);
    assert_int_equal(kit_stretch(t, 0), 1200);
    timeline_destroy(t);
    kit_free(kit);
}

static void words_at_the_end_stretch_and_ticks_follow(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 10000 * MS);
    kit_words(kit, ANCHOR_END, 2000 * MS, ROLE_INSTRUCTION, "long goodbye", 3000);
    kit_sound(kit, ANCHOR_END, 1000 * MS, "tick", 80, 80);
    kit_sound(kit, ANCHOR_END, 0, "end", 80, 80);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 1), 8000);
    assert_int_equal(kit_length(t, 0), 11000);
    assert_int_equal(kit_start(t, 2), 10000);
    assert_int_equal(kit_start(t, 3), 11000);
    assert_int_equal(kit_stretch(t, 0), 1000);
    timeline_destroy(t);
    kit_free(kit);
}

static void moments_follow_the_stretched_length(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 10000 * MS);
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "very long", 13000);
    kit_words(kit, ANCHOR_PART, 1, ROLE_INSTRUCTION, "half", 400); /* waits for the lane */
    kit_words(kit, ANCHOR_END, 500 * MS, ROLE_INSTRUCTION, "last", 400);
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_start(t, 2), 13150);
    assert_int_equal(kit_start(t, 3), 13700);
    assert_int_equal(kit_length(t, 0), 14100);
    timeline_destroy(t);
    kit_free(kit);
}

static void the_second_side_is_never_shorter(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 5000 * MS);                                /* 0: left */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "full", 6500);     /* 1 */
    kit_bout(kit, BOUT_HOLD, 5000 * MS)->match = 0;                     /* 2: right */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "brief", 900);     /* 3 */
    kit_words(kit, ANCHOR_END, 1000 * MS, ROLE_INSTRUCTION, "ab", 500); /* 4 */
    kit_bout(kit, BOUT_HOLD, 9000 * MS)->match = 2;                     /* 5: longer anyway */
    struct timeline *t = kit_resolved(kit);
    assert_int_equal(kit_length(t, 0), 6500);
    assert_int_equal(kit_start(t, 2), 6500);
    assert_int_equal(kit_length(t, 2), 6500);
    assert_int_equal(kit_start(t, 4), 6500 + 5500);
    assert_int_equal(kit_length(t, 5), 9000);
    assert_int_equal(kit_stretch(t, 0), 1500);
    assert_int_equal(kit_stretch(t, 2), 0); /* not for its words */
    timeline_destroy(t);
    kit_free(kit);
}

/* 13/3 s a thousand times: the sum is rounded, not the parts. */
static void nothing_accumulates(void **state)
{
    static const uint32_t rates[] = {44100, 48000, 1000, 96000, 11025};
    for (size_t r = 0; r < 5; r++) {
        struct kit *kit = kit_new();
        nsec third = INT64_C(4333333333);
        for (int i = 0; i < 1000; i++)
            kit_bout(kit, BOUT_WAIT, third);
        kit_say(kit, "after", 10, 0);
        struct timeline *t = kit_timeline(kit, rates[r]);
        assert_true(timeline_resolve(t));
        frames until = 0;
        for (int i = 0; i <= 1000; i++) {
            assert_int_equal(kit_start(t, (size_t)i), frames_from_ns(third * i, rates[r]));
            assert_int_equal(kit_start(t, (size_t)i), until); /* no gap, no overlap */
            until += kit_length(t, (size_t)i);
        }
        timeline_destroy(t);
        kit_free(kit);
    }
}

/* Frames of words added to an odd nanosecond position keep its fraction. */
static void words_and_times_add_exactly(void **state)
{
    struct kit *kit = kit_new();
    for (int i = 0; i < 300; i++) {
        kit_bout(kit, BOUT_WAIT, INT64_C(333333333));
        kit_say(kit, "word", 12345, INT64_C(100000001));
    }
    struct timeline *t = kit_timeline(kit, 44100);
    assert_true(timeline_resolve(t));
    for (int i = 0; i < 300; i++) {
        nsec times = i * (INT64_C(333333333) + INT64_C(100000001));
        assert_int_equal(kit_start(t, (size_t)(2 * i)), frames_from_ns(times, 44100) + i * 12345);
        assert_int_equal(kit_start(t, (size_t)(2 * i + 1)),
                         frames_from_ns(times + INT64_C(333333333), 44100) + i * 12345);
    }
    timeline_destroy(t);
    kit_free(kit);
}

static void halfway_of_an_odd_length_is_rounded_once(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_WAIT, INT64_C(1000333));
    kit_bout(kit, BOUT_HOLD, INT64_C(21000001));
    kit_sound(kit, ANCHOR_PART, 1, "halfway", 5, 5);
    kit_sound(kit, ANCHOR_END, INT64_C(7000003), "tick", 5, 5);
    struct timeline *t = kit_timeline(kit, 44100);
    assert_true(timeline_resolve(t));
    /* (1000333 + 21000001 / 2) ns × 44100 / 10^9 = 507.164…; (1000333 + 13999998) × … = 661.51… */
    assert_int_equal(kit_start(t, 2), 507);
    assert_int_equal(kit_start(t, 3), 662);
    timeline_destroy(t);
    kit_free(kit);
}

static void finds_the_step_at_a_frame(void **state)
{
    struct kit *kit = kit_new();
    kit_say(kit, "one", 500, 100 * MS);                /* 0: 0–600 */
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0);  /* 1 */
    kit_bout(kit, BOUT_WAIT, 1000 * MS);               /* 2: 600–1600 */
    kit_sound(kit, ANCHOR_WITH, 0, "start", 100, 100); /* 3 */
    kit_say(kit, "two", 400, 0);                       /* 4: 1600–2000 */
    kit_add(kit, CUE_BED, ANCHOR_NEXT, NULL, 0, 0);    /* 5 */
    struct timeline *t = kit_resolved(kit);
    struct timeline_step step;
    static const struct {
        frames at;
        size_t step;
        frames start, length;
    } cases[] = {{0, 0, 0, 600},       {599, 0, 0, 600},     {600, 2, 600, 1000},
                 {1599, 2, 600, 1000}, {1600, 4, 1600, 400}, {1999, 4, 1600, 400}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(timeline_step_at(t, cases[i].at, &step));
        assert_int_equal(step.step, cases[i].step);
        assert_int_equal(step.start, cases[i].start);
        assert_int_equal(step.length, cases[i].length);
    }
    assert_false(timeline_step_at(t, -1, &step));
    assert_false(timeline_step_at(t, 2000, &step));
    timeline_destroy(t);
    kit_free(kit);
}

static void an_empty_plan_is_complete(void **state)
{
    struct kit *kit = kit_new();
    struct timeline *t = kit_timeline(kit, KIT_RATE);
    struct timeline_step step;
    uint32_t cue;
    assert_true(timeline_resolve(t));
    assert_true(timeline_complete(t));
    assert_int_equal(timeline_length(t), 0);
    assert_int_equal(timeline_resolved_until(t), INT64_MAX);
    assert_false(timeline_step_at(t, 0, &step));
    assert_false(timeline_waiting_for(t, &cue));
    timeline_destroy(t);
    timeline_destroy(NULL);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_follow_each_other),
        cmocka_unit_test(a_bed_lasts_to_the_next_or_the_end),
        cmocka_unit_test(a_bed_that_is_on_has_no_length_yet),
        cmocka_unit_test(anchors_inside_a_hold),
        cmocka_unit_test(words_wait_for_a_tone_but_not_for_a_breath),
        cmocka_unit_test(words_stretch_a_bout_and_its_end_moves),
        cmocka_unit_test(words_at_the_end_stretch_and_ticks_follow),
        cmocka_unit_test(moments_follow_the_stretched_length),
        cmocka_unit_test(the_second_side_is_never_shorter),
        cmocka_unit_test(nothing_accumulates),
        cmocka_unit_test(words_and_times_add_exactly),
        cmocka_unit_test(halfway_of_an_odd_length_is_rounded_once),
        cmocka_unit_test(finds_the_step_at_a_frame),
        cmocka_unit_test(an_empty_plan_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person changes: time added and taken, things left out, the pace; equal on both sides. */
#include "timeline/landmark.h"
#include "timeline_kit.h"

/* One move: a way in, two holds with a lead each, on the left and then on the right. */
enum {
    NAME,
    LEFT_IN,
    LEFT_LEAD,
    LEFT_ONE,
    LEFT_ONE_END,
    LEFT_NEXT,
    LEFT_TWO,
    SWITCH,
    SWITCH_WORDS,
    SWITCH_READY,
    RIGHT_LEAD,
    RIGHT_ONE,
    RIGHT_ONE_END,
    RIGHT_CARE,
    RIGHT_NEXT,
    RIGHT_TWO,
    CLOSE
};

static void on(struct kit *kit, enum side side, int from)
{
    for (size_t i = (size_t)from; i < kit->cues.count; i++)
        kit->cues.items[i].side = side;
}

static struct kit *two_sides(void)
{
    struct kit *kit = kit_new();
    kit_move(kit, "stretch");
    kit_say(kit, "First: stretch", 500, 500 * MS);
    kit_say(kit, "Sit down", 800, 200 * MS);
    kit_say(kit, "Lean", 400, 0);
    kit_bout(kit, BOUT_HOLD, 10000 * MS);
    kit_sound(kit, ANCHOR_END, 0, "end", 200, 200);
    kit_say(kit, "Further", 700, 0);
    kit_bout(kit, BOUT_HOLD, 6000 * MS);
    on(kit, SIDE_LEFT, LEFT_IN);
    kit_sound(kit, ANCHOR_NEXT, 0, "switch", 300, 300);
    kit_say(kit, "Switch sides", 900, 100 * MS);
    kit_bout(kit, BOUT_READY, 3000 * MS);
    kit_say(kit, "Lean", 400, 0);
    kit_bout(kit, BOUT_HOLD, 10000 * MS)->match = LEFT_ONE;
    kit_sound(kit, ANCHOR_END, 0, "end", 200, 200);
    kit_say(kit, "Careful", 600, 0)->role = ROLE_CAUTION;
    kit_say(kit, "Further", 700, 0);
    kit_bout(kit, BOUT_HOLD, 6000 * MS)->match = LEFT_TWO;
    on(kit, SIDE_RIGHT, SWITCH);
    kit_say(kit, "Well done", 1000, 0);
    return kit;
}

#define PLANNED                                                                                    \
    (1000 + 1000 + 400 + 10000 + 700 + 6000 + 300 + 1000 + 3000 + 400 + 10000 + 600 + 700 + 6000 + \
     1000)

static struct timeline *changed(struct kit *kit, const struct timeline_changes *changes)
{
    return kit_resolved_changed(kit, NULL, changes);
}

static void nothing_changed_is_the_plan(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes none = {0}, usual = {.pace_permille = 1000};
    struct timeline *plain = kit_resolved(kit), *t = changed(kit, &none), *u = changed(kit, &usual);
    char *a = kit_dump(plain), *b = kit_dump(t), *c = kit_dump(u);
    assert_int_equal(timeline_length(plain), PLANNED);
    assert_string_equal(a, b);
    assert_string_equal(a, c);
    assert_false(changes_any(&none));
    assert_false(changes_any(&usual));
    free(a);
    free(b);
    free(c);
    timeline_destroy(plain);
    timeline_destroy(t);
    timeline_destroy(u);
    kit_free(kit);
}

static void more_on_one_side_is_more_on_the_other(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    changes_add(&changes, &kit->plan, LEFT_ONE, 4000);
    changes_add(&changes, &kit->plan, LEFT_ONE, 1000);
    changes_add(&changes, &kit->plan, LEFT_TWO, -2000);
    struct timeline *t = changed(kit, &changes);
    assert_int_equal(kit_length(t, LEFT_ONE), 15000);
    assert_int_equal(kit_length(t, RIGHT_ONE), 15000);
    assert_int_equal(kit_length(t, LEFT_TWO), 4000);
    assert_int_equal(kit_length(t, RIGHT_TWO), 4000);
    assert_int_equal(kit_start(t, RIGHT_ONE_END), kit_start(t, RIGHT_ONE) + 15000);
    assert_int_equal(timeline_length(t), PLANNED + 2 * (5000 - 2000));
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

static void the_second_side_alone_is_its_own_matter(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    changes_add(&changes, &kit->plan, LEFT_ONE, 4000);
    changes_add(&changes, &kit->plan, RIGHT_ONE, 2000); /* on top of what it has from the left */
    changes_skip(&changes, &kit->plan, RIGHT_TWO, true);
    struct timeline *t = changed(kit, &changes);
    assert_int_equal(kit_length(t, LEFT_ONE), 14000);
    assert_int_equal(kit_length(t, RIGHT_ONE), 16000);
    assert_int_equal(kit_length(t, LEFT_TWO), 6000);
    assert_int_equal(kit_start(t, RIGHT_TWO), UNRESOLVED);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

static void what_was_left_out_is_left_out_on_the_other_side(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    changes_skip(&changes, &kit->plan, LEFT_TWO, true);
    struct timeline *t = changed(kit, &changes);
    assert_int_equal(kit_start(t, LEFT_TWO), UNRESOLVED);
    assert_int_equal(kit_start(t, LEFT_NEXT), UNRESOLVED); /* led to nothing else */
    assert_int_equal(kit_start(t, RIGHT_TWO), UNRESOLVED);
    assert_int_equal(kit_start(t, RIGHT_NEXT), UNRESOLVED);
    assert_int_not_equal(kit_start(t, RIGHT_CARE), UNRESOLVED); /* cautions are always said */
    assert_int_not_equal(kit_start(t, RIGHT_ONE), UNRESOLVED);
    assert_int_equal(timeline_length(t), PLANNED - 2 * (6000 + 700));
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

static void the_first_of_two_left_out_keeps_the_way_in(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    changes_skip(&changes, &kit->plan, LEFT_ONE, true);
    struct timeline *t = changed(kit, &changes);
    assert_int_not_equal(kit_start(t, LEFT_IN), UNRESOLVED);
    assert_int_not_equal(kit_start(t, SWITCH_WORDS), UNRESOLVED);
    assert_int_not_equal(kit_start(t, SWITCH_READY), UNRESOLVED);
    assert_int_equal(kit_start(t, RIGHT_ONE), UNRESOLVED);
    assert_int_equal(kit_start(t, RIGHT_ONE_END), UNRESOLVED);
    assert_int_not_equal(kit_start(t, RIGHT_NEXT), UNRESOLVED);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

static void a_whole_side_left_out_is_no_second_side(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    changes_skip(&changes, &kit->plan, LEFT_ONE, true);
    changes_skip(&changes, &kit->plan, LEFT_TWO, true);
    struct timeline *t = changed(kit, &changes);
    for (size_t cue = SWITCH; cue < CLOSE; cue++)
        assert_int_equal(kit_start(t, cue) != UNRESOLVED, cue == RIGHT_CARE);
    assert_int_equal(timeline_length(t), 1000 + 600 + 1000);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

/* In the middle of the first hold on to the other side: 3 s are held on the right as well, and the
 * second hold is left out there. */
static void leaving_a_side_leaves_the_same_out_there(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    struct timeline *t = kit_resolved(kit);
    frames at = kit_start(t, LEFT_ONE) + 3000;
    size_t to = landmark_other_side(&kit->plan, LEFT_ONE);
    assert_int_equal(to, SWITCH);
    changes_leave_out(&changes, &kit->plan, LEFT_ONE, timeline_left(t, at), (uint32_t)to);
    timeline_destroy(t);
    struct timeline_from from = {.step = to, .at = at};
    t = kit_resolved_changed(kit, &from, &changes);
    assert_int_equal(kit_length(t, RIGHT_ONE), 3000);
    assert_int_equal(kit_start(t, RIGHT_TWO), UNRESOLVED);
    assert_int_equal(kit_start(t, RIGHT_NEXT), UNRESOLVED);
    timeline_destroy(t);
    /* back to the beginning of the move: everything is as planned */
    changes_forget(&changes, NAME, CLOSE);
    assert_false(changes_any(&changes));
    changes_free(&changes);
    kit_free(kit);
}

/* Words that must be said keep a bout of the first side longer than asked: so is the second. */
static void the_second_side_is_never_shorter(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 10000 * MS)->side = SIDE_LEFT;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "long", 6000)->side = SIDE_LEFT;
    kit_bout(kit, BOUT_HOLD, 10000 * MS)->side = SIDE_RIGHT;
    kit->cues.items[2].match = 0;
    struct timeline_changes changes = {0};
    changes_add(&changes, &kit->plan, 0, -8000);
    struct timeline *t = changed(kit, &changes);
    assert_int_equal(kit_length(t, 0), 6000);
    assert_int_equal(kit_length(t, 2), 6000);
    timeline_destroy(t);
    struct timeline_from from = {.step = 2, .at = 100}; /* the first side is not there any more */
    t = kit_resolved_changed(kit, &from, &changes);
    assert_int_equal(kit_length(t, 2), 6000);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

/* `more` in a bout that is left and gone on with several times. */
static void more_adds_up_however_often_it_is_left(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    struct timeline *t = kit_resolved(kit);
    struct timeline_from from;
    frames held = 0;
    for (int i = 1; i <= 5; i++) {
        frames start = kit_start(t, LEFT_ONE);
        timeline_point(t, start + 1000, &from);
        held += 1000;
        assert_int_equal(from.step, LEFT_ONE);
        assert_int_equal(from.elapsed, held);
        changes_add(&changes, &kit->plan, LEFT_ONE, 2000);
        timeline_destroy(t);
        t = kit_resolved_changed(kit, &from, &changes);
        assert_int_equal(kit_length(t, LEFT_ONE), 10000 + i * 2000 - held);
        assert_int_equal(kit_length(t, RIGHT_ONE), 10000 + i * 2000);
    }
    assert_int_equal(timeline_length(t), PLANNED + 2 * 10000);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

static void alternating_sides_are_equal_rep_by_rep(void **state)
{
    struct kit *kit = kit_new();
    const struct source source = {0};
    struct timeline_changes changes = {0};
    kit_move(kit, "alternating");
    for (int rep = 1; rep <= 3; rep++)
        for (int side = 0; side < 2; side++) {
            size_t first = kit->cues.count;
            kit_sound(kit, ANCHOR_NEXT, 0, "switch", 100, 100);
            kit_say(kit, "Lift", 300, 0);
            kit_bout(kit, BOUT_HOLD, 2000 * MS)->place = (struct place){&source, 3, 1, 1};
            for (size_t i = first; i < kit->cues.count; i++) {
                kit->cues.items[i].side = side ? SIDE_RIGHT : SIDE_LEFT;
                kit->cues.items[i].rep = rep;
            }
        }
    changes_add(&changes, &kit->plan, 2, 500);   /* left, first rep */
    changes_skip(&changes, &kit->plan, 8, true); /* left, second rep */
    struct timeline *t = changed(kit, &changes);
    static const frames lengths[] = {2500, 2500, UNRESOLVED, UNRESOLVED, 2000, 2000};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(kit_length(t, 3 * i + 2), lengths[i]);
        assert_int_equal(kit_start(t, 3 * i + 1) == UNRESOLVED, lengths[i] == UNRESOLVED);
    }
    assert_int_equal(landmark_other_side(&kit->plan, 2), 3);
    assert_int_equal(landmark_other_side(&kit->plan, 17), 18);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

static void the_pace_is_for_what_is_between(void **state)
{
    struct kit *kit = kit_new();
    kit_say(kit, "words", 500, 1000 * MS);                          /* 0 */
    kit_bout(kit, BOUT_WAIT, 2000 * MS);                            /* 1 */
    kit_bout(kit, BOUT_HOLD, 3000 * MS);                            /* 2 */
    kit_bout(kit, BOUT_REST, 3000 * MS);                            /* 3 */
    kit_bout(kit, BOUT_READY, 4000 * MS);                           /* 4 */
    kit_bout(kit, BOUT_READY, 4000 * MS)->open = true;              /* 5 */
    kit_bout(kit, BOUT_IN, 4000 * MS);                              /* 6 */
    kit_bout(kit, BOUT_WAIT, 3000 * MS);                            /* 7: counted */
    kit_words(kit, ANCHOR_WITH, 1000 * MS, ROLE_COUNT, "two", 200); /* 8 */
    struct timeline_changes changes = {.pace_permille = 1500};
    struct timeline *t = changed(kit, &changes);
    assert_int_equal(kit_start(t, 1), 500 + 1500);
    assert_int_equal(kit_length(t, 1), 3000);
    assert_int_equal(kit_length(t, 2), 3000);
    assert_int_equal(kit_length(t, 3), 3000);
    assert_int_equal(kit_length(t, 4), 6000);
    assert_int_equal(kit_length(t, 5), 4000);
    assert_int_equal(kit_length(t, 6), 4000);
    assert_int_equal(kit_length(t, 7), 3000);
    timeline_destroy(t);
    /* in the middle of a wait: what is left of the longer one, or nothing */
    struct timeline_from from = {.step = 1, .elapsed = 1500, .at = 0};
    t = kit_resolved_changed(kit, &from, &changes);
    assert_int_equal(kit_length(t, 1), 1500);
    timeline_destroy(t);
    changes.pace_permille = 500;
    t = kit_resolved_changed(kit, &from, &changes);
    assert_int_equal(kit_length(t, 1), 0);
    assert_int_equal(kit_start(t, 2), 0);
    timeline_destroy(t);
    kit_free(kit);
}

static void a_bed_inside_what_is_left_out_still_begins(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_HOLD, 3000 * MS);              /* 0 */
    kit_add(kit, CUE_BED, ANCHOR_WITH, "rain", 0, 0); /* 1 */
    kit_say(kit, "words", 500, 0);                    /* 2 */
    struct timeline_changes changes = {0};
    changes_skip(&changes, &kit->plan, 0, true);
    struct timeline *t = changed(kit, &changes);
    assert_int_equal(kit_start(t, 1), 0);
    assert_int_equal(kit_length(t, 1), 500);
    assert_int_equal(timeline_length(t), 500);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

static void a_list_is_kept_in_order(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0}, copy = {0};
    static const uint32_t cues[] = {RIGHT_TWO, LEFT_ONE, RIGHT_ONE, LEFT_TWO, LEFT_ONE};
    for (size_t i = 0; i < 5; i++)
        changes_add(&changes, &kit->plan, cues[i], (frames)i);
    assert_int_equal(changes.list.count, 4);
    for (size_t i = 1; i < 4; i++)
        assert_true(changes.list.items[i - 1].cue < changes.list.items[i].cue);
    assert_int_equal(changes_find(&changes, LEFT_ONE)->extra, 1 + 4);
    assert_int_equal(changes_find(&changes, RIGHT_ONE)->extra, 1 + 2);
    assert_null(changes_find(&changes, SWITCH));
    changes_copy(&copy, &changes);
    changes_forget(&changes, LEFT_TWO, RIGHT_TWO);
    assert_int_equal(changes.list.count, 2);
    assert_non_null(changes_find(&changes, LEFT_ONE));
    assert_non_null(changes_find(&changes, RIGHT_TWO));
    changes_forget(&changes, 5, 5);
    changes_copy(&changes, &copy);
    assert_int_equal(changes.list.count, 4);
    changes_free(&changes);
    changes_free(&copy);
    kit_free(kit);
}

static void the_length_is_told_as_well_as_it_can_be(void **state)
{
    struct kit *kit = two_sides();
    struct timeline_changes changes = {0};
    changes_add(&changes, &kit->plan, LEFT_ONE, 5000);
    kit->known = LEFT_NEXT;
    struct timeline_lengths lengths = {kit, kit_speech_length, kit_sound_length};
    struct timeline *t = timeline_new_from(&kit->plan, KIT_RATE, &lengths, NULL, &changes);
    assert_false(timeline_resolve(t));
    frames expected = timeline_expected_length(t);
    assert_in_range(expected, PLANNED + 10000 - 3000, PLANNED + 10000 + 3000);
    kit->known = SIZE_MAX;
    assert_true(timeline_resolve(t));
    assert_int_equal(timeline_expected_length(t), PLANNED + 10000);
    timeline_destroy(t);
    changes_free(&changes);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed_is_the_plan),
        cmocka_unit_test(more_on_one_side_is_more_on_the_other),
        cmocka_unit_test(the_second_side_alone_is_its_own_matter),
        cmocka_unit_test(what_was_left_out_is_left_out_on_the_other_side),
        cmocka_unit_test(the_first_of_two_left_out_keeps_the_way_in),
        cmocka_unit_test(a_whole_side_left_out_is_no_second_side),
        cmocka_unit_test(leaving_a_side_leaves_the_same_out_there),
        cmocka_unit_test(the_second_side_is_never_shorter),
        cmocka_unit_test(more_adds_up_however_often_it_is_left),
        cmocka_unit_test(alternating_sides_are_equal_rep_by_rep),
        cmocka_unit_test(the_pace_is_for_what_is_between),
        cmocka_unit_test(a_bed_inside_what_is_left_out_still_begins),
        cmocka_unit_test(a_list_is_kept_in_order),
        cmocka_unit_test(the_length_is_told_as_well_as_it_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

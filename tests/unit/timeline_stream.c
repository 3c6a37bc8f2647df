/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resolved piece by piece, as lengths become known: always the same timeline. */
#include "timeline_kit.h"

/* Five lengths in four steps, a bed, and a bout that follows another. */
static struct kit *small_plan(void)
{
    struct kit *kit = kit_new();
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0);                           /* 0 */
    kit_say(kit, "a", 500, 100 * MS);                                           /* 1 */
    kit_bout(kit, BOUT_IN, 3000 * MS);                                          /* 2 */
    kit_sound(kit, ANCHOR_WITH, 0, "in", 0, 0)->fills = true;                   /* 3 */
    kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "b", 3500);                /* 4 */
    kit_sound(kit, ANCHOR_NEXT, 0, "bell", 4000, 300);                          /* 5 */
    kit_bout(kit, BOUT_IN, 3000 * MS)->match = 2;                               /* 6 */
    kit_words(kit, ANCHOR_PART, 1, ROLE_PHRASE, "half", 400)->droppable = true; /* 7 */
    return kit;
}

static void check_order(struct kit *kit, const size_t *order, size_t count, const char *expected)
{
    bool known[16] = {false};
    kit->mask = known;
    struct timeline *t = kit_timeline(kit, KIT_RATE);
    size_t before = 0;
    assert_false(timeline_resolve(t));
    for (size_t i = 0; i < count; i++) {
        uint32_t waiting;
        size_t entries;
        assert_true(timeline_waiting_for(t, &waiting));
        assert_false(known[waiting]);
        known[order[i]] = true;
        bool complete = timeline_resolve(t);
        assert_int_equal(complete, i + 1 == count);
        assert_int_equal(timeline_complete(t), complete);
        timeline_entries(t, &entries);
        assert_true(entries >= before);
        before = entries;
    }
    assert_true(timeline_resolve(t)); /* and again does no harm */
    char *text = kit_dump(t);
    assert_string_equal(text, expected);
    free(text);
    timeline_destroy(t);
    kit->mask = NULL;
}

static void permute(struct kit *kit, size_t *order, size_t fixed, size_t count,
                    const char *expected, int *tried)
{
    if (fixed == count) {
        check_order(kit, order, count, expected);
        ++*tried;
        return;
    }
    for (size_t i = fixed; i < count; i++) {
        size_t first = order[fixed];
        order[fixed] = order[i];
        order[i] = first;
        permute(kit, order, fixed + 1, count, expected, tried);
        order[i] = order[fixed];
        order[fixed] = first;
    }
}

static void any_order_of_lengths_gives_the_same(void **state)
{
    struct kit *kit = small_plan();
    struct timeline *t = kit_resolved(kit);
    char *expected = kit_dump(t);
    size_t order[] = {1, 3, 4, 5, 7};
    int tried = 0;
    permute(kit, order, 0, 5, expected, &tried);
    assert_int_equal(tried, 120);
    free(expected);
    timeline_destroy(t);
    kit_free(kit);
}

static void tells_how_far_it_is_and_what_it_waits_for(void **state)
{
    struct kit *kit = small_plan();
    bool known[16] = {false};
    kit->mask = known;
    struct timeline *t = kit_timeline(kit, KIT_RATE);
    uint32_t cue;
    assert_true(timeline_waiting_for(t, &cue)); /* even before the first try */
    assert_int_equal(cue, 1);
    assert_int_equal(timeline_resolved_until(t), 0);
    assert_false(timeline_resolve(t));
    assert_int_equal(kit_start(t, 0), 0); /* the bed needs no length */
    assert_int_equal(timeline_resolved_until(t), 0);
    known[1] = true;
    assert_false(timeline_resolve(t));
    assert_int_equal(timeline_resolved_until(t), 600);
    assert_true(timeline_waiting_for(t, &cue));
    assert_int_equal(cue, 4); /* the words come first: the breath is as long as they make it */
    known[4] = true;
    assert_false(timeline_resolve(t));
    assert_true(timeline_waiting_for(t, &cue));
    assert_int_equal(cue, 3);
    assert_int_equal(kit_start(t, 2), UNRESOLVED); /* a step comes whole or not at all */
    assert_int_equal(kit_start(t, 4), UNRESOLVED);
    known[3] = true;
    assert_false(timeline_resolve(t));
    assert_int_equal(timeline_resolved_until(t), 4100);
    known[5] = known[7] = true;
    assert_true(timeline_resolve(t));
    assert_int_equal(timeline_resolved_until(t), INT64_MAX);
    assert_false(timeline_waiting_for(t, &cue));
    timeline_destroy(t);
    kit_free(kit);
}

/* Going on behind a bout whose length the next one follows: its words are waited for. */
static void waits_for_the_other_side_before_the_point(void **state)
{
    struct kit *kit = small_plan();
    bool known[16] = {false};
    kit->mask = known;
    known[5] = known[7] = true;
    struct timeline_lengths lengths = {kit, kit_speech_length, kit_sound_length};
    struct timeline_from from = {.step = 5, .at = 100};
    struct timeline *t = timeline_new_from(&kit->plan, KIT_RATE, &lengths, &from, NULL);
    uint32_t cue;
    assert_false(timeline_resolve(t));
    assert_true(timeline_waiting_for(t, &cue));
    assert_int_equal(cue, 4);
    known[4] = true;
    assert_true(timeline_resolve(t));
    assert_int_equal(kit_length(t, 6), 3500);
    timeline_destroy(t);
    kit_free(kit);
}

/* A long step is not read again and again while one length in it is missing. */
struct counter {
    struct kit *kit;
    size_t asked;
};

static bool counted_speech(void *context, const struct cue *cue, frames *length)
{
    struct counter *counter = context;
    counter->asked++;
    return kit_speech_length(counter->kit, cue, length);
}

static void waiting_costs_little(void **state)
{
    struct kit *kit = kit_new();
    kit_bout(kit, BOUT_FOR, 2000000 * MS);
    for (int i = 0; i < 1000; i++)
        kit_words(kit, ANCHOR_WITH, i * 2000 * MS, ROLE_INSTRUCTION, "words", 500);
    struct counter counter = {kit, 0};
    struct timeline_lengths lengths = {&counter, counted_speech, kit_sound_length};
    struct timeline *t = timeline_new(&kit->plan, KIT_RATE, &lengths);
    kit->known = 1000;
    for (int i = 0; i < 5000; i++)
        assert_false(timeline_resolve(t));
    assert_true(counter.asked < 7000);
    kit->known = SIZE_MAX;
    assert_true(timeline_resolve(t));
    timeline_destroy(t);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_of_lengths_gives_the_same),
        cmocka_unit_test(tells_how_far_it_is_and_what_it_waits_for),
        cmocka_unit_test(waits_for_the_other_side_before_the_point),
        cmocka_unit_test(waiting_costs_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From one plan of a page to another, on every routine of the library: nothing is heard twice, and
 * the same plan is the same place. */
#include <glob.h>

#include "timeline/landmark.h"
#include "timeline_kit.h"

static bool any_sound(void *context, const char *folder, const char *name)
{
    return true;
}

static struct plan *plan_of(const struct routine *routine, enum detail detail, bool no_tips)
{
    struct diags *diags = diags_new();
    const struct plan_options options = {.detail = detail,
                                         .no_tips = no_tips,
                                         .announce = -1,
                                         .count = -1,
                                         .choice.fraction = -1,
                                         .phrase_folder = SOURCE_DIR "/phrases"};
    struct plan *plan = plan_new(routine, &options, diags);
    assert_non_null(plan);
    diags_destroy(diags);
    return plan;
}

/* Whether b does not come before a on the way through the page: set by set, side by side. */
static bool not_before(const struct cue *a, const struct cue *b)
{
    if (a->move != b->move)
        return a->move == UINT32_MAX || (b->move != UINT32_MAX && b->move > a->move);
    return b->round >= a->round || b->set >= a->set;
}

static void check_map(const struct plan *before, const struct plan *now, bool same)
{
    uint32_t *map = landmark_map(before, now);
    size_t last = 0, found = 0, steps = 0;
    for (size_t i = 0; i < before->cue_count; i++) {
        if (same)
            assert_int_equal(map[i], i);
        if (map[i] == UINT32_MAX)
            continue;
        assert_int_equal(now->cues[map[i]].kind, before->cues[i].kind);
        assert_int_equal(now->cues[map[i]].move, before->cues[i].move);
        assert_int_equal(now->cues[map[i]].side, before->cues[i].side);
        assert_true(found == 0 || map[i] > last); /* in the same order, each once */
        last = map[i];
        found++;
    }
    for (size_t i = 0; i < before->cue_count; i = landmark_step_after(before, i)) {
        size_t place = landmark_same_place(map, before, now, i);
        assert_true(place <= now->cue_count);
        assert_int_equal(landmark_step_of(now, place), place);
        if (place < now->cue_count)
            assert_true(not_before(&before->cues[i], &now->cues[place]));
        if (map[i] == UINT32_MAX && place < now->cue_count) /* what was heard is not heard again */
            for (size_t k = 0; k < i; k++)
                assert_true(map[k] == UINT32_MAX || map[k] < place);
        steps++;
    }
    assert_true(found * 4 > before->cue_count); /* most of a session is in all its plans */
    assert_int_equal(landmark_same_place(map, before, now, before->cue_count), now->cue_count);
    free(map);
}

static void check_page(const char *path)
{
    const struct routine_options options = {.sound_exists = any_sound};
    enum limber_status status = LIMBER_OK;
    struct diags *diags = diags_new();
    struct routine *routine = routine_load(path, &options, diags, &status);
    struct plan *plans[6];
    assert_non_null(routine);
    for (int i = 0; i < 6; i++)
        plans[i] = plan_of(routine, (enum detail)(i / 2), i % 2);
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 6; k++)
            check_map(plans[i], plans[k], i == k);
    for (size_t i = 0; i < plans[1]->cue_count; i++)
        assert_int_not_equal(plans[1]->cues[i].role, ROLE_TIP);
    for (int i = 0; i < 6; i++)
        plan_destroy(plans[i]);
    routine_destroy(routine);
    diags_destroy(diags);
}

static void every_routine_finds_its_place(void **state)
{
    glob_t pages;
    assert_int_equal(glob(SOURCE_DIR "/scripts/*.md", 0, NULL, &pages), 0);
    assert_int_equal(glob(SOURCE_DIR "/scripts/moves/*.md", GLOB_APPEND, NULL, &pages), 0);
    assert_true(pages.gl_pathc > 40);
    for (size_t i = 0; i < pages.gl_pathc; i++)
        check_page(pages.gl_pathv[i]);
    globfree(&pages);
}

/* A hold in the full plan, gone on with in the brief one: what was said is not said again, what is
 * only in one of them is not said at all, and time goes on. */
static void in_the_middle_of_a_bout(void **state)
{
    const struct source source = {0};
    struct kit *full = kit_new(), *brief = kit_new();
    for (int i = 0; i < 2; i++) {
        struct kit *kit = i ? brief : full;
        if (i == 0)
            kit_say(kit, "Only in full", 500, 0)->place = (struct place){&source, 1, 1, 1};
        kit_bout(kit, BOUT_HOLD, 10000 * MS)->place = (struct place){&source, 2, 1, 1};
        kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "one", 900)->place =
            (struct place){&source, 2, 10, 1};
        if (i == 0)
            kit_words(kit, ANCHOR_WITH, 0, ROLE_TIP, "tip", 2000)->place =
                (struct place){&source, 3, 1, 1};
        kit_words(kit, ANCHOR_WITH, 4000 * MS, ROLE_INSTRUCTION, "two", 900)->place =
            (struct place){&source, 4, 1, 1};
        kit_sound(kit, ANCHOR_END, 0, "end", 100, 100);
        kit_say(kit, "after", 500, 0);
    }
    uint32_t *map = landmark_map(&full->plan, &brief->plan);
    struct timeline *t = kit_resolved(full);
    struct timeline_from from;
    struct timeline_changes changes = {0};
    changes_add(&changes, &full->plan, 0, 0);
    changes_add(&changes, &full->plan, 1, 3000);
    timeline_point(t, 500 + 2000, &from); /* in the tip */
    landmark_map_point(map, &full->plan, &brief->plan, &from);
    landmark_map_changes(map, &changes);
    assert_int_equal(from.step, 0);
    assert_int_equal(from.elapsed, 2000);
    assert_int_equal(changes.list.count, 1);
    assert_int_equal(changes.list.items[0].cue, 0);
    struct timeline *rest = kit_resolved_changed(brief, &from, &changes);
    assert_int_equal(kit_start(rest, 0), 2500);
    assert_int_equal(kit_length(rest, 0), 8000 + 3000);
    assert_int_equal(kit_start(rest, 1), UNRESOLVED);
    assert_int_equal(kit_start(rest, 2), 2500 + 2000);
    timeline_destroy(rest);
    from = (struct timeline_from){.step = 0, .at = 77}; /* a step that is not there any more */
    landmark_map_point(map, &full->plan, &brief->plan, &from);
    assert_int_equal(from.step, 0);
    assert_int_equal(from.elapsed, 0);
    assert_int_equal(from.at, 77);
    timeline_destroy(t);
    changes_free(&changes);
    free(map);
    kit_free(full);
    kit_free(brief);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_routine_finds_its_place),
        cmocka_unit_test(in_the_middle_of_a_bout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

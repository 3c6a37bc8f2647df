/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of sessions, groups, sides, sets and reps. */
#include "plan_tree.h"

static void sides_and_sets(void **state)
{
    struct tree t = tree_new();
    t.routine.announce = ANNOUNCE_SIDES | ANNOUNCE_SETS;
    struct section move =
        tree_move(&t, "Lean", TEXTS("Stand tall.", "Put your {side} hand up."),
                  TEXTS("Lean **away**. `hold 5s`"), TEXTS("Come **back** to the centre."));
    move.sides = SIDES_EACH;
    set_sets(&move, 2, 3 * NSEC_PER_SEC);
    tree_root(&t, move);
    expect_dump(&t, "# move 1 Lean\n"
                    "say phrase \"Set one of two.\" gap 0.6s | set 1\n"
                    "say instruction \"Stand tall.\" gap 0.6s | left set 1\n"
                    "say instruction \"Put your left hand up.\" gap 0.6s | left set 1\n"
                    "say instruction \"Lean away.\" | left set 1\n"
                    "bout hold 5s | left set 1\n"
                    "    with 0s sound start\n"
                    "    end 0s sound end\n"
                    "say instruction \"Come back to the centre.\" gap 0.6s | left set 1\n"
                    "sound switch | right set 1\n"
                    "say phrase \"Switch sides.\" gap 0.6s | right set 1\n"
                    "bout ready 3s | right set 1\n"
                    "say instruction \"Put your right hand up.\" gap 0.6s | right set 1\n"
                    "say instruction \"Away.\" | right set 1\n"
                    "bout hold 5s as-long-as -9 | right set 1\n"
                    "    with 0s sound start\n"
                    "    end 0s sound end\n"
                    "say instruction \"Back.\" gap 0.6s | right set 1\n"
                    "bout rest 3s | set 2\n"
                    "    with 0s sound rest\n"
                    "say phrase \"Set two of two.\" gap 0.6s | set 2\n"
                    "say phrase \"Left side.\" gap 0.6s | left set 2\n"
                    "say instruction \"Away.\" | left set 2\n"
                    "bout hold 5s | left set 2\n"
                    "    with 0s sound start\n"
                    "    end 0s sound end\n"
                    "say instruction \"Back.\" gap 0.6s | left set 2\n"
                    "sound switch | right set 2\n"
                    "say phrase \"Switch sides.\" gap 0.6s | right set 2\n"
                    "bout ready 3s | right set 2\n"
                    "say instruction \"Away.\" | right set 2\n"
                    "bout hold 5s as-long-as -8 | right set 2\n"
                    "    with 0s sound start\n"
                    "    end 0s sound end\n"
                    "say instruction \"Back.\" gap 0.6s | right set 2\n");
    tree_free(&t);
}

static void alternating_sides(void **state)
{
    struct tree t = tree_new();
    t.routine.announce = ANNOUNCE_ALL & ~(ANNOUNCE_OPENING | ANNOUNCE_CLOSE);
    struct section move =
        tree_move(&t, "Bird dog", NULL, TEXTS("`hold 5s` **{side} arm**, please."),
                  TEXTS("Rest your {side} arm.", "Done."));
    move.sides = SIDES_ALTERNATING;
    move.right_first = true;
    set_reps(&move, 2);
    tree_root(&t, move);
    expect_dump(&t, "# move 1 Bird dog\n"
                    "bout hold 5s | right rep 1\n"
                    "    with 0s sound start\n"
                    "    with 0s say count \"one\" droppable\n"
                    "    with 0s say instruction \"Right arm, please.\"\n"
                    "    end 0s sound end\n"
                    "sound switch | left rep 1\n"
                    "bout hold 5s | left rep 1\n"
                    "    with 0s sound start\n"
                    "    with 0s say instruction \"Left arm.\"\n"
                    "    end 0s sound end\n"
                    "sound switch | right rep 2\n"
                    "bout hold 5s | right rep 2\n"
                    "    with 0s sound start\n"
                    "    with 0s say count \"two\" droppable last\n"
                    "    with 0s say instruction \"Right arm.\"\n"
                    "    end 0s sound end\n"
                    "sound switch | left rep 2\n"
                    "bout hold 5s | left rep 2\n"
                    "    with 0s sound start\n"
                    "    with 0s say instruction \"Left arm.\"\n"
                    "    end 0s sound end\n"
                    "say instruction \"Rest your right arm.\" gap 0.6s | right\n"
                    "say instruction \"Rest your left arm.\" gap 0.6s | left\n"
                    "say instruction \"Done.\" gap 0.6s\n");
    tree_free(&t);
}

static void counts(void **state)
{
    struct tree t = tree_new();
    struct section move = tree_move(&t, "Squat", NULL, TEXTS("Down."), NULL);
    set_reps(&move, 2);
    tree_root(&t, move);
    t.routine.count = COUNT_DOWN;
    expect_dump(&t, "# move 1 Squat\n"
                    "say count \"two\" gap 0.2s | rep 1\n"
                    "say instruction \"Down.\" gap 0.6s | rep 1\n"
                    "say count \"one\" gap 0.2s last | rep 2\n"
                    "say instruction \"Down.\" gap 0.6s | rep 2\n");
    t.options.count = COUNT_OFF;
    expect_dump(&t, "# move 1 Squat\n"
                    "say instruction \"Down.\" gap 0.6s | rep 1\n"
                    "say instruction \"Down.\" gap 0.6s | rep 2\n");
    tree_free(&t);
}

static void session_of_two(void **state)
{
    struct tree t = tree_new();
    const char *needs[] = {"mat", "exercise ball", "two dumbbells"};
    t.routine.needs = needs;
    t.routine.need_count = 3;
    t.routine.announce = ANNOUNCE_ALL;
    t.options.total_ns = 11 * 60 * NSEC_PER_SEC;
    struct section moves[] = {tree_move(&t, "Cat-cow", NULL, TEXTS("Up."), NULL),
                              tree_move(&t, "Side stretch", NULL, TEXTS("Lean. {next}."), NULL),
                              tree_move(&t, "Bridge", NULL, TEXTS("Lift. {next}."), NULL)};
    moves[0].position = "hands and knees";
    moves[1].position = "standing";
    moves[2].position = "lying on the back";
    struct section root = tree_group(&t, "Upper-back relief", moves, 3);
    root.before = tree_blocks(&t, TEXTS("Welcome."), &root.before_count);
    t.routine.title = "Upper-back relief";
    tree_root(&t, root);
    expect_dump(&t, "say phrase \"Upper-back relief, eleven minutes.\" gap 0.3s\n"
                    "say phrase \"You need a mat, an exercise ball and two dumbbells.\" gap 0.3s\n"
                    "say phrase \"It starts on your hands and knees.\" gap 0.6s\n"
                    "say instruction \"Welcome.\" gap 0.6s\n"
                    "# move 1 Cat-cow, hands and knees\n"
                    "say phrase \"First: cat-cow.\" gap 0.6s\n"
                    "bout ready 5s\n"
                    "say instruction \"Up.\" gap 0.6s\n"
                    "# move 2 Side stretch, standing\n"
                    "say phrase \"Next: side stretch.\" gap 0.6s\n"
                    "say phrase \"Come up to standing.\" gap 0.6s\n"
                    "bout ready 6s\n"
                    "say instruction \"Lean.\" gap 0.3s\n"
                    "say instruction \"Bridge.\" gap 0.6s\n"
                    "# move 3 Bridge, lying on the back\n"
                    "say phrase \"Next: bridge.\" gap 0.6s\n"
                    "say phrase \"Lie down on your back.\" gap 0.6s\n"
                    "bout ready 10s\n"
                    "say instruction \"Lift.\" gap 0.3s\n"
                    "say instruction \"The end.\" gap 0.6s\n"
                    "say phrase \"That was Upper-back relief.\" gap 0.3s\n"
                    "say phrase \"Well done.\" gap 0.6s\n"
                    "sound done\n");
    tree_free(&t);
}

static void rounds_of_a_group(void **state)
{
    struct tree t = tree_new();
    t.routine.announce = ANNOUNCE_NAMES | ANNOUNCE_SETS;
    struct section inner[] = {tree_move(&t, "Squat", TEXTS("Feet apart."), TEXTS("**Down**, slow."),
                                        TEXTS("Shake out."))};
    inner[0].lead = tree_blocks(&t, TEXTS("Mind your knee."), &inner[0].lead_count);
    struct section group = tree_group(&t, "Circuit", inner, 1);
    group.before = tree_blocks(&t, TEXTS("Keep moving."), &group.before_count);
    group.has_rounds = true;
    group.rounds = (struct range){2, 2, 0};
    group.rest = (struct range){4 * NSEC_PER_SEC, 4 * NSEC_PER_SEC, 0};
    tree_root(&t, tree_group(&t, "Test", &group, 1));
    expect_dump(&t, "# move 1 Squat\n"
                    "say phrase \"Circuit.\" gap 0.6s\n"
                    "say instruction \"Keep moving.\" gap 0.6s\n"
                    "say phrase \"Round one of two.\" gap 0.6s | round 1\n"
                    "say phrase \"First: squat.\" gap 0.6s | round 1\n"
                    "say instruction \"Mind your knee.\" gap 0.6s | round 1\n"
                    "say instruction \"Feet apart.\" gap 0.6s | round 1\n"
                    "say instruction \"Down, slow.\" gap 0.6s | round 1\n"
                    "say instruction \"Shake out.\" gap 0.6s | round 1\n"
                    "bout rest 4s | round 2\n"
                    "    with 0s sound rest\n"
                    "# move 2 Squat\n"
                    "say phrase \"Round two of two.\" gap 0.6s | round 2\n"
                    "say phrase \"Next: squat.\" gap 0.6s | round 2\n"
                    "say instruction \"Down.\" gap 0.6s | round 2\n"
                    "say instruction \"Shake out.\" gap 0.6s | round 2\n");
    tree_free(&t);
}

static void passes_and_details(void **state)
{
    struct tree t = tree_new();
    struct section move = tree_move(
        &t, "Test", NULL, TEXTS("**Up** high.", "New.", "Again.", "Soft.", "**Mind** it."), NULL);
    struct block *body = (struct block *)move.body;
    body[1].pass = PASS_FIRST;
    body[2].pass = PASS_LATER;
    body[3].role = BLOCK_TIP;
    body[4].role = BLOCK_CAUTION;
    set_reps(&move, 2);
    t.routine.count = COUNT_OFF;
    tree_root(&t, move);
    expect_dump(&t, "# move 1 Test\n"
                    "say instruction \"Up high.\" gap 0.6s | rep 1\n"
                    "say instruction \"New.\" gap 0.6s | rep 1\n"
                    "say tip \"Soft.\" gap 0.6s | rep 1\n"
                    "say caution \"Mind it.\" gap 0.6s | rep 1\n"
                    "say instruction \"Up.\" gap 0.6s | rep 2\n"
                    "say instruction \"Again.\" gap 0.6s | rep 2\n"
                    "say caution \"Mind.\" gap 0.6s | rep 2\n");
    t.options.detail = DETAIL_BRIEF;
    expect_dump(&t, "# move 1 Test\n"
                    "say instruction \"Up.\" gap 0.6s | rep 1\n"
                    "say instruction \"New.\" gap 0.6s | rep 1\n"
                    "say caution \"Mind it.\" gap 0.6s | rep 1\n"
                    "say instruction \"Up.\" gap 0.6s | rep 2\n"
                    "say instruction \"Again.\" gap 0.6s | rep 2\n"
                    "say caution \"Mind.\" gap 0.6s | rep 2\n");
    t.options.detail = DETAIL_FULL;
    expect_dump(&t, "# move 1 Test\n"
                    "say instruction \"Up high.\" gap 0.6s | rep 1\n"
                    "say instruction \"New.\" gap 0.6s | rep 1\n"
                    "say tip \"Soft.\" gap 0.6s | rep 1\n"
                    "say caution \"Mind it.\" gap 0.6s | rep 1\n"
                    "say instruction \"Up high.\" gap 0.6s | rep 2\n"
                    "say instruction \"Again.\" gap 0.6s | rep 2\n"
                    "say tip \"Soft.\" gap 0.6s | rep 2\n"
                    "say caution \"Mind it.\" gap 0.6s | rep 2\n");
    tree_free(&t);
}

static void heading_bout(void **state)
{
    struct tree t = tree_new();
    struct section move = tree_move(&t, "Squats", TEXTS("Go down."), NULL, NULL);
    struct mark mark = tree_mark(&t, "for 5s");
    move.bout = &mark;
    set_sets(&move, 2, 0);
    tree_root(&t, move);
    expect_dump(&t, "# move 1 Squats\n"
                    "say instruction \"Go down.\" gap 0.6s | set 1\n"
                    "bout for 5s | set 1\n"
                    "    with 0s sound start\n"
                    "    end 0s sound end\n"
                    "bout for 5s | set 2\n"
                    "    with 0s sound start\n"
                    "    end 0s sound end\n");
    tree_free(&t);
}

static void time_left(void **state)
{
    struct tree t = tree_new();
    t.routine.announce = ANNOUNCE_OPENING;
    tree_root(&t,
              tree_move(&t, "Test", NULL,
                        TEXTS("`wait 5min`", "{time left}.", "`wait 3min`", "{time left}."), NULL));
    expect_dump(&t, "say phrase \"Test, eight minutes.\" gap 0.6s\n"
                    "# move 1 Test\n"
                    "bout wait 300s\n"
                    "say instruction \"Three minutes.\" gap 0.6s\n"
                    "bout wait 180s\n"
                    "say instruction \"One second.\" gap 0.6s\n");
    t.options.total_ns = 4 * 60 * NSEC_PER_SEC;
    struct plan *plan = tree_plan(&t);
    assert_string_equal(plan->cues[0].text, "Test, four minutes.");
    assert_string_equal(plan->cues[2].text, "Two minutes.");
    plan_destroy(plan);
    tree_free(&t);
}

static void warnings(void **state)
{
    struct tree t = tree_new();
    struct section moves[6];
    const char *const names[] = {"A", "B", "C", "D", "E", "F"};
    for (int i = 0; i < 6; i++) {
        moves[i] = tree_move(&t, names[i], NULL, TEXTS("Go."), NULL);
        moves[i].position = i % 2 ? "lying on the back" : "standing";
        moves[i].place.line = i + 1;
    }
    tree_root(&t, tree_group(&t, "Test", moves, 6));
    struct plan *plan = tree_plan(&t);
    plan_warn(plan, t.diags);
    const char *message;
    struct place place;
    assert_int_equal(diags_count(t.diags, SEVERITY_WARNING), 1);
    assert_true(diags_get(t.diags, 0, NULL, &place, &message, NULL));
    assert_non_null(strstr(message, "between standing and lying"));
    assert_int_equal(place.line, 4);
    plan_destroy(plan);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_and_sets),
        cmocka_unit_test(alternating_sides),
        cmocka_unit_test(counts),
        cmocka_unit_test(session_of_two),
        cmocka_unit_test(rounds_of_a_group),
        cmocka_unit_test(passes_and_details),
        cmocka_unit_test(heading_bout),
        cmocka_unit_test(time_left),
        cmocka_unit_test(warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

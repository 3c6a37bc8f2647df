/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks, marks and bouts become the cues they should. */
#include "plan_tree.h"

static void one_move(struct tree *t, const char *const *body)
{
    tree_root(t, tree_move(t, "Test", NULL, body, NULL));
}

static void words_before_and_over(void **state)
{
    struct tree t = tree_new();
    one_move(&t, TEXTS("Lie down. Arms loose. `hold 30s` Breathe. Let go, e.g. Your jaw.", "Sit."));
    t.routine.announce = ANNOUNCE_ALL & ~(ANNOUNCE_OPENING | ANNOUNCE_CLOSE);
    expect_dump(&t, "# move 1 Test\n"
                    "say instruction \"Lie down.\" gap 0.3s\n"
                    "say instruction \"Arms loose.\"\n"
                    "bout hold 30s\n"
                    "    with 0s sound start\n"
                    "    with 0s say instruction \"Breathe.\"\n"
                    "    with 0s say instruction \"Let go, e.g. Your jaw.\"\n"
                    "    part 1/2 sound halfway\n"
                    "    part 1/2 say phrase \"Halfway.\" droppable\n"
                    "    end 3s sound tick\n"
                    "    end 2s sound tick\n"
                    "    end 1s sound tick\n"
                    "    end 0s sound end\n"
                    "say instruction \"Sit.\" gap 0.6s\n");
    tree_free(&t);
}

static void silence_has_no_words_over_it(void **state)
{
    struct tree t = tree_new();
    one_move(&t, TEXTS("Wait. `wait 5s` After it. `count 2` Go.", "`bell` `wait 1s`, then up."));
    expect_dump(&t, "# move 1 Test\n"
                    "say instruction \"Wait.\"\n"
                    "bout wait 5s\n"
                    "say instruction \"After it.\"\n"
                    "bout wait 2s\n"
                    "    with 0s say count \"two\" droppable\n"
                    "    with 1s say count \"one\" droppable last\n"
                    "say instruction \"Go.\" gap 0.6s\n"
                    "sound bell\n"
                    "bout wait 1s\n"
                    "say instruction \"then up.\" gap 0.6s\n");
    tree_free(&t);
}

static void breaths_led_in(void **state)
{
    struct tree t = tree_new();
    one_move(&t, TEXTS("Lie down. `wait 5s` Breathe in. `in 4s` And let it go. `out 6s` All of it.",
                       "`in 4s` In. `out 4s` Out."));
    expect_dump(&t, "# move 1 Test\n"
                    "say instruction \"Lie down.\"\n"
                    "bout wait 5s\n"
                    "say instruction \"Breathe in.\"\n"
                    "bout in 4s\n"
                    "    with 0s sound in fills\n"
                    "say instruction \"And let it go.\"\n"
                    "bout out 6s\n"
                    "    with 0s sound out fills\n"
                    "    with 0s say instruction \"All of it.\"\n"
                    "bout in 4s\n"
                    "    with 0s sound in fills\n"
                    "    with 0s say instruction \"In.\"\n"
                    "bout out 4s\n"
                    "    with 0s sound out fills\n"
                    "    with 0s say instruction \"Out.\"\n");
    tree_free(&t);
}

static void breath_patterns(void **state)
{
    struct tree t = tree_new();
    one_move(&t, TEXTS("`breathe 4-2-6 x2` Soften.", "`2 breaths`"));
    expect_dump(&t, "# move 1 Test\n"
                    "bout in 4s\n"
                    "    with 0s sound in fills\n"
                    "    with 0s say phrase \"Breathe in.\"\n"
                    "bout keep 2s\n"
                    "    with 0s sound keep fills\n"
                    "    with 0s say phrase \"Hold.\"\n"
                    "bout out 6s\n"
                    "    with 0s sound out fills\n"
                    "    with 0s say phrase \"Breathe out.\"\n"
                    "bout in 4s\n"
                    "    with 0s sound in fills\n"
                    "    with 0s say instruction \"Soften.\"\n"
                    "bout keep 2s\n"
                    "    with 0s sound keep fills\n"
                    "bout out 6s\n"
                    "    with 0s sound out fills\n"
                    "bout in 4s\n"
                    "    with 0s sound in fills\n"
                    "    with 0s say phrase \"Breathe in.\"\n"
                    "bout out 6s\n"
                    "    with 0s sound out fills\n"
                    "    with 0s say phrase \"Breathe out.\"\n"
                    "bout in 4s\n"
                    "    with 0s sound in fills\n"
                    "bout out 6s\n"
                    "    with 0s sound out fills\n");
    tree_free(&t);
}

static struct block child(struct tree *t, enum block_moment moment, const char *time,
                          const char *text)
{
    struct block block = tree_block(t, text);
    block.moment = moment;
    if (time) {
        nsec at;
        assert_true(units_parse_duration(time, strlen(time), &at));
        block.moment_time = (struct range){at, at, 0};
    }
    return block;
}

static void moments(void **state)
{
    struct tree t = tree_new();
    t.routine.announce = ANNOUNCE_HALFWAY;
    struct block block = tree_block(&t, "`hold 20s` Go.");
    struct block children[] = {
        child(&t, MOMENT_HALFWAY, NULL, "Half."),   child(&t, MOMENT_LAST, "4s", "Nearly."),
        child(&t, MOMENT_AT, "4s", "Four. `bell`"), child(&t, MOMENT_EVERY, "8s", "Again."),
        child(&t, MOMENT_NONE, NULL, "Easy."),      child(&t, MOMENT_AT, "25s", "Too late."),
        child(&t, MOMENT_LAST, "30s", "Too early.")};
    children[4].role = BLOCK_TIP;
    block.children = children;
    block.child_count = sizeof children / sizeof *children;
    struct section move = tree_move(&t, "Test", NULL, NULL, NULL);
    move.body = &block;
    move.body_count = 1;
    tree_root(&t, move);
    expect_dump(&t, "# move 1 Test\n"
                    "bout hold 20s\n"
                    "    with 0s sound start\n"
                    "    with 0s say instruction \"Go.\"\n"
                    "    with 0s say tip \"Easy.\" droppable\n"
                    "    with 4s say instruction \"Four.\"\n"
                    "    with 4s sound bell\n"
                    "    with 8s say instruction \"Again.\"\n"
                    "    part 1/2 sound halfway\n"
                    "    part 1/2 say instruction \"Half.\"\n"
                    "    end 4s say instruction \"Nearly.\"\n"
                    "    with 16s say instruction \"Again.\"\n"
                    "    end 0s sound end\n");
    tree_free(&t);
}

/* At the moment it is heard, not at the end of the bout. */
static void time_left_inside_a_bout(void **state)
{
    struct tree t = tree_new();
    struct block block = tree_block(&t, "`hold 10min` {time left}.");
    struct block children[] = {child(&t, MOMENT_AT, "2min", "At {time left}."),
                               child(&t, MOMENT_LAST, "3min", "Last {time left}.")};
    block.children = children;
    block.child_count = 2;
    struct section move = tree_move(&t, "Test", NULL, NULL, NULL);
    move.body = &block;
    move.body_count = 1;
    tree_root(&t, move);
    expect_dump(&t, "# move 1 Test\n"
                    "bout hold 600s\n"
                    "    with 0s sound start\n"
                    "    with 0s say instruction \"Ten minutes.\"\n"
                    "    with 120s say instruction \"At eight minutes.\"\n"
                    "    end 180s say instruction \"Last three minutes.\"\n"
                    "    end 0s sound end\n");
    tree_free(&t);
}

static void pace_beats_do_not_drift(void **state)
{
    struct tree t = tree_new();
    one_move(&t, TEXTS("`pace 7/min for 1min`"));
    struct plan *plan = tree_plan(&t);
    int64_t beat = 0;
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        if (cue->kind != CUE_SOUND || strcmp(cue->text, "tick") != 0)
            continue;
        /* Nearest nanosecond of beat · 60/7 s. */
        assert_int_equal(cue->offset_ns, (beat * 60 * NSEC_PER_SEC * 2 + 7) / 14);
        beat++;
    }
    assert_int_equal(beat, 7);
    plan_destroy(plan);
    tree_free(&t);
}

static void rest_and_ready(void **state)
{
    struct tree t = tree_new();
    t.routine.announce = ANNOUNCE_RESTS;
    one_move(&t,
             TEXTS("`rest 12s` Shake it out.", "`ready 8s`", "`ready 5s` Hands up.", "`ready`"));
    expect_dump(&t, "# move 1 Test\n"
                    "bout rest 12s\n"
                    "    with 0s sound rest\n"
                    "    with 0s say phrase \"Rest. Twelve seconds.\"\n"
                    "    with 0s say instruction \"Shake it out.\"\n"
                    "    end 5s say phrase \"Get ready.\" droppable\n"
                    "bout ready 8s\n"
                    "    with 0s say phrase \"Get ready.\"\n"
                    "bout ready 5s\n"
                    "    with 0s say instruction \"Hands up.\"\n"
                    "bout ready 10s open\n"
                    "    with 0s say phrase \"Tell me when you are ready.\"\n");
    tree_free(&t);
}

static void music(void **state)
{
    struct tree t = tree_new();
    struct mark bed = tree_mark(&t, "music rain -20dB");
    t.routine.music = &bed;
    one_move(&t, TEXTS("Quiet. `music off` Now."));
    expect_dump(&t, "bed rain -20dB fade 2s\n"
                    "# move 1 Test\n"
                    "say instruction \"Quiet.\"\n"
                    "bed off fade 3s\n"
                    "say instruction \"Now.\" gap 0.6s\n");
    tree_free(&t);
}

/* "sentence|sentence" → what a block of this text says. */
static void expect_sentences(const char *text, enum detail detail, const char *language,
                             const char *expected)
{
    struct tree t = tree_new();
    t.options.detail = detail;
    struct section move = tree_move(&t, "Test", NULL, TEXTS(text), NULL);
    move.language = language;
    tree_root(&t, move);
    struct plan *plan = tree_plan(&t);
    struct str said = {0};
    for (size_t i = 0; i < plan->cue_count; i++)
        str_printf(&said, "%s%s%s", i > 0 ? "|" : "", plan->cues[i].text,
                   plan->cues[i].emphasis ? "!!" : "");
    assert_string_equal(str_text(&said), expected);
    str_free(&said);
    plan_destroy(plan);
    tree_free(&t);
}

static void sentences(void **state)
{
    expect_sentences("One. Two! Three? Four… Five", DETAIL_NORMAL, "en",
                     "One.|Two!|Three?|Four…|Five");
    expect_sentences("Hold 1.5 metres apart, approx. Two arms.", DETAIL_NORMAL, "en",
                     "Hold 1.5 metres apart, approx. Two arms.");
    expect_sentences("By J. Smith. \"Up.\" (Now.) End... and go on... Yes.", DETAIL_NORMAL, "en",
                     "By J. Smith.|\"Up.\"|(Now.)|End... and go on...|Yes.");
    expect_sentences("Am 3. Tag, z. B. Montag. Dann weiter.", DETAIL_NORMAL, "de",
                     "Am 3. Tag, z. B. Montag.|Dann weiter.");
    expect_sentences("Count to 3. Then go.", DETAIL_NORMAL, "en", "Count to 3.|Then go.");
    expect_sentences("Really?! Yes.", DETAIL_NORMAL, "en", "Really?!|Yes.");
    expect_sentences("... — ! 💪. → «»", DETAIL_NORMAL, "en", "");
    expect_sentences("Go 💪! ½ more.", DETAIL_NORMAL, "en", "Go 💪!|½ more.");
    expect_sentences("一。二。", DETAIL_NORMAL, "zh", "一。|二。");
    expect_sentences("Not _this_ one. That.", DETAIL_NORMAL, "en", "Not this one.!!|That.");
}

static void brief_words(void **state)
{
    expect_sentences("Slowly **breathe in**, and **lift.** Then **your arm**: up.", DETAIL_BRIEF,
                     "en", "Breathe in, lift.|Your arm.");
    expect_sentences("No bold here. None.", DETAIL_BRIEF, "en", "No bold here.|None.");
    expect_sentences("Now **{side} foot** first.", DETAIL_BRIEF, "en", "Left foot.");
    expect_sentences("{side} foot. Then {other side}, {name}.", DETAIL_NORMAL, "en",
                     "Left foot.|Then right, Test.");
}

/* Against what a voice needed. */
static void estimated_speech(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } spoken[] = {
        {"You need a rowing machine, a chair, a mat, a pillow and a foam roller.", 4949},
        {"Upper-back strength, thirty-three minutes.", 2677},
        {"It starts sitting.", 1278},
    };
    for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++) {
        int64_t ms = plan_estimate_speech_ns(spoken[i].text) / NSEC_PER_MSEC;
        assert_in_range(ms, spoken[i].ms * 85 / 100, spoken[i].ms * 115 / 100);
    }
}

/* What was said in brief, or in parts, is said again whole. */
static void said_again_in_full(void **state)
{
    struct tree t = tree_new();
    struct section move =
        tree_move(&t, "Test", NULL,
                  TEXTS("Slowly **lift the arm**. `hold 5s` Breathe on.", "And down."), NULL);
    set_reps(&move, 2);
    tree_root(&t, move);
    struct plan *plan = tree_plan(&t);
    assert_non_null(plan);
    size_t brief = 0, whole = 0;
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        if (cue->kind != CUE_SPEECH || cue->role != ROLE_INSTRUCTION)
            continue;
        if (strcmp(cue->text, "And down.") == 0) {
            assert_null(cue->full);
            whole++;
        } else {
            assert_string_equal(cue->full, "Slowly lift the arm.\nBreathe on.");
            brief += strcmp(cue->text, "Lift the arm.") == 0;
        }
    }
    assert_int_equal(brief, 1);
    assert_int_equal(whole, 2);
    plan_destroy(plan);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_before_and_over),
        cmocka_unit_test(silence_has_no_words_over_it),
        cmocka_unit_test(breaths_led_in),
        cmocka_unit_test(breath_patterns),
        cmocka_unit_test(moments),
        cmocka_unit_test(time_left_inside_a_bout),
        cmocka_unit_test(pace_beats_do_not_drift),
        cmocka_unit_test(rest_and_ready),
        cmocka_unit_test(music),
        cmocka_unit_test(sentences),
        cmocka_unit_test(brief_words),
        cmocka_unit_test(said_again_in_full),
        cmocka_unit_test(estimated_speech),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

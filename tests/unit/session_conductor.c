/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person hears after a command, on a virtual clock. */
#include "conductor_rig.h"
#include "session/controls.h"

static char page[64];

static int write_page(void **state)
{
    setenv("LIMBER_DATA_DIR", SOURCE_DIR, 1);
    setenv("TZ", "UTC", 1);
    rig_page(page, "# Evening\n\n`caution` Stop if it hurts.\n\n"
                   "## Side stretch `each side`\n\nLean over. `hold 30s`\n\n"
                   "## Child's pose\n\nSink down. `hold 20s`\n");
    return 0;
}

static int remove_page(void **state)
{
    return unlink(page);
}

/* Waits until a bout of this move and side has been held for `held` frames. */
static void until_held(struct rig *rig, const char *move, enum side side, frames held)
{
    for (int i = 0; i < 100000; i++) {
        struct limber_snapshot now = {.size = sizeof now};
        struct timeline_step step;
        conductor_snapshot(rig->conductor, &now);
        if (strcmp(now.move, move) == 0 && strcmp(now.bout, "hold") == 0 &&
            (side == SIDE_NONE || strcmp(now.side, side_name(side)) == 0) &&
            timeline_step_at(rig->conductor->feed->timeline, now.position_frames, &step) &&
            now.position_frames - step.start >= held)
            return;
        rig_wait(rig, 64);
    }
    fail_msg("%s was never held", move);
}

/* What was said from device time `since` on, joined. */
static const char *said_since(const struct rig *rig, frames since, bool aside_only)
{
    static char text[2000];
    text[0] = 0;
    for (size_t i = 0; i < rig->stream->heard.count; i++) {
        const struct rig_heard *heard = &rig->stream->heard.items[i];
        if (!heard->speech || heard->at < since || (aside_only && !heard->aside))
            continue;
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s", length ? " " : "",
                 rig_words(rig->session->cast, heard->clip));
    }
    return text;
}

static frames began_at(const struct rig *rig, const char *words)
{
    for (size_t i = rig->stream->heard.count; i-- > 0;) {
        const struct rig_heard *heard = &rig->stream->heard.items[i];
        if (heard->speech && strcmp(rig_words(rig->session->cast, heard->clip), words) == 0)
            return heard->at;
    }
    fail_msg("\"%s\" was never said", words);
    return 0;
}

static const char *last_chime(const struct rig *rig)
{
    size_t count = rig->stream->chimes.count;
    return count ? rig_sound(rig->session->theme, rig->stream->chimes.items[count - 1].clip) : "";
}

/* The device time at which the hold being held now ends, if nothing happens. */
static frames end_of_hold(const struct rig *rig)
{
    struct limber_snapshot now = {.size = sizeof now};
    conductor_snapshot(rig->conductor, &now);
    return rig_now + now.bout_left_frames;
}

static void where_is_true_when_heard(void **state)
{
    struct rig rig = rig_new(page, NULL);
    until_held(&rig, "Side stretch", SIDE_LEFT, 3 * RIG_RATE);
    frames asked = rig_now, end = end_of_hold(&rig);
    assert_int_equal(rig_say(&rig, "where", NULL), LIMBER_OK);
    rig_wait(&rig, 10 * RIG_RATE);
    const char *said = said_since(&rig, asked, true);
    assert_non_null(strstr(said, "Side stretch, left side, "));
    assert_non_null(strstr(said, "Then the right side."));
    assert_non_null(strstr(said, "to go."));
    /* The number of seconds is the one left when its words begin, and the clock ran on. */
    bool found = false;
    for (int64_t s = 1; s < 40 && !found; s++) {
        char *words = (char *)phrases_left(rig.conductor->phrases, rig.conductor->arena,
                                           s * NSEC_PER_SEC, false);
        if (!strstr(said, words))
            continue;
        found = true;
        frames left = end - began_at(&rig, words);
        assert_in_range(left, s * RIG_RATE - RIG_FADE, (s + 1) * RIG_RATE + RIG_FADE);
    }
    assert_true(found);
    assert_in_range(end_of_hold(&rig), end, end + RIG_FADE);
    rig_free(&rig);
}

/* The last words of a hold are those being heard: a press then means "more", also after all that
 * moves the end of the hold; before it, and in a pause or after the end, it does not. */
static struct button_facts facts_now(const struct rig *rig)
{
    struct limber_snapshot now = {.size = sizeof now};
    conductor_snapshot(rig->conductor, &now);
    return controls_facts(&now);
}

static void check_last_words(struct rig *rig)
{
    frames end = end_of_hold(rig);
    assert_false(facts_now(rig).last_words);
    for (; rig_now < end; rig_wait(rig, 64)) {
        bool last = end - rig_now <= 3 * RIG_RATE;
        assert_int_equal(facts_now(rig).last_words, last);
        if (end - rig_now <= 2 * RIG_RATE)
            break; /* somebody presses */
    }
}

static void last_words_are_those_heard(void **state)
{
    struct rig rig = rig_new(page, NULL);
    until_held(&rig, "Side stretch", SIDE_LEFT, 20 * RIG_RATE);
    assert_int_equal(rig_say(&rig, "where", NULL), LIMBER_OK); /* over the hold */
    check_last_words(&rig);
    /* What one button does: the clock stands, and goes on with ten seconds more. */
    assert_int_equal(rig_say(&rig, "pause", NULL), LIMBER_OK);
    assert_false(facts_now(&rig).playing);
    rig_wait(&rig, RIG_RATE / 3);
    assert_int_equal(rig_say(&rig, "play", NULL), LIMBER_OK);
    assert_true(facts_now(&rig).playing && facts_now(&rig).last_words);
    assert_int_equal(rig_say(&rig, "more", NULL), LIMBER_OK);
    assert_false(facts_now(&rig).last_words);
    rig_wait(&rig, 4 * RIG_RATE);
    check_last_words(&rig);
    /* Standing for an answer near the end: still the last words, and again more. */
    assert_int_equal(rig_say(&rig, "again", NULL), LIMBER_OK);
    rig_wait(&rig, RIG_RATE / 10);
    assert_true(facts_now(&rig).last_words);
    until_held(&rig, "Side stretch", SIDE_RIGHT, 0);
    assert_false(facts_now(&rig).last_words);
    rig_free(&rig);
}

static void more_and_less_keep_sides_equal(void **state)
{
    struct rig rig = rig_new(page, NULL);
    until_held(&rig, "Side stretch", SIDE_LEFT, 3 * RIG_RATE);
    frames before = conductor_total(rig.conductor), asked = rig_now;
    assert_int_equal(rig_say(&rig, "more 10s", NULL), LIMBER_OK);
    assert_int_equal(conductor_total(rig.conductor) - before, 20 * RIG_RATE);
    assert_int_equal(rig_say(&rig, "less 4s", NULL), LIMBER_OK);
    assert_int_equal(conductor_total(rig.conductor) - before, 12 * RIG_RATE);
    rig_wait(&rig, 4 * RIG_RATE);
    assert_non_null(strstr(said_since(&rig, asked, true), "Four seconds less."));
    rig_free(&rig);
}

static void cautions_are_not_cut(void **state)
{
    struct rig rig = rig_new(page, NULL);
    while (strcmp(said_since(&rig, 0, false), "") == 0 ||
           !strstr(said_since(&rig, 0, false), "Stop if it hurts."))
        rig_wait(&rig, 64);
    assert_true(conductor_page_speaks(rig.conductor, true));
    assert_int_equal(rig_say(&rig, "next", NULL), LIMBER_OK);
    assert_string_equal(last_chime(&rig), "heard");
    rig_wait(&rig, 3 * RIG_RATE);
    /* A pause acts at once; the caution is said again, whole, before what was asked for. */
    struct limber_snapshot now = {.size = sizeof now};
    conductor_snapshot(rig.conductor, &now);
    assert_string_equal(now.move, "Side stretch");
    assert_int_equal(rig_say(&rig, "restart", NULL), LIMBER_OK);
    frames again = rig_now;
    while (!strstr(said_since(&rig, again, false), "Stop if it hurts."))
        rig_wait(&rig, 64);
    assert_int_equal(rig_say(&rig, "pause", NULL), LIMBER_OK);
    assert_false(rig.stream->open);
    rig_wait(&rig, RIG_RATE);
    frames on = rig_now;
    assert_int_equal(rig_say(&rig, "next", NULL), LIMBER_OK);
    rig_wait(&rig, 4 * RIG_RATE);
    assert_ptr_equal(strstr(said_since(&rig, on, false), "Stop if it hurts."),
                     said_since(&rig, on, false));
    rig_free(&rig);
}

static void next_keeps_cautions_of_the_routine(void **state)
{
    struct rig rig = rig_new(page, NULL);
    rig_wait(&rig, RIG_RATE / 2); /* in the title */
    assert_int_equal(rig_say(&rig, "next", NULL), LIMBER_OK);
    frames on = rig_now;
    rig_wait(&rig, 5 * RIG_RATE);
    const char *said = said_since(&rig, on, false);
    assert_ptr_equal(strstr(said, "Stop if it hurts. First: side stretch."), said);
    rig_free(&rig);
}

static void resuming_is_guided(void **state)
{
    struct rig rig = rig_new(page, NULL);
    until_held(&rig, "Side stretch", SIDE_RIGHT, 10 * RIG_RATE);
    struct limber_snapshot before = {.size = sizeof before}, after = {.size = sizeof after};
    assert_int_equal(rig_say(&rig, "pause", NULL), LIMBER_OK);
    conductor_snapshot(rig.conductor, &before);
    rig_wait(&rig, 60 * RIG_RATE);
    frames asked = rig_now;
    assert_int_equal(rig_say(&rig, "play", NULL), LIMBER_OK);
    while (!rig.conductor->runs)
        rig_wait(&rig, 8);
    assert_string_equal(said_since(&rig, asked, true), "Side stretch, right side.");
    frames words = feed_words_length(
        rig.session,
        (uint32_t[]){cast_request(rig.session->cast, "Side stretch, right side.", "en", 0)}, 1);
    assert_in_range(rig_now - asked, words + 3 * RIG_RATE, words + 4 * RIG_RATE);
    conductor_snapshot(rig.conductor, &after);
    assert_in_range(after.bout_left_frames, before.bout_left_frames - 1000,
                    before.bout_left_frames);
    rig_free(&rig);

    /* Hardly begun: from the beginning. A short pause: at once. */
    rig = rig_new(page, NULL);
    until_held(&rig, "Side stretch", SIDE_RIGHT, 2 * RIG_RATE);
    rig_say(&rig, "pause", NULL);
    rig_wait(&rig, RIG_RATE);
    conductor_snapshot(rig.conductor, &before);
    rig_say(&rig, "toggle", NULL);
    assert_true(rig.conductor->runs);
    rig_say(&rig, "pause", NULL);
    rig_wait(&rig, 3 * RIG_RATE);
    rig_say(&rig, "play", NULL);
    conductor_snapshot(rig.conductor, &after);
    assert_int_equal(after.bout_left_frames, 30 * RIG_RATE);
    rig_free(&rig);
}

static void long_pauses_ask(void **state)
{
    struct rig rig = rig_new(page, NULL);
    until_held(&rig, "Child's pose", SIDE_NONE, 5 * RIG_RATE);
    rig_say(&rig, "pause", NULL);
    rig_now += (frames)31 * 60 * RIG_RATE;
    frames asked = rig_now;
    rig_say(&rig, "play", NULL);
    assert_int_equal(conductor_question(rig.conductor), ASKED_GO_ON);
    rig_wait(&rig, 6 * RIG_RATE);
    assert_string_equal(said_since(&rig, asked, true),
                        "You were at child's pose. Go on, or begin again?");
    assert_false(rig.conductor->runs);
    rig_say(&rig, "back", NULL);
    assert_true(rig.conductor->runs);
    assert_in_range(conductor_heard(rig.conductor), 0, 100);
    rig_free(&rig);
}

static void again_is_whole_and_stands_still(void **state)
{
    struct rig rig = rig_new(page, NULL);
    until_held(&rig, "Child's pose", SIDE_NONE, 5 * RIG_RATE);
    struct limber_snapshot before = {.size = sizeof before}, after = {.size = sizeof after};
    frames asked = rig_now;
    rig_say(&rig, "again", NULL);
    conductor_snapshot(rig.conductor, &before);
    while (!rig.conductor->runs)
        rig_wait(&rig, 8);
    assert_string_equal(said_since(&rig, asked, false), "Sink down.");
    conductor_snapshot(rig.conductor, &after);
    assert_in_range(after.bout_left_frames, before.bout_left_frames - 100, before.bout_left_frames);
    rig_free(&rig);
}

/* From the last move to the closing words, from these to the end. */
static void next_keeps_the_close(void **state)
{
    struct rig rig = rig_new(page, NULL);
    until_held(&rig, "Child's pose", SIDE_NONE, 5 * RIG_RATE);
    frames asked = rig_now;
    assert_int_equal(rig_say(&rig, "next", NULL), LIMBER_OK);
    rig_wait(&rig, 10 * RIG_RATE);
    assert_string_equal(said_since(&rig, asked, false), "That was Evening. Well done.");
    assert_true(conductor_finished(rig.conductor));
    rig_free(&rig);

    rig = rig_new(page, NULL);
    until_held(&rig, "Child's pose", SIDE_NONE, 5 * RIG_RATE);
    asked = rig_now;
    assert_int_equal(rig_say(&rig, "next", NULL), LIMBER_OK);
    rig_wait(&rig, RIG_RATE / 4);
    assert_int_equal(rig_say(&rig, "next", NULL), LIMBER_OK);
    rig_wait(&rig, 3 * RIG_RATE);
    assert_null(strstr(said_since(&rig, asked, false), "Well done."));
    assert_true(conductor_finished(rig.conductor));
    rig_free(&rig);
}

static enum command_effort effort_told;

static void note_effort(void *context, const struct conductor_event *event)
{
    if (event->what == HAPPENED_EFFORT)
        effort_told = event->effort;
}

static void effort_is_asked(void **state)
{
    static const char *const closing[] = {"Third day in a row.", NULL};
    const struct conductor_options options = {
        .ask_effort = true, .closing = closing, .event = note_effort};
    struct rig rig = rig_new(page, &options);
    until_held(&rig, "Child's pose", SIDE_NONE, 19 * RIG_RATE);
    frames near = rig_now;
    while (conductor_question(rig.conductor) != ASKED_EFFORT)
        rig_wait(&rig, 64);
    rig_wait(&rig, 4 * RIG_RATE);
    const char *said = said_since(&rig, near, true);
    assert_string_equal(said,
                        "Third day in a row. How was it? Press once for easy, twice for hard.");
    effort_told = EFFORT_NONE;
    assert_int_equal(rig_say(&rig, "next", NULL), LIMBER_OK);
    assert_int_equal(effort_told, EFFORT_HARD);
    rig_wait(&rig, 10 * RIG_RATE);
    assert_true(conductor_finished(rig.conductor));
    rig_free(&rig);

    /* Nobody answers. */
    rig = rig_new(page, &options);
    until_held(&rig, "Child's pose", SIDE_NONE, 19 * RIG_RATE);
    effort_told = EFFORT_NONE;
    rig_wait(&rig, 40 * RIG_RATE);
    assert_true(conductor_finished(rig.conductor));
    assert_int_equal(effort_told, EFFORT_NONE);
    rig_free(&rig);
}

/* Every command in every state is legal, and what makes no sense says so. */
static void senseless_is_no(void **state)
{
    struct rig rig = rig_new(page, NULL);
    rig_wait(&rig, RIG_RATE);
    static const char *const senseless[] = {"more",  "less",         "skip-side",
                                            "again", "voice nobody", "bananas"};
    for (size_t i = 0; i < 6; i++) {
        if (i == 4)
            while (conductor_page_speaks(rig.conductor, false))
                rig_wait(&rig, 64);
        frames before = conductor_total(rig.conductor);
        assert_int_equal(rig_say(&rig, senseless[i], NULL), LIMBER_INVALID);
        assert_string_equal(last_chime(&rig), "no");
        assert_int_equal(conductor_total(rig.conductor), before);
    }
    for (int i = 0; i < 10; i++)
        assert_int_equal(rig_say(&rig, "quieter bed", NULL), i < 8 ? LIMBER_OK : LIMBER_INVALID);
    rig_free(&rig);
}

/* `to` leads to any move by its number; the routine's caution is heard on the way. */
static void to_any_move(void **state)
{
    struct rig rig = rig_new(page, NULL);
    char answer[200];
    struct limber_snapshot now = {.size = sizeof now};
    rig_wait(&rig, RIG_RATE / 4);
    assert_int_equal(rig_say(&rig, "to 2", answer), LIMBER_OK);
    assert_string_equal(answer, "Child's pose");
    until_held(&rig, "Child's pose", SIDE_NONE, RIG_RATE);
    assert_non_null(strstr(said_since(&rig, 0, false), "Stop if it hurts."));
    assert_null(strstr(said_since(&rig, 0, false), "Lean over."));
    assert_int_equal(rig_say(&rig, "to 1", answer), LIMBER_OK);
    assert_string_equal(answer, "Side stretch");
    until_held(&rig, "Side stretch", SIDE_LEFT, RIG_RATE);
    until_held(&rig, "Side stretch", SIDE_RIGHT, RIG_RATE); /* what was left out is played now */
    /* From a pause it goes on there. */
    assert_int_equal(rig_say(&rig, "pause", NULL), LIMBER_OK);
    assert_int_equal(rig_say(&rig, "to 2", NULL), LIMBER_OK);
    conductor_snapshot(rig.conductor, &now);
    assert_int_equal(now.transport, LIMBER_PLAYING);
    assert_string_equal(now.move, "Child's pose");
    assert_int_equal(rig_say(&rig, "to 3", answer), LIMBER_INVALID);
    assert_string_equal(answer, "the last move is 2");
    assert_string_equal(last_chime(&rig), "no");
    rig_free(&rig);
}

static void levels_are_absolute(void **state)
{
    struct rig rig = rig_new(page, NULL);
    char answer[200];
    rig_wait(&rig, RIG_RATE);
    assert_int_equal(rig_say(&rig, "level speech -6", answer), LIMBER_OK);
    assert_string_equal(answer, "speech: -6 dB");
    assert_string_equal(last_chime(&rig), "quieter");
    assert_int_equal(rig_say(&rig, "level speech 5", answer), LIMBER_OK);
    assert_string_equal(last_chime(&rig), "louder");
    assert_int_equal(rig_say(&rig, "louder speech", answer), LIMBER_OK);
    assert_string_equal(answer, "speech: +6 dB");
    assert_int_equal(rig_say(&rig, "louder speech", answer), LIMBER_INVALID);
    assert_int_equal(rig_say(&rig, "louder", answer), LIMBER_OK);
    assert_string_equal(answer, "all: +3 dB");
    rig_free(&rig);
}

/* What only a box can do is refused, and is no answer to anything. */
static void not_a_box(void **state)
{
    const struct conductor_options options = {.ask_effort = true};
    struct rig rig = rig_new(page, &options);
    char answer[200];
    rig_wait(&rig, RIG_RATE);
    assert_int_equal(rig_say(&rig, "play other", answer), LIMBER_INVALID);
    assert_string_equal(answer, "a session is playing; \"stop\" ends it");
    assert_int_equal(rig_say(&rig, "today", answer), LIMBER_INVALID);
    assert_int_equal(rig_say(&rig, "reload", answer), LIMBER_INVALID);
    assert_string_equal(answer, "only a box (limber serve) can do that");
    while (conductor_question(rig.conductor) != ASKED_EFFORT)
        rig_wait(&rig, RIG_RATE);
    assert_int_equal(rig_say(&rig, "play other", answer), LIMBER_INVALID);
    assert_int_equal(conductor_question(rig.conductor), ASKED_EFFORT);
    rig_free(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_is_true_when_heard),
        cmocka_unit_test(last_words_are_those_heard),
        cmocka_unit_test(more_and_less_keep_sides_equal),
        cmocka_unit_test(cautions_are_not_cut),
        cmocka_unit_test(next_keeps_cautions_of_the_routine),
        cmocka_unit_test(next_keeps_the_close),
        cmocka_unit_test(resuming_is_guided),
        cmocka_unit_test(long_pauses_ask),
        cmocka_unit_test(again_is_whole_and_stands_still),
        cmocka_unit_test(effort_is_asked),
        cmocka_unit_test(senseless_is_no),
        cmocka_unit_test(to_any_move),
        cmocka_unit_test(levels_are_absolute),
        cmocka_unit_test(not_a_box),
    };
    return cmocka_run_group_tests(tests, write_page, remove_page);
}

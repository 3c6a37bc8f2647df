/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole session by one button, as a person on the floor has it: the real player with its voices,
 * sounds, controls and history, on a clock of its own (steps.h). What came out of the device is
 * searched for every sentence and every sound by their samples; what was said, when, on which side
 * and for how long must be what the person was promised. Then all of it once more: the same
 * samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/file.h"
#include "hearing.h"
#include "history/history.h"
#include "player/player.h"
#include "session/conductor_inside.h"
#include "session/controls.h"
#include "session/parts.h"

static const char page[] = "---\nvoice: calm\n---\n"
                           "# Evening\n\n"
                           "`caution` Stop if anything hurts.\n\n"
                           "## Side stretch `each side`\n\n"
                           "Lean over to the {side}, slowly. `hold 20s`\n\n"
                           "## Settle\n\n"
                           "Lie down on your back. `ready`\n\n"
                           "## Child's pose\n\n"
                           "Sink down and rest. `hold 15s`\n\n"
                           "## Breathing\n\n"
                           "Let the breath come. `for 12s`\n";

/* --- the player --- */

struct run {
    char folder[64];
    struct loop *loop;
    struct registry *registry;
    struct diags *diags;
    struct player *player;
    struct controls *controls;
    const struct limber_host_button *buttons;
    uint32_t button;
};

static enum limber_status run_command(void *context, const char *line, char *answer, size_t size)
{
    struct run *run = context;
    enum limber_status status = player_command(run->player, line, answer, size);
    if (getenv("VERBOSE"))
        print_message("%8.3f %s → %s\n", (double)steps_device.taken / S, line, answer);
    return status;
}

static void snapshot(void *context, struct limber_snapshot *now)
{
    player_snapshot(((struct run *)context)->player, now);
}

static void facts(void *context, struct button_facts *to)
{
    static const enum button_question questions[] = {[ASKED_NOTHING] = BUTTON_NOT_ASKED,
                                                     [ASKED_READY] = BUTTON_READY,
                                                     [ASKED_GO_ON] = BUTTON_GO_ON,
                                                     [ASKED_EFFORT] = BUTTON_EFFORT};
    struct run *run = context;
    struct limber_snapshot now = {.size = sizeof now};
    player_snapshot(run->player, &now);
    *to = controls_facts(&now);
    if (player_state(run->player) == PLAYER_PLAYING)
        to->question = questions[conductor_question(player_conductor(run->player))];
}

/* The evening of 5 March 2026. */
static int64_t time_of_day(void *context)
{
    return INT64_C(1772737200000) + steps_device.taken * 1000 / S;
}

static void changed(void *context)
{
    struct run *run = context;
    if (run->controls)
        controls_changed(run->controls);
}

/* Samples are to come: of the session, or of an answer. */
static bool plays(void *context)
{
    const struct conductor *conductor = player_conductor(((struct run *)context)->player);
    return conductor && (conductor->runs || conductor->speaking);
}

static void write_page(struct run *run)
{
    char path[100];
    strcpy(run->folder, "/tmp/limber-button-XXXXXX");
    assert_non_null(mkdtemp(run->folder));
    setenv("HOME", run->folder, 1);
    snprintf(path, sizeof path, "%s/evening.md", run->folder);
    assert_int_equal(file_write(path, page, strlen(page)), LIMBER_OK);
}

static struct run *begin(void)
{
    static const struct limber_plugin_entry *builtin[64];
    struct run *run = xcalloc(1, sizeof *run);
    char *error = NULL, path[100];
    size_t count = 0;
    write_page(run);
    while (limber_builtin_plugins[count])
        builtin[count] = limber_builtin_plugins[count], count++;
    builtin[count] = &steps_entry;
    run->loop = loop_new();
    run->diags = diags_new();
    run->registry = registry_new(&(struct registry_options){.builtin = builtin, .no_probe = true});
    const struct player_settings settings = {.loop = run->loop,
                                             .registry = run->registry,
                                             .output = "out-steps",
                                             .history = true,
                                             .journal = true,
                                             .ask_effort = true,
                                             .state_folder = run->folder,
                                             .now_ms = time_of_day,
                                             .changed = changed,
                                             .context = run};
    run->player = player_new(&settings);
    snprintf(path, sizeof path, "%s/evening.md", run->folder);
    const struct player_request request = {.options = {.page = path,
                                                       .level = LEVEL_NORMAL,
                                                       .detail = DETAIL_NORMAL,
                                                       .announce = -1,
                                                       .count = -1},
                                           .name = "evening"};
    assert_int_equal(player_open(run->player, &request, run->diags, &error), LIMBER_OK);
    const struct controls_options options = {.loop = run->loop,
                                             .registry = run->registry,
                                             .run = run_command,
                                             .snapshot = snapshot,
                                             .facts = facts,
                                             .context = run};
    run->controls = controls_new(&options);
    run->buttons = controls_buttons(run->controls);
    run->button = run->buttons->add(run->buttons->context, "the button", NULL);
    assert_true(run->button > 0);
    /* All words at once; then time stands still. */
    cast_wait(session_cast(player_session(run->player)), UINT32_MAX);
    free(steps_device.heard);
    memset(&steps_device, 0, sizeof steps_device);
    steps_device.plays = plays;
    steps_device.context = run;
    steps_begin();
    assert_int_equal(player_play(run->player, false, &error), LIMBER_OK);
    for (int i = 0; i < STEPS_LATE_MS && !atomic_load(&steps_device.running); i++)
        steps_real_ms(1);
    assert_true(atomic_load(&steps_device.running));
    steps_real_ms(50); /* who opened it has said so */
    return run;
}

static void end(struct run *run)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", run->folder);
    steps_clock.now_ns = 0; /* the machine's time again */
    controls_destroy(run->controls);
    player_destroy(run->player);
    registry_destroy(run->registry);
    loop_destroy(run->loop);
    diags_destroy(run->diags);
    assert_int_equal(system(command), 0);
    free(run);
}

/* --- time goes by --- */

/* A round of the loop, with every word that was asked for by now. */
static void step(struct run *run)
{
    struct session *session = player_session(run->player);
    if (session && player_state(run->player) == PLAYER_PLAYING) {
        steps_clock.real = true;
        cast_wait(session_cast(session), UINT32_MAX);
        steps_clock.real = false;
    }
    loop_step(run->loop, 5);
}

static void wait_for(struct run *run, frames count)
{
    for (frames until = steps_device.taken + count; steps_device.taken < until;)
        step(run);
}

/* Until the bout of a move and side has been held so long. */
static void until_held(struct run *run, const char *move, const char *side, const char *bout,
                       frames held)
{
    frames longest = 0;
    for (int i = 0; i < 60000; i++) {
        struct limber_snapshot now = {.size = sizeof now};
        player_snapshot(run->player, &now);
        bool there = now.move && strcmp(now.move, move) == 0 && strcmp(now.bout, bout) == 0 &&
                     (!side || strcmp(now.side, side) == 0);
        if (there && now.bout_left_frames > longest)
            longest = now.bout_left_frames;
        if (there && longest - now.bout_left_frames >= held)
            return;
        step(run);
    }
    fail_msg("%s was never held", move);
}

static void until_left(struct run *run, frames left)
{
    struct limber_snapshot now = {.size = sizeof now};
    for (int i = 0; i < 60000; i++) {
        player_snapshot(run->player, &now);
        if (now.bout_left_frames > 0 && now.bout_left_frames <= left)
            return;
        step(run);
    }
    fail_msg("never so little left");
}

static void until_asked(struct run *run, enum conductor_question question)
{
    for (int i = 0; i < 60000; i++) {
        if (conductor_question(player_conductor(run->player)) == question)
            return;
        step(run);
    }
    fail_msg("never asked");
}

/* Down, and up again; returns when it went down, in frames of the device. */
static frames press(struct run *run, int held_ms)
{
    frames at = steps_device.taken;
    run->buttons->press(run->buttons->context, run->button, true, steps_clock.now_ns);
    wait_for(run, (frames)held_ms * S / 1000);
    run->buttons->press(run->buttons->context, run->button, false, steps_clock.now_ns);
    return at;
}

static frames press_times(struct run *run, int times)
{
    frames at = press(run, 80);
    for (int i = 1; i < times; i++) {
        wait_for(run, S * 15 / 100);
        press(run, 80);
    }
    return at;
}

/* --- what was heard --- */

static void find_words(struct run *run, const char *text)
{
    struct session *session = player_session(run->player);
    for (size_t i = 0; i < heard.count; i++)
        if (strcmp(heard.items[i].what, text) == 0)
            return;
    steps_clock.real = true;
    uint32_t id = cast_request(session_cast(session), text, "en", 0);
    cast_wait(session_cast(session), id);
    steps_clock.real = false;
    find(cast_clip(session_cast(session), id), text);
}

static void listen_for_answers(struct run *run);

/* Everything of the plan, answers, and sounds. */
static void listen(struct run *run)
{
    static const char *const sounds[] = {"start", "tick", "paused", "no", "heard"};
    struct session *session = player_session(run->player);
    const struct plan *plan = session_plan(session);
    heard.count = 0;
    for (size_t i = 0; i < plan->cue_count; i++)
        if (plan->cues[i].kind == CUE_SPEECH)
            find_words(run, plan->cues[i].text);
    listen_for_answers(run);
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++)
        find(theme_sound(session->theme, sounds[i], 0), sounds[i]);
    leave_out_likenesses();
    qsort(heard.items, heard.count, sizeof *heard.items, by_time);
    for (size_t i = 0; getenv("VERBOSE") && i < heard.count; i++)
        print_message("%8.3f %s%s\n", (double)heard.items[i].at / S, heard.items[i].what,
                      heard.items[i].parts == PARTS ? "" : " (in part)");
}

/* --- the session --- */

struct presses {
    frames first, first_on;   /* in the middle of a sentence */
    frames second, second_on; /* in a hold */
    frames where, more, ready, back, next, easy;
};

static void until_said(struct run *run, const char *words)
{
    struct limber_snapshot now = {.size = sizeof now};
    for (int i = 0; i < 60000; i++) {
        player_snapshot(run->player, &now);
        if (now.text && strcmp(now.text, words) == 0)
            return;
        step(run);
    }
    fail_msg("\"%s\" was never said", words);
}

static struct presses play(struct run *run)
{
    struct presses at;
    until_said(run, "Lean over to the left, slowly.");
    wait_for(run, S * 8 / 10);
    at.first = press(run, 80);
    wait_for(run, 4 * S);
    at.first_on = press(run, 80);

    until_held(run, "Side stretch", "left", "hold", 6 * S);
    at.second = press(run, 80);
    wait_for(run, 10 * S);
    at.second_on = press(run, 80);
    wait_for(run, 7 * S);
    at.where = press(run, 800);
    until_left(run, 2 * S);
    at.more = press(run, 80);

    /* The second side by itself; then it waits. */
    until_asked(run, ASKED_READY);
    wait_for(run, 4 * S);
    at.ready = press(run, 80);

    until_held(run, "Child's pose", NULL, "hold", 8 * S);
    at.back = press_times(run, 3);
    wait_for(run, S);
    until_held(run, "Child's pose", NULL, "hold", 4 * S);
    at.next = press_times(run, 2);

    until_asked(run, ASKED_EFFORT);
    wait_for(run, 7 * S);
    at.easy = press(run, 80);
    for (int i = 0; i < 60000 && player_state(run->player) == PLAYER_PLAYING; i++)
        step(run);
    assert_int_equal(player_state(run->player), PLAYER_OVER);
    assert_int_equal(player_end(run->player), PLAYER_FINISHED);
    return at;
}

/* What may be said that is not in the plan. */
static void listen_for_answers(struct run *run)
{
    static const char *const words[] = {"Side stretch, left side.",
                                        "Side stretch, left side,",
                                        "Then the right side.",
                                        "Ten seconds more.",
                                        "Easy. Good.",
                                        "How was it? Press once for easy, twice for hard."};
    struct arena *arena = player_conductor(run->player)->options.session->arena;
    const struct phrases *phrases = player_conductor(run->player)->phrases;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        find_words(run, words[i]);
    for (int64_t s = 2; s <= 19; s++)
        find_words(run, phrases_left(phrases, arena, s * NSEC_PER_SEC, false));
}

/* --- what a person was promised --- */

#define MS(count)    ((frames)(count)*S / 1000)
#define AT_ONCE      MS(150) /* from a command to what is heard of it */
#define BUTTON_WAITS MS(350) /* for a second press */

static const char *const said[] = {
    "Evening, two minutes.",
    "Stop if anything hurts.",
    "First: side stretch.",
    "Lean over to the left, slowly.", /* paused */
    "Side stretch, left side.",
    "Lean over to the left, slowly.",
    "Side stretch, left side.", /* paused in the hold */
    "Side stretch, left side,", /* where */
    " left.",
    "Then the right side.",
    "Ten seconds more.",
    "Switch sides.",
    "Lean over to the right, slowly.",
    "Halfway.",
    "Next: settle.",
    "Lie down on your back.",
    "Tell me when you are ready.",
    "Next: child's pose.",
    "Sink down and rest.",
    "Next: child's pose.", /* back */
    "Sink down and rest.",
    "Next: breathing.", /* next */
    "Let the breath come.",
    "That was Evening.",
    "Well done.",
    "How was it? Press once for easy, twice for hard.",
    "Easy. Good.",
};

static bool is_sound(const struct heard *entry)
{
    return strchr(entry->what, ' ') == NULL && strcmp(entry->what, "Halfway.") != 0;
}

/* Everything was said in its order, and never two sentences at once. */
static void check_words(void)
{
    size_t next = 0;
    const struct heard *before = NULL;
    for (size_t i = 0; i < heard.count; i++) {
        const struct heard *entry = &heard.items[i];
        if (is_sound(entry))
            continue;
        if (next >= sizeof said / sizeof *said || !strstr(entry->what, said[next]))
            fail_msg("%.3f s: \"%s\" instead of \"%s\"", (double)entry->at / S, entry->what,
                     next < sizeof said / sizeof *said ? said[next] : "nothing");
        bool cut = before && next == 4; /* by the pause */
        if (before && !cut && entry->at < before->at + before->length - MS(5))
            fail_msg("\"%s\" begins before \"%s\" is over", entry->what, before->what);
        before = entry;
        next++;
    }
    assert_int_equal(next, sizeof said / sizeof *said);
    assert_int_equal(heard.items[entry_of("Stop if anything hurts.", 0)].parts, PARTS);
}

static void check_soon(frames what, frames after)
{
    if (what < after || what > after + AT_ONCE)
        fail_msg("heard %.0f ms after it was asked for", (double)(what - after) * 1000 / S);
}

/* Where one is, three ticks a second apart; returns when it goes on. */
static frames check_going_on(frames press)
{
    frames words = when("Side stretch, left side.", press);
    frames tick = when("tick", words);
    check_soon(words, press + MS(80)); /* it goes on when the button is let go */
    assert_int_equal(when("tick", tick + 1), tick + S);
    assert_int_equal(when("tick", tick + S + 1), tick + 2 * S);
    return tick + 3 * S;
}

/* The moment after the last tick of a hold that began at `start`: its end, with its tone. */
static frames end_of(struct run *run, frames start, frames from)
{
    frames tick = when("tick", from);
    for (int i = 0; i < 2; i++)
        tick = when("tick", tick + 1);
    assert_true(tick > start);
    assert_true(is_mixed_in(theme_sound(player_session(run->player)->theme, "end", 0), tick + S));
    return tick + S;
}

static void check_pauses(const struct presses *at)
{
    /* In the middle of a sentence: silence within 80 ms, and the sentence again, whole. */
    assert_true(is_silent(at->first + MS(80), at->first_on + MS(80)));
    frames on = check_going_on(at->first_on);
    frames again = when("Lean over to the left, slowly.", at->first_on);
    assert_in_range(again, on, on + MS(50));
    assert_int_equal(heard.items[entry_of("Lean over to the left, slowly.", again)].parts, PARTS);
    /* In a silent stretch: a sound. */
    check_soon(when("paused", at->second), at->second);
    assert_true(is_silent(at->second + S, at->second_on + MS(80)));
}

/* The first side was held as long as the second, with the ten seconds more of both. */
static void check_holds(struct run *run, const struct presses *at)
{
    frames left = when("start", 0), on = check_going_on(at->second_on);
    frames left_end = end_of(run, left, at->more);
    frames stood = MS(600) + MS(80) + BUTTON_WAITS; /* while the button was being pressed */
    frames held = at->second - left + left_end - on - stood;
    if (llabs(held - 30 * S) > MS(60))
        fail_msg("the left side was held %.3f s", (double)held / S);
    frames right = when("start", left_end);
    frames right_end = end_of(run, right, right);
    assert_int_equal(right_end - right, 30 * S);
    const struct clip *halfway = theme_sound(player_session(run->player)->theme, "halfway", 0);
    assert_true(is_mixed_in(halfway, right + 15 * S));

    /* "Ten seconds left", at the moment when these words begin. */
    check_soon(when("Side stretch, left side,", at->where), at->where + MS(600));
    size_t answer = 0;
    while (!strstr(heard.items[answer].what, "seconds left."))
        answer++;
    frames then = left_end - heard.items[answer].at - 10 * S - MS(80) - BUTTON_WAITS;
    struct arena *arena = arena_new();
    const char *words = phrases_left(player_conductor(run->player)->phrases, arena,
                                     (then + MS(30)) / S * NSEC_PER_SEC, false);
    assert_string_equal(heard.items[answer].what, words);
    arena_destroy(arena);
    check_soon(when("Ten seconds more.", at->more), at->more + MS(80) + BUTTON_WAITS);
}

static void check_moves(struct run *run, const struct presses *at)
{
    frames pressed = MS(80) + BUTTON_WAITS; /* from going down to being understood */
    const struct heard *wait = &heard.items[entry_of("Tell me when you are ready.", 0)];
    assert_true(is_silent(wait->at + wait->length + MS(20), at->ready + pressed));
    check_soon(when("Next: child's pose.", at->ready), at->ready + pressed);
    /* Back: from the hold's middle to the move's beginning; on: never to its end. */
    frames three = 2 * (MS(80) + MS(150)) + pressed, two = MS(80) + MS(150) + pressed;
    frames again = when("Next: child's pose.", at->back);
    assert_in_range(again, at->back + three - MS(30), at->back + three + AT_ONCE);
    frames next = when("Next: breathing.", at->next);
    assert_in_range(next, at->next + two - MS(30), at->next + two + AT_ONCE);
    assert_true(is_silent(at->next + S / 2, next));
    /* The last one by itself: twelve seconds, to the frame. */
    frames last = when("start", next);
    assert_int_equal(end_of(run, last, last) - last, 12 * S);
    check_soon(when("Easy. Good.", at->easy), at->easy + pressed);
    for (size_t i = 0; i < heard.count; i++)
        assert_string_not_equal(heard.items[i].what, "no");
}

/* And so it was kept. */
static void check_history(struct run *run)
{
    char path[100];
    struct arena *arena = arena_new();
    struct history_session *sessions;
    struct history_move *moves;
    const struct history_filter all = {0};
    snprintf(path, sizeof path, "%s/history.db", run->folder);
    struct history *history = history_open_to_read(path, calendar_now());
    assert_int_equal(history_sessions(history, &all, arena, &sessions), 1);
    assert_string_equal(sessions[0].routine, "evening");
    assert_int_equal(sessions[0].outcome, HISTORY_FINISHED);
    assert_int_equal(sessions[0].effort, HISTORY_EASY);
    size_t count = history_moves(history, sessions[0].id, arena, &moves), skipped = 0;
    nsec added[2] = {0};
    for (size_t i = 0; i < count; i++) {
        if (getenv("VERBOSE"))
            print_message("%s %s %.1f s%s\n", moves[i].name, moves[i].side ? moves[i].side : "-",
                          (double)moves[i].done_ns / NSEC_PER_SEC,
                          moves[i].skipped ? ", skipped" : "");
        skipped += moves[i].skipped;
        if (moves[i].side)
            added[strcmp(moves[i].side, "right") == 0] += moves[i].added_ns;
    }
    assert_true(count >= 4 && skipped >= 1);
    assert_int_equal(added[0], 10 * NSEC_PER_SEC);
    history_close(history);
    arena_destroy(arena);
}

static void by_one_button(void **state)
{
    struct run *run = begin();
    struct presses at = play(run);
    listen(run);
    check_words();
    check_pauses(&at);
    check_holds(run, &at);
    check_moves(run, &at);
    player_close(run->player);
    check_history(run);
    end(run);
}

/* The same presses at the same moments of the session: the same session, to a buffer of the device
 * (which of two threads is first in it is not decided by the clock). */
static void the_same_again(void **state)
{
    VEC(struct heard) before = {0};
    for (size_t i = 0; i < heard.count; i++)
        *vec_push(&before) = heard.items[i];
    struct run *run = begin();
    play(run);
    listen(run);
    assert_int_equal(heard.count, before.count);
    for (size_t i = 0; i < heard.count; i++) {
        assert_int_equal(heard.items[i].length, before.items[i].length);
        assert_true(llabs(heard.items[i].at - before.items[i].at) <= 3 * STEPS_BUFFER);
    }
    vec_free(&before);
    vec_free(&heard);
    end(run);
}

int main(void)
{
    setenv("LIMBER_DATA_DIR", SOURCE_DIR, 0);
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_one_button),
                                       cmocka_unit_test(the_same_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan for the week, and what is due of it on days of an invented calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "coach/coach.h"
#include "coach/today.h"
#include "history_rig.h"

#define MONDAY ((calendar_day)20514) /* 2026-03-02 */

static const struct today_plan *read_text(struct fixture *f, struct diags *diags, const char *text)
{
    const char *path = arena_printf(f->arena, "%s/today.yaml", f->folder);
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    fputs(text, to);
    fclose(to);
    return today_read(path, f->arena, diags);
}

static const struct today_plan *read_good(struct fixture *f, const char *text)
{
    struct diags *diags = diags_new();
    const struct today_plan *plan = read_text(f, diags, text);
    diags_print(diags, stderr, false);
    assert_non_null(plan);
    assert_int_equal(diags_kept(diags), 0);
    diags_destroy(diags);
    return plan;
}

static void reads_a_plan(void **state)
{
    const struct today_plan *plan = read_good(*state, "days: weekdays\n"
                                                      "minutes: 10\n"
                                                      "most: 2\n"
                                                      "routines:\n"
                                                      "  - neck\n"
                                                      "  - routine: back\n"
                                                      "    days: [Mon, thursday]\n"
                                                      "    minutes: 7.5\n"
                                                      "  - {routine: hips, days: 3 a week}\n"
                                                      "  - {routine: legs, days: every 2 days}\n"
                                                      "  - {routine: rest, days: weekend}\n");
    assert_int_equal(plan->count, 5);
    assert_int_equal(plan->most, 2);
    assert_string_equal(plan->entries[0].routine, "neck");
    assert_int_equal(plan->entries[0].weekdays, 0x1f);
    assert_true(plan->entries[0].length_ns == 600 * NSEC_PER_SEC);
    assert_int_equal(plan->entries[1].weekdays, 0x09);
    assert_true(plan->entries[1].length_ns == 450 * NSEC_PER_SEC);
    assert_int_equal(plan->entries[2].rhythm, TODAY_A_WEEK);
    assert_int_equal(plan->entries[2].number, 3);
    assert_int_equal(plan->entries[3].rhythm, TODAY_EVERY);
    assert_int_equal(plan->entries[4].weekdays, 0x60);
    plan = read_good(*state, "routines: [neck]\n");
    assert_int_equal(plan->entries[0].weekdays, 0x7f);
    assert_true(plan->entries[0].length_ns == 0);
    assert_int_equal(plan->most, 0);
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "the setting `routines` is missing"},
        {"routines: []\n", "`routines` must be a list of routines"},
        {"routines: neck\n", "`routines` must be a list of routines"},
        {"routine: [neck]\n", "a plan for today has no setting `routine`"},
        {"routines:\n  - days: weekdays\n", "the setting `routine` is missing"},
        {"routines:\n  - {routine: a, minute: 3}\n", "has no setting `minute`"},
        {"routines:\n  - {routine: a, minutes: 0}\n", "`minutes` must be a number, 1 to 240"},
        {"routines:\n  - {routine: a, minutes: nan}\n", "`minutes` must be a number, 1 to 240"},
        {"routines: [a]\ndays: sometimes\n", "“sometimes” says no days"},
        {"routines: [a]\ndays: [Monday, Noday]\n", "“Noday” says no days"},
        {"routines: [a]\ndays: every 0 days\n", "“every 0 days” says no days"},
        {"routines: [a]\ndays: 8 a week\n", "“8 a week” says no days"},
        {"routines: [a]\ndays: []\n", "`days` needs days"},
        {"routines: [a]\nmost: 1.5\n", "`most` must be a whole number"},
        {"routines: [a, b, a]\n", "`a` is in the plan twice"},
        {"routines: [[a]]\n", "a routine of the plan is a list of settings"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diags *diags = diags_new();
        const char *message = "nothing";
        assert_null(read_text(*state, diags, cases[i].text));
        assert_true(diags_get(diags, 0, NULL, NULL, &message, NULL));
        if (!strstr(message, cases[i].message))
            fail_msg("“%s”: %s", cases[i].text, message);
        diags_destroy(diags);
    }
    struct diags *diags = diags_new();
    assert_non_null(read_text(*state, diags, "routines: [a, b, c, d]\n"));
    assert_int_equal(diags_count(diags, SEVERITY_WARNING), 1);
    diags_destroy(diags);
}

/* The state on each of 14 days from MONDAY, doing what is due: '*' due, '.' not. */
static void expect_days(struct fixture *f, const char *days, const char *expected)
{
    const struct today_plan *plan =
        read_good(f, arena_printf(f->arena, "routines: [{routine: a, days: %s}]\n", days));
    calendar_day done[14];
    struct today_facts facts = {.days = done};
    char found[15] = "";
    for (int i = 0; i < 14; i++) {
        const struct today_due *due = today_due(plan, &facts, MONDAY + i, f->arena);
        found[i] = due[0].state == TODAY_DUE ? '*' : '.';
        if (due[0].state != TODAY_DUE)
            continue;
        done[facts.count++] = MONDAY + i;
        due = today_due(plan, &facts, MONDAY + i, f->arena);
        assert_int_equal(due[0].state, TODAY_DONE);
        assert_string_equal(due[0].why, "done today");
    }
    assert_string_equal(found, expected);
}

static void rhythms(void **state)
{
    expect_days(*state, "every day", "**************");
    expect_days(*state, "weekend", ".....**.....**");
    expect_days(*state, "[Mon, Thu]", "*..*...*..*...");
    expect_days(*state, "every 3 days", "*..*..*..*..*.");
    expect_days(*state, "1 a week", "*......*......");
    expect_days(*state, "2 a week", "*..*...*..*...");
    expect_days(*state, "3 a week", "*.*.*..*.*.*..");
    expect_days(*state, "7 a week", "**************");
}

static void reasons(void **state)
{
    struct fixture *f = *state;
    const struct today_plan *plan = read_good(f, "routines:\n"
                                                 "  - {routine: a, days: [Mon, Thu]}\n"
                                                 "  - {routine: b, days: 3 a week}\n"
                                                 "  - {routine: c, days: every 2 days}\n"
                                                 "  - {routine: d}\n");
    const calendar_day b[] = {MONDAY - 1, MONDAY, MONDAY, MONDAY + 9};
    const struct today_facts facts[4] = {[1] = {b, 4}};
    const struct today_due *due = today_due(plan, facts, MONDAY + 1, f->arena);
    assert_string_equal(due[0].entry->routine, "c"); /* never done, in the file's order */
    assert_string_equal(due[0].why, "every 2 days, not done yet");
    assert_string_equal(due[1].why, "every day");
    assert_string_equal(due[2].why, "its next day is Thursday");
    assert_string_equal(due[3].why, "1 of 3 this week, last done yesterday");
    assert_int_equal(due[3].state, TODAY_NOT_DUE);
    due = today_due(plan, facts, MONDAY + 5, f->arena); /* two days for two */
    assert_string_equal(due[2].entry->routine, "b");
    assert_int_equal(due[2].state, TODAY_DUE);
    const calendar_day late[] = {MONDAY + 4};
    const struct today_facts begun_late[4] = {[1] = {late, 1}};
    due =
        today_due(plan, begun_late, MONDAY + 5, f->arena); /* a day after the last, all the same */
    assert_string_equal(due[2].entry->routine, "b");
    assert_int_equal(due[2].state, TODAY_DUE);
    due = today_due(plan, facts, MONDAY + 3, f->arena);
    assert_string_equal(due[0].why, "Thursday is one of its days");
}

/* With `most`, never more than that a day, and nothing is left behind: what is put off comes
 * first. */
static void most_takes_turns(void **state)
{
    struct fixture *f = *state;
    const struct today_plan *plan = read_good(f, "most: 2\nroutines: [a, b, c, d, e]\n");
    calendar_day done[5][40];
    struct today_facts facts[5];
    for (int i = 0; i < 5; i++)
        facts[i] = (struct today_facts){done[i], 0};
    for (int day = 0; day < 40; day++) {
        const struct today_due *due = today_due(plan, facts, MONDAY + day, f->arena);
        for (int i = 0; i < 5; i++)
            assert_int_equal(due[i].state, i < 2 ? TODAY_DUE : TODAY_PUT_OFF);
        assert_string_equal(due[2].why, "every day, but 2 a day are enough");
        for (int i = 0; i < 2; i++) {
            size_t entry = (size_t)(due[i].entry - plan->entries);
            done[entry][facts[entry].count++] = MONDAY + day;
        }
        due = today_due(plan, facts, MONDAY + day, f->arena);
        assert_int_equal(due[0].state, TODAY_PUT_OFF);
        for (int i = 0; i < 5 && day >= 2; i++)
            assert_true(done[i][facts[i].count - 1] > MONDAY + day - 3);
    }
}

/* Any N a week is kept by someone who plays when it is due, wherever they begin. */
static void a_week_is_kept(void **state)
{
    struct fixture *f = *state;
    for (int number = 1; number <= 7; number++) {
        const struct today_plan *plan = read_good(
            f, arena_printf(f->arena, "routines: [{routine: a, days: %d a week}]\n", number));
        for (int start = 0; start < 7; start++) {
            calendar_day done[64];
            struct today_facts facts = {done, 0};
            int weeks[5] = {0};
            for (int day = start; day < 35; day++) {
                const struct today_due *due = today_due(plan, &facts, MONDAY + day, f->arena);
                if (due[0].state != TODAY_DUE)
                    continue;
                done[facts.count++] = MONDAY + day;
                weeks[day / 7]++;
            }
            for (int week = 1; week < 5; week++)
                assert_int_equal(weeks[week], number);
        }
    }
}

/* --- with a real history --- */

static void play(struct history *history, const char *when, const char *side,
                 enum history_effort effort)
{
    struct history_session session = {.started = at(when),
                                      .ended = at(when),
                                      .routine = "a",
                                      .first_side = side,
                                      .planned_ns = SECONDS(300)};
    struct history_progress progress = {at(when), SECONDS(300), 0};
    const struct history_move move = {.name = "Cat",
                                      .page = "cat",
                                      .started_ns = 0,
                                      .planned_ns = SECONDS(30),
                                      .done_ns = SECONDS(30),
                                      .fraction = 0.25};
    history_begin(history, &session);
    history_add_choice(history, "Choose", "Cat");
    history_add_move(history, &move, &progress);
    history_end(history, HISTORY_FINISHED, &progress);
    history_answer(history, effort);
}

static void asks_the_history(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    play(history, "2026-03-02T10:00:00+01:00", "right", HISTORY_EASY);
    play(history, "2026-03-04T10:00:00+01:00", NULL, HISTORY_HARD);
    struct coach_facts facts = coach_gather(history, "a", MONDAY + 3, f->arena);
    assert_int_equal(facts.practice_count, 1);
    assert_int_equal(facts.practices[0].sessions, 2);
    assert_int_equal(facts.answer_count, 2);
    assert_int_equal(facts.answers[0].effort, HISTORY_HARD);
    assert_int_equal(facts.last_side, SIDE_RIGHT);
    assert_int_equal(facts.choice_count, 1);
    assert_int_equal(facts.choices[0].last, MONDAY + 2);
    const struct today_plan *plan = read_good(f, "routines: [b, a]\n");
    const struct today_facts *days = today_gather(plan, history, MONDAY + 2, f->arena);
    const struct today_due *due = today_due(plan, days, MONDAY + 2, f->arena);
    assert_string_equal(due[0].entry->routine, "b");
    assert_int_equal(due[1].state, TODAY_DONE);
    history_close(history);
    facts = coach_gather(NULL, "a", MONDAY, f->arena);
    assert_int_equal(facts.practice_count + facts.answer_count + facts.choice_count, 0);
    days = today_gather(plan, NULL, MONDAY, f->arena);
    assert_int_equal(today_due(plan, days, MONDAY, f->arena)[0].state, TODAY_DUE);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(reads_a_plan),     IN_A_FOLDER(says_what_is_wrong), IN_A_FOLDER(rhythms),
        IN_A_FOLDER(reasons),          IN_A_FOLDER(most_takes_turns),   IN_A_FOLDER(a_week_is_kept),
        IN_A_FOLDER(asks_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

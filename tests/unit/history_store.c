/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history as it is written and asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "history_rig.h"

static const struct history_filter everything = {0};

static void test_a_session_comes_back(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    struct history_session session = session_at("upper-back", "2026-03-05T18:02:11+01:00"), *found;
    struct history_move *moves;
    session.first_side = "right";
    session.seed = UINT64_MAX;
    history_begin(history, &session);
    struct history_move left = move_of("side-stretch", "left", 2);
    left.added_ns = -SECONDS(5);
    left.skipped = true;
    left.fraction = NAN;
    struct history_progress progress = progress_after(session.started, 100);
    progress.paused_ns = SECONDS(20);
    history_add_move(history, &left, &progress);
    history_end(history, HISTORY_STOPPED, &progress);
    history_answer(history, HISTORY_HARD);
    history_close(history);

    history = open_there(f);
    assert_null(history_problem(history));
    assert_int_equal(history_sessions(history, &everything, f->arena, &found), 1);
    assert_string_equal(found->routine, "upper-back");
    assert_string_equal(found->title, "A title");
    assert_string_equal(found->first_side, "right");
    assert_string_equal(found->level, "normal");
    assert_true(found->seed == UINT64_MAX);
    assert_int_equal(found->started.unix_s, session.started.unix_s);
    assert_int_equal(found->started.offset_s, 3600);
    assert_int_equal(found->ended.unix_s, session.started.unix_s + 100);
    assert_true(found->done_ns == SECONDS(100) && found->paused_ns == SECONDS(20) &&
                found->planned_ns == SECONDS(600));
    assert_int_equal(found->outcome, HISTORY_STOPPED);
    assert_int_equal(found->effort, HISTORY_HARD);
    assert_int_equal(history_moves(history, found->id, f->arena, &moves), 1);
    assert_string_equal(moves->page, "side-stretch");
    assert_string_equal(moves->side, "left");
    assert_int_equal(moves->round, 2);
    assert_true(moves->added_ns == -SECONDS(5) && moves->skipped && isnan(moves->fraction));
    history_close(history);
}

static void test_null_is_legal(void **state)
{
    struct fixture *f = *state;
    const struct history_session session = session_at("x", "2026-03-05T18:00Z");
    const struct history_move move = move_of("x", NULL, 0);
    const struct history_progress progress = progress_after(session.started, 1);
    void *list;
    size_t count;
    struct history *unusable = history_open(NULL, session.started);
    assert_non_null(history_problem(unusable));
    for (struct history *history = NULL;; history = unusable) {
        history_begin(history, &session);
        history_add_move(history, &move, &progress);
        history_add_choice(history, "a", "b");
        history_update(history, &progress);
        history_end(history, HISTORY_FINISHED, &progress);
        history_answer(history, HISTORY_EASY);
        history_settle(history);
        assert_false(history_resume(history, 1, &progress, f->arena, NULL));
        assert_int_equal(history_session_id(history), 0);
        assert_int_equal(history_sessions(history, &everything, f->arena, (void *)&list), 0);
        assert_int_equal(history_moves(history, 1, f->arena, (void *)&list), 0);
        assert_int_equal(history_days(history, &everything, f->arena, (void *)&list), 0);
        assert_int_equal(history_routines(history, f->arena, (void *)&list), 0);
        assert_int_equal(history_practices(history, &everything, f->arena, (void *)&list), 0);
        assert_int_equal(history_answers(history, "x", 3, f->arena, (void *)&list), 0);
        assert_int_equal(history_choices(history, "x", 0, f->arena, (void *)&list), 0);
        assert_false(history_practice(history, "x", f->arena, &(struct history_practice){0}));
        assert_false(history_last(history, NULL, f->arena, &(struct history_session){0}));
        assert_int_equal(history_closing(history, progress.now).streak.days, 0);
        assert_int_equal(history_forget(history, 0, &count), LIMBER_NOT_FOUND);
        if (history)
            break;
    }
    history_close(unusable);
    history_close(NULL);
}

/* A process that is gone: its session is interrupted, that of one that lives is not. */
static void test_abandoned_sessions(void **state)
{
    struct fixture *f = *state;
    struct history_session *found;
    pid_t child = fork();
    if (child == 0) {
        struct history *history = open_there(f);
        const struct history_session session = session_at("gone", "2026-03-05T17:00Z");
        const struct history_move move = move_of("bridge", NULL, 0);
        const struct history_progress progress = progress_after(session.started, 33);
        history_begin(history, &session);
        history_add_move(history, &move, &progress);
        _exit(history_problem(history) != NULL);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct history *living = open_there(f);
    const struct history_session session = session_at("alive", "2026-03-05T17:10Z");
    history_begin(living, &session);
    struct history *other = open_there(f);
    assert_int_equal(history_sessions(other, &everything, f->arena, &found), 2);
    assert_string_equal(found[0].routine, "alive");
    assert_int_equal(found[0].outcome, HISTORY_RUNNING);
    assert_string_equal(found[1].routine, "gone");
    assert_int_equal(found[1].outcome, HISTORY_INTERRUPTED);
    assert_true(found[1].done_ns == SECONDS(33));
    assert_int_equal(found[1].ended.unix_s, at("2026-03-05T17:00:33Z").unix_s);
    history_close(other);
    history_close(living); /* without an end */
    other = open_there(f);
    history_sessions(other, &everything, f->arena, &found);
    assert_int_equal(found[0].outcome, HISTORY_INTERRUPTED);
    history_close(other);
}

static void test_going_on(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    const struct history_session session = session_at("long", "2026-03-05T17:00Z");
    const struct history_move one = move_of("bridge", NULL, 1), two = move_of("cat", NULL, 2);
    struct history_progress progress = progress_after(session.started, 50);
    struct history_session found;
    struct history_move *moves;
    history_begin(history, &session);
    history_add_choice(history, "Pick", "Bridge");
    history_add_move(history, &one, &progress);
    int64_t id = history_session_id(history);
    assert_true(id > 0);
    history_close(history);

    history = open_there(f);
    assert_false(history_resume(history, id + 1, &progress, f->arena, NULL));
    assert_true(history_resume(history, id, &progress, f->arena, &found));
    assert_string_equal(found.routine, "long");
    assert_true(found.done_ns == SECONDS(50));
    assert_int_equal(history_session_id(history), id);
    progress = progress_after(session.started, 90);
    history_add_choice(history, "Pick", "Cat");
    history_add_move(history, &two, &progress);
    history_end(history, HISTORY_FINISHED, &progress);
    assert_int_equal(history_moves(history, id, f->arena, &moves), 2);
    assert_string_equal(moves[0].page, "bridge");
    assert_string_equal(moves[1].page, "cat");
    assert_true(history_last(history, "long", f->arena, &found));
    assert_int_equal(found.outcome, HISTORY_FINISHED);
    assert_int_equal(found.move_count, 2);
    history_close(history);
    history = open_there(f);
    assert_false(history_resume(history, id, &progress, f->arena, NULL)); /* it is finished */
    history_close(history);
}

static void test_sides_of_a_move_are_one(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    const struct history_session session = session_at("sides", "2026-03-05T17:00Z");
    const struct history_progress progress = progress_after(session.started, 50);
    struct history_session found;
    struct history_move rows[] = {move_of("a", "left", 1), move_of("a", "right", 1),
                                  move_of("a", "left", 2), move_of("a", "right", 2),
                                  move_of("b", NULL, 0),   move_of("b", NULL, 0)};
    rows[0].skipped = rows[1].skipped = rows[4].skipped = true;
    history_begin(history, &session);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        history_add_move(history, &rows[i], &progress);
    assert_true(history_last(history, NULL, f->arena, &found));
    assert_int_equal(found.move_count, 4);
    assert_int_equal(found.skipped_count, 2);
    history_close(history);
}

/* Whatever names are, they stay names. */
static void test_names_are_only_names(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {
        "it's", "'; DROP TABLE sessions; --", "\"quoted\"", "100%_", "?1 :x @y $z",
        "",     "ä→\xF0\x9F\x99\x82"};
    struct history *history = open_there(f);
    struct history_practice practice;
    struct history_session *found;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct history_session session = session_at(names[i], "2026-03-05T17:00Z");
        const struct history_move move = move_of(names[i], "left", 0);
        const struct history_progress progress = progress_after(session.started, 60);
        history_begin(history, &session);
        history_add_choice(history, names[i], names[i]);
        history_add_move(history, &move, &progress);
        history_end(history, HISTORY_FINISHED, &progress);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct history_filter filter = {.routine = names[i]};
        struct history_choice *choices;
        assert_int_equal(history_sessions(history, &filter, f->arena, &found), 1);
        assert_string_equal(found->routine, names[i]);
        assert_true(history_practice(history, names[i], f->arena, &practice));
        assert_int_equal(practice.sessions, 1);
        assert_int_equal(history_choices(history, names[i], 0, f->arena, &choices), 1);
        assert_string_equal(choices->option, names[i]);
    }
    assert_null(history_problem(history));
    history_close(history);
}

/* What no program could read or no terminal should be given. */
static void test_names_are_cleaned(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    struct history_session *found;
    add_session(history, "a\xFF\x1B[31m\nb\xC2\x9B", "2026-03-05T17:00Z", 60, HISTORY_FINISHED, 0);
    const struct history_filter same = {.routine = "a\xFF\x1B[31m\nb\xC2\x9B"};
    assert_int_equal(history_sessions(history, &same, f->arena, &found), 1);
    assert_string_equal(found->routine, "a\xEF\xBF\xBD [31m b ");
    history_close(history);
}

static void test_practice(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    struct history_practice practice, *all;
    const char *days[] = {"2026-03-01T18:00Z", "2026-03-03T18:00Z", "2026-03-04T18:00Z"};
    for (int i = 0; i < 3; i++) {
        const struct history_session session = session_at(i == 1 ? "other" : "r", days[i]);
        const struct history_progress progress = progress_after(session.started, 60);
        struct history_move rows[] = {move_of("bridge", "left", 0), move_of("bridge", "right", 0),
                                      move_of("cat", NULL, 0)};
        rows[0].fraction = rows[1].fraction = i / 4.0;
        rows[0].name = rows[1].name = i == 2 ? "New bridge" : "Bridge";
        rows[0].skipped = rows[1].skipped = rows[2].skipped = i == 2;
        history_begin(history, &session);
        for (int row = 0; row < (i == 0 ? 3 : 2); row++)
            history_add_move(history, &rows[row], &progress);
        history_end(history, HISTORY_FINISHED, &progress);
    }
    assert_true(history_practice(history, "bridge", f->arena, &practice));
    assert_int_equal(practice.sessions, 2);
    assert_int_equal(practice.times, 4);
    assert_int_equal(practice.last, day("2026-03-03"));
    assert_true(practice.done_ns == SECONDS(180) && practice.fraction == 0.25);
    assert_string_equal(practice.name, "Bridge");
    assert_false(history_practice(history, "dog", f->arena, &practice));
    assert_true(practice.sessions == 0 && practice.last == CALENDAR_NO_DAY);
    assert_int_equal(history_practices(history, &everything, f->arena, &all), 2);
    assert_string_equal(all[0].page, "bridge");
    assert_string_equal(all[1].page, "cat");
    const struct history_filter other = {.routine = "other"};
    assert_int_equal(history_practices(history, &other, f->arena, &all), 1);
    assert_int_equal(all[0].times, 2);
    history_close(history);
}

static void test_answers_and_choices(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    struct history_answer *answers;
    struct history_choice *choices;
    add_session(history, "r", "2026-02-20T18:00Z", 60, HISTORY_FINISHED, HISTORY_EASY);
    add_session(history, "other", "2026-02-21T18:00Z", 60, HISTORY_FINISHED, HISTORY_EASY);
    add_session(history, "r", "2026-02-22T18:00Z", 60, HISTORY_FINISHED, HISTORY_NO_EFFORT);
    add_session(history, "r", "2026-02-23T18:00Z", 60, HISTORY_STOPPED, HISTORY_HARD);
    const struct history_session now = session_at("r", "2026-03-05T18:00Z");
    history_begin(history, &now);
    assert_int_equal(history_answers(history, "r", 9, f->arena, &answers), 3);
    assert_int_equal(answers[0].effort, HISTORY_HARD);
    assert_int_equal(answers[0].day, day("2026-02-23"));
    assert_int_equal(answers[0].outcome, HISTORY_STOPPED);
    assert_int_equal(answers[1].effort, HISTORY_NO_EFFORT);
    assert_int_equal(answers[2].effort, HISTORY_EASY);
    assert_int_equal(history_answers(history, "r", 1, f->arena, &answers), 1);

    const struct history_progress progress = progress_after(now.started, 60);
    history_add_choice(history, "Pick", "Cat");
    history_add_choice(history, "Pick", "Cat"); /* in the second round */
    history_add_choice(history, "Pick", "Bridge");
    history_end(history, HISTORY_FINISHED, &progress);
    assert_int_equal(history_choices(history, "r", day("2026-02-26"), f->arena, &choices), 2);
    assert_string_equal(choices[0].option, "Bridge");
    assert_string_equal(choices[1].option, "Cat");
    assert_int_equal(choices[1].times, 1);
    assert_int_equal(choices[1].last, day("2026-03-05"));
    assert_int_equal(history_choices(history, "r", day("2026-03-06"), f->arena, &choices), 0);
    assert_int_equal(history_choices(history, "other", 0, f->arena, &choices), 0);
    history_close(history);
}

/* --- days --- */

static struct history_day a_day(const char *date, int done_s, size_t finished)
{
    return (struct history_day){
        .day = day(date), .sessions = 1, .finished = finished, .done_ns = SECONDS(done_s)};
}

static void assert_streak(const struct history_day *days, size_t count, const char *today, int row,
                          bool done, int longest)
{
    struct history_streak streak = history_streak(days, count, day(today));
    assert_int_equal(streak.days, row);
    assert_int_equal(streak.today, done);
    assert_int_equal(streak.longest, longest);
}

static void test_streaks(void **state)
{
    const struct history_day days[] = {
        a_day("2025-12-30", 600, 1), a_day("2025-12-31", 60, 0),
        a_day("2026-01-01", 0, 1),   a_day("2026-01-02", 59, 0), /* does not count */
        a_day("2026-02-28", 600, 1), a_day("2026-03-01", 600, 1)};
    const size_t count = sizeof days / sizeof *days;
    assert_streak(days, 0, "2026-01-01", 0, false, 0);
    assert_streak(days, count, "2026-03-01", 2, true, 3);
    assert_streak(days, count, "2026-03-02", 2, false, 3); /* today not yet */
    assert_streak(days, count, "2026-03-03", 0, false, 3);
    assert_streak(days, count, "2026-01-01", 3, true, 3); /* later days are not there yet */
    assert_streak(days, count, "2026-01-02", 3, false, 3);
    assert_streak(days, count, "2026-01-03", 0, false, 3);
    assert_streak(days, count, "2025-12-30", 1, true, 1);
    assert_streak(days, count, "2025-12-29", 0, false, 0);
}

/* Evenings around the nights in which clocks change, and a flight over many zones. */
static void test_streaks_through_time_zones(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    static const char *const starts[] = {
        "2026-03-27T00:10+01:00", "2026-03-28T23:50+01:00", "2026-03-29T23:50+02:00",
        "2026-03-30T00:10+02:00", "2026-03-31T23:50+02:00", "2026-04-01T06:00-10:00",
        "2026-10-24T23:59+02:00", "2026-10-25T23:59+01:00", "2026-10-26T00:01+01:00"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        add_session(history, "r", starts[i], 120, HISTORY_FINISHED, 0);
    assert_int_equal(history_closing(history, at("2026-04-01T07:00-10:00")).streak.days, 6);
    assert_int_equal(history_closing(history, at("2026-03-30T23:00+02:00")).streak.days, 4);
    assert_int_equal(history_closing(history, at("2026-10-26T23:00+01:00")).streak.days, 3);
    assert_int_equal(history_closing(history, at("2026-10-27T23:00+01:00")).streak.days, 3);
    assert_int_equal(history_closing(history, at("2026-10-28T00:00+01:00")).streak.days, 0);
    assert_int_equal(history_closing(history, at("2026-10-28T00:00+01:00")).streak.longest, 6);
    history_close(history);
}

static void test_two_halves_make_a_day(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    struct moment evening = at("2026-03-05T20:00Z");
    add_session(history, "r", "2026-03-05T18:00Z", 35, HISTORY_STOPPED, 0);
    assert_int_equal(history_closing(history, evening).streak.days, 0);
    add_session(history, "r", "2026-03-05T19:00Z", 25, HISTORY_STOPPED, 0);
    assert_int_equal(history_closing(history, evening).streak.days, 1);
    assert_true(history_closing(history, evening).streak.today);
    assert_int_equal(history_closing(history, evening).sessions, 2);
    history_close(history);
}

static void test_weeks(void **state)
{
    const struct history_day days[] = {a_day("2025-12-28", 100, 1), /* a Sunday */
                                       a_day("2025-12-29", 200, 1), /* Monday of 2026-W01 */
                                       a_day("2026-01-04", 300, 1), a_day("2026-01-05", 400, 1)};
    struct history_total weeks[4];
    history_weeks(days, 4, day("2026-01-06"), weeks, 4);
    assert_true(weeks[0].done_ns == 0 && weeks[0].sessions == 0);
    assert_true(weeks[1].done_ns == SECONDS(100));
    assert_true(weeks[2].done_ns == SECONDS(500) && weeks[2].sessions == 2 && weeks[2].days == 2);
    assert_true(weeks[3].done_ns == SECONDS(400));
}

static void test_filters(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    struct history_session *found;
    struct history_day *days;
    add_session(history, "a", "2026-03-01T18:00Z", 60, HISTORY_FINISHED, 0);
    add_session(history, "b", "2026-03-02T18:00Z", 60, HISTORY_FINISHED, 0);
    int64_t last = add_session(history, "a", "2026-03-03T18:00Z", 60, HISTORY_FINISHED, 0);
    struct history_filter filter = {
        .bounded = true, .first = day("2026-03-02"), .last = day("2026-03-03")};
    assert_int_equal(history_sessions(history, &filter, f->arena, &found), 2);
    assert_int_equal(found[0].id, last);
    filter.routine = "a";
    assert_int_equal(history_sessions(history, &filter, f->arena, &found), 1);
    assert_int_equal(history_days(history, &filter, f->arena, &days), 1);
    assert_int_equal(days->day, day("2026-03-03"));
    filter = (struct history_filter){.most = 2};
    assert_int_equal(history_sessions(history, &filter, f->arena, &found), 2);
    filter = (struct history_filter){.id = last};
    assert_int_equal(history_sessions(history, &filter, f->arena, &found), 1);
    const char **names;
    assert_int_equal(history_routines(history, f->arena, &names), 2);
    assert_string_equal(names[1], "b");
    history_close(history);
}

/* How long writes take; the worst of them is far below what a person notices. Printed, and
 * documented; only what is beyond any doubt fails. */
static void test_writes_are_quick(void **state)
{
    struct fixture *f = *state;
    struct history *history = open_there(f);
    const struct history_session session = session_at("r", "2026-03-05T18:00Z");
    const struct history_progress progress = progress_after(session.started, 60);
    const struct history_move move = move_of("bridge", "left", 1);
    double worst_ms = 0, all_ms = 0;
    history_begin(history, &session);
    for (int i = 0; i < 2000; i++) {
        struct timespec before, after;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        history_add_move(history, &move, &progress);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        double ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
                    (double)(after.tv_nsec - before.tv_nsec) / 1e6;
        worst_ms = ms > worst_ms ? ms : worst_ms;
        all_ms += ms;
    }
    printf("a write takes %.3f ms of processor time, the longest of 2000 %.3f ms\n", all_ms / 2000,
           worst_ms);
    assert_true(all_ms / 2000 < 50);
    history_close(history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_session_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_null_is_legal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_abandoned_sessions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_going_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sides_of_a_move_are_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_only_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_cleaned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_practice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_answers_and_choices, set_up, tear_down),
        cmocka_unit_test(test_streaks),
        cmocka_unit_test_setup_teardown(test_streaks_through_time_zones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_halves_make_a_day, set_up, tear_down),
        cmocka_unit_test(test_weeks),
        cmocka_unit_test_setup_teardown(test_filters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writes_are_quick, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

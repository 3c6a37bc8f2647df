/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording as a machine: rooms, takes, clicks, cut-off words, hands-free, and what each key means.
 * Time is that of the samples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "studio/record.h"

#define RATE 48000

static const nsec expected[5] = {NSEC_PER_SEC, NSEC_PER_SEC, NSEC_PER_SEC, NSEC_PER_SEC,
                                 NSEC_PER_SEC};
static uint32_t seed = 1;

static float noise(double level)
{
    seed = seed * 1664525u + 1013904223u;
    return (float)(level * ((double)(seed >> 8) / (1 << 23) - 1));
}

/* Feeds `ms` of a tone over noise, 7 samples less than 10 ms at a time. */
static void feed(struct record *record, int ms, double tone, double room)
{
    float block[473];
    size_t total = (size_t)ms * RATE / 1000, at = 0;
    while (at < total) {
        size_t count = total - at < 473 ? total - at : 473;
        for (size_t i = 0; i < count; i++)
            block[i] = (float)(tone * sin((double)(at + i) * 2 * M_PI * 220 / RATE)) + noise(room);
        record_feed(record, block, count);
        at += count;
    }
}

static void quiet(struct record *record, int ms)
{
    feed(record, ms, 0, 0.0003);
}

static void say(struct record *record, int ms)
{
    feed(record, ms, 0.3, 0.0003);
}

static void expect(struct record *record, enum record_action action)
{
    assert_int_equal(record_next(record), action);
}

static struct record *start(bool hands_free)
{
    const struct record_options options = {
        .count = 5, .expected = expected, .rate_hz = RATE, .hands_free = hands_free};
    struct record *record = record_new(&options);
    expect(record, RECORD_NOTHING);
    quiet(record, 3000);
    expect(record, RECORD_TELL_ROOM);
    expect(record, RECORD_SHOW);
    expect(record, RECORD_NOTHING);
    assert_int_equal(record_state(record), RECORD_READY);
    return record;
}

static void take(struct record *record, int before_ms, int speech_ms, int after_ms)
{
    assert_true(record_command(record, RECORD_DO_SPACE));
    expect(record, RECORD_BEGAN);
    quiet(record, before_ms);
    say(record, speech_ms);
    quiet(record, after_ms);
    assert_true(record_command(record, RECORD_DO_SPACE));
    expect(record, RECORD_ENDED);
    assert_int_equal(record_state(record), RECORD_REVIEW);
}

static void keep(struct record *record)
{
    assert_true(record_command(record, RECORD_DO_ENTER));
    expect(record, RECORD_KEEP);
    record_kept(record, true);
}

static void test_room(void **state)
{
    struct record *record = start(false);
    assert_in_range((int)-record_room_db(record), 72, 78);
    assert_string_equal(record_room_words(record_room_db(record)),
                        "The room is very quiet: as in a studio.");
    assert_non_null(strstr(record_room_words(-30), "loud"));
    assert_non_null(strstr(record_room_words(-INFINITY), "Nothing"));
    record_destroy(record);
}

static void test_take(void **state)
{
    struct record *record = start(false);
    take(record, 400, 1000, 500);
    const struct record_take *got = record_take(record);
    assert_null(got->problem);
    /* 80 ms before the first sound and 150 ms after the last stay */
    assert_in_range(got->count, RATE * 122 / 100, RATE * 125 / 100);
    assert_int_equal(got->rate_hz, RATE);
    assert_in_range((int)(-got->measure.peak_db * 10), 104, 106);
    keep(record);
    expect(record, RECORD_SHOW);
    assert_int_equal(record_at(record), 1);
    assert_int_equal(record_mark(record, 0), RECORD_KEPT);
    record_destroy(record);
}

static void assert_problem(struct record *record, const char *word)
{
    const char *problem = record_take(record)->problem;
    if (!problem || !strstr(problem, word))
        fail_msg("the problem is \"%s\", not \"%s\"", problem ? problem : "none", word);
    record_command(record, RECORD_DO_REPEAT);
    expect(record, RECORD_BEGAN);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_ENDED);
    assert_int_equal(record_take(record)->count, 0);
    assert_false(record_command(record, RECORD_DO_ENTER)); /* nothing to keep */
    assert_false(record_command(record, RECORD_DO_LISTEN));
    record_command(record, RECORD_DO_REPEAT);
    expect(record, RECORD_BEGAN);
    record_command(record, RECORD_DO_REPEAT);
    expect(record, RECORD_DROPPED);
    assert_int_equal(record_state(record), RECORD_READY);
}

static void clip_it(struct record *record)
{
    float loud[480];
    for (int block = 0; block < 100; block++) {
        for (int i = 0; i < 480; i++)
            loud[i] = (float)fmax(-1, fmin(1, 2 * sin((block * 480 + i) * 2 * M_PI * 220 / RATE)));
        record_feed(record, loud, 480);
    }
}

static void test_problems(void **state)
{
    struct record *record = start(false);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_BEGAN);
    quiet(record, 300);
    assert_false(record_too_loud(record));
    clip_it(record);
    assert_true(record_too_loud(record));
    quiet(record, 300);
    record_command(record, RECORD_DO_ENTER);
    expect(record, RECORD_ENDED);
    assert_problem(record, "clip");

    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_BEGAN);
    quiet(record, 300);
    feed(record, 1000, 0.004, 0.00001);
    quiet(record, 300);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_ENDED);
    assert_problem(record, "quiet");

    take(record, 0, 1000, 500);
    assert_problem(record, "beginning may be cut off");
    take(record, 500, 1000, 0);
    assert_problem(record, "end may be cut off");
    take(record, 500, 150, 500);
    assert_problem(record, "shorter");
    take(record, 500, 6000, 500);
    assert_problem(record, "longer");

    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_BEGAN);
    quiet(record, 500);
    say(record, 1000);
    record_gap(record);
    quiet(record, 500);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_ENDED);
    assert_problem(record, "missing");
    record_destroy(record);
}

/* The click of the key at both ends is not part of the take. */
static void test_clicks(void **state)
{
    struct record *record = start(false);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_BEGAN);
    quiet(record, 50);
    feed(record, 40, 0.2, 0.0003);
    quiet(record, 400);
    say(record, 1000);
    quiet(record, 500);
    feed(record, 30, 0.2, 0.0003);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_ENDED);
    assert_null(record_take(record)->problem);
    assert_in_range(record_take(record)->count, RATE * 122 / 100, RATE * 125 / 100);
    record_destroy(record);
}

static void test_keys(void **state)
{
    struct record *record = start(false);
    assert_false(record_command(record, RECORD_DO_BACK)); /* the first */
    assert_false(record_command(record, RECORD_DO_LISTEN));
    assert_true(record_command(record, RECORD_DO_SKIP));
    expect(record, RECORD_SHOW);
    take(record, 400, 1000, 400);
    assert_true(record_command(record, RECORD_DO_LISTEN));
    expect(record, RECORD_LISTEN);
    assert_false(record_command(record, RECORD_DO_ENTER));
    say(record, 5000); /* what the loudspeaker plays is nobody's business */
    record_done(record);
    keep(record);
    expect(record, RECORD_SHOW);
    assert_int_equal(record_at(record), 2);
    take(record, 400, 1000, 400);
    assert_true(record_command(record, RECORD_DO_BACK)); /* from the review: that take is gone */
    expect(record, RECORD_SHOW);
    assert_int_equal(record_at(record), 1);
    assert_int_equal(record_mark(record, 1), RECORD_KEPT); /* until the new one is kept */
    take(record, 400, 1000, 400);
    keep(record);
    expect(record, RECORD_SHOW);
    assert_int_equal(record_at(record), 2);
    assert_int_equal(record_count(record, RECORD_KEPT), 1);
    assert_int_equal(record_count(record, RECORD_SKIPPED), 1);
    /* A disk that is full: the take is still there. */
    take(record, 400, 1000, 400);
    record_command(record, RECORD_DO_ENTER);
    expect(record, RECORD_KEEP);
    record_kept(record, false);
    assert_int_equal(record_state(record), RECORD_REVIEW);
    assert_true(record_take(record)->count > 0);
    keep(record);
    expect(record, RECORD_SHOW);
    record_command(record, RECORD_DO_SKIP);
    expect(record, RECORD_SHOW);
    record_command(record, RECORD_DO_SKIP);
    expect(record, RECORD_FINISH);
    assert_int_equal(record_state(record), RECORD_OVER);
    assert_false(record_command(record, RECORD_DO_QUIT));
    record_destroy(record);
}

static void test_quit_and_loss(void **state)
{
    struct record *record = start(false);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_BEGAN);
    say(record, 500);
    record_lost(record, 44100);
    expect(record, RECORD_DROPPED);
    assert_int_equal(record_state(record), RECORD_READY);
    record_command(record, RECORD_DO_SPACE);
    expect(record, RECORD_BEGAN);
    record_command(record, RECORD_DO_QUIT);
    expect(record, RECORD_DROPPED);
    expect(record, RECORD_FINISH);
    expect(record, RECORD_NOTHING);
    record_destroy(record);
}

/* --- hands-free --- */

static void await(struct record *record, enum record_action action, int least_ms, int most_ms,
                  void (*sound)(struct record *record, int ms))
{
    for (int ms = 0; ms <= most_ms; ms += 10) {
        enum record_action got = record_next(record);
        if (got != RECORD_NOTHING) {
            assert_int_equal(got, action);
            if (ms < least_ms)
                fail_msg("action %d came after %d ms", (int)action, ms);
            return;
        }
        sound(record, 10);
    }
    fail_msg("action %d did not come in %d ms", (int)action, most_ms);
}

static void test_hands_free(void **state)
{
    struct record *record = start(true);
    quiet(record, 60000); /* waits for the first key */
    expect(record, RECORD_NOTHING);
    record_command(record, RECORD_DO_SPACE);
    await(record, RECORD_CUE, 1000, 2000, quiet);
    say(record, 3000); /* the beep */
    record_done(record);
    expect(record, RECORD_BEGAN);
    say(record, 150); /* its echo */
    quiet(record, 600);
    feed(record, 20, 0.2, 0.0003); /* a click is no speech */
    quiet(record, 3000);
    expect(record, RECORD_NOTHING);
    say(record, 400);
    quiet(record, 700); /* a pause within */
    say(record, 400);
    await(record, RECORD_ENDED, 1190, 1230, quiet);
    assert_null(record_take(record)->problem);
    await(record, RECORD_KEEP, 1450, 1550, quiet);
    record_kept(record, true);
    expect(record, RECORD_SHOW);
    /* A bad one is said again, three times; then it waits. */
    for (int i = 0; i < 3; i++) {
        await(record, RECORD_CUE, 1000, 5000, quiet);
        record_done(record);
        expect(record, RECORD_BEGAN);
        await(record, RECORD_ENDED, 9990, 10010, quiet);
        assert_int_equal(record_take(record)->count, 0);
    }
    quiet(record, 60000);
    expect(record, RECORD_NOTHING);
    assert_int_equal(record_at(record), 1);
    record_command(record, RECORD_DO_REPEAT);
    await(record, RECORD_CUE, 1000, 2000, quiet);
    record_done(record);
    expect(record, RECORD_BEGAN);
    await(record, RECORD_ENDED, 44000, 46000, say); /* a noise that does not end */
    assert_non_null(record_take(record)->problem);
    record_destroy(record);
}

/* Whatever comes in whatever order, it holds together. */
static void test_anything(void **state)
{
    for (int round = 0; round < 200; round++) {
        struct record *record = start(round % 2);
        for (int step = 0; step < 200 && record_state(record) != RECORD_OVER; step++) {
            unsigned what = (unsigned)(fabs((double)noise(1)) * 1000);
            if (what % 3 == 0)
                what % 2 ? say(record, 200) : quiet(record, 500);
            else if (what % 97 == 0)
                record_lost(record, what % 2 ? 44100 : 8000);
            else
                record_command(record, (enum record_command)(what % RECORD_DO_QUIT));
            for (enum record_action act = record_next(record); act; act = record_next(record)) {
                if (act == RECORD_CUE || act == RECORD_LISTEN)
                    record_done(record);
                if (act == RECORD_KEEP) {
                    assert_true(record_take(record)->count > 0);
                    record_kept(record, what % 5 != 0);
                }
            }
            assert_true(record_at(record) < 5);
        }
        record_destroy(record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room),       cmocka_unit_test(test_take),
        cmocka_unit_test(test_problems),   cmocka_unit_test(test_clicks),
        cmocka_unit_test(test_keys),       cmocka_unit_test(test_quit_and_loss),
        cmocka_unit_test(test_hands_free), cmocka_unit_test(test_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments, local days and ISO weeks; days of 23 and 25 hours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "history/calendar.h"

static calendar_day day(const char *text)
{
    calendar_day found = CALENDAR_NO_DAY;
    assert_true(calendar_parse_day(text, &found));
    return found;
}

static struct moment at(const char *text)
{
    struct moment found = {0};
    assert_true(calendar_parse(text, &found));
    return found;
}

/* Every day of eight centuries, against the C library. */
static void test_dates_agree_with_the_library(void **state)
{
    char ours[16], theirs[16], week[16];
    calendar_day back = 0;
    for (calendar_day d = day("1600-01-01"); d <= day("2400-12-31"); d++) {
        time_t noon = (time_t)d * 86400 + 43200;
        struct tm tm;
        gmtime_r(&noon, &tm);
        strftime(theirs, sizeof theirs, "%Y-%m-%d", &tm);
        calendar_format_day(d, ours);
        assert_string_equal(ours, theirs);
        assert_true(calendar_parse_day(ours, &back));
        assert_int_equal(back, d);
        strftime(theirs, sizeof theirs, "%G-W%V", &tm);
        assert_string_equal(calendar_format_week(d, week), theirs);
        assert_int_equal(d - calendar_monday(d), (tm.tm_wday + 6) % 7);
    }
}

static void test_what_is_no_date(void **state)
{
    static const char *const wrong[] = {"",           "2026",       "2026-3-5",    "2026-02-30",
                                        "2026-13-01", "2026-00-10", "2026-01-00",  "2026-01-01 ",
                                        "0000-01-01", "20a6-01-01", "2026-01-01T", "2025-02-29",
                                        " 2026-01-01"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        calendar_day found = 7;
        assert_false(calendar_parse_day(wrong[i], &found));
        assert_int_equal(found, 7);
    }
    assert_false(calendar_parse_day(NULL, &(calendar_day){0}));
    assert_int_equal(day("2024-02-29") + 1, day("2024-03-01"));
}

static void test_moments(void **state)
{
    char text[32], clock[8];
    struct moment evening = at("2026-03-05T18:02:11+01:00");
    assert_int_equal(evening.unix_s, 1772730131);
    assert_int_equal(evening.offset_s, 3600);
    assert_string_equal(calendar_format_utc(evening, text), "2026-03-05T17:02:11Z");
    assert_string_equal(calendar_format_local(evening, text), "2026-03-05T18:02:11+01:00");
    assert_string_equal(calendar_format_clock(evening, clock), "18:02");
    assert_string_equal(calendar_format_local(at("1969-12-31T23:59-09:30"), text),
                        "1969-12-31T23:59:00-09:30");
    assert_int_equal(at("1970-01-01T00:00Z").unix_s, 0);
    static const char *const wrong[] = {"",
                                        "2026-03-05",
                                        "2026-03-05T18:02:11",
                                        "2026-03-05T24:00Z",
                                        "2026-03-05T18:60Z",
                                        "2026-03-05 18:00Z",
                                        "2026-03-05T18:00+1",
                                        "2026-03-05T18:00Zx",
                                        "2026-03-05T18:00:6Z"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(calendar_parse(wrong[i], &evening));
}

/* A minute before and after midnight is another day wherever one is. */
static void test_days_are_local(void **state)
{
    assert_int_equal(calendar_day_of(at("2026-03-05T23:59+01:00")), day("2026-03-05"));
    assert_int_equal(calendar_day_of(at("2026-03-06T00:00+01:00")), day("2026-03-06"));
    assert_int_equal(calendar_day_of(at("2026-03-05T23:59-11:00")), day("2026-03-05"));
    assert_int_equal(calendar_day_of(at("2026-03-05T00:01+14:00")), day("2026-03-05"));
    assert_int_equal(calendar_day_of(at("1969-12-31T23:00Z")), -1);
}

static calendar_day local_day(const char *utc)
{
    return calendar_day_of(calendar_local(at(utc).unix_s));
}

/* The nights in which clocks change: 29 March (23 hours) and 25 October 2026 (25 hours). */
static void test_days_of_23_and_25_hours(void **state)
{
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    assert_int_equal(local_day("2026-03-28T22:59:59Z"), day("2026-03-28"));
    assert_int_equal(local_day("2026-03-28T23:00:00Z"), day("2026-03-29"));
    assert_int_equal(local_day("2026-03-29T21:59:59Z"), day("2026-03-29"));
    assert_int_equal(local_day("2026-03-29T22:00:00Z"), day("2026-03-30"));
    assert_int_equal(local_day("2026-10-24T22:00:00Z"), day("2026-10-25"));
    assert_int_equal(local_day("2026-10-25T22:59:59Z"), day("2026-10-25"));
    assert_int_equal(local_day("2026-10-25T23:00:00Z"), day("2026-10-26"));
    assert_int_equal(calendar_local(at("2026-03-29T00:59:59Z").unix_s).offset_s, 3600);
    assert_int_equal(calendar_local(at("2026-03-29T01:00:00Z").unix_s).offset_s, 7200);
    setenv("TZ", "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", 1); /* Chatham Islands */
    assert_int_equal(calendar_local(at("2026-06-01T00:00Z").unix_s).offset_s, 45900);
    setenv("TZ", "UTC", 1);
}

static void test_now_can_be_set(void **state)
{
    setenv(CALENDAR_NOW_VARIABLE, "2026-03-05T18:02:11+01:00", 1);
    struct moment now = calendar_now();
    assert_in_range(now.unix_s, 1772730131, 1772730131 + 600);
    assert_int_equal(now.offset_s, 3600);
    setenv(CALENDAR_NOW_VARIABLE, "nonsense", 1);
    assert_true(calendar_now().unix_s > 1772730131);
    unsetenv(CALENDAR_NOW_VARIABLE);
}

/* What a damaged file may say. */
static void test_extremes(void **state)
{
    char text[32];
    struct moment far = {.unix_s = INT64_MAX, .offset_s = INT32_MAX};
    assert_non_null(calendar_format_local(far, text));
    assert_non_null(calendar_format_utc((struct moment){.unix_s = INT64_MIN}, text));
    assert_string_equal(calendar_format_day(INT32_MAX, text), "9999-12-31");
    assert_string_equal(calendar_format_day(CALENDAR_NO_DAY, text), "0001-01-01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_agree_with_the_library),
        cmocka_unit_test(test_what_is_no_date),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_days_are_local),
        cmocka_unit_test(test_days_of_23_and_25_hours),
        cmocka_unit_test(test_now_can_be_set),
        cmocka_unit_test(test_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

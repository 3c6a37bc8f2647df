/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time, numbers and levels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "base/units.h"

static void test_durations(void **state)
{
    static const struct {
        const char *text;
        nsec time; /* −1: refused */
    } rows[] = {
        {"30s", 30 * NSEC_PER_SEC},
        {"1.5s", 1500 * NSEC_PER_MSEC},
        {"500ms", 500 * NSEC_PER_MSEC},
        {"0.123456789s", 123456789},
        {"2min", 120 * NSEC_PER_SEC},
        {"1.5min", 90 * NSEC_PER_SEC},
        {"1m30s", 90 * NSEC_PER_SEC},
        {"1min30s", 90 * NSEC_PER_SEC},
        {"1h", 3600 * NSEC_PER_SEC},
        {"1h20m", 4800 * NSEC_PER_SEC},
        {"1h0m5s", 3605 * NSEC_PER_SEC},
        {"1s500ms", 1500 * NSEC_PER_MSEC},
        {"90s", 90 * NSEC_PER_SEC},
        {"1:30", 90 * NSEC_PER_SEC},
        {"90:00", 5400 * NSEC_PER_SEC},
        {"1:02:03", 3723 * NSEC_PER_SEC},
        {"0:00.5", 500 * NSEC_PER_MSEC},
        {"0s", 0},
        {"007s", 7 * NSEC_PER_SEC},
        {"1000h", 3600000 * NSEC_PER_SEC},
        {"1000:00:00", 3600000 * NSEC_PER_SEC},
        /* refused */
        {"1000h1ms", -1},
        {"1000:00:01", -1},
        {"1001h", -1},
        {"30", -1},
        {"1.5", -1},
        {"1:75", -1},
        {"1:5", -1},
        {"1:005", -1},
        {"1:02:60", -1},
        {"1:02:03:04", -1},
        {"1:30s", -1},
        {":30", -1},
        {"1:", -1},
        {"", -1},
        {"s", -1},
        {".5s", -1},
        {"5.s", -1},
        {"1..5s", -1},
        {"1.0000000001s", -1},
        {"-5s", -1},
        {"+5s", -1},
        {" 5s", -1},
        {"5s ", -1},
        {"5 s", -1},
        {"5S", -1},
        {"5sec", -1},
        {"30s1m", -1},
        {"1m1m", -1},
        {"1m90s", -1},
        {"1.5m30s", -1},
        {"1e3s", -1},
        {"0x10s", -1},
        {"1,5s", -1},
        {"15-30s", -1},
        {"99999999999999999999s", -1},
        {"18446744073709551617s", -1},
        {"9223372036854775807h", -1},
        {"99999999999999999999:00", -1},
        {"99999999999999999999:00:00", -1},
        {"infs", -1},
        {"nans", -1},
        {"\xd9\xa3s", -1}, /* an Arabic digit */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        nsec time = -7;
        bool good = units_parse_duration(rows[i].text, strlen(rows[i].text), &time);
        if (good != (rows[i].time >= 0) || time != (good ? rows[i].time : -7))
            fail_msg("%s: %s, %lld", rows[i].text, good ? "taken" : "refused", (long long)time);
    }
    nsec time;
    assert_true(units_parse_duration("30sXX", 3, &time)); /* not beyond the length */
    char many[100001];
    memset(many, '9', sizeof many - 1);
    many[sizeof many - 2] = 's';
    assert_false(units_parse_duration(many, sizeof many - 1, &time));
    memset(many, '0', sizeof many - 3);
    assert_true(units_parse_duration(many, sizeof many - 1, &time));
    assert_int_equal(time, 9 * NSEC_PER_SEC);
}

static void test_frames(void **state)
{
    assert_int_equal(frames_from_ns(NSEC_PER_SEC, 48000), 48000);
    assert_int_equal(frames_from_ns(10417, 48000), 1);  /* 0.500016 */
    assert_int_equal(frames_from_ns(10416, 48000), 0);  /* 0.499968 */
    assert_int_equal(frames_from_ns(500000000, 1), 1);  /* half up */
    assert_int_equal(frames_from_ns(-500000000, 1), 0); /* half up */
    assert_int_equal(frames_from_ns(-500000001, 1), -1);
    assert_int_equal(frames_from_ns(INT64_MAX, UINT32_MAX), INT64_MAX);
    assert_int_equal(ns_from_frames(48000, 48000), NSEC_PER_SEC);
    assert_int_equal(ns_from_frames(1, 48000), 20833);
    assert_int_equal(ns_from_frames(2, 48000), 41667);
    assert_int_equal(ns_from_frames(1, 0), 0);
    assert_int_equal(ns_from_frames(INT64_MAX, 1), INT64_MAX);
    struct prng prng = prng_new(1);
    for (int i = 0; i < 10000; i++) {
        frames count = (frames)prng_below(&prng, INT64_C(48000) * 3600 * 1000);
        assert_int_equal(frames_from_ns(ns_from_frames(count, 48000), 48000), count);
        assert_int_equal(frames_from_ns(ns_from_frames(count, 44100), 44100), count);
    }
}

/* A million thirds of a second end where the product says, to the part. */
static void test_no_accumulation(void **state)
{
    const nsec third = 333333333;
    static const uint32_t rates[] = {48000, 44100, 22050, 8000, 1};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        struct instant at = {0};
        for (int64_t i = 1; i <= 1000000; i++) {
            at = instant_after_ns(at, third, rates[r]);
            if (i % 100000 == 0)
                assert_int_equal(instant_frame(at), frames_from_ns(third * i, rates[r]));
        }
        struct instant at_once = instant_after_ns((struct instant){0}, third * 1000000, rates[r]);
        assert_int_equal(instant_compare(at, at_once), 0);
    }
    struct instant at = instant_after_frames((struct instant){5, 700000000}, 10);
    assert_int_equal(instant_frame(at), 16);
    assert_int_equal(instant_compare(at, (struct instant){15, 700000001}), -1);
    assert_int_equal(instant_compare(at, (struct instant){15, 0}), 1);
    assert_int_equal(instant_compare(at, (struct instant){16, 0}), -1);
    assert_int_equal(instant_frame((struct instant){3, 499999999}), 3);
    assert_int_equal(instant_frame((struct instant){3, 500000000}), 4);
}

static void test_format(void **state)
{
    static const struct {
        nsec time;
        const char *words, *clock, *tenths;
    } rows[] = {
        {0, "0 s", "0:00", "0:00.0"},
        {7 * NSEC_PER_SEC, "7 s", "0:07", "0:07.0"},
        {1500 * NSEC_PER_MSEC, "1.5 s", "0:02", "0:01.5"},
        {20 * NSEC_PER_MSEC, "20 ms", "0:00", "0:00.0"},
        {9960 * NSEC_PER_MSEC, "10 s", "0:10", "0:10.0"},
        {59700 * NSEC_PER_MSEC, "1 min", "1:00", "0:59.7"},
        {120 * NSEC_PER_SEC, "2 min", "2:00", "2:00.0"},
        {125 * NSEC_PER_SEC, "2 min 5 s", "2:05", "2:05.0"},
        {725 * NSEC_PER_SEC, "12 min 5 s", "12:05", "12:05.0"},
        {3599 * NSEC_PER_SEC, "59 min 59 s", "59:59", "59:59.0"},
        {3600 * NSEC_PER_SEC, "1 h", "1:00:00", "1:00:00.0"},
        {3723 * NSEC_PER_SEC, "1 h 2 min", "1:02:03", "1:02:03.0"},
        {3840 * NSEC_PER_SEC, "1 h 4 min", "1:04:00", "1:04:00.0"},
        {-7 * NSEC_PER_SEC, "-7 s", "-0:07", "-0:07.0"},
    };
    char buffer[64];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(units_format_duration(rows[i].time, buffer, sizeof buffer),
                            rows[i].words);
        assert_string_equal(units_format_clock(rows[i].time, false, buffer, sizeof buffer),
                            rows[i].clock);
        assert_string_equal(units_format_clock(rows[i].time, true, buffer, sizeof buffer),
                            rows[i].tenths);
    }
    units_format_duration(INT64_MIN, buffer, sizeof buffer);
    char small[4];
    assert_string_equal(units_format_duration(725 * NSEC_PER_SEC, small, sizeof small), "12 ");
}

static void test_numbers(void **state)
{
    double number;
    int64_t integer;
    static const struct {
        const char *text;
        double value;
    } good[] = {
        {"0", 0},
        {"-20", -20},
        {"+3", 3},
        {"0.5", 0.5},
        {"0.1", 0.1},
        {"-0.3", -0.3},
        {"3.14159", 3.14159},
        {"123456789.125", 123456789.125},
        {"0.000001", 0.000001},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(units_parse_number(good[i].text, strlen(good[i].text), &number));
        assert_true(number == good[i].value);
    }
    static const char *const bad[] = {
        "",    "-",   ".5", "5.", "1e5", "0x1",   "inf",
        "nan", "1,5", " 1", "1 ", "--1", "1.2.3", "1234567890123456789012"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_parse_number(bad[i], strlen(bad[i]), &number));
    assert_true(units_parse_number("0.3333333333333333333333333333333333333", 39, &number));
    assert_true(fabs(number - 1.0 / 3) < 1e-15);

    assert_true(units_parse_int("9223372036854775807", 19, &integer));
    assert_true(integer == INT64_MAX);
    assert_true(units_parse_int("-9223372036854775808", 20, &integer));
    assert_true(integer == INT64_MIN);
    integer = 5;
    assert_false(units_parse_int("9223372036854775808", 19, &integer));
    assert_false(units_parse_int("-9223372036854775809", 20, &integer));
    assert_false(units_parse_int("99999999999999999999999", 23, &integer));
    assert_false(units_parse_int("1.0", 3, &integer));
    assert_false(units_parse_int("", 0, &integer));
    assert_false(units_parse_int("+", 1, &integer));
    assert_int_equal(integer, 5);
}

static void test_levels(void **state)
{
    assert_true(gain_from_db(0) == 1.0f);
    assert_true(fabs((double)gain_from_db(-20) - 0.1) < 1e-7);
    assert_true(gain_from_db(-INFINITY) == 0.0f);
    assert_true(fabs(db_from_gain(0.5) + 6.0206) < 1e-4);
    assert_true(db_from_gain(0) == -INFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),       cmocka_unit_test(test_frames),
        cmocka_unit_test(test_no_accumulation), cmocka_unit_test(test_format),
        cmocka_unit_test(test_numbers),         cmocka_unit_test(test_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

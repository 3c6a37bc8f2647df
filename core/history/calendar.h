/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h: moments, local days and weeks. Pure arithmetic: a moment carries its own distance
 * from UTC, so nothing here asks for a time zone, and days of 23 or 25 hours need no care. */
#ifndef HISTORY_CALENDAR_H
#define HISTORY_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* A moment, and what local clocks showed at it. */
struct moment {
    int64_t unix_s;   /* seconds since 1970-01-01T00:00:00Z */
    int32_t offset_s; /* local time − UTC, seconds east of Greenwich */
};

/* A local date as days since 1970-01-01. Consecutive dates differ by 1, always. */
typedef int32_t calendar_day;
#define CALENDAR_NO_DAY INT32_MIN

/* Where the environment variable holds a moment as calendar_parse() takes it, that is "now" when
 * the program begins: for tests of what depends on the date. */
#define CALENDAR_NOW_VARIABLE "LIMBER_NOW"

/* The system's clock and time zone. [any] */
struct moment calendar_now(void);
/* The moment as the system's time zone has it. [any] */
struct moment calendar_local(int64_t unix_s);
/* "2026-03-05T18:02:11+01:00", "…Z"; the seconds may be left out. Years 1 to 9999. Whole text must
 * match; false leaves *at alone. */
bool calendar_parse(const char *text, struct moment *at);
/* The same moment in UTC: "2026-03-05T17:02:11Z". Returns buffer. */
const char *calendar_format_utc(struct moment at, char buffer[32]);
/* With the local clock: "2026-03-05T18:02:11+01:00". Returns buffer. */
const char *calendar_format_local(struct moment at, char buffer[32]);
/* "18:02". Returns buffer. */
const char *calendar_format_clock(struct moment at, char buffer[8]);

calendar_day calendar_day_of(struct moment at);
/* "2026-03-05"; false leaves *day alone. */
bool calendar_parse_day(const char *text, calendar_day *day);
const char *calendar_format_day(calendar_day day, char buffer[16]);
/* The Monday on or before it. */
calendar_day calendar_monday(calendar_day day);
/* ISO 8601: "2026-W10". Returns buffer. */
const char *calendar_format_week(calendar_day day, char buffer[16]);

#endif

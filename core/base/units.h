/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units.h: time and level. Authored time is nanoseconds, engine time is frames; both are int64 and
 * neither is ever a float. */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t nsec;   /* nanoseconds */
typedef int64_t frames; /* frames at the session's rate */

#define NSEC_PER_SEC    INT64_C(1000000000)
#define NSEC_PER_MSEC   INT64_C(1000000)
#define SESSION_RATE_HZ 48000 /* unless asked otherwise */

/* Rounded to the nearest frame, half up; exact for |time| < 2^53 ns (104 days). */
frames frames_from_ns(nsec time, uint32_t rate_hz);
nsec ns_from_frames(frames count, uint32_t rate_hz);

/* A position on the timeline without accumulated error: `whole` frames plus `part` / 10^9 of a
 * frame. */
struct instant {
    frames whole;
    int64_t part; /* 0 … 10^9 − 1 */
};
struct instant instant_after_ns(struct instant at, nsec time, uint32_t rate_hz); /* time ≥ 0 */
struct instant instant_after_frames(struct instant at, frames count);
frames instant_frame(struct instant at); /* rounded once, half up */
int instant_compare(struct instant a, struct instant b);

/* Parses a duration: `30s`, `1.5s`, `500ms`, `2min`, `1m30s`, `1h`, `1h20m`, `1:30` (min:sec),
 * `1:02:03`. Decimals with a point, at most 9 digits. Whole text must match. Returns false (and
 * leaves *time alone) when it is not a duration, has no unit, or exceeds 1,000 hours. No locale, no
 * float. */
bool units_parse_duration(const char *text, size_t length, nsec *time);
/* "12 min 30 s" style for messages: "7 s", "1.5 s", "2 min", "2 min 5 s", "1 h 4 min". Returns
 * buffer. */
const char *units_format_duration(nsec time, char *buffer, size_t size);
/* Clock style for tables: "0:07", "12:05", "1:02:03"; tenths when `tenths`. Returns buffer. */
const char *units_format_clock(nsec time, bool tenths, char *buffer, size_t size);

/* Decimal number with a point, optional sign, whole text; no exponent, no locale. */
bool units_parse_number(const char *text, size_t length, double *value);
bool units_parse_int(const char *text, size_t length, int64_t *value);

float gain_from_db(double db);    /* 10^(db/20) */
double db_from_gain(double gain); /* −INFINITY for 0 */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units.c: exact conversions between nanoseconds and frames, and numbers as people write them. */
#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_NS (INT64_C(1000) * 3600 * NSEC_PER_SEC)

__extension__ typedef __int128 wide;

static int64_t clamp(wide value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

/* ⌊a / b⌋ for b > 0. */
static wide floor_div(wide a, wide b)
{
    wide quotient = a / b;
    return quotient * b > a ? quotient - 1 : quotient;
}

frames frames_from_ns(nsec time, uint32_t rate_hz)
{
    return clamp(floor_div((wide)time * rate_hz + NSEC_PER_SEC / 2, NSEC_PER_SEC));
}

nsec ns_from_frames(frames count, uint32_t rate_hz)
{
    if (rate_hz == 0)
        return 0;
    return clamp(floor_div((wide)count * NSEC_PER_SEC * 2 + rate_hz, (wide)rate_hz * 2));
}

/* A nanosecond is rate_hz / 10^9 frames, so its length in parts is the whole number rate_hz:
 * nothing is rounded here. */
struct instant instant_after_ns(struct instant at, nsec time, uint32_t rate_hz)
{
    wide parts = (wide)time * rate_hz + at.part;
    wide carry = floor_div(parts, NSEC_PER_SEC);
    at.whole = clamp((wide)at.whole + carry);
    at.part = (int64_t)(parts - carry * NSEC_PER_SEC);
    return at;
}

struct instant instant_after_frames(struct instant at, frames count)
{
    at.whole = clamp((wide)at.whole + count);
    return at;
}

frames instant_frame(struct instant at)
{
    return clamp((wide)at.whole + (at.part >= NSEC_PER_SEC / 2));
}

int instant_compare(struct instant a, struct instant b)
{
    if (a.whole != b.whole)
        return a.whole < b.whole ? -1 : 1;
    return a.part < b.part ? -1 : a.part > b.part;
}

/* --- Reading --- */

struct reader {
    const char *at, *end;
};

static bool is_digit(const struct reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool take(struct reader *r, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    return true;
}

/* Digits, counted in *digits; the value stops growing at 10^17. */
static int64_t take_digits(struct reader *r, int *digits)
{
    int64_t value = 0;
    *digits = 0;
    for (; is_digit(r); r->at++) {
        if (*digits < 1000)
            ++*digits;
        if (value < INT64_C(10000000000000000))
            value = value * 10 + (*r->at - '0');
        else
            value = INT64_C(100000000000000000);
    }
    return value;
}

/* A point and 1 to 9 digits, in billionths; nothing there is 0. */
static bool take_fraction(struct reader *r, int64_t *billionths)
{
    int digits;
    *billionths = 0;
    if (!take(r, "."))
        return true;
    *billionths = take_digits(r, &digits);
    if (digits < 1 || digits > 9)
        return false;
    for (; digits < 9; digits++)
        *billionths *= 10;
    return true;
}

/* `1:30`, `1:02:03`, `1:30.5` after the first number. */
static bool take_clock(struct reader *r, int64_t first, wide *time)
{
    int64_t fields[3] = {first}, fraction = 0;
    int count = 1, digits;
    while (count < 3 && take(r, ":")) {
        fields[count++] = take_digits(r, &digits);
        if (digits != 2 || fields[count - 1] > 59)
            return false;
    }
    if (count == 3 && first > 1000)
        return false;
    if (!take_fraction(r, &fraction))
        return false;
    wide seconds = 0;
    for (int i = 0; i < count; i++)
        seconds = seconds * 60 + fields[i];
    *time = seconds * NSEC_PER_SEC + fraction;
    return true;
}

static const struct unit {
    const char *name;
    int rank; /* 0 is the largest */
    nsec size_ns;
    int64_t below; /* after a larger unit the number must be below this */
} duration_units[] = {
    {"h", 0, 3600 * NSEC_PER_SEC, 0}, {"min", 1, 60 * NSEC_PER_SEC, 60},
    {"ms", 3, NSEC_PER_MSEC, 1000},   {"m", 1, 60 * NSEC_PER_SEC, 60},
    {"s", 2, NSEC_PER_SEC, 60},
};

static const struct unit *take_unit(struct reader *r)
{
    for (size_t i = 0; i < sizeof duration_units / sizeof *duration_units; i++)
        if (take(r, duration_units[i].name))
            return &duration_units[i];
    return NULL;
}

bool units_parse_duration(const char *text, size_t length, nsec *time)
{
    struct reader r = {text, text + length};
    wide total = 0;
    int rank = -1, digits;
    do {
        int64_t number = take_digits(&r, &digits), fraction;
        if (digits == 0)
            return false;
        if (rank < 0 && r.at < r.end && *r.at == ':') {
            if (!take_clock(&r, number, &total) || r.at != r.end)
                return false;
            break;
        }
        if (!take_fraction(&r, &fraction))
            return false;
        const struct unit *unit = take_unit(&r);
        if (!unit || unit->rank <= rank || (rank >= 0 && number >= unit->below))
            return false;
        if (fraction && r.at != r.end) /* only the last number may have decimals */
            return false;
        rank = unit->rank;
        total += (wide)number * unit->size_ns;
        total += ((wide)fraction * unit->size_ns + NSEC_PER_SEC / 2) / NSEC_PER_SEC;
        if (total > LONGEST_NS)
            return false;
    } while (r.at < r.end);
    if (total > LONGEST_NS)
        return false;
    *time = (nsec)total;
    return true;
}

static bool take_sign(struct reader *r)
{
    if (take(r, "-"))
        return true;
    take(r, "+");
    return false;
}

bool units_parse_number(const char *text, size_t length, double *value)
{
    struct reader r = {text, text + length};
    bool negative = take_sign(&r);
    int digits, decimals = 0;
    int64_t whole = take_digits(&r, &digits);
    if (digits == 0 || whole >= INT64_C(100000000000000000))
        return false;
    double divisor = 1, number = (double)whole;
    if (take(&r, ".")) {
        if (!is_digit(&r))
            return false;
        /* Up to 17 digits in all make one whole number over a power of ten: correctly rounded while
         * that number is below 2^53. Further digits change nothing that is heard. */
        for (; is_digit(&r); r.at++)
            if (whole < INT64_C(10000000000000000) && decimals < 22) {
                whole = whole * 10 + (*r.at - '0');
                divisor *= 10;
                decimals++;
            }
        number = (double)whole / divisor;
    }
    if (r.at != r.end)
        return false;
    *value = negative ? -number : number;
    return true;
}

bool units_parse_int(const char *text, size_t length, int64_t *value)
{
    struct reader r = {text, text + length};
    bool negative = take_sign(&r);
    uint64_t number = 0, limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    if (!is_digit(&r))
        return false;
    for (; is_digit(&r); r.at++) {
        uint64_t digit = (uint64_t)(*r.at - '0');
        if (number > (limit - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (r.at != r.end)
        return false;
    *value = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

/* --- Writing --- */

static uint64_t magnitude(nsec time)
{
    return time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
}

const char *units_format_duration(nsec time, char *buffer, size_t size)
{
    uint64_t ns = magnitude(time), tenths = (ns + NSEC_PER_SEC / 20) / (NSEC_PER_SEC / 10);
    uint64_t seconds = (ns + NSEC_PER_SEC / 2) / NSEC_PER_SEC, minutes = (seconds + 30) / 60;
    const char *sign = time < 0 ? "-" : "";
    if (ns > 0 && ns < 100 * NSEC_PER_MSEC)
        snprintf(buffer, size, "%s%llu ms", sign,
                 (unsigned long long)((ns + NSEC_PER_MSEC / 2) / NSEC_PER_MSEC));
    else if (tenths < 100 && tenths % 10)
        snprintf(buffer, size, "%s%llu.%llu s", sign, (unsigned long long)(tenths / 10),
                 (unsigned long long)(tenths % 10));
    else if (seconds < 60)
        snprintf(buffer, size, "%s%llu s", sign, (unsigned long long)seconds);
    else if (seconds < 3600 && seconds % 60)
        snprintf(buffer, size, "%s%llu min %llu s", sign, (unsigned long long)(seconds / 60),
                 (unsigned long long)(seconds % 60));
    else if (minutes < 60)
        snprintf(buffer, size, "%s%llu min", sign, (unsigned long long)minutes);
    else if (minutes % 60)
        snprintf(buffer, size, "%s%llu h %llu min", sign, (unsigned long long)(minutes / 60),
                 (unsigned long long)(minutes % 60));
    else
        snprintf(buffer, size, "%s%llu h", sign, (unsigned long long)(minutes / 60));
    return buffer;
}

const char *units_format_clock(nsec time, bool tenths, char *buffer, size_t size)
{
    uint64_t step = NSEC_PER_SEC / (tenths ? 10 : 1);
    uint64_t steps = (magnitude(time) + step / 2) / step;
    unsigned long long seconds = tenths ? steps / 10 : steps;
    char fraction[4] = "";
    if (tenths)
        snprintf(fraction, sizeof fraction, ".%d", (int)(steps % 10));
    const char *sign = time < 0 && steps ? "-" : "";
    if (seconds >= 3600)
        snprintf(buffer, size, "%s%llu:%02llu:%02llu%s", sign, seconds / 3600, seconds / 60 % 60,
                 seconds % 60, fraction);
    else
        snprintf(buffer, size, "%s%llu:%02llu%s", sign, seconds / 60, seconds % 60, fraction);
    return buffer;
}

float gain_from_db(double db)
{
    return (float)pow(10.0, db / 20.0);
}

double db_from_gain(double gain)
{
    return gain > 0 ? 20.0 * log10(gain) : -INFINITY;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark_time.c: the numbers inside marks: durations, counts, their ranges, breath patterns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "routine/mark_reader.h"

/* The two ends of a range; without a dash both are the whole word. */
struct ends {
    struct word low, high;
    bool split;
};

/* Bytes of the dash at `at`: "-" or an en dash; 0: none. */
static size_t dash_at(const char *at, size_t left)
{
    if (left >= 1 && *at == '-')
        return 1;
    if (left >= 3 && memcmp(at, "\xe2\x80\x93", 3) == 0)
        return 3;
    return 0;
}

static struct ends cut(struct word word)
{
    struct ends ends = {word, word, false};
    for (size_t i = 1; i < word.length; i++) {
        size_t dash = dash_at(word.text + i, word.length - i);
        if (dash == 0)
            continue;
        ends.low = (struct word){word.text, i};
        ends.high = (struct word){word.text + i + dash, word.length - i - dash};
        ends.split = true;
        break;
    }
    return ends;
}

static bool is_bare(struct word word)
{
    bool digit = false;
    for (size_t i = 0; i < word.length; i++) {
        if (word.text[i] != '.' && (word.text[i] < '0' || word.text[i] > '9'))
            return false;
        digit = digit || word.text[i] != '.';
    }
    return digit;
}

/* The unit of a duration with one number and one unit ("s" of "30s"); empty otherwise. */
static struct word unit_of(struct word word)
{
    size_t i = 0, end;
    while (i < word.length && (word.text[i] == '.' || (word.text[i] >= '0' && word.text[i] <= '9')))
        i++;
    for (end = i; end < word.length; end++)
        if (word.text[end] < 'a' || word.text[end] > 'z')
            return (struct word){word.text, 0};
    return (struct word){word.text + i, word.length - i};
}

static const char *keyword(const struct mark_reader *r)
{
    return r->count > 1 && !word_is_digits_first(r->words[0]) ? word_copy(r->words[0], r->arena)
                                                              : "hold";
}

static bool no_unit(const struct mark_reader *r, struct word word)
{
    const char *number = word_copy(word, r->arena);
    const char *hint = arena_printf(r->arena, "write `%s %ss` for seconds, `%s %smin` for minutes",
                                    keyword(r), number, keyword(r), number);
    return mark_fail(r, word, hint, "`%s` has no unit", number);
}

static bool read_end(const struct mark_reader *r, struct word word, struct word unit, nsec *time)
{
    char buffer[MARK_MAX_BYTES * 2];
    if (word.length == 0 || word.length + unit.length >= sizeof buffer)
        return mark_fail(r, word, NULL, "a duration is missing here");
    memcpy(buffer, word.text, word.length);
    memcpy(buffer + word.length, unit.text, unit.length);
    if (!units_parse_duration(buffer, word.length + unit.length, time))
        return mark_fail(r, word, NULL, "`%.*s` is not a duration", (int)word.length, word.text);
    if (*time <= 0)
        return mark_fail(r, word, "a mark takes some time, or leave it out",
                         "`%.*s` is no time at all", (int)word.length, word.text);
    if (*time > MARK_MAX_NS)
        return mark_fail(r, word, "one mark takes at most 4 hours", "`%.*s` is too long",
                         (int)word.length, word.text);
    return true;
}

static bool swapped(const struct mark_reader *r, struct word word, const struct range *range,
                    bool is_time)
{
    struct range right = {range->high, range->low, 0};
    const char *text = mark_range_text(&right, is_time, r->arena);
    return mark_fail(r, word, arena_printf(r->arena, "the low end comes first: `%s`", text),
                     "the ends of `%.*s` are swapped", (int)word.length, word.text);
}

bool mark_read_time(const struct mark_reader *r, struct word word, struct range *range)
{
    struct ends ends = cut(word);
    struct word none = {"", 0}, unit = none;
    if (is_bare(ends.high))
        return no_unit(r, ends.split ? ends.high : word);
    if (ends.split && is_bare(ends.low)) {
        unit = unit_of(ends.high);
        if (unit.length == 0)
            return no_unit(r, ends.low);
    }
    *range = (struct range){0};
    if (!read_end(r, ends.low, unit, &range->low) || !read_end(r, ends.high, none, &range->high))
        return false;
    if (range->low > range->high)
        return swapped(r, word, range, true);
    return true;
}

static bool read_count(const struct mark_reader *r, struct word word, int64_t limit,
                       const char *what, int64_t *count)
{
    if (!word_is_number(word))
        return mark_fail(r, word, NULL, "`%.*s` is not a whole number", (int)word.length,
                         word.text);
    if (!units_parse_int(word.text, word.length, count) || *count > limit)
        return mark_fail(r, word, arena_printf(r->arena, "at most %lld", (long long)limit),
                         "`%.*s` is too many %s", (int)word.length, word.text, what);
    if (*count < 1)
        return mark_fail(r, word, "at least 1, or leave the mark out", "no %s at all", what);
    return true;
}

bool mark_read_amount(const struct mark_reader *r, struct word word, int64_t limit,
                      const char *what, struct range *range)
{
    struct ends ends = cut(word);
    *range = (struct range){0};
    if (!read_count(r, ends.low, limit, what, &range->low) ||
        !read_count(r, ends.high, limit, what, &range->high))
        return false;
    if (range->low > range->high)
        return swapped(r, word, range, false);
    return true;
}

static bool read_phase(const struct mark_reader *r, struct word word, bool may_be_zero, nsec *time)
{
    char buffer[MARK_MAX_BYTES * 2];
    if (!is_bare(word) || word.length + 1 >= sizeof buffer)
        return mark_fail(r, word, "seconds joined by dashes: `breathe 4-7-8 x4`",
                         "`%.*s` is not a number of seconds", (int)word.length, word.text);
    memcpy(buffer, word.text, word.length);
    buffer[word.length] = 's';
    if (!units_parse_duration(buffer, word.length + 1, time))
        return mark_fail(r, word, "seconds joined by dashes: `breathe 4-7-8 x4`",
                         "`%.*s` is not a number of seconds", (int)word.length, word.text);
    if (*time == 0 && !may_be_zero)
        return mark_fail(r, word, "only the pauses may be 0", "a breath takes some time");
    if (*time > 60 * NSEC_PER_SEC)
        return mark_fail(r, word, "one phase of a breath takes at most 60 seconds",
                         "`%.*s` is too long", (int)word.length, word.text);
    return true;
}

bool mark_read_pattern(const struct mark_reader *r, struct word word, nsec pattern[4])
{
    struct word parts[4];
    size_t count = 0;
    struct word rest = word;
    for (;;) {
        struct ends ends = cut(rest);
        if (count == 4)
            return mark_fail(r, word, "in-keep-out-keep: `breathe 4-4-4-4 x4`",
                             "a breath has at most four phases");
        parts[count++] = ends.low;
        if (!ends.split)
            break;
        rest = ends.high;
    }
    if (count < 2)
        return mark_fail(r, word, "in-out, in-keep-out or in-keep-out-keep: `breathe 4-7-8 x4`",
                         "a breath has at least two phases");
    nsec phases[4] = {0};
    for (size_t i = 0; i < count; i++)
        if (!read_phase(r, parts[i], count > 2 && i % 2 == 1, &phases[i]))
            return false;
    memset(pattern, 0, 4 * sizeof *pattern);
    pattern[0] = phases[0];
    pattern[1] = count == 2 ? 0 : phases[1];
    pattern[2] = count == 2 ? phases[1] : phases[2];
    pattern[3] = phases[3];
    return true;
}

bool mark_read_decimal(struct word word, double *value)
{
    double number;
    if (!units_parse_number(word.text, word.length, &number) || fabs(number) > 1e6)
        return false;
    *value = (double)llround(number * 1000) / 1000;
    return true;
}

/* --- Writing --- */

char *mark_decimal_text(double value, struct arena *arena)
{
    long long thousandths = llround(value * 1000), size = llabs(thousandths);
    char *text =
        arena_printf(arena, "%s%lld.%03lld", thousandths < 0 ? "-" : "", size / 1000, size % 1000);
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        text[--length] = '\0';
    if (text[length - 1] == '.')
        text[length - 1] = '\0';
    return text;
}

/* Seconds with up to nine decimals, without a unit. */
static char *seconds_text(nsec time, struct arena *arena)
{
    char *text = arena_printf(arena, "%lld.%09lld", (long long)(time / NSEC_PER_SEC),
                              (long long)(time % NSEC_PER_SEC));
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        text[--length] = '\0';
    if (text[length - 1] == '.')
        text[length - 1] = '\0';
    return text;
}

static bool whole_minutes(nsec time)
{
    return time > 0 && time % (60 * NSEC_PER_SEC) == 0;
}

char *mark_time_text(nsec time, struct arena *arena)
{
    long long minutes = time / (60 * NSEC_PER_SEC);
    if (whole_minutes(time) && minutes % 60 == 0)
        return arena_printf(arena, "%lldh", minutes / 60);
    if (whole_minutes(time) && minutes >= 2)
        return arena_printf(arena, "%lldmin", minutes);
    if (minutes < 2 || time % NSEC_PER_SEC)
        return arena_printf(arena, "%ss", seconds_text(time, arena));
    return arena_printf(arena, "%lldm%llds", minutes, (long long)(time / NSEC_PER_SEC) % 60);
}

char *mark_range_text(const struct range *range, bool is_time, struct arena *arena)
{
    if (!is_time && range->low == range->high)
        return arena_printf(arena, "%lld", (long long)range->low);
    if (!is_time)
        return arena_printf(arena, "%lld-%lld", (long long)range->low, (long long)range->high);
    char *low = mark_time_text(range->low, arena), *high = mark_time_text(range->high, arena);
    if (range->low == range->high)
        return high;
    struct word first = {low, strlen(low)}, second = {high, strlen(high)};
    struct word unit = unit_of(first), other = unit_of(second);
    if (unit.length && other.length && strcmp(unit.text, other.text) == 0)
        low[first.length - unit.length] = '\0';
    return arena_printf(arena, "%s-%s", low, high);
}

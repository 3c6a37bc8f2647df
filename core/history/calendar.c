/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.c: dates by arithmetic, in the Gregorian calendar. */
#include "history/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_S 86400

/* --- days and dates --- */

struct date {
    int year, month, day;
};

static int64_t divide_down(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years begin in March here, so that the leap day is the last of one. */
static calendar_day day_from_date(struct date date)
{
    int year = date.month <= 2 ? date.year - 1 : date.year;
    int era = (int)divide_down(year, 400), of_era = year - era * 400;
    int of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_from_day(calendar_day day)
{
    int shifted = day + 719468, era = (int)divide_down(shifted, 146097);
    int of_era = shifted - era * 146097;
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153;
    struct date date = {.year = year + era * 400,
                        .month = month < 10 ? month + 3 : month - 9,
                        .day = of_year - (153 * month + 2) / 5 + 1};
    date.year += date.month <= 2;
    return date;
}

/* Whatever a damaged file holds, the calendar stays within years 1 to 9999. */
static int64_t within(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static const struct date first_date = {1, 1, 1}, last_date = {9999, 12, 31};

calendar_day calendar_day_of(struct moment at)
{
    int64_t day = divide_down(within(at.unix_s, -1e12, 1e12) + at.offset_s, DAY_S);
    return (calendar_day)within(day, day_from_date(first_date), day_from_date(last_date));
}

calendar_day calendar_monday(calendar_day day)
{
    return day - (day + 3 - (int)divide_down((int64_t)day + 3, 7) * 7); /* day 0 was a Thursday */
}

/* --- reading --- */

/* `count` digits at *text, or −1. Moves past them. */
static int take_digits(const char **text, int count)
{
    int value = 0;
    for (; count > 0; count--, (*text)++) {
        if (**text < '0' || **text > '9')
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

static bool take_char(const char **text, char c)
{
    bool there = **text == c;
    *text += there;
    return there;
}

static bool take_date(const char **text, calendar_day *day)
{
    struct date date = {.year = take_digits(text, 4)};
    if (date.year < 1 || !take_char(text, '-') || (date.month = take_digits(text, 2)) < 1 ||
        date.month > 12 || !take_char(text, '-') || (date.day = take_digits(text, 2)) < 1)
        return false;
    *day = day_from_date(date);
    struct date back = date_from_day(*day); /* 30 February comes back as 2 March */
    return back.month == date.month && back.day == date.day;
}

static bool take_clock(const char **text, int *seconds)
{
    int hours = take_digits(text, 2), minutes = 0;
    if (hours < 0 || hours > 23 || !take_char(text, ':') || (minutes = take_digits(text, 2)) < 0 ||
        minutes > 59)
        return false;
    *seconds = hours * 3600 + minutes * 60;
    return true;
}

static bool take_offset(const char **text, int *offset_s)
{
    *offset_s = 0;
    if (take_char(text, 'Z'))
        return true;
    bool west = **text == '-';
    if (!west && **text != '+')
        return false;
    ++*text;
    if (!take_clock(text, offset_s))
        return false;
    *offset_s = west ? -*offset_s : *offset_s;
    return true;
}

bool calendar_parse_day(const char *text, calendar_day *day)
{
    calendar_day found = 0;
    if (!text || !take_date(&text, &found) || *text)
        return false;
    *day = found;
    return true;
}

bool calendar_parse(const char *text, struct moment *at)
{
    calendar_day day = 0;
    int clock = 0, seconds = 0, offset_s = 0;
    if (!text || !take_date(&text, &day) || !take_char(&text, 'T') || !take_clock(&text, &clock))
        return false;
    if (take_char(&text, ':') && ((seconds = take_digits(&text, 2)) < 0 || seconds > 60))
        return false;
    if (!take_offset(&text, &offset_s) || *text)
        return false;
    *at = (struct moment){.unix_s = (int64_t)day * DAY_S + clock + seconds - offset_s,
                          .offset_s = offset_s};
    return true;
}

/* --- writing --- */

const char *calendar_format_day(calendar_day day, char buffer[16])
{
    struct date date = date_from_day(
        (calendar_day)within(day, day_from_date(first_date), day_from_date(last_date)));
    snprintf(buffer, 16, "%04d-%02d-%02d", date.year % 10000, date.month % 100, date.day % 100);
    return buffer;
}

static int second_of_day(struct moment at)
{
    int64_t local = within(at.unix_s, -1e12, 1e12) + at.offset_s;
    return (int)(local - divide_down(local, DAY_S) * DAY_S);
}

const char *calendar_format_utc(struct moment at, char buffer[32])
{
    struct moment utc = {.unix_s = at.unix_s};
    char day[16];
    int second = second_of_day(utc);
    snprintf(buffer, 32, "%sT%02d:%02d:%02dZ", calendar_format_day(calendar_day_of(utc), day),
             second / 3600 % 100, second / 60 % 60, second % 60);
    return buffer;
}

const char *calendar_format_local(struct moment at, char buffer[32])
{
    char day[16];
    int second = second_of_day(at);
    unsigned minutes = (unsigned)abs((int)within(at.offset_s, -DAY_S, DAY_S)) / 60;
    snprintf(buffer, 32, "%sT%02d:%02d:%02d%c%02u:%02u",
             calendar_format_day(calendar_day_of(at), day), second / 3600 % 100, second / 60 % 60,
             second % 60, at.offset_s < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
    return buffer;
}

const char *calendar_format_clock(struct moment at, char buffer[8])
{
    int second = second_of_day(at);
    snprintf(buffer, 8, "%02d:%02d", second / 3600 % 100, second / 60 % 60);
    return buffer;
}

/* A week belongs to the year that its Thursday is in. */
const char *calendar_format_week(calendar_day day, char buffer[16])
{
    calendar_day thursday = calendar_monday(day) + 3;
    int year = date_from_day(thursday).year;
    int week = (thursday - day_from_date((struct date){year, 1, 1})) / 7 + 1;
    snprintf(buffer, 16, "%04d-W%02d", year % 10000, week % 100);
    return buffer;
}

/* --- now --- */

struct moment calendar_local(int64_t unix_s)
{
    struct tm local;
    time_t time = (time_t)unix_s;
    tzset();
    bool known = localtime_r(&time, &local) != NULL;
    return (struct moment){.unix_s = unix_s, .offset_s = known ? (int32_t)local.tm_gmtoff : 0};
}

struct moment calendar_now(void)
{
    const char *set = getenv(CALENDAR_NOW_VARIABLE);
    struct moment now;
    struct timespec since_boot;
    if (!calendar_parse(set, &now))
        return calendar_local(time(NULL));
    clock_gettime(CLOCK_MONOTONIC, &since_boot);
    static int64_t begun_s = -1;
    if (begun_s < 0)
        begun_s = since_boot.tv_sec;
    now.unix_s += since_boot.tv_sec - begun_s;
    return now;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* when.c: days and numbers in words. */
#include "coach/coach_inside.h"

const char *coach_weekday(int weekday)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    return names[weekday];
}

int coach_weekday_of(calendar_day day)
{
    return (int)(day - calendar_monday(day));
}

int32_t coach_days_since(calendar_day day, calendar_day today)
{
    if (day == CALENDAR_NO_DAY)
        return INT32_MAX;
    int64_t days = (int64_t)today - day;
    return days < 0 ? 0 : days > INT32_MAX ? INT32_MAX : (int32_t)days;
}

const char *coach_when(calendar_day day, calendar_day today, struct arena *arena)
{
    int32_t days = coach_days_since(day, today);
    char date[16];
    if (days == 0)
        return "today";
    if (days == 1)
        return "yesterday";
    if (days < 7)
        return arena_printf(arena, "on %s", coach_weekday(coach_weekday_of(day)));
    return arena_printf(arena, "on %s", calendar_format_day(day, date));
}

const char *coach_times(size_t times, struct arena *arena)
{
    return times == 1 ? "once" : arena_printf(arena, "%zu times", times);
}

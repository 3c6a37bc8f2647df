/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_days.c: streaks and weeks, from days alone. */
#include <string.h>

#include "history/history.h"

bool history_day_counts(const struct history_day *day)
{
    return day->finished > 0 || day->done_ns >= HISTORY_DAY_NS;
}

struct history_streak history_streak(const struct history_day *days, size_t count,
                                     calendar_day today)
{
    struct history_streak streak = {0};
    calendar_day last = CALENDAR_NO_DAY;
    int row = 0;
    for (size_t i = 0; i < count && days[i].day <= today; i++) {
        if (!history_day_counts(&days[i]))
            continue;
        row = last != CALENDAR_NO_DAY && days[i].day == last + 1 ? row + 1 : 1;
        last = days[i].day;
        if (row > streak.longest)
            streak.longest = row;
    }
    streak.today = last == today;
    if (last != CALENDAR_NO_DAY && last >= today - 1)
        streak.days = row;
    return streak;
}

struct history_total history_total(const struct history_day *days, size_t count, calendar_day first,
                                   calendar_day last)
{
    struct history_total total = {0};
    for (size_t i = 0; i < count; i++) {
        if (days[i].day < first || days[i].day > last)
            continue;
        total.sessions += days[i].sessions;
        total.days++;
        total.done_ns += days[i].done_ns;
    }
    return total;
}

void history_weeks(const struct history_day *days, size_t count, calendar_day today,
                   struct history_total *weeks, size_t week_count)
{
    calendar_day monday = calendar_monday(today) - 7 * ((calendar_day)week_count - 1);
    for (size_t i = 0; i < week_count; i++, monday += 7)
        weeks[i] = history_total(days, count, monday, monday + 6);
}

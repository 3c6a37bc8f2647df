/* SPDX-License-Identifier: GPL-3.0-or-later */
/* due.c: what of a plan is due on a day.
 *
 * - Days of the week: on those days. A day that was missed is not made up for: consistency is the
 *   next day, not two at once.
 * - Every N days: N days after the last time; at once if there was none.
 * - N a week (from Monday): until it was done on N days, 7 / N days (rounded down) after the last
 *   time, or earlier when otherwise too few days are left.
 * - What was done today is done. Beyond `most` a day, counting what was done, it is put off; what
 *   was not done for longest comes first. */
#include <stdlib.h>

#include "coach/coach_inside.h"
#include "coach/today.h"

struct known {
    calendar_day last; /* up to today; NO_DAY: never */
    int this_week;     /* different days since Monday */
};

static struct known look_back(const struct today_facts *facts, calendar_day today)
{
    struct known known = {.last = CALENDAR_NO_DAY};
    calendar_day monday = calendar_monday(today);
    unsigned week = 0;
    for (size_t i = 0; i < facts->count; i++) {
        calendar_day day = facts->days[i];
        if (day > today || day == CALENDAR_NO_DAY)
            continue;
        if (known.last == CALENDAR_NO_DAY || day > known.last)
            known.last = day;
        if (day >= monday)
            week |= 1U << (day - monday);
    }
    known.this_week = __builtin_popcount(week);
    return known;
}

static const char *last_text(calendar_day last, calendar_day today, struct arena *arena)
{
    return last == CALENDAR_NO_DAY
               ? "not done yet"
               : arena_printf(arena, "last done %s", coach_when(last, today, arena));
}

static bool on_weekday(const struct today_entry *entry, calendar_day today, struct arena *arena,
                       const char **why)
{
    int now = coach_weekday_of(today);
    if (entry->weekdays == 0x7f) {
        *why = "every day";
        return true;
    }
    if ((entry->weekdays >> now) & 1) {
        *why = arena_printf(arena, "%s is one of its days", coach_weekday(now));
        return true;
    }
    int next = now;
    for (int i = 1; i <= 7 && !((entry->weekdays >> next) & 1); i++)
        next = (now + i) % 7;
    *why = arena_printf(arena, "its next day is %s", coach_weekday(next));
    return false;
}

static bool after_days(const struct today_entry *entry, struct known known, calendar_day today,
                       struct arena *arena, const char **why)
{
    *why = arena_printf(arena, "every %d days, %s", entry->number,
                        last_text(known.last, today, arena));
    return coach_days_since(known.last, today) >= entry->number;
}

static bool in_week(const struct today_entry *entry, struct known known, calendar_day today,
                    struct arena *arena, const char **why)
{
    int missing = entry->number - known.this_week;
    int days_left = 7 - coach_weekday_of(today);
    *why = arena_printf(arena, "%d of %d this week, %s", known.this_week, entry->number,
                        last_text(known.last, today, arena));
    if (missing <= 0)
        return false;
    return missing >= days_left || coach_days_since(known.last, today) >= 7 / entry->number;
}

static struct today_due look_at(const struct today_entry *entry, const struct today_facts *facts,
                                calendar_day today, struct arena *arena)
{
    struct known known = look_back(facts, today);
    struct today_due due = {.entry = entry, .state = TODAY_DONE, .why = "done today"};
    due.last = known.last;
    if (known.last == today)
        return due;
    bool is_due = false;
    switch (entry->rhythm) {
    case TODAY_WEEKDAYS:
        is_due = on_weekday(entry, today, arena, &due.why);
        break;
    case TODAY_EVERY:
        is_due = after_days(entry, known, today, arena, &due.why);
        break;
    case TODAY_A_WEEK:
        is_due = in_week(entry, known, today, arena, &due.why);
        break;
    }
    due.state = is_due ? TODAY_DUE : TODAY_NOT_DUE;
    return due;
}

/* NO_DAY is before all days. */
static int by_need(const void *a, const void *b)
{
    const struct today_due *left = a, *right = b;
    bool left_due = left->state == TODAY_DUE, right_due = right->state == TODAY_DUE;
    if (left_due != right_due)
        return left_due ? -1 : 1;
    if (left_due && left->last != right->last)
        return left->last < right->last ? -1 : 1;
    return (left->entry > right->entry) - (left->entry < right->entry);
}

const struct today_due *today_due(const struct today_plan *plan, const struct today_facts *facts,
                                  calendar_day today, struct arena *arena)
{
    struct today_due *dues = ARENA_ARRAY(arena, struct today_due, plan->count + 1);
    size_t taken = 0;
    for (size_t i = 0; i < plan->count; i++) {
        dues[i] = look_at(&plan->entries[i], &facts[i], today, arena);
        taken += dues[i].state == TODAY_DONE;
    }
    if (plan->count > 1)
        qsort(dues, plan->count, sizeof *dues, by_need);
    for (size_t i = 0; i < plan->count && plan->most > 0 && dues[i].state == TODAY_DUE; i++) {
        if (taken++ < plan->most)
            continue;
        dues[i].state = TODAY_PUT_OFF;
        dues[i].why = arena_printf(arena, "%s, but %zu a day %s enough", dues[i].why, plan->most,
                                   plan->most == 1 ? "is" : "are");
    }
    return dues;
}

const struct today_facts *today_gather(const struct today_plan *plan, struct history *history,
                                       calendar_day today, struct arena *arena)
{
    struct today_facts *facts = ARENA_ARRAY(arena, struct today_facts, plan->count + 1);
    for (size_t i = 0; i < plan->count; i++) {
        const struct history_filter filter = {.routine = plan->entries[i].routine,
                                              .bounded = true,
                                              .first = today - 366,
                                              .last = today};
        struct history_day *days;
        size_t count = history_days(history, &filter, arena, &days);
        calendar_day *kept = ARENA_ARRAY(arena, calendar_day, count + 1);
        for (size_t j = 0; j < count; j++)
            if (history_day_counts(&days[j]))
                kept[facts[i].count++] = days[j].day;
        facts[i].days = kept;
    }
    return facts;
}

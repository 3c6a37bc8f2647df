/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coach_inside.h: what the files of this layer share. Private to core/coach. */
#ifndef COACH_INSIDE_H
#define COACH_INSIDE_H

#include "base/arena.h"
#include "base/vec.h"
#include "coach/coach.h"

struct advice {
    const struct routine *routine;
    const struct coach_request *request;
    const struct coach_facts *facts;
    struct arena *arena;
    const struct section *const *sections; /* in page order */
    size_t section_count;
    const struct history_practice **practices; /* by number of section; NULL: a group, or never */
    struct plan_section *choices;              /* by number of section */
    double *values;                            /* by number of section */
    double *fractions;                         /* by range id − 1 */
    VEC(struct coach_reason) reasons;
};

/* `section` NULL: the whole session. */
void advice_say(struct advice *advice, enum coach_rule rule, const struct section *section,
                const char *text);

/* guidance.c, ranges.c, rotation.c: one rule each, when it is on and nothing else decides. */
void advice_guidance(struct advice *advice);
void advice_ranges(struct advice *advice);
void advice_sides(struct advice *advice);
void advice_picks(struct advice *advice);

/* ranges.c: the ranges of a section that grow with practice; calls `each` with their ids. Returns
 * how many. */
size_t advice_own_ranges(const struct section *section, void (*each)(void *context, uint32_t id),
                         void *context);

/* when.c: "today", "yesterday", "on Thursday" within a week, else "on 2026-03-05". */
const char *coach_when(calendar_day day, calendar_day today, struct arena *arena);
/* "Monday"…: 0 is Monday. */
const char *coach_weekday(int weekday);
int coach_weekday_of(calendar_day day);
/* "once", "4 times". */
const char *coach_times(size_t times, struct arena *arena);
/* Days from `day` to `today`, ≥ 0; INT32_MAX for CALENDAR_NO_DAY. A day to come counts as today: a
 * clock was put back. */
int32_t coach_days_since(calendar_day day, calendar_day today);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* today.h: a small plan for the week (today.yaml) and what is due of it on a day (docs/coach.md).
 * The reader reads one file; due is pure. */
#ifndef COACH_TODAY_H
#define COACH_TODAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/units.h"
#include "history/history.h"

struct arena;

#define TODAY_MOST_ROUTINES 64
#define TODAY_FEW           3 /* more a day than this: the reader says "pick a few" */

enum today_rhythm {
    TODAY_WEEKDAYS, /* on the days of `weekdays` */
    TODAY_EVERY,    /* every `number` days, counted from the last time */
    TODAY_A_WEEK    /* `number` times a week, spread over it */
};

struct today_entry {
    const char *routine; /* as it would be played: a name or a path */
    enum today_rhythm rhythm;
    unsigned weekdays; /* bit 0: Monday … bit 6: Sunday */
    int number;
    nsec length_ns; /* 0: as long as the page is */
    struct place place;
};

struct today_plan {
    const struct today_entry *entries; /* in the file's order; no routine twice */
    size_t count;
    size_t most; /* a day; 0: all that is due */
};

/* ~/.config/limber/today.yaml, or NULL without a home. */
char *today_place(struct arena *arena);
/* NULL after saying everything that is wrong; warnings leave a plan. In the arena; places point
 * into the sources of `diags`. */
const struct today_plan *today_read(const char *path, struct arena *arena, struct diags *diags);

/* What is known of one routine: the days on which it was done (finished, or a minute of movement),
 * in any order, those of the last two weeks at least; the same day may come twice. Days to come do
 * not count. */
struct today_facts {
    const calendar_day *days;
    size_t count;
};

enum today_state {
    TODAY_DUE,
    TODAY_DONE,    /* today already */
    TODAY_PUT_OFF, /* due, but enough for today */
    TODAY_NOT_DUE
};

struct today_due {
    const struct today_entry *entry;
    enum today_state state;
    const char *why;   /* "Wednesday is one of its days" */
    calendar_day last; /* done; NO_DAY: not known */
};

/* One for each entry: those that are due first, what was not done for longest before others, then
 * the others as the file has them. `facts`: one for each entry. In the arena. */
const struct today_due *today_due(const struct today_plan *plan, const struct today_facts *facts,
                                  calendar_day today, struct arena *arena);
/* Asks the history; in the order of the plan. */
const struct today_facts *today_gather(const struct today_plan *plan, struct history *history,
                                       calendar_day today, struct arena *arena);

#endif

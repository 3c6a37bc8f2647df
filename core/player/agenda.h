/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agenda.h: the person's plan for the week and what is due of it today, with the pages that are
 * meant: for `limber today`, `limber remind` and the box. [main] */
#ifndef PLAYER_AGENDA_H
#define PLAYER_AGENDA_H

#include "base/arena.h"
#include "coach/today.h"
#include "history/calendar.h"

/* One routine of the plan, today. */
struct agenda_item {
    const struct today_due *due;
    const char *name;     /* as the history calls it; of the library: its bare name */
    const char *page;     /* its path; NULL: there is none of that name */
    const char *title;    /* of the page, or the name */
    const char *language; /* likewise, or "en" */
};

struct agenda {
    struct arena *arena; /* of everything here */
    struct diags *diags; /* what is wrong with the plan, routines that are not there among it */
    struct moment now;
    const char *path; /* of the plan; NULL: there is no home */
    bool exists;
    struct agenda_item *items; /* those due first, as today_due() has them */
    size_t count, due_count;   /* due_count: with a page */
};

/* Reads the plan and asks the history. False: the plan has errors; that there is none is not wrong.
 * agenda_close() either way. */
bool agenda_open(struct agenda *agenda);
void agenda_close(struct agenda *agenda);
/* What is due before all others and can be played; NULL: nothing. */
const struct agenda_item *agenda_first_due(const struct agenda *agenda);

#endif

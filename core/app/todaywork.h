/* SPDX-License-Identifier: GPL-3.0-or-later */
/* todaywork.h: the plan for the week and what is due of it, for today and remind. [main] */
#ifndef APP_TODAYWORK_H
#define APP_TODAYWORK_H

#include "base/arena.h"
#include "coach/today.h"
#include "history/calendar.h"

/* One routine of the plan, today. */
struct today_item {
    const struct today_due *due;
    const char *name;     /* as the history calls it */
    const char *page;     /* its path; NULL: there is none of that name */
    const char *title;    /* of the page, or the name */
    const char *language; /* likewise, or "en" */
};

struct todaywork {
    struct arena *arena;
    struct diags *diags;
    struct moment now;
    const char *path; /* of the plan; NULL: there is no home */
    bool exists;
    struct today_item *items; /* those due first, as today_due() has them */
    size_t count, due_count;
};

/* Reads the plan and asks the history. What is wrong with the plan is told. Where there is none
 * yet, `exists` is false, and nothing is wrong. Returns −1, or the exit status; todaywork_close()
 * either way. */
int todaywork_open(struct todaywork *work);
void todaywork_close(struct todaywork *work);
/* "due", "done", "put off", "not due"; "missing" without a page. */
const char *todaywork_state(const struct today_item *item);
/* "15 min", or "" when it is as long as its page is. Returns buffer. */
const char *todaywork_length(const struct today_item *item, char buffer[32]);

#endif

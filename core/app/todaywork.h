/* SPDX-License-Identifier: GPL-3.0-or-later */
/* todaywork.h: the plan for the week, for today and remind. [main] */
#ifndef APP_TODAYWORK_H
#define APP_TODAYWORK_H

#include "player/agenda.h"

/* agenda_open(), and tells what is wrong with the plan. Returns −1, or the exit status;
 * agenda_close() either way. */
int todaywork_open(struct agenda *agenda);
/* "due", "done", "put off", "not due"; "missing" without a page. */
const char *todaywork_state(const struct agenda_item *item);
/* "15 min", or "" when it is as long as its page is. Returns buffer. */
const char *todaywork_length(const struct agenda_item *item, char buffer[32]);

#endif

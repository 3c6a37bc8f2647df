/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show.h: a session that is being played, on the whole of a terminal: keeps what screen.h needs
 * from one report to the next. [main] */
#ifndef APP_SHOW_H
#define APP_SHOW_H

#include <stdbool.h>

#include "limber/control.h"
#include "plan/plan.h"

struct show;

/* Draws nothing yet. `ascii`: the person's locale knows no more. */
struct show *show_new(int fd, bool color, bool ascii);
/* Gives the screen back, and prints there what was warned of. */
void show_destroy(struct show *show);
/* A cue of this plan has begun to be heard. */
void show_cue(struct show *show, const struct plan *plan, const struct cue *cue, nsec start_ns);
void show_status(struct show *show, const struct limber_snapshot *now);
/* An answer to a key: shown for SHOW_MESSAGE_MS. */
#define SHOW_MESSAGE_MS 8000
void show_message(struct show *show, const char *text);
/* The same, and it is printed again when the screen has been given back. */
void show_warning(struct show *show, const char *text);
/* All keys, or the session again. */
void show_keys(struct show *show);
/* Gives the screen back until the next status. */
void show_leave(struct show *show);
/* The size has changed. */
void show_resize(struct show *show);

#endif

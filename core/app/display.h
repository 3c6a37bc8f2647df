/* SPDX-License-Identifier: GPL-3.0-or-later */
/* display.h: a session on the terminal: on the whole of it, or what is said scrolls by and one line
 * at the bottom tells where we are. Without a terminal, plain lines. */
#ifndef APP_DISPLAY_H
#define APP_DISPLAY_H

#include <stdio.h>

#include "limber/control.h"
#include "plan/plan.h"

struct display;

/* `columns` 0: not a terminal. `quiet`: nothing but messages. */
struct display *display_new(FILE *to, int columns, bool color, bool quiet, uint32_t rate_hz);
/* Takes the whole terminal, which is on `to`, for what follows. `ascii`: for plain characters only.
 */
void display_fill(struct display *display, bool ascii);
void display_destroy(struct display *display); /* clears the line at the bottom */
/* A cue of this plan has begun to be heard. */
void display_cue(struct display *display, const struct plan *plan, const struct cue *cue,
                 frames start);
void display_status(struct display *display, const struct limber_snapshot *snapshot);
/* A line for the person: an answer to a key, a lost device. */
void display_message(struct display *display, const char *text);
/* The same, and it is still to be read when the session is over. */
void display_warning(struct display *display, const char *text);
void display_keys(struct display *display);
/* Takes the line at the bottom away, and gives the whole terminal back, until the next status. */
void display_clear(struct display *display);
/* The terminal has this many columns now. */
void display_resize(struct display *display, int columns);

#endif

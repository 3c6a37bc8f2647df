/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fullscreen.h: a session on the whole of a terminal. However the program ends (but for SIGKILL),
 * what stood there before is there again. One at a time. [main] */
#ifndef APP_FULLSCREEN_H
#define APP_FULLSCREEN_H

#include "app/screen.h"

struct fullscreen;

/* Whether the terminal behind `fd` can be used: it is one, ours at the moment, and not
 * one of lines only (TERM=dumb).
 */
bool fullscreen_possible(int fd);
/* Takes the screen. `color`: false for NO_COLOR. */
struct fullscreen *fullscreen_new(int fd, bool color);
void fullscreen_destroy(struct fullscreen *fullscreen); /* gives it back */
/* Draws what changed; the first time, and after a change of size, all. */
void fullscreen_show(struct fullscreen *fullscreen, const struct screen_state *state);
/* The size has changed, or somebody else wrote there: the next fullscreen_show() draws all. */
void fullscreen_spoilt(struct fullscreen *fullscreen);
/* Gives the screen back until the next fullscreen_show(): before the process is stopped, or another
 * takes its place. */
void fullscreen_leave(struct fullscreen *fullscreen);

#endif

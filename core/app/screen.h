/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.h: what a session looks like on a whole screen. Pure: plain data in, cells out. Where
 * things are depends on the size of the screen only, so nothing jumps while a session plays. */
#ifndef APP_SCREEN_H
#define APP_SCREEN_H

#include "app/cells.h"
#include "base/units.h"
#include "limber/control.h"
#include "plan/plan.h"

struct screen_state {
    enum limber_transport transport;
    const char *title, *move, *side, *bout; /* "": none */
    const char *said;                       /* what is being said, or "" */
    const char *next;                       /* the move after this one; NULL: this is the last */
    const char *message;                    /* or "" */
    enum cue_role role;                     /* of what is being said */
    size_t move_number, move_count;         /* from 1; 0: before the first */
    int round, set, rep;                    /* from 1; 0: none */
    nsec position_ns, total_ns;             /* total −1: not known yet */
    nsec bout_left_ns;                      /* 0: none */
    const nsec *starts_ns;                  /* of the moves, move_count of them, or NULL */
    bool keys;                              /* all keys are shown instead */
    bool ascii; /* signs of the player's own are plain characters; texts stay as they are */
};

/* Draws onto cells that are all blank. */
void screen_draw(const struct screen_state *state, struct cells *cells);

#endif

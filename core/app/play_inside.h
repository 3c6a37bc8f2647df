/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play_inside.h: what the files of `limber play` share. [main] */
#ifndef APP_PLAY_INSIDE_H
#define APP_PLAY_INSIDE_H

#include "app/app.h"
#include "app/display.h"
#include "app/keyboard.h"
#include "player/player.h"
#include "session/controls.h"

struct play {
    struct app app;
    struct player *player;
    struct display *display;
    struct controls *controls;
    uint32_t button; /* the keyboard as one; 0: it is none */
    const char *control_ids[CLI_MAX_CONTROLS];
    enum stream_state shown_state;
    struct keyboard keyboard;
    int signal_fd;
    bool attended;     /* somebody sits at the terminal, and may be asked */
    bool left;         /* the session that was left is gone on with */
    bool ask;          /* likewise, after asking */
    const char *where; /* it was left at, for people; or NULL */
    bool restart;      /* the sound system hangs */
    bool leave;        /* the system, or the terminal, wants the program to end */
};

/* --- play_controls.c: keys, buttons and remotes --- */
void play_command(struct play *play, const char *line);
void play_press(void *play, char key);
/* Those that do not start are told, and the session goes on without them. */
void play_start_controls(struct play *play);

/* --- play_left.c: a session that was left --- */
/* Decides about it: sets left, ask and where. `page` NULL: none was named. Returns −1, or the exit
 * status after saying what is wrong. */
int play_look_for_left(struct play *play, const char *page);

#endif

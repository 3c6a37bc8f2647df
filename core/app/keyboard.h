/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyboard.h: keys as they are pressed, and the signals that go with a terminal, as events of the
 * loop. However the program ends, the terminal is as it was. [main] */
#ifndef APP_KEYBOARD_H
#define APP_KEYBOARD_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

#include "base/loop.h"

struct keyboard {
    struct loop *loop;
    void (*press)(void *user, char key); /* arrows and the like are left out */
    void (*gone)(void *user);            /* no more keys will come; may be NULL */
    void *user;
    bool any; /* also when standard input is no terminal */
    /* private */
    struct termios saved;
    uint32_t watch;
    bool terminal;
};

/* Takes keys, unless another program has the terminal. Opening an open one sets the terminal up
 * again, for when the program was in the background. */
void keyboard_open(struct keyboard *keyboard);
/* Keys pressed but not read yet are not left to the shell. */
void keyboard_close(struct keyboard *keyboard);
/* Ctrl-Z: stops the process, with the terminal as it was; returns when the person comes back. */
void keyboard_stop_process(struct keyboard *keyboard);

/* Blocks SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT and SIGWINCH, and reports them from the
 * loop. Returns the descriptor, to be closed in the end. */
int keyboard_signals(struct loop *loop, void (*ready)(void *user, int fd, short events),
                     void *user);
/* The next signal of that descriptor, 0: none. */
int keyboard_signal(int fd);

#endif

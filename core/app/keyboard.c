/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyboard.c: keys and signals. */
#include "app/keyboard.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Nobody else has the terminal: it is ours, or not under job control at all. */
static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(STDIN_FILENO);
    return group < 0 || group == getpgrp();
}

static void keys_ready(void *user, int fd, short events)
{
    struct keyboard *keyboard = user;
    char keys[64];
    ssize_t count = read(fd, keys, sizeof keys);
    if (count <= 0) { /* the terminal is gone */
        loop_remove(keyboard->loop, keyboard->watch);
        keyboard->watch = 0;
        if (keyboard->gone)
            keyboard->gone(keyboard->user);
        return;
    }
    if (keys[0] == '\033')
        return; /* arrows and the like: no command */
    for (ssize_t i = 0; i < count; i++)
        keyboard->press(keyboard->user, keys[i]);
}

void keyboard_open(struct keyboard *keyboard)
{
    if (keyboard->watch == 0) {
        keyboard->terminal = isatty(STDIN_FILENO) && in_foreground() &&
                             tcgetattr(STDIN_FILENO, &keyboard->saved) == 0;
        if (!keyboard->terminal && (!keyboard->any || isatty(STDIN_FILENO)))
            return;
        keyboard->watch = loop_watch_fd(keyboard->loop, STDIN_FILENO, POLLIN, keys_ready, keyboard);
    }
    struct termios raw = keyboard->saved;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    if (keyboard->terminal && in_foreground())
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void keyboard_close(struct keyboard *keyboard)
{
    if (keyboard->watch == 0)
        return;
    loop_remove(keyboard->loop, keyboard->watch);
    keyboard->watch = 0;
    if (keyboard->terminal && in_foreground())
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &keyboard->saved);
}

void keyboard_stop_process(struct keyboard *keyboard)
{
    keyboard_close(keyboard);
    sigset_t stop, before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &before); /* stops here, if somebody can continue us */
    sigprocmask(SIG_SETMASK, &before, NULL);
    keyboard_open(keyboard);
}

int keyboard_signals(struct loop *loop, void (*ready)(void *user, int fd, short events), void *user)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    loop_watch_fd(loop, fd, POLLIN, ready, user);
    return fd;
}

int keyboard_signal(int fd)
{
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

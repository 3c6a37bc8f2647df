/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fullscreen.c: taking a terminal's screen, and giving it back whatever happens. */
#include "app/fullscreen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/arena.h"

/* The other screen, no cursor, no new line after the last column; and back again. Ending the
 * synchronised update comes first, in case we are cut off within one. */
#define TAKE "\033[?1049h\033[?25l\033[?7l"
#define GIVE "\033[?2026l\033[0m\033[?7h\033[?25h\033[?1049l"

#define COLUMNS 80
#define ROWS    24

struct fullscreen {
    int fd;
    bool color, taken;
    struct cells shown;
};

/* For the ways out that pass by fullscreen_destroy(): exit(), a crash. */
static volatile sig_atomic_t taken_fd = -1;
static bool termios_known;
static struct termios before;
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};

/* Nobody else has the terminal: it is ours, or not under job control at all. */
static bool in_foreground(int fd)
{
    pid_t group = tcgetpgrp(fd);
    return group < 0 || group == getpgrp();
}

static void give_back(void)
{
    int fd = taken_fd;
    taken_fd = -1;
    if (fd < 0)
        return;
    ssize_t written = write(fd, GIVE, sizeof GIVE - 1);
    (void)written;
    if (termios_known && in_foreground(fd))
        tcsetattr(fd, TCSANOW, &before);
}

static void crashed(int number)
{
    int error = errno;
    give_back();
    errno = error;
    raise(number); /* by default now: the core is dumped as ever */
}

/* Those that somebody else minds (a sanitizer) are left to him. */
static void watch_crashes(void)
{
    static bool watched;
    if (watched)
        return;
    watched = true;
    atexit(give_back);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        struct sigaction action;
        if (sigaction(crashes[i], NULL, &action) != 0 || action.sa_handler != SIG_DFL)
            continue;
        action =
            (struct sigaction){.sa_handler = crashed, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
        sigaction(crashes[i], &action, NULL);
    }
}

/* All of it, also to a terminal that is slow; given up when it is gone. */
static void write_all(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, 1000);
        } else if (written == 0 || errno != EINTR) {
            return;
        }
    }
}

bool fullscreen_possible(int fd)
{
    const char *term = getenv("TERM");
    return isatty(fd) && in_foreground(fd) && term && *term && strcmp(term, "dumb") != 0 &&
           strcmp(term, "unknown") != 0;
}

struct fullscreen *fullscreen_new(int fd, bool color)
{
    struct fullscreen *fullscreen = xcalloc(1, sizeof *fullscreen);
    *fullscreen = (struct fullscreen){.fd = fd, .color = color};
    termios_known = tcgetattr(fd, &before) == 0;
    watch_crashes();
    return fullscreen;
}

void fullscreen_spoilt(struct fullscreen *fullscreen)
{
    cells_free(&fullscreen->shown);
}

void fullscreen_leave(struct fullscreen *fullscreen)
{
    cells_free(&fullscreen->shown);
    if (!fullscreen->taken)
        return;
    fullscreen->taken = false;
    taken_fd = -1;
    write_all(fullscreen->fd, GIVE, sizeof GIVE - 1);
}

void fullscreen_destroy(struct fullscreen *fullscreen)
{
    if (!fullscreen)
        return;
    fullscreen_leave(fullscreen);
    free(fullscreen);
}

static struct winsize size_of(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return (struct winsize){.ws_col = COLUMNS, .ws_row = ROWS};
    return size;
}

void fullscreen_show(struct fullscreen *fullscreen, const struct screen_state *state)
{
    struct winsize size = size_of(fullscreen->fd);
    struct cells cells;
    struct str out = {0};
    if (!in_foreground(fullscreen->fd)) /* continued with "bg" */
        return;
    cells_init(&cells, size.ws_col, size.ws_row);
    screen_draw(state, &cells);
    if (!fullscreen->taken) {
        str_add(&out, TAKE);
        fullscreen->taken = true;
        taken_fd = fullscreen->fd;
    }
    bool same_size = fullscreen->shown.cells && fullscreen->shown.columns == cells.columns &&
                     fullscreen->shown.rows == cells.rows;
    cells_change(same_size ? &fullscreen->shown : NULL, &cells, fullscreen->color, &out);
    write_all(fullscreen->fd, str_text(&out), out.length);
    str_free(&out);
    cells_free(&fullscreen->shown);
    fullscreen->shown = cells;
}

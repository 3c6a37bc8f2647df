/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child.h: a program with its stdin, stdout and stderr on pipes, for speech plugins that run one.
 * Every wait has a deadline; reading and writing go on side by side, so that neither side can block
 * the other. Use COMMON child.c in plugins/CMakeLists.txt.
 *
 * What the program prints on stderr goes on to stderr of this process (limber-worker logs that at
 * debug level), and its last line is kept for the reason of a failure.
 *
 * The program stays in the process group of whoever starts it, because the host ends an utterance
 * by killing that group (limber/speech.h); CHILD_GROUP gives it one of its own, for starting it in
 * prepare(). It is killed by the kernel when its parent dies. */
#ifndef PLUGINS_CHILD_H
#define PLUGINS_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_LAST_LINE 160

enum child_flags {
    CHILD_GROUP = 1u << 0, /* leads a process group; child_end() then ends all of it */
};

struct child {
    pid_t pid;                   /* −1: not running */
    int in_fd, out_fd, error_fd; /* our ends, non-blocking; −1: closed */
    unsigned flags;
    const char *pending; /* what is still to be written */
    size_t pending_size;
    bool close_after;                /* stdin is closed once nothing is pending */
    char last_line[CHILD_LAST_LINE]; /* of stderr, without control characters; "" if none */
    size_t line_length;
    bool line_ended;
};

#define CHILD_NONE                                                                                 \
    {                                                                                              \
        .pid = -1, .in_fd = -1, .out_fd = -1, .error_fd = -1                                       \
    }

/* Monotonic clock in milliseconds; deadlines are points on it. */
int64_t child_now_ms(void);

/* Starts argv[0] (a path, or a name to be looked up in $PATH; never through a shell). Signals are
 * at their defaults, no other descriptor is inherited, the working directory is this process's.
 * Returns 0 or the errno value that tells why not. */
int child_start(struct child *child, const char *const argv[], unsigned flags);

/* Gives bytes for stdin; they are written while child_read() or child_flush() waits and must stay
 * until then. `last`: stdin is closed behind them. Nothing may be pending. */
void child_write(struct child *child, const void *data, size_t size, bool last);

/* Waits until everything pending is written. False with errno: ETIMEDOUT, or EPIPE when the program
 * does not take it. */
bool child_flush(struct child *child, int64_t due_ms);

/* Bytes of stdout: > 0; 0 when it is closed; −1 with errno (ETIMEDOUT: none came in time). What is
 * pending is written meanwhile; a program that does not read its input is no error. */
ssize_t child_read(struct child *child, void *data, size_t size, int64_t due_ms);

/* Closes all pipes and gives the program up to `grace_ms` to end by itself, as much again after
 * SIGTERM, then kills it. Returns its wait status, or −1 if it was not running. What it printed on
 * stderr until then is in last_line. */
int child_end(struct child *child, int grace_ms);

/* What a wait status means: "ended with status 1", "was killed by SIGSEGV". */
void child_explain(int wait_status, char *text, size_t size);

#endif

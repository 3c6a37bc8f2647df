/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child.c: starting, talking to and ending a program. */
#include "common/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REPORT_FD    3     /* in the program, until it runs */
#define WRITE_MOST   65536 /* bytes at once */
#define DRAIN_ROUNDS 64    /* reads of stderr once the program has ended */

int64_t child_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- starting --- */

enum { INPUT, OUTPUT, ERRORS, REPORT, PIPES };

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static void close_pipes(int pipes[PIPES][2])
{
    for (int i = 0; i < PIPES; i++) {
        close_fd(&pipes[i][0]);
        close_fd(&pipes[i][1]);
    }
}

static bool open_pipes(int pipes[PIPES][2])
{
    memset(pipes, -1, sizeof(int[PIPES][2]));
    for (int i = 0; i < PIPES; i++) {
        if (pipe2(pipes[i], O_CLOEXEC) != 0) {
            int error = errno;
            close_pipes(pipes);
            errno = error;
            return false;
        }
    }
    return true;
}

static void reset_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL); /* those that cannot be changed stay */
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Runs argv[0], looked up in $PATH if it is a plain name. Not execvp(), which hands what it cannot
 * run to a shell. Returns only with errno. */
static void run(const char *const argv[])
{
    const char *folders = getenv("PATH");
    char path[4096];
    if (strchr(argv[0], '/')) {
        execv(argv[0], (char *const *)argv);
        return;
    }
    int error = ENOENT;
    for (const char *at = folders ? folders : "/usr/local/bin:/usr/bin:/bin"; at;) {
        size_t length = strcspn(at, ":");
        int size = snprintf(path, sizeof path, "%.*s/%s", (int)length, at, argv[0]);
        if (length > 0 && size > 0 && (size_t)size < sizeof path) {
            execv(path, (char *const *)argv);
            error = errno != ENOENT && errno != ENOTDIR ? errno : error;
        }
        at = at[length] ? at + length + 1 : NULL;
    }
    errno = error;
}

/* In the new process; the descriptors below REPORT_FD are there in any process of the host. */
static _Noreturn void become(const char *const argv[], int pipes[PIPES][2], unsigned flags,
                             pid_t parent)
{
    if (flags & CHILD_GROUP) {
        setpgid(0, 0);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(127);
    }
    reset_signals();
    int report = fcntl(pipes[REPORT][1], F_DUPFD_CLOEXEC, REPORT_FD + 1);
    bool fine = report >= 0 && dup2(pipes[INPUT][0], STDIN_FILENO) >= 0 &&
                dup2(pipes[OUTPUT][1], STDOUT_FILENO) >= 0 &&
                dup2(pipes[ERRORS][1], STDERR_FILENO) >= 0 &&
                dup3(report, REPORT_FD, O_CLOEXEC) >= 0;
    if (fine) {
        closefrom(REPORT_FD + 1);
        report = REPORT_FD;
        run(argv);
    }
    int error = errno;
    ssize_t ignored = write(report, &error, sizeof error);
    (void)ignored;
    _exit(127);
}

/* The errno value of a program that could not be run; 0 once it runs. */
static int read_report(int fd)
{
    int error = 0;
    ssize_t count;
    do {
        count = read(fd, &error, sizeof error);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof error ? error : 0;
}

static int take_end(int *end)
{
    int fd = *end;
    *end = -1;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

int child_start(struct child *child, const char *const argv[], unsigned flags)
{
    int pipes[PIPES][2];
    *child = (struct child)CHILD_NONE;
    if (!open_pipes(pipes)) {
        return errno;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become(argv, pipes, flags, parent);
    }
    int error = pid < 0 ? errno : 0;
    if (pid > 0) {
        close_fd(&pipes[REPORT][1]);
        error = read_report(pipes[REPORT][0]);
    }
    if (pid > 0 && error != 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (error == 0) {
        child->pid = pid;
        child->flags = flags;
        child->in_fd = take_end(&pipes[INPUT][1]);
        child->out_fd = take_end(&pipes[OUTPUT][0]);
        child->error_fd = take_end(&pipes[ERRORS][0]);
    }
    close_pipes(pipes);
    return error;
}

/* --- talking --- */

/* write() without the signal that a closed pipe raises. */
static ssize_t write_quietly(int fd, const void *data, size_t size)
{
    sigset_t pipe_signal, pending, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t count = write(fd, data, size < WRITE_MOST ? size : WRITE_MOST);
    int error = errno;
    if (count < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE)) {
        const struct timespec now = {0};
        while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return count;
}

static void end_input(struct child *child)
{
    close_fd(&child->in_fd);
    child->pending_size = 0;
}

static void write_some(struct child *child)
{
    ssize_t count = write_quietly(child->in_fd, child->pending, child->pending_size);
    if (count > 0) {
        child->pending += count;
        child->pending_size -= (size_t)count;
    } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
        end_input(child); /* it does not want more */
    }
    if (child->pending_size == 0 && child->close_after) {
        end_input(child);
    }
}

void child_write(struct child *child, const void *data, size_t size, bool last)
{
    if (child->in_fd >= 0) {
        child->pending = data;
        child->pending_size = size;
        child->close_after = last;
        write_some(child);
    }
}

static void keep_line(struct child *child, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '\n' || byte == '\r') {
            child->line_ended = true;
            continue;
        }
        if (child->line_ended) {
            child->line_ended = false;
            child->line_length = 0;
        }
        if (byte >= ' ' && byte != 0x7f && child->line_length + 1 < sizeof child->last_line) {
            child->last_line[child->line_length++] = (char)byte;
            child->last_line[child->line_length] = '\0';
        }
    }
}

/* Returns whether there was something. */
static bool read_errors(struct child *child)
{
    char bytes[4096];
    ssize_t count = child->error_fd >= 0 ? read(child->error_fd, bytes, sizeof bytes) : -1;
    if (count > 0) {
        keep_line(child, bytes, (size_t)count);
        ssize_t ignored = write_quietly(STDERR_FILENO, bytes, (size_t)count);
        (void)ignored;
    } else if (count == 0) {
        close_fd(&child->error_fd);
    }
    return count > 0;
}

/* Waits until stdout can be read (`reading`) or something was written. Returns whether in time. */
static bool wait_once(struct child *child, bool reading, bool *readable, int64_t due_ms)
{
    struct pollfd fds[3] = {
        {.fd = reading ? child->out_fd : -1, .events = POLLIN},
        {.fd = child->error_fd, .events = POLLIN},
        {.fd = child->pending_size > 0 ? child->in_fd : -1, .events = POLLOUT},
    };
    int64_t left_ms = due_ms - child_now_ms();
    if (left_ms <= 0) {
        errno = ETIMEDOUT;
        return false;
    }
    if (poll(fds, 3, left_ms > 3600000 ? 3600000 : (int)left_ms) < 0) {
        return errno == EINTR;
    }
    if (fds[1].revents) {
        read_errors(child);
    }
    if (fds[2].revents) {
        write_some(child);
    }
    *readable = fds[0].revents != 0;
    return true;
}

bool child_flush(struct child *child, int64_t due_ms)
{
    bool readable = false;
    while (child->pending_size > 0) {
        if (!wait_once(child, false, &readable, due_ms)) {
            return false;
        }
    }
    if (child->in_fd < 0 && !child->close_after) {
        errno = EPIPE;
        return false;
    }
    return true;
}

ssize_t child_read(struct child *child, void *data, size_t size, int64_t due_ms)
{
    while (child->out_fd >= 0) {
        bool readable = false;
        if (!wait_once(child, true, &readable, due_ms)) {
            return -1;
        }
        if (!readable) {
            continue;
        }
        ssize_t count = read(child->out_fd, data, size);
        if (count >= 0 || (errno != EAGAIN && errno != EINTR)) {
            return count;
        }
    }
    return 0;
}

/* --- ending --- */

/* Waits for the end up to `wait_ms`, reading stderr meanwhile; returns whether it has ended. It is
 * not buried yet, so that its number still means it. */
static bool wait_for_end(struct child *child, int pidfd, int wait_ms)
{
    int64_t due_ms = child_now_ms() + wait_ms;
    for (;;) {
        siginfo_t info = {0};
        int result = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT);
        if ((result == 0 && info.si_pid == child->pid) || (result < 0 && errno != EINTR)) {
            return true;
        }
        int64_t left_ms = due_ms - child_now_ms();
        if (left_ms <= 0) {
            return false;
        }
        struct pollfd fds[2] = {{.fd = pidfd, .events = POLLIN},
                                {.fd = child->error_fd, .events = POLLIN}};
        poll(fds, 2, pidfd >= 0 ? (int)left_ms : 10);
        if (fds[1].revents) {
            read_errors(child);
        }
    }
}

static void send_signal(const struct child *child, int number)
{
    if (child->flags & CHILD_GROUP) {
        kill(-child->pid, number);
    }
    kill(child->pid, number);
}

int child_end(struct child *child, int grace_ms)
{
    int status = -1;
    if (child->pid > 0) {
        int pidfd = pidfd_open(child->pid, 0);
        end_input(child);
        close_fd(&child->out_fd);
        if (!wait_for_end(child, pidfd, grace_ms)) {
            send_signal(child, SIGTERM);
            wait_for_end(child, pidfd, grace_ms);
        }
        send_signal(child, SIGKILL); /* itself, or what it left behind in its group */
        while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
        }
        for (int i = 0; i < DRAIN_ROUNDS && read_errors(child); i++) {
        }
        close_fd(&pidfd);
    }
    close_fd(&child->in_fd);
    close_fd(&child->out_fd);
    close_fd(&child->error_fd);
    child->pid = -1;
    return status;
}

void child_explain(int wait_status, char *text, size_t size)
{
    if (WIFSIGNALED(wait_status)) {
        const char *name = sigabbrev_np(WTERMSIG(wait_status));
        snprintf(text, size, "was killed by SIG%s", name ? name : "?");
    } else {
        snprintf(text, size, "ended with status %d", WEXITSTATUS(wait_status));
    }
}

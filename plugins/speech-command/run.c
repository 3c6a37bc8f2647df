/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.c: one run of a program. Its input and its sound are files in memory, so neither side can
 * wait for the other; only its complaints come through a pipe, which is read all the time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

#define GRACE_MS     500 /* between SIGTERM and SIGKILL */
#define SLICE_MS     20  /* to look whether it ended, where there is no descriptor for that */
#define OPEN_FILES   1024
#define LINE_MOST    240
#define LINES_MOST   200   /* that are handed on */
#define REMAINS_MOST 65536 /* bytes of complaints read after its end */
#define SWEEPS_MOST  1000
#define NOT_STARTED  127

struct child {
    const struct run *run;
    pid_t pid;
    int pidfd; /* −1: there is none */
    int errors_fd;
    bool group; /* we lead a process group, which is all ours */
    size_t lines;
    size_t used;
    char line[LINE_MOST + 1]; /* the one that is being read */
    char last[LINE_MOST + 1]; /* the last that said anything */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- its complaints --- */

static void end_line(struct child *child)
{
    child->line[child->used] = '\0';
    child->used = 0;
    if (child->line[strspn(child->line, " ")] == '\0') {
        return;
    }
    memcpy(child->last, child->line, sizeof child->last);
    if (child->lines < LINES_MOST) {
        child->lines++;
        child->run->line(child->run->context, child->line);
    }
}

static void take_bytes(struct child *child, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '\n' || byte == '\r') {
            end_line(child);
        } else if (child->used < LINE_MOST) {
            bool printable = byte >= ' ' && byte < 0x7f;
            child->line[child->used++] = printable ? (char)byte : byte == '\t' ? ' ' : '?';
        }
    }
}

/* Reads once; returns how much, or 0 when nothing is there now or ever. */
static size_t read_errors(struct child *child)
{
    char bytes[4096];
    ssize_t count = read(child->errors_fd, bytes, sizeof bytes);
    if (count > 0) {
        take_bytes(child, bytes, (size_t)count);
        return (size_t)count;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(child->errors_fd);
        child->errors_fd = -1;
    }
    return 0;
}

static void read_remains(struct child *child)
{
    size_t total = 0;
    for (size_t count = 1; count > 0 && total < REMAINS_MOST && child->errors_fd >= 0;) {
        count = read_errors(child);
        total += count;
    }
    end_line(child);
}

/* --- starting it --- */

static void limit(int resource, uint64_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) == 0 && (now.rlim_max == RLIM_INFINITY || value < now.rlim_max)) {
        now.rlim_cur = now.rlim_max = value;
        setrlimit(resource, &now);
    }
}

/* Not the address space: some programs reserve far more than they use, so what the host set for
 * its own code is taken back as far as it may be. */
static void confine(const struct run *run)
{
    struct rlimit space;
    if (getrlimit(RLIMIT_AS, &space) == 0) {
        space.rlim_cur = space.rlim_max;
        setrlimit(RLIMIT_AS, &space);
    }
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    limit(RLIMIT_CPU, (uint64_t)(run->timeout_ms / 1000 + 1) * (uint64_t)(cores > 0 ? cores : 1));
    limit(RLIMIT_FSIZE, run->output_most);
    limit(RLIMIT_NOFILE, OPEN_FILES);
    limit(RLIMIT_CORE, 0);
}

static void reset_signals(void)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ, SIGCHLD};
    sigset_t none;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        signal(numbers[i], SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(const struct run *run, int errors_fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(NOT_STARTED);
    }
    reset_signals();
    int input_fd = run->input_fd >= 0 ? run->input_fd : open("/dev/null", O_RDONLY | O_CLOEXEC);
    int output_fd = run->output_fd >= 0 ? run->output_fd : errors_fd;
    if (dup2(input_fd, STDIN_FILENO) < 0 || dup2(output_fd, STDOUT_FILENO) < 0 ||
        dup2(errors_fd, STDERR_FILENO) < 0) {
        _exit(NOT_STARTED);
    }
    close_range(STDERR_FILENO + 1, ~0u, 0);
    umask(077);
    confine(run);
    execve(run->program->path, run->arguments, run->program->environment);
    dprintf(STDERR_FILENO, "it cannot be started: %s\n", strerror(errno));
    _exit(NOT_STARTED);
}

static bool start(struct child *child)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    child->pid = fork();
    if (child->pid == 0) {
        become(child->run, ends[1], parent);
    }
    int error = errno;
    close(ends[1]);
    if (child->pid < 0) {
        close(ends[0]);
        errno = error;
        return false;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    child->errors_fd = ends[0];
    child->pidfd = pidfd_open(child->pid, 0);
    return true;
}

/* --- waiting for it --- */

static bool has_ended(const struct child *child)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child->pid;
}

/* Returns whether it ended by `until_ms`. */
static bool wait_for_end(struct child *child, int64_t until_ms)
{
    while (!has_ended(child)) {
        int64_t left = until_ms - now_ms();
        if (left <= 0) {
            return false;
        }
        if (child->pidfd < 0 && left > SLICE_MS) {
            left = SLICE_MS;
        }
        struct pollfd fds[] = {{.fd = child->errors_fd, .events = POLLIN},
                               {.fd = child->pidfd, .events = POLLIN}};
        poll(fds, 2, left > 3600 * 1000 ? 3600 * 1000 : (int)left);
        if (fds[0].revents) {
            read_errors(child);
        }
    }
    return true;
}

/* --- ending it --- */

/* Kills the children of this process; returns whether there were any. */
static bool sweep(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    bool found = false;
    int pid;
    while (file && fscanf(file, "%d", &pid) == 1) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        found = true;
    }
    if (file) {
        fclose(file);
    }
    return found;
}

/* Kills it, and all that it started: each that loses its parent becomes a child of ours. Returns
 * how it ended. */
static int end(struct child *child)
{
    int state = 0;
    kill(child->pid, SIGKILL); /* without effect on one that ended */
    while (waitpid(child->pid, &state, 0) < 0 && errno == EINTR) {
    }
    for (int i = 0; child->group && i < SWEEPS_MOST && sweep(); i++) {
    }
    read_remains(child);
    if (child->errors_fd >= 0) {
        close(child->errors_fd);
    }
    if (child->pidfd >= 0) {
        close(child->pidfd);
    }
    return state;
}

/* --- telling how it went --- */

static enum limber_status judge(const struct child *child, int state, char *reason, size_t size)
{
    const char *name = child->run->program->name;
    const char *last = child->last + strspn(child->last, " ");
    if (WIFSIGNALED(state) && WTERMSIG(state) == SIGXFSZ) {
        snprintf(reason, size, "%s wrote more than %d minutes of sound", name, COMMAND_MINUTES);
        return LIMBER_LIMIT;
    }
    if (WIFEXITED(state) && WEXITSTATUS(state) == 0) {
        return LIMBER_OK;
    }
    if (WIFSIGNALED(state)) {
        const char *signal_name = sigabbrev_np(WTERMSIG(state));
        snprintf(reason, size, "%s crashed (SIG%s)%s%.160s", name, signal_name ? signal_name : "?",
                 last[0] ? ": " : "", last);
    } else {
        snprintf(reason, size, "%s failed with status %d%s%.160s", name, WEXITSTATUS(state),
                 last[0] ? ": " : "", last);
    }
    return LIMBER_FAILED;
}

enum limber_status run_program(const struct run *run, char *reason, size_t size)
{
    struct child child = {.run = run, .pid = -1, .pidfd = -1, .errors_fd = -1};
    child.group = getpgrp() == getpid();
    int64_t due_ms = now_ms() + run->timeout_ms;
    if (child.group) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    }
    if (!start(&child)) {
        snprintf(reason, size, "%s cannot be started: %s", run->program->name, strerror(errno));
        return LIMBER_FAILED;
    }
    bool ended = wait_for_end(&child, due_ms);
    if (!ended) {
        void (*before)(int) = child.group ? signal(SIGTERM, SIG_IGN) : SIG_DFL;
        kill(child.group ? 0 : child.pid, SIGTERM);
        wait_for_end(&child, now_ms() + GRACE_MS);
        if (child.group) {
            signal(SIGTERM, before);
        }
    }
    int state = end(&child);
    if (!ended) {
        snprintf(reason, size, "%s was not done after %lld.%lld s", run->program->name,
                 (long long)run->timeout_ms / 1000, (long long)run->timeout_ms % 1000 / 100);
        return LIMBER_TIMEOUT;
    }
    return judge(&child, state, reason, size);
}

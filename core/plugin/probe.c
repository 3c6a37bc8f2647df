/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.c: the child that loads a file first. */
#include "plugin/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop.h"
#include "plugin/judge.h"
#include "plugin/problem.h"

/* What the child says when it came to an end of its own; a word, so that a plugin that exits with 0
 * in its constructor is not taken for a good one. */
static const char GOOD[] = "good\n";

/* Own process group (so that helpers it starts die with it), default signals, no core file, nothing
 * on the terminal, and no life after the parent's. */
static void become_probe(pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
}

static _Noreturn void run_probe(const char *file, const char *id, int answer_fd, pid_t parent)
{
    become_probe(parent);
    char *problem = NULL;
    const char *answer = judge_load(file, id, &problem) ? GOOD : problem;
    size_t length = strlen(answer); /* below PIPE_BUF: cannot block */
    _exit(write(answer_fd, answer, length) == (ssize_t)length ? 0 : 1);
}

/* Waits until the child has ended. False when the time ran out. */
static bool wait_end(pid_t child, int answer_fd, int timeout_ms)
{
    int fd = (int)syscall(SYS_pidfd_open, child, 0);
    /* Old kernels: the answer's end tells as well, unless a helper of the plugin holds it open. */
    struct pollfd watch = {.fd = fd >= 0 ? fd : answer_fd, .events = POLLIN};
    int64_t end_ms = loop_now_ms() + timeout_ms;
    int count;
    do {
        int64_t left_ms = end_ms - loop_now_ms();
        count = poll(&watch, 1, left_ms > 0 ? (int)left_ms : 0);
    } while (count < 0 && errno == EINTR);
    if (fd >= 0) {
        close(fd);
    }
    return count > 0;
}

static char *judge_end(int status, const char *answer)
{
    if (WIFSIGNALED(status)) {
        const char *name = sigabbrev_np(WTERMSIG(status));
        return problem_new("crashed while loading (SIG%s)", name ? name : "?");
    }
    if (strcmp(answer, GOOD) == 0) {
        return NULL;
    }
    if (*answer) {
        return problem_new("%s", answer);
    }
    return problem_new("ended the program while loading (exit status %d)", WEXITSTATUS(status));
}

char *probe_file(const char *file, const char *id, int timeout_ms)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return problem_new("could not be tried in a child process: %s", strerror(errno));
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        run_probe(file, id, ends[1], parent);
    }
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return problem_new("could not be tried in a child process: %s", strerror(errno));
    }
    setpgid(child, child); /* whoever of the two is first */
    bool ended = wait_end(child, ends[0], timeout_ms);
    kill(-child, SIGKILL); /* before it is reaped, so that the number is still its own */
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    char answer[4096] = "";
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ssize_t length = read(ends[0], answer, sizeof answer - 1);
    answer[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    if (!ended) {
        return timeout_ms % 1000 == 0 ? problem_new("did not load within %d s", timeout_ms / 1000)
                                      : problem_new("did not load within %d ms", timeout_ms);
    }
    return judge_end(status, answer);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jobs.c: forks, watches and buries. A child tells its result over a pipe and ends; one that dies
 * without a word, or takes too long, is killed with everything it started. */
#include "voice/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/str.h"
#include "base/vec.h"
#include "voice/synth.h"

/* Sanitizers reserve more address space than any limit leaves. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

#define MEMORY_MOST     (UINT64_C(4) << 30) /* address space of a child, bytes */
#define FILE_MOST       (UINT64_C(1) << 30)
#define CPU_MOST_FACTOR 2 /* threads may burn more than wall time */
#define STRAYS_MOST     256
#define BURY_MS         50 /* how often the dead and strays are looked for while there are any */

struct waiting {
    struct job_request request;
    char *pieces; /* owned */
};

struct running {
    int64_t id;
    pid_t pid;
    int pipe_fd;
    int64_t due_ms; /* monotonic */
    int64_t allowed_ms;
};

struct jobs {
    struct jobs_options options;
    VEC(struct waiting) waiting;
    size_t next_waiting; /* those before it were forked */
    struct running running[JOBS_MOST];
    size_t running_count;
    pid_t ended[JOBS_MOST]; /* told their result, not reaped yet */
    size_t ended_count;
    pid_t helpers[STRAYS_MOST]; /* children that the engine itself started when it was prepared */
    size_t helper_count;
    bool strays; /* something is left of jobs that are over */
};

/* What a child writes: small enough to be atomic on a pipe. */
struct child_report {
    int32_t status;
    char reason[252];
};

/* The children of this process, at most STRAYS_MOST. */
static size_t list_children(pid_t *pids)
{
    FILE *file = fopen("/proc/thread-self/children", "re");
    size_t count = 0;
    int pid = 0;
    while (file && count < STRAYS_MOST && fscanf(file, "%d", &pid) == 1) {
        pids[count++] = pid;
    }
    if (file) {
        fclose(file);
    }
    return count;
}

struct jobs *jobs_new(const struct jobs_options *options)
{
    struct jobs *jobs = xcalloc(1, sizeof *jobs);
    jobs->options = *options;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    jobs->helper_count = list_children(jobs->helpers);
    if (jobs->options.most < 1) {
        jobs->options.most = 1;
    }
    if (jobs->options.most > JOBS_MOST) {
        jobs->options.most = JOBS_MOST;
    }
    return jobs;
}

/* --- in the child --- */

static struct child_report *child_says; /* where log lines of a child go */

/* The first complaint of an engine is the best reason there is. */
static void keep_reason(void *context, enum limber_log_level level, const char *line)
{
    if (level <= LIMBER_LOG_WARNING && child_says && !child_says->reason[0]) {
        snprintf(child_says->reason, sizeof child_says->reason, "%s", line);
    } else {
        dprintf(STDERR_FILENO, "%s\n", line); /* the worker forwards it to whoever wants to know */
    }
}

static void limit(int resource, uint64_t value)
{
    const struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    setrlimit(resource, &both);
}

static void confine(int64_t deadline_ms)
{
#if !SANITIZED
    /* For the engine itself: a program that it starts may reserve more than it uses. */
    struct rlimit space;
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_max > MEMORY_MOST) {
        space.rlim_cur = MEMORY_MOST;
        setrlimit(RLIMIT_AS, &space);
    }
#endif
    limit(RLIMIT_FSIZE, FILE_MOST);
    limit(RLIMIT_CPU, (uint64_t)(deadline_ms / 1000 + 1) * CPU_MOST_FACTOR);
    limit(RLIMIT_CORE, 0);
}

static _Noreturn void run_child(const struct jobs *jobs, const struct job_request *request,
                                const char *pieces, int pipe_fd, pid_t worker)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != worker) {
        _exit(1);
    }
    close(jobs->options.socket_fd);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    confine(request->deadline_ms);
    struct child_report report = {0};
    char reason[sizeof report.reason];
    child_says = &report;
    log_set_sink(keep_reason, NULL);
    const struct synth_request synth = {.pieces = pieces,
                                        .emphasis = request->emphasis,
                                        .recorded = jobs->options.recorded,
                                        .rate_hz = jobs->options.rate_hz,
                                        .fd = request->fd};
    report.status = (int32_t)synth_run(jobs->options.engine, &synth, reason, sizeof reason);
    if (!report.reason[0]) {
        memcpy(report.reason, reason, sizeof reason);
    }
    ssize_t written = write(pipe_fd, &report, sizeof report);
    _exit(written == (ssize_t)sizeof report ? 0 : 1);
}

/* --- in the worker --- */

static void start(struct jobs *jobs, struct waiting *waiting)
{
    const struct job_request *request = &waiting->request;
    int ends[2] = {-1, -1};
    pid_t worker = getpid();
    pid_t pid = -1;
    if (pipe2(ends, O_CLOEXEC) == 0) {
        pid = fork();
    }
    if (pid == 0) {
        close(ends[0]);
        run_child(jobs, request, waiting->pieces, ends[1], worker);
    }
    int error = errno;
    close(request->fd);
    if (pid < 0) {
        char reason[128];
        snprintf(reason, sizeof reason, "no process could be started: %s", strerror(error));
        if (ends[0] >= 0) {
            close(ends[0]);
            close(ends[1]);
        }
        jobs->options.report(jobs->options.context, request->id, LIMBER_FAILED, reason);
        free(waiting->pieces);
        return;
    }
    close(ends[1]);
    setpgid(pid, pid); /* both sides do, so that it holds from now on */
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    jobs->running[jobs->running_count++] =
        (struct running){.id = request->id,
                         .pid = pid,
                         .pipe_fd = ends[0],
                         .due_ms = loop_now_ms() + request->deadline_ms,
                         .allowed_ms = request->deadline_ms};
    free(waiting->pieces);
}

static void reap(struct jobs *jobs)
{
    size_t kept = 0;
    for (size_t i = 0; i < jobs->ended_count; i++) {
        if (waitpid(jobs->ended[i], NULL, WNOHANG) == 0) {
            jobs->ended[kept++] = jobs->ended[i];
        }
    }
    jobs->ended_count = kept;
}

static bool is_among(const pid_t *pids, size_t count, pid_t pid)
{
    for (size_t i = 0; i < count; i++) {
        if (pids[i] == pid) {
            return true;
        }
    }
    return false;
}

/* Ends what left its process group and outlived its job. Only while no job runs: a child that is
 * not known may belong to one. */
static void end_strays(struct jobs *jobs)
{
    pid_t pids[STRAYS_MOST];
    if (jobs->running_count > 0) {
        return;
    }
    size_t count = list_children(pids);
    jobs->strays = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_among(jobs->ended, jobs->ended_count, pids[i]) &&
            !is_among(jobs->helpers, jobs->helper_count, pids[i])) {
            kill(pids[i], SIGKILL);
            waitpid(pids[i], NULL, WNOHANG);
            jobs->strays = true; /* and what it started becomes ours in turn */
        }
    }
}

static void bury(struct jobs *jobs, pid_t pid)
{
    kill(-pid, SIGKILL); /* what it started; it ends by itself */
    reap(jobs);
    if (jobs->ended_count == JOBS_MOST) {
        waitpid(pid, NULL, 0);
    } else {
        jobs->ended[jobs->ended_count++] = pid;
    }
}

static void start_waiting(struct jobs *jobs)
{
    while (jobs->next_waiting < jobs->waiting.count &&
           jobs->running_count < (size_t)jobs->options.most) {
        start(jobs, &jobs->waiting.items[jobs->next_waiting++]);
    }
    if (jobs->next_waiting == jobs->waiting.count) {
        jobs->next_waiting = 0;
        jobs->waiting.count = 0;
    }
}

void jobs_add(struct jobs *jobs, const struct job_request *request)
{
    struct waiting *waiting = vec_push(&jobs->waiting);
    waiting->request = *request;
    waiting->pieces = xstrdup(request->pieces);
    start_waiting(jobs);
}

size_t jobs_poll(const struct jobs *jobs, struct pollfd *fds)
{
    for (size_t i = 0; i < jobs->running_count; i++) {
        fds[i] = (struct pollfd){.fd = jobs->running[i].pipe_fd, .events = POLLIN};
    }
    return jobs->running_count;
}

int jobs_timeout_ms(const struct jobs *jobs)
{
    int64_t least = -1;
    int64_t now = loop_now_ms();
    for (size_t i = 0; i < jobs->running_count; i++) {
        int64_t left = jobs->running[i].due_ms > now ? jobs->running[i].due_ms - now : 0;
        if (least < 0 || left < least) {
            least = left;
        }
    }
    if ((jobs->ended_count > 0 || jobs->strays) && (least < 0 || least > BURY_MS)) {
        return BURY_MS;
    }
    return least > 1000 * 3600 ? 1000 * 3600 : (int)least;
}

static void remove_running(struct jobs *jobs, size_t index)
{
    close(jobs->running[index].pipe_fd);
    jobs->running[index] = jobs->running[--jobs->running_count];
}

/* It closed its end without a report: dead, or as good as dead. */
static void mourn(struct jobs *jobs, size_t index)
{
    struct running job = jobs->running[index];
    int state = 0;
    char reason[160];
    kill(-job.pid, SIGKILL);
    kill(job.pid, SIGKILL);
    while (waitpid(job.pid, &state, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(state)) {
        const char *name = sigabbrev_np(WTERMSIG(state));
        snprintf(reason, sizeof reason, "the engine crashed (SIG%s)", name ? name : "?");
    } else {
        snprintf(reason, sizeof reason, "the engine ended its process with status %d",
                 WEXITSTATUS(state));
    }
    remove_running(jobs, index);
    jobs->options.report(jobs->options.context, job.id, LIMBER_LOST, reason);
}

static void expire(struct jobs *jobs, size_t index)
{
    struct running job = jobs->running[index];
    char reason[160];
    kill(-job.pid, SIGKILL);
    kill(job.pid, SIGKILL);
    remove_running(jobs, index);
    bury(jobs, job.pid);
    snprintf(reason, sizeof reason, "the engine was not done after %lld.%lld s",
             (long long)job.allowed_ms / 1000, (long long)job.allowed_ms % 1000 / 100);
    jobs->options.report(jobs->options.context, job.id, LIMBER_TIMEOUT, reason);
}

/* Returns whether the job is over. */
static bool look_after(struct jobs *jobs, size_t index)
{
    struct running job = jobs->running[index];
    struct child_report report;
    ssize_t count = read(job.pipe_fd, &report, sizeof report);
    if (count == (ssize_t)sizeof report) {
        report.reason[sizeof report.reason - 1] = '\0';
        bool known = report.status >= LIMBER_OK && report.status <= LIMBER_BUSY;
        remove_running(jobs, index);
        bury(jobs, job.pid);
        jobs->options.report(jobs->options.context, job.id,
                             known ? (enum limber_status)report.status : LIMBER_FAILED,
                             report.reason);
        return true;
    }
    if (count >= 0 || (errno != EAGAIN && errno != EINTR)) {
        mourn(jobs, index);
        return true;
    }
    if (loop_now_ms() >= job.due_ms) {
        expire(jobs, index);
        return true;
    }
    return false;
}

void jobs_serve(struct jobs *jobs)
{
    for (size_t i = 0; i < jobs->running_count;) {
        if (!look_after(jobs, i)) {
            i++;
        }
    }
    reap(jobs);
    start_waiting(jobs);
    end_strays(jobs);
}

void jobs_destroy(struct jobs *jobs)
{
    if (!jobs) {
        return;
    }
    for (size_t i = 0; i < jobs->running_count; i++) {
        kill(-jobs->running[i].pid, SIGKILL);
        kill(jobs->running[i].pid, SIGKILL);
        waitpid(jobs->running[i].pid, NULL, 0);
        close(jobs->running[i].pipe_fd);
    }
    pid_t pids[STRAYS_MOST];
    for (size_t count; (count = list_children(pids)) > 0;) {
        for (size_t i = 0; i < count; i++) {
            kill(pids[i], SIGKILL);
            waitpid(pids[i], NULL, 0);
        }
    }
    for (size_t i = jobs->next_waiting; i < jobs->waiting.count; i++) {
        close(jobs->waiting.items[i].request.fd);
        free(jobs->waiting.items[i].pieces);
    }
    vec_free(&jobs->waiting);
    free(jobs);
}

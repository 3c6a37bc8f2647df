/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipe.c: the clock of a pipe. Readers such as Snapcast's take what is there in real time, and a
 * pipe holds far more than anybody wants to be ahead: so it is made small, and each period is
 * written when it is due, counted from the first one. A reader that does not read delays
 * everything, and what it missed comes later, not at once. */
#include "pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/prompt.h"
#include "common/samples.h"

#define MS_NS      INT64_C(1000000)
#define READER_MS  100 /* how much it may leave in the pipe */
#define PLAYERS_NS (250 * MS_NS)
#define LOOK_NS    (500 * MS_NS) /* between looks whether somebody reads */

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t frames_ns(const struct pipe_line *line, int64_t frames)
{
    return frames * 1000000000 / line->settings.rate_hz;
}

static int64_t period_frames(const struct pipe_line *line)
{
    return (int64_t)line->settings.rate_hz * PIPE_PERIOD_MS / 1000;
}

size_t pipe_frame_size(const struct pipe_settings *settings)
{
    return settings->channels * (settings->samples == PIPE_S16 ? 2 : 4);
}

/* --- opening --- */

/* So small that it holds little more than what is written ahead. */
static void make_small(const struct pipe_line *line)
{
    int64_t frames = (int64_t)line->settings.rate_hz * (PIPE_AHEAD_MS + READER_MS) / 1000;
    fcntl(line->fd, F_SETPIPE_SZ, (int)(frames * (int64_t)pipe_frame_size(&line->settings)));
}

/* Opened without O_CREAT: the kernel's fs.protected_fifos concerns only those who use that. */
static int open_fifo(const struct pipe_line *line, int how)
{
    struct stat about;
    if (stat(line->settings.path, &about) != 0)
        return -1;
    int fd = -1;
    if (S_ISFIFO(about.st_mode)) /* looked at before it is opened: a device may do things then */
        fd = open(line->settings.path, how | O_NONBLOCK | O_CLOEXEC);
    else
        errno = ENOTSUP;
    return fd;
}

/* Holds the pipe open, with something in it for whoever comes. */
static int hold_open(struct pipe_line *line)
{
    static const char silence[PIPE_BUF];
    if (line->keeper >= 0)
        return 0;
    line->keeper = open_fifo(line, O_RDWR);
    if (line->keeper < 0)
        return errno;
    return write(line->keeper, silence, sizeof silence) < 0 ? errno : 0;
}

/* Whether somebody has taken what was there. */
static bool is_read(const struct pipe_line *line)
{
    int bytes = 0;
    return line->keeper >= 0 && ioctl(line->keeper, FIONREAD, &bytes) == 0 && bytes == 0;
}

static void let_go(struct pipe_line *line)
{
    if (line->keeper >= 0)
        close(line->keeper);
    line->keeper = -1;
}

int pipe_open(struct pipe_line *line, int wait_ms)
{
    const struct timespec while_waiting = {.tv_nsec = 10 * MS_NS};
    if (line->settings.create && mkfifo(line->settings.path, 0660) != 0 && errno != EEXIST)
        return errno;
    if (line->keeper < 0) {
        line->fd = open_fifo(line, O_WRONLY);
        if (line->fd < 0 && errno != ENXIO)
            return errno;
    }
    if (line->fd < 0) {
        int error = hold_open(line);
        for (; error == 0 && !is_read(line) && wait_ms > 0; wait_ms -= 10)
            nanosleep(&while_waiting, NULL);
        if (error != 0 || !is_read(line))
            return error != 0 ? error : ENXIO;
        line->fd = open_fifo(line, O_WRONLY);
        let_go(line);
        if (line->fd < 0)
            return errno;
    }
    make_small(line);
    return 0;
}

static void close_pipe(struct pipe_line *line)
{
    if (line->fd >= 0)
        close(line->fd);
    line->fd = -1;
    line->held = 0;
}

/* --- samples --- */

static void convert(struct pipe_line *line, size_t count)
{
    int32_t *wide = (int32_t *)(void *)line->block;
    if (line->settings.samples == PIPE_S16) {
        samples_to_s16(line->pulled, (int16_t *)(void *)line->block, count);
    } else if (line->settings.samples == PIPE_FLOAT) {
        memcpy(line->block, line->pulled, count * sizeof *line->pulled);
    } else {
        samples_to_s24(line->pulled, wide, count);
        for (size_t i = 0; i < count && line->settings.samples == PIPE_S24; i++)
            wide[i] /= 256;
    }
}

/* When the next period is to be written. */
static int64_t next_ns(const struct pipe_line *line)
{
    return line->began_ns + frames_ns(line, line->taken) - PIPE_AHEAD_MS * MS_NS;
}

static void pull(struct pipe_line *line)
{
    int64_t count = period_frames(line), before_ns = atomic_load(&line->heard_ns);
    int64_t due_ns = line->began_ns + frames_ns(line, line->taken + count);
    atomic_store(&line->heard_ns, due_ns + line->settings.buffer_ms * MS_NS);
    if (line->source.pull(line->source.context, line->pulled, count) == 0)
        atomic_store(&line->heard_ns, before_ns);
    convert(line, (size_t)count * line->settings.channels);
    line->held = (size_t)count * pipe_frame_size(&line->settings);
    line->offset = 0;
    line->taken += count;
}

/* Writes what is held, in pieces that are written as a whole or not at all, so that none is cut in
 * a frame. Returns 0, EAGAIN when the pipe is full, or why it cannot be written. */
static int write_held(struct pipe_line *line)
{
    while (line->held > 0) {
        size_t some = line->held < PIPE_BUF ? line->held : PIPE_BUF;
        ssize_t done = write(line->fd, line->block + line->offset, some);
        if (done < 0 && errno != EINTR)
            return errno;
        if (done > 0) {
            line->held -= (size_t)done;
            line->offset += (size_t)done;
            atomic_store(&line->asked_ns, now_ns());
        }
    }
    return 0;
}

/* --- the thread --- */

/* Nobody reads any more. Returns whether to go on. */
static bool reader_gone(struct pipe_line *line)
{
    close_pipe(line);
    line->look_ns = now_ns() + LOOK_NS;
    if (line->settings.go_on) {
        line->host->log(line->host->context, LIMBER_LOG_WARNING,
                        "nobody reads the pipe any more; the session goes on unheard");
        return true;
    }
    atomic_store(&line->gone_ns, now_ns());
    line->source.lost(line->source.context, "nobody reads the pipe any more");
    return false;
}

static void look_for_reader(struct pipe_line *line, int64_t now)
{
    if (line->fd >= 0 || now < line->look_ns)
        return;
    line->look_ns = now + LOOK_NS;
    if (pipe_open(line, 0) == 0)
        line->host->log(line->host->context, LIMBER_LOG_INFO, "the pipe is read again");
}

/* We were late, or the reader was: from here on as if it had begun now. */
static void begin(struct pipe_line *line, int64_t now)
{
    line->began_ns = now;
    line->taken = 0;
}

/* Writes all that is due. Returns whether to go on. */
static bool write_due(struct pipe_line *line)
{
    int error = 0;
    int64_t now = now_ns();
    look_for_reader(line, now);
    if (now - next_ns(line) > 2 * PIPE_AHEAD_MS * MS_NS) {
        begin(line, now);
        atomic_fetch_add(&line->late, 1);
    }
    while (error == 0 && (line->held > 0 || next_ns(line) <= now)) {
        if (line->held == 0 || (line->settings.go_on && next_ns(line) <= now))
            pull(line);
        error = line->fd >= 0 ? write_held(line) : 0;
        if (line->fd < 0)
            line->held = 0;
    }
    return error == 0 || error == EAGAIN || reader_gone(line);
}

/* Until the next period is due, or a full pipe has room. Returns false when told to stop, or when
 * the reader has gone and there is nothing to go on for. */
static bool wait_for_time(struct pipe_line *line)
{
    struct pollfd fds[2] = {{.fd = line->stop_fd, .events = POLLIN},
                            {.fd = line->fd, .events = line->held > 0 ? POLLOUT : 0}};
    int64_t left_ns = next_ns(line) - now_ns();
    int limit_ms = left_ns > 0 ? (int)((left_ns + MS_NS - 1) / MS_NS) : 0;
    if (line->held > 0 && !line->settings.go_on)
        limit_ms = -1;
    else if (line->held > 0) /* the pipe is full: what is due next takes the place of this */
        limit_ms = limit_ms > 0 ? limit_ms : 1;
    if (poll(fds, 2, limit_ms) < 0)
        return errno == EINTR;
    if (fds[0].revents)
        return false;
    return !(fds[1].revents & (POLLERR | POLLNVAL)) || reader_gone(line);
}

static void *run(void *context)
{
    struct pipe_line *line = context;
    prompt_thread();
    begin(line, now_ns());
    while (write_due(line) && wait_for_time(line))
        ;
    return NULL;
}

bool pipe_start(struct pipe_line *line)
{
    sigset_t all, before;
    size_t count = (size_t)period_frames(line) * line->settings.channels;
    line->pulled = calloc(count, sizeof *line->pulled);
    line->block = calloc(count, sizeof *line->pulled);
    line->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!line->pulled || !line->block || line->stop_fd < 0)
        return false;
    line->held = 0;
    int64_t now = now_ns();
    atomic_store(&line->heard_ns, now);
    atomic_store(&line->asked_ns, now);
    atomic_store(&line->gone_ns, 0);
    sigfillset(&all); /* SIGPIPE among them: write() says EPIPE then */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    line->running = pthread_create(&line->thread, NULL, run, line) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (line->running)
        pthread_setname_np(line->thread, "limber-pipe");
    return line->running;
}

void pipe_stop(struct pipe_line *line)
{
    if (line->running) {
        while (eventfd_write(line->stop_fd, 1) != 0 && errno == EINTR)
            ;
        pthread_join(line->thread, NULL);
        line->running = false;
    }
    close_pipe(line);
    let_go(line);
    if (line->stop_fd >= 0)
        close(line->stop_fd);
    line->stop_fd = -1;
    free(line->pulled);
    free(line->block);
    line->pulled = NULL;
    line->block = NULL;
}

/* A reader that has gone has been heard up to then, less what its players held; one that stopped
 * reading, nobody knows. */
int64_t pipe_latency(struct pipe_line *line)
{
    const int64_t most_ns = (line->settings.buffer_ms + PIPE_PERIOD_MS) * MS_NS;
    int64_t now = now_ns(), gone_ns = atomic_load(&line->gone_ns);
    int64_t left_ns = atomic_load(&line->heard_ns) - (gone_ns ? gone_ns - PLAYERS_NS : now);
    if (!gone_ns && !line->settings.go_on && now - atomic_load(&line->asked_ns) > 500 * MS_NS)
        left_ns = most_ns;
    left_ns = left_ns < 0 ? 0 : left_ns > most_ns ? most_ns : left_ns;
    return left_ns * line->settings.rate_hz / 1000000000;
}

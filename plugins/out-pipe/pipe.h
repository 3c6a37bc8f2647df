/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipe.h: shared by the files of out-pipe. */
#ifndef OUT_PIPE_PIPE_H
#define OUT_PIPE_PIPE_H

#include <pthread.h>
#include <stdatomic.h>

#include "limber/output.h"

enum pipe_samples { PIPE_S16, PIPE_S24, PIPE_S32, PIPE_FLOAT };

struct pipe_settings {
    const char *path;
    bool create;   /* make it if it is not there */
    bool go_on;    /* when nobody reads: else wait */
    int buffer_ms; /* from the pipe to the ear */
    uint32_t rate_hz, channels;
    enum pipe_samples samples;
};

struct pipe_line {
    const struct limber_host *host;
    struct pipe_settings settings;
    struct limber_output_source source;
    int fd;      /* of the pipe; −1: nobody reads it */
    int keeper;  /* the pipe again, for reading too, until somebody reads it; or −1 */
    int stop_fd; /* becomes readable when the thread is to end */
    pthread_t thread;
    bool running;

    /* the thread's */
    float *pulled;       /* PIPE_PERIOD_MS */
    char *block;         /* the same for the reader */
    size_t held, offset; /* bytes of it not written yet, and where they begin */
    int64_t taken;       /* frames since began_ns */
    int64_t began_ns;    /* when the first of them was written */
    int64_t look_ns;     /* when to look for a reader again */

    /* the thread's, read by anybody */
    _Atomic int64_t heard_ns; /* when the last frame of the session that was taken is heard */
    _Atomic int64_t asked_ns; /* when the reader took something last */
    _Atomic unsigned late;    /* how often nothing was there in time */
    _Atomic int64_t gone_ns;  /* when it went; 0: it did not */
};

#define PIPE_PERIOD_MS 20 /* at a time, as Snapcast's chunks */
#define PIPE_AHEAD_MS  60 /* written before it is due: how late we may wake up */

/* Bytes of a frame. */
size_t pipe_frame_size(const struct pipe_settings *settings);

/* Opens the pipe for writing. Returns 0 or an errno: ENXIO if nobody has begun to read it within so
 * long (it is held open until the next try then, or pipe_stop()), ENOTSUP if it is not a pipe. */
int pipe_open(struct pipe_line *line, int wait_ms);
/* Plays until pipe_stop(), or until the reader goes. Returns false if there is no thread for it. */
bool pipe_start(struct pipe_line *line);
/* Ends the thread, if there is one, and closes the pipe. */
void pipe_stop(struct pipe_line *line);
int64_t pipe_latency(struct pipe_line *line);

#endif

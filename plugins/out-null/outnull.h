/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outnull.h: shared by the files of out-null. */
#ifndef OUT_NULL_OUTNULL_H
#define OUT_NULL_OUTNULL_H

#include <pthread.h>
#include <stdio.h>

#include "limber/output.h"

/* --- capture.c: a file of what was "heard" --- */

/* Frames are held back for the latency of the device: what is still held when the device goes was
 * taken but never heard. */
struct outnull_capture {
    FILE *file; /* NULL: nothing is captured */
    float *held;
    int64_t held_frames, latency_frames;
    uint32_t channels;
    int error; /* errno; 0: none */
};

/* Begins a new file, or goes on with it. Returns 0 or an errno. `room_frames`: most that are taken
 * at once. */
int outnull_capture_open(struct outnull_capture *capture, const char *name, bool go_on,
                         uint32_t channels, int64_t latency_frames, int64_t room_frames);
void outnull_capture_take(struct outnull_capture *capture, const float *samples, int64_t frames);
/* `heard`: what is still held gets heard too. Returns 0 or the first errno. */
int outnull_capture_close(struct outnull_capture *capture, bool heard);

/* --- device.c: the virtual device and its thread --- */

struct outnull_settings {
    int64_t buffer_frames;
    int64_t latency_frames;
    double speed;              /* × real time; 0: as fast as the session is ready */
    int64_t lose_at, stall_at; /* frames taken; −1: never */
};

struct outnull_device {
    struct outnull_settings settings;
    struct limber_output_source source;
    struct outnull_capture capture;
    uint32_t rate_hz, channels;
    float *samples; /* one buffer */

    pthread_t thread;
    bool running; /* the thread exists */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop; /* under the lock */

    /* The thread's own, others read them after joining. They live as long as the instance. */
    int64_t taken;      /* frames, in all */
    int64_t latest_ns;  /* the most that a buffer was taken too late */
    unsigned dry;       /* how often that was later than what it holds lasts */
    int64_t session;    /* of those, the session's */
    bool lost, stalled; /* has happened */
    bool gone;          /* this time */
};

void outnull_device_init(struct outnull_device *device);
void outnull_device_clear(struct outnull_device *device);
enum limber_status outnull_device_start(struct outnull_device *device);
/* Ends the thread and waits for it. */
void outnull_device_stop(struct outnull_device *device);

#endif

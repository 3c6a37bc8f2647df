/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.h: the whole player on a clock of its own, a step at a time: real voices, mixer, threads
 * and plugins, but time stands still until the test lets it go on, and the sound device is a
 * function call that takes 10 ms of samples when 10 ms have gone by. So nothing depends on how busy
 * the machine is, and a minute takes a moment.
 *
 * The program is linked with --wrap=clock_gettime,--wrap=nanosleep,--wrap=ppoll. For all threads
 * but main's, time is the machine's. */
#ifndef STEPS_H
#define STEPS_H

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/units.h"
#include "limber/output.h"
#include "plugin/threadcheck.h"

#define STEPS_RATE    48000
#define STEPS_BUFFER  480 /* frames the device takes at a time */
#define STEPS_ROUND   (5 * NSEC_PER_MSEC)
#define STEPS_LATE_MS 20000 /* of real time: then the session hangs */

/* --- time --- */

static struct {
    int64_t now_ns; /* 0: not begun: time is the machine's */
    bool real;      /* for a while, main waits for other threads and processes */
} steps_clock;
static _Thread_local bool steps_main;

static void steps_device_take(void);

int __real_clock_gettime(clockid_t id, struct timespec *time);
int __real_nanosleep(const struct timespec *wanted, struct timespec *left);
int __real_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_clock_gettime(clockid_t id, struct timespec *time);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);

static bool steps_rule(void)
{
    return steps_main && steps_clock.now_ns && !steps_clock.real;
}

static void steps_go_by(int64_t ns)
{
    while (ns > 0) {
        int64_t part = ns < NSEC_PER_MSEC ? ns : NSEC_PER_MSEC;
        steps_clock.now_ns += part;
        ns -= part;
        steps_device_take();
    }
}

int __wrap_clock_gettime(clockid_t id, struct timespec *time)
{
    if (!steps_main || !steps_clock.now_ns || id != CLOCK_MONOTONIC)
        return __real_clock_gettime(id, time);
    *time = (struct timespec){.tv_sec = steps_clock.now_ns / NSEC_PER_SEC,
                              .tv_nsec = steps_clock.now_ns % NSEC_PER_SEC};
    return 0;
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    if (!steps_rule())
        return __real_nanosleep(wanted, left);
    steps_go_by(wanted->tv_sec * NSEC_PER_SEC + wanted->tv_nsec);
    return 0;
}

/* Whatever is ready comes first; else time goes by, up to a round. */
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    if (!steps_rule())
        return __real_ppoll(fds, count, timeout, mask);
    const struct timespec now = {0};
    int ready = __real_ppoll(fds, count, &now, mask);
    if (ready != 0)
        return ready;
    int64_t wait = timeout ? timeout->tv_sec * NSEC_PER_SEC + timeout->tv_nsec : STEPS_ROUND;
    steps_go_by(wait < STEPS_ROUND ? wait : STEPS_ROUND);
    return 0;
}

/* --- the device --- */

static struct {
    struct limber_output_source source;
    atomic_bool running;
    uint32_t channels;
    int64_t began_ns, taken; /* frames since it was started first */
    float *heard;            /* one channel of them */
    size_t room;
    bool (*plays)(void *context); /* samples are to come: the device waits for them */
    void *context;
} steps_device;

/* Takes what is due, and keeps it. */
static void steps_device_take(void)
{
    float samples[STEPS_BUFFER * 2];
    if (!atomic_load(&steps_device.running))
        return;
    if (steps_device.began_ns == 0)
        steps_device.began_ns = steps_clock.now_ns;
    int64_t due = frames_from_ns(steps_clock.now_ns - steps_device.began_ns, STEPS_RATE);
    while (steps_device.taken + STEPS_BUFFER <= due) {
        if (steps_device.plays && steps_device.plays(steps_device.context)) {
            bool main_thread = steps_main;
            steps_main = false; /* waiting is by the machine's time */
            steps_device.source.wait(steps_device.source.context, STEPS_BUFFER, STEPS_LATE_MS);
            steps_main = main_thread;
        }
        steps_device.source.pull(steps_device.source.context, samples, STEPS_BUFFER);
        threadcheck_set(THREAD_MAIN); /* for that moment it was the device's */
        while (steps_device.room < (size_t)(steps_device.taken + STEPS_BUFFER)) {
            steps_device.room = steps_device.room * 2 + STEPS_RATE;
            steps_device.heard =
                xrealloc(steps_device.heard, steps_device.room * sizeof *steps_device.heard);
        }
        for (int i = 0; i < STEPS_BUFFER; i++)
            steps_device.heard[steps_device.taken++] = samples[(uint32_t)i * steps_device.channels];
    }
}

static enum limber_status steps_open(void *instance, const struct limber_output_request *request,
                                     const struct limber_output_source *source,
                                     struct limber_output_stream *stream)
{
    steps_device.source = *source;
    steps_device.channels = stream->channels = request->channels;
    stream->live = true;
    return LIMBER_OK;
}

static enum limber_status steps_start(void *instance)
{
    atomic_store(&steps_device.running, true);
    return LIMBER_OK;
}

static enum limber_status steps_close(void *instance, bool keep)
{
    atomic_store(&steps_device.running, false);
    return LIMBER_OK;
}

static const struct limber_output steps_output = {
    .size = sizeof steps_output, .open = steps_open, .start = steps_start, .close = steps_close};

static enum limber_status steps_create(const struct limber_host *host, void **instance)
{
    *instance = &steps_device;
    return LIMBER_OK;
}

static void steps_destroy(void *instance)
{
}

static const void *steps_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &steps_output : NULL;
}

static const char *const steps_interfaces[] = {LIMBER_OUTPUT_ID, NULL};
static const struct limber_plugin_descriptor steps_descriptor = {
    .size = sizeof steps_descriptor,
    .id = "out-steps",
    .name = "A step at a time",
    .version = "1",
    .license = "GPL-3.0-or-later",
    .description = "A device that a test moves on",
    .interfaces = steps_interfaces,
};
static const struct limber_plugin_entry steps_entry = {
    LIMBER_ABI_MAJOR,  LIMBER_ABI_MINOR, sizeof(struct limber_plugin_entry),
    &steps_descriptor, steps_create,     steps_destroy,
    steps_interface};

/* Time stands still from now on, for main. */
static inline void steps_begin(void)
{
    struct timespec now;
    __real_clock_gettime(CLOCK_MONOTONIC, &now);
    steps_main = true;
    steps_clock.now_ns = now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

/* Gives the machine time without any going by. */
static inline void steps_real_ms(int ms)
{
    const struct timespec wait = {.tv_nsec = ms * NSEC_PER_MSEC};
    __real_nanosleep(&wait, NULL);
}

#endif

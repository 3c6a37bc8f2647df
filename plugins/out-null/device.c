/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device.c: a sound device without sound: a thread that pulls buffer after buffer, at the pace of a
 * clock that may run faster than real ones, or as fast as the session is ready. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/prompt.h"
#include "outnull.h"

#define WAIT_MS 50
#define IDLE_NS 1000000

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void outnull_device_init(struct outnull_device *device)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&device->lock, NULL);
    pthread_cond_init(&device->wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

void outnull_device_clear(struct outnull_device *device)
{
    pthread_cond_destroy(&device->wake);
    pthread_mutex_destroy(&device->lock);
    free(device->samples);
    device->samples = NULL;
}

/* Sleeps until `deadline_ns`, or for ever when it is negative. Returns false when told to stop. */
static bool sleep_until(struct outnull_device *device, int64_t deadline_ns)
{
    struct timespec deadline = {deadline_ns / 1000000000, deadline_ns % 1000000000};
    pthread_mutex_lock(&device->lock);
    while (!device->stop) {
        if (deadline_ns < 0)
            pthread_cond_wait(&device->wake, &device->lock);
        else if (pthread_cond_timedwait(&device->wake, &device->lock, &deadline) == ETIMEDOUT)
            break;
    }
    bool go_on = !device->stop;
    pthread_mutex_unlock(&device->lock);
    return go_on;
}

/* Frames to pull next: a buffer, or less when the device goes in its middle. */
static int64_t next_count(const struct outnull_device *device)
{
    const struct outnull_settings *s = &device->settings;
    int64_t count = s->buffer_frames;
    if (s->lose_at >= 0 && !device->lost && s->lose_at - device->taken < count)
        count = s->lose_at - device->taken;
    if (s->stall_at >= 0 && !device->stalled && s->stall_at - device->taken < count)
        count = s->stall_at - device->taken;
    return count > 0 ? count : 0;
}

/* Waits for the session, or for the clock. Returns false when told to stop. */
static bool pace(struct outnull_device *device, int64_t count, int64_t deadline_ns)
{
    if (device->settings.speed > 0)
        return sleep_until(device, deadline_ns);
    for (;;) {
        if (!sleep_until(device, 0)) /* a moment long past: only looks whether to stop */
            return false;
        int64_t before = now_ns();
        if (!device->source.wait)
            return true;
        device->source.wait(device->source.context, count, WAIT_MS);
        if (now_ns() - before < WAIT_MS * INT64_C(1000000))
            return sleep_until(device, 0);
    }
}

/* What happens at the frame where the device goes. */
static void go(struct outnull_device *device)
{
    device->gone = true;
    if (device->settings.lose_at >= 0 && !device->lost &&
        device->taken >= device->settings.lose_at) {
        device->lost = true;
        if (device->source.lost)
            device->source.lost(device->source.context, "the virtual device was taken away");
        return;
    }
    device->stalled = true;
    sleep_until(device, -1);
}

/* A device that holds as much as its latency runs dry when it is filled later than that. */
static void note_late(struct outnull_device *device, int64_t late_ns)
{
    const struct outnull_settings *s = &device->settings;
    if (s->speed <= 0 || s->latency_frames == 0)
        return;
    if ((double)late_ns * s->speed > (double)s->latency_frames * 1e9 / device->rate_hz)
        device->dry++;
    if (late_ns > device->latest_ns)
        device->latest_ns = late_ns;
}

static void *run(void *user)
{
    struct outnull_device *device = user;
    double frame_ns =
        device->settings.speed > 0 ? 1e9 / (device->rate_hz * device->settings.speed) : 0;
    int64_t start_ns = now_ns(), taken_before = device->taken;
    if (device->settings.speed > 0)
        prompt_thread();
    for (;;) {
        int64_t count = next_count(device);
        if (count == 0) {
            go(device);
            return NULL;
        }
        double due = (double)(device->taken - taken_before + count) * frame_ns;
        if (!pace(device, count, start_ns + (int64_t)due))
            return NULL;
        note_late(device, now_ns() - start_ns - (int64_t)due);
        int64_t got = device->source.pull(device->source.context, device->samples, count);
        outnull_capture_take(&device->capture, device->samples, count);
        device->taken += count;
        device->session += got;
        /* Nothing but silence: paused or over. No hurry then. */
        if (device->settings.speed == 0 && got == 0 && !sleep_until(device, now_ns() + IDLE_NS))
            return NULL;
    }
}

enum limber_status outnull_device_start(struct outnull_device *device)
{
    if (device->running)
        return LIMBER_FAILED;
    free(device->samples);
    size_t count = (size_t)device->settings.buffer_frames * device->channels;
    device->samples = calloc(count, sizeof *device->samples);
    if (!device->samples)
        return LIMBER_NO_MEMORY;
    device->stop = device->gone = false;
    if (pthread_create(&device->thread, NULL, run, device) != 0)
        return LIMBER_FAILED;
    device->running = true;
    return LIMBER_OK;
}

void outnull_device_stop(struct outnull_device *device)
{
    if (!device->running)
        return;
    pthread_mutex_lock(&device->lock);
    device->stop = true;
    pthread_cond_broadcast(&device->wake);
    pthread_mutex_unlock(&device->lock);
    pthread_join(device->thread, NULL);
    device->running = false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c: one thread opens, reads, and tries again; main watches how long it takes. */
#include "studio/capture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/ring.h"
#include "plugin/call.h"
#include "plugin/threadcheck.h"
#include "session/quiet.h"

#define LOG_MODULE     "input"
#define QUEUE_SAMPLES  (48000 * 20)
#define CHUNK          2048
#define READ_MS        100
#define RETRY_MS       1000
#define OPEN_LIMIT_MS  10000
#define CLOSE_LIMIT_MS 3000
#define WATCH_MS       500

struct capture {
    struct capture_options options;
    struct plugin_instance *input;
    struct ring *queue; /* the thread writes, main reads */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    uint32_t watch; /* timer */
    int64_t opening_since_ms;
    bool given_up; /* the thread stands in the sound system */

    /* under the lock */
    bool stop, ended, left; /* left: main is gone, nobody may be told */
    enum capture_state state;
    enum limber_status why;
    uint32_t rate_hz;
    bool was_open;

    _Atomic bool told; /* a call is on its way to main */
    _Atomic bool gap;
};

/* --- the thread --- */

static void heard(void *context)
{
    struct capture *capture = context;
    atomic_store(&capture->told, false);
    if (capture->options.changed)
        capture->options.changed(capture->options.context);
}

static void tell(struct capture *capture)
{
    pthread_mutex_lock(&capture->lock);
    if (!capture->left && !atomic_exchange(&capture->told, true) &&
        !loop_post(capture->options.loop, heard, capture))
        atomic_store(&capture->told, false);
    pthread_mutex_unlock(&capture->lock);
}

static void become(struct capture *capture, enum capture_state state, enum limber_status why)
{
    pthread_mutex_lock(&capture->lock);
    capture->state = state;
    capture->why = why;
    capture->was_open |= state == CAPTURE_RUNNING;
    pthread_mutex_unlock(&capture->lock);
    tell(capture);
}

static bool is_stopped(struct capture *capture)
{
    pthread_mutex_lock(&capture->lock);
    bool stop = capture->stop;
    pthread_mutex_unlock(&capture->lock);
    return stop;
}

/* Waits before the next try. False: there will be none. */
static bool wait_for_next(struct capture *capture)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += RETRY_MS / 1000;
    pthread_mutex_lock(&capture->lock);
    int waited = 0;
    while (!capture->stop && waited == 0)
        waited = pthread_cond_timedwait(&capture->wake, &capture->lock, &until);
    bool stop = capture->stop;
    pthread_mutex_unlock(&capture->lock);
    return !stop;
}

static void pass_on(struct capture *capture, const float *samples, size_t count)
{
    if (ring_write(capture->queue, samples, (int64_t)count) < (int64_t)count)
        atomic_store(&capture->gap, true);
    tell(capture);
}

/* Until the device is lost, or nobody listens any more. */
static void read_all(struct capture *capture)
{
    enum limber_status status = LIMBER_OK;
    float samples[CHUNK];
    while ((status == LIMBER_OK || status == LIMBER_LIMIT) && !is_stopped(capture)) {
        size_t got = 0;
        status = call_input_read(capture->input, samples, CHUNK, &got, READ_MS);
        if (status == LIMBER_LIMIT)
            atomic_store(&capture->gap, true);
        if (got > 0)
            pass_on(capture, samples, got);
    }
    call_input_close(capture->input);
}

static void *run(void *context)
{
    struct capture *capture = context;
    threadcheck_set(THREAD_WORKER);
    bool opened_once = false;
    do {
        uint32_t rate_hz = 0;
        enum limber_status status =
            call_input_open(capture->input, capture->options.rate_hz, &rate_hz);
        if (status == LIMBER_OK) {
            opened_once = true;
            pthread_mutex_lock(&capture->lock);
            capture->rate_hz = rate_hz;
            pthread_mutex_unlock(&capture->lock);
            become(capture, CAPTURE_RUNNING, LIMBER_OK);
            read_all(capture);
            status = LIMBER_LOST;
        }
        become(capture, opened_once ? CAPTURE_LOST : CAPTURE_FAILED, status);
    } while (opened_once && wait_for_next(capture));
    pthread_mutex_lock(&capture->lock);
    capture->ended = true;
    pthread_mutex_unlock(&capture->lock);
    return NULL;
}

/* --- main --- */

/* The first opening has a limit; later ones may take what they take. */
static void watch_opening(void *context)
{
    struct capture *capture = context;
    pthread_mutex_lock(&capture->lock);
    bool hangs = capture->state == CAPTURE_OPENING &&
                 loop_now_ms() - capture->opening_since_ms > OPEN_LIMIT_MS;
    if (hangs) {
        capture->state = CAPTURE_FAILED;
        capture->why = LIMBER_TIMEOUT;
        capture->stop = true;
    }
    pthread_mutex_unlock(&capture->lock);
    if (hangs && capture->options.changed)
        capture->options.changed(capture->options.context);
}

static enum limber_status start(struct capture *capture, char **error)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&capture->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&capture->lock, NULL);
    capture->queue = ring_new(QUEUE_SAMPLES, 1);
    capture->opening_since_ms = loop_now_ms();
    if (quiet_thread(&capture->thread, run, capture) != 0) {
        *error = xstrdup("no thread could be started");
        ring_destroy(capture->queue);
        return LIMBER_NO_MEMORY;
    }
    capture->watch =
        loop_add_timer(capture->options.loop, WATCH_MS, WATCH_MS, watch_opening, capture);
    return LIMBER_OK;
}

enum limber_status capture_new(const struct capture_options *options, struct capture **out,
                               char **error)
{
    void *self = NULL;
    *out = NULL;
    struct plugin_instance *input = registry_instance(options->registry, options->input, error);
    if (!input)
        return LIMBER_NOT_FOUND;
    if (!plugin_interface(input, LIMBER_INPUT_ID, &self)) {
        *error = xstrdup("this plugin is not a microphone");
        return LIMBER_UNSUPPORTED;
    }
    struct capture *capture = xcalloc(1, sizeof *capture);
    capture->options = *options;
    capture->input = input;
    enum limber_status status = start(capture, error);
    if (status == LIMBER_OK)
        *out = capture;
    else
        free(capture);
    return status;
}

/* Whether the thread has ended, in time. */
static bool wait_for_thread(struct capture *capture)
{
    const struct timespec moment = {.tv_nsec = 5 * 1000000L};
    int64_t until = loop_now_ms() + CLOSE_LIMIT_MS;
    for (;;) {
        pthread_mutex_lock(&capture->lock);
        bool ended = capture->ended;
        pthread_mutex_unlock(&capture->lock);
        if (ended || loop_now_ms() > until)
            return ended;
        nanosleep(&moment, NULL);
    }
}

bool capture_destroy(struct capture *capture)
{
    if (!capture)
        return true;
    capture->options.changed = NULL;
    loop_remove(capture->options.loop, capture->watch);
    pthread_mutex_lock(&capture->lock);
    capture->stop = true;
    pthread_cond_signal(&capture->wake);
    pthread_mutex_unlock(&capture->lock);
    bool ended = wait_for_thread(capture);
    pthread_mutex_lock(&capture->lock);
    capture->left = true;
    pthread_mutex_unlock(&capture->lock);
    while (atomic_load(&capture->told)) /* a call that is on its way finds us */
        loop_step(capture->options.loop, 0);
    if (!ended) { /* it may still call in: leave it all standing */
        static struct capture *volatile left_standing; /* for leak checkers */
        left_standing = capture;
        (void)left_standing;
        log_warning("the sound system does not let go of the microphone");
        pthread_detach(capture->thread);
        return false;
    }
    pthread_join(capture->thread, NULL);
    pthread_cond_destroy(&capture->wake);
    pthread_mutex_destroy(&capture->lock);
    ring_destroy(capture->queue);
    free(capture);
    return true;
}

enum capture_state capture_state(const struct capture *capture)
{
    struct capture *own = (struct capture *)capture;
    pthread_mutex_lock(&own->lock);
    enum capture_state state = own->state;
    pthread_mutex_unlock(&own->lock);
    return state;
}

const char *capture_problem(const struct capture *capture)
{
    struct capture *own = (struct capture *)capture;
    pthread_mutex_lock(&own->lock);
    enum limber_status why = own->why;
    pthread_mutex_unlock(&own->lock);
    switch (why) {
    case LIMBER_NOT_FOUND:
        return "there is no microphone";
    case LIMBER_BUSY:
        return "another program has the microphone";
    case LIMBER_TIMEOUT:
        return "the sound system does not answer";
    case LIMBER_LOST:
        return "the microphone has gone";
    default:
        return "the microphone cannot be opened";
    }
}

uint32_t capture_rate(const struct capture *capture)
{
    struct capture *own = (struct capture *)capture;
    pthread_mutex_lock(&own->lock);
    uint32_t rate_hz = own->rate_hz;
    pthread_mutex_unlock(&own->lock);
    return rate_hz;
}

size_t capture_read(struct capture *capture, float *samples, size_t count)
{
    return (size_t)ring_read(capture->queue, samples, (int64_t)count);
}

bool capture_gap(struct capture *capture)
{
    return atomic_exchange(&capture->gap, false);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.c: a device behind a pump: opening, losing and reopening it. */
#include "session/stream.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "plugin/call.h"
#include "plugin/threadcheck.h"
#include "session/pump.h"
#include "session/quiet.h"

#define LOG_MODULE "output"
#define STALL_MS                                                                                   \
    2500 /* without a single pull: lost. Servers with long buffers may not ask for 2 s */
#define STALL_GRACE_MS 500   /* a stalled device may come back by itself */
#define RETRY_MS       1000  /* between tries to open it again */
#define OPEN_LIMIT_MS  10000 /* for a call into the sound system */
#define CLOSE_LIMIT_MS 3000
#define START_WAIT_MS  500 /* for the first samples, before an open device is started */

/* One blocking call into the sound system, on a thread of its own. Outlives the stream if it hangs.
 */
struct errand {
    bool closing; /* else opening */
    struct plugin_instance *output;
    struct limber_output_stream agreed;
    enum limber_status status;
    pthread_mutex_t lock;
    struct stream *stream; /* NULL: given up; protected by lock */
    bool done;             /* protected by lock */
};

struct stream {
    struct stream_options options;
    struct plugin_instance *output;
    struct limber_output_source source;
    struct pump *pump;
    enum stream_state state;
    char problem[200];
    struct errand *errand; /* under way, or NULL */
    pthread_t errand_thread;
    int64_t errand_started_ms;
    bool open; /* the last open succeeded and no close has */
    bool opened_once;
    bool user_held;   /* main closed the gate */
    bool stalled;     /* lost without a word: it may come back by itself */
    bool gate_lost;   /* the gate was closed because of that, at resume_at */
    bool given_up;    /* a call has not come back, and its thread still stands in it */
    frames resume_at; /* first frame not taken, after a stall */
    int64_t next_ms;  /* when to do the next thing while lost */
    int64_t quiet_since_ms, watched_ms;
    uint64_t last_pulls;
    frames latency, drain;

    /* written by an errand, read by the device */
    _Atomic uint32_t device_channels;
    _Atomic bool lost;
    _Atomic int posted; /* calls of errand_returned() that the loop has still to make */
};

/* --- lent to the output --- */

static int64_t source_pull(void *context, float *samples, int64_t count)
{
    struct stream *stream = context;
    threadcheck_set(THREAD_DEVICE);
    return pump_pull(stream->pump, samples, count, atomic_load(&stream->device_channels));
}

static void source_wait(void *context, int64_t count, int timeout_ms)
{
    struct stream *stream = context;
    pump_wait(stream->pump, count, timeout_ms);
}

static void source_lost(void *context, const char *reason)
{
    struct stream *stream = context;
    log_info("the device is gone: %s", reason ? reason : "no reason given");
    atomic_store(&stream->lost, true);
}

/* --- errands --- */

static void errand_returned(void *context);

static enum limber_status open_and_start(struct errand *errand, struct stream *stream)
{
    const struct limber_output_request request = {.size = sizeof request,
                                                  .rate_hz = stream->options.rate_hz,
                                                  .channels = 2,
                                                  .title = "Limber",
                                                  .total_frames = -1};
    enum limber_status status =
        call_output_open(errand->output, &request, &stream->source, &errand->agreed);
    if (status != LIMBER_OK)
        return status;
    frames lead =
        stream->options.lead_in >= 0 ? stream->options.lead_in : errand->agreed.lead_in_frames;
    pump_set_lead_in(stream->pump, lead);
    atomic_store(&stream->device_channels, errand->agreed.channels);
    atomic_store(&stream->lost, false);
    if (lead == 0) /* a device started too early plays a whole buffer of silence first */
        pump_wait(stream->pump, 1, START_WAIT_MS);
    status = call_output_start(errand->output);
    if (status != LIMBER_OK)
        call_output_close(errand->output, false);
    return status;
}

static void *run_errand(void *context)
{
    struct errand *errand = context;
    threadcheck_set(THREAD_WORKER);
    if (errand->closing)
        pump_wait_for_fade(errand->stream->pump);
    errand->status = errand->closing ? call_output_close(errand->output, true)
                                     : open_and_start(errand, errand->stream);
    pthread_mutex_lock(&errand->lock);
    errand->done = true;
    if (errand->stream) {
        atomic_fetch_add(&errand->stream->posted, 1);
        if (!loop_post(errand->stream->options.loop, errand_returned, errand->stream))
            atomic_fetch_sub(&errand->stream->posted, 1);
    }
    pthread_mutex_unlock(&errand->lock);
    return NULL;
}

static void start_errand(struct stream *stream, bool closing)
{
    struct errand *errand = xcalloc(1, sizeof *errand);
    errand->closing = closing;
    errand->output = stream->output;
    errand->stream = stream;
    errand->agreed.size = sizeof errand->agreed;
    pthread_mutex_init(&errand->lock, NULL);
    stream->errand_started_ms = loop_now_ms();
    if (quiet_thread(&stream->errand_thread, run_errand, errand) != 0) {
        errand->status = LIMBER_NO_MEMORY;
        errand->done = true;
    }
    stream->errand = errand;
}

static void end_errand(struct stream *stream)
{
    pthread_join(stream->errand_thread, NULL);
    pthread_mutex_destroy(&stream->errand->lock);
    free(stream->errand);
    stream->errand = NULL;
}

/* The call does not come back: leave it behind. Its memory is lost with it. */
static void abandon_errand(struct stream *stream)
{
    pthread_mutex_lock(&stream->errand->lock);
    stream->errand->stream = NULL;
    pthread_mutex_unlock(&stream->errand->lock);
    pthread_detach(stream->errand_thread);
    stream->errand = NULL;
}

static bool errand_done(struct stream *stream)
{
    pthread_mutex_lock(&stream->errand->lock);
    bool done = stream->errand->done;
    pthread_mutex_unlock(&stream->errand->lock);
    return done;
}

/* --- states --- */

static void become(struct stream *stream, enum stream_state state)
{
    if (stream->state == state)
        return;
    stream->state = state;
    if (stream->options.changed)
        stream->options.changed(stream->options.context);
}

static void opened(struct stream *stream)
{
    stream->open = stream->opened_once = true;
    stream->latency = stream->errand->agreed.latency_frames;
    stream->drain = stream->errand->agreed.drain_frames;
    pump_set_latency(stream->pump, stream->latency);
    stream->last_pulls = pump_pulls(stream->pump);
    stream->quiet_since_ms = loop_now_ms();
    stream->stalled = false;
}

static void open_failed(struct stream *stream, enum limber_status status)
{
    snprintf(stream->problem, sizeof stream->problem, "%s: %s", stream->options.output,
             status == LIMBER_NOT_FOUND ? "there is no such device" : status_text(status));
    stream->next_ms = loop_now_ms() + RETRY_MS;
}

/* What a stream is that this process can do nothing for. */
static enum stream_state hopeless(const struct stream *stream)
{
    return stream->opened_once || stream->options.patient ? STREAM_HUNG : STREAM_FAILED;
}

/* An open or close has come back. [main] */
static void errand_finished(struct stream *stream)
{
    if (!stream->errand || !errand_done(stream))
        return;
    bool closing = stream->errand->closing;
    enum limber_status status = stream->errand->status;
    if (!closing && status == LIMBER_OK)
        opened(stream);
    end_errand(stream);
    if (closing) {
        stream->open = false;
        stream->next_ms = loop_now_ms();
    } else if (status == LIMBER_OK) {
        become(stream, STREAM_RUNNING);
    } else {
        open_failed(stream, status);
        if (status == LIMBER_LOST)
            become(stream, hopeless(stream));
        else if (!stream->opened_once)
            become(stream, stream->options.patient ? STREAM_LOST : STREAM_FAILED);
    }
}

static void errand_returned(void *context)
{
    struct stream *stream = context;
    atomic_fetch_sub(&stream->posted, 1);
    errand_finished(stream);
}

/* From a frame taken to its being heard, as the device says now. */
static frames latency_now(const struct stream *stream)
{
    bool running = stream->state == STREAM_RUNNING && !stream->errand;
    return running ? call_output_latency(stream->output, stream->latency) : stream->latency;
}

static void device_lost(struct stream *stream, bool stalled)
{
    stream->latency = latency_now(stream); /* all that may not have been heard */
    frames taken = pump_cut(stream->pump);
    stream->stalled = stalled;
    stream->gate_lost = stalled && !stream->user_held;
    stream->resume_at = taken;
    stream->next_ms = loop_now_ms() + (stalled ? STALL_GRACE_MS : 0);
    if (!stalled && !stream->user_held)
        pump_continue(stream->pump, taken - stream->latency);
    snprintf(stream->problem, sizeof stream->problem, "%s",
             stalled ? "the device has stopped asking for samples" : "the device is gone");
    become(stream, STREAM_LOST);
}

static void watch_running(struct stream *stream, int64_t now)
{
    uint64_t pulls = pump_pulls(stream->pump);
    if (atomic_load(&stream->lost)) {
        device_lost(stream, false);
    } else if (pulls != stream->last_pulls) {
        stream->last_pulls = pulls;
        stream->quiet_since_ms = now;
    } else if (now - stream->quiet_since_ms >= STALL_MS) {
        device_lost(stream, true);
    }
}

static void watch_lost(struct stream *stream, int64_t now)
{
    if (stream->stalled && !atomic_load(&stream->lost) &&
        pump_pulls(stream->pump) != stream->last_pulls) {
        stream->stalled = false;
        stream->last_pulls = pump_pulls(stream->pump);
        stream->quiet_since_ms = now;
        if (stream->gate_lost)
            pump_continue(stream->pump, stream->resume_at);
        become(stream, STREAM_RUNNING);
        return;
    }
    if (now < stream->next_ms)
        return;
    if (stream->gate_lost)
        pump_continue(stream->pump, stream->resume_at - stream->latency);
    stream->stalled = stream->gate_lost = false;
    start_errand(stream, stream->open);
}

/* A call does not come back. */
static void give_up(struct stream *stream)
{
    abandon_errand(stream);
    stream->given_up = true;
    snprintf(stream->problem, sizeof stream->problem, "the sound system does not answer");
    become(stream, hopeless(stream));
}

void stream_watch(struct stream *stream)
{
    int64_t now = loop_now_ms();
    if (now - stream->watched_ms > STALL_MS) /* not looked for a while: we may have been stopped */
        stream->quiet_since_ms = now;
    stream->watched_ms = now;
    pump_set_latency(stream->pump, latency_now(stream));
    if (stream->errand) {
        int limit = stream->errand->closing ? CLOSE_LIMIT_MS : OPEN_LIMIT_MS;
        if (errand_done(stream))
            errand_finished(stream);
        else if (now - stream->errand_started_ms > limit)
            give_up(stream);
        return;
    }
    if (stream->state == STREAM_RUNNING)
        watch_running(stream, now);
    else if (stream->state == STREAM_LOST)
        watch_lost(stream, now);
}

/* --- main's side --- */

enum limber_status stream_new(const struct stream_options *options, struct stream **out,
                              char **error)
{
    struct plugin_instance *output = registry_instance(options->registry, options->output, error);
    if (!output)
        return LIMBER_NOT_FOUND;
    if (!call_output_is_pull(output)) {
        *error = xstrdup("this output writes files or pipes: use limber render");
        return LIMBER_UNSUPPORTED;
    }
    struct stream *stream = xcalloc(1, sizeof *stream);
    stream->options = *options;
    stream->output = output;
    stream->pump = pump_new(options->rate_hz);
    stream->source = (struct limber_output_source){.size = sizeof stream->source,
                                                   .context = stream,
                                                   .pull = source_pull,
                                                   .wait = source_wait,
                                                   .lost = source_lost};
    atomic_store(&stream->device_channels, 2);
    start_errand(stream, false);
    *out = stream;
    return LIMBER_OK;
}

static bool wait_for_errand(struct stream *stream, int limit_ms)
{
    const int64_t until = loop_now_ms() + limit_ms;
    while (!errand_done(stream)) {
        if (loop_now_ms() > until)
            return false;
        loop_step(stream->options.loop, 20);
        if (!stream->errand)
            return !stream->given_up;
    }
    errand_finished(stream);
    return true;
}

void stream_destroy(struct stream *stream)
{
    if (!stream)
        return;
    bool well = !stream->given_up;
    stream->options.changed = NULL;
    if (pump_late(stream->pump) > 0)
        log_info("the device was given %lld frames of silence because the mix was late",
                 (long long)pump_late(stream->pump));
    if (stream->errand)
        well = wait_for_errand(stream, CLOSE_LIMIT_MS);
    if (well && stream->open) {
        start_errand(stream, true);
        well = wait_for_errand(stream, CLOSE_LIMIT_MS);
    }
    if (!well) { /* something may still call in: leave it all standing */
        static struct stream *volatile left_standing; /* for leak checkers */
        left_standing = stream;
        (void)left_standing;
        log_warning("the sound system does not let go of the device");
        if (stream->errand)
            abandon_errand(stream);
        return;
    }
    while (atomic_load(&stream->posted) > 0) /* a call that is on its way finds us */
        loop_step(stream->options.loop, 0);
    pump_destroy(stream->pump);
    free(stream);
}

enum stream_state stream_state(const struct stream *stream)
{
    return stream->state;
}

const char *stream_problem(const struct stream *stream)
{
    return stream->problem;
}

void stream_set_channels(struct stream *stream, uint32_t channels)
{
    pump_set_channels(stream->pump, channels);
}

void stream_mark(struct stream *stream, struct journal_position *position, uint32_t generation)
{
    pump_hold(stream->pump);
    pump_set_mark(stream->pump, position, generation);
}

void stream_play(struct stream *stream, const struct score *score, frames position)
{
    stream->user_held = stream->gate_lost = false;
    pump_play(stream->pump, score, position);
}

void stream_play_on(struct stream *stream, const struct score *score, frames position)
{
    stream->user_held = stream->gate_lost = false;
    pump_play_on(stream->pump, score, position);
}

frames stream_hold(struct stream *stream)
{
    stream->user_held = true;
    stream->gate_lost = false;
    return pump_hold(stream->pump);
}

void stream_set_level(struct stream *stream, enum mixer_part part, float gain)
{
    pump_set_level(stream->pump, part, gain);
}

void stream_set_master(struct stream *stream, float gain)
{
    pump_set_master(stream->pump, gain);
}

void stream_chime(struct stream *stream, const struct clip *clip, float gain)
{
    pump_chime(stream->pump, clip, gain);
}

void stream_kick(struct stream *stream)
{
    pump_kick(stream->pump);
}

frames stream_taken(const struct stream *stream)
{
    return pump_taken(stream->pump);
}

frames stream_heard(const struct stream *stream)
{
    frames heard = pump_taken(stream->pump) - latency_now(stream);
    return heard > 0 ? heard : 0;
}

bool stream_drained(const struct stream *stream)
{
    frames silence = pump_silence_after(stream->pump);
    return silence >= 0 && silence >= stream->drain;
}

bool stream_over(const struct stream *stream)
{
    return pump_silence_after(stream->pump) >= 0;
}

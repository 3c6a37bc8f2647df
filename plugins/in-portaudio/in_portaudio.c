/* SPDX-License-Identifier: GPL-3.0-or-later */
/* in-portaudio: a microphone through PortAudio. The callback mixes to one channel and copies into a
 * ring; everything else is the reader's business. As with out-portaudio (see there): after a loss
 * the library is terminated, and a dead JACK server is never called again. */
#include <math.h>
#include <portaudio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/padevices.h"
#include "limber/input.h"

#define KEEP_SECONDS 12   /* for a reader that is late: more than the ten of the promise */
#define SLICE_MS     10   /* the reader looks so often */
#define STALL_MS     1500 /* without a callback, while waiting: the device is lost */
#define CALLBACK     480  /* frames */

enum side { SIDE_MIX, SIDE_LEFT, SIDE_RIGHT };

struct in_portaudio {
    const char *device;
    enum side side;
    double latency_seconds;
    const struct limber_host *host;
    PaStream *stream;
    bool initialised;
    bool jack; /* the open stream is JACK's */
    bool jack_dead;
    unsigned channels;
    int waited_ms; /* in slices that were really waited, since the last callback */
    uint64_t seen_callbacks;

    float *ring; /* `mask` + 1 samples */
    uint64_t mask;
    _Atomic uint64_t written, taken;
    _Atomic uint64_t callbacks;
    _Atomic bool dropped; /* samples, since the reader was told */
    _Atomic bool finished;
};

static const char *const sides[] = {"mix", "left", "right", NULL};

static const struct limber_option options[] = {
    {.name = "device",
     .type = LIMBER_OPTION_STRING,
     .help = "name of the microphone or a part of it (limber devices lists them)"},
    {.name = "channel",
     .type = LIMBER_OPTION_CHOICE,
     .choices = sides,
     .fallback = "mix",
     .help = "which channel of a stereo device has the microphone; mix: both"},
    {.name = "latency",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 5,
     .maximum = 2000,
     .fallback = "60",
     .help = "latency to ask the device for"},
    {.name = NULL},
};

static void log_text(struct in_portaudio *in, enum limber_log_level level, const char *what,
                     const char *why)
{
    char line[260];
    snprintf(line, sizeof line, "%s%s%s", what, why ? ": " : "", why ? why : "");
    in->host->log(in->host->context, level, line);
}

static struct padevices devices(const struct in_portaudio *in)
{
    return (struct padevices){.inputs = true, .no_jack = in->jack_dead};
}

/* --- instance --- */

static enum side side_of(const char *text)
{
    for (int i = 0; text && sides[i]; i++) {
        if (strcmp(text, sides[i]) == 0)
            return (enum side)i;
    }
    return SIDE_MIX;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct in_portaudio *in = calloc(1, sizeof *in);
    if (!in)
        return LIMBER_NO_MEMORY;
    const char *latency = host->option(host->context, "latency");
    in->host = host;
    in->device = host->option(host->context, "device");
    in->side = side_of(host->option(host->context, "channel"));
    in->latency_seconds = (latency ? strtod(latency, NULL) : 60) / 1000;
    *instance = in;
    return LIMBER_OK;
}

static void terminate(struct in_portaudio *in)
{
    if (in->initialised && !in->jack_dead && !in->stream) {
        Pa_Terminate();
        in->initialised = false;
    }
}

static void destroy(void *instance)
{
    struct in_portaudio *in = instance;
    if (!in)
        return;
    terminate(in);
    if (!in->stream && !in->jack_dead) /* else a callback may still come */
        free(in->ring);
    free(in);
}

static enum limber_status initialise(struct in_portaudio *in)
{
    if (in->initialised)
        return LIMBER_OK;
    PaError error = padevices_start(in->device != NULL);
    if (error != paNoError) {
        log_text(in, LIMBER_LOG_ERROR, "PortAudio cannot start", Pa_GetErrorText(error));
        return LIMBER_FAILED;
    }
    in->initialised = true;
    return LIMBER_OK;
}

/* --- the device's side --- */

static float one_channel(const struct in_portaudio *in, const float *frame)
{
    if (in->channels == 1 || in->side == SIDE_LEFT)
        return frame[0];
    return in->side == SIDE_RIGHT ? frame[1] : 0.5F * (frame[0] + frame[1]);
}

static int callback(const void *input, void *output, unsigned long count,
                    const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                    void *context)
{
    struct in_portaudio *in = context;
    const float *frame = input;
    uint64_t written = atomic_load_explicit(&in->written, memory_order_relaxed);
    uint64_t taken = atomic_load_explicit(&in->taken, memory_order_acquire);
    uint64_t room = in->mask + 1 - (written - taken);
    unsigned long take = count < room ? count : (unsigned long)room;
    for (unsigned long i = 0; i < take; i++, written++) {
        in->ring[written & in->mask] = frame ? one_channel(in, frame) : 0;
        frame = frame ? frame + in->channels : NULL;
    }
    if (take < count || (flags & paInputOverflow))
        atomic_store_explicit(&in->dropped, true, memory_order_relaxed);
    atomic_store_explicit(&in->written, written, memory_order_release);
    atomic_fetch_add_explicit(&in->callbacks, 1, memory_order_relaxed);
    return paContinue;
}

static void finished(void *context)
{
    struct in_portaudio *in = context;
    atomic_store(&in->finished, true);
}

/* --- opening --- */

/* The ring for this rate. */
static bool make_ring(struct in_portaudio *in, uint32_t rate_hz)
{
    uint64_t size = 1;
    while (size < (uint64_t)rate_hz * KEEP_SECONDS)
        size *= 2;
    if (!in->ring || in->mask + 1 != size) {
        free(in->ring);
        in->ring = malloc(size * sizeof *in->ring);
    }
    in->mask = size - 1;
    return in->ring != NULL;
}

static PaError open_at(struct in_portaudio *in, PaDeviceIndex device, uint32_t rate_hz)
{
    const PaStreamParameters parameters = {.device = device,
                                           .channelCount = (int)in->channels,
                                           .sampleFormat = paFloat32,
                                           .suggestedLatency = in->latency_seconds};
    if (!make_ring(in, rate_hz))
        return paInsufficientMemory;
    return Pa_OpenStream(&in->stream, &parameters, NULL, rate_hz, CALLBACK, paClipOff | paDitherOff,
                         callback, in);
}

/* The wanted rate, else that of the device, else any usual one. */
static PaError open_any(struct in_portaudio *in, PaDeviceIndex device, uint32_t *rate_hz)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(device);
    const uint32_t rates[] = {
        *rate_hz, (uint32_t)lrint(info->defaultSampleRate), 48000, 44100, 96000, 32000, 16000};
    PaError error = paInvalidSampleRate;
    for (size_t i = 0; i < sizeof rates / sizeof *rates && error == paInvalidSampleRate; i++) {
        *rate_hz = rates[i];
        error = rates[i] ? open_at(in, device, rates[i]) : paInvalidSampleRate;
    }
    if (error != paNoError)
        in->stream = NULL;
    return error;
}

static enum limber_status no_device(struct in_portaudio *in)
{
    char list[200];
    const struct padevices all = devices(in);
    padevices_names(&all, list, sizeof list);
    if (in->device)
        log_text(in, LIMBER_LOG_WARNING, "no such microphone; there are", list);
    else
        log_text(in, LIMBER_LOG_INFO, "there is no microphone", NULL);
    terminate(in); /* so that the next try sees new devices */
    return LIMBER_NOT_FOUND;
}

static void forget_samples(struct in_portaudio *in)
{
    in->waited_ms = 0;
    in->seen_callbacks = 0;
    atomic_store(&in->written, 0);
    atomic_store(&in->taken, 0);
    atomic_store(&in->callbacks, 0);
    atomic_store(&in->dropped, false);
    atomic_store(&in->finished, false);
}

static enum limber_status status_of(PaError error)
{
    return error == paDeviceUnavailable                                     ? LIMBER_BUSY
           : error == paInvalidSampleRate || error == paInvalidChannelCount ? LIMBER_UNSUPPORTED
                                                                            : LIMBER_FAILED;
}

static enum limber_status open_input(void *instance, uint32_t rate_hz, uint32_t *actual_hz)
{
    struct in_portaudio *in = instance;
    enum limber_status status = initialise(in);
    if (status != LIMBER_OK)
        return status;
    const struct padevices all = devices(in);
    PaDeviceIndex device = padevices_find(&all, in->device);
    if (device == paNoDevice)
        return no_device(in);
    const PaDeviceInfo *info = Pa_GetDeviceInfo(device);
    in->channels = info->maxInputChannels >= 2 ? 2 : 1;
    in->jack = padevices_is_jack(device);
    *actual_hz = rate_hz;
    forget_samples(in);
    PaError error = open_any(in, device, actual_hz);
    if (error == paNoError) {
        Pa_SetStreamFinishedCallback(in->stream, finished);
        error = Pa_StartStream(in->stream);
    }
    if (error == paNoError)
        return LIMBER_OK;
    log_text(in, LIMBER_LOG_WARNING, info->name, Pa_GetErrorText(error));
    if (in->stream)
        Pa_CloseStream(in->stream);
    in->stream = NULL;
    terminate(in);
    return status_of(error);
}

static void close_input(void *instance)
{
    struct in_portaudio *in = instance;
    if (!in->stream)
        return;
    bool dead = Pa_IsStreamActive(in->stream) != 1 && !atomic_load(&in->finished);
    if (in->jack && dead) { /* every call would wait for minutes; its ring is left to it */
        in->jack_dead = true;
        in->stream = NULL;
        in->ring = NULL;
        return;
    }
    Pa_AbortStream(in->stream);
    Pa_CloseStream(in->stream);
    in->stream = NULL;
    terminate(in);
}

/* --- the reader's side --- */

static size_t take_samples(struct in_portaudio *in, float *samples, size_t count)
{
    uint64_t taken = atomic_load_explicit(&in->taken, memory_order_relaxed);
    uint64_t there = atomic_load_explicit(&in->written, memory_order_acquire) - taken;
    count = count < there ? count : (size_t)there;
    for (size_t i = 0; i < count; i++)
        samples[i] = in->ring[(taken + i) & in->mask];
    atomic_store_explicit(&in->taken, taken + count, memory_order_release);
    return count;
}

/* Whether the device has ended, or gives nothing any more. Time is that of the slices: a program
 * that was stopped and goes on has not waited. */
static bool is_lost(struct in_portaudio *in)
{
    uint64_t callbacks = atomic_load(&in->callbacks);
    if (callbacks != in->seen_callbacks) {
        in->seen_callbacks = callbacks;
        in->waited_ms = 0;
    }
    return atomic_load(&in->finished) || in->waited_ms >= STALL_MS ||
           Pa_IsStreamActive(in->stream) != 1;
}

static enum limber_status read_input(void *instance, float *samples, size_t count, size_t *got,
                                     int timeout_ms)
{
    struct in_portaudio *in = instance;
    const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000L};
    *got = take_samples(in, samples, count);
    for (int waited = 0; *got == 0 && waited < timeout_ms; waited += SLICE_MS) {
        if (is_lost(in))
            return LIMBER_LOST;
        nanosleep(&slice, NULL);
        in->waited_ms += SLICE_MS;
        *got = take_samples(in, samples, count);
    }
    return atomic_exchange(&in->dropped, false) ? LIMBER_LIMIT : LIMBER_OK;
}

static void list_devices(void *instance,
                         bool (*each)(void *context, const char *name, const char *detail,
                                      bool is_default),
                         void *context)
{
    struct in_portaudio *in = instance;
    if (initialise(in) != LIMBER_OK)
        return;
    const struct padevices all = devices(in);
    padevices_each(&all, each, context);
    terminate(in);
}

static const struct limber_input input = {.size = sizeof input,
                                          .open = open_input,
                                          .read = read_input,
                                          .close = close_input,
                                          .list_devices = list_devices};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_INPUT_ID) == 0 ? &input : NULL;
}

static const char *const interfaces[] = {LIMBER_INPUT_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_SINGLETON,
    .id = "in-portaudio",
    .name = "Microphone (PortAudio)",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "records through ALSA, PulseAudio or JACK",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out-portaudio: the sound card, or the sound server, through PortAudio.
 *
 * What FACTS taught (PortAudio 19.6 on Linux):
 *  - the device list is fixed by Pa_Initialize: after a loss it must be terminated and initialised
 * again;
 *  - stopping a stream drops its tail, so the host plays silence first (drain_frames);
 *  - a JACK server that dies leaves every stop function hanging for minutes: then nothing is called
 * any more, and the next device is opened beside the dead one;
 *  - Pa_Initialize prints some 80 lines on stderr unless ALSA and JACK are told not to. */
#include <portaudio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/padevices.h"
#include "common/samples.h"
#include "common/soundcard.h"
#include "limber/output.h"

#define WAIT_MS 200 /* at a time, for samples */
#define WAITS   8

struct out_portaudio {
    const char *device;
    unsigned long buffer;
    double wanted_latency_seconds;
    const struct limber_host *host;
    const struct limber_output_source *source;
    PaStream *stream;
    uint32_t channels;
    bool initialised;
    bool s16;  /* the device gets 16-bit samples */
    bool wait; /* let the callback wait for samples (devices without a clock, in tests) */
    bool jack; /* the open stream is JACK's */
    bool jack_dead;
    bool said;             /* that there is no device has been told */
    _Atomic bool finished; /* PortAudio said that the stream ended */
    _Atomic bool closing;
    double latency_seconds;
    uint32_t rate_hz;
};

static const char *const formats[] = {"float", "s16", NULL};

static const struct limber_option options[] = {
    {.name = "device",
     .type = LIMBER_OPTION_STRING,
     .help = "name of the device or a part of it (limber devices lists them)"},
    {.name = "buffer",
     .type = LIMBER_OPTION_INT,
     .unit = "frames",
     .minimum = 64,
     .maximum = 16384,
     .fallback = "1440",
     .help = "frames a callback; the device holds two"},
    {.name = "latency",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 1,
     .maximum = 2000,
     .fallback = "50",
     .help = "latency to ask the device for"},
    {.name = "format",
     .type = LIMBER_OPTION_CHOICE,
     .choices = formats,
     .fallback = "float",
     .help = "samples for the device"},
    {.name = "wait",
     .type = LIMBER_OPTION_BOOL,
     .fallback = "no",
     .help = "wait for samples in the callback: only for devices without a clock"},
    {.name = NULL},
};

static void log_text(struct out_portaudio *out, enum limber_log_level level, const char *what,
                     const char *why)
{
    char line[200];
    snprintf(line, sizeof line, "%s%s%s", what, why ? ": " : "", why ? why : "");
    out->host->log(out->host->context, level, line);
}

/* --- instance --- */

static bool option_is(const struct out_portaudio *out, const char *name, const char *value)
{
    const char *text = out->host->option(out->host->context, name);
    return text && strcmp(text, value) == 0;
}

static long option_number(const struct out_portaudio *out, const char *name)
{
    const char *text = out->host->option(out->host->context, name);
    return text ? strtol(text, NULL, 10) : 0;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct out_portaudio *out = calloc(1, sizeof *out);
    if (!out)
        return LIMBER_NO_MEMORY;
    out->host = host;
    out->device = host->option(host->context, "device");
    out->buffer = (unsigned long)option_number(out, "buffer");
    out->wanted_latency_seconds = (double)option_number(out, "latency") / 1000.0;
    out->s16 = option_is(out, "format", "s16");
    out->wait = option_is(out, "wait", "yes");
    *instance = out;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    struct out_portaudio *out = instance;
    if (out && out->initialised && !out->jack_dead && !out->stream)
        Pa_Terminate();
    free(out);
}

static enum limber_status initialise(struct out_portaudio *out)
{
    if (out->initialised)
        return LIMBER_OK;
    PaError error = padevices_start(out->device != NULL); /* who names a device may mean any */
    if (error != paNoError) {
        log_text(out, LIMBER_LOG_ERROR, "PortAudio cannot start", Pa_GetErrorText(error));
        return LIMBER_FAILED;
    }
    out->initialised = true;
    return LIMBER_OK;
}

/* --- choosing a device --- */

static struct padevices devices(const struct out_portaudio *out)
{
    return (struct padevices){.no_jack = out->jack_dead};
}

static void say_no_device(struct out_portaudio *out, const char *name)
{
    char list[160];
    if (out->said)
        return;
    out->said = true;
    const struct padevices all = devices(out);
    padevices_names(&all, list, sizeof list);
    if (name)
        log_text(out, LIMBER_LOG_WARNING, "no such device; there are", list);
    else
        log_text(out, LIMBER_LOG_INFO, "there is no sound device", NULL);
}

/* --- the stream --- */

/* PortAudio cancels this thread when it stops a stream: not while it holds the host's lock. */
static void wait_for_samples(struct out_portaudio *out, int64_t count)
{
    int before;
    struct timespec from, to;
    int64_t waited_ms = WAIT_MS;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    for (int i = 0; i < WAITS && waited_ms >= WAIT_MS && !atomic_load(&out->closing); i++) {
        clock_gettime(CLOCK_MONOTONIC, &from);
        out->source->wait(out->source->context, count, WAIT_MS);
        clock_gettime(CLOCK_MONOTONIC, &to);
        waited_ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
    }
    pthread_setcancelstate(before, NULL);
}

static int callback(const void *input, void *output, unsigned long count,
                    const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                    void *context)
{
    struct out_portaudio *out = context;
    if (out->wait)
        wait_for_samples(out, (int64_t)count);
    if (!out->s16) {
        out->source->pull(out->source->context, output, (int64_t)count);
        return paContinue;
    }
    float block[512];
    int16_t *to = output;
    const unsigned long most = sizeof block / sizeof *block / out->channels;
    while (count > 0) {
        unsigned long part = count < most ? count : most;
        out->source->pull(out->source->context, block, (int64_t)part);
        samples_to_s16(block, to, part * out->channels);
        to += part * out->channels;
        count -= part;
    }
    return paContinue;
}

static void finished(void *context)
{
    struct out_portaudio *out = context;
    atomic_store(&out->finished, true);
    if (!atomic_load(&out->closing))
        out->source->lost(out->source->context, "the sound system ended the stream");
}

static enum limber_status open_stream(struct out_portaudio *out, PaDeviceIndex device,
                                      const struct limber_output_request *request)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(device);
    out->channels = info->maxOutputChannels >= 2 ? 2 : 1;
    out->jack = padevices_is_jack(device);
    const PaStreamParameters parameters = {.device = device,
                                           .channelCount = (int)out->channels,
                                           .sampleFormat = out->s16 ? paInt16 : paFloat32,
                                           .suggestedLatency = out->wanted_latency_seconds};
    PaError error = Pa_OpenStream(&out->stream, NULL, &parameters, request->rate_hz, out->buffer,
                                  paClipOff | paDitherOff, callback, out);
    if (error != paNoError) {
        log_text(out, LIMBER_LOG_WARNING, info->name, Pa_GetErrorText(error));
        out->stream = NULL;
        return error == paInvalidSampleRate ? LIMBER_UNSUPPORTED : LIMBER_FAILED;
    }
    Pa_SetStreamFinishedCallback(out->stream, finished);
    return LIMBER_OK;
}

static enum limber_status open_output(void *instance, const struct limber_output_request *request,
                                      const struct limber_output_source *source,
                                      struct limber_output_stream *stream)
{
    struct out_portaudio *out = instance;
    const char *name = out->device;
    enum limber_status status = initialise(out);
    if (status != LIMBER_OK)
        return status;
    const struct padevices all = devices(out);
    PaDeviceIndex device = padevices_find(&all, name);
    if (device == paNoDevice) {
        if (out->jack_dead) /* and PortAudio cannot be made to look for others in this process */
            return LIMBER_LOST;
        say_no_device(out, name);
        Pa_Terminate(); /* so that the next try sees new devices */
        out->initialised = false;
        return LIMBER_NOT_FOUND;
    }
    out->source = source;
    out->rate_hz = request->rate_hz;
    atomic_store(&out->finished, false);
    atomic_store(&out->closing, false);
    status = open_stream(out, device, request);
    if (status != LIMBER_OK)
        return out->jack_dead ? LIMBER_LOST : status;
    out->said = false;
    out->latency_seconds = Pa_GetStreamInfo(out->stream)->outputLatency;
    int64_t latency = (int64_t)(out->latency_seconds * request->rate_hz + 0.5);
    stream->channels = out->channels;
    stream->latency_frames = latency;
    stream->lead_in_frames = /* JACK never sleeps */
        out->jack ? 0 : soundcard_lead_in(Pa_GetDeviceInfo(device)->name, request->rate_hz);
    stream->drain_frames =
        2 * latency + request->rate_hz / 20; /* Pa_StopStream drops up to 1.45 × its latency */
    stream->live = true;
    return LIMBER_OK;
}

static enum limber_status start(void *instance)
{
    struct out_portaudio *out = instance;
    PaError error = Pa_StartStream(out->stream);
    if (error == paNoError)
        return LIMBER_OK;
    log_text(out, LIMBER_LOG_WARNING, "the device does not start", Pa_GetErrorText(error));
    return LIMBER_FAILED;
}

static enum limber_status close_output(void *instance, bool keep)
{
    struct out_portaudio *out = instance;
    if (!out->stream)
        return LIMBER_OK;
    atomic_store(&out->closing, true);
    bool dead = Pa_IsStreamActive(out->stream) == 0 && !atomic_load(&out->finished);
    if (out->jack && dead) {
        out->jack_dead = true;
        out->stream = NULL;
        return LIMBER_OK;
    }
    Pa_AbortStream(out->stream);
    Pa_CloseStream(out->stream);
    out->stream = NULL;
    if (!out->jack_dead) {
        Pa_Terminate();
        out->initialised = false;
    }
    return LIMBER_OK;
}

static void list_devices(void *instance,
                         bool (*each)(void *context, const char *name, const char *detail,
                                      bool is_default),
                         void *context)
{
    struct out_portaudio *out = instance;
    if (initialise(out) != LIMBER_OK)
        return;
    const struct padevices all = devices(out);
    padevices_each(&all, each, context);
}

static const struct limber_output output = {.size = sizeof output,
                                            .open = open_output,
                                            .start = start,
                                            .close = close_output,
                                            .list_devices = list_devices};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &output : NULL;
}

static const char *const interfaces[] = {LIMBER_OUTPUT_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_SINGLETON,
    .id = "out-portaudio",
    .name = "Sound card (PortAudio)",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "plays through ALSA, PulseAudio or JACK",
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

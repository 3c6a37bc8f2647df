/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: out-alsa, the sound card directly through ALSA's own library: for boxes without a sound
 * server. What ALSA can lead to, it leads to: cards, PulseAudio, PipeWire, files. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alsa.h"
#include "common/soundcard.h"

struct out_alsa {
    const struct limber_host *host;
    struct alsa_settings settings;
    struct alsa_card *card; /* NULL: closed */
    bool hung;              /* has been told */
};

static const char *const formats[] = {"auto", "float", "s16", "s32", NULL};

static const struct limber_option options[] = {
    {.name = "device",
     .type = LIMBER_OPTION_STRING,
     .help = "ALSA's name of the device, or any part of what limber devices shows of it; unset: "
             "the default"},
    {.name = "buffer",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 5,
     .maximum = 2000,
     .fallback = "90",
     .help = "how much the device holds: more survives a busier machine, less answers sooner"},
    {.name = "period",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 0,
     .maximum = 1000,
     .fallback = "0",
     .help = "how much it asks for at a time; 0: a third of the buffer"},
    {.name = "format",
     .type = LIMBER_OPTION_CHOICE,
     .choices = formats,
     .fallback = "auto",
     .help = "samples for the device; auto: the best that it takes as they are"},
    {.name = "wait",
     .type = LIMBER_OPTION_BOOL,
     .fallback = "no",
     .help = "wait for samples: only for devices without a clock"},
    {.name = NULL},
};

__attribute__((format(printf, 3, 4))) static void
say(struct out_alsa *out, enum limber_log_level level, const char *format, ...)
{
    char line[400];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    out->host->log(out->host->context, level, line);
}

/* --- instance --- */

static const char *text(const struct out_alsa *out, const char *name)
{
    const char *value = out->host->option(out->host->context, name);
    return value ? value : "";
}

static snd_pcm_format_t format_named(const char *name)
{
    return strcmp(name, "float") == 0 ? SND_PCM_FORMAT_FLOAT
           : strcmp(name, "s16") == 0 ? SND_PCM_FORMAT_S16
           : strcmp(name, "s32") == 0 ? SND_PCM_FORMAT_S32
                                      : SND_PCM_FORMAT_UNKNOWN;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct out_alsa *out = calloc(1, sizeof *out);
    if (!out)
        return LIMBER_NO_MEMORY;
    out->host = host;
    struct alsa_settings *settings = &out->settings;
    snprintf(settings->device, sizeof settings->device, "%s", text(out, "device"));
    settings->format = format_named(text(out, "format"));
    settings->buffer_ms = (unsigned)strtoul(text(out, "buffer"), NULL, 10);
    settings->period_ms = (unsigned)strtoul(text(out, "period"), NULL, 10);
    if (settings->period_ms == 0 || settings->period_ms > settings->buffer_ms / 2)
        settings->period_ms = (settings->buffer_ms + 2) / 3;
    settings->wait = strcmp(text(out, "wait"), "yes") == 0;
    soundcard_quiet_alsa();
    *instance = out;
    return LIMBER_OK;
}

/* --- opening --- */

static bool add_name(void *context, const char *name, const char *detail, bool is_default)
{
    char *line = context; /* of 300 */
    size_t used = strlen(line);
    snprintf(line + used, 300 - used, "%s\"%s\"", used ? ", " : "", name);
    return used < 280;
}

/* What is wrong, and what a person can do about it. */
static enum limber_status say_why(struct out_alsa *out, int error, const char *doing)
{
    const char *device = *out->settings.device ? out->settings.device : "default";
    char list[300] = "";
    switch (-error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ECONNREFUSED:
        alsa_list(add_name, list);
        say(out, LIMBER_LOG_INFO, "device \"%s\" is not there (%s); there are %s", device,
            snd_strerror(error), *list ? list : "none");
        return LIMBER_NOT_FOUND;
    case EBUSY:
        say(out, LIMBER_LOG_WARNING,
            "device \"%s\" is used by another program: end that one, or use a device that is "
            "shared (default)",
            device);
        return LIMBER_BUSY;
    case EACCES:
    case EPERM:
        say(out, LIMBER_LOG_WARNING,
            "device \"%s\" may not be opened: the user must be in the group \"audio\"", device);
        return LIMBER_FAILED;
    case EINVAL:
        say(out, LIMBER_LOG_WARNING,
            "device \"%s\" refuses when it %s; a name that begins with plughw: converts", device,
            doing);
        return LIMBER_UNSUPPORTED;
    case ETIMEDOUT:
        if (!out->hung)
            say(out, LIMBER_LOG_WARNING, "device \"%s\" does not answer when it is opened", device);
        out->hung = true;
        return LIMBER_BUSY;
    default:
        say(out, LIMBER_LOG_INFO, "device \"%s\" fails when it %s: %s", device, doing,
            snd_strerror(error));
        return error == -ENOMEM ? LIMBER_NO_MEMORY : LIMBER_FAILED;
    }
}

static enum limber_status open_output(void *instance, const struct limber_output_request *request,
                                      const struct limber_output_source *source,
                                      struct limber_output_stream *stream)
{
    struct out_alsa *out = instance;
    int error = 0;
    const char *doing = NULL;
    if (out->card)
        return LIMBER_BUSY;
    out->card = alsa_card_open(&out->settings, source, request->rate_hz, &error, &doing);
    if (!out->card)
        return say_why(out, error, doing);
    out->hung = false;
    const struct alsa_card *card = out->card;
    say(out, LIMBER_LOG_DEBUG, "%s: %s, %u channels, buffer %lu frames, period %lu", card->about,
        snd_pcm_format_name(card->format), card->channels, card->buffer, card->period);
    stream->channels = card->channels;
    stream->latency_frames = (int64_t)card->buffer;
    stream->lead_in_frames = soundcard_lead_in(card->about, request->rate_hz);
    stream->drain_frames = (int64_t)card->buffer; /* close() waits for what the server holds */
    stream->live = true;
    return LIMBER_OK;
}

static enum limber_status start(void *instance)
{
    struct out_alsa *out = instance;
    if (!out->card)
        return LIMBER_FAILED;
    alsa_card_start(out->card);
    return LIMBER_OK;
}

static int64_t latency(void *instance)
{
    struct out_alsa *out = instance;
    return out->card ? alsa_card_latency(out->card) : 0;
}

static enum limber_status close_output(void *instance, bool keep)
{
    struct out_alsa *out = instance;
    if (!out->card)
        return LIMBER_OK;
    unsigned underruns = atomic_load(&out->card->underruns);
    if (underruns > 0)
        say(out, LIMBER_LOG_INFO, "the device ran dry %u times", underruns);
    if (!alsa_card_close(out->card))
        say(out, LIMBER_LOG_WARNING, "the device does not answer when it is closed: left as it is");
    out->card = NULL;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    struct out_alsa *out = instance;
    if (out)
        close_output(out, false);
    free(out);
}

static void list_devices(void *instance,
                         bool (*each)(void *context, const char *name, const char *detail,
                                      bool is_default),
                         void *context)
{
    alsa_list(each, context);
}

static const struct limber_output output = {.size = sizeof output,
                                            .open = open_output,
                                            .start = start,
                                            .latency = latency,
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
    .id = "out-alsa",
    .name = "Sound card (ALSA)",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "plays on a sound card directly, without a sound server",
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

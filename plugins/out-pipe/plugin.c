/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: out-pipe, samples into a pipe that another program reads: Snapcast's server, which
 * plays them in several rooms at once, or anything else. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipe.h"

#define READER_MS 1000 /* time for somebody to begin to read */

struct out_pipe {
    struct pipe_line line;
    bool open, said; /* `said`: what keeps it from opening has been told */
};

static const char *const modes[] = {"create", "open", NULL};
static const char *const unread[] = {"wait", "go-on", NULL};

static const struct limber_option options[] = {
    {.name = "path", .type = LIMBER_OPTION_PATH, .help = "the named pipe, such as /run/snapfifo"},
    {.name = "sampleformat",
     .type = LIMBER_OPTION_STRING,
     .fallback = "48000:16:2",
     .help = "RATE:BITS:CHANNELS, as in snapserver.conf; bits 16, 24 (in four bytes), 32 or f32"},
    {.name = "mode",
     .type = LIMBER_OPTION_CHOICE,
     .choices = modes,
     .fallback = "create",
     .help = "whether to make the pipe when it is not there"},
    {.name = "buffer",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 0,
     .maximum = 3000,
     .fallback = "1000",
     .help = "from the pipe to the ear, the buffer in snapserver.conf: positions lag by as much"},
    {.name = "unread",
     .type = LIMBER_OPTION_CHOICE,
     .choices = unread,
     .fallback = "wait",
     .help = "when nobody reads the pipe: the session waits, or goes on unheard"},
    {.name = NULL},
};

__attribute__((format(printf, 3, 4))) static void
say(struct out_pipe *out, enum limber_log_level level, const char *format, ...)
{
    char line[4096 + 200];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    out->line.host->log(out->line.host->context, level, line);
}

/* --- instance --- */

static const char *text(const struct limber_host *host, const char *name)
{
    const char *value = host->option(host->context, name);
    return value ? value : "";
}

/* Reads "48000:16:2". */
static bool read_format(const char *text, struct pipe_settings *settings)
{
    static const char *const names[] = {"16", "24", "32", "f32"};
    char *end = NULL;
    unsigned long rate = strtoul(text, &end, 10);
    const char *bits = end + 1, *colon = *end == ':' ? strchr(bits, ':') : NULL;
    if (rate < 8000 || rate > 192000 || !colon || (strcmp(colon, ":1") && strcmp(colon, ":2")))
        return false;
    settings->rate_hz = (uint32_t)rate;
    settings->channels = (uint32_t)(colon[1] - '0');
    for (int i = 0; i < 4; i++) {
        if (strlen(names[i]) == (size_t)(colon - bits) &&
            strncmp(names[i], bits, (size_t)(colon - bits)) == 0) {
            settings->samples = (enum pipe_samples)i;
            return true;
        }
    }
    return false;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct out_pipe *out = calloc(1, sizeof *out);
    if (!out)
        return LIMBER_NO_MEMORY;
    struct pipe_settings *settings = &out->line.settings;
    out->line.host = host;
    out->line.fd = out->line.keeper = out->line.stop_fd = -1;
    settings->path = text(host, "path");
    settings->create = strcmp(text(host, "mode"), "create") == 0;
    settings->go_on = strcmp(text(host, "unread"), "go-on") == 0;
    settings->buffer_ms = (int)strtol(text(host, "buffer"), NULL, 10);
    if (!read_format(text(host, "sampleformat"), settings))
        settings->rate_hz = 0;
    *instance = out;
    return LIMBER_OK;
}

/* --- the output --- */

static enum limber_status refuse(struct out_pipe *out, enum limber_status status, const char *why)
{
    if (!out->said)
        say(out, LIMBER_LOG_WARNING, "%s: %s", out->line.settings.path, why);
    out->said = true;
    return status;
}

static enum limber_status say_why(struct out_pipe *out, int error)
{
    switch (error) {
    case ENXIO:
        return refuse(out, LIMBER_NOT_FOUND,
                      "nobody reads this pipe: start what is to read it, such as snapserver");
    case ENOTSUP:
        return refuse(out, LIMBER_UNSUPPORTED,
                      "this is not a pipe; limber render writes files, and mkfifo makes pipes");
    case EACCES:
    case EPERM:
        return refuse(out, LIMBER_FAILED,
                      "the pipe may not be written: let its group be one that both programs "
                      "have, and keep it out of /tmp");
    case ENOENT:
        return refuse(out, LIMBER_NOT_FOUND, "there is no such pipe, or not even its folder");
    default:
        return refuse(out, LIMBER_FAILED, strerror(error));
    }
}

static enum limber_status open_pipe(void *instance, const struct limber_output_request *request,
                                    const struct limber_output_source *source,
                                    struct limber_output_stream *stream)
{
    struct out_pipe *out = instance;
    const struct pipe_settings *settings = &out->line.settings;
    if (out->open)
        return LIMBER_BUSY;
    if (!*settings->path)
        return refuse(out, LIMBER_INVALID,
                      "which pipe? For example --output pipe:path=/run/snapfifo");
    if (settings->rate_hz != request->rate_hz)
        return refuse(out, LIMBER_UNSUPPORTED,
                      settings->rate_hz ? "the session has another rate than sampleformat says"
                                        : "sampleformat is RATE:BITS:CHANNELS, such as 48000:16:2");
    int error = pipe_open(&out->line, settings->go_on ? 0 : READER_MS);
    if (error == ENXIO && settings->go_on)
        error = 0;
    if (error != 0)
        return say_why(out, error);
    out->line.source = *source;
    out->open = true;
    out->said = false;
    int64_t delay_ms = settings->buffer_ms + PIPE_PERIOD_MS;
    stream->channels = settings->channels;
    stream->latency_frames = delay_ms * request->rate_hz / 1000;
    stream->lead_in_frames = request->rate_hz / 2; /* rooms that were idle begin to listen */
    stream->drain_frames = stream->latency_frames + request->rate_hz / 10;
    stream->live = true;
    return LIMBER_OK;
}

static enum limber_status start(void *instance)
{
    struct out_pipe *out = instance;
    return out->open && pipe_start(&out->line) ? LIMBER_OK : LIMBER_FAILED;
}

static int64_t latency(void *instance)
{
    struct out_pipe *out = instance;
    return pipe_latency(&out->line);
}

static enum limber_status close_output(void *instance, bool keep)
{
    struct out_pipe *out = instance;
    pipe_stop(&out->line);
    unsigned late = atomic_exchange(&out->line.late, 0);
    if (late > 0)
        say(out, LIMBER_LOG_INFO, "the pipe ran dry, or was not read in time, %u times", late);
    out->open = false;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    if (instance)
        close_output(instance, false);
    free(instance);
}

static const struct limber_output output = {.size = sizeof output,
                                            .open = open_pipe,
                                            .start = start,
                                            .latency = latency,
                                            .close = close_output};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &output : NULL;
}

static const char *const interfaces[] = {LIMBER_OUTPUT_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "out-pipe",
    .name = "Pipe",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "plays into a pipe, paced by a clock: for Snapcast, in several rooms at once",
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

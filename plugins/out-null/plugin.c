/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: out-null, an output that plays to nobody, keeps its own time, and misbehaves on
 * request. For tests, and for trying a session without a sound device. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outnull.h"

#define VERSION "1.0"

enum liveness { LIVE_AUTO, LIVE_YES, LIVE_NO };

struct plugin {
    const struct limber_host *host;
    const char *capture_name;
    int64_t return_after, away; /* attempts to open that fail after a loss; still to fail */
    bool hang_open, hang_close, fail_open, two_channels;
    enum liveness live;
    bool open, opened_before;
    struct outnull_device device;
};

static const char *const live_choices[] = {"auto", "yes", "no", NULL};
static const char *const channel_choices[] = {"auto", "2", NULL};

static const struct limber_option options[] = {
    {"buffer", LIMBER_OPTION_INT, "frames", 1, 1048576, "1024", NULL,
     "Frames that the virtual device takes at a time"},
    {"latency", LIMBER_OPTION_INT, "frames", 0, 4800000, "0", NULL,
     "Frames between taking and hearing; the session's position lags by as much"},
    {"speed", LIMBER_OPTION_NUMBER, NULL, 0, 10000, "0", NULL,
     "Pace of the virtual clock: 1 real time, 50 fifty times as fast, 0 as fast as the session is "
     "ready"},
    {"live", LIMBER_OPTION_CHOICE, NULL, 0, 0, "auto", live_choices,
     "Whether to be treated as somebody listening now; auto: yes unless speed is 0"},
    {"channels", LIMBER_OPTION_CHOICE, NULL, 0, 0, "auto", channel_choices,
     "Channels of the virtual device: auto as many as the session, 2 takes two always"},
    {"capture", LIMBER_OPTION_PATH, NULL, 0, 0, NULL, NULL,
     "File for all that was played, silence included, as raw 32-bit floats; goes on with it when "
     "the device returns"},
    {"lose-at", LIMBER_OPTION_INT, "frames", 0, 1e15, NULL, NULL,
     "Frame at which the device is taken away, once; frames taken but not yet played are not "
     "heard"},
    {"return-after", LIMBER_OPTION_INT, NULL, 0, 1000000, "0", NULL,
     "Attempts to open that fail after the device was lost, before it is back"},
    {"stall-at", LIMBER_OPTION_INT, "frames", 0, 1e15, NULL, NULL,
     "Frame at which the device stops taking frames, once, without saying so"},
    {"fail-open", LIMBER_OPTION_BOOL, NULL, 0, 0, "no", NULL,
     "Every attempt to open fails, as with a broken driver"},
    {"hang-open", LIMBER_OPTION_BOOL, NULL, 0, 0, "no", NULL, "Opening again never returns"},
    {"hang-close", LIMBER_OPTION_BOOL, NULL, 0, 0, "no", NULL,
     "Closing never returns, as sound systems do when a device has gone"},
    {.name = NULL}};

__attribute__((format(printf, 3, 4))) static void
say(struct plugin *plugin, enum limber_log_level level, const char *format, ...)
{
    char line[4096 + 256];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    plugin->host->log(plugin->host->context, level, line);
}

/* --- Options --- */

static const char *text(const struct plugin *plugin, const char *name)
{
    const char *value = plugin->host->option(plugin->host->context, name);
    return value ? value : "";
}

/* The number before a decimal point; −1 when unset. */
static int64_t whole(const struct plugin *plugin, const char *name)
{
    const char *value = text(plugin, name);
    if (*value < '0' || *value > '9')
        return -1;
    int64_t number = 0;
    for (; *value >= '0' && *value <= '9' && number < INT64_MAX / 100; value++)
        number = 10 * number + (*value - '0');
    return number;
}

static double number(const struct plugin *plugin, const char *name)
{
    int64_t before = whole(plugin, name);
    double value = before > 0 ? (double)before : 0, place = 1;
    const char *point = strchr(text(plugin, name), '.');
    if (point)
        for (point++; *point >= '0' && *point <= '9'; point++)
            value += (*point - '0') * (place /= 10);
    return value;
}

static bool yes(const struct plugin *plugin, const char *name)
{
    return strcmp(text(plugin, name), "yes") == 0;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin)
        return LIMBER_NO_MEMORY;
    plugin->host = host;
    plugin->capture_name = text(plugin, "capture");
    plugin->return_after = whole(plugin, "return-after");
    plugin->hang_open = yes(plugin, "hang-open");
    plugin->hang_close = yes(plugin, "hang-close");
    plugin->fail_open = yes(plugin, "fail-open");
    plugin->two_channels = strcmp(text(plugin, "channels"), "2") == 0;
    plugin->live = yes(plugin, "live")                       ? LIVE_YES
                   : strcmp(text(plugin, "live"), "no") == 0 ? LIVE_NO
                                                             : LIVE_AUTO;
    struct outnull_settings *settings = &plugin->device.settings;
    settings->buffer_frames = whole(plugin, "buffer") > 0 ? whole(plugin, "buffer") : 1024;
    settings->latency_frames = whole(plugin, "latency") > 0 ? whole(plugin, "latency") : 0;
    settings->speed = number(plugin, "speed");
    settings->lose_at = whole(plugin, "lose-at");
    settings->stall_at = whole(plugin, "stall-at");
    outnull_device_init(&plugin->device);
    *instance = plugin;
    return LIMBER_OK;
}

/* --- The output --- */

static enum limber_status open_device(void *instance, const struct limber_output_request *request,
                                      const struct limber_output_source *source,
                                      struct limber_output_stream *stream)
{
    struct plugin *plugin = instance;
    struct outnull_device *device = &plugin->device;
    if (plugin->open)
        return LIMBER_BUSY;
    if (plugin->hang_open && plugin->opened_before)
        for (;;)
            pause();
    if (plugin->fail_open) {
        say(plugin, LIMBER_LOG_ERROR, "the virtual device fails to open, as asked (fail-open)");
        return LIMBER_FAILED;
    }
    if (plugin->away > 0) {
        plugin->away--;
        say(plugin, LIMBER_LOG_ERROR, "there is no virtual device now (return-after)");
        return LIMBER_NOT_FOUND;
    }
    device->source = *source;
    device->rate_hz = request->rate_hz;
    device->channels = plugin->two_channels ? 2 : request->channels;
    int error = outnull_capture_open(&device->capture, plugin->capture_name, plugin->opened_before,
                                     device->channels, device->settings.latency_frames,
                                     device->settings.buffer_frames);
    if (error) {
        say(plugin, LIMBER_LOG_ERROR, "%s: cannot be written: %s", plugin->capture_name,
            strerror(error));
        return LIMBER_IO;
    }
    plugin->open = plugin->opened_before = true;
    bool live = plugin->live == LIVE_AUTO ? device->settings.speed > 0 : plugin->live == LIVE_YES;
    *stream = (struct limber_output_stream){.size = sizeof *stream,
                                            .channels = device->channels,
                                            .latency_frames = device->settings.latency_frames,
                                            .drain_frames = device->settings.latency_frames,
                                            .live = live};
    return LIMBER_OK;
}

static enum limber_status start_device(void *instance)
{
    struct plugin *plugin = instance;
    return plugin->open ? outnull_device_start(&plugin->device) : LIMBER_FAILED;
}

static int64_t latency(void *instance)
{
    const struct plugin *plugin = instance;
    return plugin->device.settings.latency_frames;
}

static enum limber_status finish(struct plugin *plugin)
{
    struct outnull_device *device = &plugin->device;
    if (!plugin->open)
        return LIMBER_OK;
    outnull_device_stop(device);
    plugin->open = false;
    if (device->gone)
        plugin->away = plugin->return_after;
    int error = outnull_capture_close(&device->capture, !device->gone);
    say(plugin, LIMBER_LOG_DEBUG, "%lld frames taken, %lld of them the session's",
        (long long)device->taken, (long long)device->session);
    if (device->latest_ns > 0)
        say(plugin, LIMBER_LOG_DEBUG, "ran dry %u times; at most %.1f ms late", device->dry,
            (double)device->latest_ns / 1e6);
    if (error)
        say(plugin, LIMBER_LOG_ERROR, "%s: cannot be written: %s", plugin->capture_name,
            strerror(error));
    device->gone = false;
    return error ? LIMBER_IO : LIMBER_OK;
}

static enum limber_status close_device(void *instance, bool keep)
{
    struct plugin *plugin = instance;
    if (plugin->hang_close)
        for (;;)
            pause();
    return finish(plugin);
}

static void list_devices(void *instance,
                         bool (*each)(void *context, const char *name, const char *detail,
                                      bool is_default),
                         void *context)
{
    const struct plugin *plugin = instance;
    if (plugin->away == 0)
        each(context, "virtual", "plays to nobody, on a clock of its own", true);
}

static void destroy(void *instance)
{
    struct plugin *plugin = instance;
    if (!plugin)
        return;
    finish(plugin);
    outnull_device_clear(&plugin->device);
    free(plugin);
}

static const struct limber_output output_table = {.size = sizeof output_table,
                                                  .open = open_device,
                                                  .start = start_device,
                                                  .latency = latency,
                                                  .close = close_device,
                                                  .list_devices = list_devices};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &output_table : NULL;
}

static const char *const interfaces[] = {LIMBER_OUTPUT_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "out-null",
    .name = "No sound",
    .version = VERSION,
    .license = "GPL-3.0-or-later",
    .description = "A virtual device that plays to nobody and can misbehave, for tests",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof(struct limber_plugin_entry), &descriptor, create,
    destroy,          get_interface};

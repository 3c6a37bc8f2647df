/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control-evdev: keys and buttons of the kernel's input devices: headsets, media keys, presenters,
 * foot switches, gamepads, keys on GPIO lines. One of them is the button (limber/button.h), others
 * are commands. Works without a desktop, and with the screen off. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "evdev.h"

static const struct limber_option options[] = {
    {.name = "device",
     .type = LIMBER_OPTION_STRING,
     .fallback = "all",
     .help = "a device by path, by a part of its name or of its name in /dev/input/by-id, or by a "
             "pattern such as *remote*; several with ; between; a file with a recording; or all"},
    {.name = "map",
     .type = LIMBER_OPTION_STRING,
     .help = "what keys mean, beside the usual ones: KEY_F1=button; KEY_F2=more 10s; KEY_B=none"},
    {.name = "grab",
     .type = LIMBER_OPTION_BOOL,
     .fallback = "no",
     .help = "keep the keys from all other programs"},
    {.name = "debounce",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 1,
     .maximum = 200,
     .fallback = "30",
     .help = "contact lost for less is a bounce"},
    {.name = "double",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 100,
     .maximum = 2000,
     .fallback = "350",
     .help = "the longest time between two presses that belong together"},
    {.name = "long",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 200,
     .maximum = 5000,
     .fallback = "600",
     .help = "how long a long press is"},
    {.name = "folder",
     .type = LIMBER_OPTION_PATH,
     .fallback = "/dev/input",
     .help = "where the devices are"},
    {.name = NULL},
};

void evdev_log(struct evdev *evdev, enum limber_log_level level, const char *format, ...)
{
    char line[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    evdev->host->log(evdev->host->context, level, line);
}

static const char *option(const struct limber_host *host, const char *name)
{
    const char *value = host->option(host->context, name);
    return value ? value : "";
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    char problem[200];
    struct evdev *evdev = calloc(1, sizeof *evdev);
    if (!evdev)
        return LIMBER_NO_MEMORY;
    evdev->host = host;
    evdev->inotify_fd = evdev->inotify_wd = -1;
    evdev->folder = option(host, "folder");
    evdev->device = option(host, "device");
    if (!*evdev->device || strcmp(evdev->device, "all") == 0)
        evdev->device = NULL;
    evdev->grab = strcmp(option(host, "grab"), "yes") == 0;
    evdev->thresholds = (struct limber_button_options){
        .size = sizeof evdev->thresholds,
        .debounce_ms = (int32_t)strtol(option(host, "debounce"), NULL, 10),
        .double_ms = (int32_t)strtol(option(host, "double"), NULL, 10),
        .long_ms = (int32_t)strtol(option(host, "long"), NULL, 10)};
    map_defaults(&evdev->map);
    if (!map_add(&evdev->map, option(host, "map"), problem, sizeof problem)) {
        evdev_log(evdev, LIMBER_LOG_ERROR, "%s", problem);
        free(evdev);
        return LIMBER_INVALID;
    }
    *instance = evdev;
    return LIMBER_OK;
}

/* --- the interface --- */

static bool is_recording(const struct evdev *evdev)
{
    struct stat about;
    return evdev->device && stat(evdev->device, &about) == 0 && S_ISREG(about.st_mode);
}

static enum limber_status start(void *instance)
{
    struct evdev *evdev = instance;
    const struct limber_host *host = evdev->host;
    evdev->loop = host->get_interface(host->context, LIMBER_HOST_LOOP_ID);
    evdev->command = host->get_interface(host->context, LIMBER_HOST_COMMAND_ID);
    evdev->button = host->get_interface(host->context, LIMBER_HOST_BUTTON_ID);
    if (!evdev->loop || !evdev->command || !evdev->button)
        return LIMBER_UNSUPPORTED;
    if (is_recording(evdev))
        return replay_start(evdev, evdev->device);
    size_t count = hotplug_scan(evdev);
    if (count == 0 && evdev->denied_told)
        return LIMBER_FAILED;
    if (count == 0)
        evdev_log(evdev, LIMBER_LOG_WARNING, "there is no %s%s%s in %s yet; waiting for it",
                  evdev->device ? "device \"" : "button", evdev->device ? evdev->device : "",
                  evdev->device ? "\"" : "", evdev->folder);
    hotplug_start(evdev);
    return LIMBER_OK;
}

static void stop(void *instance)
{
    struct evdev *evdev = instance;
    hotplug_stop(evdev);
    evdev->denied_told = false;
    replay_stop(evdev);
    device_close_all(evdev);
}

static void destroy(void *instance)
{
    free(instance); /* whatever was open, stop() has closed, or a start() that failed */
}

static const struct limber_control control = {.size = sizeof control, .start = start, .stop = stop};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_CONTROL_ID) == 0 ? &control : NULL;
}

static const char *const interfaces[] = {LIMBER_CONTROL_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "control-evdev",
    .name = "Buttons and keys (evdev)",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "headsets, media keys, remotes, foot switches, GPIO keys: one button or many",
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: control-mpris: the media keys of a desktop and of headsets, and whatever shows what
 * plays, over the session bus (org.mpris.MediaPlayer2.limber). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mpris.h"

void mpris_log(struct mpris *mpris, enum limber_log_level level, const char *format, ...)
{
    char line[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    mpris->host->log(mpris->host->context, level, line);
}

int64_t mpris_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct mpris *mpris = calloc(1, sizeof *mpris);
    if (!mpris)
        return LIMBER_NO_MEMORY;
    mpris->host = host;
    mpris->state = (struct state){.playback = "Stopped", .idle = true, .length_us = -1};
    *instance = mpris;
    return LIMBER_OK;
}

static enum limber_status start(void *instance)
{
    struct mpris *mpris = instance;
    const struct limber_host *host = mpris->host;
    mpris->loop = host->get_interface(host->context, LIMBER_HOST_LOOP_ID);
    mpris->command = host->get_interface(host->context, LIMBER_HOST_COMMAND_ID);
    mpris->ask = host->get_interface(host->context, LIMBER_HOST_ASK_ID);
    if (!mpris->loop || !mpris->command || !mpris->ask)
        return LIMBER_UNSUPPORTED;
    bus_start(mpris);
    return LIMBER_OK;
}

static void stop(void *instance)
{
    bus_stop(instance);
}

static void snapshot(void *instance, const struct limber_snapshot *now)
{
    object_refresh(instance);
}

static void destroy(void *instance)
{
    free(instance); /* whatever was open, stop() has closed */
}

static const struct limber_control control = {
    .size = sizeof control, .start = start, .stop = stop, .snapshot = snapshot};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_CONTROL_ID) == 0 ? &control : NULL;
}

static const char *const interfaces[] = {LIMBER_CONTROL_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "control-mpris",
    .name = "Media keys (MPRIS)",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "media keys of desktops and headsets, and their displays, over D-Bus",
    .interfaces = interfaces,
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

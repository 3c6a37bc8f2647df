/* SPDX-License-Identifier: GPL-3.0-or-later */
/* in-fixture: a microphone into which a test speaks: float samples from a named pipe, as they come.
 * A sample above 10^9 means that the device goes away, one below −10^9 that samples were lost. */
#include <fcntl.h>
#include <limber/input.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    const char *path;
    uint32_t rate_hz;
    int fd;
};

static const struct limber_option options[] = {
    {.name = "path", .type = LIMBER_OPTION_PATH, .help = "the pipe"},
    {.name = "rate",
     .type = LIMBER_OPTION_INT,
     .unit = "Hz",
     .minimum = 8000,
     .maximum = 192000,
     .fallback = "48000",
     .help = "what the device can do"},
    {.name = NULL},
};

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return LIMBER_NO_MEMORY;
    fixture->path = host->option(host->context, "path");
    fixture->rate_hz = (uint32_t)strtoul(host->option(host->context, "rate"), NULL, 10);
    fixture->fd = -1;
    *instance = fixture;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    free(instance);
}

static enum limber_status open_input(void *instance, uint32_t rate_hz, uint32_t *actual_hz)
{
    struct fixture *fixture = instance;
    if (!fixture->path)
        return LIMBER_NOT_FOUND;
    fixture->fd = open(fixture->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    *actual_hz = fixture->rate_hz;
    return fixture->fd >= 0 ? LIMBER_OK : LIMBER_NOT_FOUND;
}

static enum limber_status read_input(void *instance, float *samples, size_t count, size_t *got,
                                     int timeout_ms)
{
    struct fixture *fixture = instance;
    struct pollfd ready = {.fd = fixture->fd, .events = POLLIN};
    *got = 0;
    if (poll(&ready, 1, timeout_ms) <= 0)
        return LIMBER_OK;
    ssize_t size =
        read(fixture->fd, samples, count * sizeof *samples); /* written in whole samples */
    if (size <= 0)
        return LIMBER_OK;
    *got = (size_t)size / sizeof *samples;
    for (size_t i = 0; i < *got; i++) {
        if (samples[i] < 1e9F && samples[i] > -1e9F)
            continue;
        enum limber_status status = samples[i] > 0 ? LIMBER_LOST : LIMBER_LIMIT;
        *got = i;
        return status;
    }
    return LIMBER_OK;
}

static void close_input(void *instance)
{
    struct fixture *fixture = instance;
    close(fixture->fd);
    fixture->fd = -1;
}

static void list_devices(void *instance,
                         bool (*each)(void *context, const char *name, const char *detail,
                                      bool is_default),
                         void *context)
{
    each(context, "A pipe", "for tests", true);
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

static const struct limber_plugin_descriptor descriptor = {.size = sizeof descriptor,
                                                           .id = "in-fixture",
                                                           .name = "Pipe",
                                                           .version = "1",
                                                           .license = "GPL-3.0-or-later",
                                                           .description = "For tests",
                                                           .interfaces = interfaces,
                                                           .options = options};

LIMBER_EXPORT const struct limber_plugin_entry limber_plugin_entry = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface};

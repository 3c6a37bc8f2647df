/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing wrong: an output that shows, through its latency, what its options were. */
#define FIXTURE_ID            "good-output"
#define FIXTURE_OPTIONS       options
#define FIXTURE_CREATE        good_create
#define FIXTURE_GET_INTERFACE good_get_interface
#include <limber/plugin.h>

static const char *const shapes[] = {"round", "square", "triangular", NULL};

static const struct limber_option options[] = {
    {.name = "latency",
     .type = LIMBER_OPTION_INT,
     .unit = "frames",
     .minimum = 0,
     .maximum = 9600,
     .fallback = "480",
     .help = "Delay"},
    {.name = "gain",
     .type = LIMBER_OPTION_NUMBER,
     .unit = "dB",
     .minimum = -60,
     .maximum = 0.5,
     .fallback = "-6",
     .help = "Gain"},
    {.name = "loud", .type = LIMBER_OPTION_BOOL, .fallback = "no", .help = "Shouts"},
    {.name = "shape",
     .type = LIMBER_OPTION_CHOICE,
     .choices = shapes,
     .fallback = "round",
     .help = "Shape"},
    {.name = "title", .type = LIMBER_OPTION_STRING, .help = "Anything"},
    {.name = NULL},
};

static enum limber_status good_create(const struct limber_host *host, void **instance);
static const void *good_get_interface(void *instance, const char *id);

#include "fixture.h"

struct good {
    const struct limber_host *host;
};

static enum limber_status good_create(const struct limber_host *host, void **instance)
{
    struct good *good = malloc(sizeof *good);
    if (!good) {
        return LIMBER_NO_MEMORY;
    }
    good->host = host;
    *instance = good;
    const char *title = host->option(host->context, "title");
    host->log(host->context, LIMBER_LOG_ERROR, title ? title : "untitled");
    return strcmp(host->option(host->context, "loud"), "yes") == 0 ? LIMBER_INVALID : LIMBER_OK;
}

static int64_t latency(void *instance)
{
    struct good *good = instance;
    return atoi(good->host->option(good->host->context, "latency"));
}

static const struct limber_output output = {.size = sizeof output,
                                            .open = fixture_open,
                                            .write = fixture_write,
                                            .latency = latency,
                                            .close = fixture_close};

static const void *good_get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &output : NULL;
}

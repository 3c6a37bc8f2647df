/* SPDX-License-Identifier: MIT */
/* observer-example: writes what happens in a session to a text file, one line an event:
 *   12.345 s  cue       Side stretch: Reach your left arm overhead.
 *
 * An observer only watches. It is called on the host's main thread and must return quickly; one
 * that talks to a network posts the event to a queue of its own. */
#include <limber/control.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct limber_option options[] = {
    {"file", LIMBER_OPTION_PATH, NULL, 0, 0, "limber-events.txt", NULL, "Where to write"},
    {"cues", LIMBER_OPTION_BOOL, NULL, 0, 0, "yes", NULL, "Also write each cue"},
    {NULL, LIMBER_OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL},
};

struct observer {
    FILE *file;
    bool cues;
};

/* A newer host may send events that this plugin does not know: they are passed over. */
static const char *const names[] = {"started", "cue",      "paused", "resumed",
                                    "skipped", "finished", "aborted"};

/* [main] The snapshot and its texts are valid during the call only. */
static void on_event(void *instance, enum limber_event event,
                     const struct limber_snapshot *snapshot)
{
    struct observer *observer = instance;
    if ((size_t)event >= sizeof names / sizeof *names ||
        (event == LIMBER_EVENT_CUE && !observer->cues)) {
        return;
    }
    /* Positions are frames heard; the rate makes them seconds. */
    int64_t ms = snapshot->position_frames * 1000 / snapshot->rate_hz;
    fprintf(observer->file, "%lld.%03lld s  %-8s  ", (long long)(ms / 1000), (long long)(ms % 1000),
            names[event]);
    if (event == LIMBER_EVENT_STARTED) {
        fprintf(observer->file, "%s\n", snapshot->title);
    } else {
        fprintf(observer->file, "%s%s%s\n", snapshot->move, *snapshot->text ? ": " : "",
                snapshot->text);
    }
    fflush(observer->file);
}

static const struct limber_observer observer_table = {sizeof observer_table, on_event};

static void destroy(void *instance)
{
    struct observer *observer = instance;
    if (observer && observer->file) {
        fclose(observer->file);
    }
    free(observer);
}

/* An observer has no start(): what it needs is opened here, and what cannot be is said. */
static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct observer *observer = calloc(1, sizeof *observer);
    if (!observer) {
        return LIMBER_NO_MEMORY;
    }
    /* A yes-or-no option always arrives as "yes" or "no", however it was written. */
    observer->cues = strcmp(host->option(host->context, "cues"), "yes") == 0;
    observer->file = fopen(host->option(host->context, "file"), "a");
    if (!observer->file) {
        host->log(host->context, LIMBER_LOG_ERROR, "the file cannot be written");
        destroy(observer);
        return LIMBER_FAILED;
    }
    *instance = observer;
    return LIMBER_OK;
}

static const void *get_interface(void *instance, const char *id)
{
    (void)instance;
    return strcmp(id, LIMBER_OBSERVER_ID) == 0 ? &observer_table : NULL;
}

static const char *const interfaces[] = {LIMBER_OBSERVER_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "observer-example",
    .name = "Event log",
    .version = "1.0",
    .license = "MIT",
    .description = "Writes what happens to a text file",
    .interfaces = interfaces,
    .options = options,
};

LIMBER_EXPORT const struct limber_plugin_entry limber_plugin_entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof limber_plugin_entry, &descriptor, create,
    destroy,          get_interface,
};

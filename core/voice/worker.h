/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.h: one limber-worker process, from the side of cast. It may die or hang at any moment;
 * whoever holds it always hears of it, within its deadlines. [main] */
#ifndef VOICE_WORKER_H
#define VOICE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "limber/speech.h"

struct loop;
struct worker;

struct worker_events {
    /* It can take requests. */
    void (*ready)(void *context, const char *fingerprint, const char *files);
    /* One request failed for `reason`; or is done, with a warning of the engine in `reason`, or
     * "". */
    void (*result)(void *context, int64_t id, enum limber_status status, const char *reason);
    /* It is gone; requests under way are lost. `refused`: the engine said that it cannot work with
     * these settings, and trying again is useless. Destroy it; from here is legal. */
    void (*gone)(void *context, bool refused, const char *reason);
    void *context;
};

struct worker_options {
    struct loop *loop;
    const char *program;         /* path of limber-worker */
    const char *plugin_id;       /* of the engine */
    const char *plugin_file;     /* its .so */
    const char *folder;          /* where it works: the voice's; NULL: none */
    const char *const *settings; /* "name=value"…, NULL */
    struct limber_speech_voice voice;
    uint32_t rate_hz;
    int jobs;
    int start_deadline_ms;
    struct worker_events events;
};

/* Starts the process; returns at once. NULL with a reason (malloc'ed) in *error. */
struct worker *worker_new(const struct worker_options *options, char **error);
void worker_destroy(struct worker *worker);

/* Sends a request; the result goes into `fd`, which stays the caller's. `deadline_ms` is for this
 * one, from when it really starts. False: no room now, or it is gone (then gone() follows). */
bool worker_request(struct worker *worker, int64_t id, const char *pieces, double emphasis,
                    int64_t deadline_ms, int fd);

#endif

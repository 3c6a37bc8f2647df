/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth.h: one utterance, from text to a stored clip. Runs in a forked child of limber-worker. */
#ifndef VOICE_SYNTH_H
#define VOICE_SYNTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct plugin_instance;

/* Changes when the same samples of an engine would be made into another clip: part of the cache
 * key. */
#define SYNTH_VERSION 1

#define SYNTH_MOST_SECONDS 600

struct synth_request {
    const char *pieces; /* lines, spoken one after the other with a pause between them */
    double emphasis;
    uint32_t rate_hz; /* of the clip */
    int fd;           /* where the clip goes */
};

/* Speaks, trims, resamples, measures and stores. The reason of a failure goes into `reason`.
 * Errors: INVALID (the engine made no sound, or broke a rule of its interface), LIMIT (more than
 * SYNTH_MOST_SECONDS), IO (disk full), and what the engine returned. */
enum limber_status synth_run(struct plugin_instance *engine, const struct synth_request *request,
                             char *reason, size_t reason_size);

#endif

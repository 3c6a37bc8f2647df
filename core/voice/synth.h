/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth.h: one utterance, from text to a stored clip. Runs in a forked child of limber-worker. */
#ifndef VOICE_SYNTH_H
#define VOICE_SYNTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct plugin_instance;

/* Changes when the same samples of an engine would be made into another clip: part of the cache
 * key. */
#define SYNTH_VERSION 3

#define SYNTH_MOST_SECONDS 600
/* No voice takes longer for a text than this, however slow and however it spells things out. */
#define SYNTH_BASE_SECONDS  10
#define SYNTH_BYTE_SECONDS  0.6
#define SYNTH_DIGIT_SECONDS 2.5

struct synth_request {
    const char *pieces; /* lines, spoken one after the other with a pause between them */
    double emphasis;
    bool recorded;    /* clips, not synthesis: of any length, and levelled here, one by one */
    uint32_t rate_hz; /* of the clip */
    int fd;           /* where the clip goes */
};

/* Speaks, checks, trims, resamples, levels what was recorded to CAST_TARGET_LUFS, and stores. A
 * few samples that are not numbers become silence, a constant offset is taken away; what is no
 * speech by any measure is refused. The reason of a failure goes into `reason`. Errors: INVALID
 * (the engine made no sound, nothing but an offset, samples that are no numbers or far beyond full
 * scale, or broke a rule of its interface), LIMIT (more than SYNTH_MOST_SECONDS, or far too long
 * for the text), IO (disk full), and what the engine returned. */
enum limber_status synth_run(struct plugin_instance *engine, const struct synth_request *request,
                             char *reason, size_t reason_size);

#endif

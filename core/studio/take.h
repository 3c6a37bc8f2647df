/* SPDX-License-Identifier: GPL-3.0-or-later */
/* take.h: one recorded sentence: measured, trimmed and written. Samples are mono. */
#ifndef STUDIO_TAKE_H
#define STUDIO_TAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/units.h"

struct registry;

#define TAKE_BEFORE_NS (80 * NSEC_PER_MSEC)  /* kept before the first sound */
#define TAKE_AFTER_NS  (150 * NSEC_PER_MSEC) /* kept after the last */

struct take_measure {
    nsec length_ns;
    double peak_db;  /* dBFS; −INFINITY: digital silence */
    double lufs;     /* BS.1770; −INFINITY for silence */
    double noise_db; /* dBFS (RMS) of the quietest parts; −INFINITY if they are digital zeros */
    double dc;       /* mean, full scale 1 */
    size_t clipped;  /* samples in runs of at least 3 at full scale or at one flat top */
    nsec lead_ns, tail_ns; /* silence before the first sound and after the last */
    bool silent;           /* nothing is heard in it */
};

/* Measures as it is. NaN counts as 0. */
struct take_measure take_measure(const float *samples, size_t count, uint32_t rate_hz);
/* Whether it is good enough to keep: NULL, or what is wrong, for people (static): too quiet,
 * clipped, noisy, nothing heard. */
const char *take_problem(const struct take_measure *measure);

/* Cuts to what is heard, keeping at most TAKE_BEFORE_NS and TAKE_AFTER_NS around it, takes out DC,
 * and fades both ends. In place, samples moved to the front. Returns the new count; 0: nothing is
 * heard. */
size_t take_trim(float *samples, size_t count, uint32_t rate_hz);

/* Takes out DC and fades both ends, for samples that are cut already. In place. */
void take_smooth(float *samples, size_t count, uint32_t rate_hz);

/* Writes a take; the kind of file by the extension (.flac, .wav…). `bits` 16 or 24. The folder is
 * made; the file appears whole or not at all, and is on the disk when it returns. Errors, with
 * *error (malloc'ed): IO, UNSUPPORTED, NOT_FOUND (the plugin out-file). [main] */
enum limber_status take_write(struct registry *registry, const char *path, const float *samples,
                              size_t count, uint32_t rate_hz, int bits, char **error);

#endif

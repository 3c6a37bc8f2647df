/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_inside.h: what record.c and record_take.c share. */
#ifndef STUDIO_RECORD_INSIDE_H
#define STUDIO_RECORD_INSIDE_H

#include "studio/record.h"

#define RECORD_FULL_SCALE 0.9985f

/* A take as it came in. */
struct record_raw {
    const float *samples;
    size_t count;
    uint32_t rate_hz;
    bool keys;    /* begun and ended by a key, whose click may be heard at both ends */
    bool gap;     /* samples are missing */
    bool endless; /* ended because it was too long */
    nsec expected_ns;
};

/* Cuts and judges it. *samples (malloc'ed) gets what the take points to. */
struct record_take record_finish_take(const struct record_raw *raw, float **samples);

#endif

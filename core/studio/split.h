/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.h: one long recording into sentences, at the pauses. Two steps: listening (samples in, in
 * chunks, of which only levels are kept), and finding the sentences that a list expects. */
#ifndef STUDIO_SPLIT_H
#define STUDIO_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/units.h"

struct split_ear;

struct split_ear *split_ear_new(uint32_t rate_hz);
void split_ear_destroy(struct split_ear *ear);
void split_hear(struct split_ear *ear, const float *samples, size_t count);

/* A piece of the recording, in frames of it. */
struct split_piece {
    frames start, end; /* of what is heard */
    frames from, to;   /* where to cut: with a little of the pause on both sides */
    int line;          /* index of the list's line, −1: of none (extra) */
    double ratio;      /* length ÷ expected length; 0: no line */
};

enum split_fit {
    SPLIT_FITS,     /* as many pieces as lines, and the lengths agree */
    SPLIT_UNLIKE,   /* as many, but the lengths do not agree from `trouble` on */
    SPLIT_MISMATCH, /* more or fewer */
    SPLIT_NOISE,    /* pauses cannot be told from speech */
    SPLIT_SILENT    /* nothing is heard */
};

struct split_result {
    enum split_fit fit;
    const struct split_piece *pieces; /* in order */
    size_t count;
    size_t trouble; /* index of the line where it first goes wrong; lines before it fit */
    bool extra;     /* there: a piece too many (else a line that is missing) */
    size_t clicks;  /* noises too short to be speech, left out */
    double floor_db, speech_db; /* levels, dBFS */
    nsec pause_ns;              /* the shortest pause that parts two sentences */
    uint32_t rate_hz;
};

/* Finds the pieces for lines of these expected lengths (rough; only their proportions matter).
 * `count` 0: no list, pieces by pauses alone. In the arena. */
struct split_result split_find(const struct split_ear *ear, const nsec *expected, size_t count,
                               struct arena *arena);

#endif

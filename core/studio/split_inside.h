/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split_inside.h: what the files of splitting share. Private to core/studio. Times are frames of
 * levels, SPLIT_STEP_MS each. */
#ifndef STUDIO_SPLIT_INSIDE_H
#define STUDIO_SPLIT_INSIDE_H

#include "base/vec.h"
#include "studio/split.h"

#define SPLIT_STEP_MS 10

struct stretch {
    size_t start, end; /* steps */
};
typedef VEC(struct stretch) stretch_list;

/* --- split_hear.c: where something is heard --- */
struct heard {
    stretch_list stretches; /* in order, at least 120 ms apart; clicks left out */
    size_t clicks;
    double floor_db, speech_db;
    bool silent, noisy;
};
struct heard split_stretches(const struct split_ear *ear);
uint32_t split_rate(const struct split_ear *ear);
frames split_heard(const struct split_ear *ear);

/* --- split_align.c: pieces against a list --- */
enum split_step { STEP_MATCH, STEP_NOISE, STEP_EXTRA, STEP_MISSING };
struct alignment {
    int *lines;     /* by piece: its line, or −1; malloc'ed */
    double *ratios; /* by piece: length ÷ expected; malloc'ed */
    bool fits;      /* nothing but matches and noises */
    size_t trouble; /* line of the first other step */
    bool extra;
};
/* `seconds` of each piece against the rough lengths of the lines; free lines and ratios. */
struct alignment split_align(const double *seconds, size_t piece_count, const nsec *expected,
                             size_t line_count);

#endif

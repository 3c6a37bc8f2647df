/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h: private to the timeline layer: the picture of a session, row by row and lane by lane.
 * report_svg.c makes the page around it, picture.c draws what happens. */
#ifndef TIMELINE_PICTURE_H
#define TIMELINE_PICTURE_H

#include "timeline/order.h"
#include "timeline/svg.h"

#define WIDTH  (1280 * PX)
#define LEFT   (24 * PX)
#define RIGHT  (24 * PX)
#define HEADER (92 * PX)
#define LEGEND (64 * PX)

#define AXIS       (20 * PX)
#define MOVE       (20 * PX)
#define PART       (14 * PX)
#define WORD_BAR   (7 * PX)
#define WORD_LINES 4
#define WORD_FONT  10
#define WORD       (WORD_BAR + (WORD_LINES * (WORD_FONT + 1) + 6) * PX)
#define BOUT       (26 * PX)
#define SOUND      (20 * PX)
#define BED        (14 * PX)
#define BETWEEN    (22 * PX)

struct picture {
    const struct timeline *timeline;
    const struct cue *cues;
    const struct timeline_entry *entries; /* by start */
    size_t count;
    frames length, row; /* of the session, of one row */
    nsec grid;          /* between two labelled lines */
    int64_t row_height;
    int64_t rows;
    bool parts, beds;
    FILE *to;
};

/* How high a row is, with the lanes that this session needs. */
int64_t picture_row_height(const struct picture *picture);
nsec picture_time(const struct picture *picture, frames count);
/* One lane of all rows each. */
void picture_moves(const struct picture *picture);
void picture_parts(const struct picture *picture);
void picture_words(const struct picture *picture);
void picture_bouts(const struct picture *picture);
void picture_sounds(const struct picture *picture);
void picture_beds(const struct picture *picture);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score.h: what the mixer sees of a score. Internal to the mixer. */
#ifndef MIXER_SCORE_H
#define MIXER_SCORE_H

#include "mixer/mixer.h"

/* What has been published at one moment. */
struct score_view {
    size_t count;          /* events, sorted by start */
    frames resolved_until; /* INT64_MAX when complete */
    frames length;         /* −1 while not known */
};

/* [render] */
struct score_view score_view(const struct score *score);
/* An event below view.count; it never moves or changes. [render] */
const struct mixer_event *score_published(const struct score *score, size_t index);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.h: private to the timeline layer: what the reports share. */
#ifndef TIMELINE_ORDER_H
#define TIMELINE_ORDER_H

#include "timeline/timeline.h"

/* The entries by start; those that start together in the order of the plan. malloc'ed; *count of
 * them. */
struct timeline_entry *order_by_start(const struct timeline *timeline, size_t *count);

/* The moves of the plan that are played, with their times: each up to the start of the next one,
 * the last up to the end. malloc'ed. */
struct order_move {
    const struct plan_move *move;
    frames start, length;
    int32_t round; /* 0: none */
};
struct order_move *order_moves(const struct timeline *timeline, size_t *count);

/* The name of an entry's move; NULL before the first. */
const char *order_move_name(const struct timeline *timeline, const struct cue *cue);

/* "22.5 s": to the tenth below a minute, where a bout must be told exactly; "2 min 5 s" above. */
const char *order_format_length(nsec time, char buffer[32]);

#endif

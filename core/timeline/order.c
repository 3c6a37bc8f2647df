/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.c: entries and moves in order of time. */
#include "timeline/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

static bool in_order(const struct timeline_entry *a, const struct timeline_entry *b)
{
    return a->start < b->start || (a->start == b->start && a->cue < b->cue);
}

static int compare(const void *left, const void *right)
{
    const struct timeline_entry *a = left, *b = right;
    return in_order(a, b) ? -1 : in_order(b, a) ? 1 : 0;
}

struct timeline_entry *order_by_start(const struct timeline *timeline, size_t *count)
{
    const struct timeline_entry *entries = timeline_entries(timeline, count);
    struct timeline_entry *sorted = xmalloc((*count + 1) * sizeof *sorted);
    if (*count > 0)
        memcpy(sorted, entries, *count * sizeof *sorted);
    qsort(sorted, *count, sizeof *sorted, compare);
    return sorted;
}

struct order_move *order_moves(const struct timeline *timeline, size_t *count)
{
    const struct plan *plan = timeline_plan(timeline);
    size_t entry_count, at = 0, kept = 0;
    const struct timeline_entry *entries = timeline_entries(timeline, &entry_count);
    struct order_move *moves = xmalloc((plan->move_count + 1) * sizeof *moves);
    for (size_t i = 0; i < plan->move_count; i++) {
        size_t until = i + 1 < plan->move_count ? plan->moves[i + 1].first_cue : plan->cue_count;
        while (at < entry_count && entries[at].cue < plan->moves[i].first_cue)
            at++;
        if (at == entry_count || entries[at].cue >= until)
            continue;      /* before the point where this timeline begins */
        int32_t round = 0; /* what announces a round may stand before it */
        for (size_t cue = plan->moves[i].first_cue; cue < until && round == 0; cue++)
            round = plan->cues[cue].round;
        moves[kept++] = (struct order_move){
            .move = &plan->moves[i], .start = entries[at].start, .round = round};
    }
    for (size_t i = 0; i < kept; i++)
        moves[i].length =
            (i + 1 < kept ? moves[i + 1].start : timeline_length(timeline)) - moves[i].start;
    *count = kept;
    return moves;
}

const char *order_move_name(const struct timeline *timeline, const struct cue *cue)
{
    const struct plan *plan = timeline_plan(timeline);
    return cue->move < plan->move_count ? plan->moves[cue->move].name : NULL;
}

const char *order_format_length(nsec time, char buffer[32])
{
    nsec tenth = NSEC_PER_SEC / 10, tenths = (time + tenth / 2) / tenth;
    if (tenths % 10 == 0 || tenths < 100 || tenths >= 600)
        return units_format_duration(tenths * tenth, buffer, 32);
    snprintf(buffer, 32, "%d.%d s", (int)(tenths / 10), (int)(tenths % 10));
    return buffer;
}

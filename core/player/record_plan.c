/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_plan.c: how long a move was to be. */
#include <string.h>

#include "player/record_inside.h"

/* The first entry of this step or a later one. */
static size_t entry_of(const struct timeline_entry *entries, size_t count, size_t step)
{
    size_t from = 0;
    while (from < count) {
        size_t middle = from + (count - from) / 2;
        if (entries[middle].cue < step)
            from = middle + 1;
        else
            count = middle;
    }
    return from;
}

/* Resolved as far as words are voiced; what was heard is. */
static const struct timeline *planned_timeline(struct record *record)
{
    const struct plan *plan = session_plan(record->about.session);
    if (record->planned_of != plan)
        record_let_go_plan(record);
    if (!record->planned)
        record->planned = session_timeline(record->about.session, NULL, NULL);
    record->planned_of = plan;
    timeline_resolve(record->planned);
    return record->planned;
}

void record_let_go_plan(struct record *record)
{
    timeline_destroy(record->planned);
    record->planned = NULL;
    record->planned_of = NULL;
}

void record_plan_move(struct record *record, nsec planned_ns[3])
{
    const struct plan *plan = session_plan(record->about.session);
    const struct timeline *timeline = planned_timeline(record);
    size_t count = 0, first = plan->moves[record->move].first_cue;
    const struct timeline_entry *entries = timeline_entries(timeline, &count);
    uint32_t rate_hz = session_rate(record->about.session);
    enum side side = SIDE_NONE;
    memset(planned_ns, 0, 3 * sizeof *planned_ns);
    for (size_t i = entry_of(entries, count, first); i < count; i++) {
        const struct cue *cue = &plan->cues[entries[i].cue];
        if (cue->anchor != ANCHOR_NEXT)
            continue;
        if (cue->move != record->move)
            break;
        frames length = entries[i].length > 0 && cue->kind != CUE_BED ? entries[i].length : 0;
        if (cue->side != SIDE_NONE && side == SIDE_NONE && cue->side != side) {
            planned_ns[cue->side] = planned_ns[SIDE_NONE];
            planned_ns[SIDE_NONE] = 0;
        }
        side = cue->side != SIDE_NONE ? cue->side : side;
        planned_ns[side] += ns_from_frames(length, rate_hz);
        if (cue->kind == CUE_SPEECH)
            planned_ns[side] += cue->gap_ns;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diary_plan.c: how long a move was to be. */
#include <string.h>

#include "player/diary_inside.h"

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
static const struct timeline *planned_timeline(struct diary *diary)
{
    const struct plan *plan = session_plan(diary->about.session);
    if (diary->planned_of != plan)
        diary_let_go_plan(diary);
    if (!diary->planned)
        diary->planned = session_timeline(diary->about.session, NULL, NULL);
    diary->planned_of = plan;
    timeline_resolve(diary->planned);
    return diary->planned;
}

void diary_let_go_plan(struct diary *diary)
{
    timeline_destroy(diary->planned);
    diary->planned = NULL;
    diary->planned_of = NULL;
}

void diary_plan_move(struct diary *diary, nsec planned_ns[3])
{
    const struct plan *plan = session_plan(diary->about.session);
    const struct timeline *timeline = planned_timeline(diary);
    size_t count = 0, first = plan->moves[diary->move].first_cue;
    const struct timeline_entry *entries = timeline_entries(timeline, &count);
    uint32_t rate_hz = session_rate(diary->about.session);
    enum side side = SIDE_NONE;
    memset(planned_ns, 0, 3 * sizeof *planned_ns);
    for (size_t i = entry_of(entries, count, first); i < count; i++) {
        const struct cue *cue = &plan->cues[entries[i].cue];
        if (cue->anchor != ANCHOR_NEXT)
            continue;
        if (cue->move != diary->move)
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

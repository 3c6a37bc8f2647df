/* SPDX-License-Identifier: GPL-3.0-or-later */
/* over.c: words spoken over a bout that is being held: where there is room, and what gives way. */
#include "session/parts.h"

static frames air(const struct feed *feed)
{
    return frames_from_ns(FEED_AIR_NS, feed->session->rate_hz);
}

static bool may_give_way(const struct cue *cue)
{
    return cue->kind == CUE_SPEECH && cue->anchor != ANCHOR_NEXT && cue->droppable &&
           cue->role != ROLE_CAUTION && !(cue->role == ROLE_COUNT && cue->last);
}

bool over_gives_way(const struct feed *feed, const struct cue *cue,
                    const struct timeline_entry *entry)
{
    return feed->over_end > feed->over_from && may_give_way(cue) &&
           entry->start + entry->length > feed->over_from &&
           entry->start < feed->over_end + air(feed);
}

static bool is_held(const struct cue *cue)
{
    return cue->kind == CUE_BOUT && cue->bout != BOUT_IN && cue->bout != BOUT_OUT;
}

bool feed_room_for(const struct feed *feed, frames frame, frames length)
{
    const struct cue *cues = feed->script->plan->cues;
    struct timeline_step step;
    if (!timeline_step_at(feed->timeline, frame, &step) || !is_held(&cues[step.step]) ||
        frame + length > step.start + step.length)
        return false;
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(feed->timeline, &count);
    frames until = frame + length + air(feed);
    for (size_t i = 0; i < count; i++) {
        const struct timeline_entry *entry = &entries[i];
        const struct cue *cue = &cues[entry->cue];
        if (cue->kind == CUE_SPEECH && entry->start < until &&
            entry->start + entry->length > frame && !may_give_way(cue))
            return false;
    }
    /* What comes after the bout may not be resolved yet: words may begin with it. */
    return until <= step.start + step.length || timeline_resolved_until(feed->timeline) >= until;
}

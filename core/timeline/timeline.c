/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline.c: resolves a plan forward, step by step. Positions are instants, exact; each one is
 * rounded to a frame once, where its entry is written. */
#include "timeline/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "timeline/resolve.h"

struct step {
    struct instant start;
    uint32_t cue;
};

/* A bout that was gone on with, or changed. */
struct changed {
    uint32_t cue;
    frames repeated; /* what becomes of `from` if it is left again inside */
};

struct timeline {
    const struct plan *plan;
    uint32_t rate_hz;
    struct timeline_lengths lengths;
    struct timeline_from from;
    bool resumed; /* its first step goes on in the middle */
    struct changes_effect *effect;
    uint32_t pace_permille;

    size_t next;           /* first cue of the first unresolved step */
    struct instant cursor; /* where that step starts */
    frames ring_end;       /* end of the last sound or words */
    bool complete;
    uint32_t waiting; /* cue whose length was not known, UINT32_MAX: none */
    frames waiting_fill;

    VEC(struct timeline_entry) entries;
    VEC(struct step) steps;
    VEC(struct timeline_finding) findings;
    VEC(struct changed) changed; /* ascending */
    VEC(uint32_t) beds;          /* entries of the beds of one step */
    VEC(uint32_t) chain;         /* bouts that a bout's length follows */
    size_t open_bed;             /* entry of the bed that is on, SIZE_MAX: none */
    struct lane lane;
};

struct instant instant_after_parts(struct instant at, parts time)
{
    parts sum = at.part + time;
    at.whole += (frames)(sum / PARTS_PER_FRAME);
    at.part = (int64_t)(sum % PARTS_PER_FRAME);
    return at;
}

/* --- Steps of the plan --- */

static bool is_step(const struct plan *plan, size_t cue)
{
    return cue == 0 || plan->cues[cue].anchor == ANCHOR_NEXT;
}

/* The first cue after the step that begins with `cue`. */
static size_t step_end(const struct plan *plan, size_t cue)
{
    do
        cue++;
    while (cue < plan->cue_count && !is_step(plan, cue));
    return cue;
}

/* --- Lengths --- */

static parts at_pace(const struct timeline *t, nsec time)
{
    parts length = parts_from_ns(time, t->rate_hz);
    return t->pace_permille == 1000 ? length : length * t->pace_permille / 1000;
}

/* A bout as the page has it: waits and getting ready go at the pace, seconds that are counted do
 * not. */
static parts authored_length(const struct timeline *t, size_t step)
{
    const struct cue *cue = &t->plan->cues[step];
    bool paced = cue->bout == BOUT_WAIT ? step_end(t->plan, step) == step + 1
                                        : cue->bout == BOUT_READY && !cue->open;
    return paced ? at_pace(t, cue->duration_ns) : parts_from_ns(cue->duration_ns, t->rate_hz);
}

/* Asks for a length; notes the cue when it is not known yet. */
static bool ask(struct timeline *t, size_t index, frames fill, frames *length, frames *lead)
{
    const struct cue *cue = &t->plan->cues[index];
    bool known = true;
    *length = *lead = 0;
    if (cue->kind == CUE_SPEECH)
        known = t->lengths.speech(t->lengths.context, cue, length);
    else if (cue->kind == CUE_SOUND)
        known = t->lengths.sound(t->lengths.context, cue, fill, length, lead);
    t->waiting = known ? UINT32_MAX : (uint32_t)index;
    t->waiting_fill = fill;
    if (*length < 0)
        *length = 0;
    if (*lead < 0)
        *lead = 0;
    return known;
}

/* --- Entries --- */

static void add_entry(struct timeline *t, size_t cue, frames start, frames length)
{
    *vec_push(&t->entries) =
        (struct timeline_entry){.cue = (uint32_t)cue, .start = start, .length = length};
    enum cue_kind kind = t->plan->cues[cue].kind;
    if (kind == CUE_BED)
        *vec_push(&t->beds) = (uint32_t)(t->entries.count - 1);
    else if (kind != CUE_BOUT && start + length > t->ring_end)
        t->ring_end = start + length;
}

/* A bed lasts until the next one, in order of time. */
static void close_beds(struct timeline *t)
{
    struct timeline_entry *entries = t->entries.items;
    for (size_t i = 1; i < t->beds.count; i++)
        for (size_t j = i;
             j > 0 && entries[t->beds.items[j - 1]].start > entries[t->beds.items[j]].start; j--) {
            uint32_t later = t->beds.items[j - 1];
            t->beds.items[j - 1] = t->beds.items[j];
            t->beds.items[j] = later;
        }
    for (size_t i = 0; i < t->beds.count; i++) {
        struct timeline_entry *bed = &entries[t->beds.items[i]];
        if (t->open_bed != SIZE_MAX)
            entries[t->open_bed].length = bed->start - entries[t->open_bed].start;
        bool on = t->plan->cues[bed->cue].text != NULL;
        bed->length = on ? -1 : 0;
        t->open_bed = on ? t->beds.items[i] : SIZE_MAX;
    }
    t->beds.count = 0;
}

static void add_finding(struct timeline *t, size_t cue, bool dropped, parts by)
{
    *vec_push(&t->findings) = (struct timeline_finding){
        .cue = (uint32_t)cue,
        .dropped = dropped,
        .by = instant_frame(instant_after_parts((struct instant){0}, by))};
}

/* --- Bouts --- */

/* Reads the lengths of the words and sounds inside a bout and arranges them. False: not all known.
 */
static bool arrange(struct timeline *t, size_t step, parts matched)
{
    const struct plan *plan = t->plan;
    size_t end = step_end(plan, step);
    lane_begin(&t->lane, authored_length(t, step), matched);
    for (size_t i = step + 1; i < end; i++) {
        const struct cue *cue = &plan->cues[i];
        frames length = 0, lead = 0;
        if (cue->kind == CUE_BOUT)
            continue;
        if (!(cue->kind == CUE_SOUND && cue->fills) && !ask(t, i, 0, &length, &lead))
            return false;
        lane_add(&t->lane, (uint32_t)i, length, lead);
    }
    lane_arrange(&t->lane);
    return true;
}

/* The length of a bout in this timeline, when it is there as a whole. */
static bool length_here(const struct timeline *t, size_t cue, parts *length)
{
    size_t low = 0, high = t->steps.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->steps.items[middle].cue < cue)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == t->steps.count || t->steps.items[low].cue != cue || (low == 0 && t->resumed))
        return false;
    bool last = low + 1 == t->steps.count;
    *length =
        parts_between(t->steps.items[low].start, last ? t->cursor : t->steps.items[low + 1].start);
    return true;
}

/* Applies the changes of an arranged bout, and goes on in its middle if there is a `from`. A bout
 * that follows its partner is not shorter than `now`, which that has become. Returns by how much
 * words said again, or not cut, have made it longer than asked. */
static frames change_bout(struct timeline *t, size_t cue, parts now,
                          const struct timeline_from *from)
{
    frames added = changes_extra(t->effect, cue);
    struct timeline_from whole = {.step = cue, .settled = added};
    parts extra = parts_from_frames(added), length = t->lane.length;
    bool follows = changes_is_partners(t->effect, cue);
    if (!from && added == 0)
        return 0;
    if (!from)
        from = &whole;
    if (follows && length + extra < now)
        extra = now - length;
    lane_resume(&t->lane, from, extra, added > from->settled);
    parts asked = length + extra - parts_from_frames(from->elapsed);
    return (frames)((t->lane.length - asked) / PARTS_PER_FRAME);
}

/* How long the bout of the other side is: by itself, and with its changes. */
struct matched {
    parts planned, now;
};

/* The length that the bout at `cue` must at least have, because of the other side's. Bouts before
 * the point where this timeline begins, and changed ones, are arranged for it. False: not all
 * lengths known. */
static bool find_matched(struct timeline *t, size_t cue, struct matched *matched)
{
    const struct cue *cues = t->plan->cues;
    *matched = (struct matched){0};
    t->chain.count = 0;
    for (int64_t at = cues[cue].match; at >= 0 && (size_t)at < cue; at = cues[at].match) {
        cue = (size_t)at;
        if (cues[cue].kind != CUE_BOUT)
            break;
        if (changes_extra(t->effect, cue) == 0 && length_here(t, cue, &matched->planned)) {
            matched->now = matched->planned;
            break;
        }
        *vec_push(&t->chain) = (uint32_t)cue;
    }
    for (size_t i = t->chain.count; i-- > 0;) {
        if (!arrange(t, t->chain.items[i], matched->planned))
            return false;
        matched->planned = t->lane.length;
        change_bout(t, t->chain.items[i], matched->now, NULL);
        matched->now = t->lane.length;
    }
    return true;
}

/* Asks for the sounds that are as long as the bout. */
static bool fill_lengths(struct timeline *t, frames end)
{
    for (size_t i = 0; i < t->lane.inner.count; i++) {
        struct inner *inner = &t->lane.inner.items[i];
        const struct cue *cue = &t->plan->cues[inner->cue];
        if (cue->kind != CUE_SOUND || !cue->fills || inner->state != INNER_PLACED)
            continue;
        frames start = instant_frame(instant_after_parts(t->cursor, inner->start));
        if (end <= start)
            inner->state = INNER_OVER;
        else if (!ask(t, inner->cue, end - start, &inner->length, &inner->lead))
            return false;
    }
    return true;
}

static void add_inner(struct timeline *t)
{
    for (size_t i = 0; i < t->lane.inner.count; i++) {
        const struct inner *inner = &t->lane.inner.items[i];
        if (inner->state == INNER_PLACED)
            add_entry(t, inner->cue, instant_frame(instant_after_parts(t->cursor, inner->start)),
                      inner->length);
        else if (inner->state == INNER_DROPPED)
            add_finding(t, inner->cue, true, 0);
    }
}

static bool resolve_bout(struct timeline *t, size_t step, struct instant *end)
{
    bool first = t->resumed && step == t->from.step;
    struct matched matched;
    if (!find_matched(t, step, &matched) || !arrange(t, step, matched.planned))
        return false;
    parts authored = authored_length(t, step);
    bool changed = first || changes_extra(t->effect, step) != 0;
    bool stretched = !changed && t->lane.words > authored && t->lane.words > matched.planned;
    frames repeated = change_bout(t, step, matched.now, first ? &t->from : NULL);
    *end = instant_after_parts(t->cursor, t->lane.length);
    if (!fill_lengths(t, instant_frame(*end)))
        return false;
    if (changed)
        *vec_push(&t->changed) = (struct changed){(uint32_t)step, repeated};
    if (stretched)
        add_finding(t, step, false, t->lane.length - authored);
    frames start = instant_frame(t->cursor);
    add_entry(t, step, start, instant_frame(*end) - start);
    add_inner(t);
    return true;
}

/* --- Steps --- */

/* A step that is left out; only a bed that begins or ends in it stays. */
static void skip_step(struct timeline *t)
{
    size_t end = step_end(t->plan, t->next), bed = end;
    for (size_t i = t->next; i < end; i++)
        if (t->plan->cues[i].kind == CUE_BED)
            bed = i;
    if (bed < end)
        add_entry(t, bed, instant_frame(t->cursor), 0);
    close_beds(t);
    t->next = end;
}

static bool resolve_step(struct timeline *t)
{
    size_t step = t->next;
    if (changes_skipped(t->effect, step)) {
        skip_step(t);
        return true;
    }
    const struct cue *cue = &t->plan->cues[step];
    struct instant start = t->cursor, end = start;
    frames length, lead;
    if (cue->kind == CUE_BOUT) {
        if (!resolve_bout(t, step, &end))
            return false;
    } else {
        if (!ask(t, step, 0, &length, &lead))
            return false;
        add_entry(t, step, instant_frame(start), length);
        if (cue->kind == CUE_SPEECH)
            end = instant_after_parts(instant_after_frames(start, length), at_pace(t, cue->gap_ns));
        else if (cue->kind == CUE_SOUND)
            end = instant_after_frames(start, lead);
    }
    close_beds(t);
    *vec_push(&t->steps) = (struct step){.start = start, .cue = (uint32_t)step};
    t->cursor = end;
    t->next = step_end(t->plan, step);
    return true;
}

static void finish(struct timeline *t)
{
    t->complete = true;
    if (t->open_bed != SIZE_MAX) {
        struct timeline_entry *bed = &t->entries.items[t->open_bed];
        bed->length = timeline_length(t) - bed->start;
    }
    lane_free(&t->lane);
    vec_free(&t->chain);
    vec_free(&t->beds);
}

bool timeline_resolve(struct timeline *t)
{
    frames length, lead;
    if (t->complete)
        return true;
    if (t->waiting != UINT32_MAX && !ask(t, t->waiting, t->waiting_fill, &length, &lead))
        return false; /* still the same; spares reading a long step again */
    while (t->next < t->plan->cue_count)
        if (!resolve_step(t))
            return false;
    finish(t);
    return true;
}

/* --- Making --- */

struct timeline *timeline_new(const struct plan *plan, uint32_t rate_hz,
                              const struct timeline_lengths *lengths)
{
    struct timeline *t = xcalloc(1, sizeof *t);
    t->plan = plan;
    t->rate_hz = rate_hz;
    t->lengths = *lengths;
    t->pace_permille = 1000;
    t->waiting = UINT32_MAX;
    t->open_bed = SIZE_MAX;
    t->lane.plan = plan;
    t->lane.rate_hz = rate_hz;
    return t;
}

/* The bed that was on before a step goes on at `at`. */
static void restore_bed(struct timeline *t, size_t step)
{
    const struct cue *cues = t->plan->cues;
    size_t bed = step;
    while (bed > 0 && cues[bed - 1].kind != CUE_BED)
        bed--;
    if (bed == 0 || !cues[bed - 1].text)
        return;
    if (step < t->plan->cue_count && cues[step].kind == CUE_BED)
        return;
    add_entry(t, bed - 1, t->from.at, -1);
    close_beds(t);
}

static void begin_at(struct timeline *t, const struct timeline_from *from)
{
    const struct plan *plan = t->plan;
    t->from = *from;
    if (t->from.step > plan->cue_count)
        t->from.step = plan->cue_count;
    while (t->from.step < plan->cue_count && !is_step(plan, t->from.step))
        t->from.step--;
    if (t->from.elapsed < 0)
        t->from.elapsed = 0;
    t->resumed = t->from.step < plan->cue_count && plan->cues[t->from.step].kind == CUE_BOUT &&
                 t->from.elapsed != 0 && !changes_skipped(t->effect, t->from.step);
    t->next = t->from.step;
    t->cursor.whole = t->ring_end = from->at;
    restore_bed(t, t->from.step);
}

struct timeline *timeline_new_from(const struct plan *plan, uint32_t rate_hz,
                                   const struct timeline_lengths *lengths,
                                   const struct timeline_from *from,
                                   const struct timeline_changes *changes)
{
    struct timeline *t = timeline_new(plan, rate_hz, lengths);
    uint32_t pace = changes ? changes->pace_permille : 0;
    if (pace != 0)
        t->pace_permille = pace < CHANGES_PACE_LEAST  ? CHANGES_PACE_LEAST
                           : pace > CHANGES_PACE_MOST ? CHANGES_PACE_MOST
                                                      : pace;
    t->effect = changes_effect_new(changes, plan);
    if (from)
        begin_at(t, from);
    return t;
}

void timeline_destroy(struct timeline *t)
{
    if (!t)
        return;
    lane_free(&t->lane);
    vec_free(&t->chain);
    vec_free(&t->beds);
    vec_free(&t->entries);
    vec_free(&t->steps);
    vec_free(&t->findings);
    vec_free(&t->changed);
    changes_effect_destroy(t->effect);
    free(t);
}

/* --- Reading --- */

const struct plan *timeline_plan(const struct timeline *t)
{
    return t->plan;
}

uint32_t timeline_rate(const struct timeline *t)
{
    return t->rate_hz;
}

bool timeline_complete(const struct timeline *t)
{
    return t->complete;
}

frames timeline_resolved_until(const struct timeline *t)
{
    return t->complete ? INT64_MAX : instant_frame(t->cursor);
}

bool timeline_waiting_for(const struct timeline *t, uint32_t *cue)
{
    if (t->complete)
        return false;
    size_t next = t->next;
    if (t->waiting != UINT32_MAX)
        next = t->waiting;
    else
        while (next < t->plan->cue_count && t->plan->cues[next].kind != CUE_SPEECH &&
               t->plan->cues[next].kind != CUE_SOUND)
            next++;
    *cue = (uint32_t)next;
    return next < t->plan->cue_count;
}

const struct timeline_entry *timeline_entries(const struct timeline *t, size_t *count)
{
    *count = t->entries.count;
    return t->entries.items;
}

frames timeline_length(const struct timeline *t)
{
    frames end = instant_frame(t->cursor);
    return end > t->ring_end ? end : t->ring_end;
}

size_t timeline_findings(const struct timeline *t, const struct timeline_finding **findings)
{
    *findings = t->findings.items;
    return t->findings.count;
}

bool timeline_step_at(const struct timeline *t, frames frame, struct timeline_step *step)
{
    size_t low = 0, high = t->steps.count; /* the last step that starts at or before `frame` */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (instant_frame(t->steps.items[middle].start) <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    const struct step *found = &t->steps.items[low - 1];
    frames start = instant_frame(found->start);
    frames end = instant_frame(low < t->steps.count ? t->steps.items[low].start : t->cursor);
    if (frame >= end)
        return false;
    *step = (struct timeline_step){.step = found->cue, .start = start, .length = end - start};
    return true;
}

/* --- The point to go on from --- */

/* The first entry of a cue's step. Entries ascend by cue from step to step. */
static size_t entry_of(const struct timeline *t, size_t cue)
{
    size_t low = 0, high = t->entries.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->entries.items[middle].cue < cue)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Which words of a bout are over at `frame`: those that have no entry either. */
static void track_words(const struct timeline *t, frames frame, struct timeline_from *from)
{
    size_t cue = from->step, end = step_end(t->plan, cue), index = 0;
    from->tracked = true;
    from->cut = UINT32_MAX;
    memset(from->over, 0xff, sizeof from->over);
    for (size_t i = entry_of(t, cue); i < t->entries.count && t->entries.items[i].cue < end; i++) {
        const struct timeline_entry *entry = &t->entries.items[i];
        if (t->plan->cues[entry->cue].kind != CUE_SPEECH)
            continue;
        for (; cue < entry->cue; cue++)
            index += t->plan->cues[cue].kind == CUE_SPEECH;
        if (entry->start + entry->length <= frame || index >= TIMELINE_TRACKED)
            continue;
        from->over[index / 64] &= ~(UINT64_C(1) << (index % 64));
        if (entry->start < frame)
            from->cut = entry->cue;
    }
}

/* The end of the words of a step of SPEECH. */
static frames words_end(const struct timeline *t, size_t cue)
{
    const struct timeline_entry *entry = &t->entries.items[entry_of(t, cue)];
    return entry->start + entry->length;
}

static frames repeated_in(const struct timeline *t, size_t cue)
{
    for (size_t i = t->changed.count; i-- > 0;)
        if (t->changed.items[i].cue == cue)
            return t->changed.items[i].repeated;
    return 0;
}

void timeline_point(const struct timeline *t, frames frame, struct timeline_from *from)
{
    struct timeline_step step;
    *from = (struct timeline_from){.step = t->next, .at = frame};
    if (frame < t->from.at) {
        *from = t->from;
        from->at = frame;
    }
    if (!timeline_step_at(t, frame, &step))
        return;
    from->step = step.step;
    enum cue_kind kind = t->plan->cues[step.step].kind;
    if (kind == CUE_SPEECH && frame >= words_end(t, step.step))
        from->step = step_end(t->plan, step.step);
    if (kind != CUE_BOUT)
        return;
    from->elapsed = frame - step.start;
    if (t->resumed && step.step == t->from.step)
        from->elapsed += t->from.elapsed;
    from->settled = changes_extra(t->effect, step.step);
    from->repeated = repeated_in(t, step.step);
    track_words(t, frame, from);
}

/* --- How much there is --- */

frames timeline_left(const struct timeline *t, frames frame)
{
    struct timeline_step step;
    return timeline_step_at(t, frame, &step) ? step.start + step.length - frame : 0;
}

/* A step whose lengths are not known, by its number of letters. */
static parts expected_length(const struct timeline *t, size_t step)
{
    const struct cue *cue = &t->plan->cues[step];
    if (changes_skipped(t->effect, step))
        return 0;
    if (cue->kind == CUE_SPEECH)
        return parts_from_ns(plan_estimate_speech_ns(cue->text), t->rate_hz) +
               at_pace(t, cue->gap_ns);
    if (cue->kind != CUE_BOUT)
        return 0;
    parts length = authored_length(t, step) + parts_from_frames(changes_extra(t->effect, step));
    return length > 0 ? length : 0;
}

frames timeline_expected_length(const struct timeline *t)
{
    if (t->complete)
        return timeline_length(t);
    parts left = 0;
    for (size_t step = t->next; step < t->plan->cue_count; step = step_end(t->plan, step))
        left += expected_length(t, step);
    return instant_frame(instant_after_parts(t->cursor, left));
}

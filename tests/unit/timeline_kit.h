/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline_kit.h: small plans written by hand, for the tests of the timeline. At 1,000 Hz a frame
 * is a millisecond, so that expected numbers can be read. */
#ifndef TIMELINE_KIT_H
#define TIMELINE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* first the above, as cmocka wants */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "base/vec.h"
#include "timeline/timeline.h"

#define MS         NSEC_PER_MSEC
#define KIT_RATE   1000u
#define UNRESOLVED INT64_C(-1000)

struct kit {
    struct routine routine;
    struct plan plan;
    VEC(struct cue) cues;
    VEC(frames) lengths; /* by cue */
    VEC(frames) leads;
    VEC(struct plan_move) moves;
    size_t known;     /* lengths of cues from this one on are not known */
    const bool *mask; /* or NULL: of those that are known */
};

static inline struct kit *kit_new(void)
{
    struct kit *kit = xcalloc(1, sizeof *kit);
    kit->routine.title = "A test";
    kit->routine.language = "en";
    kit->plan.routine = &kit->routine;
    kit->known = SIZE_MAX;
    return kit;
}

static inline void kit_free(struct kit *kit)
{
    vec_free(&kit->cues);
    vec_free(&kit->lengths);
    vec_free(&kit->leads);
    vec_free(&kit->moves);
    free(kit);
}

/* Adds a cue and returns it, valid until the next one is added. */
static inline struct cue *kit_add(struct kit *kit, enum cue_kind kind, enum cue_anchor anchor,
                                  const char *text, frames length, frames lead)
{
    struct cue *cue = vec_push(&kit->cues);
    *cue = (struct cue){.kind = kind,
                        .role = ROLE_INSTRUCTION,
                        .anchor = anchor,
                        .text = text,
                        .language = kind == CUE_SPEECH ? "en" : NULL,
                        .match = -1,
                        .move = kit->moves.count > 0 ? (uint32_t)kit->moves.count - 1 : UINT32_MAX};
    *vec_push(&kit->lengths) = length;
    *vec_push(&kit->leads) = lead;
    kit->plan.cues = kit->cues.items;
    kit->plan.cue_count = kit->cues.count;
    return cue;
}

static inline void kit_move(struct kit *kit, const char *name)
{
    struct plan_move *move = vec_push(&kit->moves);
    *move = (struct plan_move){.name = name, .first_cue = kit->cues.count};
    kit->plan.moves = kit->moves.items;
    kit->plan.move_count = kit->moves.count;
}

/* A step of words. */
static inline struct cue *kit_say(struct kit *kit, const char *text, frames length, nsec gap)
{
    struct cue *cue = kit_add(kit, CUE_SPEECH, ANCHOR_NEXT, text, length, 0);
    cue->gap_ns = gap;
    return cue;
}

static inline struct cue *kit_bout(struct kit *kit, enum bout_kind bout, nsec duration)
{
    struct cue *cue = kit_add(kit, CUE_BOUT, ANCHOR_NEXT, NULL, 0, 0);
    cue->bout = bout;
    cue->duration_ns = duration;
    return cue;
}

/* Words and sounds inside a bout; for ANCHOR_PART `offset` of 2. */
static inline struct cue *kit_words(struct kit *kit, enum cue_anchor anchor, nsec offset,
                                    enum cue_role role, const char *text, frames length)
{
    struct cue *cue = kit_add(kit, CUE_SPEECH, anchor, text, length, 0);
    cue->offset_ns = offset;
    cue->duration_ns = anchor == ANCHOR_PART ? 2 : 0;
    cue->role = role;
    return cue;
}

static inline struct cue *kit_sound(struct kit *kit, enum cue_anchor anchor, nsec offset,
                                    const char *name, frames length, frames lead)
{
    struct cue *cue = kit_add(kit, CUE_SOUND, anchor, name, length, lead);
    cue->offset_ns = offset;
    cue->duration_ns = anchor == ANCHOR_PART ? 2 : 0;
    return cue;
}

static inline bool kit_is_known(const struct kit *kit, size_t index)
{
    return index < kit->known && (!kit->mask || kit->mask[index]);
}

static inline bool kit_speech_length(void *context, const struct cue *cue, frames *length)
{
    const struct kit *kit = context;
    size_t index = (size_t)(cue - kit->plan.cues);
    assert_int_equal(cue->kind, CUE_SPEECH);
    if (!kit_is_known(kit, index))
        return false;
    *length = kit->lengths.items[index];
    return true;
}

static inline bool kit_sound_length(void *context, const struct cue *cue, frames fill,
                                    frames *length, frames *lead)
{
    const struct kit *kit = context;
    size_t index = (size_t)(cue - kit->plan.cues);
    assert_int_equal(cue->kind, CUE_SOUND);
    if (!kit_is_known(kit, index))
        return false;
    assert_true(cue->fills ? fill > 0 : fill == 0);
    *length = cue->fills ? fill : kit->lengths.items[index];
    *lead = cue->fills ? 0 : kit->leads.items[index];
    return true;
}

static inline struct timeline *kit_timeline(struct kit *kit, uint32_t rate_hz)
{
    struct timeline_lengths lengths = {kit, kit_speech_length, kit_sound_length};
    return timeline_new(&kit->plan, rate_hz, &lengths);
}

static inline struct timeline *kit_resolved(struct kit *kit)
{
    struct timeline *timeline = kit_timeline(kit, KIT_RATE);
    assert_true(timeline_resolve(timeline));
    return timeline;
}

static inline struct timeline *kit_resolved_changed(struct kit *kit,
                                                    const struct timeline_from *from,
                                                    const struct timeline_changes *changes)
{
    struct timeline_lengths lengths = {kit, kit_speech_length, kit_sound_length};
    struct timeline *timeline = timeline_new_from(&kit->plan, KIT_RATE, &lengths, from, changes);
    assert_true(timeline_resolve(timeline));
    return timeline;
}

static inline struct timeline *kit_resolved_from(struct kit *kit, struct timeline_from from)
{
    return kit_resolved_changed(kit, &from, NULL);
}

/* With time added to the step it goes on with. */
static inline struct timeline *kit_resolved_extra(struct kit *kit, struct timeline_from from,
                                                  frames extra)
{
    struct timeline_changes changes = {0};
    changes_add(&changes, &kit->plan, (uint32_t)from.step, extra);
    struct timeline *timeline = kit_resolved_changed(kit, &from, &changes);
    changes_free(&changes);
    return timeline;
}

/* The entry of a cue, NULL if it has none. */
static inline const struct timeline_entry *kit_entry(const struct timeline *timeline, size_t cue)
{
    size_t count;
    const struct timeline_entry *entries = timeline_entries(timeline, &count);
    for (size_t i = 0; i < count; i++)
        if (entries[i].cue == cue)
            return &entries[i];
    return NULL;
}

/* Start or length of a cue, or UNRESOLVED. */
static inline frames kit_start(const struct timeline *timeline, size_t cue)
{
    const struct timeline_entry *entry = kit_entry(timeline, cue);
    return entry ? entry->start : UNRESOLVED;
}

static inline frames kit_length(const struct timeline *timeline, size_t cue)
{
    const struct timeline_entry *entry = kit_entry(timeline, cue);
    return entry ? entry->length : UNRESOLVED;
}

static inline bool kit_dropped(const struct timeline *timeline, size_t cue)
{
    const struct timeline_finding *findings;
    size_t count = timeline_findings(timeline, &findings);
    for (size_t i = 0; i < count; i++)
        if (findings[i].cue == cue && findings[i].dropped)
            return true;
    return false;
}

static inline frames kit_stretch(const struct timeline *timeline, size_t cue)
{
    const struct timeline_finding *findings;
    size_t count = timeline_findings(timeline, &findings);
    for (size_t i = 0; i < count; i++)
        if (findings[i].cue == cue && !findings[i].dropped)
            return findings[i].by;
    return 0;
}

/* The golden form; free() it. */
static inline char *kit_dump(const struct timeline *timeline)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    timeline_dump(timeline, to);
    fclose(to);
    return text;
}

#endif

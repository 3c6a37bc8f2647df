/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outline.c: the document `session` (docs/ask.md): the whole of a session, to be drawn. */
#include <string.h>

#include "player/document.h"
#include "player/player_inside.h"

static void set(json_t *document, const char *name, json_t *value)
{
    json_object_set_new(document, name, value);
}

/* Where each step begins: as resolved, and behind that by estimates. */
struct walk {
    const struct plan *plan;
    const struct timeline *timeline;
    const struct timeline_entry *entries;
    size_t entry_count, entry;
    frames at; /* where the step begins */
    frames length;
};

static frames estimate(const struct cue *cue)
{
    nsec length = 0;
    if (cue->kind == CUE_SPEECH)
        length = plan_estimate_speech_ns(cue->text) + cue->gap_ns;
    else if (cue->kind == CUE_BOUT)
        length = cue->duration_ns;
    return frames_from_ns(length, SESSION_RATE_HZ);
}

/* The step that begins with this cue. */
static void walk_to(struct walk *walk, size_t step)
{
    walk->at += walk->length;
    while (walk->entry < walk->entry_count && walk->entries[walk->entry].cue < step)
        walk->entry++;
    if (walk->entry < walk->entry_count && walk->entries[walk->entry].cue == step) {
        walk->at = walk->entries[walk->entry].start;
        walk->length = walk->entries[walk->entry].length;
        if (walk->length < 0 || walk->plan->cues[step].kind == CUE_BED)
            walk->length = 0;
    } else {
        bool known = walk->at < timeline_resolved_until(walk->timeline);
        walk->length = known ? 0 : estimate(&walk->plan->cues[step]);
    }
}

static void add_side(json_t *sides, const struct cue *cue)
{
    const char *name = side_name(cue->side);
    for (size_t i = 0; name && i < json_array_size(sides); i++)
        if (strcmp(json_string_value(json_array_get(sides, i)), name) == 0)
            return;
    if (name)
        json_array_append_new(sides, json_string(name));
}

static json_t *bout(const struct walk *walk, const struct cue *cue)
{
    json_t *document = json_object();
    set(document, "kind", json_string(bout_kind_name(cue->bout)));
    set(document, "start", document_seconds(walk->at, SESSION_RATE_HZ));
    set(document, "seconds", document_seconds(walk->length, SESSION_RATE_HZ));
    set(document, "side", document_text(side_name(cue->side)));
    return document;
}

static json_t *move_of(const struct plan *plan, uint32_t index, frames start)
{
    const struct plan_move *move = &plan->moves[index];
    json_t *document = json_object();
    set(document, "index", json_integer((int64_t)index + 1));
    set(document, "name", document_text(move->name));
    set(document, "position", document_text(move->position));
    set(document, "start", document_seconds(start, SESSION_RATE_HZ));
    set(document, "sides", json_array());
    set(document, "bouts", json_array());
    return document;
}

/* A move lasts until the next begins, the last one until the end. */
static void end_move(json_t *document, frames length)
{
    if (document)
        set(document, "seconds", document_seconds(length, SESSION_RATE_HZ));
}

static json_t *moves(struct walk *walk, frames total)
{
    const struct plan *plan = walk->plan;
    json_t *list = json_array(), *document = NULL;
    uint32_t now = UINT32_MAX;
    frames start = 0;
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        if (cue->anchor != ANCHOR_NEXT)
            continue;
        walk_to(walk, i);
        if (cue->move < plan->move_count && cue->move != now) {
            now = cue->move;
            end_move(document, walk->at - start);
            start = walk->at;
            document = move_of(plan, now, walk->at);
            json_array_append_new(list, document);
        }
        if (!document)
            continue;
        add_side(json_object_get(document, "sides"), cue);
        if (cue->kind == CUE_BOUT)
            json_array_append_new(json_object_get(document, "bouts"), bout(walk, cue));
    }
    end_move(document, total - start);
    return list;
}

static json_t *needs(const struct routine *routine)
{
    json_t *list = json_array();
    for (size_t i = 0; i < routine->need_count; i++)
        json_array_append_new(list, document_text(routine->needs[i]));
    return list;
}

bool player_session_json(const struct player *player, struct str *to)
{
    struct session *session = player->session;
    if (!session)
        return false;
    const struct routine *routine = session_routine(session);
    const struct timeline_changes *changes =
        player->conductor ? conductor_changes(player->conductor) : NULL;
    struct timeline *timeline = session_timeline(session, NULL, changes);
    struct walk walk = {.plan = session_plan(session), .timeline = timeline};
    bool exact = timeline_resolve(timeline);
    walk.entries = timeline_entries(timeline, &walk.entry_count);
    json_t *document = json_object();
    set(document, "routine", document_text(player->routine));
    set(document, "title", document_text(routine->title));
    set(document, "language", document_text(routine->language));
    set(document, "exact", json_boolean(exact));
    frames total = timeline_expected_length(timeline);
    set(document, "total", document_seconds(total, SESSION_RATE_HZ));
    set(document, "needs", needs(routine));
    set(document, "moves", moves(&walk, total));
    timeline_destroy(timeline);
    document_end(document, to);
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voicing.c: what was not spoken as asked: collected from the cast, told at the lines of the page.
 */
#include <stdlib.h>

#include "base/vec.h"
#include "session/parts.h"

void session_hurry(struct session *session, const struct timeline *timeline)
{
    uint32_t waiting = 0;
    if (timeline_waiting_for(timeline, &waiting))
        cast_hurry(session->cast, session->script->cast_ids[waiting]);
}

const struct report_fallback *session_fallbacks(struct session *session, size_t *count)
{
    const struct plan *plan = session->script->plan;
    VEC(struct report_fallback) found = {0};
    VEC(uint32_t) ids = {0}; /* of those found */
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        uint32_t id = session->script->cast_ids[i];
        struct cast_fallback fallback;
        if (cue->kind != CUE_SPEECH || !cast_fallback(session->cast, id, &fallback))
            continue;
        size_t known = 0;
        while (known < ids.count && ids.items[known] != id)
            known++;
        if (known == ids.count) {
            *vec_push(&ids) = id;
            *vec_push(&found) = (struct report_fallback){.text = fallback.text,
                                                         .language = fallback.language,
                                                         .voice = fallback.wanted,
                                                         .spoken_by = fallback.spoken_by,
                                                         .reason = fallback.reason,
                                                         .place = cue->place};
        }
        found.items[known].cues++;
    }
    vec_free(&ids);
    *count = found.count;
    return vec_to_arena(&found, session->arena);
}

static void warn(struct session *session, const struct report_fallback *fallback)
{
    const char *who = fallback->spoken_by
                          ? arena_printf(session->arena, "voice %s speaks", fallback->spoken_by)
                          : "a tone stands for";
    diags_add(session->host.diags, SEVERITY_WARNING, fallback->place, NULL,
              "\"%.80s\": %s these words instead of voice %s: %s", fallback->text, who,
              fallback->voice, fallback->reason);
}

size_t session_report_voicing(struct session *session)
{
    size_t count = 0;
    const struct report_fallback *fallbacks = session_fallbacks(session, &count);
    for (size_t i = 0; i < count && i < SESSION_FALLBACKS_SHOWN; i++)
        warn(session, &fallbacks[i]);
    if (count > SESSION_FALLBACKS_SHOWN) {
        const struct place nowhere = {0};
        diags_add(session->host.diags, SEVERITY_WARNING, nowhere, "limber plan --json lists all",
                  "and %zu more texts were not spoken as asked", count - SESSION_FALLBACKS_SHOWN);
    }
    return count;
}

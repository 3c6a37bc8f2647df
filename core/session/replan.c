/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replan.c: changing one's mind in the middle: other detail, another voice. */
#include <stdlib.h>

#include "session/parts.h"
#include "timeline/landmark.h"

enum detail session_detail(const struct session *session)
{
    return session->options.detail;
}

bool session_detail_is(const struct session *session, enum detail detail)
{
    return session->options.detail == detail && (session->same_detail || !session->coached);
}

bool session_no_tips(const struct session *session)
{
    return session->options.no_tips;
}

/* A script with the options as they are now, not in use yet. */
static struct script *same_again(struct session *session)
{
    return script_new(session, session->has_fit ? &session->fit.choice : NULL);
}

/* Puts a script in the place of the one now. Takes the map. */
static void use(struct session *session, struct script *script, uint32_t *map)
{
    script->before = session->script;
    session->script = script;
    free(session->map);
    session->map = map;
    timeline_destroy(session->planned);
    session->planned = NULL;
}

enum limber_status session_replan(struct session *session, const enum detail *detail, bool no_tips,
                                  struct timeline_from *from, struct timeline_changes *changes)
{
    const struct session_options before = session->options;
    const bool same_before = session->same_detail;
    const struct plan *old = session->script->plan;
    if (detail) {
        session->options.detail = *detail;
        session->same_detail = true;
    }
    session->options.no_tips = no_tips;
    struct script *script = same_again(session);
    if (!script) {
        session->options = before;
        session->same_detail = same_before;
        return LIMBER_INVALID;
    }
    uint32_t *map = landmark_map(old, script->plan);
    if (from)
        landmark_map_point(map, old, script->plan, from);
    if (changes)
        landmark_map_changes(map, changes);
    script_request_words(script, from ? from->step : 0);
    use(session, script, map);
    return LIMBER_OK;
}

enum limber_status session_set_voice(struct session *session, const char *name, size_t step,
                                     char **error)
{
    enum limber_status status = cast_choose(session->cast, name, error);
    if (status != LIMBER_OK)
        return status;
    struct script *script = same_again(session);
    if (!script)
        return LIMBER_INVALID;
    script_request_words(script, step);
    use(session, script, NULL);
    return LIMBER_OK;
}

uint32_t session_cue_now(const struct session *session, uint32_t cue)
{
    const struct script *before = session->script->before;
    if (!session->map || !before || cue >= before->plan->cue_count)
        return cue;
    return session->map[cue];
}

void session_let_go(struct session *session)
{
    free(session->map);
    session->map = NULL;
    while (session->script && session->script->before) {
        struct script *before = session->script->before;
        session->script->before = before->before;
        script_destroy(before);
    }
    timeline_destroy(session->planned);
    session->planned = NULL;
}

frames session_planned_length(struct session *session)
{
    if (!session->planned)
        session->planned = session_timeline(session, NULL, NULL);
    timeline_resolve(session->planned);
    return timeline_expected_length(session->planned);
}

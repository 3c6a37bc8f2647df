/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h: the inside of a session, shared by the files of this folder only. */
#ifndef SESSION_PARTS_H
#define SESSION_PARTS_H

#include "session/coaching.h"
#include "session/session.h"
#include "session/theme.h"

/* A plan, and who says its words. */
struct script {
    struct session *session;
    struct plan *plan;
    uint32_t *cast_ids;    /* by cue; meaningful for spoken cues */
    struct script *before; /* that may still be playing, or NULL */
};

struct session {
    struct session_host host;
    struct session_options options;
    struct arena *arena;
    const char *phrase_folder;
    struct theme *theme;
    struct routine *routine;
    struct script *script;    /* now */
    uint32_t *map;            /* cues of script->before → script's, or NULL: the same */
    struct timeline *planned; /* of the plan without changes, or NULL: not asked for yet */
    struct cast *cast;
    struct coach coach; /* where `coached` */
    bool coached;
    bool same_detail; /* options.detail is that of every move */
    struct plan_fit fit;
    bool has_fit;
    uint32_t rate_hz, channels;
};

/* Asks the coach, or reads the choices that were made before. */
void session_ask_coach(struct session *session);
/* A new plan with the session's options and this choice (NULL: by level); its words are not asked
 * for yet. NULL: told in diags. */
struct script *script_new(struct session *session, const struct plan_choice *choice);
void script_destroy(struct script *script);
/* Asks for every spoken cue, from `step` on, then those before. */
void script_request_words(struct script *script, size_t step);
/* Whether words of a feed give way to those that are spoken over it. */
bool over_gives_way(const struct feed *feed, const struct cue *cue,
                    const struct timeline_entry *entry);
struct timeline_lengths script_lengths(const struct script *script);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h: the inside of a session, shared by the files of this folder only. */
#ifndef SESSION_PARTS_H
#define SESSION_PARTS_H

#include "session/session.h"
#include "session/theme.h"

struct session {
    struct session_host host;
    struct session_options options;
    struct arena *arena;
    const char *phrase_folder;
    struct theme *theme;
    struct routine *routine;
    struct plan *plan;
    struct cast *cast;
    uint32_t *cast_ids; /* by cue; meaningful for spoken cues */
    struct plan_fit fit;
    bool has_fit;
    uint32_t rate_hz, channels;
};

struct timeline_lengths session_lengths(struct session *session);

#endif

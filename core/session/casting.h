/* SPDX-License-Identifier: GPL-3.0-or-later */
/* casting.h: voices where this program has them: their folders, their cache, their worker. [main]
 */
#ifndef SESSION_CASTING_H
#define SESSION_CASTING_H

#include "session/session.h"

struct casting {
    const char *voice;    /* as cast_options.voice */
    const char *language; /* likewise */
    uint32_t rate_hz;
    uint64_t seed;
    const struct clip *tone_code;
    bool no_cache;
};

/* A cast with all it needs; the paths live in `arena`, which outlives it. Errors: as cast_new(),
 * FAILED (the installation is incomplete), each with *error (malloc'ed). */
enum limber_status casting_new(const struct session_host *host, const struct casting *casting,
                               struct arena *arena, struct cast **cast, char **error);

/* The folder of the cache, or NULL when there is no home. */
const char *casting_cache_folder(struct arena *arena);

#endif

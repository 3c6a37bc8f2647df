/* SPDX-License-Identifier: GPL-3.0-or-later */
/* casting.c: a cast with this program's folders. */
#include "session/casting.h"

#include "base/arena.h"
#include "base/file.h"

const char *casting_cache_folder(struct arena *arena)
{
    const char *inside = file_user_cache(arena, "clips");
    return inside ? file_folder(arena, inside) : NULL;
}

enum limber_status casting_new(const struct session_host *host, const struct casting *casting,
                               struct arena *arena, struct cast **cast, char **error)
{
    const struct cast_options options = {
        .loop = host->loop,
        .registry = host->registry,
        .voice = casting->voice,
        .language = casting->language,
        .voices_folder = file_program_data(arena, "voices"),
        .cache_folder = casting->no_cache ? NULL : casting_cache_folder(arena),
        .worker_program = file_program_lib(arena, "limber-worker"),
        .rate_hz = casting->rate_hz,
        .seed = casting->seed,
        .tone_code = casting->tone_code,
    };
    if (!options.worker_program) {
        *error = xstrdup("the program limber-worker is missing: the installation is incomplete");
        return LIMBER_FAILED;
    }
    return cast_new(&options, cast, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file_places.c: where configuration, data and the program's own files are. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"

/* --- The person's own places --- */

static char *user_place(struct arena *arena, const char *variable, const char *in_home,
                        const char *name)
{
    const char *base = getenv(variable);
    if (!base || base[0] != '/') { /* the XDG specification: relative paths are ignored */
        const char *home = getenv("HOME");
        if (!home || home[0] != '/')
            return NULL;
        base = file_join(arena, home, in_home);
    }
    return file_join(arena, file_join(arena, base, "limber"), name);
}

char *file_user_config(struct arena *arena, const char *name)
{
    return user_place(arena, "XDG_CONFIG_HOME", ".config", name);
}

char *file_user_data(struct arena *arena, const char *name)
{
    return user_place(arena, "XDG_DATA_HOME", ".local/share", name);
}

char *file_user_cache(struct arena *arena, const char *name)
{
    return user_place(arena, "XDG_CACHE_HOME", ".cache", name);
}

char *file_user_state(struct arena *arena, const char *name)
{
    return user_place(arena, "XDG_STATE_HOME", ".local/state", name);
}

/* --- The program's places --- */

/* The folder two above the running binary's, or what lies above "lib": <prefix> of <prefix>/bin/X,
 * <prefix>/lib/limber/X and <prefix>/lib/x86_64-linux-gnu/limber/X. NULL if unknown. */
static char *running_prefix(struct arena *arena, char **binary)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    if (str_ends_with(path, " (deleted)")) /* replaced by an upgrade while running */
        path[length - (ssize_t)strlen(" (deleted)")] = '\0';
    *binary = arena_strdup(arena, path);
    char *folder = file_folder(arena, path);
    if (strcmp(file_name(folder), "limber") == 0) {
        for (char *up = file_folder(arena, folder); strlen(up) > 1; up = file_folder(arena, up))
            if (str_starts_with(file_name(up), "lib"))
                return file_folder(arena, up);
    }
    return file_folder(arena, folder);
}

static bool inside(struct arena *arena, const char *path, const char *folder)
{
    char resolved[PATH_MAX];
    if (!realpath(folder, resolved))
        return false;
    return str_starts_with(path, file_join(arena, resolved, "")) && path[strlen(resolved)] == '/';
}

static char *if_there(struct arena *arena, const char *folder, const char *name)
{
    char *path = file_join(arena, folder, name);
    return access(path, F_OK) == 0 ? path : NULL;
}

/* An installed tree never looks into the build tree, not even when it was installed inside it. */
static bool runs_from_build(struct arena *arena, const char *prefix, const char *binary)
{
    return inside(arena, binary, LIMBER_BINARY_DIR) &&
           !file_is_folder(file_join(arena, prefix, "share/limber"));
}

static char *compiled_in(struct arena *arena, const char *folder)
{
    char *root =
        folder[0] == '/' ? arena_strdup(arena, folder) : file_join(arena, LIMBER_PREFIX, folder);
    return file_join(arena, root, "limber");
}

char *file_program_data(struct arena *arena, const char *name)
{
    const char *chosen = getenv("LIMBER_DATA_DIR");
    char *found = chosen && *chosen ? if_there(arena, chosen, name) : NULL;
    char *binary = NULL, *prefix = running_prefix(arena, &binary);
    if (!found && prefix && runs_from_build(arena, prefix, binary)) {
        found = if_there(arena, LIMBER_SOURCE_DIR, name);
        if (!found)
            found = if_there(arena, LIMBER_BINARY_DIR, name);
    } else if (!found && prefix) {
        found = if_there(arena, file_join(arena, prefix, "share/limber"), name);
    }
    return found ? found : if_there(arena, compiled_in(arena, LIMBER_DATADIR), name);
}

char *file_program_lib(struct arena *arena, const char *name)
{
    const char *chosen = getenv("LIMBER_LIBEXEC_DIR");
    char *found = chosen && *chosen ? if_there(arena, chosen, name) : NULL;
    char *binary = NULL, *prefix = running_prefix(arena, &binary);
    if (!found && prefix && runs_from_build(arena, prefix, binary))
        found = if_there(arena, LIMBER_BINARY_DIR "/lib/limber", name);
    else if (!found && prefix) {
        const char *folders[] = {LIMBER_LIBDIR "/limber", "lib/limber", "lib64/limber"};
        /* The helper lies in the folder itself. */
        if (strcmp(file_name(file_folder(arena, binary)), "limber") == 0)
            found = if_there(arena, file_folder(arena, binary), name);
        for (size_t i = 0; i < sizeof folders / sizeof *folders && !found; i++)
            if (folders[i][0] != '/')
                found = if_there(arena, file_join(arena, prefix, folders[i]), name);
    }
    return found ? found : if_there(arena, compiled_in(arena, LIMBER_LIBDIR), name);
}

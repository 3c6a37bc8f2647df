/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_remove.c: taking a voice away. */
#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "studio/archive.h"
#include "studio/archive_stage.h"

#define OPEN_FDS 16

/* nftw() has no context. [main] */
static struct archive_contents *counted;

static bool is_recording(const char *path)
{
    static const char *const endings[] = {".wav", ".flac", ".ogg",  ".oga", ".opus",
                                          ".mp3", ".aif",  ".aiff", ".w64", ".caf"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++) {
        if (str_equal_nocase(dot, endings[i]))
            return true;
    }
    return false;
}

static int count_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    if (kind == FTW_F) {
        counted->file_count++;
        counted->recording_count += is_recording(path);
    }
    return 0;
}

/* Names that could lead elsewhere; a voice that was made by hand may have an odd one. */
static bool is_name(const char *name)
{
    return *name && !strchr(name, '/') && name[0] != '.' && strcmp(name, "dictionary") != 0;
}

enum limber_status archive_look(const char *folder, const char *name,
                                struct archive_contents *contents)
{
    struct stat info;
    enum limber_status status = LIMBER_OK;
    *contents = (struct archive_contents){0};
    if (!is_name(name))
        return LIMBER_INVALID;
    struct arena *arena = arena_new();
    const char *path = file_join(arena, folder, name);
    if (lstat(path, &info) != 0)
        status = errno == ENOENT || errno == ENOTDIR ? LIMBER_NOT_FOUND : LIMBER_IO;
    else if (S_ISLNK(info.st_mode))
        contents->link = true;
    else if (!S_ISDIR(info.st_mode))
        status = LIMBER_NOT_FOUND;
    counted = contents;
    if (status == LIMBER_OK && !contents->link)
        nftw(path, count_one, OPEN_FDS, FTW_PHYS);
    arena_destroy(arena);
    return status;
}

enum limber_status archive_remove(const char *folder, const char *name)
{
    struct archive_contents contents;
    struct archive_stage stage;
    enum limber_status status = archive_look(folder, name, &contents);
    if (status != LIMBER_OK)
        return status;
    status = archive_stage_open(folder, &stage);
    if (status != LIMBER_OK)
        return status;
    status = archive_stage_take(&stage, name);
    int saved = errno;
    archive_stage_close(&stage);
    errno = saved;
    return status;
}

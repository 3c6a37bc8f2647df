/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_stage.c: see archive_stage.h. A stage is locked by its maker; the lock goes with the
 * process, so that a stage without one is known to be nobody's. */
#include "studio/archive_stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"

#define PREFIX   ".limber-stage-"
#define TRIES    100
#define OPEN_FDS 16 /* of a deletion */

static int delete_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    if (kind == FTW_DP || kind == FTW_DNR)
        (void)!rmdir(path);
    else
        (void)!unlink(path);
    return 0;
}

/* Follows no link. Folders that their owner may not enter are opened up first. */
static int open_up(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    if (kind == FTW_DNR || kind == FTW_D)
        (void)!chmod(path, 0700);
    return 0;
}

static void delete_tree(const char *path)
{
    nftw(path, open_up, OPEN_FDS, FTW_PHYS);
    nftw(path, delete_one, OPEN_FDS, FTW_PHYS | FTW_DEPTH);
}

/* The folder, locked; −1 when another process has it, or it is gone. `own`: a new one, which is
 * good without a lock where the file system has none. */
static int lock_folder(const char *path, bool own)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0 || (own && errno != EWOULDBLOCK);
    if (locked && fstat(fd, &info) == 0 && info.st_nlink > 0)
        return fd;
    close(fd);
    return -1;
}

static void clear_old(const char *folder)
{
    DIR *listing = opendir(folder);
    struct arena *arena = arena_new();
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        if (!str_starts_with(entry->d_name, PREFIX))
            continue;
        const char *path = file_join(arena, folder, entry->d_name);
        int fd = lock_folder(path, false);
        if (fd >= 0) {
            delete_tree(path);
            close(fd);
        }
    }
    if (listing)
        closedir(listing);
    arena_destroy(arena);
}

enum limber_status archive_stage_open(const char *folder, struct archive_stage *stage)
{
    *stage = (struct archive_stage){.lock_fd = -1};
    clear_old(folder);
    struct arena *arena = arena_new();
    for (int i = 0; i < TRIES && stage->lock_fd < 0; i++) {
        const char *path = arena_printf(arena, "%s/" PREFIX "%ld-%d", folder, (long)getpid(), i);
        bool made = mkdir(path, 0700) == 0;
        if (!made && errno != EEXIST)
            break;
        stage->lock_fd = made ? lock_folder(path, true) : -1;
        if (stage->lock_fd >= 0) {
            stage->path = xstrdup(path);
            stage->folder = xstrdup(folder);
        }
    }
    int saved = errno;
    arena_destroy(arena);
    errno = saved;
    return stage->lock_fd >= 0 ? LIMBER_OK : LIMBER_IO;
}

void archive_stage_close(struct archive_stage *stage)
{
    if (stage->path)
        delete_tree(stage->path);
    if (stage->lock_fd >= 0)
        close(stage->lock_fd);
    free(stage->path);
    free(stage->folder);
    *stage = (struct archive_stage){.lock_fd = -1};
}

/* --- in and out of place --- */

static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems cannot do this; the move is done all the same */
        close(fd);
    }
}

/* For file systems that cannot exchange: aside, in, and back when that fails. */
static bool replace_in_steps(const char *from, const char *to, const char *aside)
{
    if (rename(to, aside) != 0)
        return false;
    if (rename(from, to) == 0)
        return true;
    int saved = errno;
    (void)!rename(aside, to);
    errno = saved;
    return false;
}

static bool move(const char *from, const char *to, const char *aside, bool replace)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno == EEXIST && replace) {
        if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0)
            return true;
        return (errno == EINVAL || errno == ENOSYS) && replace_in_steps(from, to, aside);
    }
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    /* A file system without the flags: rename() itself replaces nothing but an empty folder. */
    if (access(to, F_OK) != 0)
        return rename(from, to) == 0;
    errno = EEXIST;
    return replace && replace_in_steps(from, to, aside);
}

enum limber_status archive_stage_place(struct archive_stage *stage, const char *inner,
                                       const char *name, bool replace)
{
    struct arena *arena = arena_new();
    const char *from = file_join(arena, stage->path, inner);
    const char *to = file_join(arena, stage->folder, name);
    enum limber_status status = LIMBER_OK;
    if (syncfs(stage->lock_fd) != 0)
        status = LIMBER_IO;
    else if (!move(from, to, file_join(arena, stage->path, "before"), replace))
        status = errno == EEXIST || errno == ENOTEMPTY ? LIMBER_BUSY : LIMBER_IO;
    int saved = errno;
    if (status == LIMBER_OK)
        sync_folder(stage->folder);
    arena_destroy(arena);
    errno = saved;
    return status;
}

enum limber_status archive_stage_take(struct archive_stage *stage, const char *name)
{
    struct arena *arena = arena_new();
    const char *from = file_join(arena, stage->folder, name);
    bool moved = rename(from, file_join(arena, stage->path, "removed")) == 0;
    enum limber_status status = moved ? LIMBER_OK : errno == ENOENT ? LIMBER_NOT_FOUND : LIMBER_IO;
    if (moved)
        sync_folder(stage->folder);
    arena_destroy(arena);
    return status;
}

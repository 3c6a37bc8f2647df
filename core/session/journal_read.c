/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_read.c: finding what was left, and sweeping what is of no use. A file is looked at and
 * changed only with its lock, so never one whose session still runs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "session/journal_inside.h"

#define LOG_MODULE "session"
#include "base/log.h"

#define MOST_FILES 256
#define DAY_MS     (INT64_C(24) * 3600 * 1000)

struct candidate {
    char *path, *page_path;
    int fd; /* locked */
    struct journal_parsed parsed;
};

struct journal_recovery {
    struct arena *arena;
    struct candidate left;
};

/* The file, locked; −1: gone, none of ours, or its session still runs. */
static int open_locked(const char *path)
{
    struct stat here, there;
    int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = open(path, O_RDWR | flags);
    if (fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM))
        fd = open(path, O_RDONLY | flags);
    if (fd < 0)
        return -1;
    /* A running session may have put a new file in its place since. */
    if (fstat(fd, &here) == 0 && S_ISREG(here.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        lstat(path, &there) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev)
        return fd;
    close(fd);
    return -1;
}

/* Up to `most` bytes from the beginning; false when it cannot be read. */
static bool read_start(int fd, char *data, size_t most, size_t *size)
{
    *size = 0;
    while (*size < most) {
        ssize_t got = pread(fd, data + *size, most - *size, (off_t)*size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *size += (size_t)got;
    }
    return true;
}

static void take_page(struct candidate *candidate)
{
    char boot[JOURNAL_BOOT_CHARS + 1], page[sizeof(struct journal_page)];
    size_t size = 0;
    int fd = open(candidate->page_path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return;
    journal_boot(boot);
    if (read_start(fd, page, sizeof page, &size))
        journal_apply_page(&candidate->parsed, page, size, boot);
    close(fd);
}

/* Removes the files (when `remove`) and gives the lock back. */
static void let_go(struct candidate *candidate, bool remove)
{
    if (remove) {
        unlink(candidate->path);
        unlink(candidate->page_path);
    }
    close(candidate->fd);
}

static void set_aside(const struct candidate *candidate, struct arena *arena)
{
    char *name = arena_printf(arena, "%s.damaged", candidate->path);
    if (rename(candidate->path, name) == 0)
        log_warning("where an earlier session was left cannot be read any more; "
                    "the damaged file is now %s",
                    name);
    else
        log_warning("%s is damaged and cannot be moved aside: %s", candidate->path,
                    strerror(errno));
    unlink(candidate->page_path);
}

/* Looks at one file. True: its session can be gone on with, and the lock is kept. */
static bool look_at(struct candidate *candidate, struct arena *arena, int64_t now_ms)
{
    size_t size = 0;
    candidate->fd = open_locked(candidate->path);
    if (candidate->fd < 0)
        return false;
    char *data = xmalloc(JOURNAL_LIMIT_BYTES);
    bool readable = read_start(candidate->fd, data, JOURNAL_LIMIT_BYTES, &size);
    enum journal_state state =
        readable ? journal_parse(data, size, arena, &candidate->parsed) : JOURNAL_NEWER;
    free(data);
    const struct journal_found *found = &candidate->parsed.found;
    if (state == JOURNAL_LEFT && found->checkpoint &&
        now_ms - found->left_ms <= JOURNAL_KEEP_DAYS * DAY_MS) {
        if (candidate->parsed.good < size)
            (void)!ftruncate(candidate->fd, (off_t)candidate->parsed.good);
        take_page(candidate);
        return true;
    }
    if (state == JOURNAL_DAMAGED)
        set_aside(candidate, arena);
    let_go(candidate, state == JOURNAL_LEFT || state == JOURNAL_OVER);
    return false;
}

/* What no journal belongs to any more, or never did: positions, half-written files, damaged ones.
 */
static void sweep_strays(const char *folder, struct arena *arena, int64_t now_ms)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        const char *name = entry->d_name;
        char *path = file_join(arena, folder, name);
        struct stat info;
        int64_t days = 1;
        if (str_ends_with(name, ".journal.damaged")) {
            days = JOURNAL_KEEP_DAYS;
        } else if (str_ends_with(name, ".position")) {
            int stem = (int)(strlen(path) - strlen(".position"));
            if (file_exists(arena_printf(arena, "%.*s.journal", stem, path)))
                continue;
        } else if (name[0] != '.' || !strstr(name, ".journal.") || !str_ends_with(name, ".tmp")) {
            continue;
        }
        if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) &&
            now_ms - (int64_t)info.st_mtime * 1000 > days * DAY_MS)
            unlink(path);
    }
    if (dir)
        closedir(dir);
}

static int newest_first(const void *a, const void *b)
{
    const struct candidate *one = a, *two = b;
    int64_t left = one->parsed.found.left_ms, right = two->parsed.found.left_ms;
    if (left != right)
        return left > right ? -1 : 1;
    return strcmp(one->path, two->path);
}

/* Whether another one has taken its place; its process was killed before it could remove it. */
static bool is_replaced(const struct candidate *candidate, const struct candidate *all,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *after = all[i].parsed.found.about.after;
        if (&all[i] != candidate && after && strcmp(after, candidate->parsed.found.id) == 0)
            return true;
    }
    return false;
}

/* The newest that none has taken the place of. */
static size_t choose(const struct candidate *left, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_replaced(&left[i], left, count))
            return i;
    return 0;
}

struct journal_recovery *journal_recover(const char *folder, int64_t now_ms)
{
    struct arena *arena = arena_new();
    struct journal_recovery *recovery = NULL;
    VEC(struct candidate) left = {0};
    size_t count = 0;
    if (!folder)
        folder = file_user_state(arena, "journal");
    const char *const *names = file_list(arena, folder, MOST_FILES, &count);
    for (size_t i = 0; i < count; i++) {
        if (!str_ends_with(names[i], ".journal"))
            continue;
        int stem = (int)(strlen(names[i]) - strlen(".journal"));
        struct candidate candidate = {
            .path = file_join(arena, folder, names[i]),
            .page_path = arena_printf(arena, "%s/%.*s.position", folder, stem, names[i])};
        if (look_at(&candidate, arena, now_ms))
            *vec_push(&left) = candidate;
    }
    if (left.count > 0)
        qsort(left.items, left.count, sizeof *left.items, newest_first);
    size_t chosen = choose(left.items, left.count);
    for (size_t i = 0; i < left.count; i++)
        if (i != chosen)
            let_go(&left.items[i],
                   i >= JOURNAL_KEEP || is_replaced(&left.items[i], left.items, left.count));
    if (folder)
        sweep_strays(folder, arena, now_ms);
    if (left.count > 0) {
        recovery = xcalloc(1, sizeof *recovery);
        *recovery = (struct journal_recovery){arena, left.items[chosen]};
    } else {
        arena_destroy(arena);
    }
    vec_free(&left);
    return recovery;
}

const struct journal_found *journal_found(const struct journal_recovery *recovery)
{
    return &recovery->left.parsed.found;
}

void journal_recovery_end(struct journal_recovery *recovery, bool done)
{
    if (!recovery)
        return;
    let_go(&recovery->left, done);
    arena_destroy(recovery->arena);
    free(recovery);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c: whole files, folders and names. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/vec.h"

static enum limber_status status_of_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return LIMBER_NOT_FOUND;
    case ENXIO: /* a socket, or a device without a driver */
    case ELOOP:
        return LIMBER_INVALID;
    default:
        return LIMBER_IO;
    }
}

/* Reads to the end: a file may grow, and those of /proc say 0. */
static enum limber_status read_all(int fd, size_t expected, size_t limit, char **data,
                                   size_t *length)
{
    size_t room = expected < limit ? expected + 1 : limit + 1, count = 0;
    char *buffer = xmalloc(room);
    enum limber_status status = LIMBER_OK;
    for (;;) {
        if (count > limit) {
            status = LIMBER_LIMIT;
            break;
        }
        if (count == room) {
            room = room < 4096 ? 8192 : room * 2;
            room = room > limit + 1 ? limit + 1 : room;
            buffer = xrealloc(buffer, room);
        }
        ssize_t got = read(fd, buffer + count, room - count);
        if (got == 0)
            break;
        if (got > 0) {
            count += (size_t)got;
        } else if (errno != EINTR) {
            status = LIMBER_IO;
            break;
        }
    }
    *data = buffer;
    *length = count;
    return status;
}

enum limber_status file_read(const char *path, size_t limit, struct arena *arena, char **text,
                             size_t *length)
{
    enum limber_status status;
    struct stat info;
    char *buffer = NULL;
    size_t count = 0;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return status_of_errno();
    if (limit > SIZE_MAX / 4)
        limit = SIZE_MAX / 4;
    if (fstat(fd, &info) != 0) {
        status = LIMBER_IO;
        goto out;
    }
    if (!S_ISREG(info.st_mode)) {
        status = LIMBER_INVALID;
        goto out;
    }
    if ((uintmax_t)info.st_size > limit) {
        status = LIMBER_LIMIT;
        goto out;
    }
    status = read_all(fd, (size_t)info.st_size, limit, &buffer, &count);
    if (status != LIMBER_OK)
        goto out;
    *text = arena_strndup(arena, buffer, count);
    if (length)
        *length = count;
out:
    free(buffer);
    close(fd);
    return status;
}

enum limber_status file_write(const char *path, const char *text, size_t length)
{
    struct atomic_file *file;
    enum limber_status status = atomic_file_open(path, &file);
    if (status != LIMBER_OK)
        return status;
    for (size_t done = 0; done < length;) {
        ssize_t put = write(atomic_file_fd(file), text + done, length - done);
        if (put > 0) {
            done += (size_t)put;
        } else if (put < 0 && errno != EINTR) {
            int saved = errno;
            atomic_file_abort(file);
            errno = saved;
            return LIMBER_IO;
        }
    }
    return atomic_file_commit(file, true);
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool file_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

enum limber_status file_make_folders(const char *path)
{
    if (!*path)
        return LIMBER_INVALID;
    char *copy = xstrdup(path);
    enum limber_status status = LIMBER_OK;
    for (char *at = copy + 1; status == LIMBER_OK; at++) {
        if (*at != '/' && *at != '\0')
            continue;
        char kept = *at;
        *at = '\0';
        /* Existing folders may refuse mkdir with something else than EEXIST (a read-only disk). */
        if (mkdir(copy, 0700) != 0 && !file_is_folder(copy))
            status = LIMBER_IO;
        *at = kept;
        if (!kept)
            break;
    }
    free(copy);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *file_list(struct arena *arena, const char *folder, size_t most, size_t *count)
{
    VEC(const char *) names = {0};
    DIR *listing = folder ? opendir(folder) : NULL;
    for (struct dirent *entry; listing && names.count < most && (entry = readdir(listing));) {
        if (entry->d_name[0] != '.')
            *vec_push(&names) = arena_strdup(arena, entry->d_name);
    }
    if (listing)
        closedir(listing);
    *count = names.count;
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, compare_names);
    return vec_to_arena(&names, arena);
}

char *file_join(struct arena *arena, const char *folder, const char *name)
{
    if (!folder || !*folder)
        return arena_strdup(arena, name);
    if (!name || !*name)
        return arena_strdup(arena, folder);
    bool slash = folder[strlen(folder) - 1] == '/';
    return arena_printf(arena, "%s%s%s", folder, slash ? "" : "/", name);
}

char *file_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return arena_strdup(arena, ".");
    if (slash == path)
        return arena_strdup(arena, "/");
    return arena_strndup(arena, path, (size_t)(slash - path));
}

const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

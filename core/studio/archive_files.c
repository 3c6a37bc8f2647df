/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_files.c: the writing side of unpacking. Files are made new, never opened, below a folder
 * in which nothing but this makes anything: no name can lead elsewhere. */
#include "studio/archive_files.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

#define VOICE_FILE "voice.yaml"

void archive_files_init(struct archive_files *files, struct arena *arena, int folder_fd,
                        uint64_t archive_size)
{
    *files = (struct archive_files){.rules = {.arena = arena, .archive_size = archive_size},
                                    .folder_fd = folder_fd,
                                    .fd = -1,
                                    .sum = xcalloc(1, sizeof *files->sum)};
}

/* Keeps the words for a failed system call; returns false. */
static bool broken(struct archive_files *files, const char *name)
{
    const char *shown = archive_rules_shown(files->rules.arena, name, strlen(name));
    files->rules.why.length = 0;
    if (errno == EEXIST || errno == ENOTDIR) {
        files->status = LIMBER_INVALID;
        str_printf(&files->rules.why, "%s is in it twice", shown);
    } else {
        files->status = LIMBER_IO;
        str_printf(&files->rules.why, "%s cannot be written: %s", shown, strerror(errno));
    }
    return false;
}

/* Makes the folders of a path, and the last part too when `whole`. */
static bool make_folders(struct archive_files *files, const char *path, bool whole)
{
    char part[ARCHIVE_NAME_MOST + 1];
    struct stat info;
    size_t length = strlen(path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && !(whole && i == length))
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdirat(files->folder_fd, part, 0755) == 0)
            continue;
        if (errno != EEXIST)
            return broken(files, path);
        if (fstatat(files->folder_fd, part, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISDIR(info.st_mode)) {
            errno = EEXIST;
            return broken(files, path);
        }
    }
    return true;
}

/* Ends the file that was being written. */
static bool end_file(struct archive_files *files)
{
    struct manifest_file *file =
        files->items.count > 0 ? &files->items.items[files->items.count - 1] : NULL;
    int fd = files->fd;
    files->fd = -1;
    if (files->kept && file) {
        sha256_digest(files->sum, sizeof file->sum, file->sum);
        file->size = files->rules.file;
    }
    files->kept = false;
    return fd < 0 || close(fd) == 0 || broken(files, file ? file->name : "");
}

static bool take_entry(void *context, bool folder, const char *name, size_t length)
{
    struct archive_files *files = context;
    const char *clean = "";
    if (!end_file(files))
        return false;
    enum archive_verdict verdict = archive_rules_entry(&files->rules, folder, name, length, &clean);
    if (verdict == ARCHIVE_REFUSE) {
        files->status = LIMBER_INVALID;
        return false;
    }
    if (verdict == ARCHIVE_SKIP)
        files->skipped++;
    if (verdict == ARCHIVE_SKIP || !*clean)
        return true;
    if (files->folder_fd >= 0 && !make_folders(files, clean, folder))
        return false;
    if (folder)
        return true;
    if (files->folder_fd >= 0) {
        files->fd = openat(files->folder_fd, clean,
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (files->fd < 0)
            return broken(files, clean);
    }
    *vec_push(&files->items) = (struct manifest_file){.name = clean};
    sha256_init(files->sum);
    files->kept = true;
    return true;
}

static bool take_data(void *context, const void *data, size_t size)
{
    struct archive_files *files = context;
    const char *from = data;
    if (!archive_rules_data(&files->rules, size)) {
        files->status = LIMBER_INVALID;
        return false;
    }
    if (files->progress && !files->progress(files->context, files->rules.total, 0)) {
        files->status = LIMBER_CANCELLED;
        return false;
    }
    if (files->kept)
        sha256_update(files->sum, size, data);
    while (files->fd >= 0 && size > 0) {
        ssize_t put = write(files->fd, from, size);
        if (put < 0 && errno != EINTR)
            return broken(files, files->items.items[files->items.count - 1].name);
        if (put > 0) {
            from += put;
            size -= (size_t)put;
        }
    }
    return true;
}

struct archive_sink archive_files_sink(struct archive_files *files)
{
    return (struct archive_sink){.entry = take_entry, .data = take_data, .context = files};
}

enum limber_status archive_files_finish(struct archive_files *files)
{
    if (!end_file(files))
        return files->status;
    return archive_rules_finish(&files->rules) ? LIMBER_OK : LIMBER_INVALID;
}

void archive_files_free(struct archive_files *files)
{
    if (files->fd >= 0)
        close(files->fd);
    free(files->sum);
    vec_free(&files->items);
    archive_rules_free(&files->rules);
}

/* --- the folder around all --- */

static bool has(const struct archive_files *files, const char *name)
{
    for (size_t i = 0; i < files->items.count; i++) {
        if (strcmp(files->items.items[i].name, name) == 0)
            return true;
    }
    return false;
}

const char *archive_files_top(struct archive_files *files)
{
    struct arena *arena = files->rules.arena;
    const char *top = "", *other = "";
    bool inside = true; /* all lie in one folder */
    if (has(files, VOICE_FILE))
        return "";
    files->rules.why.length = 0;
    for (size_t i = 0; i < files->rules.names.count; i++) {
        const struct archive_name *name = &files->rules.names.items[i];
        size_t length = strcspn(name->name, "/");
        const char *first = arena_strndup(arena, name->name, length);
        inside &= name->folder || name->name[length] == '/';
        if (!*top)
            top = first;
        else if (strcmp(first, top) != 0)
            other = first;
    }
    if (inside && *top && !*other && has(files, arena_printf(arena, "%s/" VOICE_FILE, top)))
        return top;
    if (*other)
        str_printf(&files->rules.why,
                   "it must hold one folder, that of the voice, but there are \"%s\" and \"%s\"",
                   top, other);
    else
        str_add(&files->rules.why, "there is no " VOICE_FILE " in it: it is no voice");
    return NULL;
}

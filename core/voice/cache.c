/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache.c: <folder>/clips/ab/<hash>.clip and <folder>/engines/<hash>. */
#define LOG_MODULE "voice"
#include "voice/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audio/clip.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "voice/cache_inside.h"

#define ENGINE_FIRST_LINE "limber-engine 1"
#define TOUCH_EVERY_S     3600      /* how exactly the last use is known */
#define RESERVE_BYTES     (8 << 20) /* for a new clip: half a minute and more */
#define ENGINE_MOST       65536     /* bytes of what is remembered of one */

struct cache *cache_new(const char *folder)
{
    struct cache *cache = xcalloc(1, sizeof *cache);
    cache->clips_fd = -1;
    if (!folder) {
        return cache;
    }
    struct arena *arena = arena_new();
    const char *clips = file_join(arena, folder, "clips");
    const char *engines = file_join(arena, folder, "engines");
    enum limber_status status = file_make_folders(clips);
    if (status == LIMBER_OK) {
        status = file_make_folders(engines);
    }
    if (status == LIMBER_OK && access(clips, W_OK | X_OK) == 0) {
        cache->clips_fd = open(clips, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    if (cache->clips_fd >= 0) {
        cache->folder = xstrdup(folder);
    } else {
        log_warning("the cache %s cannot be used (%s); speech is made anew each time", folder,
                    strerror(errno));
    }
    arena_destroy(arena);
    return cache;
}

void cache_destroy(struct cache *cache)
{
    if (cache) {
        if (cache->clips_fd >= 0) {
            close(cache->clips_fd);
        }
        free(cache->folder);
        free(cache);
    }
}

bool cache_is_usable(const struct cache *cache)
{
    return cache->clips_fd >= 0;
}

/* --- clips --- */

struct clip_name {
    char folder[3];
    char file[48]; /* with its folder */
};

static struct clip_name name_of(const char *key)
{
    struct clip_name name;
    snprintf(name.folder, sizeof name.folder, "%.2s", key);
    snprintf(name.file, sizeof name.file, "%.2s/%.32s.clip", key, key);
    return name;
}

/* Notes that the clip was used, on file systems that do not (noatime) or not each time. */
static void touch(int fd)
{
    struct stat about;
    const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
    if (fstat(fd, &about) == 0 && time(NULL) - about.st_atime >= TOUCH_EVERY_S) {
        futimens(fd, times);
    }
}

struct clip *cache_find(struct cache *cache, const char *key)
{
    if (cache->clips_fd < 0) {
        return NULL;
    }
    struct clip_name name = name_of(key);
    int fd = openat(cache->clips_fd, name.file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        if (errno == ELOOP) { /* a link: nobody of us made it */
            unlinkat(cache->clips_fd, name.file, 0);
        }
        return NULL;
    }
    struct clip *clip = NULL;
    touch(fd);
    enum limber_status status = clip_map_fd(fd, &clip);
    close(fd);
    if (status == LIMBER_INVALID) {
        log_info("a damaged clip in the cache is made again: %s", name.file);
        unlinkat(cache->clips_fd, name.file, 0);
    }
    return status == LIMBER_OK ? clip : NULL;
}

/* A nameless file with room for a clip, so that a full disk is noticed before anything is made. */
static int new_file(int folder_fd, const char *folder)
{
    int fd = openat(folder_fd, folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, RESERVE_BYTES) != 0 &&
        (errno == ENOSPC || errno == EDQUOT)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int cache_new_file(struct cache *cache)
{
    int fd = cache->clips_fd >= 0 ? new_file(cache->clips_fd, ".") : -1;
    if (fd < 0) {
        const char *folder = getenv("TMPDIR");
        fd = new_file(AT_FDCWD, folder && folder[0] ? folder : "/tmp");
    }
    return fd >= 0 ? fd : memfd_create("limber-clip", MFD_CLOEXEC);
}

/* Gives back what was reserved and not needed. */
static void release_rest(int fd)
{
    struct stat about;
    if (fstat(fd, &about) == 0 && ftruncate(fd, about.st_size) != 0) {
        log_debug("room reserved for a clip stays reserved: %s", strerror(errno));
    }
}

/* Gives the nameless file its name; a file that is there already was made from the same things by
 * another program. */
static bool link_file(struct cache *cache, int fd, const struct clip_name *name)
{
    char from[64];
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    for (int attempt = 0; attempt < 2; attempt++) {
        if (linkat(AT_FDCWD, from, cache->clips_fd, name->file, AT_SYMLINK_FOLLOW) == 0 ||
            errno == EEXIST) {
            return true;
        }
        if (errno != ENOENT || mkdirat(cache->clips_fd, name->folder, 0700) != 0) {
            break;
        }
    }
    return errno == EEXIST;
}

/* For folders whose file system has no nameless files: copies, then renames. */
static bool copy_file(struct cache *cache, int fd, const struct clip_name *name)
{
    char temporary[64];
    struct stat about;
    snprintf(temporary, sizeof temporary, CACHE_TEMPORARY "%d-%d", (int)getpid(), cache->serial++);
    int to = openat(cache->clips_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = to >= 0 && fstat(fd, &about) == 0;
    off_t offset = 0;
    while (good && offset < about.st_size) {
        good = copy_file_range(fd, &offset, to, NULL, (size_t)(about.st_size - offset), 0) > 0;
    }
    if (good) {
        mkdirat(cache->clips_fd, name->folder, 0700);
        good = renameat(cache->clips_fd, temporary, cache->clips_fd, name->file) == 0;
    }
    if (to >= 0) {
        close(to);
    }
    if (!good) {
        unlinkat(cache->clips_fd, temporary, 0);
    }
    return good;
}

enum limber_status cache_keep(struct cache *cache, const char *key, int fd, uint32_t rate_hz,
                              struct clip **clip)
{
    release_rest(fd);
    enum limber_status status = clip_map_fd(fd, clip);
    if (status == LIMBER_OK && ((*clip)->rate_hz != rate_hz || (*clip)->channels != 1)) {
        clip_destroy(*clip);
        *clip = NULL;
        status = LIMBER_INVALID;
    }
    if (status == LIMBER_OK && cache->clips_fd >= 0) {
        struct clip_name name = name_of(key);
        if (!link_file(cache, fd, &name) && !copy_file(cache, fd, &name)) {
            log_info("a clip could not be kept in the cache: %s", strerror(errno));
        }
    }
    close(fd);
    return status;
}

/* --- engines --- */

static const char *engine_path(const struct cache *cache, struct arena *arena, const char *key)
{
    return file_join(arena, file_join(arena, cache->folder, "engines"), key);
}

/* A line "SECONDS.NANOSECONDS SIZE PATH". */
static void describe(struct str *to, const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0) {
        str_printf(to, "%" PRId64 ".%ld %" PRId64 " %s\n", (int64_t)about.st_mtim.tv_sec,
                   about.st_mtim.tv_nsec, (int64_t)about.st_size, path);
    }
}

static bool is_same_file(const char *line)
{
    const char *path = strchr(line, '/');
    if (!path) {
        return false;
    }
    struct str now = {0};
    describe(&now, path);
    bool same = now.length == strlen(line) + 1 && strncmp(now.data, line, now.length - 1) == 0;
    str_free(&now);
    return same;
}

char *cache_recall_engine(struct cache *cache, const char *key)
{
    if (!cache->folder) {
        return NULL;
    }
    struct arena *arena = arena_new();
    char *text = NULL;
    char *fingerprint = NULL;
    size_t length = 0;
    bool good =
        file_read(engine_path(cache, arena, key), ENGINE_MOST, arena, &text, &length) == LIMBER_OK;
    char *rest = NULL;
    char *line = good ? strtok_r(text, "\n", &rest) : NULL;
    good = line && strcmp(line, ENGINE_FIRST_LINE) == 0;
    char *found = good ? strtok_r(NULL, "\n", &rest) : NULL;
    size_t files = 0;
    while (good && found && (line = strtok_r(NULL, "\n", &rest))) {
        good = is_same_file(line);
        files++;
    }
    if (good && found && files > 0) {
        fingerprint = xstrdup(found);
    }
    arena_destroy(arena);
    return fingerprint;
}

void cache_remember_engine(struct cache *cache, const char *key, const char *fingerprint,
                           const char *files)
{
    if (!cache->folder || strchr(fingerprint, '\n') || fingerprint[0] == '\0') {
        return;
    }
    struct arena *arena = arena_new();
    struct str text = {0};
    str_printf(&text, "%s\n%s\n", ENGINE_FIRST_LINE, fingerprint);
    char *copy = arena_strdup(arena, files);
    char *rest = NULL;
    for (char *path = strtok_r(copy, "\n", &rest); path; path = strtok_r(NULL, "\n", &rest)) {
        describe(&text, path);
    }
    file_write(engine_path(cache, arena, key), text.data, text.length);
    str_free(&text);
    arena_destroy(arena);
}

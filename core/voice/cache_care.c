/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache_care.c: how much is kept, and throwing away what is not needed any more. Other programs may
 * use the folder at the same time: a clip that is removed stays readable for those who have it, and
 * is made again by those who come later. */
#define LOG_MODULE "voice"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "voice/cache.h"
#include "voice/cache_inside.h"

#define TRIM_EVERY_S 3600
#define STALE_S      3600 /* a file in the making that is older was left behind */
#define STAMP        ".trimmed"

struct old_file {
    char name[280];
    int64_t size, used_s; /* when it was made or read last */
};

typedef VEC(struct old_file) old_files;

/* Adds the files of one folder inside the clips folder whose names end in `ending`. */
static void list_files(const struct cache *cache, const char *folder, const char *ending,
                       old_files *files)
{
    int fd = openat(cache->clips_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        struct stat about;
        struct old_file file;
        int length = snprintf(file.name, sizeof file.name, "%s/%s", folder, entry->d_name);
        if (length < (int)sizeof file.name && str_ends_with(entry->d_name, ending) &&
            fstatat(fd, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            !S_ISDIR(about.st_mode)) {
            file.size = (int64_t)about.st_blocks * 512;
            file.used_s = about.st_atime > about.st_mtime ? about.st_atime : about.st_mtime;
            *vec_push(files) = file;
        }
    }
    if (listing) {
        closedir(listing);
    } else if (fd >= 0) {
        close(fd);
    }
}

static int64_t list_clips(const struct cache *cache, old_files *clips)
{
    int64_t total = 0;
    for (int i = 0; i < 256; i++) {
        char folder[3];
        snprintf(folder, sizeof folder, "%02x", i);
        list_files(cache, folder, ".clip", clips);
    }
    for (size_t i = 0; i < clips->count; i++) {
        total += clips->items[i].size;
    }
    return total;
}

static bool remove_file(const struct cache *cache, const struct old_file *file,
                        struct cache_usage *removed)
{
    if (unlinkat(cache->clips_fd, file->name, 0) != 0) {
        return false;
    }
    removed->clips++;
    removed->bytes += file->size;
    return true;
}

/* What a program left behind that was killed while it copied. */
static void remove_stale(const struct cache *cache)
{
    old_files files = {0};
    list_files(cache, ".", "", &files);
    list_files(cache, "../engines", "", &files);
    for (size_t i = 0; i < files.count; i++) {
        const char *name = strrchr(files.items[i].name, '/') + 1;
        bool temporary = name[0] == '.' && strcmp(name, STAMP) != 0;
        if (temporary && files.items[i].used_s < time(NULL) - STALE_S) {
            unlinkat(cache->clips_fd, files.items[i].name, 0);
        }
    }
    vec_free(&files);
}

/* --- how much there is --- */

void cache_look(const struct cache *cache, struct cache_usage *usage)
{
    old_files files = {0};
    struct stat about;
    *usage = (struct cache_usage){0};
    if (cache->clips_fd < 0) {
        return;
    }
    usage->bytes = list_clips(cache, &files);
    usage->clips = files.count;
    for (size_t i = 0; i < files.count; i++) {
        int64_t used_s = files.items[i].used_s;
        usage->oldest_s = i == 0 || used_s < usage->oldest_s ? used_s : usage->oldest_s;
        usage->newest_s = used_s > usage->newest_s ? used_s : usage->newest_s;
    }
    files.count = 0;
    list_files(cache, "../engines", "", &files);
    usage->engines = files.count;
    if (fstatat(cache->clips_fd, STAMP, &about, AT_SYMLINK_NOFOLLOW) == 0) {
        usage->trimmed_s = about.st_mtime;
    }
    vec_free(&files);
}

bool cache_parse_bytes(const char *text, int64_t *bytes)
{
    static const char units[] = "KMGT";
    size_t length = strlen(text);
    int64_t factor = 1;
    if (length > 0 && (text[length - 1] == 'B' || text[length - 1] == 'b')) {
        length--;
    }
    char last = length > 0 ? text[length - 1] : '0';
    const char *unit = strchr(units, last >= 'a' ? last - 'a' + 'A' : last);
    if (unit) {
        length--;
        factor = INT64_C(1) << (10 * (unit - units + 1));
    }
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    int64_t number = 0;
    if (!units_parse_int(text, length, &number) || number < 0 || number > INT64_MAX / factor) {
        return false;
    }
    *bytes = number * factor;
    return true;
}

const char *cache_format_bytes(int64_t bytes, char *buffer, size_t size)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double number = (double)bytes;
    size_t unit = 0;
    while (number >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        number /= 1024;
        unit++;
    }
    snprintf(buffer, size, "%.*f %s", unit > 0 && number < 10, number, units[unit]);
    return buffer;
}

int64_t cache_limit(void)
{
    const char *text = getenv(CACHE_LIMIT_VARIABLE);
    int64_t bytes = CACHE_MOST_BYTES;
    if (text && text[0] && !cache_parse_bytes(text, &bytes)) {
        log_warning("%s=%s is not a size; write 200M or 2G", CACHE_LIMIT_VARIABLE, text);
    }
    return bytes;
}

/* --- throwing away --- */

static int longest_unused_first(const void *a, const void *b)
{
    const struct old_file *one = a;
    const struct old_file *other = b;
    if (one->used_s != other->used_s) {
        return one->used_s < other->used_s ? -1 : 1;
    }
    return strcmp(one->name, other->name);
}

static void stamp(int fd)
{
    if (pwrite(fd, "\n", 1, 0) == 1) {
        futimens(fd, NULL);
    }
}

/* Whether nobody did it lately; then it counts as done. */
static bool is_due(const struct cache *cache, bool anyway)
{
    struct stat about;
    int64_t now = time(NULL);
    int fd = openat(cache->clips_fd, STAMP, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool due = fd >= 0 && fstat(fd, &about) == 0 &&
               (about.st_mtime > now || about.st_mtime < now - TRIM_EVERY_S || about.st_size == 0);
    if (fd >= 0 && (due || anyway)) {
        stamp(fd);
    }
    if (fd >= 0) {
        close(fd);
    }
    return due || anyway;
}

static void trim(struct cache *cache, int64_t most, bool anyway, struct cache_usage *removed)
{
    *removed = (struct cache_usage){0};
    if (cache->clips_fd < 0 || !is_due(cache, anyway)) {
        return;
    }
    old_files clips = {0};
    int64_t total = list_clips(cache, &clips);
    remove_stale(cache);
    if (total > most) {
        qsort(clips.items, clips.count, sizeof clips.items[0], longest_unused_first);
        for (size_t i = 0; i < clips.count && total - removed->bytes > most / 4 * 3; i++) {
            remove_file(cache, &clips.items[i], removed);
        }
    }
    vec_free(&clips);
}

void cache_trim(struct cache *cache, int64_t most)
{
    struct cache_usage removed;
    trim(cache, most, false, &removed);
}

void cache_trim_now(struct cache *cache, int64_t most, struct cache_usage *removed)
{
    trim(cache, most, true, removed);
}

void cache_clear(struct cache *cache, int64_t unused_s, struct cache_usage *removed)
{
    old_files files = {0};
    *removed = (struct cache_usage){0};
    if (cache->clips_fd < 0) {
        return;
    }
    int64_t before_s = time(NULL) - unused_s;
    remove_stale(cache);
    list_clips(cache, &files);
    size_t clips = files.count;
    list_files(cache, "../engines", "", &files);
    for (size_t i = 0; i < files.count; i++) {
        struct cache_usage engine = {0};
        if (unused_s > 0 && files.items[i].used_s > before_s) {
            continue;
        }
        if (i < clips) {
            remove_file(cache, &files.items[i], removed);
        } else if (strrchr(files.items[i].name, '/')[1] != '.' &&
                   remove_file(cache, &files.items[i], &engine)) {
            removed->engines++;
        }
    }
    vec_free(&files);
}

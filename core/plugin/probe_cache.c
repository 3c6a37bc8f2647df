/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_cache.c: files that were loaded in a child without harm. Plain text, one line each:
 *   size mtime_ns inode path
 * after a first line that names the format. Lines that make no sense, and files that are gone, are
 * dropped. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "plugin/probe.h"

#define LOG_MODULE "plugin"

static const char HEADER[] = "limber-probe 1\n";

struct known_file {
    char *path;
    int64_t size, mtime_ns;
    uint64_t inode;
};

struct probe_cache {
    char *path; /* or NULL */
    VEC(struct known_file) files;
};

static struct known_file describe(const char *file, const struct stat *about)
{
    return (struct known_file){.path = (char *)file,
                               .size = about->st_size,
                               .mtime_ns =
                                   about->st_mtim.tv_sec * NSEC_PER_SEC + about->st_mtim.tv_nsec,
                               .inode = about->st_ino};
}

/* Cuts the next word off *text; "" at the end. */
static char *next_word(char **text)
{
    char *word = *text;
    *text += strcspn(word, " ");
    if (**text) {
        *(*text)++ = '\0';
    }
    return word;
}

static void take_line(struct probe_cache *cache, char *line)
{
    int64_t numbers[3];
    for (int i = 0; i < 3; i++) {
        const char *word = next_word(&line);
        if (!units_parse_int(word, strlen(word), &numbers[i])) {
            return;
        }
    }
    if (*line == '/') {
        *vec_push(&cache->files) =
            (struct known_file){xstrdup(line), numbers[0], numbers[1], (uint64_t)numbers[2]};
    }
}

static void read_lines(struct probe_cache *cache)
{
    struct arena *arena = arena_new();
    char *text = NULL;
    size_t length = 0;
    if (file_read(cache->path, 1 << 20, arena, &text, &length) == LIMBER_OK &&
        str_starts_with(text, HEADER)) {
        char *line = text + sizeof HEADER - 1;
        while (*line) {
            char *end = strchrnul(line, '\n');
            bool last = *end == '\0';
            *end = '\0';
            take_line(cache, line);
            line = last ? end : end + 1;
        }
    }
    arena_destroy(arena);
}

struct probe_cache *probe_cache_open(const char *path)
{
    struct probe_cache *cache = xcalloc(1, sizeof *cache);
    if (path) {
        cache->path = xstrdup(path);
        read_lines(cache);
    }
    return cache;
}

void probe_cache_close(struct probe_cache *cache)
{
    if (!cache) {
        return;
    }
    for (size_t i = 0; i < cache->files.count; i++) {
        free(cache->files.items[i].path);
    }
    vec_free(&cache->files);
    free(cache->path);
    free(cache);
}

static bool same(const struct known_file *a, const struct known_file *b)
{
    return a->size == b->size && a->mtime_ns == b->mtime_ns && a->inode == b->inode &&
           strcmp(a->path, b->path) == 0;
}

bool probe_cache_has(const struct probe_cache *cache, const char *file, const struct stat *about)
{
    struct known_file wanted = describe(file, about);
    for (size_t i = 0; i < cache->files.count; i++) {
        if (same(&cache->files.items[i], &wanted)) {
            return true;
        }
    }
    return false;
}

/* Drops what is about `file`, and files that are no longer there. */
static void drop_old(struct probe_cache *cache, const char *file)
{
    size_t kept = 0;
    for (size_t i = 0; i < cache->files.count; i++) {
        struct known_file *known = &cache->files.items[i];
        if (strcmp(known->path, file) == 0 || !file_exists(known->path)) {
            free(known->path);
        } else {
            cache->files.items[kept++] = *known;
        }
    }
    cache->files.count = kept;
}

static void write_lines(const struct probe_cache *cache)
{
    struct str text = {0};
    str_add(&text, HEADER);
    for (size_t i = 0; i < cache->files.count; i++) {
        const struct known_file *known = &cache->files.items[i];
        str_printf(&text, "%" PRId64 " %" PRId64 " %" PRIu64 " %s\n", known->size, known->mtime_ns,
                   known->inode, known->path);
    }
    struct arena *arena = arena_new();
    enum limber_status status = file_make_folders(file_folder(arena, cache->path));
    if (status == LIMBER_OK) {
        status = file_write(cache->path, text.data, text.length);
    }
    if (status != LIMBER_OK) {
        log_debug("%s could not be written: %s", cache->path, status_text(status));
    }
    arena_destroy(arena);
    str_free(&text);
}

void probe_cache_add(struct probe_cache *cache, const char *file, const struct stat *about)
{
    drop_old(cache, file);
    struct known_file known = describe(file, about);
    known.path = xstrdup(file);
    *vec_push(&cache->files) = known;
    if (cache->path && !strchr(file, '\n')) {
        write_lines(cache);
    }
}

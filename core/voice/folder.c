/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folder.c: walks a voice's folder in the order of names. */
#include "voice/folder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/vec.h"

struct walk {
    struct hash hash;
    struct arena *arena;
    const char *except;
    int files;   /* counted */
    int entries; /* looked at, folders included */
};

typedef VEC(char *) name_list;

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_names(const char *folder, name_list *names)
{
    DIR *listing = opendir(folder);
    for (struct dirent *entry;
         listing && names->count < 2 * FOLDER_MOST_FILES && (entry = readdir(listing));) {
        if (entry->d_name[0] != '.') {
            *vec_push(names) = xstrdup(entry->d_name);
        }
    }
    if (listing) {
        closedir(listing);
    }
    if (names->count > 0) {
        qsort(names->items, names->count, sizeof names->items[0], compare_names);
    }
}

static void add_file(struct walk *walk, const char *path, const struct stat *about)
{
    if (walk->except && strcmp(path, walk->except) == 0) {
        return;
    }
    walk->files++;
    hash_text(&walk->hash, path);
    hash_int(&walk->hash, about->st_size);
    hash_int(&walk->hash, about->st_mtim.tv_sec);
    hash_int(&walk->hash, about->st_mtim.tv_nsec);
}

/* `depth` folders down. Links are followed: what counts is what the engine reads. */
static void visit(struct walk *walk, const char *folder, int depth)
{
    name_list names = {0};
    list_names(folder, &names);
    for (size_t i = 0; i < names.count; i++) {
        struct stat about;
        const char *path = file_join(walk->arena, folder, names.items[i]);
        bool voice_file = depth == 0 && strcmp(names.items[i], "voice.yaml") == 0;
        if (++walk->entries > 4 * FOLDER_MOST_FILES || voice_file ||
            walk->files >= FOLDER_MOST_FILES || stat(path, &about) != 0) {
            continue;
        }
        if (S_ISREG(about.st_mode)) {
            add_file(walk, path, &about);
        } else if (S_ISDIR(about.st_mode) && depth < FOLDER_MOST_DEPTH) {
            visit(walk, path, depth + 1);
        }
    }
    for (size_t i = 0; i < names.count; i++) {
        free(names.items[i]);
    }
    vec_free(&names);
}

struct hash folder_state(const char *folder, const char *except)
{
    struct walk walk = {.hash = hash_new(), .arena = arena_new(), .except = except};
    if (folder) {
        visit(&walk, folder, 0);
    }
    arena_destroy(walk.arena);
    return walk.hash;
}

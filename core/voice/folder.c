/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folder.c: walks a voice's folder in the order of names. */
#include "voice/folder.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"

struct walk {
    struct hash hash;
    struct arena *arena;
    const char *except;
    int files;   /* counted */
    int entries; /* looked at, folders included */
};

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
    size_t count = 0;
    const char *const *names = file_list(walk->arena, folder, 2 * FOLDER_MOST_FILES, &count);
    for (size_t i = 0; i < count; i++) {
        struct stat about;
        const char *path = file_join(walk->arena, folder, names[i]);
        bool voice_file = depth == 0 && strcmp(names[i], "voice.yaml") == 0;
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

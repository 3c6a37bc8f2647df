/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library.c: finding routines. */
#include "session/library.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"

typedef VEC(struct library_item) item_list;

/* NAME.md, and not NAME.de.md. */
static bool is_page(const char *file)
{
    size_t length = strlen(file);
    return length > 3 && file[0] != '.' && str_ends_with(file, ".md") &&
           memchr(file, '.', length - 3) == NULL;
}

static bool known(const item_list *items, const char *name)
{
    for (size_t i = 0; i < items->count; i++) {
        if (strcmp(items->items[i].name, name) == 0)
            return true;
    }
    return false;
}

static void scan(struct arena *arena, const char *folder, const char *prefix, bool own,
                 item_list *items)
{
    DIR *dir = folder ? opendir(folder) : NULL;
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char *path = file_join(arena, folder, entry->d_name);
        if (is_page(entry->d_name) && file_exists(path)) {
            char *name = arena_printf(arena, "%s%.*s", prefix, (int)strlen(entry->d_name) - 3,
                                      entry->d_name);
            if (!known(items, name))
                *vec_push(items) =
                    (struct library_item){name, path, strcmp(prefix, "moves/") == 0, own};
        } else if (!*prefix && strcmp(entry->d_name, "moves") == 0) {
            scan(arena, path, "moves/", own, items);
        }
    }
    if (dir)
        closedir(dir);
}

static int by_name(const void *a, const void *b)
{
    const struct library_item *left = a, *right = b;
    return left->move != right->move ? left->move - right->move : strcmp(left->name, right->name);
}

const struct library_item *library_list(struct arena *arena, size_t *count)
{
    item_list items = {0};
    scan(arena, file_user_data(arena, "scripts"), "", true, &items);
    scan(arena, file_program_data(arena, "scripts"), "", false, &items);
    *count = items.count;
    if (items.count)
        qsort(items.items, items.count, sizeof *items.items, by_name);
    return vec_to_arena(&items, arena);
}

const char *library_find(struct arena *arena, const char *name, const char **nearest)
{
    size_t count = 0;
    const char *ignored;
    nearest = nearest ? nearest : &ignored;
    *nearest = NULL;
    if (file_exists(name))
        return arena_strdup(arena, name);
    const struct library_item *items = library_list(arena, &count);
    const char **names = ARENA_ARRAY(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        names[i] = items[i].name;
        if (strcmp(items[i].name, name) == 0 ||
            (items[i].move && strcmp(items[i].name + strlen("moves/"), name) == 0))
            return items[i].path;
    }
    *nearest = str_nearest(name, names, count);
    return NULL;
}

/* "NAME.md" for "NAME.de.md" if there is one beside it, else the path itself. */
static const char *original_of(struct arena *arena, const char *path)
{
    const char *name = file_name(path);
    const char *dot = strchr(name, '.');
    if (!dot || strcmp(dot, ".md") == 0 || dot == name)
        return path;
    const char *original = arena_printf(arena, "%.*s.md", (int)(dot - path), path);
    return file_exists(original) ? original : path;
}

const char *library_name_of(struct arena *arena, const char *path)
{
    size_t count = 0;
    char *real = realpath(original_of(arena, path), NULL);
    const struct library_item *items = library_list(arena, &count);
    const char *name = arena_strdup(arena, real ? real : path);
    for (size_t i = 0; real && i < count; i++) {
        char *other = realpath(items[i].path, NULL);
        bool same = other && strcmp(other, real) == 0;
        free(other);
        if (same) {
            name = items[i].name;
            break;
        }
    }
    free(real);
    return name;
}

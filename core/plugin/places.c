/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places.c: the folders of plugins, and what lies in them. */
#include "plugin/places.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

static void add_folder(struct places *places, const char *folder, bool own)
{
    char *real = folder && *folder && file_is_folder(folder) ? realpath(folder, NULL) : NULL;
    if (!real) {
        return;
    }
    for (size_t i = 0; i < places->list.count; i++) {
        const char *other = places->list.items[i].folder;
        if (other && strcmp(other, real) == 0) {
            free(real);
            return;
        }
    }
    *vec_push(&places->list) = (struct place_of_plugins){real, own};
}

/* Folders joined by ':'. */
static void add_path(struct places *places, const char *path)
{
    while (path && *path) {
        size_t length = strcspn(path, ":");
        char *folder = strndup(path, length);
        add_folder(places, folder, false);
        free(folder);
        path += length + (path[length] == ':');
    }
}

void places_find(struct places *places, const char *path)
{
    struct arena *arena = arena_new();
    add_path(places, path);
    add_path(places, secure_getenv("LIMBER_PLUGIN_PATH"));
    add_folder(places, file_user_data(arena, "plugins"), false);
    *vec_push(&places->list) = (struct place_of_plugins){NULL, false};
    add_folder(places, file_program_lib(arena, "plugins"), true);
    arena_destroy(arena);
}

void places_free(struct places *places)
{
    for (size_t i = 0; i < places->list.count; i++) {
        free(places->list.items[i].folder);
    }
    vec_free(&places->list);
}

static void add_id(id_list *ids, const char *id, size_t length)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (strncmp(ids->items[i], id, length) == 0 && ids->items[i][length] == '\0') {
            return;
        }
    }
    char *copy = strndup(id, length);
    if (copy) {
        *vec_push(ids) = copy;
    }
}

static void add_ids_in(id_list *ids, const char *folder)
{
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] != '.' && length > 3 && str_ends_with(entry->d_name, ".so")) {
            add_id(ids, entry->d_name, length - 3);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void places_ids(const struct places *places, const struct limber_plugin_entry *const *builtin,
                id_list *ids)
{
    for (size_t i = 0; i < places->list.count; i++) {
        if (places->list.items[i].folder) {
            add_ids_in(ids, places->list.items[i].folder);
        }
    }
    for (; builtin && *builtin; builtin++) {
        const char *id = (*builtin)->descriptor->id;
        add_id(ids, id, strlen(id));
    }
    if (ids->count > 0) {
        qsort(ids->items, ids->count, sizeof *ids->items, compare_ids);
    }
}

void places_free_ids(id_list *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        free(ids->items[i]);
    }
    vec_free(ids);
}

char *places_file(const char *folder, const char *id)
{
    struct str path = {0};
    str_printf(&path, "%s/%s.so", folder, id);
    if (strchr(id, '/') || access(path.data, F_OK) != 0) {
        str_free(&path);
        return NULL;
    }
    return str_steal(&path);
}

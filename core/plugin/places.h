/* SPDX-License-Identifier: GPL-3.0-or-later */
/* places.h: where plugins are looked for, in order. Private to core/plugin. */
#ifndef PLUGIN_PLACES_H
#define PLUGIN_PLACES_H

#include "base/vec.h"
#include "plugin/registry.h"

/* A folder, or (folder NULL) the plugins built into the program. */
struct place_of_plugins {
    char *folder; /* absolute, exists */
    bool own;     /* the program's own folder */
};

struct places {
    VEC(struct place_of_plugins) list;
};

typedef VEC(char *) id_list;

void places_find(struct places *places, const char *path);
void places_free(struct places *places);

/* Adds the ids that a place offers (file names less ".so"), sorted, each once. */
void places_ids(const struct places *places, const struct limber_plugin_entry *const *builtin,
                id_list *ids);
void places_free_ids(id_list *ids);
/* The file of `id` in `folder` (malloc'ed), or NULL if there is none. */
char *places_file(const char *folder, const char *id);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* themefile.h: themes of sounds as packs: sounds/<name>/sounds.yaml in the user's folder, then in
 * the program's. A user's theme hides one of the program's of the same name. [main] */
#ifndef SESSION_THEMEFILE_H
#define SESSION_THEMEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

struct arena;
struct registry;

#define THEME_DEFAULT "tones" /* the synthesised sounds; no folder */

/* How a file fills a given time (the sounds of breathing). */
enum theme_fill { THEME_STRETCH, THEME_LOOP, THEME_ONCE };

struct theme_sound {
    const char *role;          /* what the player or a page calls it */
    const char *folder, *file; /* the file's folder (absolute) and its name; NULL: it is missing */
    double gain_db;            /* beyond the level of the default's */
    enum theme_fill fill;
    bool bed;
    struct place place; /* where the file is named */
};

struct theme_pack {
    const char *name, *file, *folder; /* of its folder; its sounds.yaml; NULL: the default */
    const char *license, *author, *description, *version; /* "" when not given */
    const struct theme_sound *sounds;
    size_t sound_count;
    bool users;          /* from the user's folder */
    const char *problem; /* why it cannot be used; NULL: usable */
};

/* The sounds there are in the default theme: what a theme may replace. */
struct theme_role {
    const char *name;
    bool bed;
    bool fills;       /* lasts as long as a breath */
    const char *help; /* one line */
};
const struct theme_role *theme_roles(struct registry *registry, struct arena *arena, size_t *count);

/* All of them, THEME_DEFAULT first, then by folder and name, in the arena. Faults of the files go
 * into `diags`, and the first error of each into its `problem`. */
const struct theme_pack *themes_list(struct registry *registry, struct arena *arena,
                                     struct diags *diags, size_t *count);
/* The names alone, without reading any. */
const char *const *themes_names(struct arena *arena, size_t *count);
/* The theme of that name: faults go into `diags`. Errors: NOT_FOUND, with *error (malloc'ed) naming
 * the nearest; INVALID: its file has errors. */
enum limber_status theme_find(struct registry *registry, const char *name, struct arena *arena,
                              struct diags *diags, const struct theme_pack **pack, char **error);
/* The sound of a role, or NULL. */
const struct theme_sound *theme_pack_sound(const struct theme_pack *pack, const char *role,
                                           bool bed);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* yaml.h: a YAML text (one document) as a tree with places, through libyaml's events. All scalars
 * stay text. Anchors, aliases and tags are refused; depth ≤ 32, nodes ≤ 100,000, scalar ≤ 64 KiB,
 * text ≤ 1 MiB. */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    struct place place;
    const char *text;         /* SCALAR */
    bool quoted;              /* SCALAR: was in quotes or a block */
    struct yaml_node **items; /* LIST: items; MAP: values */
    struct yaml_node **keys;  /* MAP: keys, in order, no duplicates */
    size_t count;
};

/* Parses `length` bytes at `offset` of the source (so that front matter keeps its file's lines).
 * Faults go into `diags` in plain words; returns NULL then. An empty text gives an empty MAP. The
 * tree lives in the arena. */
const struct yaml_node *yaml_parse(const struct source *source, size_t offset, size_t length,
                                   struct arena *arena, struct diags *diags);
/* The value of `key` in a MAP, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* The text of a scalar value of `key`, or NULL if absent or not a scalar. */
const char *yaml_get_text(const struct yaml_node *map, const char *key);

#endif

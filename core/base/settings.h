/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h: a YAML file that is a table of settings (voice.yaml, sounds.yaml) → a struct. Strict:
 * what is not known is an error with a suggestion, so that a mistyped key never changes anything in
 * silence. */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/yaml.h"

struct arena;
struct settings;

enum setting_kind {
    SETTING_TEXT,   /* const char * */
    SETTING_NUMBER, /* double */
    SETTING_NAME,   /* nothing is stored: it must be settings.name */
    SETTING_OWN     /* read by `read` */
};

struct setting {
    const char *key;
    enum setting_kind kind;
    size_t offset; /* of the member that takes it */
    double minimum, maximum;
    const char *range; /* of a number, for people: "0 to 100" */
    /* Reads a value by itself; false after saying what is wrong. */
    bool (*read)(const struct settings *settings, const struct setting *setting,
                 const struct yaml_node *value);
};

struct settings {
    const struct setting *table;
    size_t count;
    const char *what;            /* "voice": has these settings */
    const char *name;            /* what it must call itself, if it does; may be NULL */
    const char *const *required; /* keys, ended by NULL; or NULL */
    void *into;
    void *context;       /* for `read` */
    struct arena *arena; /* for texts */
    struct diags *diags;
};

/* Reads and parses a file of at most 64 KiB. NULL after saying what is wrong. */
const struct yaml_node *settings_parse_file(const char *path, struct arena *arena,
                                            struct diags *diags);
/* Reads every setting of the map. What is wrong is told, and the rest is read all the same; false
 * then. */
bool settings_read(const struct settings *settings, const struct yaml_node *map);
/* The one value of a setting, or NULL after saying that it needs one. */
const char *settings_text(const struct settings *settings, const struct setting *setting,
                          const struct yaml_node *value);

#define SETTINGS_VALUE_MOST 8192 /* bytes of a plugin option's value: all go into one packet */
/* A plugin option's value as its text: a list becomes one text, its items joined by line breaks. In
 * the arena; NULL after saying what is wrong. */
const char *settings_option_value(const struct yaml_node *value, struct arena *arena,
                                  struct diags *diags);
/* Whether it can be the name of a plugin's option, or of a plugin. */
bool settings_is_name(const char *text);

#endif

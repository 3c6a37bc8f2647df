/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_inside.h: the table of all settings, from which config.yaml is read, shown and explained.
 * Private to config*.c. */
#ifndef PLAYER_CONFIG_INSIDE_H
#define PLAYER_CONFIG_INSIDE_H

#include "base/settings.h"
#include "base/str.h"
#include "player/config.h"

enum config_kind {
    CONFIG_TEXT,     /* const char * */
    CONFIG_TAG,      /* const char *: a language */
    CONFIG_CHOICE,   /* int: index into `choices` */
    CONFIG_YES,      /* bool */
    CONFIG_TIME,     /* nsec, 0 to `most`; −1: "auto", where `automatic` */
    CONFIG_DB,       /* int, CONFIG_DB_LEAST to CONFIG_DB_MOST */
    CONFIG_OUTPUT,   /* const char *: id of a plugin */
    CONFIG_CONTROLS, /* ids of plugins */
    CONFIG_SECTION,  /* settings of their own */
    CONFIG_PLUGINS   /* options of plugins */
};

#define CONFIG_DB_LEAST     (-24)
#define CONFIG_DB_MOST      6
#define CONFIG_MOST_OPTIONS 256

struct config_key {
    const char *key;
    enum config_kind kind;
    size_t to;                        /* offset of the member of struct config that takes it */
    const char *choices;              /* CHOICE: "easy|normal|deep" */
    const char *example;              /* of one without a default; NULL: it has one */
    nsec most;                        /* TIME */
    bool automatic;                   /* TIME */
    size_t given;                     /* offset of a bool that becomes true; 0: none */
    size_t place;                     /* offset of the place of the value; 0: not kept */
    const struct config_key *section; /* SECTION: ended by an entry without a key */
    const char *help;                 /* one line or more, without a full stop at the end */
};

extern const struct config_key config_keys[]; /* ended by an entry without a key */

void config_defaults(struct config *config);

/* Reads the value of a key into settings->into (a struct config). False after saying what is
 * wrong. */
bool config_value_read(const struct settings *settings, const struct config_key *key,
                       const struct yaml_node *value);
/* What `read` of settings gets as context. */
struct config_reading {
    const struct config_key *keys;
    struct registry *registry; /* may be NULL */
};
/* The map as `keys` say. */
bool config_map_read(const struct settings *parent, const struct config_key *keys, const char *what,
                     const struct yaml_node *map);
/* The map below `plugins:`. */
bool config_plugins_read(const struct settings *settings, const struct yaml_node *map);
/* Whether the plugin is there; else said at `place`. True without a registry. */
bool config_plugin_there(const struct settings *settings, const char *id, struct place place);
/* An empty value, as `plugins:` with all below it commented out. */
bool config_is_empty(const struct yaml_node *value);

/* --- showing --- */

struct config_show {
    const struct config *config, *defaults;
    struct registry *registry; /* may be NULL */
    bool all;
    FILE *to;
    size_t shown; /* settings that are not as by default */
};

/* A text as YAML, quoted where a reader might take it for something else. */
void config_add_text(struct str *to, const char *text);
/* A plugin's value: one of several lines is a list. */
void config_add_value(struct str *to, const char *text);
/* With `all`: the text as comment lines. */
void config_show_comment(const struct config_show *show, const char *indent, const char *text);
void config_show_plugins(struct config_show *show, const struct config_key *key);

#endif

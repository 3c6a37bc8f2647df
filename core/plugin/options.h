/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h: settings of plugins against the tables that describe them. Private to core/plugin and
 * the worker program. */
#ifndef PLUGIN_OPTIONS_H
#define PLUGIN_OPTIONS_H

#include "base/status.h"
#include "limber/plugin.h"

#define OPTIONS_MOST 256 /* entries of a table; more means that its end is missing */

struct setting {
    char *name, *value; /* owned */
};

struct setting_list {
    struct setting *items;
    size_t count, capacity;
};

/* Sets or replaces `name`; both texts are copied. */
void settings_put(struct setting_list *list, const char *name, const char *value);
const char *settings_get(const struct setting_list *list, const char *name); /* or NULL */
void settings_free(struct setting_list *list);

const struct limber_option *options_find(const struct limber_option *table, const char *name);

/* Checks `value` for option `name` of `plugin`. On success *checked (malloc'ed) is the value as the
 * plugin shall see it ("yes" for "on"). Else a message for the person (malloc'ed) in *error.
 * Errors: NOT_FOUND (no such option), INVALID. */
enum limber_status options_check(const struct limber_option *table, const char *plugin,
                                 const char *name, const char *value, char **checked, char **error);

/* Whether the table itself makes sense. NULL, or what is wrong (malloc'ed). */
char *options_judge(const struct limber_option *table);

#endif

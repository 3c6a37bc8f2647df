/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.h: whether a file may be loaded, and whether what it exports is a plugin. Private to
 * core/plugin and the worker program. */
#ifndef PLUGIN_JUDGE_H
#define PLUGIN_JUDGE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "limber/plugin.h"

#define PLUGIN_SYMBOL "limber_plugin_entry"

/* "[a-z0-9-]", with a '-' between kind and name, at most 64 characters. */
bool judge_id(const char *id);

/* Who may write the file and its folder. On success fills *about. NULL, or why it is refused
 * (malloc'ed). */
char *judge_file(const char *file, struct stat *about);

/* ABI number, sizes, descriptor, option table; the id must be `id`. Reads everything the
 * descriptor points to, so that pointers to nowhere crash here. NULL, or why it is refused
 * (malloc'ed). */
char *judge_entry(const struct limber_plugin_entry *entry, const char *id);

/* Loads the file for good (RTLD_NOW, RTLD_LOCAL) and judges its entry. NULL with a reason
 * (malloc'ed) in *problem. */
const struct limber_plugin_entry *judge_load(const char *file, const char *id, char **problem);

#endif

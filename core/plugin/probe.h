/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.h: loads a plugin file in a child process first, so that one that crashes, hangs or ends
 * the program as it loads takes nothing down. Private to core/plugin. */
#ifndef PLUGIN_PROBE_H
#define PLUGIN_PROBE_H

#include <stdbool.h>
#include <sys/stat.h>

/* Loads and judges `file` in a child. NULL: it may be loaded here. Else why not (malloc'ed). */
char *probe_file(const char *file, const char *id, int timeout_ms);

/* The files that went through it unharmed, remembered in a text file: one line each with the file's
 * size, time of change, inode and path. */
struct probe_cache;
struct probe_cache *probe_cache_open(const char *path); /* NULL path: remembers for now only */
void probe_cache_close(struct probe_cache *cache);
bool probe_cache_has(const struct probe_cache *cache, const char *file, const struct stat *about);
/* Adds it and writes the text file; one that cannot be written costs only the next probe. */
void probe_cache_add(struct probe_cache *cache, const char *file, const struct stat *about);

#endif

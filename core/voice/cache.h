/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache.h: clips that were made before, by the hash of everything they were made from, and what is
 * known of engines. Files appear complete or not at all, so that several programs can share the
 * folder. Nothing here ever fails a request: without a usable folder, clips are just made anew.
 * [main] */
#ifndef VOICE_CACHE_H
#define VOICE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct cache;
struct clip;

/* `folder`: NULL for none. One that cannot be used is said once, as a warning. Never NULL. */
struct cache *cache_new(const char *folder);
void cache_destroy(struct cache *cache);

/* The clip of `key` (32 hexadecimal digits), or NULL. A damaged file is removed. */
struct clip *cache_find(struct cache *cache, const char *key);

/* A new file without a name, for a worker to write into: in the cache if there is one, else in the
 * temporary folder, else in memory. −1 with errno if there is none to be had. */
int cache_new_file(struct cache *cache);
/* Reads back what was written into `fd` and, if it is a whole clip of `rate_hz`, gives it the name
 * of `key`. Closes fd. Errors: INVALID (not a clip). */
enum limber_status cache_keep(struct cache *cache, const char *key, int fd, uint32_t rate_hz,
                              struct clip **clip);

/* What a worker said about its engine, remembered as long as all files it was loaded from are the
 * same. malloc'ed, or NULL. */
char *cache_recall_engine(struct cache *cache, const char *key);
/* `files`: paths, one a line. */
void cache_remember_engine(struct cache *cache, const char *key, const char *fingerprint,
                           const char *files);

#define CACHE_MOST_BYTES (INT64_C(1) << 30) /* about an hour and a half of speech */

/* Once a day at most: if the clips take more than `most` bytes, removes those that were not used
 * for the longest time, down to three quarters of that. Clips that are mapped now stay readable. */
void cache_trim(struct cache *cache, int64_t most);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache.h: clips that were made before, by the hash of everything they were made from, and what is
 * known of engines. Files appear complete or not at all, so that several programs can share the
 * folder. Nothing here ever fails a request: without a usable folder, clips are just made anew.
 * [main] */
#ifndef VOICE_CACHE_H
#define VOICE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct cache;
struct clip;

/* `folder`: NULL for none. One that cannot be used is said once, as a warning. Never NULL. */
struct cache *cache_new(const char *folder);
void cache_destroy(struct cache *cache);
bool cache_is_usable(const struct cache *cache); /* there is a folder, and it can be used */

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

/* --- cache_care.c --- */

struct cache_usage {
    size_t clips;
    int64_t bytes;              /* that the clips take on the disk */
    int64_t oldest_s, newest_s; /* last use of any of them, seconds since 1970; 0: no clips */
    int64_t trimmed_s;          /* when it was looked over last; 0: never */
    size_t engines;             /* remembered */
};
void cache_look(const struct cache *cache, struct cache_usage *usage);

#define CACHE_MOST_BYTES     (INT64_C(1) << 30) /* about an hour and a half of speech */
#define CACHE_LIMIT_VARIABLE "LIMBER_CACHE_LIMIT"
/* The size that the clips may take: what the variable says, else CACHE_MOST_BYTES. */
int64_t cache_limit(void);
/* "200M", "2G", "500 MB", "1048576". */
bool cache_parse_bytes(const char *text, int64_t *bytes);
/* "1.5 GB", in steps of 1024. Returns buffer. */
const char *cache_format_bytes(int64_t bytes, char *buffer, size_t size);

/* If the clips take more than `most` bytes, removes those that were not used for the longest time,
 * down to three quarters of that; and what killed programs left behind. Once an hour at most, by
 * whichever program. Clips that are mapped now stay readable. */
void cache_trim(struct cache *cache, int64_t most);
/* The same at once; `removed` gets what was. */
void cache_trim_now(struct cache *cache, int64_t most, struct cache_usage *removed);
/* Removes clips that were not used for `unused_s` seconds (0: all), and engines not asked anew for
 * as long. */
void cache_clear(struct cache *cache, int64_t unused_s, struct cache_usage *removed);

#endif

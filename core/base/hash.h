/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.h: content keys. FNV-1a, 128 bits: for naming things, not against an attacker. And a fast
 * checksum for damaged files. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 hash_state;

struct hash {
    hash_state state;
};

struct hash hash_new(void);
void hash_bytes(struct hash *hash, const void *data, size_t size);
/* The text and its terminating NUL, so that ("ab","c") differs from ("a","bc"). NULL hashes as its
 * own value. */
void hash_text(struct hash *hash, const char *text);
void hash_int(struct hash *hash, int64_t value);
void hash_double(struct hash *hash, double value);
/* 32 lower-case hexadecimal digits and NUL. */
void hash_hex(const struct hash *hash, char out[33]);
uint64_t hash_64(const struct hash *hash);

/* Checksum of a block, several GB/s; not a content key. */
uint64_t checksum_64(const void *data, size_t size);

#endif

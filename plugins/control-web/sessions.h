/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sessions.h: the phones that are paired. Their ids are kept as hashes, so that the file opens
 * nothing to whoever reads it. [main] */
#ifndef WEB_SESSIONS_H
#define WEB_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

#define SESSIONS_MOST 32
#define DEVICE_ROOM   80

struct paired {
    unsigned char hash[SESSION_BYTES];
    int64_t since_s, seen_s;  /* Unix time; seen: to the day */
    char device[DEVICE_ROOM]; /* what its browser calls itself, for people */
};

struct sessions {
    struct paired items[SESSIONS_MOST];
    unsigned count;
    int64_t lifetime_s; /* without a visit */
    char path[4096];    /* "": kept in memory only */
};

/* Reads the file. False: there is one that cannot be used (others may write it, say), and
 * `problem` tells. */
bool sessions_load(struct sessions *sessions, char *problem, size_t problem_size);
/* Whose id it is, or NULL. Notes the visit. */
struct paired *sessions_find(struct sessions *sessions, const char *id, int64_t now_s);
/* The one with this hash, or NULL. Pointers are good until one is added or removed. */
struct paired *sessions_of(struct sessions *sessions, const unsigned char hash[SESSION_BYTES]);
/* A new one, in place of the one that was away longest when there is no room. False: no
 * randomness. *kept: it is in the file. */
bool sessions_add(struct sessions *sessions, const char *device, int64_t now_s,
                  char id[SESSION_CHARS + 1], bool *kept);
/* Forgets one (NULL: all). False: the file could not be written. */
bool sessions_remove(struct sessions *sessions, struct paired *paired);

#endif

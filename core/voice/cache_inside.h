/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache_inside.h: what cache.c and cache_care.c share. [main] */
#ifndef VOICE_CACHE_INSIDE_H
#define VOICE_CACHE_INSIDE_H

struct cache {
    char *folder; /* NULL: none */
    int clips_fd; /* of its clips folder; −1: none */
    int serial;   /* of named temporary files */
};

#define CACHE_TEMPORARY ".new-" /* begins the names of clips that are being copied in */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_rules.h: what an archive of a voice may hold: names and amounts. Pure: touches no file.
 */
#ifndef STUDIO_ARCHIVE_RULES_H
#define STUDIO_ARCHIVE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"

#define ARCHIVE_MIB          ((uint64_t)1024 * 1024)
#define ARCHIVE_ENTRIES_MOST 5000
#define ARCHIVE_FILE_MOST    (100 * ARCHIVE_MIB)
#define ARCHIVE_TOTAL_MOST   (500 * ARCHIVE_MIB)
#define ARCHIVE_RATIO_MOST   200 /* unpacked : packed, beyond the first MiB */
#define ARCHIVE_NAME_MOST    200 /* bytes of a path */
#define ARCHIVE_DEPTH_MOST   4   /* of a path inside the voice's folder: a/b/c/d.wav */

struct archive_name {
    const char *name, *folded;
    bool folder;
};

struct archive_rules {
    struct arena *arena;   /* of the caller; holds the names */
    uint64_t archive_size; /* bytes of the archive itself; 0: the ratio is not judged */
    uint64_t total, file;  /* bytes so far, of all and of this entry */
    size_t entries;
    VEC(struct archive_name) names; /* of all that is kept, folders in between included */
    struct str why;                 /* after a refusal: what is wrong, one line */
};

enum archive_verdict {
    ARCHIVE_KEEP,
    ARCHIVE_SKIP,  /* what systems drop into archives, and hidden files: read, not kept */
    ARCHIVE_REFUSE /* the whole archive; see why */
};

void archive_rules_free(struct archive_rules *rules); /* what is not in the arena */

/* Judges the next entry by its name, `length` bytes as they are in the archive. *clean gets the
 * name without a leading "./" and a trailing "/"; "" is the top itself. */
enum archive_verdict archive_rules_entry(struct archive_rules *rules, bool folder, const char *name,
                                         size_t length, const char **clean);
/* Counts bytes that came out for this entry, kept or not; false: too many. */
bool archive_rules_data(struct archive_rules *rules, size_t size);
/* After the last: no two names that some system takes for the same. */
bool archive_rules_finish(struct archive_rules *rules);

/* The kinds of archives, by the ending of their names. */
enum archive_filter { ARCHIVE_PLAIN, ARCHIVE_GZIP, ARCHIVE_BZIP2, ARCHIVE_XZ, ARCHIVE_ZSTD };
struct archive_kind {
    const char *ending; /* ".tar.gz" */
    bool zip;           /* else tar */
    enum archive_filter filter;
};
/* NULL: the name has none of the endings. */
const struct archive_kind *archive_rules_kind(const char *file);

/* Whether a file or folder of this name (no path) is not part of a voice: hidden, temporary, a
 * backup, or dropped by a file manager. */
bool archive_rules_is_litter(const char *name);
/* "name" for a message: quoted and cut to a sensible length; lives in the arena. */
const char *archive_rules_shown(struct arena *arena, const char *name, size_t length);

#endif

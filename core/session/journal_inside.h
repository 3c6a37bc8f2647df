/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_inside.h: what the parts of the journal share: the format, and the thread that brings
 * files to the disk. docs/journal.md describes the format. */
#ifndef SESSION_JOURNAL_INSIDE_H
#define SESSION_JOURNAL_INSIDE_H

#include "session/journal.h"

#define JOURNAL_MAGIC        "LIMBERJ1"
#define JOURNAL_MAGIC_BYTES  8
#define JOURNAL_FRAME_BYTES  24                 /* before a record's payload */
#define JOURNAL_RECORD_BYTES (128 << 10)        /* a payload at most */
#define JOURNAL_LIMIT_BYTES  ((1 << 20) - 4096) /* never more, whatever fails */
#define JOURNAL_ID_CHARS     16
#define JOURNAL_BOOT_CHARS   36

enum journal_type {
    RECORD_BEGIN = 1, /* about; the first, and only the first */
    RECORD_STEP,
    RECORD_PLAYING,
    RECORD_PAUSED,
    RECORD_PLAN, /* about, and a moment */
    RECORD_STOPPED,
    RECORD_FINISHED
};

/* The page beside the file, as it is in memory and on disk. */
struct journal_page {
    char magic[JOURNAL_MAGIC_BYTES];
    char id[JOURNAL_ID_CHARS];
    char boot[JOURNAL_BOOT_CHARS];
    char unused[4];
    struct journal_position position; /* at 64: a cache line of its own */
};

/* Appends a record. `sequence` counts from 0. */
void journal_frame(struct str *to, enum journal_type type, uint64_t sequence, const char *payload,
                   size_t size);
/* Payloads: names and values, each with a NUL behind it. */
void journal_put(struct str *payload, const char *name, const char *value);
void journal_put_int(struct str *payload, const char *name, int64_t value);
void journal_put_about(struct str *payload, const struct journal_about *about);

enum journal_state { JOURNAL_LEFT, JOURNAL_OVER, JOURNAL_DAMAGED, JOURNAL_NEWER };

struct journal_parsed {
    struct journal_found found; /* in the arena */
    char id[JOURNAL_ID_CHARS];
    uint32_t generation;
    enum journal_type last;
    size_t good; /* bytes before the first that is torn */
};

/* Understands the bytes of a file, whatever they are. Pure. */
enum journal_state journal_parse(const char *data, size_t size, struct arena *arena,
                                 struct journal_parsed *parsed);
/* Takes the exact position into what was parsed, if the page (`size` bytes) belongs to it and was
 * written since this boot. */
void journal_apply_page(struct journal_parsed *parsed, const void *page, size_t size,
                        const char *boot);

/* The name of this boot of the machine, JOURNAL_BOOT_CHARS long; "" when it has none. */
void journal_boot(char boot[JOURNAL_BOOT_CHARS + 1]);

/* --- bringing to the disk --- */

struct journal_syncer;

struct journal_syncer *journal_syncer_new(void);
/* Asks for the file to be brought to the disk; does not wait. */
void journal_syncer_ask(struct journal_syncer *syncer, int fd);
/* The last error (errno) since the last call, or 0. */
int journal_syncer_error(struct journal_syncer *syncer);
/* Waits until all that was asked for is done, at most JOURNAL_PATIENCE_MS, then lets go. */
void journal_syncer_destroy(struct journal_syncer *syncer);

#endif

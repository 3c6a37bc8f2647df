/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_files.h: what comes out of an archive, judged, hashed, and written below one folder. */
#ifndef STUDIO_ARCHIVE_FILES_H
#define STUDIO_ARCHIVE_FILES_H

#include "studio/archive.h"
#include "studio/archive_reader.h"
#include "studio/archive_rules.h"
#include "studio/manifest.h"

struct sha256_ctx;

struct archive_files {
    struct archive_rules rules;
    int folder_fd; /* where they go, an empty folder of ours; −1: nothing is written */
    VEC(struct manifest_file) items; /* files kept, in the order of the archive */
    size_t skipped;                  /* litter left out */
    enum limber_status status;       /* why the sink stopped; rules.why has the words */
    archive_progress *progress;
    void *context;
    /* The entry that is being read. */
    int fd;
    bool kept;
    struct sha256_ctx *sum;
};

/* `archive_size`: see archive_rules. */
void archive_files_init(struct archive_files *files, struct arena *arena, int folder_fd,
                        uint64_t archive_size);
/* For archive_reader_run() or _fetch(). */
struct archive_sink archive_files_sink(struct archive_files *files);
/* After the last entry. Errors: INVALID, IO; rules.why says what is wrong. */
enum limber_status archive_files_finish(struct archive_files *files);
void archive_files_free(struct archive_files *files);

/* The folder around all files: "" when voice.yaml is at the top, else the one folder that has it.
 * NULL: rules.why says what is wrong. */
const char *archive_files_top(struct archive_files *files);

#endif

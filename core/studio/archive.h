/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive.h: voices as one file, to hand on: packing, installing, removing. What comes in an
 * archive is a stranger's: nothing of it is believed, nothing of it runs, and either all of it is
 * installed or nothing. [main] */
#ifndef STUDIO_ARCHIVE_H
#define STUDIO_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct arena;
struct diags;
struct registry;

/* Called now and then while files are written; `total` 0: not known. Returns false to stop. */
typedef bool archive_progress(void *context, uint64_t done_bytes, uint64_t total_bytes);

struct archive_pack_options {
    const char *name;         /* of the voice */
    const char *voice_folder; /* voices/NAME */
    const char *target; /* NAME.zip, .tar, .tar.gz, .tar.xz, .tar.zst, .tar.bz2 (or .tgz …) */
    bool force;         /* whatever is wrong with the voice is a warning */
    struct registry *registry;  /* for the table of a recorded voice; NULL: it is not looked at */
    archive_progress *progress; /* NULL: none */
    void *context;
};

struct archive_result {
    const char *name;   /* of the voice */
    const char *folder; /* where it was installed */
    const char *runs;   /* the programs it may run, for people; NULL: none */
    size_t file_count;
    uint64_t bytes;       /* of all files */
    uint64_t target_size; /* of the archive written */
    bool replaced;
};

/* Writes the voice as an archive with one folder NAME/ and the checksums of all files in it
 * (SHA256SUMS). The same files give the same bytes, whoever packs them, when and where. The file
 * appears complete or not at all. What is wrong or left out is told in `diags`. Errors: INVALID
 * (the voice), UNSUPPORTED (the target's ending, or this build has no libarchive), IO, CANCELLED.
 */
enum limber_status archive_pack(const struct archive_pack_options *options, struct arena *arena,
                                struct diags *diags, struct archive_result *result);

struct archive_install_options {
    const char *file;           /* the archive; "-": stdin */
    const char *folder;         /* the user's voices; made when it is not there */
    const char *program_folder; /* the program's; NULL: none */
    bool force;                 /* replaces a voice of the same name */
    bool allow_programs;        /* accepts voices that run programs or call other machines */
    struct registry *registry;
    archive_progress *progress;
    void *context;
};

/* Installs a voice. On any error, or when the program is killed, nothing is left but a hidden
 * folder that the next install, or removal, clears away. Errors: INVALID (the archive, or the voice
 * in it), NOT_FOUND (no such file), BUSY (there is a voice of that name), UNSUPPORTED (it would run
 * programs; or this build has no libarchive), IO, FAILED (no child process), CANCELLED. */
enum limber_status archive_install(const struct archive_install_options *options,
                                   struct arena *arena, struct diags *diags,
                                   struct archive_result *result);

/* What `folder`/NAME holds, for asking before it is removed. */
struct archive_contents {
    size_t file_count, recording_count; /* files in all; of these, sound files */
    bool link;                          /* the voice is a link to a folder elsewhere */
};
/* Errors: INVALID (not a name of a voice), NOT_FOUND, IO. */
enum limber_status archive_look(const char *folder, const char *name,
                                struct archive_contents *contents);
/* Takes the voice away at once, then deletes its files; of a link, only the link. Errors: as above.
 */
enum limber_status archive_remove(const char *folder, const char *name);

/* Why this cannot be the name of a voice in an archive, or NULL: 1 to 64 bytes, letters, digits and
 * . _ - inside. */
const char *archive_name_problem(const char *name);

#endif

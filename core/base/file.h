/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h: whole files in, whole files out, and where things live. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

struct arena;

/* Reads a regular file of at most `limit` bytes into the arena, with a NUL after it. Errors:
 * NOT_FOUND, LIMIT, IO, INVALID (not a regular file). Opened non-blocking, so that a FIFO cannot
 * hang it. */
enum limber_status file_read(const char *path, size_t limit, struct arena *arena, char **text,
                             size_t *length);

/* A file that appears under its final name only when complete: written under a temporary name in
 * the same folder, then renamed. atomic_file_abort() (NULL is legal, and legal after commit)
 * removes it. Signals that end the program also remove it, if file_remove_temporaries() is called
 * from the handler. */
struct atomic_file;
enum limber_status atomic_file_open(const char *path, struct atomic_file **file);
int atomic_file_fd(const struct atomic_file *file);
const char *atomic_file_temporary_name(const struct atomic_file *file);
/* Syncs (when `sync`), renames and frees. Errors: IO; then nothing is left, and *file is freed as
 * well. */
enum limber_status atomic_file_commit(struct atomic_file *file, bool sync);
void atomic_file_abort(struct atomic_file *file);
/* Removes the temporaries of this process. Async-signal-safe. */
void file_remove_temporaries(void);
/* Writes a whole text atomically. */
enum limber_status file_write(const char *path, const char *text, size_t length);

bool file_exists(const char *path); /* a regular file */
bool file_is_folder(const char *path);
/* mkdir -p with mode 0700 for new folders. */
enum limber_status file_make_folders(const char *path);
/* The names in a folder, sorted, those that begin with a dot left out; at most `most` of them. None
 * when it cannot be read (or is NULL). */
const char *const *file_list(struct arena *arena, const char *folder, size_t most, size_t *count);
/* "folder/name" in the arena; name alone if folder is NULL or "". */
char *file_join(struct arena *arena, const char *folder, const char *name);
/* Folder part, "." if there is none. */
char *file_folder(struct arena *arena, const char *path);
/* Last part. */
const char *file_name(const char *path);

/* XDG places (DESIGN §9), e.g. file_user_data(arena, "scripts") → ~/.local/share/limber/scripts.
 * NULL when there is no home. */
char *file_user_config(struct arena *arena, const char *name);
char *file_user_data(struct arena *arena, const char *name);
char *file_user_cache(struct arena *arena, const char *name);
char *file_user_state(struct arena *arena, const char *name);

/* A data folder or file of the program ("scripts", "phrases", "voices/…"): $LIMBER_DATA_DIR first,
 * then beside the running binary
 * (<prefix>/share/limber for an installed tree, the source tree for a build tree), then the
 * compiled-in data dir. NULL if in none. */
char *file_program_data(struct arena *arena, const char *name);
/* The folder of plugins / helper programs: $LIMBER_LIBEXEC_DIR, the build tree, or
 * <prefix>/lib/limber. */
char *file_program_lib(struct arena *arena, const char *name);

#endif

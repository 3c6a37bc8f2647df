/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manifest.h: SHA256SUMS, the checksums of a voice's files: `sha256sum -c SHA256SUMS` reads it too.
 */
#ifndef STUDIO_MANIFEST_H
#define STUDIO_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

#define MANIFEST_NAME  "SHA256SUMS"
#define MANIFEST_BYTES 32                        /* of one checksum */
#define MANIFEST_MOST  ((size_t)2 * 1024 * 1024) /* bytes of the file */

/* A file of the voice: its path inside, with '/', and its SHA-256. */
struct manifest_file {
    const char *name;
    uint64_t size;
    uint8_t sum[MANIFEST_BYTES];
};

/* The checksums of `files`, in their order. */
void manifest_write(const struct manifest_file *files, size_t count, struct str *out);

/* Compares a manifest's text with the files there are, less the manifest itself: all must be
 * listed, once, with the same checksum, and no others. False: `why` gets what is wrong, one line.
 * Opens no file, whatever the text names. */
bool manifest_check(const char *text, size_t length, const struct manifest_file *files,
                    size_t count, struct str *why);

/* Reads a file to its end from where it is. `each` (NULL: none) gets the bytes as well, and returns
 * false to stop (CANCELLED). Errors: IO. */
enum limber_status manifest_sum(int fd, struct manifest_file *file,
                                bool (*each)(void *context, const void *data, size_t size),
                                void *context);

#endif

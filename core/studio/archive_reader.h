/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_reader.h: the entries of a zip or tar file, one after the other. */
#ifndef STUDIO_ARCHIVE_READER_H
#define STUDIO_ARCHIVE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Takes what is in an archive. Each returns false to stop the reading. */
struct archive_sink {
    /* The name is as it is in the archive: any bytes. */
    bool (*entry)(void *context, bool folder, const char *name, size_t length);
    bool (*data)(void *context, const void *data, size_t size); /* of the last entry, in order */
    void *context;
};

#define ARCHIVE_READER_WHY 512 /* bytes of a message */

/* What is wrong with the names of a zip file, or NULL, also if it is none. Moves no offset. [any]
 */
const char *archive_zip_problem(int fd);

/* Reads the archive behind the descriptor (seekable; not closed) with libarchive: zip, tar, and tar
 * with gzip, bzip2, xz or zstd. Anything but files and folders is refused, and so is what is
 * encrypted, sparse, set-user-id, or damaged. Names and amounts are the sink's business. Errors:
 * INVALID (why: what is wrong), CANCELLED (the sink stopped), NO_MEMORY. [any] */
enum limber_status archive_reader_run(int fd, const struct archive_sink *sink,
                                      char why[ARCHIVE_READER_WHY]);

/* The same in a child process that can do nothing but read this descriptor, within limits of memory
 * and processor time, so that a fault in the library, or an archive made to find one, costs
 * nothing. The sink is called here. Errors: also FAILED (no child could be made). [main, one
 * thread] */
enum limber_status archive_reader_fetch(int fd, const struct archive_sink *sink,
                                        char why[ARCHIVE_READER_WHY]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_reader.c: libarchive, with no more of it than is needed. */
#include "studio/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES   ((size_t)64 * 1024)
#define FILTERS_MOST  2 /* one, and libarchive's own at the end */
#define MESSAGE_BYTES 200

static const char unreadable[] =
    "it is no archive that can be read here: a .zip file, or a .tar file, "
    "as it is or with gzip, bzip2, xz or zstd";

/* Where a library is missing, libarchive would start a program instead: not here. */
static bool support(struct archive *archive)
{
    bool good = archive_read_support_format_tar(archive) == ARCHIVE_OK &&
                archive_read_support_format_zip_seekable(archive) == ARCHIVE_OK;
    if (good && archive_zlib_version())
        good = archive_read_support_filter_gzip(archive) == ARCHIVE_OK;
    if (good && archive_bzlib_version())
        good = archive_read_support_filter_bzip2(archive) == ARCHIVE_OK;
    if (good && archive_liblzma_version())
        good = archive_read_support_filter_xz(archive) == ARCHIVE_OK;
    if (good && archive_libzstd_version())
        good = archive_read_support_filter_zstd(archive) == ARCHIVE_OK;
    return good;
}

static enum limber_status refuse(char *why, const char *problem, const char *name)
{
    if (name)
        snprintf(why, ARCHIVE_READER_WHY, "\"%.60s\" %s", name, problem);
    else
        snprintf(why, ARCHIVE_READER_WHY, "%s", problem);
    return LIMBER_INVALID;
}

/* libarchive's own words, after ours. */
static enum limber_status fault(struct archive *archive, char *why, const char *problem)
{
    const char *text = archive_error_string(archive);
    snprintf(why, ARCHIVE_READER_WHY, "%s (%.*s)", problem, MESSAGE_BYTES,
             text ? text : "no more is known");
    return archive_errno(archive) == ENOMEM ? LIMBER_NO_MEMORY : LIMBER_INVALID;
}

/* What is no plain file or folder. NULL: it is one. */
static const char *kind_problem(struct archive_entry *entry)
{
    mode_t type = archive_entry_filetype(entry);
    if (archive_entry_hardlink(entry))
        return "is a hard link; a voice holds files and folders only";
    if (archive_entry_symlink(entry) || type == AE_IFLNK)
        return "is a symbolic link; a voice holds files and folders only";
    if (type == AE_IFCHR || type == AE_IFBLK)
        return "is a device; a voice holds files and folders only";
    if (type == AE_IFIFO || type == AE_IFSOCK)
        return "is a pipe or socket; a voice holds files and folders only";
    if (type != AE_IFREG && type != AE_IFDIR)
        return "is neither a file nor a folder";
    if (type == AE_IFREG && (archive_entry_perm(entry) & (S_ISUID | S_ISGID | S_ISVTX)))
        return "has the mode of a program that runs as somebody else";
    if (archive_entry_is_encrypted(entry))
        return "is encrypted; unpack it and pack it again without a password";
    if (archive_entry_sparse_count(entry) > 0)
        return "is a sparse file, with holes; pack it again without --sparse";
    return NULL;
}

static enum limber_status read_data(struct archive *archive, const struct archive_sink *sink,
                                    const char *name, char *why)
{
    char block[BLOCK_BYTES];
    char problem[128];
    for (;;) {
        la_ssize_t got = archive_read_data(archive, block, sizeof block);
        if (got == 0)
            return LIMBER_OK;
        if (got < 0) {
            snprintf(problem, sizeof problem, "\"%.60s\" is damaged", name);
            return fault(archive, why, problem);
        }
        if (!sink->data(sink->context, block, (size_t)got))
            return LIMBER_CANCELLED;
    }
}

static enum limber_status read_entry(struct archive *archive, struct archive_entry *entry,
                                     const struct archive_sink *sink, char *why)
{
    const char *name = archive_entry_pathname(entry);
    bool folder = archive_entry_filetype(entry) == AE_IFDIR;
    if (!name)
        return refuse(why, "a name in it is missing, or not UTF-8", NULL);
    const char *problem = kind_problem(entry);
    if (problem)
        return refuse(why, problem, name);
    if (!sink->entry(sink->context, folder, name, strlen(name)))
        return LIMBER_CANCELLED;
    /* Folders too: a zip can hide bytes in them. */
    return read_data(archive, sink, name, why);
}

static enum limber_status read_all(struct archive *archive, int fd, const struct archive_sink *sink,
                                   char *why)
{
    struct archive_entry *entry = NULL;
    for (size_t count = 0;; count++) {
        int status = archive_read_next_header(archive, &entry);
        if (status == ARCHIVE_EOF && count == 0)
            return refuse(why, "there is nothing in it", NULL);
        if (status == ARCHIVE_EOF)
            return LIMBER_OK;
        if (status != ARCHIVE_OK)
            return fault(archive, why,
                         count == 0 ? unreadable
                                    : "it is damaged, or holds what cannot be read here");
        const char *odd = count == 0 && archive_format(archive) == ARCHIVE_FORMAT_ZIP
                              ? archive_zip_problem(fd)
                              : NULL;
        if (odd)
            return refuse(why, odd, NULL);
        if (archive_filter_count(archive) > FILTERS_MOST)
            return refuse(why, "it is compressed more than once", NULL);
        enum limber_status done = read_entry(archive, entry, sink, why);
        if (done != LIMBER_OK)
            return done;
    }
}

enum limber_status archive_reader_run(int fd, const struct archive_sink *sink,
                                      char why[ARCHIVE_READER_WHY])
{
    why[0] = '\0';
    struct archive *archive = archive_read_new();
    if (!archive)
        return LIMBER_NO_MEMORY;
    enum limber_status status = LIMBER_NO_MEMORY;
    /* Names in archives that say "UTF-8" are converted to the locale's letters. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    lseek(fd, 0, SEEK_SET);
    if (support(archive) && archive_read_open_fd(archive, fd, BLOCK_BYTES) == ARCHIVE_OK)
        status = read_all(archive, fd, sink, why);
    else
        status = fault(archive, why, unreadable);
    archive_read_free(archive);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return status;
}

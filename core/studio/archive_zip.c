/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_zip.c: what libarchive does not tell of a zip file: names with a NUL, which it cuts off
 * there, and files that have one name in the list at the end and another one before their data.
 * Programs differ in which they believe; nobody but an attacker makes such files. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "studio/archive_reader.h"

#define END_BYTES   22 /* of the record at the end, without its comment */
#define TAIL_MOST   ((size_t)65535 + END_BYTES)
#define LIST_MOST   ((size_t)64 * 1024 * 1024)
#define ITEM_BYTES  46 /* of an item of the list, without its name */
#define LOCAL_BYTES 30 /* of what stands before the data, without the name */
#define NAME_MOST   65535

static uint32_t number(const uint8_t *at, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint32_t)at[i] << (8 * i);
    return value;
}

static bool is_record(const uint8_t *at, uint8_t a, uint8_t b)
{
    return at[0] == 'P' && at[1] == 'K' && at[2] == a && at[3] == b;
}

static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
    return pread(fd, to, size, (off_t)offset) == (ssize_t)size;
}

/* The list of files; NULL when there is none that can be read. */
static uint8_t *read_list(int fd, size_t *size)
{
    struct stat info;
    uint8_t *list = NULL;
    if (fstat(fd, &info) != 0 || info.st_size < END_BYTES)
        return NULL;
    size_t length = (uint64_t)info.st_size < TAIL_MOST ? (size_t)info.st_size : TAIL_MOST;
    uint64_t start = (uint64_t)info.st_size - length;
    uint8_t *tail = xmalloc(length);
    if (read_at(fd, tail, length, start)) {
        for (size_t at = length - END_BYTES + 1; at-- > 0 && !list;) {
            if (!is_record(tail + at, 5, 6))
                continue;
            *size = number(tail + at + 12, 4);
            uint64_t offset = number(tail + at + 16, 4);
            if (*size == 0 || *size > LIST_MOST)
                break;
            list = xmalloc(*size);
            if (!read_at(fd, list, *size, offset)) {
                free(list);
                list = NULL;
                break;
            }
        }
    }
    free(tail);
    return list;
}

/* One item of the list, its name `length` bytes. */
static const char *name_problem(int fd, const uint8_t *item, const uint8_t *name, size_t length)
{
    uint8_t local[LOCAL_BYTES];
    uint8_t other[NAME_MOST];
    uint64_t offset = number(item + 42, 4);
    if (memchr(name, '\0', length))
        return "a name in it has a NUL inside";
    if (!read_at(fd, local, sizeof local, offset) || !is_record(local, 3, 4))
        return NULL; /* not where it seems to be: libarchive will see */
    size_t other_length = number(local + 26, 2);
    if (!read_at(fd, other, other_length, offset + LOCAL_BYTES))
        return NULL;
    if (memchr(other, '\0', other_length))
        return "a name in it has a NUL inside";
    if (other_length != length || memcmp(other, name, length) != 0)
        return "a file in it has two names";
    return NULL;
}

const char *archive_zip_problem(int fd)
{
    size_t size = 0;
    uint8_t *list = read_list(fd, &size);
    const char *problem = NULL;
    for (size_t at = 0; list && !problem && at + ITEM_BYTES <= size;) {
        const uint8_t *item = list + at;
        size_t name = number(item + 28, 2);
        if (!is_record(item, 1, 2) || name > size - at - ITEM_BYTES)
            break;
        problem = name_problem(fd, item, item + ITEM_BYTES, name);
        at += ITEM_BYTES + name + number(item + 30, 2) + number(item + 32, 2);
    }
    free(list);
    return problem;
}

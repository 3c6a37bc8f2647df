/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manifest.c: SHA256SUMS. Strict: exactly the form that sha256sum writes, without its escapes. */
#include "studio/manifest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

#define BLOCK_BYTES ((size_t)64 * 1024)
#define HEX_DIGITS  ((size_t)2 * MANIFEST_BYTES)
#define SHOWN_BYTES 60

void manifest_write(const struct manifest_file *files, size_t count, struct str *out)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t b = 0; b < MANIFEST_BYTES; b++)
            str_printf(out, "%02x", files[i].sum[b]);
        str_printf(out, "  %s\n", files[i].name);
    }
}

enum limber_status manifest_sum(int fd, struct manifest_file *file,
                                bool (*each)(void *context, const void *data, size_t size),
                                void *context)
{
    struct sha256_ctx sum;
    uint8_t *block = xmalloc(BLOCK_BYTES);
    enum limber_status status = LIMBER_OK;
    sha256_init(&sum);
    file->size = 0;
    for (;;) {
        ssize_t got = read(fd, block, BLOCK_BYTES);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            status = LIMBER_IO;
            break;
        }
        sha256_update(&sum, (size_t)got, block);
        file->size += (uint64_t)got;
        if (each && !each(context, block, (size_t)got)) {
            status = LIMBER_CANCELLED;
            break;
        }
    }
    sha256_digest(&sum, sizeof file->sum, file->sum);
    free(block);
    return status;
}

/* --- checking --- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "<64 digits>  name" or "<64 digits> *name". Returns the name's start, or NULL. */
static const char *read_line(const char *line, size_t length, uint8_t sum[MANIFEST_BYTES])
{
    if (length < HEX_DIGITS + 3 || memchr(line, '\0', length) || line[HEX_DIGITS] != ' ' ||
        (line[HEX_DIGITS + 1] != ' ' && line[HEX_DIGITS + 1] != '*'))
        return NULL;
    for (size_t i = 0; i < MANIFEST_BYTES; i++) {
        int high = hex_value(line[2 * i]), low = hex_value(line[2 * i + 1]);
        if (high < 0 || low < 0)
            return NULL;
        sum[i] = (uint8_t)(high * 16 + low);
    }
    const char *name = line + HEX_DIGITS + 2;
    return length > HEX_DIGITS + 4 && memcmp(name, "./", 2) == 0 ? name + 2 : name;
}

static int by_name(const void *a, const void *b)
{
    const struct manifest_file *const *one = a, *const *other = b;
    return strcmp((*one)->name, (*other)->name);
}

/* The files in order of name, for looking them up, and which were listed. */
struct listing {
    const struct manifest_file **files;
    bool *listed;
    size_t count;
};

static size_t find(const struct listing *listing, const char *name, size_t length)
{
    size_t low = 0, high = listing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *there = listing->files[middle]->name;
        int order = strncmp(there, name, length);
        if (order == 0 && there[length] != '\0')
            order = 1;
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return listing->count;
}

/* Judges one line; false: `why` says what is wrong. */
static bool check_line(struct listing *listing, const char *line, size_t length, int number,
                       struct str *why)
{
    uint8_t sum[MANIFEST_BYTES];
    const char *name = read_line(line, length, sum);
    if (!name) {
        str_printf(why, "line %d of %s is not \"checksum  file\"", number, MANIFEST_NAME);
        return false;
    }
    size_t name_length = (size_t)(line + length - name);
    int shown = name_length < SHOWN_BYTES ? (int)name_length : SHOWN_BYTES;
    size_t at = find(listing, name, name_length);
    if (at == listing->count)
        str_printf(why, "%s names \"%.*s\", which is not there", MANIFEST_NAME, shown, name);
    else if (listing->listed[at])
        str_printf(why, "%s names \"%.*s\" twice", MANIFEST_NAME, shown, name);
    else if (memcmp(listing->files[at]->sum, sum, sizeof sum) != 0)
        str_printf(why, "\"%.*s\" is not what %s says: it was damaged or changed", shown, name,
                   MANIFEST_NAME);
    else
        return listing->listed[at] = true;
    return false;
}

static bool all_listed(const struct listing *listing, struct str *why)
{
    for (size_t i = 0; i < listing->count; i++) {
        if (!listing->listed[i] && strcmp(listing->files[i]->name, MANIFEST_NAME) != 0) {
            str_printf(why, "\"%.*s\" is not named in %s: it was added later", SHOWN_BYTES,
                       listing->files[i]->name, MANIFEST_NAME);
            return false;
        }
    }
    return true;
}

bool manifest_check(const char *text, size_t length, const struct manifest_file *files,
                    size_t count, struct str *why)
{
    struct listing listing = {.count = count,
                              .files = xcalloc(count + 1, sizeof *listing.files),
                              .listed = xcalloc(count + 1, sizeof *listing.listed)};
    for (size_t i = 0; i < count; i++)
        listing.files[i] = &files[i];
    qsort(listing.files, count, sizeof *listing.files, by_name);
    bool good = true;
    int number = 1;
    for (size_t at = 0; good && at < length; number++) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t line = end ? (size_t)(end - text) - at : length - at;
        good = check_line(&listing, text + at, line, number, why);
        at += line + 1;
    }
    good = good && all_listed(&listing, why);
    free(listing.files);
    free(listing.listed);
    return good;
}

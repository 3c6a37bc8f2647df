/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an archive of a voice, and as its list of checksums: no crash, no leak, nothing kept
 * that breaks the rules. Nothing is written but the bytes themselves, to a file in memory. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "studio/archive_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

/* What was kept could be written below any folder, on any system. */
static void check_names(const struct archive_files *files)
{
    for (size_t i = 0; i < files->rules.names.count; i++) {
        const char *name = files->rules.names.items[i].name;
        require(*name && strlen(name) <= ARCHIVE_NAME_MOST, "a name has 1 to 200 bytes");
        require(name[0] != '/' && name[0] != '.', "a name does not begin with / or a dot");
        require(!strstr(name, "/.") && !strstr(name, "//"), "no part is empty or hidden");
        require(!strpbrk(name, "\\:\n\r\x1b\x7f"), "no name has odd characters");
        require(str_utf8_invalid_at(name, strlen(name)) < 0, "names are UTF-8");
    }
}

static void read_archive(int fd, size_t size)
{
    struct arena *arena = arena_new();
    struct archive_files files;
    char why[ARCHIVE_READER_WHY];
    archive_files_init(&files, arena, -1, size);
    struct archive_sink sink = archive_files_sink(&files);
    enum limber_status status = archive_reader_run(fd, &sink, why);
    require(status != LIMBER_INVALID || *why, "a refusal has words");
    require(status != LIMBER_CANCELLED || *str_text(&files.rules.why), "a stop has words");
    require(files.rules.total <= 2 * ARCHIVE_MIB + ARCHIVE_RATIO_MOST * (uint64_t)size,
            "not much more is read than allowed");
    require(files.rules.entries <= ARCHIVE_ENTRIES_MOST + 1, "entries are counted");
    if (status == LIMBER_OK)
        status = archive_files_finish(&files);
    check_names(&files);
    if (status == LIMBER_OK) {
        const char *top = archive_files_top(&files);
        require(top || *str_text(&files.rules.why), "an archive has a top, or words why not");
        if (top)
            archive_name_problem(top);
    }
    archive_files_free(&files);
    arena_destroy(arena);
}

static void read_manifest(const uint8_t *data, size_t size)
{
    static const struct manifest_file files[] = {{.name = "clips/one.wav"}, {.name = "voice.yaml"}};
    struct str why = {0};
    bool good = manifest_check((const char *)data, size, files, 2, &why);
    require(good == (why.length == 0), "a refusal has words");
    str_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("archive", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size, "memory");
    read_archive(fd, size);
    read_manifest(data, size);
    close(fd);
    return 0;
}

#include "replay.h"

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_install.c: an archive becomes a voice of the user's, in one step or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/str.h"
#include "studio/archive.h"
#include "studio/archive_files.h"
#include "studio/archive_stage.h"
#include "studio/archive_voice.h"

#define INNER       "pack" /* the folder inside the stage */
#define BLOCK_BYTES ((size_t)64 * 1024)
#define STDIN_MOST  (600 * ARCHIVE_MIB)

struct install {
    const struct archive_install_options *options;
    struct arena *arena;
    struct diags *diags;
    struct place place; /* the archive, for messages */
    struct archive_stage stage;
    struct archive_files files;
    int fd;           /* the archive */
    const char *top;  /* the folder around all files, or "" */
    const char *name; /* of the voice */
    struct voice voice;
};

static enum limber_status refuse(struct install *install, enum limber_status status,
                                 const char *hint, const char *text)
{
    diags_add(install->diags, SEVERITY_ERROR, install->place, hint, "%s", text);
    return status;
}

static enum limber_status system_error(struct install *install, const char *what)
{
    const char *text = arena_printf(install->arena, "%s: %s", what, strerror(errno));
    return refuse(install, LIMBER_IO, NULL, text);
}

/* --- the archive --- */

/* stdin, as a file without a name: a zip's list of files stands at its end. */
static enum limber_status spool(struct install *install)
{
    char *path = file_join(install->arena, install->stage.path, "stdin-XXXXXX");
    char *block = arena_alloc(install->arena, BLOCK_BYTES);
    uint64_t size = 0;
    install->fd = mkostemp(path, O_CLOEXEC);
    if (install->fd < 0)
        return system_error(install, "it cannot be kept");
    unlink(path);
    for (;;) {
        ssize_t got = read(STDIN_FILENO, block, BLOCK_BYTES);
        if (got == 0)
            return LIMBER_OK;
        if (got < 0 && errno != EINTR)
            return system_error(install, "it cannot be read");
        size += got > 0 ? (uint64_t)got : 0;
        if (size > STDIN_MOST)
            return refuse(install, LIMBER_INVALID, NULL, "it is larger than any voice may be");
        if (install->options->progress &&
            !install->options->progress(install->options->context, 0, 0))
            return LIMBER_CANCELLED;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(install->fd, block + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR)
                return system_error(install, "it cannot be kept");
            done += put > 0 ? put : 0;
        }
    }
}

static enum limber_status open_archive(struct install *install)
{
    struct stat info;
    if (strcmp(install->options->file, "-") == 0)
        return spool(install);
    install->fd = open(install->options->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (install->fd < 0) {
        bool missing = errno == ENOENT;
        system_error(install, "it cannot be opened");
        return missing ? LIMBER_NOT_FOUND : LIMBER_IO;
    }
    if (fstat(install->fd, &info) == 0 && S_ISREG(info.st_mode))
        return LIMBER_OK;
    return refuse(install, LIMBER_INVALID,
                  "a voice in a folder needs no installing: put it into the voices' folder",
                  "it is no file");
}

static enum limber_status unpack(struct install *install)
{
    char why[ARCHIVE_READER_WHY];
    struct stat info = {0};
    const char *inner = file_join(install->arena, install->stage.path, INNER);
    int folder = mkdir(inner, 0755) == 0 ? open(inner, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder < 0 || fstat(install->fd, &info) != 0)
        return system_error(install, "it cannot be unpacked");
    struct archive_files *files = &install->files;
    archive_files_init(files, install->arena, folder,
                       info.st_size > 0 ? (uint64_t)info.st_size : 1);
    files->progress = install->options->progress;
    files->context = install->options->context;
    struct archive_sink sink = archive_files_sink(files);
    enum limber_status status = archive_reader_fetch(install->fd, &sink, why);
    if (status == LIMBER_CANCELLED) /* by the sink, which knows why */
        status = files->status;
    else if (status != LIMBER_OK && files->progress && !files->progress(files->context, 0, 0))
        status = LIMBER_CANCELLED; /* the key that stops this stopped the child first */
    else if (status != LIMBER_OK)
        str_printf(&files->rules.why, "%s",
                   *why ? why : "it cannot be read: no process, or no memory for it");
    if (status == LIMBER_OK)
        status = archive_files_finish(files);
    close(folder);
    if (status == LIMBER_OK || status == LIMBER_CANCELLED)
        return status;
    return refuse(install, status, NULL, str_text(&files->rules.why));
}

/* --- what came out of it --- */

/* Takes the folder around all away from the names, and looks at how deep they are. */
static enum limber_status find_top(struct install *install)
{
    struct archive_files *files = &install->files;
    const char *top = archive_files_top(files);
    if (!top)
        return refuse(install, LIMBER_INVALID, NULL, str_text(&files->rules.why));
    size_t skip = *top ? strlen(top) + 1 : 0;
    for (size_t i = 0; i < files->items.count; i++) {
        const char *name = files->items.items[i].name += skip;
        size_t depth = 1;
        for (const char *c = name; *c; c++)
            depth += *c == '/';
        if (depth > ARCHIVE_DEPTH_MOST)
            return refuse(install, LIMBER_INVALID, NULL,
                          arena_printf(install->arena, "%s lies too deep in folders (4 at most)",
                                       archive_rules_shown(install->arena, name, strlen(name))));
    }
    install->top = top;
    return LIMBER_OK;
}

/* The voice's folder, as long as it is in the stage. */
static const char *inner_folder(const struct install *install)
{
    const char *inner =
        *install->top ? arena_printf(install->arena, INNER "/%s", install->top) : INNER;
    return file_join(install->arena, install->stage.path, inner);
}

/* What it calls itself, else its folder in the archive, else the archive. */
static enum limber_status find_name(struct install *install)
{
    struct arena *arena = install->arena;
    const char *file = file_name(install->options->file);
    const struct archive_kind *kind = archive_rules_kind(file);
    const char *name = archive_voice_name(inner_folder(install), arena);
    if (!name && *install->top)
        name = install->top;
    if (!name && strcmp(file, "-") != 0)
        name = arena_strndup(arena, file, strlen(file) - (kind ? strlen(kind->ending) : 0));
    if (!name)
        return refuse(install, LIMBER_INVALID, "name: anna",
                      "nothing in it says what the voice is called");
    const char *problem = archive_name_problem(name);
    if (problem)
        return refuse(install, LIMBER_INVALID, NULL,
                      arena_printf(arena, "the voice's name, %s, %s",
                                   archive_rules_shown(arena, name, strlen(name)), problem));
    install->name = name;
    return LIMBER_OK;
}

static enum limber_status check_manifest(struct install *install)
{
    char *text = NULL;
    size_t length = 0;
    struct str why = {0};
    const char *path = file_join(install->arena, inner_folder(install), MANIFEST_NAME);
    enum limber_status status = file_read(path, MANIFEST_MOST, install->arena, &text, &length);
    if (status == LIMBER_NOT_FOUND) {
        diags_add(install->diags, SEVERITY_WARNING, install->place, NULL,
                  "it has no list of checksums (%s), so nobody can tell whether it is complete",
                  MANIFEST_NAME);
        return LIMBER_OK;
    }
    if (status != LIMBER_OK)
        return refuse(install, LIMBER_INVALID, NULL, "its list of checksums cannot be read");
    bool good =
        manifest_check(text, length, install->files.items.items, install->files.items.count, &why);
    status = good ? LIMBER_OK : refuse(install, LIMBER_INVALID, NULL, str_text(&why));
    str_free(&why);
    return status;
}

/* A voice with the program's own name would speak in its place without being asked for. */
static enum limber_status check_free(struct install *install)
{
    const struct archive_install_options *options = install->options;
    const char *own = file_join(install->arena, options->folder, install->name);
    const char *programs = options->program_folder
                               ? file_join(install->arena, options->program_folder, install->name)
                               : NULL;
    struct stat info;
    if (options->force)
        return LIMBER_OK;
    if (lstat(own, &info) == 0)
        return refuse(install, LIMBER_BUSY, "--force replaces it",
                      arena_printf(install->arena, "there is a voice \"%s\" already, in %s",
                                   install->name, own));
    if (programs && lstat(programs, &info) == 0)
        return refuse(install, LIMBER_BUSY, "--force installs it all the same",
                      arena_printf(install->arena,
                                   "it would hide the voice \"%s\" that came with the program",
                                   install->name));
    return LIMBER_OK;
}

static enum limber_status check_voice(struct install *install, struct archive_result *result)
{
    const struct archive_install_options *options = install->options;
    struct arena *arena = install->arena;
    const char *folder = inner_folder(install);
    const char *shown = file_join(arena, install->place.source->path, "voice.yaml");
    if (!archive_voice_read(folder, install->name, shown, SEVERITY_ERROR, options->registry, arena,
                            install->diags, &install->voice))
        return LIMBER_INVALID;
    result->runs = archive_voice_runs(&install->voice, arena);
    if (result->runs && !options->allow_programs)
        return refuse(install, LIMBER_UNSUPPORTED,
                      "if you trust who made it, and know what this does: --allow-programs",
                      arena_printf(arena, "this voice runs programs, or calls other machines: %s",
                                   result->runs));
    const char *outside = archive_voice_outside(&install->voice, result->runs != NULL, arena);
    if (outside)
        return refuse(
            install, LIMBER_INVALID, NULL,
            arena_printf(arena, "%s names something outside the voice's folder", outside));
    if (!install->voice.license[0])
        diags_add(
            install->diags, SEVERITY_WARNING, install->place, NULL,
            "it does not say what may be done with it: there is no license in its voice.yaml");
    bool good = archive_voice_check_table(options->registry, &install->voice, install->place,
                                          SEVERITY_ERROR, install->diags);
    return good ? LIMBER_OK : LIMBER_INVALID;
}

/* --- all of it --- */

static enum limber_status put_in_place(struct install *install, struct archive_result *result)
{
    const struct archive_install_options *options = install->options;
    struct stat info;
    const char *inner = inner_folder(install) + strlen(install->stage.path) + 1;
    result->folder = file_join(install->arena, options->folder, install->name);
    result->replaced = lstat(result->folder, &info) == 0;
    if (options->progress && !options->progress(options->context, install->files.rules.total, 0))
        return LIMBER_CANCELLED;
    enum limber_status status =
        archive_stage_place(&install->stage, inner, install->name, options->force);
    if (status == LIMBER_BUSY)
        return refuse(install, status, NULL, "a voice of that name has appeared meanwhile");
    if (status != LIMBER_OK)
        return system_error(install, "it cannot be put into its place");
    result->name = install->name;
    result->file_count = install->files.items.count;
    for (size_t i = 0; i < install->files.items.count; i++)
        result->bytes += install->files.items.items[i].size;
    if (install->files.skipped > 0)
        diags_add(install->diags, SEVERITY_NOTE, install->place, NULL,
                  "%zu hidden or temporary file%s left out", install->files.skipped,
                  install->files.skipped == 1 ? " was" : "s were");
    return LIMBER_OK;
}

static enum limber_status run(struct install *install, struct archive_result *result)
{
    enum limber_status status = open_archive(install);
    if (status == LIMBER_OK)
        status = unpack(install);
    if (status == LIMBER_OK)
        status = find_top(install);
    if (status == LIMBER_OK)
        status = find_name(install);
    if (status == LIMBER_OK)
        status = check_manifest(install);
    if (status == LIMBER_OK)
        status = check_free(install);
    if (status == LIMBER_OK)
        status = check_voice(install, result);
    return status == LIMBER_OK ? put_in_place(install, result) : status;
}

enum limber_status archive_install(const struct archive_install_options *options,
                                   struct arena *arena, struct diags *diags,
                                   struct archive_result *result)
{
    struct install install = {
        .options = options, .arena = arena, .diags = diags, .fd = -1, .files = {.fd = -1}};
    const char *shown = strcmp(options->file, "-") == 0 ? "<stdin>" : options->file;
    *result = (struct archive_result){0};
    install.place.source = diags_add_source(diags, shown, "", 0);
    enum limber_status status = file_make_folders(options->folder);
    if (status == LIMBER_OK)
        status = archive_stage_open(options->folder, &install.stage);
    if (status != LIMBER_OK)
        return system_error(&install,
                            arena_printf(arena, "%s cannot be written to", options->folder));
    status = run(&install, result);
    if (install.fd >= 0)
        close(install.fd);
    archive_files_free(&install.files);
    archive_stage_close(&install.stage);
    return status;
}

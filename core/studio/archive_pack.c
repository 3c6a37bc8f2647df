/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_pack.c: a voice becomes an archive. Nothing of when, where and by whom it was packed is
 * in it: names in order, one date, one owner, the same modes. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/str.h"
#include "studio/archive.h"
#include "studio/archive_rules.h"
#include "studio/archive_voice.h"
#include "studio/manifest.h"
#include "studio/packs.h"

#define LARGE_BYTES  (100 * ARCHIVE_MIB) /* of all files: worth a warning */
#define DATE_SECONDS 315532800           /* 1980-01-01, the first day a zip knows */

struct packer {
    const struct archive_pack_options *options;
    struct arena *arena;
    struct diags *diags;
    struct place place; /* the voice's folder, for messages */
    struct archive_rules rules;
    VEC(struct manifest_file) files;
    VEC(const char *) folders;
    int folder_fd;
    bool bad;             /* an error was told */
    uint64_t done, total; /* bytes read, and to be read: each file twice */
    const struct archive_kind *kind;
    struct archive *archive;
};

/* With --force, a warning. */
static void object(struct packer *packer, const char *hint, const char *text)
{
    diags_add(packer->diags, packer->options->force ? SEVERITY_WARNING : SEVERITY_ERROR,
              packer->place, packer->options->force ? NULL : hint, "%s", text);
    packer->bad |= !packer->options->force;
}

static enum limber_status fail(struct packer *packer, enum limber_status status, const char *what,
                               const char *why)
{
    diags_add(packer->diags, SEVERITY_ERROR, (struct place){0}, NULL, "%s: %s", what, why);
    return status;
}

/* --- what belongs to the voice --- */

static void leave_out(struct packer *packer, const char *name)
{
    diags_add(packer->diags, SEVERITY_NOTE, packer->place, NULL, "%s is left out",
              archive_rules_shown(packer->arena, name, strlen(name)));
}

/* Takes one file or folder, `name` from the voice's folder. */
static void take(struct packer *packer, const char *name, bool folder)
{
    const char *clean = NULL;
    /* As it will be in the archive: below a folder. */
    const char *inside = arena_printf(packer->arena, "%s/%s", packer->options->name, name);
    if (archive_rules_entry(&packer->rules, folder, inside, strlen(inside), &clean) !=
        ARCHIVE_KEEP) {
        object(packer, "rename it", str_text(&packer->rules.why));
        return;
    }
    if (folder)
        *vec_push(&packer->folders) = name;
    else
        *vec_push(&packer->files) = (struct manifest_file){.name = name};
}

static void look_at(struct packer *packer, const char *name, const char *own_name);

/* Everything in a folder; "" is the voice's own. */
static void walk(struct packer *packer, const char *name)
{
    int fd = openat(packer->folder_fd, *name ? name : ".",
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
    if (!listing) {
        object(packer, NULL,
               arena_printf(packer->arena, "\"%s\" cannot be read: %s", name, strerror(errno)));
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(listing));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            look_at(packer, file_join(packer->arena, name, entry->d_name), entry->d_name);
    }
    closedir(listing);
}

static void look_at(struct packer *packer, const char *name, const char *own_name)
{
    struct stat info;
    if (strcmp(name, MANIFEST_NAME) == 0) /* made anew */
        return;
    if (archive_rules_is_litter(own_name)) {
        leave_out(packer, name);
        return;
    }
    if (packer->rules.entries > ARCHIVE_ENTRIES_MOST ||
        fstatat(packer->folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (S_ISDIR(info.st_mode)) {
        take(packer, name, true);
        if (!packer->bad || packer->folders.count < ARCHIVE_ENTRIES_MOST)
            walk(packer, name);
    } else if (S_ISREG(info.st_mode)) {
        take(packer, name, false);
        packer->rules.file = 0;
        if (!archive_rules_data(&packer->rules, (size_t)info.st_size))
            object(packer, "shorter clips, or FLAC instead of WAV",
                   arena_printf(packer->arena, "\"%s\": %s", name, str_text(&packer->rules.why)));
    } else {
        object(packer, "put the file itself there",
               arena_printf(packer->arena, "%s is a link or device, and is left out",
                            archive_rules_shown(packer->arena, name, strlen(name))));
    }
}

static int by_name(const void *a, const void *b)
{
    const struct manifest_file *one = a, *other = b;
    return strcmp(one->name, other->name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void collect(struct packer *packer)
{
    walk(packer, "");
    if (packer->files.count > 1)
        qsort(packer->files.items, packer->files.count, sizeof *packer->files.items, by_name);
    if (packer->folders.count > 1)
        qsort(packer->folders.items, packer->folders.count, sizeof *packer->folders.items, by_text);
    if (!archive_rules_finish(&packer->rules))
        object(packer, "rename one of them", str_text(&packer->rules.why));
    packer->total = 2 * packer->rules.total;
    if (packer->rules.total > LARGE_BYTES)
        diags_add(packer->diags, SEVERITY_WARNING, packer->place,
                  "clips as FLAC take half the room of WAV, as Opus a tenth",
                  "the voice is large: %llu MiB",
                  (unsigned long long)(packer->rules.total / ARCHIVE_MIB));
}

/* --- whether it is fit to be handed on --- */

static void check_voice(struct packer *packer)
{
    const struct archive_pack_options *options = packer->options;
    const enum severity severity = options->force ? SEVERITY_WARNING : SEVERITY_ERROR;
    struct voice voice;
    const char *shown = file_join(packer->arena, options->voice_folder, "voice.yaml");
    if (!archive_voice_read(options->voice_folder, options->name, shown, severity,
                            options->registry, packer->arena, packer->diags, &voice)) {
        packer->bad |= !options->force;
        return;
    }
    if (!voice.license[0])
        object(packer, "add `license: CC-BY-4.0`, or whatever you allow, to voice.yaml",
               "nobody may use a voice that does not say what may be done with it");
    const char *outside = archive_voice_outside(&voice, true, packer->arena);
    if (outside)
        object(
            packer, "put the file into the voice's folder",
            arena_printf(packer->arena, "%s names something outside the voice's folder", outside));
    const char *runs = archive_voice_runs(&voice, packer->arena);
    if (runs)
        diags_add(packer->diags, SEVERITY_NOTE, packer->place, NULL,
                  "who installs it must allow its programs (--allow-programs): %s", runs);
    bool usable = archive_voice_check_table(options->registry, &voice, packer->place, severity,
                                            packer->diags);
    packer->bad |= !usable && !options->force;
    if (options->registry && !voice.consent[0] && pack_is_recorded(options->registry, &voice))
        diags_add(packer->diags, SEVERITY_WARNING, packer->place,
                  "consent: the speaker agreed to redistribution, 2026-01-31",
                  "voice.yaml does not say that the speaker agreed");
}

/* --- reading and writing --- */

static bool advance(struct packer *packer, size_t size)
{
    const struct archive_pack_options *options = packer->options;
    packer->done += size;
    return !options->progress || options->progress(options->context, packer->done, packer->total);
}

static bool only_count(void *context, const void *data, size_t size)
{
    return advance(context, size);
}

static bool write_too(void *context, const void *data, size_t size)
{
    struct packer *packer = context;
    return archive_write_data(packer->archive, data, size) == (la_ssize_t)size &&
           advance(packer, size);
}

/* Reads a file; `into`: also into the archive. */
static enum limber_status read_file(struct packer *packer, struct manifest_file *file, bool into)
{
    int fd = openat(packer->folder_fd, file->name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    enum limber_status status =
        fd >= 0 ? manifest_sum(fd, file, into ? write_too : only_count, packer) : LIMBER_IO;
    if (status == LIMBER_IO)
        fail(packer, status, file->name, strerror(errno));
    if (fd >= 0)
        close(fd);
    return status;
}

static enum limber_status write_header(struct packer *packer, const char *name, bool folder,
                                       uint64_t size)
{
    struct archive_entry *entry = archive_entry_new();
    const char *path = arena_printf(packer->arena, "%s/%s", packer->options->name, name);
    archive_entry_set_pathname_utf8(entry, path);
    archive_entry_set_filetype(entry, folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, folder ? 0755 : 0644);
    if (!packer->kind->zip) /* zips have local time; without a date, they get their first day */
        archive_entry_set_mtime(entry, DATE_SECONDS, 0);
    if (!folder)
        archive_entry_set_size(entry, (la_int64_t)size);
    /* Without a locale of UTF-8 there is no name. */
    bool good =
        archive_entry_pathname(entry) && archive_write_header(packer->archive, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    return good ? LIMBER_OK : LIMBER_IO;
}

static enum limber_status write_file(struct packer *packer, const struct manifest_file *file)
{
    struct manifest_file again = *file;
    enum limber_status status = write_header(packer, file->name, false, file->size);
    if (status == LIMBER_OK)
        status = read_file(packer, &again, true);
    if (status == LIMBER_OK && memcmp(again.sum, file->sum, sizeof again.sum) != 0)
        return fail(packer, LIMBER_IO, file->name, "it changed while it was packed");
    return status;
}

/* The manifest stands among the files, where its name belongs. */
static enum limber_status write_entries(struct packer *packer, const struct str *manifest)
{
    enum limber_status status = write_header(packer, "", true, 0);
    bool listed = false;
    for (size_t i = 0; status == LIMBER_OK && i < packer->folders.count; i++)
        status = write_header(packer, packer->folders.items[i], true, 0);
    for (size_t i = 0; status == LIMBER_OK && i <= packer->files.count; i++) {
        const struct manifest_file *file = i < packer->files.count ? &packer->files.items[i] : NULL;
        if (!listed && (!file || strcmp(file->name, MANIFEST_NAME) > 0)) {
            listed = true;
            status = write_header(packer, MANIFEST_NAME, false, manifest->length);
            if (status == LIMBER_OK &&
                archive_write_data(packer->archive, manifest->data, manifest->length) < 0)
                status = LIMBER_IO;
        }
        if (file && status == LIMBER_OK)
            status = write_file(packer, file);
    }
    return status;
}

static bool set_format(struct archive *archive, const struct archive_kind *kind)
{
    int status = kind->zip ? archive_write_set_format_zip(archive)
                           : archive_write_set_format_pax_restricted(archive);
    if (status == ARCHIVE_OK && kind->filter == ARCHIVE_GZIP)
        status = archive_write_add_filter_gzip(archive);
    if (status == ARCHIVE_OK && kind->filter == ARCHIVE_GZIP)
        status = archive_write_set_filter_option(archive, "gzip", "timestamp", NULL);
    if (status == ARCHIVE_OK && kind->filter == ARCHIVE_BZIP2)
        status = archive_write_add_filter_bzip2(archive);
    if (status == ARCHIVE_OK && kind->filter == ARCHIVE_XZ)
        status = archive_write_add_filter_xz(archive);
    if (status == ARCHIVE_OK && kind->filter == ARCHIVE_ZSTD)
        status = archive_write_add_filter_zstd(archive);
    return status == ARCHIVE_OK;
}

static enum limber_status write_archive(struct packer *packer, int fd)
{
    struct str manifest = {0};
    manifest_write(packer->files.items, packer->files.count, &manifest);
    packer->archive = archive_write_new();
    enum limber_status status = LIMBER_IO;
    /* libarchive converts names to and from the locale's letters. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    archive_write_set_bytes_in_last_block(packer->archive, 1);
    if (set_format(packer->archive, packer->kind) &&
        archive_write_open_fd(packer->archive, fd) == ARCHIVE_OK)
        status = write_entries(packer, &manifest);
    if (status == LIMBER_OK && archive_write_close(packer->archive) != ARCHIVE_OK)
        status = LIMBER_IO;
    const char *why = archive_error_string(packer->archive);
    if (why && (status == LIMBER_IO || status == LIMBER_CANCELLED))
        status = fail(packer, LIMBER_IO, packer->options->target,
                      archive_errno(packer->archive) > 0 ? strerror(archive_errno(packer->archive))
                                                         : why);
    archive_write_free(packer->archive);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    str_free(&manifest);
    return status;
}

static enum limber_status write_target(struct packer *packer, struct archive_result *result)
{
    struct atomic_file *file = NULL;
    struct stat info;
    enum limber_status status = LIMBER_OK;
    for (size_t i = 0; status == LIMBER_OK && i < packer->files.count; i++)
        status = read_file(packer, &packer->files.items[i], false);
    if (status != LIMBER_OK)
        return status;
    if (atomic_file_open(packer->options->target, &file) != LIMBER_OK)
        return fail(packer, LIMBER_IO, packer->options->target, strerror(errno));
    status = write_archive(packer, atomic_file_fd(file));
    if (status == LIMBER_OK && fstat(atomic_file_fd(file), &info) == 0)
        result->target_size = (uint64_t)info.st_size;
    if (status != LIMBER_OK)
        atomic_file_abort(file);
    else if ((status = atomic_file_commit(file, true)) != LIMBER_OK)
        fail(packer, status, packer->options->target, strerror(errno));
    return status;
}

enum limber_status archive_pack(const struct archive_pack_options *options, struct arena *arena,
                                struct diags *diags, struct archive_result *result)
{
    struct packer packer = {.options = options,
                            .arena = arena,
                            .diags = diags,
                            .rules = {.arena = arena},
                            .folder_fd = -1,
                            .kind = archive_rules_kind(file_name(options->target))};
    enum limber_status status = LIMBER_INVALID;
    *result = (struct archive_result){.name = options->name};
    if (!packer.kind)
        return fail(
            &packer, LIMBER_UNSUPPORTED, options->target,
            "the file's name must end in .zip, .tar, .tar.gz, .tar.xz, .tar.zst or .tar.bz2");
    packer.place.source = diags_add_source(diags, options->voice_folder, "", 0);
    packer.folder_fd = open(options->voice_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *problem = archive_name_problem(options->name);
    if (packer.folder_fd < 0) {
        status = fail(&packer, LIMBER_IO, options->voice_folder, strerror(errno));
        goto out;
    }
    if (problem) {
        diags_add(diags, SEVERITY_ERROR, packer.place, "rename its folder", "the voice's name %s",
                  problem);
        goto out;
    }
    check_voice(&packer);
    collect(&packer);
    if (packer.bad)
        goto out;
    status = write_target(&packer, result);
    result->file_count = packer.files.count + 1; /* with the checksums */
    result->bytes = packer.rules.total;
out:
    if (packer.folder_fd >= 0)
        close(packer.folder_fd);
    archive_rules_free(&packer.rules);
    vec_free(&packer.files);
    vec_free(&packer.folders);
    return status;
}

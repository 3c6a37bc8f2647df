/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_share.c: voices handed on as one file: voice pack, voice install, voice remove. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "base/str.h"
#include "studio/archive.h"
#include "voice/voices.h"

#define MIB (1024.0 * 1024.0)

/* --- what the three share --- */

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

/* A file that grows too large is an error like a full disk, and what was begun is tidied up. */
static void watch_signals(void)
{
    const struct sigaction stop = {.sa_handler = on_signal};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGHUP, &stop, NULL);
    signal(SIGXFSZ, SIG_IGN);
}

struct meter {
    const char *doing;
    bool show;
    uint64_t shown_mib;
};

static bool show_progress(void *context, uint64_t done, uint64_t total)
{
    struct meter *meter = context;
    uint64_t mib = done / (uint64_t)MIB;
    if (meter->show && mib != meter->shown_mib) {
        meter->shown_mib = mib;
        if (total > 0)
            fprintf(stderr, "\r%s %d %%\033[K", meter->doing, (int)(100 * done / total));
        else
            fprintf(stderr, "\r%s %llu MiB\033[K", meter->doing, (unsigned long long)mib);
    }
    return !interrupted;
}

static void end_meter(const struct meter *meter)
{
    if (meter->show && meter->shown_mib > 0)
        fputs("\r\033[K", stderr);
}

static const char *size_text(struct arena *arena, uint64_t bytes)
{
    if (bytes < 1000 * 1000)
        return arena_printf(arena, "%.1f KiB", (double)bytes / 1024);
    return arena_printf(arena, "%.1f MiB", (double)bytes / MIB);
}

static const char *count_text(struct arena *arena, size_t count, const char *what)
{
    return arena_printf(arena, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

/* The exit status, after saying what there is to say. `missing`: that of UNSUPPORTED. */
static int conclude(struct app *app, enum limber_status status, int unsupported)
{
    app_print_diags(app);
    if (status == LIMBER_CANCELLED)
        fputs("limber: error: interrupted; nothing was kept\n", stderr);
    switch (status) {
    case LIMBER_NOT_FOUND:
    case LIMBER_BUSY:
        return EXIT_USAGE;
    case LIMBER_UNSUPPORTED:
        return unsupported;
    default:
        return exit_status_of(status);
    }
}

static int no_voice(const struct voices *voices, const char *name)
{
    char *why = voices_unknown(voices, name);
    fprintf(stderr, "limber: error: %s\nlimber voices shows all of them\n", why);
    free(why);
    return EXIT_USAGE;
}

static const char *own_folder(struct app *app)
{
    const char *folder = file_user_data(app->arena, "voices");
    if (!folder)
        fputs("limber: error: there is no home folder: HOME is not set\n", stderr);
    return folder;
}

/* --- voice pack --- */

static int pack(struct app *app, const struct voice *voice)
{
    const struct request *request = app->request;
    struct meter meter = {.doing = "packing", .show = app_columns(stderr) > 0 && !request->quiet};
    struct archive_result result;
    const struct archive_pack_options options = {
        .name = voice->name,
        .voice_folder = voice->folder,
        .target = request->file ? request->file : arena_printf(app->arena, "%s.zip", voice->name),
        .force = request->force,
        .registry = app->registry,
        .progress = show_progress,
        .context = &meter};
    enum limber_status status = archive_pack(&options, app->arena, app->diags, &result);
    end_meter(&meter);
    int ended = conclude(app, status, EXIT_USAGE);
    if (status == LIMBER_OK && !request->quiet)
        fprintf(stderr, "%s: %s, %s packed into %s\nlimber voice install %s installs it\n",
                options.target, count_text(app->arena, result.file_count, "file"),
                size_text(app->arena, result.bytes), size_text(app->arena, result.target_size),
                file_name(options.target));
    return ended;
}

static int run_pack(const struct request *request)
{
    struct app app;
    watch_signals();
    int status = app_open(&app, request);
    if (status < 0) {
        struct voices *voices = voices_load(file_program_data(app.arena, "voices"), NULL, NULL);
        const struct voice *voice = voices_find(voices, request->arguments[0]);
        status = voice ? pack(&app, voice) : no_voice(voices, request->arguments[0]);
        voices_destroy(voices);
    }
    app_close(&app);
    return status;
}

const struct verb verb_voice_pack = {
    .name = "voice pack",
    .arguments = "NAME",
    .summary = "make one file of a voice, to hand on",
    .details =
        "Writes NAME.zip, or the file you name: .zip, .tar, .tar.gz, .tar.xz, .tar.zst or "
        ".tar.bz2. It holds one folder with all files of the voice and their checksums; hidden, "
        "temporary and backup files are left out and named. The same files always give the same "
        "bytes. A voice with errors, or without a license, is not packed unless forced.\n\n"
        "Examples:\n"
        "  limber voice pack anna\n"
        "  limber voice pack anna -o ~/anna-1.2.tar.xz\n",
    .options = (const enum option_id[]){OPTION_ARCHIVE, OPTION_FORCE, OPTION_QUIET, OPTION_SET,
                                        OPTION_PLUGIN_PATH, OPTION_HELP},
    .complete = COMPLETE_VOICE,
    .minimum = 1,
    .maximum = 1,
    .run = run_pack,
};

/* --- voice install --- */

/* Whether it can speak here, and how to hear it. */
static void introduce(struct app *app, const struct archive_result *result)
{
    struct voices *voices =
        voices_load(file_program_data(app->arena, "voices"), app->registry, NULL);
    const struct voice *voice = voices_find(voices, result->name);
    if (voice && voice->problem)
        fprintf(stderr, "it cannot be used here yet: %s\n", voice->problem);
    else if (voice)
        fprintf(stderr, "limber voice try %s lets you hear it\n", result->name);
    voices_destroy(voices);
}

static int install(struct app *app, const char *folder)
{
    const struct request *request = app->request;
    struct meter meter = {.doing = "unpacking", .show = app_columns(stderr) > 0 && !request->quiet};
    struct archive_result result;
    const struct archive_install_options options = {.file = request->arguments[0],
                                                    .folder = folder,
                                                    .program_folder =
                                                        file_program_data(app->arena, "voices"),
                                                    .force = request->force,
                                                    .allow_programs = request->allow_programs,
                                                    .registry = app->registry,
                                                    .progress = show_progress,
                                                    .context = &meter};
    enum limber_status status = archive_install(&options, app->arena, app->diags, &result);
    end_meter(&meter);
    int ended = conclude(app, status, EXIT_ROUTINE);
    if (status == LIMBER_OK && !request->quiet) {
        fprintf(
            stderr, "%s: %s: %s, %s\n", result.folder, result.replaced ? "replaced" : "installed",
            count_text(app->arena, result.file_count, "file"), size_text(app->arena, result.bytes));
        if (result.runs)
            fprintf(stderr, "it may run programs, or call other machines: %s\n", result.runs);
        introduce(app, &result);
    }
    return ended;
}

static int run_install(const struct request *request)
{
    struct app app;
    watch_signals();
    int status = app_open(&app, request);
    const char *folder = status < 0 ? own_folder(&app) : NULL;
    if (status < 0)
        status = folder ? install(&app, folder) : EXIT_RUNTIME;
    app_close(&app);
    return status;
}

const struct verb verb_voice_install = {
    .name = "voice install",
    .arguments = "FILE",
    .summary = "install a voice from a file",
    .details =
        "Takes a .zip file, or a .tar file as it is or compressed with gzip, bzip2, xz or zstd; "
        "with - it comes from standard input. The voice goes into ~/.local/share/limber/voices, "
        "all of it or nothing: an archive is refused whole if anything in it is not what a voice "
        "needs (links, devices, names that lead elsewhere, more than 500 MiB or 5,000 files), is "
        "damaged, or differs from its list of checksums.\n\n"
        "A voice whose engine runs programs or calls other machines is installed only with "
        "--allow-programs: you are shown what it would do.\n\n"
        "Examples:\n"
        "  limber voice install anna.zip\n"
        "  limber voice install anna-1.3.tar.xz --force\n"
        "  curl -L https://example.org/anna.tar.gz | limber voice install -\n",
    .options = (const enum option_id[]){OPTION_FORCE, OPTION_ALLOW_PROGRAMS, OPTION_QUIET,
                                        OPTION_SET, OPTION_PLUGIN_PATH, OPTION_HELP},
    .complete = COMPLETE_FILE,
    .minimum = 1,
    .maximum = 1,
    .run = run_install,
};

/* --- voice remove --- */

/* True: go on. */
static bool agreed(const struct request *request, const char *path,
                   const struct archive_contents *contents, int *status)
{
    char answer[16] = "";
    *status = EXIT_USAGE;
    if (contents->recording_count == 0 || request->yes)
        return true;
    fprintf(stderr, "%s holds %zu recording%s, which will be gone.\n", path,
            contents->recording_count, contents->recording_count == 1 ? "" : "s");
    if (!isatty(STDIN_FILENO)) {
        fputs("limber: error: nothing was removed; --yes removes it without asking\n", stderr);
        return false;
    }
    fputs("Remove it? [y/N] ", stderr);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return true;
    fputs("Nothing was removed.\n", stderr);
    *status = EXIT_RUNTIME;
    return false;
}

/* There is none of that name in the user's folder. */
static int not_removable(struct app *app, const char *name)
{
    struct voices *voices = voices_load(file_program_data(app->arena, "voices"), NULL, NULL);
    const struct voice *voice = voices_find(voices, name);
    int status = EXIT_USAGE;
    if (voice)
        fprintf(stderr,
                "limber: error: the voice \"%s\" came with the program (%s) and is not yours to "
                "remove\na voice of your own by the same name would hide it\n",
                name, voice->folder);
    else
        status = no_voice(voices, name);
    voices_destroy(voices);
    return status;
}

static int remove_voice(struct app *app, const char *folder)
{
    const struct request *request = app->request;
    const char *name = request->arguments[0];
    const char *path = file_join(app->arena, folder, name);
    struct archive_contents contents;
    int ended = EXIT_DONE;
    enum limber_status status = archive_look(folder, name, &contents);
    if (status == LIMBER_NOT_FOUND || status == LIMBER_INVALID)
        return not_removable(app, name);
    if (status == LIMBER_OK && !agreed(request, path, &contents, &ended))
        return ended;
    if (status == LIMBER_OK)
        status = archive_remove(folder, name);
    if (status != LIMBER_OK) {
        fprintf(stderr, "limber: error: %s cannot be removed: %s\n", path, strerror(errno));
        return EXIT_RUNTIME;
    }
    if (!request->quiet && contents.link)
        fprintf(stderr, "%s: removed; it was a link, and what it led to is still there\n", path);
    else if (!request->quiet)
        fprintf(stderr, "%s: removed, %s\n", path,
                count_text(app->arena, contents.file_count, "file"));
    return EXIT_DONE;
}

static int run_remove(const struct request *request)
{
    struct app app;
    int status = app_open(&app, request);
    const char *folder = status < 0 ? own_folder(&app) : NULL;
    if (status < 0)
        status = folder ? remove_voice(&app, folder) : EXIT_RUNTIME;
    app_close(&app);
    return status;
}

const struct verb verb_voice_remove = {
    .name = "voice remove",
    .arguments = "NAME",
    .summary = "remove a voice of your own",
    .details = "Deletes the voice's folder in ~/.local/share/limber/voices with everything in it. "
               "Asks first if there are recordings. Voices that came with the program stay.\n\n"
               "Examples:\n"
               "  limber voice remove anna\n"
               "  limber voice remove anna --yes\n",
    .options = (const enum option_id[]){OPTION_YES, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_VOICE,
    .minimum = 1,
    .maximum = 1,
    .run = run_remove,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voicework.c: what the verbs that make and check voices share. */
#include "app/voicework.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "plan/phrases.h"
#include "session/library.h"

static int no_voice(struct voicework *work, const char *name)
{
    char *why = voices_unknown(work->voices, name);
    fprintf(stderr, "limber: error: %s\n", why);
    fputs("limber voice list shows all voices, limber voice new makes one\n", stderr);
    free(why);
    return EXIT_USAGE;
}

static int choose_language(struct voicework *work, const char *wanted)
{
    const struct voice *voice = work->voice;
    work->language = wanted || voice->language_count == 0 ? NULL : voice->languages[0];
    if (wanted)
        work->language = voice_language(voice, wanted);
    if (work->language)
        return -1;
    fprintf(stderr, "limber: error: the voice \"%s\" does not speak \"%s\"\n", voice->name,
            wanted ? wanted : "any language");
    fputs("its voice.yaml lists its languages\n", stderr);
    return EXIT_USAGE;
}

static int open_pack(struct voicework *work, bool recorded)
{
    char *error = NULL;
    if (!recorded && !pack_is_recorded(work->app.registry, work->voice))
        return -1;
    enum limber_status status =
        pack_open(work->app.registry, work->voice, work->language, &work->pack, &error);
    if (error)
        fprintf(stderr, "limber: %s: %s\n", status == LIMBER_OK ? "warning" : "error", error);
    else if (status != LIMBER_OK)
        fprintf(stderr, "limber: error: the voice \"%s\" cannot be opened: %s\n", work->voice->name,
                status_text(status));
    free(error);
    return status == LIMBER_OK ? -1 : status == LIMBER_UNSUPPORTED ? EXIT_USAGE : EXIT_RUNTIME;
}

int voicework_open(struct voicework *work, const struct request *request, const char *name,
                   bool recorded)
{
    *work = (struct voicework){0};
    int status = app_open(&work->app, request);
    if (status >= 0)
        return status;
    work->faults = diags_new();
    work->voices =
        voices_load(file_program_data(work->app.arena, "voices"), work->app.registry, work->faults);
    work->voice = voices_find(work->voices, name);
    if (!work->voice)
        return no_voice(work, name);
    status = choose_language(work, request->language);
    return status >= 0 ? status : open_pack(work, recorded);
}

void voicework_close(struct voicework *work)
{
    needs_destroy(work->needs);
    pack_close(work->pack);
    if (work->voices)
        voices_destroy(work->voices);
    diags_destroy(work->faults);
    app_close(&work->app);
}

/* --- needs --- */

static void show(struct voicework *work, const char *name, size_t done, size_t total)
{
    if (total > 3 && !work->app.request->quiet && app_columns(stderr) > 0)
        fprintf(stderr, "\rreading %s (%zu of %zu)\033[K%s", name, done, total,
                done == total ? "\r\033[K" : "");
}

static int add_named(struct voicework *work, char *const *names)
{
    size_t total = 0;
    while (names[total])
        total++;
    for (size_t i = 0; i < total; i++) {
        const char *path = app_find(&work->app, names[i]);
        if (!path)
            return EXIT_USAGE;
        show(work, names[i], i + 1, total);
        needs_add_routine(work->needs, names[i], path, work->app.diags);
    }
    return app_print_diags(&work->app);
}

/* A page with errors among many is told of, and the others are read. */
static void add_library(struct voicework *work)
{
    size_t count = 0;
    needs_skip_foreign(work->needs);
    const struct library_item *items = library_list(work->app.arena, &count);
    for (size_t i = 0; i < count; i++) {
        show(work, items[i].name, i + 1, count);
        if (!items[i].move)
            needs_add_routine(work->needs, items[i].name, items[i].path, work->app.diags);
    }
    diags_print(work->app.diags, stderr, app_color(stderr));
}

int voicework_needs(struct voicework *work, char *const *names, bool phrases)
{
    const char *folders = phrases_folders(work->app.arena);
    if (!folders) {
        fputs("limber: error: the folder of phrases is missing: the installation is incomplete\n",
              stderr);
        return EXIT_RUNTIME;
    }
    work->needs = needs_new(work->language, folders);
    int status = -1;
    if (names[0])
        status = add_named(work, names);
    else
        add_library(work);
    if (status < 0 && phrases)
        needs_add_phrases(work->needs, work->app.diags);
    return status < 0 && names[0] ? app_print_diags(&work->app) : status;
}

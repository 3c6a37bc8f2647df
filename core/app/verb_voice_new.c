/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_new.c: the folder of a new voice. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "studio/fresh.h"
#include "voice/voices.h"

#define RECORDED "speech-pack"

/* --- which engine --- */

struct names {
    struct arena *arena;
    VEC(const char *) all;
};

static void note_engine(void *context, const struct registry_item *item)
{
    struct names *names = context;
    if (str_starts_with(item->id, "speech-"))
        *vec_push(&names->all) = arena_strdup(names->arena, item->id);
}

static int no_engine(struct app *app, const char *id, const char *error)
{
    struct names engines = {.arena = app->arena};
    registry_each(app->registry, note_engine, &engines);
    const char *nearest = str_nearest(id, engines.all.items, engines.all.count);
    bool there = nearest && strcmp(nearest, id) == 0; /* but it cannot be used */
    if (there)
        fprintf(stderr, "limber: error: the engine %s cannot be used: %s\n", id, error);
    else
        fprintf(stderr, "limber: error: there is no engine \"%s\"", id);
    if (!there && nearest)
        fprintf(stderr, "; did you mean \"%s\"?", nearest);
    if (!there) {
        fputs("\nThe engines are:", stderr);
        for (size_t i = 0; i < engines.all.count; i++)
            fprintf(stderr, "%s %s", i ? "," : "", engines.all.items[i]);
        fputs("\n", stderr);
    }
    vec_free(&engines.all);
    return there ? EXIT_RUNTIME : EXIT_USAGE;
}

/* "espeak" and "speech-espeak" both will do. */
static int find_engine(struct app *app, struct fresh_options *options)
{
    const char *given = app->request->engine ? app->request->engine : RECORDED;
    const char *id =
        str_starts_with(given, "speech-") ? given : arena_printf(app->arena, "speech-%s", given);
    char *error = NULL;
    options->engine = registry_descriptor(app->registry, id, &error);
    int status = options->engine ? -1 : no_engine(app, id, error ? error : "it does not load");
    free(error);
    return status;
}

/* --- which name and language --- */

static int refuse(const char *what)
{
    fprintf(stderr, "limber: error: %s\nlimber voice new --help shows examples\n", what);
    return EXIT_USAGE;
}

static int check_name(struct app *app, const char *name)
{
    const char *problem = fresh_name_problem(name);
    if (problem) {
        fprintf(stderr, "limber: error: \"%s\": %s\n", name, problem);
        return EXIT_USAGE;
    }
    struct voices *voices = voices_load(file_program_data(app->arena, "voices"), NULL, NULL);
    const struct voice *there = voices_find(voices, name);
    if (there)
        fprintf(stderr, "limber: error: there is a voice \"%s\" already: %s\n", name,
                there->folder ? there->folder : there->file);
    voices_destroy(voices);
    return there ? EXIT_USAGE : -1;
}

static int check_language(const char *language)
{
    if (!language)
        return refuse("say which language it speaks: --language en");
    if (!voice_is_tag(language)) {
        fprintf(stderr, "limber: error: \"%s\" is no language tag; write en, en-GB or de\n",
                language);
        return EXIT_USAGE;
    }
    return -1;
}

/* --- making it --- */

static int make(struct app *app, const struct fresh_options *options)
{
    const char *path = file_join(app->arena, options->folder, options->name);
    enum limber_status status = fresh_make(options);
    if (status == LIMBER_OK) {
        if (!app->request->quiet)
            printf("%s is there. Its README.txt tells what to do next:\n%s\n", options->name, path);
        return EXIT_DONE;
    }
    fprintf(stderr, "limber: error: %s cannot be made: %s\n", path,
            status == LIMBER_BUSY ? "there is one already" : strerror(errno));
    return status == LIMBER_BUSY ? EXIT_USAGE : EXIT_RUNTIME;
}

static int run_new(const struct request *request)
{
    struct app app;
    int status = app_open(&app, request);
    struct fresh_options options = {.name = request->arguments[0], .language = request->language};
    if (status < 0)
        status = check_name(&app, options.name);
    if (status < 0)
        status = check_language(options.language);
    if (status < 0)
        status = find_engine(&app, &options);
    if (status < 0) {
        options.folder = file_user_data(app.arena, "voices");
        status =
            options.folder ? make(&app, &options) : refuse("there is no home folder; set HOME");
    }
    app_close(&app);
    return status;
}

const struct verb verb_voice_new = {
    .name = "voice new",
    .arguments = "NAME",
    .summary = "make the folder of a new voice",
    .details = "Makes ~/.local/share/limber/voices/NAME with a voice.yaml that explains each line, "
               "an empty table of recordings, and a README.txt with the next steps. With --engine "
               "the voice is spoken by a program instead, and voice.yaml lists what that one can "
               "be told. A name has small letters, digits and - only.\n\n"
               "Examples:\n"
               "  limber voice new anna --language en\n"
               "  limber voice new robot --language en --engine espeak\n"
               "  limber voice new piper-amy --language en-US --engine command\n",
    .options = (const enum option_id[]){OPTION_LANGUAGE, OPTION_ENGINE, OPTION_SET,
                                        OPTION_PLUGIN_PATH, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 1,
    .maximum = 1,
    .run = run_new,
};

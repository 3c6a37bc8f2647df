/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_config.c: limber config check, show and path. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "session/themefile.h"
#include "voice/voices.h"

/* The file that is meant, or NULL: there is none. */
static const char *file_of(struct app *app)
{
    if (app->request->argument_count > 0)
        return app->request->arguments[0];
    return app->request->config ? app->request->config : config_place(app->arena);
}

static int run_path(const struct request *request)
{
    struct app app;
    int status = app_open(&app, request);
    const char *path = status < 0 ? config_place(app.arena) : NULL;
    const char *own = status < 0 ? config_own_place(app.arena) : NULL;
    if (path)
        puts(path);
    else if (own)
        printf("%s\n", own);
    if (status < 0 && !path && !request->quiet)
        fprintf(stderr, "There is no such file yet: limber config show --all > %s makes one.\n",
                own ? own : "config.yaml");
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_config_path = {
    .name = "config path",
    .arguments = "",
    .summary = "tell where the settings are",
    .details = "Prints the file that is read: $LIMBER_CONFIG, else config.yaml in "
               "~/.config/limber, else /etc/limber/config.yaml; if there is none, where yours "
               "would be.\n\n"
               "Examples:\n"
               "  limber config path\n"
               "  $EDITOR \"$(limber config path)\"\n",
    .options = (const enum option_id[]){OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_path,
};

/* --- check --- */

/* Voices and themes may come and go, which is no fault of the file. */
static void check_names(struct app *app, const struct config *config)
{
    struct voices *voices =
        voices_load(file_program_data(app->arena, "voices"), app->registry, NULL);
    if (config->voice && !voices_find(voices, config->voice)) {
        char *why = voices_unknown(voices, config->voice);
        diags_add(app->diags, SEVERITY_WARNING, config->voice_place, NULL, "%s", why);
        free(why);
    }
    voices_destroy(voices);
    const struct theme_pack *pack = NULL;
    char *error = NULL;
    if (config->sounds &&
        theme_find(app->registry, config->sounds, app->arena, NULL, &pack, &error) != LIMBER_OK)
        diags_add(app->diags, SEVERITY_WARNING, config->sounds_place, NULL, "%s",
                  error ? error : "the theme of sounds cannot be used");
    free(error);
}

static int run_check(const struct request *request)
{
    struct app app;
    struct config config;
    int status = app_open(&app, request);
    if (status < 0) {
        const char *path = file_of(&app);
        config_read(path, app.registry, app.arena, app.diags, &config);
        check_names(&app, &config);
        status = app_print_diags(&app);
        if (status < 0 && !request->quiet)
            printf("%s: %s\n", path ? path : "there is no configuration",
                   path ? "good" : "everything is as by default");
    }
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_config_check = {
    .name = "config check",
    .arguments = "[FILE]",
    .summary = "find mistakes in the settings",
    .details = "Tells every mistake with its line, column and remedy; options of plugins are "
               "looked up with the plugins themselves. Exit status 3 if there are errors.\n\n"
               "Examples:\n"
               "  limber config check\n"
               "  limber config check new.yaml --strict\n",
    .options =
        (const enum option_id[]){OPTION_STRICT, OPTION_PLUGIN_PATH, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_FILE,
    .minimum = 0,
    .maximum = 1,
    .run = run_check,
};

/* --- show --- */

static int run_show(const struct request *request)
{
    struct app app;
    struct config config;
    int status = app_open(&app, request);
    if (status < 0) {
        config_read(request->no_config ? NULL : file_of(&app), app.registry, app.arena, app.diags,
                    &config);
        config_show(&config, app.registry, request->all, stdout);
        status = app_print_diags(&app);
    }
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_config_show = {
    .name = "config show",
    .arguments = "[FILE]",
    .summary = "print the settings, or all that can be set",
    .details =
        "Prints what is set. With --all every setting is there with what it is for, and every "
        "option of every plugin; what is as by default stands behind a #. The result can be "
        "used as the file.\n\n"
        "Examples:\n"
        "  limber config show\n"
        "  limber config show --all > ~/.config/limber/config.yaml\n"
        "  limber config show --all --no-config | less\n",
    .options = (const enum option_id[]){OPTION_ALL, OPTION_CONFIG, OPTION_NO_CONFIG,
                                        OPTION_PLUGIN_PATH, OPTION_HELP},
    .complete = COMPLETE_FILE,
    .minimum = 0,
    .maximum = 1,
    .run = run_show,
};

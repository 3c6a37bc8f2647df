/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app_config.c: what the configuration says where the command line says nothing. */
#include <stdlib.h>

#include "app/app.h"

/* The request, with what was not asked for on the command line as configured. */
static void merge(struct request *request, const struct config *config)
{
    const bool *given = request->given;
    if (!given[OPTION_VOICE])
        request->voice = config->voice;
    if (!given[OPTION_LANGUAGE])
        request->language = config->language;
    if (!given[OPTION_SOUNDS])
        request->sounds = config->sounds;
    if (!given[OPTION_LEVEL])
        request->level = (int)config->level;
    if (!given[OPTION_DETAIL]) {
        request->detail = (int)config->detail;
        request->given[OPTION_DETAIL] = config->detail_given;
    }
    if (!given[OPTION_LEAD_IN])
        request->lead_in_ns = config->lead_in_ns;
    if (!given[OPTION_CONTROL]) {
        request->control_count = 0;
        for (size_t i = 0; i < config->control_count; i++)
            request->controls[request->control_count++] = config->controls[i];
    }
}

int app_configure(struct app *app, bool anyway)
{
    const struct request *request = app->request;
    const char *path = NULL;
    char *error = NULL;
    if (request->config)
        path = request->config;
    else if (request->configured && !request->no_config)
        path = config_place(app->arena);
    bool good = config_read(path, app->registry, app->arena, app->diags, &app->config);
    if (!good) {
        app_print_diags(app);
        if (!anyway) {
            fputs("limber: error: the configuration has errors; --no-config does without it\n",
                  stderr);
            return EXIT_ROUTINE;
        }
    }
    if (!config_apply(&app->config, app->registry, &error))
        fprintf(stderr, "limber: warning: %s: %s\n", path, error);
    free(error);
    if (path) {
        struct request *merged = arena_memdup(app->arena, request, sizeof *request);
        merge(merged, &app->config);
        app->request = merged;
    }
    return -1;
}

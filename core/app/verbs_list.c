/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_list.c: what there is: routines, voices, plugins, devices, completion scripts. */
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "base/str.h"
#include "plan/phrases.h"
#include "plugin/call.h"
#include "plugin/threadcheck.h"
#include "session/library.h"

/* Prints text padded to `width` columns. */
static void print_padded(const char *text, int width)
{
    int columns = str_columns(text, strlen(text));
    printf("%s%*s", text, columns < width ? width - columns : 0, "");
}

static char *join_needs(struct arena *arena, const struct routine_card *card)
{
    struct str text = {0};
    for (size_t i = 0; i < card->need_count; i++)
        str_printf(&text, "%s%s", i ? ", " : "", card->needs[i]);
    char *joined = arena_strdup(arena, str_text(&text));
    str_free(&text);
    return joined;
}

/* --- list --- */

/* Length by rough estimate (nothing is voiced), or −1 if the page has errors. */
static nsec rough_length(struct app *app, const char *path)
{
    struct diags *diags = diags_new();
    const struct routine_options routine_options = {.language = app->request->language};
    enum limber_status status = LIMBER_OK;
    struct routine *routine = routine_load(path, &routine_options, diags, &status);
    const struct plan_options plan_options = {.level = (enum level)app->request->level,
                                              .detail = (enum detail)app->request->detail,
                                              .announce = -1,
                                              .count = -1,
                                              .choice = {.fraction = -1},
                                              .phrase_folder = phrases_folders(app->arena)};
    struct plan *plan = routine ? plan_new(routine, &plan_options, diags) : NULL;
    nsec length = plan ? plan->estimate_ns : -1;
    plan_destroy(plan);
    routine_destroy(routine);
    diags_destroy(diags);
    return length;
}

static json_t *item_json(struct app *app, const struct library_item *item,
                         const struct routine_card *card, nsec length)
{
    json_t *needs = json_array();
    for (size_t i = 0; i < card->need_count; i++)
        json_array_append_new(needs, json_string(card->needs[i]));
    return json_pack("{s:s, s:s, s:s, s:f, s:s?, s:o, s:s?, s:s?, s:b}", "name", item->name, "file",
                     item->path, "title", card->title, "seconds",
                     length < 0 ? 0.0 : (double)length / NSEC_PER_SEC, "position", card->position,
                     "needs", needs, "language", card->language, "description", card->description,
                     "move", item->move);
}

static void print_item(struct app *app, const struct library_item *item,
                       const struct routine_card *card, nsec length)
{
    char minutes[24] = "errors";
    if (length >= 0)
        snprintf(minutes, sizeof minutes, "%lld min",
                 (long long)((length + 30 * NSEC_PER_SEC) / (60 * NSEC_PER_SEC)));
    if (length >= 0 && length < 90 * NSEC_PER_SEC)
        snprintf(minutes, sizeof minutes, "%lld s", (long long)(length / NSEC_PER_SEC));
    print_padded(item->name, 34);
    print_padded(card->title, 40);
    printf(" %7s  ", minutes);
    print_padded(card->language ? card->language : "en", 4);
    print_padded(card->position ? card->position : "", 18);
    puts(join_needs(app->arena, card));
}

static int run_list(const struct request *request)
{
    struct app app;
    size_t count = 0;
    int status = app_open(&app, request);
    json_t *all = request->json ? json_array() : NULL;
    const struct library_item *items = status < 0 ? library_list(app.arena, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        struct routine_card card = {0};
        if (items[i].move && !request->moves)
            continue;
        if (request->names) {
            puts(items[i].name);
            continue;
        }
        if (!routine_read_card(items[i].path, app.arena, &card))
            continue;
        nsec length = rough_length(&app, items[i].path);
        if (all)
            json_array_append_new(all, item_json(&app, &items[i], &card, length));
        else
            print_item(&app, &items[i], &card, length);
    }
    if (all) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        puts("");
        json_decref(all);
    }
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_list = {
    .name = "list",
    .arguments = "",
    .summary = "list the routines there are",
    .details = "Prints name, title, rough length, language, position and what is needed. Your own "
               "routines live in\n"
               "~/.local/share/limber/scripts.\n\n"
               "Examples:\n"
               "  limber list\n"
               "  limber list --moves --json\n",
    .options = (const enum option_id[]){OPTION_MOVES, OPTION_JSON, OPTION_NAMES, OPTION_LEVEL,
                                        OPTION_LANGUAGE, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_list,
};

/* --- plugins --- */

static void print_option(const struct limber_option *option)
{
    char range[80] = "";
    if (option->choices) {
        for (size_t i = 0; option->choices[i]; i++) {
            size_t used = strlen(range);
            snprintf(range + used, sizeof range - used, "%s%s", i ? "|" : "", option->choices[i]);
        }
    } else if (option->minimum < option->maximum) {
        snprintf(range, sizeof range, "%g to %g", option->minimum, option->maximum);
    }
    printf("      %-14s %s", option->name, option->help);
    if (*range)
        printf(" (%s%s%s)", range, option->unit ? " " : "", option->unit ? option->unit : "");
    else if (option->unit)
        printf(" (%s)", option->unit);
    printf(option->fallback ? "; default %s\n" : "\n", option->fallback);
}

static void print_plugin(void *context, const struct registry_item *item)
{
    const struct request *request = context;
    const struct limber_plugin_descriptor *descriptor = item->descriptor;
    if (request->names) {
        puts(item->id);
        return;
    }
    printf("%-16s", item->id);
    if (descriptor)
        printf(" %s %s: %s", descriptor->name, descriptor->version, descriptor->description);
    printf("\n      %s", item->file ? item->file : "built in");
    if (descriptor)
        printf(", %s", descriptor->license);
    puts("");
    if (item->problem)
        printf("      not usable: %s\n", item->problem);
    for (const struct limber_option *option = descriptor ? descriptor->options : NULL;
         option && option->name; option++)
        print_option(option);
}

static bool print_sound(void *context, const char *name, bool bed, const char *help)
{
    printf("  %-16s %s%s\n", name, bed ? "(for music) " : "", help ? help : "");
    return true;
}

/* The sounds and beds that pages may name. */
static void print_sounds(struct app *app)
{
    char *error = NULL;
    struct plugin_instance *theme = registry_instance(app->registry, "sound-tone", &error);
    puts("\nSounds of the theme:");
    if (theme)
        call_sound_list(theme, NULL, print_sound, NULL);
    else
        printf("  %s\n", error ? error : "none");
    free(error);
}

static int run_plugins(const struct request *request)
{
    struct app app;
    int status = app_open(&app, request);
    if (status < 0) {
        registry_each(app.registry, print_plugin, (void *)request);
        if (!request->names)
            print_sounds(&app);
    }
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_plugins = {
    .name = "plugins",
    .arguments = "",
    .summary = "list plugins and their options",
    .details = "Prints every plugin found, where it is, its options with ranges and defaults, and "
               "why one cannot be used.\n\n"
               "Examples:\n"
               "  limber plugins\n"
               "  limber plugins --plugin-path ./build\n",
    .options = (const enum option_id[]){OPTION_PLUGIN_PATH, OPTION_NAMES, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_plugins,
};

/* --- devices --- */

struct device_job {
    struct plugin_instance *plugin;
    bool inputs;
    const char *heading; /* or NULL */
    size_t count;
};

static bool print_device(void *context, const char *name, const char *detail, bool is_default)
{
    struct device_job *job = context;
    if (job->count++ == 0 && job->heading)
        puts(job->heading);
    printf("  %c %-40s %s\n", is_default ? '*' : ' ', name, detail);
    return true;
}

static void *list_devices(void *context)
{
    struct device_job *job = context;
    threadcheck_set(THREAD_WORKER);
    if (job->inputs)
        call_input_list_devices(job->plugin, print_device, job);
    else
        call_output_list_devices(job->plugin, print_device, job);
    return NULL;
}

/* Lists the devices of a plugin under a heading. Returns how many there are; −1 after saying what
 * is wrong. `heading` may be NULL. */
static int print_devices(struct app *app, const char *id, bool inputs, const char *heading)
{
    char *error = NULL;
    struct device_job job = {.inputs = inputs,
                             .heading = heading,
                             .plugin = registry_instance(app->registry, id, &error)};
    pthread_t thread;
    bool listed = job.plugin && pthread_create(&thread, NULL, list_devices, &job) == 0;
    if (listed)
        pthread_join(thread, NULL);
    else
        fprintf(stderr, "limber: error: %s\n", error ? error : "the devices cannot be listed");
    free(error);
    return listed ? (int)job.count : -1;
}

/* Of the output that is named, else of all that there are. */
static int print_loudspeakers(struct app *app, bool named)
{
    const char *const ids[] = {"out-portaudio", "out-alsa"};
    int count = 0;
    if (named) {
        const char *output = app_output(app, NULL);
        count = output ? print_devices(app, output, false, NULL) : -1;
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids && !named; i++) {
        char *error = NULL;
        bool is_there = registry_descriptor(app->registry, ids[i], &error) != NULL;
        free(error);
        if (!is_there)
            continue;
        int found = print_devices(app, ids[i], false,
                                  i == 0 ? NULL
                                         : "\nThe same without a sound server in between, for "
                                           "--output alsa:device=NAME:");
        count = found < 0 ? found : count + found;
    }
    if (count == 0)
        puts("There is no sound device. limber render writes a session to a file.");
    return count < 0 ? EXIT_RUNTIME : -1;
}

/* What is named with --output or --input, else loudspeakers and microphones. */
static int run_devices(const struct request *request)
{
    struct app app;
    int status = app_open(&app, request);
    bool both = !request->output && !request->input;
    if (status < 0 && (both || request->output))
        status = print_loudspeakers(&app, request->output != NULL);
    if (status < 0 && (both || request->input)) {
        const char *input = app_input(&app, "in-portaudio");
        if (both)
            puts("\nMicrophones, for limber voice record:");
        fflush(stdout);
        int count = input ? print_devices(&app, input, true, NULL) : -1;
        if (count == 0)
            puts("  There is no microphone.");
        status = !input ? EXIT_USAGE : count < 0 ? EXIT_RUNTIME : -1;
    }
    app_close(&app);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_devices = {
    .name = "devices",
    .arguments = "",
    .summary = "list the sound devices",
    .details = "Lists where sound can go, and where it can come from for recording. The star marks "
               "the default. Any part of a name will do:\n\n"
               "Examples:\n"
               "  limber devices\n"
               "  limber play desk-break --output portaudio:device=pulse\n"
               "  limber voice record anna --input portaudio:device=USB\n",
    .options = (const enum option_id[]){OPTION_OUTPUT, OPTION_INPUT, OPTION_PLUGIN_PATH, OPTION_SET,
                                        OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_devices,
};

/* --- completion --- */

static int run_completion(const struct request *request)
{
    const char *word = request->arguments[0];
    /* The second is for building the manual: limber completion limber-play | scdoc */
    if (cli_completion(word, stdout) || cli_manual(word, stdout))
        return EXIT_DONE;
    fprintf(stderr, "limber: error: there is no completion for \"%s\"; write bash, zsh or fish\n",
            word);
    return EXIT_USAGE;
}

const struct verb verb_completion = {
    .name = "completion",
    .arguments = "bash|zsh|fish",
    .summary = "print a completion script for a shell",
    .details = "An installed Limber has them in place already.\n\n"
               "Examples:\n"
               "  limber completion bash > ~/.local/share/bash-completion/completions/limber\n",
    .options = (const enum option_id[]){OPTION_HELP},
    .complete = COMPLETE_SHELL,
    .minimum = 1,
    .maximum = 1,
    .run = run_completion,
};

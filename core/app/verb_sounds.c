/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_sounds.c: the themes of sounds there are, and how they sound. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/str.h"
#include "session/audition.h"
#include "session/theme.h"
#include "session/themefile.h"

/* --- sounds --- */

struct listing {
    struct app app;
    const struct theme_role *roles;
    size_t role_count;
    json_t *all; /* NULL: for people */
    size_t shown;
};

enum holding { NOT_HERE, BROKEN, HERE };

/* Whether the theme has a sound of that role that can be heard. */
static enum holding holds(struct theme *theme, const struct theme_pack *pack,
                          const struct theme_role *role)
{
    if (!pack->file)
        return HERE;
    for (size_t i = 0; i < pack->sound_count; i++) {
        const struct theme_sound *sound = &pack->sounds[i];
        if (strcmp(sound->role, role->name) == 0 && sound->bed == role->bed)
            return sound->file && theme_is_packs(theme, role->name, role->bed) ? HERE : BROKEN;
    }
    return NOT_HERE;
}

/* Appends "name, name" of the sounds (or beds) that are held so; returns how many. */
static size_t names_of(struct listing *listing, struct theme *theme, const struct theme_pack *pack,
                       enum holding wanted, bool bed, struct str *text, json_t *array)
{
    size_t count = 0;
    for (size_t i = 0; i < listing->role_count && !pack->problem; i++) {
        const struct theme_role *role = &listing->roles[i];
        if (role->bed != bed || holds(theme, pack, role) != wanted)
            continue;
        if (text)
            str_printf(text, "%s%s", text->length ? ", " : "", role->name);
        if (array)
            json_array_append_new(array, json_string(role->name));
        count++;
    }
    return count;
}

static void put_text(json_t *to, const char *key, const char *text)
{
    if (text && text[0])
        json_object_set_new(to, key, json_string(text));
}

static void add_json(struct listing *listing, struct theme *theme, const struct theme_pack *pack)
{
    json_t *roles = json_array(), *beds = json_array(), *broken = json_array();
    names_of(listing, theme, pack, HERE, false, NULL, roles);
    names_of(listing, theme, pack, HERE, true, NULL, beds);
    names_of(listing, theme, pack, BROKEN, false, NULL, broken);
    names_of(listing, theme, pack, BROKEN, true, NULL, broken);
    json_t *item = json_pack("{s:s, s:b, s:b, s:b, s:o, s:o, s:o}", "name", pack->name, "default",
                             pack->file == NULL, "own", pack->users, "usable",
                             pack->problem == NULL, "roles", roles, "beds", beds, "broken", broken);
    put_text(item, "problem", pack->problem);
    put_text(item, "description", pack->description);
    put_text(item, "license", pack->license);
    put_text(item, "author", pack->author);
    put_text(item, "version", pack->version);
    put_text(item, "file", pack->file);
    json_array_append_new(listing->all, item);
}

static void print_below(const char *before, const char *text)
{
    struct str line = {0};
    str_printf(&line, "%s%s", before, text);
    printf("%18s", "");
    cli_print_wrapped(stdout, str_text(&line), line.length, 18);
    str_free(&line);
}

/* "sounds.yaml:3:1: …" without the folder, which the name tells. */
static const char *without_folder(const struct theme_pack *pack, const char *text)
{
    size_t length = strlen(pack->folder);
    return strncmp(text, pack->folder, length) == 0 && text[length] == '/' ? text + length + 1
                                                                           : text;
}

static void print_theme(struct listing *listing, struct theme *theme, const struct theme_pack *pack)
{
    struct str missing = {0}, broken = {0}, beds = {0};
    size_t here = names_of(listing, theme, pack, HERE, false, NULL, NULL);
    size_t lacking = names_of(listing, theme, pack, NOT_HERE, false, &missing, NULL);
    size_t wrong = names_of(listing, theme, pack, BROKEN, false, &broken, NULL) +
                   names_of(listing, theme, pack, BROKEN, true, &broken, NULL);
    size_t bed_count = names_of(listing, theme, pack, HERE, true, &beds, NULL);
    int columns = str_columns(pack->name, strlen(pack->name));
    printf("  %s%*s", pack->name, columns < 16 ? 16 - columns : 1, "");
    const char *license = !pack->file        ? "comes with Limber"
                          : pack->license[0] ? pack->license
                                             : "no license given";
    if (pack->problem)
        fputs(license, stdout);
    else
        printf("%-20s %zu sound%s, %zu bed%s", license, here, here == 1 ? "" : "s", bed_count,
               bed_count == 1 ? "" : "s");
    puts("");
    if (pack->description[0])
        print_below("", pack->description);
    if (pack->problem)
        print_below("not usable: ", without_folder(pack, pack->problem));
    if (lacking)
        print_below("as in the default: ", str_text(&missing));
    if (wrong)
        print_below("broken, so as in the default: ", str_text(&broken));
    if (bed_count)
        print_below("for music: ", str_text(&beds));
    str_free(&missing);
    str_free(&broken);
    str_free(&beds);
}

static void show(struct listing *listing, const struct theme_pack *pack)
{
    struct app *app = &listing->app;
    const struct theme_options options = {
        .pack = pack, .rate_hz = SESSION_RATE_HZ, .diags = app->diags};
    struct theme *theme = theme_new(app->registry, &options);
    if (listing->all)
        add_json(listing, theme, pack);
    else
        print_theme(listing, theme, pack);
    theme_destroy(theme);
}

static void print_names(struct arena *arena)
{
    size_t count = 0;
    const char *const *names = themes_names(arena, &count);
    for (size_t i = 0; i < count; i++)
        puts(names[i]);
}

static int run_sounds(const struct request *request)
{
    struct listing listing = {0};
    struct app *app = &listing.app;
    size_t count = 0;
    int status = app_open(app, request);
    if (status < 0 && request->names) {
        print_names(app->arena);
    } else if (status < 0) {
        const struct theme_pack *packs = themes_list(app->registry, app->arena, app->diags, &count);
        listing.roles = theme_roles(app->registry, app->arena, &listing.role_count);
        listing.all = request->json ? json_array() : NULL;
        for (size_t i = 0; i < count; i++)
            show(&listing, &packs[i]);
        if (listing.all) {
            json_dumpf(listing.all, stdout, JSON_INDENT(2));
            puts("");
            json_decref(listing.all);
        }
        app_print_diags(app);
    }
    app_close(app);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_sounds = {
    .name = "sounds",
    .arguments = "",
    .summary = "list the themes of sounds",
    .details =
        "A theme is a set of bells, ticks and the other sounds of a session. Prints name, "
        "license, how much each has, and what cannot be used; what a theme lacks sounds as in "
        "the default. Your own live in ~/.local/share/limber/sounds/NAME/sounds.yaml.\n\n"
        "Examples:\n"
        "  limber sounds\n"
        "  limber sounds --json\n"
        "  limber play desk-break --sounds wood\n",
    .options = (const enum option_id[]){OPTION_JSON, OPTION_SET, OPTION_PLUGIN_PATH, OPTION_NAMES,
                                        OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_sounds,
};

/* --- sounds try --- */

struct attempt {
    struct app app;
    const struct theme_pack *pack;
    const struct theme_role *roles; /* all there are */
    size_t role_count;
    struct theme *theme;
    const struct theme_role **chosen;
    struct recital_item *items;
    size_t count;
};

static int find_theme(struct attempt *attempt)
{
    struct app *app = &attempt->app;
    char *error = NULL;
    enum limber_status status = theme_find(app->registry, app->request->arguments[0], app->arena,
                                           app->diags, &attempt->pack, &error);
    int exit_status = app_print_diags(app);
    if (error)
        fprintf(stderr, "limber: error: %s\n", error);
    free(error);
    return status == LIMBER_NOT_FOUND ? EXIT_USAGE : exit_status;
}

static int unknown_role(const struct attempt *attempt, const char *name)
{
    const char **names = ARENA_ARRAY(attempt->app.arena, const char *, attempt->role_count + 1);
    for (size_t i = 0; i < attempt->role_count; i++)
        names[i] = attempt->roles[i].name;
    const char *near = str_nearest(name, names, attempt->role_count);
    fprintf(stderr, "limber: error: there is no sound \"%s\"", name);
    if (near)
        fprintf(stderr, "; did you mean \"%s\"?", near);
    fputs("\nthe sounds are", stderr);
    for (size_t i = 0; i < attempt->role_count; i++)
        fprintf(stderr, " %s", names[i]);
    fputs("\n", stderr);
    return EXIT_USAGE;
}

static void choose(struct attempt *attempt, const struct theme_role *role)
{
    const struct clip *clip = role->bed ? theme_bed(attempt->theme, role->name)
                                        : theme_sound(attempt->theme, role->name, 0);
    if (!clip)
        return;
    attempt->chosen[attempt->count] = role;
    attempt->items[attempt->count++] = (struct recital_item){.clip = clip, .gain = 1};
}

/* The sounds that were named, else all but the beds. */
static int choose_all(struct attempt *attempt)
{
    const struct request *request = attempt->app.request;
    size_t most = attempt->role_count + (size_t)request->argument_count;
    attempt->chosen = ARENA_ARRAY(attempt->app.arena, const struct theme_role *, most);
    attempt->items = ARENA_ARRAY(attempt->app.arena, struct recital_item, most);
    for (int i = 1; i < request->argument_count; i++) {
        size_t r = 0;
        while (r < attempt->role_count &&
               strcmp(attempt->roles[r].name, request->arguments[i]) != 0)
            r++;
        if (r == attempt->role_count)
            return unknown_role(attempt, request->arguments[i]);
        choose(attempt, &attempt->roles[r]);
    }
    for (size_t i = 0; request->argument_count == 1 && i < attempt->role_count; i++) {
        if (!attempt->roles[i].bed)
            choose(attempt, &attempt->roles[i]);
    }
    return -1;
}

/* "bell       bell.flac" */
static void print_began(void *context, size_t index)
{
    struct attempt *attempt = context;
    const struct theme_role *role = attempt->chosen[index];
    const struct theme_sound *own = theme_pack_sound(attempt->pack, role->name, role->bed);
    const char *what = !attempt->pack->file ? role->help
                       : own && theme_is_packs(attempt->theme, role->name, role->bed)
                           ? own->file
                           : "as in the default";
    printf("%-11s%s\n", role->name, what);
    fflush(stdout);
}

static int play(struct attempt *attempt)
{
    const struct request *request = attempt->app.request;
    const struct session_host host = {
        .loop = attempt->app.loop, .registry = attempt->app.registry, .diags = attempt->app.diags};
    const struct audition_options options = {
        .host = &host,
        .output = app_output(&attempt->app, request->file ? "out-file" : "out-portaudio"),
        .target = request->file,
        .title = attempt->pack->name,
        .rate_hz = SESSION_RATE_HZ,
        .lead_in =
            request->lead_in_ns < 0 ? -1 : frames_from_ns(request->lead_in_ns, SESSION_RATE_HZ),
        .began = request->quiet ? NULL : print_began,
        .context = attempt};
    char *error = NULL;
    if (!options.output)
        return EXIT_USAGE;
    if (audition_play(&options, attempt->items, attempt->count, &error) == LIMBER_OK)
        return EXIT_DONE;
    if (request->file)
        fprintf(stderr, "limber: error: %s: %s\n", request->file,
                error ? error : "was not written");
    else
        fprintf(stderr,
                "limber: error: no sound: %s\nlimber devices lists what there is; "
                "limber sounds try %s -o FILE.wav writes a file instead\n",
                error ? error : "the output cannot be used", attempt->pack->name);
    free(error);
    return EXIT_RUNTIME;
}

static int run_try(const struct request *request)
{
    struct attempt attempt = {0};
    struct app *app = &attempt.app;
    int status = app_open(app, request);
    if (status < 0)
        status = find_theme(&attempt);
    if (status < 0) {
        const struct theme_options options = {
            .pack = attempt.pack, .rate_hz = SESSION_RATE_HZ, .diags = app->diags};
        attempt.theme = theme_new(app->registry, &options);
        attempt.roles = theme_roles(app->registry, app->arena, &attempt.role_count);
        status = choose_all(&attempt);
    }
    if (status < 0)
        status = app_print_diags(app);
    if (status < 0)
        status = play(&attempt);
    theme_destroy(attempt.theme);
    app_close(app);
    return status;
}

const struct verb verb_sounds_try = {
    .name = "sounds try",
    .arguments = "NAME [SOUND…]",
    .summary = "hear a theme of sounds",
    .details = "Plays the sounds of a theme one after the other, or those named, and prints which, "
               "through the sound card or into a file. Beds, which are for music, are played "
               "when they are named.\n\n"
               "Examples:\n"
               "  limber sounds try wood\n"
               "  limber sounds try tones bell gong rain\n"
               "  limber sounds try wood -o wood.wav\n",
    .options = (const enum option_id[]){OPTION_FILE, OPTION_OUTPUT, OPTION_STRICT, OPTION_LEAD_IN,
                                        OPTION_SET, OPTION_PLUGIN_PATH, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_SOUNDS,
    .minimum = 1,
    .maximum = -1,
    .run = run_try,
};

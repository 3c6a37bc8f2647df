/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_list.c: the voices there are, for people and for programs. */
#include <jansson.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "base/str.h"
#include "voice/voices.h"

#define LICENSE_COLUMNS 25 /* what is left of 80 in a voice's row */

struct listing {
    struct app app;
    struct voices *voices;
    json_t *all; /* NULL: for people */
    size_t shown;
};

/* --- for programs --- */

static void put_text(json_t *to, const char *key, const char *text)
{
    if (text && text[0])
        json_object_set_new(to, key, json_string(text));
}

static void put_number(json_t *to, const char *key, double value, bool given)
{
    if (given)
        json_object_set_new(to, key, json_real(value));
}

/* The options of its engine, name → text. */
static void put_options(json_t *to, const char *const *pairs)
{
    if (!pairs || !pairs[0])
        return;
    json_t *all = json_object();
    for (; *pairs; pairs++) {
        size_t length = strcspn(*pairs, "=");
        json_object_setn_new(all, *pairs, length, json_string(*pairs + length + 1));
    }
    json_object_set_new(to, "options", all);
}

static void add_json(struct listing *listing, const struct voice *voice)
{
    json_t *languages = json_array();
    for (size_t i = 0; i < voice->language_count; i++)
        json_array_append_new(languages, json_string(voice->languages[i]));
    json_t *item =
        json_pack("{s:s, s:o, s:s, s:b, s:b}", "name", voice->name, "languages", languages,
                  "engine", voice->engine, "own", voice->users, "usable", voice->problem == NULL);
    put_text(item, "problem", voice->problem);
    put_text(item, "description", voice->description);
    put_text(item, "license", voice->license);
    put_text(item, "author", voice->author);
    put_text(item, "version", voice->version);
    put_text(item, "consent", voice->consent);
    put_text(item, "fallback", voice->fallback);
    put_text(item, "warning", voice->warning);
    put_options(item, voice->options);
    put_text(item, "voice", voice->voice);
    put_text(item, "variant", voice->variant);
    put_text(item, "dictionary", voice->dictionary);
    put_number(item, "rate", voice->rate_wpm, voice->rate_wpm > 0);
    put_number(item, "pitch", voice->pitch, voice->pitch >= 0);
    put_number(item, "range", voice->pitch_range, voice->pitch_range >= 0);
    put_number(item, "gain", voice->gain_db, true);
    put_text(item, "file", voice->file);
    json_array_append_new(listing->all, item);
}

/* --- for people --- */

static void print_cell(const char *text, int width)
{
    int columns = str_columns(text, strlen(text));
    printf("%s%*s", text, columns < width ? width - columns : 1, "");
}

/* "  What it is like." below the voice's row. */
static void print_below(const char *before, const char *text)
{
    struct str line = {0};
    str_printf(&line, "%s%s", before, text);
    printf("%18s", "");
    cli_print_wrapped(stdout, str_text(&line), line.length, 18);
    str_free(&line);
}

/* "voice.yaml:3:1: …" without the folder, which the heading and the name tell. */
static const char *without_folder(const struct voice *voice, const char *text)
{
    size_t length = voice->folder ? strlen(voice->folder) : 0;
    bool begins = length && strncmp(text, voice->folder, length) == 0 && text[length] == '/';
    return begins ? text + length + 1 : text;
}

static void print_voice(const struct voice *voice)
{
    struct str languages = {0};
    for (size_t i = 0; i < voice->language_count; i++)
        str_printf(&languages, "%s%s", i ? ", " : "", voice->languages[i]);
    fputs("  ", stdout);
    print_cell(voice->name, 16);
    print_cell(str_text(&languages), 20);
    print_cell(voice->engine[0] ? voice->engine : "no engine", 17);
    bool fits = str_columns(voice->license, strlen(voice->license)) <= LICENSE_COLUMNS;
    puts(!fits ? "" : voice->license[0] ? voice->license : "no license given");
    if (!fits)
        print_below("license: ", voice->license);
    str_free(&languages);
    if (voice->description[0])
        print_below("", voice->description);
    if (voice->fallback)
        print_below("what it cannot say is said by ", voice->fallback);
    if (voice->problem)
        print_below("not usable: ", without_folder(voice, voice->problem));
    else if (voice->warning)
        print_below("note: ", without_folder(voice, voice->warning));
}

static void heading(struct listing *listing, const char *text)
{
    printf("%s%s\n", listing->shown ? "\n" : "", text);
}

/* The voices of one kind: the person's own, or those that came along. */
static void show(struct listing *listing, bool own)
{
    const struct request *request = listing->app.request;
    bool headed = false;
    for (size_t i = 0; i < voices_count(listing->voices); i++) {
        const struct voice *voice = voices_get(listing->voices, i);
        bool fits = !request->language || voice_language(voice, request->language);
        if (!fits || voice->users != own)
            continue;
        if (request->names) {
            puts(voice->name);
        } else if (listing->all) {
            add_json(listing, voice);
        } else {
            if (!headed)
                heading(listing, own ? "Your own voices" : "Voices that came along");
            headed = true;
            print_voice(voice);
        }
        listing->shown++;
    }
}

static void end_listing(struct listing *listing)
{
    const struct request *request = listing->app.request;
    if (listing->all) {
        json_dumpf(listing->all, stdout, JSON_INDENT(2));
        puts("");
        json_decref(listing->all);
    } else if (!request->names && request->language && listing->shown == 0) {
        printf("No voice is made for %s; %s speaks it with its own, if it can.\n",
               request->language, VOICES_ENGINE);
    } else if (!request->names && !request->language) {
        printf("\nOther languages are spoken by %s's own voices.\n", VOICES_ENGINE);
    }
}

static int run_voices(const struct request *request)
{
    struct listing listing = {0};
    int status = app_open(&listing.app, request);
    if (status < 0) {
        struct app *app = &listing.app;
        listing.voices =
            voices_load(file_program_data(app->arena, "voices"), app->registry, app->diags);
        listing.all = request->json ? json_array() : NULL;
        show(&listing, true);
        show(&listing, false);
        end_listing(&listing);
        if (!request->names)
            app_print_diags(app);
        voices_destroy(listing.voices);
    }
    app_close(&listing.app);
    return status < 0 ? EXIT_DONE : status;
}

#define DETAILS(name)                                                                              \
    "Prints name, languages, engine, license, what each is like, and why one cannot be used. "     \
    "Your own live in ~/.local/share/limber/voices/NAME/voice.yaml and come first.\n\n"            \
    "Examples:\n"                                                                                  \
    "  limber " name "\n"                                                                          \
    "  limber " name " --language de\n"                                                            \
    "  limber " name " --json\n"                                                                   \
    "  limber play upper-back-relief --voice calm-us\n"

static const enum option_id list_options[] = {OPTION_LANGUAGE,    OPTION_JSON,  OPTION_SET,
                                              OPTION_PLUGIN_PATH, OPTION_NAMES, OPTION_HELP};

const struct verb verb_voices = {
    .name = "voices",
    .arguments = "",
    .summary = "list the voices",
    .details = DETAILS("voices"),
    .options = list_options,
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_voices,
};

const struct verb verb_voice_list = {
    .name = "voice list",
    .arguments = "",
    .summary = "list the voices",
    .details = DETAILS("voice list"),
    .options = list_options,
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_voices,
};

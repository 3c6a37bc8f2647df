/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_try.c: a sample of a voice, live or into a file. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "base/str.h"
#include "session/audition.h"
#include "session/casting.h"
#include "session/theme.h"
#include "studio/packs.h"
#include "voice/voices.h"

#define RECORDED_SENTENCES 3 /* of a pack, in a sample */

struct attempt {
    struct app app;
    struct voices *voices;
    const struct voice *voice;
    const char *language, *text;
    struct theme *theme;
    struct cast *cast;
};

/* --- which voice, which words --- */

static int unknown_voice(struct attempt *attempt, const char *name)
{
    char *why = voices_unknown(attempt->voices, name);
    fprintf(stderr, "limber: error: %s\nlimber voices lists them\n", why);
    free(why);
    return EXIT_USAGE;
}

static int find_voice(struct attempt *attempt)
{
    struct app *app = &attempt->app;
    const char *name = app->request->arguments[0], *language = app->request->language;
    attempt->voices =
        voices_load(file_program_data(app->arena, "voices"), app->registry, app->diags);
    attempt->voice = voices_find(attempt->voices, name);
    if (!attempt->voice)
        return unknown_voice(attempt, name);
    if (attempt->voice->problem) {
        fprintf(stderr, "limber: error: the voice %s cannot be used: %s\n", name,
                attempt->voice->problem);
        return EXIT_ROUTINE;
    }
    attempt->language = attempt->voice->languages[0];
    if (language && !voice_language(attempt->voice, language)) {
        fprintf(stderr, "limber: error: the voice %s does not speak %s\n", name, language);
        return EXIT_USAGE;
    }
    if (language)
        attempt->language = language;
    return -1;
}

/* Whether the row is a whole sentence that can be heard by itself. */
static bool is_sentence(const struct pack_row *row)
{
    return !row->problem && row->text && strchr(row->text, ' ') && !strstr(row->text, "…") &&
           !strstr(row->text, "...");
}

/* Some of what a pack holds; NULL when it is none, or empty. */
static const char *recorded_sample(struct attempt *attempt)
{
    struct pack *pack = NULL;
    struct str text = {0};
    size_t sentences = 0;
    char *error = NULL;
    if (pack_open(attempt->app.registry, attempt->voice, attempt->language, &pack, &error) !=
        LIMBER_OK) {
        free(error);
        return NULL;
    }
    for (size_t i = 0; i < pack_row_count(pack) && sentences < RECORDED_SENTENCES; i++) {
        const struct pack_row *row = pack_row(pack, i);
        if (!is_sentence(row) || (i > 0 && row->key && pack_row(pack, i - 1)->key &&
                                  strcmp(row->key, pack_row(pack, i - 1)->key) == 0))
            continue;
        char last = row->text[strlen(row->text) - 1];
        str_printf(&text, "%s%s%s", sentences ? " " : "", row->text,
                   strchr(".!?", last) ? "" : ".");
        sentences++;
    }
    const char *sample = sentences ? arena_strdup(attempt->app.arena, str_text(&text)) : NULL;
    str_free(&text);
    pack_close(pack);
    free(error);
    return sample;
}

static const char *made_sample(const char *language)
{
    static const struct {
        const char *language, *text;
    } samples[] = {
        {"en", "Lie down, and let your shoulders sink. Breathe in slowly, and out."},
        {"de", "Leg dich hin und lass die Schultern sinken. Atme langsam ein, und aus."},
        {"fr", "Allongez-vous et relâchez les épaules. Inspirez lentement, puis expirez."},
        {"es", "Túmbate y suelta los hombros. Inspira despacio y espira."},
        {"it", "Sdraiati e rilassa le spalle. Inspira lentamente, ed espira."},
        {"pt", "Deite-se e solte os ombros. Inspire devagar e expire."},
        {"nl", "Ga liggen en laat je schouders zakken. Adem langzaam in, en uit."},
        {"sv", "Lägg dig ner och låt axlarna sjunka. Andas långsamt in, och ut."},
        {"pl", "Połóż się i rozluźnij ramiona. Zrób powolny wdech i wydech."},
        {"ru", "Лягте и расслабьте плечи. Медленно вдохните и выдохните."},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        if (strncmp(language, samples[i].language, 2) == 0 &&
            (language[2] == '\0' || language[2] == '-'))
            return samples[i].text;
    }
    return "1, 2, 3, 4, 5, 6, 7, 8, 9, 10.";
}

static void choose_text(struct attempt *attempt)
{
    const struct request *request = attempt->app.request;
    struct str text = {0};
    for (int i = 1; i < request->argument_count; i++)
        str_printf(&text, "%s%s", i > 1 ? " " : "", request->arguments[i]);
    if (text.length > 0)
        attempt->text = arena_strdup(attempt->app.arena, str_text(&text));
    else
        attempt->text = recorded_sample(attempt);
    if (!attempt->text)
        attempt->text = made_sample(attempt->language);
    str_free(&text);
}

/* --- speaking --- */

static int play(struct attempt *attempt, uint32_t id)
{
    const struct request *request = attempt->app.request;
    const struct session_host host = {
        .loop = attempt->app.loop, .registry = attempt->app.registry, .diags = attempt->app.diags};
    const struct audition_options options = {
        .host = &host,
        .output = app_output(&attempt->app, request->file ? "out-file" : "out-portaudio"),
        .target = request->file,
        .title = attempt->voice->name,
        .rate_hz = SESSION_RATE_HZ,
        .lead_in =
            request->lead_in_ns < 0 ? -1 : frames_from_ns(request->lead_in_ns, SESSION_RATE_HZ)};
    const struct recital_item item = {
        .clip = cast_clip(attempt->cast, id), .gain = cast_gain(attempt->cast, id), .words = true};
    char *error = NULL;
    if (!options.output)
        return EXIT_USAGE;
    if (audition_play(&options, &item, 1, &error) == LIMBER_OK)
        return -1;
    if (request->file)
        fprintf(stderr, "limber: error: %s: %s\n", request->file,
                error ? error : "was not written");
    else
        fprintf(stderr,
                "limber: error: no sound: %s\nlimber devices lists what there is; "
                "limber voice try %s -o FILE.wav writes a file instead\n",
                error ? error : "the output cannot be used", attempt->voice->name);
    free(error);
    return EXIT_RUNTIME;
}

/* Tells when it was not spoken as asked. */
static int report(struct attempt *attempt, uint32_t id)
{
    const char *name = attempt->voice->name;
    struct cast_fallback other;
    if (!cast_fallback(attempt->cast, id, &other))
        return EXIT_DONE;
    bool strict = attempt->app.request->strict;
    fprintf(stderr, "limber: %s: %s did not say this: %s\n", strict ? "error" : "warning", name,
            other.reason);
    if (other.spoken_by)
        fprintf(stderr, "The voice %s spoke instead.\n", other.spoken_by);
    else
        fputs("A tone stood for the words.\n", stderr);
    return strict ? EXIT_RUNTIME : EXIT_DONE;
}

static int speak(struct attempt *attempt)
{
    const struct request *request = attempt->app.request;
    const struct session_host host = {
        .loop = attempt->app.loop, .registry = attempt->app.registry, .diags = attempt->app.diags};
    const struct casting casting = {.voice = attempt->voice->name,
                                    .language = attempt->language,
                                    .rate_hz = SESSION_RATE_HZ,
                                    .seed = (uint64_t)request->seed,
                                    .tone_code = theme_sound(attempt->theme, "attention", 0),
                                    .no_cache = request->no_cache};
    char *error = NULL;
    if (casting_new(&host, &casting, attempt->app.arena, &attempt->cast, &error) != LIMBER_OK) {
        fprintf(stderr, "limber: error: %s\n", error ? error : "the voice cannot be used");
        free(error);
        return EXIT_RUNTIME;
    }
    uint32_t id = cast_request(attempt->cast, attempt->text, attempt->language, 0);
    cast_wait(attempt->cast, id);
    if (!request->quiet)
        printf("%s (%s): %s\n", attempt->voice->name, attempt->language, attempt->text);
    fflush(stdout);
    int status = play(attempt, id);
    int voiced = report(attempt, id);
    return status >= 0 ? status : voiced;
}

static int run_try(const struct request *request)
{
    struct attempt attempt = {0};
    int status = app_open(&attempt.app, request);
    if (status < 0)
        status = find_voice(&attempt);
    if (status < 0) {
        choose_text(&attempt);
        attempt.theme =
            theme_new(attempt.app.registry, &(struct theme_options){.rate_hz = SESSION_RATE_HZ});
        status = speak(&attempt);
    }
    cast_destroy(attempt.cast);
    theme_destroy(attempt.theme);
    voices_destroy(attempt.voices);
    app_close(&attempt.app);
    return status;
}

const struct verb verb_voice_try = {
    .name = "voice try",
    .arguments = "NAME [TEXT]",
    .summary = "hear a voice",
    .details = "Speaks a sentence or two in the voice's language, or the text given, through the "
               "sound card or into a file. A voice of recordings says some of its own. When "
               "another voice had to speak instead, it says so.\n\n"
               "Examples:\n"
               "  limber voice try calm\n"
               "  limber voice try ruhig \"Noch zehn Sekunden.\"\n"
               "  limber voice try calm -o calm.wav\n",
    .options =
        (const enum option_id[]){OPTION_FILE, OPTION_OUTPUT, OPTION_LANGUAGE, OPTION_SEED,
                                 OPTION_STRICT, OPTION_LEAD_IN, OPTION_SET, OPTION_PLUGIN_PATH,
                                 OPTION_NO_CACHE, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_VOICE,
    .minimum = 1,
    .maximum = -1,
    .run = run_try,
};

/* SPDX-License-Identifier: MIT */
/* speech-example: a complete speech engine. It says each letter as a short tone: "a" is the lowest,
 * "z" two octaves and a sixth higher. Copy this folder to begin an engine of your own.
 *
 * The host runs a speech plugin in a process of its own, so an engine may be as plain as this: one
 * thread, blocking calls, no care for crashes. */
#include <limber/speech.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ 22050 /* whatever suits the engine: the host resamples */
#define LONGEST (RATE_HZ / 2)

/* Options are data. The host parses and checks the person's values against this table before the
 * plugin sees any, and shows it in `limber plugins`. */
static const struct limber_option options[] = {
    {"base", LIMBER_OPTION_INT, "Hz", 80, 400, "165", NULL, "Pitch of the letter a"},
    {NULL, LIMBER_OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL},
};

struct engine {
    const struct limber_host *host;
    long base_hz;
    int letter_samples; /* set by prepare() */
    char fingerprint[64];
};

/* [main] Called once. Loads what the engine needs and selects the voice; whatever was asked for and
 * is not there must be refused, so that the person hears of it. */
static enum limber_status prepare(void *instance, const struct limber_speech_voice *voice)
{
    struct engine *engine = instance;
    if (voice->voice && strcmp(voice->voice, "tones") != 0) {
        engine->host->log(engine->host->context, LIMBER_LOG_ERROR, "the only voice is \"tones\"");
        return LIMBER_NOT_FOUND;
    }
    /* Five letters and a space make a word. Zero means: as the engine likes. */
    double words_per_minute = voice->rate_wpm > 0 ? voice->rate_wpm : 160;
    engine->letter_samples = (int)(RATE_HZ * 60.0 / (words_per_minute * 6));
    if (engine->letter_samples > LONGEST) {
        engine->letter_samples = LONGEST;
    }
    /* Everything that changes the sound: the host keeps clips under this name. */
    snprintf(engine->fingerprint, sizeof engine->fingerprint, "tones 1, base %ld Hz, letter %d",
             engine->base_hz, engine->letter_samples);
    return LIMBER_OK;
}

static const char *fingerprint(void *instance)
{
    return ((struct engine *)instance)->fingerprint;
}

/* One letter: a tone that swells and fades, so that it does not click. */
static void make_letter(const struct engine *engine, int semitones, double gain, float *samples)
{
    const double pi = 3.14159265358979323846;
    double step = 2 * pi * (double)engine->base_hz * pow(2, semitones / 12.0) / RATE_HZ;
    for (int i = 0; i < engine->letter_samples; i++) {
        double swell = sin(pi * i / engine->letter_samples);
        samples[i] = (float)(gain * swell * swell * sin(step * i));
    }
}

/* [worker] Speaks one clean sentence. Samples go to the host as they come; whatever write() answers
 * but OK is the order to stop, and is handed back. */
static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    const struct engine *engine = instance;
    float samples[LONGEST];
    enum limber_status status = writer->format(writer->context, RATE_HZ);
    for (const char *c = text; *c && status == LIMBER_OK; c++) {
        char letter = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        if (letter >= 'a' && letter <= 'z') {
            make_letter(engine, letter - 'a', 0.25 + 0.15 * emphasis, samples);
        } else {
            memset(samples, 0, sizeof samples); /* anything else is a pause */
        }
        status = writer->write(writer->context, samples, (size_t)engine->letter_samples);
    }
    return status;
}

static void list_voices(void *instance, const char *language,
                        bool (*each)(void *context, const char *name, const char *language),
                        void *context)
{
    (void)instance;
    each(context, "tones", language ? language : "en"); /* tones are tones in every language */
}

static const struct limber_speech speech = {sizeof speech, prepare, fingerprint, synthesize,
                                            list_voices};

/* [main] Makes an instance; cheap. The host has checked the options, so the number is one. */
static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        return LIMBER_NO_MEMORY;
    }
    engine->host = host;
    engine->base_hz = strtol(host->option(host->context, "base"), NULL, 10);
    *instance = engine;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    free(instance);
}

static const void *get_interface(void *instance, const char *id)
{
    (void)instance;
    return strcmp(id, LIMBER_SPEECH_ID) == 0 ? &speech : NULL;
}

static const char *const interfaces[] = {LIMBER_SPEECH_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    sizeof descriptor,
    LIMBER_PLUGIN_DETERMINISTIC, /* the same text gives the same samples */
    "speech-example",            /* the file is speech-example.so */
    "Letters as tones",
    "1.0",
    "MIT",
    "Says each letter as a short tone",
    interfaces,
    options,
};

/* The one symbol that a plugin exports. */
LIMBER_EXPORT const struct limber_plugin_entry limber_plugin_entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof limber_plugin_entry, &descriptor, create,
    destroy,          get_interface,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* espeak.c: speech by eSpeak NG. A plain blocking engine: the host runs it in a process of its own
 * and forks for each utterance, because the library aborts on odd texts, is not thread-safe, and
 * speaks the same text differently the second time. */
#include <espeak-ng/espeak_ng.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "espeak.h"

#define RATE_WPM_LEAST    80
#define RATE_WPM_MOST     450
#define RATE_WPM_FALLBACK 160
#define EMPHASIS_RANGE    25   /* added to the pitch range by full emphasis */
#define EMPHASIS_SLOWER   0.08 /* of the rate */
#define CHUNK             2048

/* The library has one state a process, and so has this plugin (SINGLETON). */
static struct {
    const struct limber_host *host;
    bool initialized, prepared;
    int rate_wpm, pitch, pitch_range;
    char fingerprint[512];
    const struct limber_speech_writer *writer; /* during synthesize() */
    enum limber_status status;                 /* of the writer */
} engine;

void espeak_log(enum limber_log_level level, const char *format, ...)
{
    char line[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    engine.host->log(engine.host->context, level, line);
}

/* --- samples --- */

static int on_samples(short *wave, int count, espeak_EVENT *events)
{
    float samples[CHUNK];
    for (int done = 0; wave && done < count && engine.status == LIMBER_OK;) {
        int step = count - done < CHUNK ? count - done : CHUNK;
        for (int i = 0; i < step; i++) {
            samples[i] = (float)wave[done + i] * (1.0f / 32768.0f);
        }
        engine.status = engine.writer->write(engine.writer->context, samples, (size_t)step);
        done += step;
    }
    return engine.status != LIMBER_OK; /* 1: stop */
}

/* --- preparing --- */

static enum limber_status initialize(void)
{
    if (engine.initialized) {
        return LIMBER_OK;
    }
    espeak_ng_ERROR_CONTEXT context = NULL;
    espeak_ng_InitializePath(engine.host->option(engine.host->context, "data"));
    espeak_ng_STATUS status = espeak_ng_Initialize(&context);
    if (status == ENS_OK) {
        status = espeak_ng_InitializeOutput(ENOUTPUT_MODE_SYNCHRONOUS, 0, NULL);
    }
    if (status != ENS_OK) {
        char message[256];
        espeak_ng_GetStatusCodeMessage(status, message, sizeof message);
        espeak_ng_ClearErrorContext(&context);
        espeak_log(LIMBER_LOG_ERROR,
                   "eSpeak NG does not start (%s); is the package espeak-ng-data installed?",
                   message);
        return LIMBER_FAILED;
    }
    espeak_SetSynthCallback(on_samples);
    engine.initialized = true;
    return LIMBER_OK;
}

/* Length and time of change of a data file. */
static void add_file(char *text, size_t size, const char *folder, const char *name)
{
    char path[1024];
    struct stat about;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (stat(path, &about) == 0) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, " %lld.%lld", (long long)about.st_size,
                 (long long)about.st_mtime);
    }
}

static void make_fingerprint(const char *identifier)
{
    const char *folder = NULL;
    const char *version = espeak_Info(&folder);
    char *text = engine.fingerprint;
    snprintf(text, sizeof engine.fingerprint, "espeak-ng %s %s", version, identifier);
    if (folder) {
        add_file(text, sizeof engine.fingerprint, folder, "phontab");
        add_file(text, sizeof engine.fingerprint, folder, "phondata");
        add_file(text, sizeof engine.fingerprint, folder, "intonations");
    }
}

static int clamp(double value, int least, int most)
{
    if (value < least) {
        return least;
    }
    return value > most ? most : (int)(value + 0.5);
}

static enum limber_status prepare(void *instance, const struct limber_speech_voice *voice)
{
    enum limber_status status = initialize();
    if (status != LIMBER_OK) {
        return status;
    }
    char identifier[ESPEAK_NAME_MOST];
    status = voice_select(voice, identifier);
    if (status != LIMBER_OK) {
        return status;
    }
    double rate = voice->rate_wpm > 0 ? voice->rate_wpm : RATE_WPM_FALLBACK;
    engine.rate_wpm = clamp(rate, RATE_WPM_LEAST, RATE_WPM_MOST);
    engine.pitch = voice->pitch >= 0 ? clamp(voice->pitch, 0, 100) : 50;
    engine.pitch_range = voice->pitch_range >= 0 ? clamp(voice->pitch_range, 0, 100) : 50;
    const char *gap = engine.host->option(engine.host->context, "word-gap");
    espeak_ng_SetParameter(espeakRATE, engine.rate_wpm, 0);
    espeak_ng_SetParameter(espeakPITCH, engine.pitch, 0);
    espeak_ng_SetParameter(espeakRANGE, engine.pitch_range, 0);
    espeak_ng_SetParameter(espeakWORDGAP, gap ? (int)strtol(gap, NULL, 10) / 10 : 0, 0);
    make_fingerprint(identifier);
    engine.prepared = true;
    return LIMBER_OK;
}

static const char *fingerprint(void *instance)
{
    return engine.fingerprint;
}

/* --- speaking --- */

static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    if (!engine.prepared) {
        return LIMBER_FAILED;
    }
    engine.writer = writer;
    engine.status = writer->format(writer->context, (uint32_t)espeak_ng_GetSampleRate());
    if (engine.status != LIMBER_OK) {
        return engine.status;
    }
    if (emphasis > 0) {
        double slower = engine.rate_wpm * (1 - EMPHASIS_SLOWER * emphasis);
        double wider = engine.pitch_range + EMPHASIS_RANGE * emphasis;
        espeak_ng_SetParameter(espeakRATE, clamp(slower, RATE_WPM_LEAST, RATE_WPM_MOST), 0);
        espeak_ng_SetParameter(espeakRANGE, clamp(wider, 0, 100), 0);
    }
    espeak_ng_STATUS status = espeak_ng_Synthesize(text, strlen(text) + 1, 0, POS_CHARACTER, 0,
                                                   espeakCHARS_UTF8, NULL, NULL);
    if (emphasis > 0) {
        espeak_ng_SetParameter(espeakRATE, engine.rate_wpm, 0);
        espeak_ng_SetParameter(espeakRANGE, engine.pitch_range, 0);
    }
    if (engine.status != LIMBER_OK) {
        return engine.status;
    }
    if (status != ENS_OK) {
        char message[256];
        espeak_ng_GetStatusCodeMessage(status, message, sizeof message);
        espeak_log(LIMBER_LOG_ERROR, "eSpeak NG could not speak: %s", message);
        return LIMBER_FAILED;
    }
    return LIMBER_OK;
}

static void list_voices(void *instance, const char *language,
                        bool (*each)(void *context, const char *name, const char *language),
                        void *context)
{
    if (initialize() == LIMBER_OK) {
        voice_each(language, each, context);
    }
}

/* --- the plugin --- */

static const struct limber_speech speech = {
    .size = sizeof speech,
    .prepare = prepare,
    .fingerprint = fingerprint,
    .synthesize = synthesize,
    .list_voices = list_voices,
};

static enum limber_status create(const struct limber_host *host, void **instance)
{
    engine.host = host;
    *instance = &engine;
    return LIMBER_OK;
}

/* The library is never shut down: doing so twice hangs for ever in 1.51. */
static void destroy(void *instance)
{
}

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_SPEECH_ID) == 0 ? &speech : NULL;
}

static const char *const interfaces[] = {LIMBER_SPEECH_ID, NULL};

static const struct limber_option options[] = {
    {.name = "data",
     .type = LIMBER_OPTION_PATH,
     .help = "folder that holds espeak-ng-data, instead of the library's own"},
    {.name = "word-gap",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 0,
     .maximum = 500,
     .fallback = "0",
     .help = "pause added between words"},
    {0},
};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_SINGLETON | LIMBER_PLUGIN_DETERMINISTIC,
    .id = "speech-espeak",
    .name = "eSpeak NG speech",
    .version = LIMBER_VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Small, quick formant voices in over a hundred languages",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

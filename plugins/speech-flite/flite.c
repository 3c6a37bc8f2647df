/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flite.c: speech by Flite, English only. A plain blocking engine: the host runs it in a process of
 * its own and forks for each utterance, because the library's random excitation goes on from one
 * text to the next, so that the second time sounds different from the first. */
#include <dlfcn.h>
#include <flite/cst_cg.h>
#include <flite/flite.h>
#include <flite/flite_version.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "limber/speech.h"

#define RATE_WPM_LEAST    60.0
#define RATE_WPM_MOST     450.0
#define PITCH_SEMITONES   7.0  /* up or down at the ends of the scale */
#define EMPHASIS_WIDER    0.5  /* of the pitch range, added by full emphasis */
#define EMPHASIS_SLOWER   0.08 /* of the rate, as in speech-espeak */
#define FULL_SCALE        32768.0f
#define QUIET_BELOW       0.0158 /* of the peak: -36 dB */
#define KEEP_MS           30
#define CHUNK             2048
#define STRETCH_FEATURE   "duration_stretch"
#define MODEL_FEATURE     "cg_db"
#define MEAN_FEATURE      "int_f0_target_mean"
#define DEVIATION_FEATURE "int_f0_target_stddev"

/* Exported by the voices' own libraries, which come without headers. */
cst_voice *register_cmu_us_slt(const char *folder);
cst_voice *register_cmu_us_rms(const char *folder);
cst_voice *register_cmu_us_awb(const char *folder);
cst_voice *register_cmu_us_kal(const char *folder);
cst_voice *register_cmu_us_kal16(const char *folder);

static const struct voice {
    const char *name;
    const char *library_name;
    cst_voice *(*load)(const char *folder);
    /* Words a minute at a stretch of 1, within sentences: over all 365 sentences (2558 words) of
     * the routines and moves that come with the program. The stretch divides it exactly. */
    double pace_wpm;
} voices[] = {
    {"slt", "cmu_us_slt", register_cmu_us_slt, 204.0},
    {"rms", "cmu_us_rms", register_cmu_us_rms, 177.0},
    {"awb", "cmu_us_awb", register_cmu_us_awb, 196.0},
    {"kal16", "cmu_us_kal16", register_cmu_us_kal16, 215.0},
    {"kal", "cmu_us_kal", register_cmu_us_kal, 212.6},
};

#define VOICE_COUNT (sizeof voices / sizeof voices[0])

/* The library's list of voices is global, and so is this plugin's state (SINGLETON). */
static struct {
    const struct limber_host *host;
    cst_voice *voice; /* NULL: not prepared; never freed, since the library's data are static */
    double stretch, mean_hz, deviation_hz;
    char fingerprint[256];
} engine;

__attribute__((format(printf, 1, 2))) static void complain(const char *format, ...)
{
    char line[512];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    engine.host->log(engine.host->context, LIMBER_LOG_ERROR, line);
}

/* --- preparing --- */

static bool is_english(const char *language)
{
    return strncasecmp(language, "en", 2) == 0 && (language[2] == '\0' || language[2] == '-');
}

static const struct voice *find_voice(const char *name)
{
    for (size_t i = 0; i < VOICE_COUNT; i++) {
        if (strcmp(voices[i].name, name) == 0 || strcmp(voices[i].library_name, name) == 0) {
            return &voices[i];
        }
    }
    char known[128] = "";
    for (size_t i = 0; i < VOICE_COUNT; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", voices[i].name);
    }
    complain("Flite has no voice '%s'; it has %s", name, known);
    return NULL;
}

static enum limber_status choose(const struct limber_speech_voice *wanted,
                                 const struct voice **chosen)
{
    if (wanted->language && !is_english(wanted->language)) {
        complain("Flite speaks English only, not the language '%s'", wanted->language);
        return LIMBER_NOT_FOUND;
    }
    if (wanted->variant && wanted->variant[0]) {
        complain("Flite's voices have no variants, so none is called '%s'", wanted->variant);
        return LIMBER_NOT_FOUND;
    }
    bool named = wanted->voice && wanted->voice[0];
    *chosen = named ? find_voice(wanted->voice) : &voices[0];
    return *chosen ? LIMBER_OK : LIMBER_NOT_FOUND;
}

/* Some voices have a melody made of curves, which knows no mean and no deviation. They have the
 * ordinary one as well, and speak with it when a copy of their model says so. */
static bool use_plain_melody(cst_voice *voice, const cst_cg_db *model)
{
    cst_cg_db *plain = malloc(sizeof *plain);
    if (!plain) {
        return false;
    }
    *plain = *model;
    plain->spamf0 = 0;
    plain->freeable = 0;
    feat_set(voice->features, MODEL_FEATURE, cg_db_val(plain)); /* both live as long as we do */
    return true;
}

/* The voice's own melody: statistical voices were trained on it, the others say it as a feature.
 * False: no memory. */
static bool read_melody(cst_voice *voice, bool changed, double *mean_hz, double *deviation_hz)
{
    if (!feat_present(voice->features, MODEL_FEATURE)) {
        *mean_hz = get_param_float(voice->features, MEAN_FEATURE, 100);
        *deviation_hz = get_param_float(voice->features, DEVIATION_FEATURE, 12);
        return true;
    }
    const cst_cg_db *model = val_cg_db(feat_val(voice->features, MODEL_FEATURE));
    *mean_hz = model->f0_mean;
    *deviation_hz = model->f0_stddev;
    return !changed || !model->spamf0 || use_plain_melody(voice, model);
}

static double clamp(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

/* Pitch moves mean and deviation alike, so that the melody keeps its intervals; range widens it. */
static bool shape(const struct limber_speech_voice *wanted, const struct voice *chosen)
{
    double rate_wpm = clamp(wanted->rate_wpm, RATE_WPM_LEAST, RATE_WPM_MOST);
    double pitch = wanted->pitch >= 0 ? clamp(wanted->pitch, 0, 100) : 50;
    double range = wanted->pitch_range >= 0 ? clamp(wanted->pitch_range, 0, 100) : 50;
    double higher = pow(2, (pitch - 50) / 50 * PITCH_SEMITONES / 12);
    engine.stretch = wanted->rate_wpm > 0
                         ? chosen->pace_wpm / rate_wpm
                         : get_param_float(engine.voice->features, STRETCH_FEATURE, 1);
    bool changed = wanted->pitch >= 0 || wanted->pitch_range >= 0;
    if (!read_melody(engine.voice, changed, &engine.mean_hz, &engine.deviation_hz)) {
        return false;
    }
    engine.mean_hz *= higher;
    engine.deviation_hz *= higher * range / 50;
    return true;
}

static void make_fingerprint(const struct voice *chosen)
{
    Dl_info about;
    struct stat file = {0};
    if (dladdr((void *)(uintptr_t)chosen->load, &about) != 0) {
        stat(about.dli_fname, &file);
    }
    snprintf(engine.fingerprint, sizeof engine.fingerprint, "flite %s %s %lld.%lld",
             FLITE_PROJECT_VERSION, chosen->name, (long long)file.st_size,
             (long long)file.st_mtime);
}

static enum limber_status prepare(void *instance, const struct limber_speech_voice *wanted)
{
    const struct voice *chosen = NULL;
    enum limber_status status = choose(wanted, &chosen);
    if (status != LIMBER_OK) {
        return status;
    }
    flite_init();
    engine.voice = chosen->load(NULL);
    if (!engine.voice || !shape(wanted, chosen)) {
        complain("Flite's voice '%s' does not load", chosen->name);
        engine.voice = NULL;
        return LIMBER_FAILED;
    }
    make_fingerprint(chosen);
    return LIMBER_OK;
}

static const char *fingerprint(void *instance)
{
    return engine.fingerprint;
}

/* --- speaking --- */

/* Cuts the pauses off both ends: these voices breathe audibly in them, so that nobody else could
 * tell them from words. Some is kept, for sounds that begin or end softly. */
static void trim(const cst_wave *wave, int *first, int *end)
{
    int peak = 0;
    for (int i = 0; i < wave->num_samples; i++) {
        int size = abs(wave->samples[i]);
        peak = size > peak ? size : peak;
    }
    int quiet = (int)(peak * QUIET_BELOW);
    int keep = wave->sample_rate * KEEP_MS / 1000;
    *first = 0;
    *end = wave->num_samples;
    while (*first < *end && abs(wave->samples[*first]) <= quiet) {
        (*first)++;
    }
    while (*end > *first && abs(wave->samples[*end - 1]) <= quiet) {
        (*end)--;
    }
    *first = *first > keep ? *first - keep : 0;
    *end = wave->num_samples - *end > keep ? *end + keep : wave->num_samples;
}

static enum limber_status deliver(const cst_wave *wave, const struct limber_speech_writer *writer)
{
    float samples[CHUNK];
    int at, end;
    trim(wave, &at, &end);
    enum limber_status status = writer->format(writer->context, (uint32_t)wave->sample_rate);
    while (at < end && status == LIMBER_OK) {
        int step = end - at < CHUNK ? end - at : CHUNK;
        for (int i = 0; i < step; i++) {
            samples[i] = (float)wave->samples[at + i] / FULL_SCALE;
        }
        status = writer->write(writer->context, samples, (size_t)step);
        at += step;
    }
    return status;
}

static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    if (!engine.voice) {
        return LIMBER_FAILED;
    }
    cst_features *features = engine.voice->features;
    double stronger = clamp(emphasis, 0, 1);
    feat_set_float(features, STRETCH_FEATURE,
                   (float)(engine.stretch / (1 - EMPHASIS_SLOWER * stronger)));
    feat_set_float(features, MEAN_FEATURE, (float)engine.mean_hz);
    feat_set_float(features, DEVIATION_FEATURE,
                   (float)(engine.deviation_hz * (1 + EMPHASIS_WIDER * stronger)));
    cst_wave *wave = flite_text_to_wave(text, engine.voice);
    if (!wave || wave->num_samples <= 0 || !wave->samples) {
        complain("Flite found nothing to say in the text");
        delete_wave(wave);
        return LIMBER_INVALID;
    }
    enum limber_status status = deliver(wave, writer);
    delete_wave(wave);
    return status;
}

static void list_voices(void *instance, const char *language,
                        bool (*each)(void *context, const char *name, const char *language),
                        void *context)
{
    bool more = !language || is_english(language);
    for (size_t i = 0; i < VOICE_COUNT && more; i++) {
        more = each(context, voices[i].name, "en-US");
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

static void destroy(void *instance)
{
}

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_SPEECH_ID) == 0 ? &speech : NULL;
}

static const char *const interfaces[] = {LIMBER_SPEECH_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_SINGLETON | LIMBER_PLUGIN_DETERMINISTIC,
    .id = "speech-flite",
    .name = "Flite speech",
    .version = LIMBER_VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Small English voices that were made from recordings",
    .interfaces = interfaces,
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

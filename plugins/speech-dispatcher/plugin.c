/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: speech by the output modules of Speech Dispatcher: programs that are there for screen
 * readers. The daemon itself is not needed. A module is started once to see whether it works, and
 * then once for each utterance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher.h"

#define EMPHASIS_SLOWER 0.08 /* of the rate */
#define EMPHASIS_RANGE  25   /* of 100 added to the range of pitch */

struct engine {
    const struct limber_host *host;
    const char *module, *config, *modules; /* options; config and modules may be NULL */
    int timeout_ms;
    struct program program;
    struct settings settings;
    double rate_wpm, range;
    bool prepared;
    char fingerprint[512];
};

static void say(const struct engine *engine, enum limber_log_level level, const char *line)
{
    if (line[0]) {
        engine->host->log(engine->host->context, level, line);
    }
}

/* --- preparing --- */

static bool find(struct engine *engine)
{
    char reason[512];
    bool found = find_program(&engine->program, engine->module, engine->modules, engine->config,
                              reason, sizeof reason);
    if (!found) {
        say(engine, LIMBER_LOG_ERROR, reason);
    }
    return found;
}

static void make_fingerprint(struct engine *engine, pid_t pid)
{
    char files[32];
    const struct settings *settings = &engine->settings;
    find_files(&engine->program, pid, files, sizeof files);
    snprintf(engine->fingerprint, sizeof engine->fingerprint,
             "speech-dispatcher module %s %s, %s '%s' %d %d %d", engine->program.name, files,
             settings->language, settings->voice, settings->rate, settings->pitch, settings->range);
}

static enum limber_status prepare(void *instance, const struct limber_speech_voice *voice)
{
    struct engine *engine = instance;
    if (!find(engine)) {
        return LIMBER_NOT_FOUND;
    }
    struct module module = MODULE_NONE(engine->program.name, engine->timeout_ms);
    enum limber_status status = LIMBER_FAILED;
    engine->rate_wpm = voice->rate_wpm;
    engine->range = voice->pitch_range >= 0 ? voice->pitch_range : 50;
    if (module_start(&module, engine->program.path, engine->program.config, CHILD_GROUP)) {
        status = voices_choose(&module, voice, &engine->settings);
    }
    if (status == LIMBER_OK) {
        engine->settings.rate = scale_rate(engine->program.name, engine->rate_wpm, 0);
        engine->settings.pitch = scale_pitch(voice->pitch);
        engine->settings.range = scale_pitch(engine->range);
        make_fingerprint(engine, module.child.pid);
        engine->prepared = true;
    } else {
        say(engine, LIMBER_LOG_ERROR, module.reason);
    }
    module_end(&module);
    return status;
}

static const char *fingerprint(void *instance)
{
    return ((struct engine *)instance)->fingerprint;
}

/* --- speaking --- */

static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    const struct engine *engine = instance;
    if (!engine->prepared) {
        return LIMBER_FAILED;
    }
    struct module module = MODULE_NONE(engine->program.name, engine->timeout_ms);
    struct settings settings = engine->settings;
    if (emphasis > 0) {
        settings.rate =
            scale_rate(engine->program.name, engine->rate_wpm, EMPHASIS_SLOWER * emphasis);
        settings.range = scale_pitch(engine->range + EMPHASIS_RANGE * emphasis);
    }
    enum limber_status status = LIMBER_FAILED;
    if (module_start(&module, engine->program.path, engine->program.config, 0)) {
        status = speak(&module, &settings, text, writer);
    }
    if (status != LIMBER_OK) {
        say(engine, LIMBER_LOG_ERROR, module.reason);
    }
    module_end(&module);
    return status;
}

static void list_voices(void *instance, const char *language,
                        bool (*each)(void *context, const char *name, const char *language),
                        void *context)
{
    struct engine *engine = instance;
    if (!find(engine)) {
        return;
    }
    struct module module = MODULE_NONE(engine->program.name, engine->timeout_ms);
    if (!module_start(&module, engine->program.path, engine->program.config, CHILD_GROUP) ||
        !voices_each(&module, language, each, context)) {
        say(engine, LIMBER_LOG_ERROR, module.reason);
    }
    module_end(&module);
}

/* --- the plugin --- */

static const struct limber_speech speech = {
    .size = sizeof speech,
    .prepare = prepare,
    .fingerprint = fingerprint,
    .synthesize = synthesize,
    .list_voices = list_voices,
};

static const char *option(const struct limber_host *host, const char *name)
{
    const char *value = host->option(host->context, name);
    return value && value[0] ? value : NULL;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        return LIMBER_NO_MEMORY;
    }
    const char *module = option(host, "module");
    const char *timeout = option(host, "timeout");
    engine->host = host;
    engine->module = module ? module : "espeak-ng";
    engine->config = option(host, "config");
    engine->modules = option(host, "modules");
    engine->timeout_ms = timeout ? (int)strtol(timeout, NULL, 10) : 8000;
    *instance = engine;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    free(instance);
}

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_SPEECH_ID) == 0 ? &speech : NULL;
}

static const char *const interfaces[] = {LIMBER_SPEECH_ID, NULL};

static const struct limber_option options[] = {
    {.name = "module",
     .type = LIMBER_OPTION_STRING,
     .fallback = "espeak-ng",
     .help = "name of a module (flite for sd_flite), or the path of one"},
    {.name = "config",
     .type = LIMBER_OPTION_PATH,
     .help = "the module's file of settings, or none; unset: NAME.conf of the system, if there"},
    {.name = "modules",
     .type = LIMBER_OPTION_PATH,
     .help = "folder of the modules, instead of where systems have it"},
    {.name = "timeout",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 100,
     .maximum = 600000,
     .fallback = "8000",
     .help = "longest wait for each answer of the module"},
    {0},
};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "speech-dispatcher",
    .name = "Speech Dispatcher modules",
    .version = LIMBER_VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Whatever is installed for screen readers, without their daemon",
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

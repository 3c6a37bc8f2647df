/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: sound-file, sounds and beds from files: the routine's own folder first, then the one of
 * the option `folder`. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soundfile.h"

#define VERSION "1.0"
#define LONG_MS 15000 /* files at least this long are listed as beds */

struct plugin {
    const struct limber_host *host;
    const char *folder; /* may be "" */
};

static const struct limber_option options[] = {
    {"folder", LIMBER_OPTION_PATH, NULL, 0, 0, NULL, NULL,
     "One more folder of sounds, for all routines: NAME.wav, .flac, .ogg, .opus, .mp3 or .aiff is "
     "the sound NAME"},
    {.name = NULL}};

__attribute__((format(printf, 3, 4))) static void
say(const struct plugin *plugin, enum limber_log_level level, const char *format, ...)
{
    char line[PATH_MAX + 512];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    plugin->host->log(plugin->host->context, level, line);
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin)
        return LIMBER_NO_MEMORY;
    const char *folder = host->option(host->context, "folder");
    plugin->host = host;
    plugin->folder = folder ? folder : "";
    *instance = plugin;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    free(instance);
}

static bool find(const struct plugin *plugin, const struct limber_sound_request *request,
                 char path[PATH_MAX])
{
    if (soundfile_find(request->folder, request->name, path, PATH_MAX))
        return true;
    return soundfile_name_ok(request->name) &&
           soundfile_find(plugin->folder, request->name, path, PATH_MAX);
}

static bool has(void *instance, const struct limber_sound_request *request)
{
    char path[PATH_MAX];
    return find(instance, request, path);
}

/* Cuts a sound that is longer than the time it is to fill, and lets its end not click. */
static void fit(struct soundread_pcm *pcm, const struct limber_sound_request *request)
{
    int64_t most = 0, fade = pcm->rate_hz / 500; /* 2 ms */
    if (request->frames > 0)
        most = request->frames * pcm->rate_hz / request->rate_hz;
    if (most > 0 && pcm->frames > most) {
        pcm->frames = most;
        fade = pcm->rate_hz / 10;
    } else {
        float last = 0;
        for (uint32_t c = 0; c < pcm->channels; c++)
            last = fmaxf(last, fabsf(pcm->samples[pcm->frames * pcm->channels - 1 - c]));
        if (last < 1e-3f)
            return;
    }
    if (fade > pcm->frames / 4)
        fade = pcm->frames / 4;
    for (int64_t i = 0; i < fade; i++)
        for (uint32_t c = 0; c < pcm->channels; c++)
            pcm->samples[(pcm->frames - 1 - i) * pcm->channels + c] *= (float)i / (float)fade;
}

/* What the interface promises of a file that cannot be used. */
static enum limber_status plain_status(enum limber_status status)
{
    switch (status) {
    case LIMBER_UNSUPPORTED:
    case LIMBER_LIMIT:
        return LIMBER_INVALID;
    case LIMBER_NOT_FOUND: /* it was there a moment ago */
        return LIMBER_IO;
    default:
        return status;
    }
}

static enum limber_status render(void *instance, const struct limber_sound_request *request,
                                 const struct limber_sound_writer *writer)
{
    const struct plugin *plugin = instance;
    char path[PATH_MAX], reason[256] = "";
    struct soundread_pcm pcm;
    if (!find(plugin, request, path))
        return LIMBER_NOT_FOUND;
    enum limber_status status =
        plain_status(soundread_file(path, request->channels, 0, &pcm, reason, sizeof reason));
    if (status == LIMBER_OK && request->bed && pcm.frames < pcm.rate_hz / 10) {
        snprintf(reason, sizeof reason, "is too short for a loop; it needs 0.1 s at least");
        status = LIMBER_INVALID;
        free(pcm.samples);
    }
    if (status != LIMBER_OK) {
        say(plugin, LIMBER_LOG_ERROR, "%s: %s", path, reason);
        return status;
    }
    if (pcm.mended > 0)
        say(plugin, LIMBER_LOG_WARNING, "%s: %lld samples are no numbers or far too loud; mended",
            path, (long long)pcm.mended);
    if (request->bed)
        soundfile_make_loop(&pcm);
    else
        fit(&pcm, request);
    struct limber_sound_info info = {sizeof info, pcm.channels, 0};
    status = writer->info(writer->context, &info);
    if (status == LIMBER_OK)
        status = soundfile_deliver(&pcm, request->rate_hz, request->bed, writer);
    free(pcm.samples);
    return status;
}

/* --- list --- */

struct listing {
    const struct plugin *plugin;
    const char *folder; /* the one being listed */
    const char *before; /* names in this one were listed already; or NULL */
    bool (*each)(void *context, const char *name, bool bed, const char *help);
    void *context;
};

static bool list_one(void *context, const char *name)
{
    const struct listing *listing = context;
    char path[PATH_MAX], help[PATH_MAX + 64];
    if (soundfile_find(listing->before, name, path, sizeof path) ||
        !soundfile_find(listing->folder, name, path, sizeof path))
        return true;
    int64_t length_ms = soundread_length_ms(path);
    if (length_ms < 0)
        snprintf(help, sizeof help, "%s", path);
    else
        snprintf(help, sizeof help, "%s, %lld.%lld s", path, (long long)(length_ms / 1000),
                 (long long)(length_ms / 100 % 10));
    return listing->each(listing->context, name, length_ms >= LONG_MS, help);
}

static void list(void *instance, const char *folder,
                 bool (*each)(void *context, const char *name, bool bed, const char *help),
                 void *context)
{
    const struct plugin *plugin = instance;
    struct listing listing = {plugin, folder, NULL, each, context};
    if (!soundfile_each(folder, list_one, &listing))
        return;
    listing.folder = plugin->folder;
    listing.before = folder;
    soundfile_each(plugin->folder, list_one, &listing);
}

static const struct limber_sound sound_table = {sizeof sound_table, has, render, list};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_SOUND_ID) == 0 ? &sound_table : NULL;
}

static const char *const interfaces[] = {LIMBER_SOUND_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_DETERMINISTIC,
    .id = "sound-file",
    .name = "Sound files",
    .version = VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Sounds and beds from WAV, FLAC, Ogg, Opus, MP3 and AIFF files",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof(struct limber_plugin_entry), &descriptor, create,
    destroy,          get_interface};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: sound-tone, the default sound theme, synthesised. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tone.h"

#define VERSION "1.0"

struct plugin {
    const struct limber_host *host;
    struct tone_taste taste;
};

static const struct limber_option options[] = {
    {"volume", LIMBER_OPTION_NUMBER, "dB", -60, 12, "0", NULL,
     "Louder or softer than usual, for all sounds and beds of the theme"},
    {"warmth", LIMBER_OPTION_INT, "%", 0, 100, "50", NULL,
     "Timbre of the tones: 0 bright and clear, 100 dark and soft"},
    {"stereo", LIMBER_OPTION_BOOL, NULL, 0, 0, "no", NULL,
     "Make beds in stereo, wider on headphones; the whole session then has two channels"},
    {.name = NULL}};

/* A decimal number without regard to the locale; the host has checked its form. */
static double number(const struct limber_host *host, const char *name, double fallback)
{
    const char *text = host->option(host->context, name);
    if (!text || !*text)
        return fallback;
    double sign = *text == '-' ? -1 : 1, value = 0, place = 1;
    if (*text == '-' || *text == '+')
        text++;
    for (; *text >= '0' && *text <= '9'; text++)
        value = 10 * value + (*text - '0');
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++)
            value += (*text - '0') * (place /= 10);
    return sign * value;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin)
        return LIMBER_NO_MEMORY;
    const char *stereo = host->option(host->context, "stereo");
    plugin->host = host;
    plugin->taste.gain = tone_db(number(host, "volume", 0));
    plugin->taste.warmth = number(host, "warmth", 50) / 50 - 1;
    plugin->taste.stereo = stereo && strcmp(stereo, "yes") == 0;
    *instance = plugin;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    free(instance);
}

static const struct tone_sound *find(const struct limber_sound_request *request)
{
    if (!request->name)
        return NULL;
    for (const struct tone_sound *sound = tone_theme; sound->name; sound++)
        if (strcmp(sound->name, request->name) == 0 && (sound->kind == TONE_BED) == request->bed)
            return sound;
    return NULL;
}

static bool has(void *instance, const struct limber_sound_request *request)
{
    return find(request) != NULL;
}

static enum limber_status render(void *instance, const struct limber_sound_request *request,
                                 const struct limber_sound_writer *writer)
{
    const struct plugin *plugin = instance;
    const struct tone_sound *sound = find(request);
    if (!sound)
        return LIMBER_NOT_FOUND;
    if (request->rate_hz < 8000 || request->rate_hz > 192000) {
        char line[120];
        snprintf(line, sizeof line, "%s: cannot be made at %u Hz, only at 8000 to 192000 Hz",
                 sound->name, request->rate_hz);
        plugin->host->log(plugin->host->context, LIMBER_LOG_ERROR, line);
        return LIMBER_INVALID;
    }
    switch (sound->kind) {
    case TONE_STRUCK:
        return tone_strike(sound->score, &plugin->taste, request->rate_hz, writer);
    case TONE_BREATH:
        return tone_breath(sound->which, request->frames, &plugin->taste, request->rate_hz, writer);
    case TONE_BED:
        return tone_render_bed((enum tone_bed)sound->which, &plugin->taste, request->rate_hz,
                               request->channels, writer);
    }
    return LIMBER_NOT_FOUND;
}

static void list(void *instance, const char *folder,
                 bool (*each)(void *context, const char *name, bool bed, const char *help),
                 void *context)
{
    for (const struct tone_sound *sound = tone_theme; sound->name; sound++)
        if (!each(context, sound->name, sound->kind == TONE_BED, sound->help))
            return;
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
    .id = "sound-tone",
    .name = "Tones",
    .version = VERSION,
    .license = "GPL-3.0-or-later",
    .description = "The default sound theme and four beds, synthesised",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof(struct limber_plugin_entry), &descriptor, create,
    destroy,          get_interface};

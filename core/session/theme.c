/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.c: names of sounds → clips. */
#include "session/theme.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/vec.h"
#include "limber/sound.h"
#include "plugin/call.h"

#define LOG_MODULE        "theme"
#define SOUND_MAX_SECONDS (30 * 60)
#define LEAD_DEFAULT_MS   400

static const char *const sound_plugins[] = {"sound-file", "sound-tone"};
#define SOUND_PLUGIN_COUNT (sizeof sound_plugins / sizeof *sound_plugins)

struct sound {
    char *name;
    frames fill;
    bool bed;
    struct clip *clip; /* NULL: a bed that could not be made */
};

struct theme {
    char *folder;
    uint32_t rate_hz;
    struct plugin_instance *plugins[SOUND_PLUGIN_COUNT];
    size_t plugin_count;
    VEC(struct sound) sounds;
};

/* What a plugin writes into. */
struct take {
    struct theme *theme;
    float *samples;
    frames length, capacity, lead;
    uint32_t channels;
};

struct theme *theme_new(struct registry *registry, const char *folder, uint32_t rate_hz)
{
    struct theme *theme = xcalloc(1, sizeof *theme);
    theme->folder = folder ? xstrdup(folder) : NULL;
    theme->rate_hz = rate_hz;
    for (size_t i = 0; i < SOUND_PLUGIN_COUNT; i++) {
        char *error = NULL;
        struct plugin_instance *instance = registry_instance(registry, sound_plugins[i], &error);
        void *self = NULL;
        if (instance && plugin_interface(instance, LIMBER_SOUND_ID, &self))
            theme->plugins[theme->plugin_count++] = instance;
        else
            log_warning("%s", error ? error : "a sound plugin has no sound interface");
        free(error);
    }
    return theme;
}

void theme_destroy(struct theme *theme)
{
    if (!theme)
        return;
    for (size_t i = 0; i < theme->sounds.count; i++) {
        free(theme->sounds.items[i].name);
        clip_destroy(theme->sounds.items[i].clip);
    }
    vec_free(&theme->sounds);
    free(theme->folder);
    free(theme);
}

static struct limber_sound_request request_for(const struct theme *theme, const char *folder,
                                               const char *name, frames fill, bool bed)
{
    return (struct limber_sound_request){.size = sizeof(struct limber_sound_request),
                                         .name = name,
                                         .folder = folder,
                                         .rate_hz = theme->rate_hz,
                                         .channels = 2,
                                         .frames = fill,
                                         .bed = bed};
}

bool theme_has(struct theme *theme, const char *folder, const char *name, bool bed)
{
    struct limber_sound_request request = request_for(theme, folder, name, 0, bed);
    for (size_t i = 0; i < theme->plugin_count; i++) {
        if (call_sound_has(theme->plugins[i], &request))
            return true;
    }
    return false;
}

static enum limber_status take_info(void *context, const struct limber_sound_info *info)
{
    struct take *take = context;
    if (info->channels < 1 || info->channels > 2 || info->lead_frames < 0 || take->samples)
        return LIMBER_INVALID;
    take->channels = info->channels;
    take->lead = info->lead_frames;
    return LIMBER_OK;
}

static enum limber_status take_write(void *context, const float *samples, int64_t count)
{
    struct take *take = context;
    if (!take->channels || count < 0)
        return LIMBER_INVALID;
    if (take->length + count > (frames)take->theme->rate_hz * SOUND_MAX_SECONDS)
        return LIMBER_LIMIT;
    if (take->length + count > take->capacity) {
        take->capacity = (take->length + count) * 2;
        take->samples =
            xrealloc(take->samples, (size_t)take->capacity * take->channels * sizeof(float));
    }
    memcpy(take->samples + take->length * take->channels, samples,
           (size_t)count * take->channels * sizeof(float));
    take->length += count;
    return LIMBER_OK;
}

static struct clip *clip_from(struct take *take, frames fill)
{
    if (fill > 0 && take->length != fill) { /* a fixed file where a length was asked for */
        size_t wanted = (size_t)fill * take->channels, have = (size_t)take->length * take->channels;
        take->samples = xrealloc(take->samples, wanted * sizeof(float));
        if (wanted > have)
            memset(take->samples + have, 0, (wanted - have) * sizeof(float));
        take->length = fill;
    }
    struct clip *clip =
        clip_adopt(take->samples, take->length, take->channels, take->theme->rate_hz);
    frames most = (frames)take->theme->rate_hz * LEAD_DEFAULT_MS / 1000;
    clip->lead = take->lead ? take->lead : (take->length < most ? take->length : most);
    if (clip->lead > clip->length)
        clip->lead = clip->length;
    return clip;
}

static struct clip *make(struct theme *theme, const char *name, frames fill, bool bed)
{
    struct limber_sound_request request = request_for(theme, theme->folder, name, fill, bed);
    for (size_t i = 0; i < theme->plugin_count; i++) {
        struct take take = {.theme = theme};
        const struct limber_sound_writer writer = {
            .size = sizeof writer, .context = &take, .info = take_info, .write = take_write};
        if (!call_sound_has(theme->plugins[i], &request))
            continue;
        enum limber_status status = call_sound_render(theme->plugins[i], &request, &writer);
        if (status == LIMBER_OK && take.length > 0)
            return clip_from(&take, fill);
        log_warning("the sound \"%s\" could not be made: %s", name, status_text(status));
        free(take.samples);
    }
    return NULL;
}

static const struct sound *find_or_make(struct theme *theme, const char *name, frames fill,
                                        bool bed)
{
    for (size_t i = 0; i < theme->sounds.count; i++) {
        const struct sound *sound = &theme->sounds.items[i];
        if (sound->fill == fill && sound->bed == bed && strcmp(sound->name, name) == 0)
            return sound;
    }
    struct clip *clip = make(theme, name, fill, bed);
    if (!clip) {
        log_warning("there is no %s called \"%s\"; it stays silent", bed ? "bed" : "sound", name);
        const float silence = 0;
        if (!bed)
            clip = clip_new(&silence, 1, 1, theme->rate_hz);
    }
    struct sound *sound = vec_push(&theme->sounds);
    *sound = (struct sound){.name = xstrdup(name), .fill = fill, .bed = bed, .clip = clip};
    return sound;
}

const struct clip *theme_sound(struct theme *theme, const char *name, frames fill)
{
    return find_or_make(theme, name, fill, false)->clip;
}

const struct clip *theme_bed(struct theme *theme, const char *name)
{
    return find_or_make(theme, name, 0, true)->clip;
}

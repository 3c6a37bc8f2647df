/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.c: names of sounds → clips, by way of plugins. */
#include "session/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/process.h"
#include "audio/stretch.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/vec.h"
#include "limber/sound.h"
#include "plugin/call.h"
#include "session/themefile.h"

#define LOG_MODULE        "theme"
#define SOUND_MAX_SECONDS (30 * 60)
#define LEAD_DEFAULT_MS   400

#define ROLE_MAX_SECONDS 30
#define BREATH_SECONDS   4
#define GAIN_MOST_DB     30
#define PEAK_MOST_DB     (-3.0)
#define SILENT_LUFS      (-70.0)
#define FADE_MS          15

/* The pages' own files come before the theme that was chosen, all else after it. */
static const char *const sound_plugins[] = {"sound-file", "sound-tone"};
#define SOUND_PLUGIN_COUNT (sizeof sound_plugins / sizeof *sound_plugins)
#define FILES              0

struct sound {
    char *name;
    frames fill;
    bool bed;
    bool packs;        /* it is the theme's own */
    struct clip *clip; /* NULL: a bed that could not be made */
    double loudness;   /* of a bed, LUFS; −INFINITY: silent */
};

/* A file of the theme as it is played at its own length (or in a loop), already at its level. */
struct prepared {
    const struct theme_sound *sound;
    struct clip *clip; /* NULL: it cannot be used */
};

struct theme {
    char *folder;
    const struct theme_pack *pack;
    uint32_t rate_hz;
    struct diags *diags;
    struct plugin_instance *plugins[SOUND_PLUGIN_COUNT]; /* NULL: not there */
    VEC(struct sound) sounds;
    VEC(struct prepared) prepared;
};

/* What a plugin writes into. */
struct take {
    struct theme *theme;
    float *samples;
    frames length, capacity, lead;
    uint32_t channels;
};

struct theme *theme_new(struct registry *registry, const struct theme_options *options)
{
    struct theme *theme = xcalloc(1, sizeof *theme);
    theme->folder = options->folder ? xstrdup(options->folder) : NULL;
    theme->pack = options->pack;
    theme->rate_hz = options->rate_hz;
    theme->diags = options->diags;
    for (size_t i = 0; i < SOUND_PLUGIN_COUNT; i++) {
        char *error = NULL;
        struct plugin_instance *instance = registry_instance(registry, sound_plugins[i], &error);
        void *self = NULL;
        if (instance && plugin_interface(instance, LIMBER_SOUND_ID, &self))
            theme->plugins[i] = instance;
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
    for (size_t i = 0; i < theme->prepared.count; i++)
        clip_destroy(theme->prepared.items[i].clip);
    vec_free(&theme->prepared);
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

/* NULL: no plugin has it. `after_files`: whether the files of the routine are passed over. */
static struct plugin_instance *
plugin_with(const struct theme *theme, const struct limber_sound_request *request, bool after_files)
{
    for (size_t i = after_files ? FILES + 1 : 0; i < SOUND_PLUGIN_COUNT; i++) {
        if (theme->plugins[i] && call_sound_has(theme->plugins[i], request))
            return theme->plugins[i];
    }
    return NULL;
}

bool theme_has(struct theme *theme, const char *folder, const char *name, bool bed)
{
    struct limber_sound_request request = request_for(theme, folder, name, 0, bed);
    return plugin_with(theme, &request, false) != NULL;
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

/* One sound of one plugin; NULL when it cannot be made. */
static struct clip *render(struct theme *theme, struct plugin_instance *plugin,
                           const struct limber_sound_request *request)
{
    struct take take = {.theme = theme};
    const struct limber_sound_writer writer = {
        .size = sizeof writer, .context = &take, .info = take_info, .write = take_write};
    enum limber_status status = call_sound_render(plugin, request, &writer);
    if (status == LIMBER_OK && take.length > 0)
        return clip_from(&take, request->frames);
    if (!strchr(request->name, '.')) /* a theme's file: prepare() says so, at its line */
        log_warning("the sound \"%s\" could not be made: %s", request->name, status_text(status));
    free(take.samples);
    return NULL;
}

/* --- sounds of the theme that was chosen --- */

/* The default's sound of the same role, or NULL. */
static struct clip *render_default(struct theme *theme, const char *name, frames fill)
{
    struct limber_sound_request request = request_for(theme, NULL, name, fill, false);
    struct plugin_instance *plugin = plugin_with(theme, &request, true);
    return plugin ? render(theme, plugin, &request) : NULL;
}

/* The samples without the silence around them, at the default's level; the clip is used up. NULL:
 * nothing can be heard. */
static struct clip *level(struct theme *theme, const struct theme_sound *sound, struct clip *clip)
{
    frames second = theme->rate_hz, length = clip->length;
    float *samples = xmalloc((size_t)length * sizeof *samples);
    memcpy(samples, clip->samples, (size_t)length * sizeof *samples);
    clip_destroy(clip);
    if (!sound->bed && sound->fill != THEME_LOOP)
        length = process_trim(samples, length, theme->rate_hz, 0, second);
    clip = clip_adopt(samples, length, 1, theme->rate_hz);
    struct clip *model = render_default(theme, sound->role, 0);
    double loudness = length > 0 ? clip_loudness(clip) : -INFINITY;
    if (!(loudness > SILENT_LUFS) || !model) {
        clip_destroy(clip);
        clip_destroy(model);
        return NULL;
    }
    double change = clip_loudness(model) - loudness;
    change = fmax(-GAIN_MOST_DB, fmin(change, GAIN_MOST_DB)) + sound->gain_db;
    float gain = gain_from_db(fmin(change, PEAK_MOST_DB - db_from_gain(clip->peak)));
    samples = xmalloc((size_t)length * sizeof *samples);
    for (frames i = 0; i < length; i++)
        samples[i] = gain * clip->samples[i];
    clip_destroy(clip);
    clip = clip_adopt(samples, length, 1, theme->rate_hz);
    clip->lead = model->lead < length ? model->lead : length;
    clip_destroy(model);
    return clip;
}

/* Reads the file through the plugin for files; told once when that fails. */
static struct clip *prepare(struct theme *theme, const struct theme_sound *sound)
{
    bool loop = sound->bed || sound->fill == THEME_LOOP;
    struct limber_sound_request request = request_for(theme, sound->folder, sound->file, 0, loop);
    struct plugin_instance *plugin = theme->plugins[FILES];
    request.channels = sound->bed ? 2 : 1;
    struct clip *clip = plugin ? render(theme, plugin, &request) : NULL;
    if (clip && !sound->bed && clip->length > (frames)theme->rate_hz * ROLE_MAX_SECONDS) {
        clip_destroy(clip);
        clip = NULL;
    }
    if (clip && !sound->bed)
        clip = level(theme, sound, clip);
    if (!clip && theme->diags)
        diags_add(theme->diags, SEVERITY_WARNING, sound->place,
                  "limber sounds try plays all of a theme",
                  "%s cannot be used; the %s of the default theme is heard instead", sound->file,
                  sound->role);
    return clip;
}

static const struct clip *find_prepared(struct theme *theme, const struct theme_sound *sound)
{
    for (size_t i = 0; i < theme->prepared.count; i++) {
        if (theme->prepared.items[i].sound == sound)
            return theme->prepared.items[i].clip;
    }
    struct clip *clip = prepare(theme, sound);
    *vec_push(&theme->prepared) = (struct prepared){.sound = sound, .clip = clip};
    return clip;
}

static void fade(float *samples, frames length, frames count)
{
    if (count > length / 4)
        count = length / 4;
    for (frames i = 0; i < count; i++)
        samples[length - 1 - i] *= (float)i / (float)count;
}

/* Exactly `fill` frames, malloc'ed; NULL when the file cannot be stretched that far. */
static float *fill_with(const struct clip *clip, enum theme_fill how, frames fill)
{
    float *samples = NULL;
    if (how == THEME_STRETCH && clip->length != fill) {
        stretch(clip->samples, clip->length, clip->rate_hz, fill, &samples);
        return samples;
    }
    samples = xcalloc((size_t)fill, sizeof *samples);
    for (frames i = 0; i < fill && (i < clip->length || how == THEME_LOOP); i++)
        samples[i] = clip->samples[i % clip->length];
    frames ramp = (frames)clip->rate_hz * FADE_MS / 1000;
    if (clip->length > fill || how == THEME_LOOP)
        fade(samples, fill, ramp);
    for (frames i = 0; how == THEME_LOOP && i < ramp && i < fill / 4; i++)
        samples[i] *= (float)(i + 1) / (float)ramp;
    return samples;
}

/* NULL: the default has to do it. */
static struct clip *make_packs(struct theme *theme, const char *name, frames fill, bool bed)
{
    const struct theme_sound *sound = theme_pack_sound(theme->pack, name, bed);
    const struct clip *clip = sound ? find_prepared(theme, sound) : NULL;
    if (!clip)
        return NULL;
    if (sound->fill == THEME_LOOP && fill <= 0)
        fill = (frames)theme->rate_hz * BREATH_SECONDS;
    float *samples = fill > 0 ? fill_with(clip, sound->fill, fill) : NULL;
    if (fill > 0 && !samples)
        return NULL;
    struct clip *filled =
        samples ? clip_adopt(samples, fill, 1, theme->rate_hz)
                : clip_new(clip->samples, clip->length, clip->channels, theme->rate_hz);
    fill = filled->length;
    filled->lead = clip->lead < fill ? clip->lead : fill;
    return filled;
}

/* --- all together --- */

/* The first that can make it. */
static struct clip *make(struct theme *theme, const char *name, frames fill, bool bed, bool *packs)
{
    struct limber_sound_request request = request_for(theme, theme->folder, name, fill, bed);
    struct plugin_instance *files = theme->plugins[FILES];
    struct clip *clip = NULL;
    *packs = false;
    if (files && call_sound_has(files, &request))
        clip = render(theme, files, &request);
    if (!clip) {
        clip = make_packs(theme, name, fill, bed);
        *packs = clip != NULL;
    }
    struct plugin_instance *other = clip ? NULL : plugin_with(theme, &request, true);
    return other ? render(theme, other, &request) : clip;
}

static const struct sound *find_or_make(struct theme *theme, const char *name, frames fill,
                                        bool bed)
{
    for (size_t i = 0; i < theme->sounds.count; i++) {
        const struct sound *sound = &theme->sounds.items[i];
        if (sound->fill == fill && sound->bed == bed && strcmp(sound->name, name) == 0)
            return sound;
    }
    bool packs = false;
    struct clip *clip = make(theme, name, fill, bed, &packs);
    if (!clip) {
        log_warning("there is no %s called \"%s\"; it stays silent", bed ? "bed" : "sound", name);
        const float silence = 0;
        if (!bed)
            clip = clip_new(&silence, 1, 1, theme->rate_hz);
    }
    struct sound *sound = vec_push(&theme->sounds);
    *sound = (struct sound){
        .name = xstrdup(name), .fill = fill, .bed = bed, .packs = packs, .clip = clip};
    sound->loudness = bed && clip ? clip_loudness(clip) : -INFINITY;
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

double theme_bed_loudness(struct theme *theme, const char *name)
{
    return find_or_make(theme, name, 0, true)->loudness;
}

bool theme_is_packs(struct theme *theme, const char *name, bool bed)
{
    return find_or_make(theme, name, 0, bed)->packs;
}

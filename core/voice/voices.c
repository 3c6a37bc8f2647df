/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voices.c: finding voices by name and by language. */
#include "voice/voices.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "plugin/registry.h"
#include "voice/voicefile.h"

#define VOICES_MOST 500 /* of one folder */

struct voices {
    struct arena *arena;
    VEC(struct voice *) items;
    VEC(struct voice *) own; /* made for languages no voice lists */
    struct registry *registry;
    const char *folders[2]; /* user's, program's; NULL: none */
    const char *seen;       /* an engine that is there: most voices have the same */
};

static bool is_name(const char *text)
{
    return strlen(text) <= 64 && strcmp(text, "dictionary") != 0 &&
           str_utf8_invalid_at(text, strlen(text)) < 0;
}

static bool has_engine(struct voices *voices, const char *engine)
{
    if (!voices->registry || (voices->seen && strcmp(voices->seen, engine) == 0)) {
        return true;
    }
    if (!registry_file(voices->registry, engine)) {
        return false;
    }
    voices->seen = engine;
    return true;
}

/* One voice being loaded, with what is wrong with its file. */
struct loaded {
    struct voice *voice;
    struct diags *diags;
    struct place fallback; /* where it is named */
};
typedef VEC(struct loaded) loaded_voices;

static void read_voice(struct voices *voices, const char *folder, const char *name,
                       loaded_voices *loaded)
{
    const char *path =
        file_join(voices->arena, file_join(voices->arena, folder, name), "voice.yaml");
    if (!file_exists(path) || voices_find(voices, name)) {
        return;
    }
    struct voice *voice = ARENA_NEW(voices->arena, struct voice);
    struct loaded one = {.voice = voice, .diags = diags_new()};
    const struct voicefile_options options = {
        .registry = voices->registry, .arena = voices->arena, .diags = one.diags};
    voice->name = arena_strdup(voices->arena, name);
    voice->users = folder == voices->folders[0];
    if (!voicefile_read(path, &options, voice, &one.fallback)) {
        const char *error = diags_first(one.diags, 0, SEVERITY_ERROR, voices->arena);
        voice->problem = error ? error : "its voice.yaml is wrong";
    } else if (!has_engine(voices, voice->engine)) {
        voice->problem = arena_printf(voices->arena, "its engine, the plugin %s, is not installed",
                                      voice->engine);
    }
    *vec_push(&voices->items) = voice;
    *vec_push(loaded) = one;
}

/* A fallback that nobody has does no harm, but is not what was meant. */
static void check_fallback(const struct voices *voices, const struct loaded *one)
{
    const char *name = one->voice->fallback;
    if (!name || one->voice->problem || voices_find(voices, name)) {
        return;
    }
    VEC(const char *) names = {0};
    for (size_t i = 0; i < voices->items.count; i++) {
        *vec_push(&names) = voices->items.items[i]->name;
    }
    const char *near = str_nearest(name, names.items, names.count);
    const char *hint = near ? arena_printf(voices->arena, "did you mean `%s`?", near)
                            : "limber voices lists those there are";
    diags_add(one->diags, SEVERITY_WARNING, one->fallback, hint,
              "the fallback voice `%s` does not exist; the default of the language speaks instead",
              name);
    vec_free(&names);
}

static void read_folder(struct voices *voices, const char *folder, loaded_voices *loaded)
{
    size_t count = 0;
    const char *const *names = file_list(voices->arena, folder, VOICES_MOST, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_name(names[i])) {
            read_voice(voices, folder, names[i], loaded);
        }
    }
}

struct voices *voices_load(const char *program_folder, struct registry *registry,
                           struct diags *diags)
{
    struct voices *voices = xcalloc(1, sizeof *voices);
    voices->arena = arena_new();
    voices->folders[0] = file_user_data(voices->arena, "voices");
    voices->folders[1] = program_folder ? arena_strdup(voices->arena, program_folder) : NULL;
    voices->registry = registry;
    loaded_voices loaded = {0};
    for (size_t i = 0; i < 2; i++) {
        read_folder(voices, voices->folders[i], &loaded);
    }
    for (size_t i = 0; i < loaded.count; i++) {
        struct loaded *one = &loaded.items[i];
        check_fallback(voices, one);
        one->voice->warning = diags_first(one->diags, 0, SEVERITY_WARNING, voices->arena);
        diags_pass_on(one->diags, diags);
        diags_destroy(one->diags);
    }
    vec_free(&loaded);
    return voices;
}

void voices_destroy(struct voices *voices)
{
    if (voices) {
        vec_free(&voices->items);
        vec_free(&voices->own);
        arena_destroy(voices->arena);
        free(voices);
    }
}

size_t voices_count(const struct voices *voices)
{
    return voices->items.count;
}

const struct voice *voices_get(const struct voices *voices, size_t index)
{
    return voices->items.items[index];
}

const struct voice *voices_find(const struct voices *voices, const char *name)
{
    for (size_t i = 0; i < voices->items.count; i++) {
        if (strcmp(voices->items.items[i]->name, name) == 0) {
            return voices->items.items[i];
        }
    }
    return NULL;
}

/* --- languages --- */

static bool same_primary(const char *a, const char *b)
{
    size_t length = strcspn(a, "-");
    char one[16];
    char other[16];
    if (length != strcspn(b, "-") || length >= sizeof one) {
        return false;
    }
    memcpy(one, a, length);
    memcpy(other, b, length);
    one[length] = other[length] = '\0';
    return str_equal_nocase(one, other);
}

const char *voice_language(const struct voice *voice, const char *language)
{
    const char *near = NULL;
    for (size_t i = 0; i < voice->language_count; i++) {
        if (str_equal_nocase(voice->languages[i], language)) {
            return voice->languages[i];
        }
        if (!near && same_primary(voice->languages[i], language)) {
            near = voice->languages[i];
        }
    }
    return near;
}

const struct voice *voices_engines_own(struct voices *voices, const char *language)
{
    for (size_t i = 0; i < voices->own.count; i++) {
        if (str_equal_nocase(voices->own.items[i]->languages[0], language)) {
            return voices->own.items[i];
        }
    }
    struct voice *voice = ARENA_NEW(voices->arena, struct voice);
    const char **tags = ARENA_ARRAY(voices->arena, const char *, 1);
    tags[0] = arena_strdup(voices->arena, language);
    *voice = (struct voice){.name = arena_printf(voices->arena, "default-%s", language),
                            .languages = tags,
                            .language_count = 1,
                            .engine = VOICES_ENGINE,
                            .pitch = -1,
                            .pitch_range = -1,
                            .license = "",
                            .author = "",
                            .description = "",
                            .version = "",
                            .consent = ""};
    *vec_push(&voices->own) = voice;
    return voice;
}

bool voices_is_recorded(const struct voices *voices, const struct voice *voice)
{
    /* The engine that most voices have is known without loading it. */
    if (!voices->registry || strcmp(voice->engine, VOICES_ENGINE) == 0) {
        return false;
    }
    const struct limber_plugin_descriptor *about =
        registry_descriptor(voices->registry, voice->engine, NULL);
    return about && about->flags & LIMBER_PLUGIN_RECORDED;
}

#define RANK_SYNTHETIC 8

/* How well the voice suits as the one that speaks `language` if nobody asks, as far as its file
 * tells; 0: not at all. */
static int rank(const struct voice *voice, const char *language)
{
    const char *tag = voice->problem ? NULL : voice_language(voice, language);
    return tag ? 1 + (strcmp(voice->engine, VOICES_ENGINE) == 0) + 2 * voice->users +
                     4 * str_equal_nocase(tag, language)
               : 0;
}

const struct voice *voices_for_language(struct voices *voices, const char *language)
{
    const struct voice *best = NULL;
    int most = 0;
    for (size_t i = 0; i < voices->items.count; i++) {
        const struct voice *voice = voices->items.items[i];
        int found = rank(voice, language);
        if (found > 0 && found + RANK_SYNTHETIC > most && !voices_is_recorded(voices, voice)) {
            found += RANK_SYNTHETIC;
        }
        if (found > most) {
            most = found;
            best = voice;
        }
    }
    return best ? best : voices_engines_own(voices, language);
}

/* --- dictionaries --- */

static size_t add_path(const struct voices *voices, const char *folder, const char *name,
                       const char **paths, size_t count, size_t most)
{
    const char *path =
        file_join(voices->arena, file_join(voices->arena, folder, "dictionary"), name);
    if (count < most && file_exists(path)) {
        paths[count++] = path;
    }
    return count;
}

size_t voices_dictionaries(const struct voices *voices, const struct voice *voice,
                           const char *language, const char **paths, size_t most)
{
    struct arena *arena = voices->arena;
    const char *primary = arena_strndup(arena, language, strcspn(language, "-"));
    const char *names[4];
    size_t name_count = 0;
    size_t count = 0;
    bool regional = strlen(primary) < strlen(language);
    if (regional) {
        names[name_count++] = arena_printf(arena, "%s.%s.yaml", language, voice->engine);
    }
    names[name_count++] = arena_printf(arena, "%s.%s.yaml", primary, voice->engine);
    if (regional) {
        names[name_count++] = arena_printf(arena, "%s.yaml", language);
    }
    names[name_count++] = arena_printf(arena, "%s.yaml", primary);
    if (voice->dictionary && count < most) {
        paths[count++] = voice->dictionary;
    }
    for (size_t n = 0; n < name_count; n++) {
        for (size_t f = 0; f < 2; f++) {
            if (voices->folders[f]) {
                count = add_path(voices, voices->folders[f], names[n], paths, count, most);
            }
        }
    }
    return count;
}

/* The folder of that name, if there is one, which has no voice.yaml then. */
static const char *bare_folder(const struct voices *voices, const char *name)
{
    for (size_t i = 0; i < 2 && is_name(name) && !strchr(name, '/'); i++) {
        const char *folder =
            voices->folders[i] ? file_join(voices->arena, voices->folders[i], name) : NULL;
        if (folder && file_is_folder(folder)) {
            return folder;
        }
    }
    return NULL;
}

char *voices_unknown(const struct voices *voices, const char *name)
{
    struct str message = {0};
    VEC(const char *) names = {0};
    for (size_t i = 0; i < voices->items.count; i++) {
        *vec_push(&names) = voices->items.items[i]->name;
    }
    const char *near = str_nearest(name, names.items, names.count);
    const char *folder = name[0] && name[0] != '.' ? bare_folder(voices, name) : NULL;
    str_printf(&message, "there is no voice \"%s\"", name);
    if (folder) {
        str_printf(&message, ": the folder %s has no voice.yaml", folder);
    } else if (near) {
        str_printf(&message, "; did you mean \"%s\"?", near);
    }
    vec_free(&names);
    return str_steal(&message);
}

const struct voice *voices_choose(const struct voices *voices, const char *name, char **error)
{
    const struct voice *voice = voices_find(voices, name);
    struct str message = {0};
    if (voice && !voice->problem)
        return voice;
    char *why = voice ? NULL : voices_unknown(voices, name);
    if (voice)
        str_printf(&message, "the voice `%s` cannot be used: %s", name, voice->problem);
    else
        str_printf(&message, "%s (limber voices lists all)", why);
    free(why);
    *error = str_steal(&message);
    return NULL;
}

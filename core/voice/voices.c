/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voices.c: finding voices by name and by language. */
#include "voice/voices.h"

#include <dirent.h>
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
    const char *folders[2];  /* user's, program's; NULL: none */
};

static bool is_name(const char *text)
{
    return text[0] != '.' && strlen(text) <= 64 && strcmp(text, "dictionary") != 0 &&
           str_utf8_invalid_at(text, strlen(text)) < 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "file:line:column: message" of the first error. */
static const char *first_error(const struct diags *diags, struct arena *arena)
{
    enum severity severity;
    struct place place;
    const char *message;
    for (size_t i = 0; diags_get(diags, i, &severity, &place, &message, NULL); i++) {
        if (severity == SEVERITY_ERROR) {
            const char *path = place.source ? place.source->path : "?";
            return place.line > 0 ? arena_printf(arena, "%s:%d:%d: %s", path, place.line,
                                                 place.column, message)
                                  : arena_printf(arena, "%s: %s", path, message);
        }
    }
    return "its voice.yaml is wrong";
}

/* Appends what one voice's own diagnostics hold to the caller's. */
static void pass_on(const struct diags *from, struct diags *to)
{
    enum severity severity;
    struct place place;
    const char *message;
    const char *hint;
    for (size_t i = 0; to && diags_get(from, i, &severity, &place, &message, &hint); i++) {
        struct place copy = place;
        copy.source = place.source ? diags_add_source(to, place.source->path, place.source->text,
                                                      place.source->length)
                                   : NULL;
        diags_add(to, severity, copy, hint, "%s", message);
    }
}

static void read_voice(struct voices *voices, const char *folder, const char *name,
                       struct registry *registry, struct diags *diags)
{
    const char *path =
        file_join(voices->arena, file_join(voices->arena, folder, name), "voice.yaml");
    if (!file_exists(path) || voices_find(voices, name)) {
        return;
    }
    struct voice *voice = ARENA_NEW(voices->arena, struct voice);
    struct diags *own = diags_new();
    voice->name = arena_strdup(voices->arena, name);
    if (!voicefile_read(path, voice, voices->arena, own)) {
        voice->problem = first_error(own, voices->arena);
    } else if (registry && !registry_file(registry, voice->engine)) {
        voice->problem = arena_printf(voices->arena, "its engine, the plugin %s, is not installed",
                                      voice->engine);
    }
    pass_on(own, diags);
    diags_destroy(own);
    *vec_push(&voices->items) = voice;
}

static void read_folder(struct voices *voices, const char *folder, struct registry *registry,
                        struct diags *diags)
{
    DIR *listing = folder ? opendir(folder) : NULL;
    char *names[VOICES_MOST];
    size_t count = 0;
    for (struct dirent *entry; listing && count < VOICES_MOST && (entry = readdir(listing));) {
        if (is_name(entry->d_name)) {
            names[count++] = xstrdup(entry->d_name);
        }
    }
    if (listing) {
        closedir(listing);
    }
    qsort(names, count, sizeof names[0], compare_names);
    for (size_t i = 0; i < count; i++) {
        read_voice(voices, folder, names[i], registry, diags);
        free(names[i]);
    }
}

struct voices *voices_load(const char *program_folder, struct registry *registry,
                           struct diags *diags)
{
    struct voices *voices = xcalloc(1, sizeof *voices);
    voices->arena = arena_new();
    voices->folders[0] = file_user_data(voices->arena, "voices");
    voices->folders[1] = program_folder ? arena_strdup(voices->arena, program_folder) : NULL;
    for (size_t i = 0; i < 2; i++) {
        read_folder(voices, voices->folders[i], registry, diags);
    }
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

static const struct voice *engines_own(struct voices *voices, const char *language)
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
                            .description = ""};
    *vec_push(&voices->own) = voice;
    return voice;
}

const struct voice *voices_for_language(struct voices *voices, const char *language)
{
    const struct voice *near = NULL;
    for (size_t i = 0; i < voices->items.count; i++) {
        const struct voice *voice = voices->items.items[i];
        const char *tag = voice->problem ? NULL : voice_language(voice, language);
        if (tag && str_equal_nocase(tag, language)) {
            return voice;
        }
        if (tag && !near) {
            near = voice;
        }
    }
    return near ? near : engines_own(voices, language);
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

char *voices_names(const struct voices *voices)
{
    struct str names = {0};
    for (size_t i = 0; i < voices->items.count; i++) {
        str_printf(&names, "%s%s", i > 0 ? ", " : "", voices->items.items[i]->name);
    }
    return str_steal(&names);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voicefile.c: the schema of voice.yaml. */
#include "voice/voicefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/str.h"
#include "base/yaml.h"
#include "plugin/registry.h"

#define OPTIONS_MOST 64

bool voice_is_tag(const char *text)
{
    size_t part = 0;
    size_t first = strcspn(text, "-");
    if (first < 2 || first > 3) {
        return false;
    }
    for (const char *c = text; *c; c++) {
        bool alphanumeric =
            (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        if (*c == '-') {
            if (part == 0) {
                return false;
            }
            part = 0;
        } else if (!alphanumeric || ++part > 8) {
            return false;
        }
    }
    return part > 0;
}

static bool read_languages(const struct settings *settings, const struct setting *setting,
                           const struct yaml_node *value)
{
    struct voice *voice = settings->into;
    struct arena *arena = settings->arena;
    struct diags *diags = settings->diags;
    size_t count = value->kind == YAML_LIST ? value->count : 1;
    if (value->kind == YAML_MAP || count == 0) {
        diags_add(diags, SEVERITY_ERROR, value->place, "languages: [en-GB, en]",
                  "languages must be a list of language tags");
        return false;
    }
    const char **tags = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *tag = value->kind == YAML_LIST ? value->items[i] : value;
        if (tag->kind != YAML_SCALAR || !voice_is_tag(tag->text)) {
            diags_add(diags, SEVERITY_ERROR, tag->place,
                      "write a tag such as `en`, `en-GB` or `de`", "this is not a language tag");
            return false;
        }
        tags[i] = arena_strdup(arena, tag->text);
    }
    voice->languages = tags;
    voice->language_count = count;
    return true;
}

/* --- options of the engine --- */

static bool read_options(const struct settings *settings, const struct setting *setting,
                         const struct yaml_node *map)
{
    struct voice *voice = settings->into;
    struct arena *arena = settings->arena;
    struct diags *diags = settings->diags;
    if (map->kind != YAML_MAP || map->count > OPTIONS_MOST) {
        diags_add(diags, SEVERITY_ERROR, map->place, "options: { seed: 3 }",
                  "options must be a list of names with their values, at most %d", OPTIONS_MOST);
        return false;
    }
    const char **pairs = ARENA_ARRAY(arena, const char *, map->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < map->count; i++) {
        const char *name = map->keys[i]->text;
        const char *value = NULL;
        if (!settings_is_name(name)) {
            diags_add(diags, SEVERITY_ERROR, map->keys[i]->place, NULL,
                      "an option is named in lower-case letters, digits and '-'");
        } else {
            value = settings_option_value(map->items[i], arena, diags);
        }
        if (value) {
            pairs[count++] = arena_printf(arena, "%s=%s", name, value);
        }
    }
    pairs[count] = NULL;
    voice->options = pairs;
    return count == map->count;
}

/* Asks the engine's own table. An engine that is not there is told of elsewhere. */
static bool check_options(const struct yaml_node *map, const struct voice *voice,
                          const struct voicefile_options *with)
{
    bool good = true;
    if (!map || !with->registry || !registry_file(with->registry, voice->engine)) {
        return true;
    }
    for (size_t i = 0; i < map->count; i++) {
        const char *equals = strchr(voice->options[i], '=');
        char *error = NULL;
        enum limber_status status = registry_check_option(with->registry, voice->engine,
                                                          map->keys[i]->text, equals + 1, &error);
        if (status != LIMBER_OK) {
            diags_add(with->diags, SEVERITY_ERROR,
                      status == LIMBER_INVALID ? map->items[i]->place : map->keys[i]->place, NULL,
                      "%s", error ? error : status_text(status));
            good = false;
        }
        free(error);
    }
    return good;
}

/* --- the table --- */

static bool read_dictionary(const struct settings *settings, const struct setting *setting,
                            const struct yaml_node *value)
{
    struct voice *voice = settings->into;
    const char *text = settings_text(settings, setting, value);
    if (!text) {
        return false;
    }
    voice->dictionary = text[0] == '/' ? arena_strdup(settings->arena, text)
                                       : file_join(settings->arena, voice->folder, text);
    if (!file_exists(voice->dictionary)) {
        diags_add(settings->diags, SEVERITY_ERROR, value->place, NULL, "there is no file %s",
                  voice->dictionary);
        voice->dictionary = NULL;
        return false;
    }
    return true;
}

#define AT(member) offsetof(struct voice, member)

static const struct setting table[] = {
    {.key = "name", .kind = SETTING_NAME},
    {.key = "languages", .kind = SETTING_OWN, .read = read_languages},
    {"engine", SETTING_TEXT, AT(engine), 0, 0, NULL, NULL},
    {"voice", SETTING_TEXT, AT(voice), 0, 0, NULL, NULL},
    {"variant", SETTING_TEXT, AT(variant), 0, 0, NULL, NULL},
    {"rate", SETTING_NUMBER, AT(rate_wpm), 60, 450, "60 to 450 words a minute", NULL},
    {"pitch", SETTING_NUMBER, AT(pitch), 0, 100, "0 to 100", NULL},
    {"range", SETTING_NUMBER, AT(pitch_range), 0, 100, "0 to 100", NULL},
    {"gain", SETTING_NUMBER, AT(gain_db), -20, 12, "-20 to 12 dB", NULL},
    {"license", SETTING_TEXT, AT(license), 0, 0, NULL, NULL},
    {"author", SETTING_TEXT, AT(author), 0, 0, NULL, NULL},
    {"fallback", SETTING_TEXT, AT(fallback), 0, 0, NULL, NULL},
    {.key = "dictionary", .kind = SETTING_OWN, .read = read_dictionary},
    {"description", SETTING_TEXT, AT(description), 0, 0, NULL, NULL},
    {"version", SETTING_TEXT, AT(version), 0, 0, NULL, NULL},
    {"consent", SETTING_TEXT, AT(consent), 0, 0, NULL, NULL},
    {.key = "options", .kind = SETTING_OWN, .read = read_options},
};

static const char *const required[] = {"languages", "engine", NULL};

bool voicefile_read(const char *path, const struct voicefile_options *options, struct voice *voice,
                    struct place *fallback)
{
    struct arena *arena = options->arena;
    voice->file = arena_strdup(arena, path);
    voice->folder = file_folder(arena, path);
    voice->pitch = -1;
    voice->pitch_range = -1;
    voice->license = voice->author = voice->description = voice->version = voice->consent = "";
    voice->engine = "";
    const struct settings settings = {.table = table,
                                      .count = sizeof table / sizeof table[0],
                                      .what = "voice",
                                      .name = voice->name,
                                      .required = required,
                                      .into = voice,
                                      .arena = arena,
                                      .diags = options->diags};
    const struct yaml_node *root = settings_parse_file(path, arena, options->diags);
    if (!root || !settings_read(&settings, root)) {
        return false;
    }
    const struct yaml_node *named = yaml_get(root, "fallback");
    *fallback = named ? named->place : (struct place){.source = root->place.source};
    return check_options(yaml_get(root, "options"), voice, options);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voicefile.c: the schema of voice.yaml. Strict: what is not known is an error with a suggestion,
 * so that a mistyped key never changes a voice in silence. */
#include "voice/voicefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "plugin/registry.h"

#define FILE_MOST    65536
#define OPTIONS_MOST 64
#define VALUE_MOST   8192 /* bytes of an option's value: all of them go into one packet */

enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_LANGUAGES, FIELD_FILE, FIELD_OPTIONS };

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset; /* in struct voice */
    double minimum, maximum;
    const char *range; /* for people */
};

#define AT(member) offsetof(struct voice, member)

static const struct field fields[] = {
    {"name", FIELD_TEXT, AT(name), 0, 0, NULL},
    {"languages", FIELD_LANGUAGES, AT(languages), 0, 0, NULL},
    {"engine", FIELD_TEXT, AT(engine), 0, 0, NULL},
    {"voice", FIELD_TEXT, AT(voice), 0, 0, NULL},
    {"variant", FIELD_TEXT, AT(variant), 0, 0, NULL},
    {"rate", FIELD_NUMBER, AT(rate_wpm), 60, 450, "60 to 450 words a minute"},
    {"pitch", FIELD_NUMBER, AT(pitch), 0, 100, "0 to 100"},
    {"range", FIELD_NUMBER, AT(pitch_range), 0, 100, "0 to 100"},
    {"gain", FIELD_NUMBER, AT(gain_db), -20, 12, "-20 to 12 dB"},
    {"license", FIELD_TEXT, AT(license), 0, 0, NULL},
    {"author", FIELD_TEXT, AT(author), 0, 0, NULL},
    {"fallback", FIELD_TEXT, AT(fallback), 0, 0, NULL},
    {"dictionary", FIELD_FILE, AT(dictionary), 0, 0, NULL},
    {"description", FIELD_TEXT, AT(description), 0, 0, NULL},
    {"version", FIELD_TEXT, AT(version), 0, 0, NULL},
    {"consent", FIELD_TEXT, AT(consent), 0, 0, NULL},
    {"options", FIELD_OPTIONS, AT(options), 0, 0, NULL},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static const struct field *find_field(const char *key)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}

static void unknown_key(const struct yaml_node *key, struct arena *arena, struct diags *diags)
{
    const char *known[FIELD_COUNT];
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        known[i] = fields[i].key;
    }
    const char *nearest = str_nearest(key->text, known, FIELD_COUNT);
    const char *hint = nearest ? arena_printf(arena, "did you mean `%s`?", nearest) : NULL;
    diags_add(diags, SEVERITY_ERROR, key->place, hint, "a voice has no setting `%s`", key->text);
}

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

static bool read_languages(const struct yaml_node *value, struct voice *voice, struct arena *arena,
                           struct diags *diags)
{
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

static bool read_number(const struct field *field, const struct yaml_node *value,
                        struct voice *voice, struct diags *diags)
{
    double number = 0;
    if (!units_parse_number(value->text, strlen(value->text), &number) || number < field->minimum ||
        number > field->maximum) {
        diags_add(diags, SEVERITY_ERROR, value->place, NULL, "`%s` must be a number, %s",
                  field->key, field->range);
        return false;
    }
    memcpy((char *)voice + field->offset, &number, sizeof number);
    return true;
}

/* --- options of the engine --- */

/* The text of an option's value: a list becomes one text, its items joined by line breaks. NULL
 * after saying what is wrong. */
static const char *option_value(const struct yaml_node *value, struct arena *arena,
                                struct diags *diags)
{
    struct str text = {0};
    bool good = value->kind != YAML_MAP;
    const struct yaml_node *culprit = value;
    if (value->kind == YAML_SCALAR) {
        good = value->text[0] != '\0' || value->quoted;
        str_add(&text, value->text);
    }
    for (size_t i = 0; value->kind == YAML_LIST && good && i < value->count; i++) {
        culprit = value->items[i];
        good = culprit->kind == YAML_SCALAR && !strchr(culprit->text, '\n');
        str_printf(&text, "%s%s", i > 0 ? "\n" : "", good ? culprit->text : "");
    }
    const char *result =
        good && text.length <= VALUE_MOST ? arena_strdup(arena, str_text(&text)) : NULL;
    if (!good) {
        diags_add(diags, SEVERITY_ERROR, culprit->place, NULL,
                  "an option has one value, or a list of values of one line each");
    } else if (!result) {
        diags_add(diags, SEVERITY_ERROR, value->place, NULL,
                  "the value of an option has at most %d bytes", VALUE_MOST);
    }
    str_free(&text);
    return result;
}

static bool is_option_name(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= 64 && text[length] == '\0';
}

static bool read_options(const struct yaml_node *map, struct voice *voice, struct arena *arena,
                         struct diags *diags)
{
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
        if (!is_option_name(name)) {
            diags_add(diags, SEVERITY_ERROR, map->keys[i]->place, NULL,
                      "an option is named in lower-case letters, digits and '-'");
        } else {
            value = option_value(map->items[i], arena, diags);
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

/* --- fields --- */

static bool read_field(const struct field *field, const struct yaml_node *value,
                       struct voice *voice, struct arena *arena, struct diags *diags)
{
    if (field->kind == FIELD_LANGUAGES) {
        return read_languages(value, voice, arena, diags);
    }
    if (field->kind == FIELD_OPTIONS) {
        return read_options(value, voice, arena, diags);
    }
    if (value->kind != YAML_SCALAR || value->text[0] == '\0') {
        diags_add(diags, SEVERITY_ERROR, value->place, NULL, "`%s` needs one value", field->key);
        return false;
    }
    if (field->kind == FIELD_NUMBER) {
        return read_number(field, value, voice, diags);
    }
    const char *text = arena_strdup(arena, value->text);
    if (field->kind == FIELD_FILE && text[0] != '/') {
        text = file_join(arena, voice->folder, text);
    }
    if (field->kind == FIELD_FILE && !file_exists(text)) {
        diags_add(diags, SEVERITY_ERROR, value->place, NULL, "there is no file %s", text);
        return false;
    }
    if (field->offset == AT(name)) {
        if (strcmp(text, voice->name) != 0) {
            diags_add(diags, SEVERITY_ERROR, value->place, "name the folder and the voice alike",
                      "the voice calls itself `%s`, but its folder is `%s`", text, voice->name);
            return false;
        }
        return true;
    }
    memcpy((char *)voice + field->offset, &text, sizeof text);
    return true;
}

static bool read_tree(const struct yaml_node *root, struct voice *voice, struct arena *arena,
                      struct diags *diags)
{
    bool good = true;
    if (root->kind != YAML_MAP) {
        diags_add(diags, SEVERITY_ERROR, root->place, "engine: speech-espeak",
                  "a voice file is a list of settings, one a line");
        return false;
    }
    for (size_t i = 0; i < root->count; i++) {
        const struct field *field = find_field(root->keys[i]->text);
        if (!field) {
            unknown_key(root->keys[i], arena, diags);
            good = false;
        } else {
            good &= read_field(field, root->items[i], voice, arena, diags);
        }
    }
    static const char *const required[] = {"languages", "engine"};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (!yaml_get(root, required[i])) {
            struct place whole = {.source = root->place.source};
            diags_add(diags, SEVERITY_ERROR, whole, NULL, "the setting `%s` is missing",
                      required[i]);
            good = false;
        }
    }
    return good;
}

bool voicefile_read(const char *path, const struct voicefile_options *options, struct voice *voice,
                    struct place *fallback)
{
    struct arena *arena = options->arena;
    char *text = NULL;
    size_t length = 0;
    voice->file = arena_strdup(arena, path);
    voice->folder = file_folder(arena, path);
    voice->pitch = -1;
    voice->pitch_range = -1;
    voice->license = voice->author = voice->description = voice->version = voice->consent = "";
    voice->engine = "";
    enum limber_status status = file_read(path, FILE_MOST, arena, &text, &length);
    if (status != LIMBER_OK) {
        const struct source *nothing = diags_add_source(options->diags, path, "", 0);
        struct place whole = {.source = nothing};
        diags_add(options->diags, SEVERITY_ERROR, whole, NULL, "the file cannot be read: %s",
                  status_text(status));
        return false;
    }
    const struct source *source = diags_add_source(options->diags, path, text, length);
    const struct yaml_node *root = yaml_parse(source, 0, length, arena, options->diags);
    if (!root || !read_tree(root, voice, arena, options->diags)) {
        return false;
    }
    const struct yaml_node *named = yaml_get(root, "fallback");
    *fallback = named ? named->place : (struct place){.source = source};
    return check_options(yaml_get(root, "options"), voice, options);
}

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

#define FILE_MOST 65536

enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_LANGUAGES, FIELD_FILE };

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

/* "en", "en-GB", "zh-Hant-TW": letters and digits, joined by '-'. */
static bool is_tag(const char *text)
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
        if (tag->kind != YAML_SCALAR || !is_tag(tag->text)) {
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

static bool read_field(const struct field *field, const struct yaml_node *value,
                       struct voice *voice, struct arena *arena, struct diags *diags)
{
    if (field->kind == FIELD_LANGUAGES) {
        return read_languages(value, voice, arena, diags);
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

bool voicefile_read(const char *path, struct voice *voice, struct arena *arena, struct diags *diags)
{
    char *text = NULL;
    size_t length = 0;
    voice->file = arena_strdup(arena, path);
    voice->folder = file_folder(arena, path);
    voice->pitch = -1;
    voice->pitch_range = -1;
    voice->license = voice->author = voice->description = "";
    voice->engine = "";
    enum limber_status status = file_read(path, FILE_MOST, arena, &text, &length);
    if (status != LIMBER_OK) {
        const struct source *nothing = diags_add_source(diags, path, "", 0);
        struct place whole = {.source = nothing};
        diags_add(diags, SEVERITY_ERROR, whole, NULL, "the file cannot be read: %s",
                  status_text(status));
        return false;
    }
    const struct source *source = diags_add_source(diags, path, text, length);
    const struct yaml_node *root = yaml_parse(source, 0, length, arena, diags);
    return root && read_tree(root, voice, arena, diags);
}

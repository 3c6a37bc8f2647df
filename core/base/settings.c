/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c: tables of settings. */
#include "base/settings.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "base/units.h"

#define FILE_MOST 65536

const struct yaml_node *settings_parse_file(const char *path, struct arena *arena,
                                            struct diags *diags)
{
    char *text = NULL;
    size_t length = 0;
    enum limber_status status = file_read(path, FILE_MOST, arena, &text, &length);
    if (status != LIMBER_OK) {
        struct place whole = {.source = diags_add_source(diags, path, "", 0)};
        diags_add(diags, SEVERITY_ERROR, whole, NULL, "the file cannot be read: %s",
                  status_text(status));
        return NULL;
    }
    const struct source *source = diags_add_source(diags, path, text, length);
    return yaml_parse(source, 0, length, arena, diags);
}

static const struct setting *find_setting(const struct settings *settings, const char *key)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (strcmp(settings->table[i].key, key) == 0)
            return &settings->table[i];
    }
    return NULL;
}

static void unknown_key(const struct settings *settings, const struct yaml_node *key)
{
    const char **known = ARENA_ARRAY(settings->arena, const char *, settings->count);
    for (size_t i = 0; i < settings->count; i++)
        known[i] = settings->table[i].key;
    const char *nearest = str_nearest(key->text, known, settings->count);
    const char *hint =
        nearest ? arena_printf(settings->arena, "did you mean `%s`?", nearest) : NULL;
    diags_add(settings->diags, SEVERITY_ERROR, key->place, hint, "a %s has no setting `%s`",
              settings->what, key->text);
}

const char *settings_text(const struct settings *settings, const struct setting *setting,
                          const struct yaml_node *value)
{
    if (value->kind == YAML_SCALAR && value->text[0] != '\0')
        return value->text;
    diags_add(settings->diags, SEVERITY_ERROR, value->place, NULL, "`%s` needs one value",
              setting->key);
    return NULL;
}

static bool read_number(const struct settings *settings, const struct setting *setting,
                        const struct yaml_node *value, const char *text)
{
    double number = 0;
    if (!units_parse_number(text, strlen(text), &number) || number < setting->minimum ||
        number > setting->maximum) {
        diags_add(settings->diags, SEVERITY_ERROR, value->place, NULL, "`%s` must be a number, %s",
                  setting->key, setting->range);
        return false;
    }
    memcpy((char *)settings->into + setting->offset, &number, sizeof number);
    return true;
}

static bool check_name(const struct settings *settings, const struct yaml_node *value,
                       const char *text)
{
    if (!settings->name || strcmp(text, settings->name) == 0)
        return true;
    diags_add(settings->diags, SEVERITY_ERROR, value->place,
              arena_printf(settings->arena, "name the folder and the %s alike", settings->what),
              "the %s calls itself `%s`, but its folder is `%s`", settings->what, text,
              settings->name);
    return false;
}

static bool read_setting(const struct settings *settings, const struct setting *setting,
                         const struct yaml_node *value)
{
    if (setting->kind == SETTING_OWN)
        return setting->read(settings, setting, value);
    const char *text = settings_text(settings, setting, value);
    if (!text)
        return false;
    if (setting->kind == SETTING_NUMBER)
        return read_number(settings, setting, value, text);
    if (setting->kind == SETTING_NAME)
        return check_name(settings, value, text);
    text = arena_strdup(settings->arena, text);
    memcpy((char *)settings->into + setting->offset, &text, sizeof text);
    return true;
}

bool settings_read(const struct settings *settings, const struct yaml_node *map)
{
    bool good = true;
    if (map->kind != YAML_MAP) {
        diags_add(settings->diags, SEVERITY_ERROR, map->place,
                  arena_printf(settings->arena, "%s: …", settings->table[0].key),
                  "a %s is a list of settings, one a line", settings->what);
        return false;
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct setting *setting = find_setting(settings, map->keys[i]->text);
        if (setting) {
            good &= read_setting(settings, setting, map->items[i]);
        } else {
            unknown_key(settings, map->keys[i]);
            good = false;
        }
    }
    for (const char *const *key = settings->required; key && *key; key++) {
        if (!yaml_get(map, *key)) {
            struct place whole = {.source = map->place.source};
            diags_add(settings->diags, SEVERITY_ERROR, whole, NULL, "the setting `%s` is missing",
                      *key);
            good = false;
        }
    }
    return good;
}

/* --- options of plugins --- */

const char *settings_option_value(const struct yaml_node *value, struct arena *arena,
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
        good && text.length <= SETTINGS_VALUE_MOST ? arena_strdup(arena, str_text(&text)) : NULL;
    if (!good) {
        diags_add(diags, SEVERITY_ERROR, culprit->place, NULL,
                  "an option has one value, or a list of values of one line each");
    } else if (!result) {
        diags_add(diags, SEVERITY_ERROR, value->place, NULL,
                  "the value of an option has at most %d bytes", SETTINGS_VALUE_MOST);
    }
    str_free(&text);
    return result;
}

bool settings_is_name(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= 64 && text[length] == '\0';
}

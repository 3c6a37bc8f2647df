/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_value.c: values of config.yaml, kind by kind. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "player/config_inside.h"
#include "voice/voices.h"

static void *member(const struct settings *settings, size_t offset)
{
    return (char *)settings->into + offset;
}

static bool refuse(const struct settings *settings, const struct yaml_node *value, const char *hint,
                   const char *key, const char *expected)
{
    diags_add(settings->diags, SEVERITY_ERROR, value->place, hint, "`%s` must be %s", key,
              expected);
    return false;
}

bool config_is_empty(const struct yaml_node *value)
{
    return value->kind == YAML_SCALAR && value->text[0] == '\0' && !value->quoted;
}

/* The text of a scalar, or NULL. */
static const char *scalar(const struct yaml_node *value)
{
    return value->kind == YAML_SCALAR && value->text[0] != '\0' ? value->text : NULL;
}

static bool read_text(const struct settings *settings, const struct config_key *key,
                      const struct yaml_node *value)
{
    const char *text = scalar(value);
    if (!text || strchr(text, '\n'))
        return refuse(settings, value, NULL, key->key, "one text of one line");
    if (key->kind == CONFIG_TAG && !voice_is_tag(text))
        return refuse(settings, value, "write a tag such as `en`, `en-GB` or `de`", key->key,
                      "a language tag");
    *(const char **)member(settings, key->to) = arena_strdup(settings->arena, text);
    return true;
}

/* "easy, normal or deep", and the one that was meant. */
static bool refuse_choice(const struct settings *settings, const struct config_key *key,
                          const struct yaml_node *value)
{
    const char *names[8];
    size_t count = 0;
    char *copy = arena_strdup(settings->arena, key->choices), *save = NULL;
    for (char *name = strtok_r(copy, "|", &save); name && count < 8;
         name = strtok_r(NULL, "|", &save))
        names[count++] = name;
    struct str expected = {0};
    for (size_t i = 0; i < count; i++)
        str_printf(&expected, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    const char *text = scalar(value);
    const char *near = text ? str_nearest(text, names, count) : NULL;
    refuse(settings, value, near ? arena_printf(settings->arena, "did you mean `%s`?", near) : NULL,
           key->key, str_text(&expected));
    str_free(&expected);
    return false;
}

static bool read_choice(const struct settings *settings, const struct config_key *key,
                        const struct yaml_node *value)
{
    const char *text = scalar(value);
    int index = 0;
    for (const char *at = key->choices; text && *at; index++) {
        size_t length = strcspn(at, "|");
        if (strlen(text) == length && strncmp(text, at, length) == 0) {
            memcpy(member(settings, key->to), &index, sizeof index);
            return true;
        }
        at += length;
        at += *at == '|';
    }
    return refuse_choice(settings, key, value);
}

/* 1, 0, or −1 for what is neither. */
static int truth(const struct yaml_node *value)
{
    static const char *const words[] = {"no", "yes", "off", "on", "false", "true"};
    const char *text = scalar(value);
    for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
        if (str_equal_nocase(text, words[i]))
            return (int)(i & 1);
    }
    return -1;
}

static bool read_yes(const struct settings *settings, const struct config_key *key,
                     const struct yaml_node *value)
{
    int yes = truth(value);
    if (yes < 0)
        return refuse(settings, value, NULL, key->key, "yes or no");
    *(bool *)member(settings, key->to) = yes;
    return true;
}

static bool read_time(const struct settings *settings, const struct config_key *key,
                      const struct yaml_node *value)
{
    const char *text = scalar(value);
    nsec time = 0;
    char most[32];
    bool good = text && (strcmp(text, "0") == 0 ||
                         (units_parse_duration(text, strlen(text), &time) && time <= key->most));
    if (!good && text && key->automatic && strcmp(text, "auto") == 0) {
        time = -1;
        good = true;
    }
    if (!good) {
        int64_t bare = 0;
        bool number = text && units_parse_int(text, strlen(text), &bare);
        const char *hint = number ? arena_printf(settings->arena, "with its unit: `%ss`", text)
                                  : "write 500ms, 30s, 2min or 1h";
        return refuse(settings, value, hint, key->key,
                      arena_printf(settings->arena, "a time from 0 to %s%s",
                                   units_format_duration(key->most, most, sizeof most),
                                   key->automatic ? ", or auto" : ""));
    }
    memcpy(member(settings, key->to), &time, sizeof time);
    return true;
}

/* "-3", "-3 dB", "+2dB". */
static bool read_db(const struct settings *settings, const struct config_key *key,
                    const struct yaml_node *value)
{
    const char *text = scalar(value);
    size_t length = text ? strlen(text) : 0;
    int64_t level = 0;
    if (length > 2 && str_equal_nocase(text + length - 2, "dB")) {
        for (length -= 2; length > 0 && text[length - 1] == ' ';)
            length--;
    }
    if (length == 0 || !units_parse_int(text, length, &level) || level < CONFIG_DB_LEAST ||
        level > CONFIG_DB_MOST)
        return refuse(settings, value, NULL, key->key,
                      arena_printf(settings->arena, "a whole number of dB, %d to %d",
                                   CONFIG_DB_LEAST, CONFIG_DB_MOST));
    *(int *)member(settings, key->to) = (int)level;
    return true;
}

/* --- plugins --- */

bool config_plugin_there(const struct settings *settings, const char *id, struct place place)
{
    const struct config_reading *reading = settings->context;
    char *error = NULL;
    bool there = !reading->registry || registry_descriptor(reading->registry, id, &error) != NULL;
    if (!there)
        diags_add(settings->diags, SEVERITY_ERROR, place, "limber plugins lists what there is",
                  "%s", error ? error : "there is no such plugin");
    free(error);
    return there;
}

/* The id that "evdev" or "control-evdev" means; NULL after saying what is wrong. */
static const char *read_id(const struct settings *settings, const struct config_key *key,
                           const char *prefix, const struct yaml_node *value)
{
    const char *text = scalar(value);
    if (!text || !settings_is_name(text) || strcmp(text, prefix) == 0) {
        refuse(settings, value, "its options go below `plugins:`", key->key,
               "named as limber plugins does, in lower-case letters, digits and '-'");
        return NULL;
    }
    const char *id = str_starts_with(text, prefix)
                         ? arena_strdup(settings->arena, text)
                         : arena_printf(settings->arena, "%s%s", prefix, text);
    return config_plugin_there(settings, id, value->place) ? id : NULL;
}

static bool read_output(const struct settings *settings, const struct config_key *key,
                        const struct yaml_node *value)
{
    const char *id = read_id(settings, key, "out-", value);
    if (id)
        *(const char **)member(settings, key->to) = id;
    return id != NULL;
}

/* Adds one control. */
static bool read_control(const struct settings *settings, const struct config_key *key,
                         const struct yaml_node *value)
{
    struct config *config = settings->into;
    const char *id = read_id(settings, key, "control-", value);
    if (!id)
        return false;
    for (size_t i = 0; i < config->control_count; i++) {
        if (strcmp(config->controls[i], id) == 0) {
            diags_add(settings->diags, SEVERITY_ERROR, value->place, NULL, "%s is there twice", id);
            return false;
        }
    }
    if (config->control_count == CONFIG_MOST_CONTROLS) {
        diags_add(settings->diags, SEVERITY_ERROR, value->place, NULL,
                  "there are at most %d controls", CONFIG_MOST_CONTROLS);
        return false;
    }
    config->controls[config->control_count++] = id;
    return true;
}

static bool read_controls(const struct settings *settings, const struct config_key *key,
                          const struct yaml_node *value)
{
    bool good = true;
    if (config_is_empty(value))
        return true;
    if (value->kind == YAML_SCALAR)
        return read_control(settings, key, value);
    if (value->kind == YAML_MAP)
        return refuse(settings, value, "controls: [evdev, socket]", key->key, "a list of controls");
    for (size_t i = 0; i < value->count; i++)
        good &= read_control(settings, key, value->items[i]);
    return good;
}

/* --- settings of their own --- */

static bool read_section(const struct settings *settings, const struct config_key *key,
                         const struct yaml_node *value)
{
    bool switches = key->section->kind == CONFIG_YES;
    if (config_is_empty(value))
        return true;
    if (value->kind == YAML_MAP)
        return config_map_read(settings, key->section,
                               arena_printf(settings->arena, "`%s`", key->key), value);
    if (!switches || truth(value) < 0)
        return refuse(settings, value,
                      arena_printf(settings->arena, "%s: { %s: %s }", key->key, key->section->key,
                                   switches ? "no" : "-3"),
                      key->key, switches ? "yes, no, or its settings" : "followed by its settings");
    for (const struct config_key *each = key->section; each->key; each++)
        *(bool *)member(settings, each->to) = truth(value);
    return true;
}

bool config_value_read(const struct settings *settings, const struct config_key *key,
                       const struct yaml_node *value)
{
    static bool (*const readers[])(const struct settings *, const struct config_key *,
                                   const struct yaml_node *) = {
        [CONFIG_TEXT] = read_text,       [CONFIG_TAG] = read_text,
        [CONFIG_CHOICE] = read_choice,   [CONFIG_YES] = read_yes,
        [CONFIG_TIME] = read_time,       [CONFIG_DB] = read_db,
        [CONFIG_OUTPUT] = read_output,   [CONFIG_CONTROLS] = read_controls,
        [CONFIG_SECTION] = read_section,
    };
    if (key->kind == CONFIG_PLUGINS)
        return config_plugins_read(settings, value);
    if (!readers[key->kind](settings, key, value))
        return false;
    if (key->given)
        *(bool *)member(settings, key->given) = true;
    if (key->place)
        *(struct place *)member(settings, key->place) = value->place;
    return true;
}

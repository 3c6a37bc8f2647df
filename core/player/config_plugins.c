/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_plugins.c: what stands below `plugins:`, checked against the plugins' own tables. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/vec.h"
#include "player/config_inside.h"

typedef VEC(struct config_option) option_list;

/* Asks the plugin's own table. */
static bool check(const struct settings *settings, const char *plugin, const struct yaml_node *name,
                  const struct yaml_node *value, const char *text)
{
    const struct config_reading *reading = settings->context;
    char *error = NULL;
    if (!reading->registry)
        return true;
    enum limber_status status =
        registry_check_option(reading->registry, plugin, name->text, text, &error);
    if (status != LIMBER_OK)
        diags_add(settings->diags, SEVERITY_ERROR,
                  status == LIMBER_INVALID ? value->place : name->place, NULL, "%s",
                  error ? error : status_text(status));
    free(error);
    return status == LIMBER_OK;
}

static bool is_named(const struct settings *settings, const struct yaml_node *name,
                     const char *what)
{
    bool good = settings_is_name(name->text);
    if (!good)
        diags_add(settings->diags, SEVERITY_ERROR, name->place, NULL,
                  "%s is named in lower-case letters, digits and '-'", what);
    return good;
}

static bool read_option(const struct settings *settings, const char *plugin,
                        const struct yaml_node *name, const struct yaml_node *value,
                        option_list *options)
{
    if (!is_named(settings, name, "an option"))
        return false;
    const char *text = settings_option_value(value, settings->arena, settings->diags);
    if (!text || !check(settings, plugin, name, value, text))
        return false;
    if (options->count == CONFIG_MOST_OPTIONS) {
        diags_add(settings->diags, SEVERITY_ERROR, name->place, NULL,
                  "there are at most %d options of plugins", CONFIG_MOST_OPTIONS);
        return false;
    }
    *vec_push(options) = (struct config_option){plugin, arena_strdup(settings->arena, name->text),
                                                text, value->place};
    return true;
}

static bool read_plugin(const struct settings *settings, const struct yaml_node *name,
                        const struct yaml_node *map, option_list *options)
{
    bool good = true;
    if (!is_named(settings, name, "a plugin") ||
        !config_plugin_there(settings, name->text, name->place))
        return false;
    if (config_is_empty(map))
        return true;
    if (map->kind != YAML_MAP) {
        diags_add(settings->diags, SEVERITY_ERROR, map->place,
                  arena_printf(settings->arena, "%s: { OPTION: VALUE }", name->text),
                  "`%s` must be followed by its options", name->text);
        return false;
    }
    const char *plugin = arena_strdup(settings->arena, name->text);
    for (size_t i = 0; i < map->count; i++)
        good &= read_option(settings, plugin, map->keys[i], map->items[i], options);
    return good;
}

bool config_plugins_read(const struct settings *settings, const struct yaml_node *map)
{
    struct config *config = settings->into;
    option_list options = {0};
    bool good = true;
    if (config_is_empty(map))
        return true;
    if (map->kind != YAML_MAP) {
        diags_add(settings->diags, SEVERITY_ERROR, map->place,
                  "plugins: { sound-tone: { OPTION: VALUE } }",
                  "`plugins` must be followed by plugins with their options");
        return false;
    }
    for (size_t i = 0; i < map->count; i++)
        good &= read_plugin(settings, map->keys[i], map->items[i], &options);
    config->option_count = options.count;
    config->options = vec_to_arena(&options, settings->arena);
    return good;
}

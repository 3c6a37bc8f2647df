/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry.c: every plugin by its id, with its settings and its instances. */
#include "plugin/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "plugin/instance.h"
#include "plugin/judge.h"
#include "plugin/places.h"
#include "plugin/probe.h"
#include "plugin/problem.h"

#define LOG_MODULE       "plugin"
#define PROBE_TIMEOUT_MS 5000

/* One file, or one built-in entry, that offers an id; judged once. */
struct module {
    char *file;   /* NULL: built in */
    bool shipped; /* came with the program */
    bool judged;
    const struct limber_plugin_entry *entry; /* once judged and good, or built in */
    char *problem;                           /* once judged and bad */
};

struct plugin {
    char *id;
    VEC(struct module) modules; /* in the order of the places; found once */
    struct setting_list settings;
    char **pairs; /* registry_settings() */
    struct plugin_instance *shared;
    size_t live; /* instances, the shared one included */
};

struct live {
    struct plugin_instance *instance;
    struct plugin *plugin;
};

struct registry {
    const struct limber_plugin_entry *const *builtin;
    const char *const *missing, *const *shipped;
    bool no_probe;
    int probe_timeout_ms;
    struct probe_cache *cache;
    struct places places;
    VEC(struct plugin *) plugins;
    VEC(struct live) live;
    struct lent_list lent;
};

struct registry *registry_new(const struct registry_options *options)
{
    struct registry *registry = xcalloc(1, sizeof *registry);
    registry->builtin = options->builtin;
    registry->missing = options->missing;
    registry->shipped = options->shipped;
    registry->no_probe = options->no_probe;
    registry->probe_timeout_ms =
        options->probe_timeout_ms > 0 ? options->probe_timeout_ms : PROBE_TIMEOUT_MS;
    registry->cache = probe_cache_open(options->probe_cache);
    places_find(&registry->places, options->path);
    return registry;
}

static void free_pairs(struct plugin *plugin)
{
    for (size_t i = 0; plugin->pairs && plugin->pairs[i]; i++) {
        free(plugin->pairs[i]);
    }
    free(plugin->pairs);
    plugin->pairs = NULL;
}

static void free_plugin(struct plugin *plugin)
{
    for (size_t i = 0; i < plugin->modules.count; i++) {
        free(plugin->modules.items[i].file);
        free(plugin->modules.items[i].problem);
    }
    vec_free(&plugin->modules);
    settings_free(&plugin->settings);
    free_pairs(plugin);
    free(plugin->id);
    free(plugin);
}

void registry_destroy(struct registry *registry)
{
    if (!registry) {
        return;
    }
    for (size_t i = registry->live.count; i-- > 0;) {
        instance_destroy(registry->live.items[i].instance);
    }
    vec_free(&registry->live);
    for (size_t i = 0; i < registry->plugins.count; i++) {
        free_plugin(registry->plugins.items[i]);
    }
    vec_free(&registry->plugins);
    for (size_t i = 0; i < registry->lent.count; i++) {
        free((char *)registry->lent.items[i].id);
    }
    vec_free(&registry->lent);
    places_free(&registry->places);
    probe_cache_close(registry->cache);
    free(registry);
}

/* --- finding --- */

static void add_builtin(struct registry *registry, struct plugin *plugin)
{
    const struct limber_plugin_entry *const *entry = registry->builtin;
    for (; entry && *entry; entry++) {
        if (strcmp((*entry)->descriptor->id, plugin->id) == 0) {
            *vec_push(&plugin->modules) = (struct module){.entry = *entry};
        }
    }
}

static bool is_listed(const char *const *ids, const char *id)
{
    for (; ids && *ids; ids++) {
        if (strcmp(*ids, id) == 0) {
            return true;
        }
    }
    return false;
}

/* The plugin of this id; one without modules is offered nowhere. */
static struct plugin *find(struct registry *registry, const char *id)
{
    for (size_t i = 0; i < registry->plugins.count; i++) {
        if (strcmp(registry->plugins.items[i]->id, id) == 0) {
            return registry->plugins.items[i];
        }
    }
    struct plugin *plugin = xcalloc(1, sizeof *plugin);
    plugin->id = xstrdup(id);
    for (size_t i = 0; i < registry->places.list.count; i++) {
        const struct place_of_plugins *place = &registry->places.list.items[i];
        if (!place->folder) {
            add_builtin(registry, plugin);
            continue;
        }
        char *file = places_file(place->folder, id);
        if (file) {
            bool shipped = place->own && is_listed(registry->shipped, id);
            *vec_push(&plugin->modules) = (struct module){.file = file, .shipped = shipped};
        }
    }
    *vec_push(&registry->plugins) = plugin;
    return plugin;
}

/* Why there is no plugin `id`, with the nearest that there is. */
static char *unknown_plugin(const struct registry *registry, const char *id)
{
    if (is_listed(registry->missing, id)) {
        return problem_new("plugin %s is not in this build: the library it needs was missing", id);
    }
    id_list ids = {0};
    places_ids(&registry->places, registry->builtin, &ids);
    const char *near = str_nearest(id, (const char *const *)ids.items, ids.count);
    struct str text = {0};
    str_printf(&text, "unknown plugin \"%s\"", id);
    if (near) {
        str_printf(&text, ": did you mean \"%s\"?", near);
    } else {
        str_add(&text, ": neither built in, nor a file of that name with \".so\" in");
        const char *between = " ";
        for (size_t i = 0; i < registry->places.list.count; i++) {
            if (registry->places.list.items[i].folder) {
                str_printf(&text, "%s%s", between, registry->places.list.items[i].folder);
                between = ", ";
            }
        }
        if (*between == ' ') {
            str_add(&text, " any folder of plugins");
        }
    }
    places_free_ids(&ids);
    return str_steal(&text);
}

/* --- judging --- */

/* The file's owner and mode, then a child process unless that went well before, then here. */
static char *judge_module_file(struct registry *registry, const char *id, struct module *module)
{
    struct stat about;
    char *problem = judge_file(module->file, &about);
    if (!problem && !registry->no_probe && !module->shipped &&
        !probe_cache_has(registry->cache, module->file, &about)) {
        problem = probe_file(module->file, id, registry->probe_timeout_ms);
        if (!problem) {
            probe_cache_add(registry->cache, module->file, &about);
        }
    }
    if (!problem) {
        module->entry = judge_load(module->file, id, &problem);
    }
    return problem;
}

/* Whether the module can be used; afterwards it has an entry or a problem. */
static bool judge(struct registry *registry, const char *id, struct module *module)
{
    if (!module->judged) {
        module->judged = true;
        if (!judge_id(id)) {
            module->problem = problem_new("its name is not of the form kind-name.so in lower case");
        } else if (module->file) {
            module->problem = judge_module_file(registry, id, module);
        } else {
            module->problem = judge_entry(module->entry, id);
        }
    }
    return !module->problem;
}

/* The first module of the plugin that can be used. Those before it are reported: as warnings when
 * there is one, in *error when there is none. */
static struct module *choose(struct registry *registry, struct plugin *plugin, char **error)
{
    struct str refused = {0};
    for (size_t i = 0; i < plugin->modules.count; i++) {
        struct module *module = &plugin->modules.items[i];
        bool before = module->judged;
        if (judge(registry, plugin->id, module)) {
            str_free(&refused);
            return module;
        }
        const char *file = module->file ? module->file : "built in";
        str_printf(&refused, "%splugin %s (%s): %s", refused.length ? "; " : "", plugin->id, file,
                   module->problem);
        if (!before && i + 1 < plugin->modules.count) {
            log_warning("%s is passed over: %s", file, module->problem);
        }
    }
    *error = refused.length ? str_steal(&refused) : unknown_plugin(registry, plugin->id);
    return NULL;
}

/* --- settings --- */

enum limber_status registry_set(struct registry *registry, const char *id, const char *option,
                                const char *value, char **error)
{
    struct plugin *plugin = find(registry, id);
    if (plugin->modules.count == 0) {
        *error = unknown_plugin(registry, id);
        return LIMBER_NOT_FOUND;
    }
    const struct module *first = &plugin->modules.items[0];
    if (!first->entry) { /* not known yet: checked when it is loaded */
        settings_put(&plugin->settings, option, value);
        return LIMBER_OK;
    }
    char *checked = NULL;
    enum limber_status status =
        options_check(first->entry->descriptor->options, id, option, value, &checked, error);
    if (status == LIMBER_OK) {
        settings_put(&plugin->settings, option, checked);
    }
    free(checked);
    return status;
}

const char *const *registry_settings(struct registry *registry, const char *id)
{
    struct plugin *plugin = find(registry, id);
    free_pairs(plugin);
    plugin->pairs = xcalloc(plugin->settings.count + 1, sizeof *plugin->pairs);
    for (size_t i = 0; i < plugin->settings.count; i++) {
        struct str pair = {0};
        str_printf(&pair, "%s=%s", plugin->settings.items[i].name, plugin->settings.items[i].value);
        plugin->pairs[i] = str_steal(&pair);
    }
    return (const char *const *)plugin->pairs;
}

/* All settings of the plugin as its table wants them. */
static bool check_settings(const struct plugin *plugin,
                           const struct limber_plugin_descriptor *about,
                           struct setting_list *checked, char **error)
{
    for (size_t i = 0; i < plugin->settings.count; i++) {
        const struct setting *setting = &plugin->settings.items[i];
        char *value = NULL;
        if (options_check(about->options, plugin->id, setting->name, setting->value, &value,
                          error) != LIMBER_OK) {
            return false;
        }
        settings_put(checked, setting->name, value);
        free(value);
    }
    return true;
}

/* --- instances --- */

static struct plugin_instance *create(struct registry *registry, struct plugin *plugin,
                                      char **error)
{
    struct module *module = choose(registry, plugin, error);
    if (!module) {
        return NULL;
    }
    const struct limber_plugin_descriptor *about = module->entry->descriptor;
    if (plugin->live > 0 && about->flags & LIMBER_PLUGIN_SINGLETON) {
        *error = problem_new("plugin %s can be used only once at a time", plugin->id);
        return NULL;
    }
    struct setting_list checked = {0};
    struct plugin_instance *instance = NULL;
    if (check_settings(plugin, about, &checked, error)) {
        char *problem = NULL;
        instance = instance_new(module->entry, &checked, &registry->lent, &problem);
        if (!instance) {
            *error = problem_new("plugin %s: %s", plugin->id, problem);
            free(problem);
        }
    }
    settings_free(&checked);
    if (instance) {
        *vec_push(&registry->live) = (struct live){instance, plugin};
        plugin->live++;
    }
    return instance;
}

struct plugin_instance *registry_instance(struct registry *registry, const char *id, char **error)
{
    struct plugin *plugin = find(registry, id);
    if (!plugin->shared) {
        plugin->shared = create(registry, plugin, error);
    }
    return plugin->shared;
}

struct plugin_instance *registry_create(struct registry *registry, const char *id, char **error)
{
    return create(registry, find(registry, id), error);
}

void plugin_instance_destroy(struct registry *registry, struct plugin_instance *instance)
{
    for (size_t i = 0; i < registry->live.count; i++) {
        struct live *live = &registry->live.items[i];
        if (live->instance == instance) {
            live->plugin->live--;
            if (live->plugin->shared == instance) {
                live->plugin->shared = NULL;
            }
            registry->live.count--;
            memmove(live, live + 1, (registry->live.count - i) * sizeof *live);
            instance_destroy(instance);
            return;
        }
    }
}

void registry_lend(struct registry *registry, const char *interface_id, const void *table)
{
    *vec_push(&registry->lent) = (struct lent){xstrdup(interface_id), table};
}

/* --- listing --- */

static void list_plugin(struct registry *registry, const char *id,
                        void (*each)(void *context, const struct registry_item *item),
                        void *context)
{
    struct plugin *plugin = find(registry, id);
    bool usable = false;
    for (size_t i = 0; i < plugin->modules.count && !usable; i++) {
        struct module *module = &plugin->modules.items[i];
        usable = judge(registry, id, module);
        struct registry_item item = {.id = id,
                                     .file = module->file,
                                     .descriptor = usable ? module->entry->descriptor : NULL,
                                     .problem = module->problem};
        each(context, &item);
    }
}

void registry_each(struct registry *registry,
                   void (*each)(void *context, const struct registry_item *item), void *context)
{
    id_list ids = {0};
    places_ids(&registry->places, registry->builtin, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        list_plugin(registry, ids.items[i], each, context);
    }
    for (const char *const *id = registry->missing; id && *id; id++) {
        if (find(registry, *id)->modules.count == 0) {
            struct registry_item item = {
                .id = *id, .problem = "not in this build: the library it needs was missing"};
            each(context, &item);
        }
    }
    places_free_ids(&ids);
}

const struct limber_plugin_descriptor *registry_descriptor(struct registry *registry,
                                                           const char *id, char **error)
{
    char *problem = NULL;
    struct module *module = choose(registry, find(registry, id), &problem);
    if (!module && error) {
        *error = problem;
    } else {
        free(problem);
    }
    return module ? module->entry->descriptor : NULL;
}

enum limber_status registry_check_option(struct registry *registry, const char *id,
                                         const char *option, const char *value, char **error)
{
    const struct limber_plugin_descriptor *about = registry_descriptor(registry, id, error);
    if (!about) {
        return LIMBER_NOT_FOUND;
    }
    char *checked = NULL;
    enum limber_status status = options_check(about->options, id, option, value, &checked, error);
    free(checked);
    return status;
}

const char *registry_file(struct registry *registry, const char *id)
{
    struct plugin *plugin = find(registry, id);
    for (size_t i = 0; i < plugin->modules.count; i++) {
        struct module *module = &plugin->modules.items[i];
        struct stat about;
        char *problem = module->problem || !module->file ? NULL : judge_file(module->file, &about);
        if (!module->problem && !problem) {
            return module->file;
        }
        if (problem) {
            log_warning("%s is passed over: %s", module->file, problem);
            module->judged = true;
            module->problem = problem;
        }
    }
    return NULL;
}

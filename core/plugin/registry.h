/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry.h: plugins found, judged, loaded, and configured. [main] unless said otherwise. */
#ifndef PLUGIN_REGISTRY_H
#define PLUGIN_REGISTRY_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/status.h"
#include "limber/plugin.h"

struct registry;

struct registry_options {
    const char
        *path; /* --plugin-path: colon-separated folders searched before all others; or NULL */
    const struct limber_plugin_entry *const *builtin; /* NULL-terminated; or NULL */
    const char *probe_cache; /* file remembering which .so files were loaded in a child without harm
                                (path, size, mtime); NULL: none */
    const char *const *missing; /* ids left out of this build for want of a library,
                                   NULL-terminated; or NULL */
    const char *const *shipped; /* ids of the plugins that came with the program, NULL-terminated,
                                   or NULL: in its own folder they are trusted like itself */
    bool no_probe;        /* loads without probing: for a caller that may itself crash harmlessly,
                             such as a test */
    int probe_timeout_ms; /* for loading one file in the child; 0: 5 s */
};

/* NULL-terminated tables made by the build (limber_builtin_table() in cmake/LimberBuild.cmake) and
 * linked into the programs: the built-in plugins, and the ids left out for want of a library. */
extern const struct limber_plugin_entry *const limber_builtin_plugins[];
extern const char *const limber_missing_plugins[];
extern const char *const limber_shipped_plugins[]; /* built as files */

/* Folders: `path`, $LIMBER_PLUGIN_PATH (ignored when AT_SECURE), the user's data dir, the library
 * dir. A plugin found in an earlier place wins; built-in ones come last but before the library dir,
 * so that a file in --plugin-path replaces a built-in plugin. */
struct registry *registry_new(const struct registry_options *options);
void registry_destroy(struct registry *registry); /* destroys instances first; never dlcloses */

/* Sets `plugin.option=value`. Checked now if the plugin is known, else when it is loaded. On an
 * error writes a message with a suggestion (malloc'ed) into *error. Errors: NOT_FOUND, INVALID. */
enum limber_status registry_set(struct registry *registry, const char *plugin, const char *option,
                                const char *value, char **error);

/* An instance of plugin `id`, loading it if needed: the file ID.so in the folders, probed in a
 * child process first unless it is known. Refused: group- or world-writable files, another ABI
 * major, a missing or malformed entry, an id that differs from the file name. NULL with a message
 * (malloc'ed) in *error. The instance belongs to the registry. A SINGLETON plugin gives the same
 * instance again. */
struct plugin_instance;
struct plugin_instance *registry_instance(struct registry *registry, const char *id, char **error);
/* The same, not shared, for a caller that destroys it. */
struct plugin_instance *registry_create(struct registry *registry, const char *id, char **error);
void plugin_instance_destroy(struct registry *registry, struct plugin_instance *instance);
const struct limber_plugin_descriptor *plugin_descriptor(const struct plugin_instance *instance);
/* The interface table, or NULL; `*self` gets the first argument of its functions. */
const void *plugin_interface(const struct plugin_instance *instance, const char *interface_id,
                             void **self);
/* An interface the host lends to every plugin created after this ("limber.host.loop/1"). */
void registry_lend(struct registry *registry, const char *interface_id, const void *table);

/* Looks at every plugin there is (loads all). One call of `each` a plugin; `problem` says why it
 * cannot be used (descriptor NULL when it could not be read). Also lists the built-in ids whose
 * library was missing at build time. */
struct registry_item {
    const char *id;
    const char *file; /* NULL: built in */
    const struct limber_plugin_descriptor *descriptor;
    const char *problem; /* NULL: usable */
};
void registry_each(struct registry *registry,
                   void (*each)(void *context, const struct registry_item *item), void *context);
/* The file of plugin `id`, for handing to the worker program; NULL if built in or not found. Valid
 * until destroy. */
const char *registry_file(struct registry *registry, const char *id);

/* What plugin `id` says of itself: loads its file if needed, by the same rules as
 * registry_instance(), and makes no instance. NULL when there is none that can be used, with the
 * reason (malloc'ed) in *error unless `error` is NULL. Valid until destroy. */
const struct limber_plugin_descriptor *registry_descriptor(struct registry *registry,
                                                           const char *id, char **error);
/* Whether the plugin takes `value` for `option`, without setting it; a message with a suggestion
 * (malloc'ed) in *error when not. Errors: NOT_FOUND (no such plugin or option), INVALID. */
enum limber_status registry_check_option(struct registry *registry, const char *id,
                                         const char *option, const char *value, char **error);

/* The text of option values for `id`, as "name=value" pairs set so far (for the worker):
 * NULL-terminated, valid until the next registry_set(). */
const char *const *registry_settings(struct registry *registry, const char *id);

#endif

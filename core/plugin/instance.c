/* SPDX-License-Identifier: GPL-3.0-or-later */
/* instance.c: an instance and the host as it sees it. Interfaces are asked for once, at the start,
 * so that later looks at them are legal on every thread. */
#include "plugin/instance.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/status.h"
#include "base/str.h"
#include "base/vec.h"
#include "plugin/problem.h"
#include "plugin/registry.h"
#include "plugin/threadcheck.h"

static void host_log(void *context, enum limber_log_level level, const char *message)
{
    THREADCHECK(~(1u << THREAD_DEVICE));
    const struct plugin_instance *instance = context;
    log_line(level, instance->entry->descriptor->id, "%s", message);
}

static const char *host_option(void *context, const char *name)
{
    THREADCHECK(1u << THREAD_MAIN);
    const struct plugin_instance *instance = context;
    const char *value = settings_get(&instance->values, name);
    if (value) {
        return value;
    }
    const struct limber_option *option = options_find(instance->entry->descriptor->options, name);
    return option ? option->fallback : NULL;
}

static const void *host_get_interface(void *context, const char *id)
{
    THREADCHECK(1u << THREAD_MAIN);
    const struct plugin_instance *instance = context;
    for (size_t i = instance->lent->count; i-- > 0;) {
        if (strcmp(instance->lent->items[i].id, id) == 0) {
            return instance->lent->items[i].table;
        }
    }
    return NULL;
}

/* An interface this program knows: its size, and the functions that must not be NULL. */
struct known {
    const char *id;
    size_t size;
    size_t place; /* of the pointer in struct plugin_instance */
    struct {
        const char *name;
        size_t offset;
    } required[5];
};

#define FUNCTION(type, name)                                                                       \
    {                                                                                              \
#name, offsetof(struct type, name)                                                         \
    }
#define KNOWN(id, type, member, ...)                                                               \
    {                                                                                              \
        id, sizeof(struct type), offsetof(struct plugin_instance, member),                         \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const struct known KNOWN_INTERFACES[] = {
    KNOWN(LIMBER_OUTPUT_ID, limber_output, output, FUNCTION(limber_output, open),
          FUNCTION(limber_output, close)),
    KNOWN(LIMBER_INPUT_ID, limber_input, input, FUNCTION(limber_input, open),
          FUNCTION(limber_input, read), FUNCTION(limber_input, close)),
    KNOWN(LIMBER_SOUND_ID, limber_sound, sound, FUNCTION(limber_sound, has),
          FUNCTION(limber_sound, render), FUNCTION(limber_sound, list)),
    KNOWN(LIMBER_SPEECH_ID, limber_speech, speech, FUNCTION(limber_speech, prepare),
          FUNCTION(limber_speech, fingerprint), FUNCTION(limber_speech, synthesize)),
    KNOWN(LIMBER_PACK_ID, limber_pack, pack, FUNCTION(limber_pack, open),
          FUNCTION(limber_pack, each_row), FUNCTION(limber_pack, find), FUNCTION(limber_pack, key),
          FUNCTION(limber_pack, read)),
    KNOWN(LIMBER_CONTROL_ID, limber_control, control, FUNCTION(limber_control, start),
          FUNCTION(limber_control, stop)),
    KNOWN(LIMBER_OBSERVER_ID, limber_observer, observer, FUNCTION(limber_observer, event)),
};

/* Judges one table against what its revision promises. NULL, or what is wrong (malloc'ed). */
static char *judge_table(const struct known *known, const void *table)
{
    uint32_t size;
    memcpy(&size, table, sizeof size);
    if (size < known->size) {
        return problem_new(
            "its table of %s is too small (%u bytes, not %zu): it was built with other "
            "headers",
            known->id, size, known->size);
    }
    for (size_t i = 0;
         i < sizeof known->required / sizeof *known->required && known->required[i].name; i++) {
        void (*function)(void);
        memcpy(&function, (const char *)table + known->required[i].offset, sizeof function);
        if (!function) {
            return problem_new("its %s has no %s function", known->id, known->required[i].name);
        }
    }
    return NULL;
}

static char *take_interface(struct plugin_instance *instance, const char *id)
{
    const void *table = instance->entry->get_interface(instance->self, id);
    if (!table) {
        return problem_new("it promises %s but does not give it", id);
    }
    for (size_t i = 0; i < sizeof KNOWN_INTERFACES / sizeof *KNOWN_INTERFACES; i++) {
        const struct known *known = &KNOWN_INTERFACES[i];
        if (strcmp(known->id, id) == 0) {
            memcpy((char *)instance + known->place, &table, sizeof table);
            return judge_table(known, table);
        }
    }
    return NULL; /* a later revision than this program's: not used */
}

static char *take_interfaces(struct plugin_instance *instance)
{
    for (const char *const *id = instance->entry->descriptor->interfaces; *id; id++) {
        char *problem = take_interface(instance, *id);
        if (problem) {
            return problem;
        }
    }
    /* Exactly one of push and pull. */
    if (instance->output && !instance->output->write == !instance->output->start) {
        return problem_new("its " LIMBER_OUTPUT_ID
                           " must have either write (push) or start (pull)");
    }
    return NULL;
}

struct plugin_instance *instance_new(const struct limber_plugin_entry *entry,
                                     const struct setting_list *settings,
                                     const struct lent_list *lent, char **problem)
{
    struct plugin_instance *instance = xcalloc(1, sizeof *instance);
    instance->entry = entry;
    instance->lent = lent;
    for (size_t i = 0; i < settings->count; i++) {
        settings_put(&instance->values, settings->items[i].name, settings->items[i].value);
    }
    instance->host = (struct limber_host){.size = sizeof(struct limber_host),
                                          .name = "limber",
                                          .version = LIMBER_VERSION,
                                          .context = instance,
                                          .log = host_log,
                                          .option = host_option,
                                          .get_interface = host_get_interface};
    enum limber_status status = entry->create(&instance->host, &instance->self);
    if (status != LIMBER_OK) {
        instance->self = NULL; /* whatever it left there is not an instance */
        *problem = problem_new("it could not be set up: %s", status_text(status));
    } else if (!instance->self) {
        *problem = problem_new("its create function gave no instance");
    } else {
        *problem = take_interfaces(instance);
    }
    if (*problem) {
        instance_destroy(instance);
        return NULL;
    }
    return instance;
}

void instance_destroy(struct plugin_instance *instance)
{
    if (!instance) {
        return;
    }
    if (instance->self) {
        instance->entry->destroy(instance->self);
    }
    settings_free(&instance->values);
    free(instance);
}

const struct limber_plugin_descriptor *plugin_descriptor(const struct plugin_instance *instance)
{
    return instance->entry->descriptor;
}

const void *plugin_interface(const struct plugin_instance *instance, const char *interface_id,
                             void **self)
{
    if (self) {
        *self = instance->self;
    }
    for (size_t i = 0; i < sizeof KNOWN_INTERFACES / sizeof *KNOWN_INTERFACES; i++) {
        if (strcmp(KNOWN_INTERFACES[i].id, interface_id) == 0) {
            const void *table;
            memcpy(&table, (const char *)instance + KNOWN_INTERFACES[i].place, sizeof table);
            return table;
        }
    }
    THREADCHECK(1u << THREAD_MAIN); /* one the core does not use itself: ask */
    return instance->entry->get_interface(instance->self, interface_id);
}

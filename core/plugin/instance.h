/* SPDX-License-Identifier: GPL-3.0-or-later */
/* instance.h: one live instance of a plugin. Private to core/plugin and
 * the worker program. */
#ifndef PLUGIN_INSTANCE_H
#define PLUGIN_INSTANCE_H

#include <stdatomic.h>

#include "limber/control.h"
#include "limber/input.h"
#include "limber/output.h"
#include "limber/pack.h"
#include "limber/sound.h"
#include "limber/speech.h"
#include "plugin/options.h"

/* Which of its interfaces are open, started or prepared: bits of plugin_instance.active. */
enum instance_active {
    ACTIVE_OUTPUT = 1,
    ACTIVE_CONTROL = 2,
    ACTIVE_SPEECH = 4,
    ACTIVE_PACK = 8,
    ACTIVE_INPUT = 16
};

struct lent {
    const char *id;
    const void *table;
};

/* What the host lends; grows only. Owned by the registry. */
struct lent_list {
    struct lent *items;
    size_t count, capacity;
};

struct plugin_instance {
    const struct limber_plugin_entry *entry;
    void *self;              /* what create() gave */
    struct limber_host host; /* its context is this instance */
    const struct lent_list *lent;
    struct setting_list values; /* the options as they were at create() */
    const struct limber_output *output;
    const struct limber_input *input;
    const struct limber_sound *sound;
    const struct limber_speech *speech;
    const struct limber_pack *pack;
    const struct limber_control *control;
    const struct limber_observer *observer;
    _Atomic unsigned active; /* enum instance_active */
};

/* Makes an instance of a checked entry with these settings (copied; already checked against the
 * plugin's table). NULL with a reason (malloc'ed) in *problem. */
struct plugin_instance *instance_new(const struct limber_plugin_entry *entry,
                                     const struct setting_list *settings,
                                     const struct lent_list *lent, char **problem);
void instance_destroy(struct plugin_instance *instance);

#endif

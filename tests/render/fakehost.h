/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fakehost.h: the smallest host a plugin can live in, for tests that use one plugin without the
 * player. A test program is run twice: with "builtin" it uses the object linked into it, otherwise
 * its argument is the .so to load. */
#ifndef RENDER_FAKEHOST_H
#define RENDER_FAKEHOST_H

#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "limber/output.h"
#include "limber/plugin.h"
#include "limber/sound.h"

struct fake_host {
    struct limber_host host; /* first */
    const struct limber_plugin_entry *entry;
    void *instance;
    const char *names[16], *values[16];
    char log[65536]; /* all lines, each "LEVEL text\n" */
    size_t log_size;
    int log_lines;
};

static const struct limber_plugin_entry *fake_entry; /* of the plugin under test */

static inline void fake_log(void *context, enum limber_log_level level, const char *message)
{
    struct fake_host *fake = context;
    assert_non_null(message);
    assert_null(strchr(message, '\n'));
    int size = snprintf(fake->log + fake->log_size, sizeof fake->log - fake->log_size, "%d %s\n",
                        (int)level, message);
    if (size > 0 && fake->log_size + (size_t)size < sizeof fake->log)
        fake->log_size += (size_t)size;
    fake->log_lines++;
}

static inline const char *fake_option(void *context, const char *name)
{
    struct fake_host *fake = context;
    for (int i = 0; i < 16 && fake->names[i]; i++)
        if (strcmp(fake->names[i], name) == 0)
            return fake->values[i];
    for (const struct limber_option *o = fake->entry->descriptor->options; o && o->name; o++)
        if (strcmp(o->name, name) == 0)
            return o->fallback;
    fail_msg("the plugin asks for an option it does not declare: %s", name);
    return NULL;
}

static inline const void *fake_get_interface(void *context, const char *id)
{
    return NULL;
}

/* Prepares the host; options are pairs of name and value, ended by NULL. */
static inline void fake_init(struct fake_host *fake, ...)
{
    memset(fake, 0, sizeof *fake);
    fake->host = (struct limber_host){sizeof fake->host, "fake", "0", fake, fake_log, fake_option,
                                      fake_get_interface};
    fake->entry = fake_entry;
    va_list list;
    va_start(list, fake);
    const char *name;
    for (int i = 0; (name = va_arg(list, const char *)); i++) {
        assert_true(i < 16);
        fake->names[i] = name;
        fake->values[i] = va_arg(list, const char *);
    }
    va_end(list);
}

static inline enum limber_status fake_create(struct fake_host *fake)
{
    return fake->entry->create(&fake->host, &fake->instance);
}

static inline void fake_destroy(struct fake_host *fake)
{
    fake->entry->destroy(fake->instance);
    fake->instance = NULL;
}

static inline const struct limber_sound *fake_sound(struct fake_host *fake)
{
    assert_int_equal(fake_create(fake), LIMBER_OK);
    const struct limber_sound *sound = fake->entry->get_interface(fake->instance, LIMBER_SOUND_ID);
    assert_non_null(sound);
    return sound;
}

static inline const struct limber_output *fake_output(struct fake_host *fake)
{
    assert_int_equal(fake_create(fake), LIMBER_OK);
    const struct limber_output *output =
        fake->entry->get_interface(fake->instance, LIMBER_OUTPUT_ID);
    assert_non_null(output);
    return output;
}

/* --- Taking a sound --- */

struct take {
    float *samples;
    int64_t frames, room;
    uint32_t channels;
    int64_t lead_frames;
    int infos, writes;
    int64_t stop_after; /* > 0: CANCELLED once this many frames are there */
};

static inline enum limber_status take_info(void *context, const struct limber_sound_info *info)
{
    struct take *take = context;
    assert_int_equal(info->size, sizeof *info);
    assert_int_equal(take->infos++, 0);
    assert_int_equal(take->writes, 0);
    assert_true(info->channels == 1 || info->channels == 2);
    take->channels = info->channels;
    take->lead_frames = info->lead_frames;
    return LIMBER_OK;
}

static inline enum limber_status take_write(void *context, const float *samples, int64_t frames)
{
    struct take *take = context;
    assert_int_equal(take->infos, 1);
    assert_true(frames > 0);
    take->writes++;
    if (take->frames + frames > take->room) {
        take->room = 2 * (take->frames + frames);
        take->samples = realloc(take->samples, (size_t)take->room * take->channels * sizeof(float));
        assert_non_null(take->samples);
    }
    memcpy(take->samples + take->frames * take->channels, samples,
           (size_t)frames * take->channels * sizeof(float));
    take->frames += frames;
    return take->stop_after > 0 && take->frames >= take->stop_after ? LIMBER_CANCELLED : LIMBER_OK;
}

static inline enum limber_status take_sound(const struct limber_sound *sound, void *instance,
                                            const struct limber_sound_request *request,
                                            struct take *take)
{
    struct limber_sound_writer writer = {sizeof writer, take, take_info, take_write};
    return sound->render(instance, request, &writer);
}

/* --- The plugin under test --- */

/* argv[1]: "builtin" or a .so. */
static inline void fake_load(int argc, char **argv, const struct limber_plugin_entry *builtin)
{
    fake_entry = builtin;
    if (argc < 2 || strcmp(argv[1], "builtin") == 0)
        return;
    void *handle = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    fake_entry = dlsym(handle, "limber_plugin_entry");
    if (!fake_entry || fake_entry == builtin) {
        fprintf(stderr, "%s: no entry of its own\n", argv[1]);
        exit(1);
    }
}

/* What every descriptor must fulfil. */
static inline void fake_check_descriptor(const char *id, const char *interface_id)
{
    const struct limber_plugin_descriptor *d = fake_entry->descriptor;
    assert_int_equal(fake_entry->abi_major, LIMBER_ABI_MAJOR);
    assert_int_equal(fake_entry->size, sizeof *fake_entry);
    assert_int_equal(d->size, sizeof *d);
    assert_string_equal(d->id, id);
    assert_true(d->name && d->version && d->license && d->description);
    assert_string_equal(d->interfaces[0], interface_id);
    for (const struct limber_option *o = d->options; o && o->name; o++) {
        assert_true(strlen(o->help) > 20);
        assert_int_not_equal(o->help[strlen(o->help) - 1], '.');
        assert_int_equal(o->name[strspn(o->name, "abcdefghijklmnopqrstuvwxyz0123456789-")], '\0');
        assert_true((o->type == LIMBER_OPTION_CHOICE) == (o->choices != NULL));
    }
    fake_entry->destroy(NULL);
}

#endif

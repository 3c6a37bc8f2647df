/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packs.c: the plugin of a recorded voice, asked for everything at once and remembered. */
#include "studio/packs.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "plugin/call.h"
#include "voice/voices.h"

#define PARTS_MOST   64    /* of a text, whose clips are read */
#define TRIES_MOST   16    /* ways to say one text, with damaged clips */
#define AUDIBLE_PEAK 1e-4f /* −80 dBFS */

struct pack {
    struct arena *arena;
    struct registry *registry;
    struct plugin_instance *instance;
    const struct voice *voice;
    const char *language, *table;
    bool open;   /* there is a table */
    bool broken; /* there is one of which nothing can be read */
    VEC(struct pack_row) rows;
};

static bool is_recorded(const struct plugin_instance *instance)
{
    void *self;
    return (plugin_descriptor(instance)->flags & LIMBER_PLUGIN_RECORDED) &&
           plugin_interface(instance, LIMBER_PACK_ID, &self);
}

bool pack_is_recorded(struct registry *registry, const struct voice *voice)
{
    char *error = NULL;
    struct plugin_instance *instance = registry_create(registry, voice->engine, &error);
    bool recorded = instance && is_recorded(instance);
    if (instance)
        plugin_instance_destroy(registry, instance);
    free(error);
    return recorded;
}

static enum limber_status refuse(char **error, enum limber_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static enum limber_status refuse(char **error, enum limber_status status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    free(*error);
    if (vasprintf(error, format, list) < 0)
        *error = NULL;
    va_end(list);
    return status;
}

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static bool keep_row(void *context, const struct limber_pack_row *row)
{
    struct pack *pack = context;
    *vec_push(&pack->rows) = (struct pack_row){.line = row->line,
                                               .text = copy(pack->arena, row->text),
                                               .key = copy(pack->arena, row->key),
                                               .file = copy(pack->arena, row->file),
                                               .path = copy(pack->arena, row->path),
                                               .problem = copy(pack->arena, row->problem)};
    return true;
}

static enum limber_status open_table(struct pack *pack, char **error)
{
    if (!file_exists(pack->table))
        return LIMBER_OK;
    enum limber_status status = call_pack_open(pack->instance, pack->voice->folder, pack->language);
    pack->open = status == LIMBER_OK;
    if (status == LIMBER_OK)
        return call_pack_each_row(pack->instance, keep_row, pack);
    if (status == LIMBER_NOT_FOUND)
        return LIMBER_OK;
    if (status == LIMBER_INVALID) { /* the plugin has said why */
        refuse(error, status, "the voice \"%s\" has no clips until %s can be read",
               pack->voice->name, file_name(pack->table));
        pack->broken = true;
        return LIMBER_OK;
    }
    return refuse(error, status, "the table of the voice \"%s\" cannot be used: %s",
                  pack->voice->name, status_text(status));
}

static bool is_set(struct registry *registry, const char *plugin, const char *pair)
{
    const char *const *set = registry_settings(registry, plugin);
    size_t length = strcspn(pair, "=") + 1;
    for (; set && *set; set++)
        if (strncmp(*set, pair, length) == 0)
            return true;
    return false;
}

/* The options of voice.yaml, but what the person said wins. */
static void set_options(struct registry *registry, const struct voice *voice)
{
    for (const char *const *pair = voice->options; pair && *pair; pair++) {
        char *error = NULL, *name = xstrdup(*pair);
        char *equals = strchr(name, '=');
        if (equals && !is_set(registry, voice->engine, *pair)) {
            *equals = '\0';
            registry_set(registry, voice->engine, name, equals + 1, &error);
        }
        free(error);
        free(name);
    }
}

static const char *table_of(struct arena *arena, struct registry *registry,
                            const struct voice *voice)
{
    const char *const *set = registry_settings(registry, voice->engine);
    for (; set && *set; set++)
        if (str_starts_with(*set, "clips="))
            return file_join(arena, voice->folder, *set + strlen("clips="));
    return file_join(arena, voice->folder, PACK_TABLE);
}

enum limber_status pack_open(struct registry *registry, const struct voice *voice,
                             const char *language, struct pack **out, char **error)
{
    *out = NULL;
    set_options(registry, voice);
    struct plugin_instance *instance = registry_create(registry, voice->engine, error);
    if (!instance)
        return LIMBER_NOT_FOUND;
    if (!is_recorded(instance) || !voice->folder) {
        plugin_instance_destroy(registry, instance);
        return refuse(error, LIMBER_UNSUPPORTED,
                      "the voice \"%s\" is spoken by %s, it is not a pack of recorded clips",
                      voice->name, voice->engine);
    }
    struct pack *pack = xcalloc(1, sizeof *pack);
    pack->arena = arena_new();
    pack->registry = registry;
    pack->instance = instance;
    pack->voice = voice;
    pack->language = arena_strdup(pack->arena, language ? language : voice->languages[0]);
    pack->table = table_of(pack->arena, registry, voice);
    enum limber_status status = open_table(pack, error);
    if (status == LIMBER_OK)
        *out = pack;
    else
        pack_close(pack);
    return status;
}

void pack_close(struct pack *pack)
{
    if (!pack)
        return;
    plugin_instance_destroy(pack->registry, pack->instance);
    vec_free(&pack->rows);
    arena_destroy(pack->arena);
    free(pack);
}

const struct voice *pack_voice(const struct pack *pack)
{
    return pack->voice;
}

const char *pack_language(const struct pack *pack)
{
    return pack->language;
}

const char *pack_table(const struct pack *pack)
{
    return pack->table;
}

bool pack_broken(const struct pack *pack)
{
    return pack->broken;
}

size_t pack_row_count(const struct pack *pack)
{
    return pack->rows.count;
}

const struct pack_row *pack_row(const struct pack *pack, size_t index)
{
    return &pack->rows.items[index];
}

/* --- asking --- */

struct finding {
    const struct pack *pack;
    const struct pack_row **rows;
    size_t most, count;
};

static bool found_row(void *context, const struct limber_pack_row *found)
{
    struct finding *finding = context;
    for (size_t i = 0; finding->rows && i < finding->pack->rows.count; i++) {
        const struct pack_row *row = &finding->pack->rows.items[i];
        if (row->line != found->line || finding->count >= finding->most)
            continue;
        finding->rows[finding->count] = row;
        break;
    }
    finding->count++;
    return true;
}

size_t pack_find(struct pack *pack, const char *text, const struct pack_row **rows, size_t most)
{
    struct finding finding = {.pack = pack, .rows = rows, .most = most};
    if (!pack->open || call_pack_find(pack->instance, text, found_row, &finding) != LIMBER_OK)
        return 0;
    return finding.count;
}

/* Reads a clip only to know whether it can be heard; of those that cannot the plugin remembers it
 * as well. */
static enum limber_status skip_format(void *context, uint32_t rate_hz)
{
    (void)context, (void)rate_hz;
    return LIMBER_OK;
}

static enum limber_status look_for_sound(void *context, const float *samples, size_t count)
{
    bool *heard = context;
    for (size_t i = 0; i < count && !*heard; i++)
        *heard = fabsf(samples[i]) >= AUDIBLE_PEAK;
    return LIMBER_OK;
}

static bool proof(struct pack *pack, size_t index)
{
    struct pack_row *row = &pack->rows.items[index];
    bool heard = false;
    const struct limber_speech_writer writer = {
        .size = sizeof writer, .context = &heard, .format = skip_format, .write = look_for_sound};
    if (row->proof != PROOF_NONE)
        return false;
    enum limber_status status = row->path ? pack_read(pack, row->path, &writer) : LIMBER_NOT_FOUND;
    row->proof = status == LIMBER_OK && heard ? PROOF_HEARD : PROOF_UNHEARD;
    return true;
}

bool pack_heard(struct pack *pack, const struct pack_row *row)
{
    proof(pack, (size_t)(row - pack->rows.items));
    return row->proof == PROOF_HEARD;
}

size_t pack_says(struct pack *pack, const char *text)
{
    for (int tries = 0; tries < TRIES_MOST; tries++) {
        const struct pack_row *rows[PARTS_MOST] = {0};
        size_t count = pack_find(pack, text, rows, PARTS_MOST);
        bool fresh = false;
        for (size_t i = 0; i < count && i < PARTS_MOST; i++)
            fresh |= rows[i] && proof(pack, (size_t)(rows[i] - pack->rows.items));
        if (!fresh)
            return count;
    }
    return 0;
}

void pack_proved(struct pack *pack, size_t index, bool heard)
{
    pack->rows.items[index].proof = heard ? PROOF_HEARD : PROOF_UNHEARD;
}

char *pack_key(struct pack *pack, const char *text)
{
    size_t size = 4 * strlen(text) + 64; /* case folding may lengthen */
    char *key = xmalloc(size);
    if (call_pack_key(pack->instance, text, key, size) == LIMBER_OK)
        return key;
    free(key);
    return NULL;
}

enum limber_status pack_read(struct pack *pack, const char *path,
                             const struct limber_speech_writer *writer)
{
    return call_pack_read(pack->instance, path, writer);
}

/* --- into memory --- */

struct memory {
    VEC(float) samples;
    uint32_t rate_hz;
    double most_seconds;
};

static enum limber_status memory_format(void *context, uint32_t rate_hz)
{
    struct memory *memory = context;
    memory->rate_hz = rate_hz;
    return LIMBER_OK;
}

static enum limber_status memory_write(void *context, const float *samples, size_t count)
{
    struct memory *memory = context;
    if ((double)(memory->samples.count + count) > memory->most_seconds * memory->rate_hz)
        return LIMBER_LIMIT;
    for (size_t i = 0; i < count; i++)
        *vec_push(&memory->samples) = samples[i];
    return LIMBER_OK;
}

enum limber_status pack_read_all(struct pack *pack, const char *path, double most_seconds,
                                 float **samples, size_t *count, uint32_t *rate_hz)
{
    struct memory memory = {.most_seconds = most_seconds};
    const struct limber_speech_writer writer = {
        .size = sizeof writer, .context = &memory, .format = memory_format, .write = memory_write};
    *samples = NULL;
    *count = 0;
    enum limber_status status = pack_read(pack, path, &writer);
    if (status == LIMBER_OK && memory.rate_hz == 0)
        status = LIMBER_INVALID;
    if (status != LIMBER_OK) {
        vec_free(&memory.samples);
        return status;
    }
    *samples = memory.samples.items;
    *count = memory.samples.count;
    *rate_hz = memory.rate_hz;
    return LIMBER_OK;
}

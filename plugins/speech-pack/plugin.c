/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: speech-pack, a voice made of recorded clips. What it cannot say as a whole it does not
 * say at all: then another voice says it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pack.h"

#define TRIES_MOST 32 /* to say a text otherwise when a clip of it is broken */

struct plugin {
    const struct limber_host *host;
    const char *table_name;
    uint64_t seed;
    char *root; /* the pack's folder, absolute, without links */
    struct table table;
    struct index *index;
    void *page; /* of the table: tells the host that this depends on it */
    char fingerprint[128];
};

__attribute__((format(printf, 3, 4))) static void
say(const struct plugin *plugin, enum limber_log_level level, const char *format, ...)
{
    char line[2048];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    plugin->host->log(plugin->host->context, level, line);
}

/* --- opening --- */

/* All of a file, malloc'ed; one page of it stays mapped. */
static enum limber_status read_table(struct plugin *plugin, const char *path, char **data,
                                     size_t *size)
{
    struct stat about;
    enum limber_status status = LIMBER_IO;
    *data = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        say(plugin, LIMBER_LOG_ERROR, "%s: cannot be read: %s", plugin->table_name,
            fd < 0 ? strerror(errno) : "it is not a regular file");
        goto out;
    }
    *size = about.st_size < PACK_TABLE_MOST ? (size_t)about.st_size : PACK_TABLE_MOST + 1;
    *data = malloc(*size + 1);
    if (!*data) {
        status = LIMBER_NO_MEMORY;
        goto out;
    }
    for (size_t have = 0; have < *size;) {
        ssize_t got = read(fd, *data + have, *size - have);
        if (got < 0) {
            say(plugin, LIMBER_LOG_ERROR, "%s: cannot be read: %s", plugin->table_name,
                strerror(errno));
            goto out;
        }
        if (got == 0)
            *size = have; /* it became shorter */
        have += (size_t)got;
    }
    if (*size > 0)
        plugin->page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
    status = LIMBER_OK;
out:
    if (fd >= 0)
        close(fd);
    return status;
}

/* Tells of lines that cannot be read; INVALID if that is all of them. */
static enum limber_status judge_table(const struct plugin *plugin)
{
    const struct row *first = NULL;
    size_t bad = 0;
    for (size_t i = 0; i < plugin->table.count; i++) {
        const struct row *row = &plugin->table.rows[i];
        if (row->key)
            continue;
        bad++;
        first = first ? first : row;
    }
    if (bad == 0)
        return LIMBER_OK;
    bool all = bad == plugin->table.count;
    say(plugin, all ? LIMBER_LOG_ERROR : LIMBER_LOG_WARNING, "%s: line %d: %s%s",
        plugin->table_name, first->line, first->problem,
        all       ? "; no line of it can be used"
        : bad > 1 ? "; further lines cannot be used either"
                  : "");
    return all ? LIMBER_INVALID : LIMBER_OK;
}

static enum limber_status load_table(struct plugin *plugin, const char *language)
{
    char reason[256];
    char *data = NULL;
    size_t size = 0;
    char *path = place_find(plugin->root, plugin->table_name, reason, sizeof reason);
    if (!path) {
        say(plugin, LIMBER_LOG_ERROR, "%s: %s; it names the clips of the pack in %s",
            plugin->table_name, reason, plugin->root);
        return LIMBER_NOT_FOUND;
    }
    enum limber_status status = read_table(plugin, path, &data, &size);
    if (status == LIMBER_OK) {
        status = table_parse(&plugin->table, data, size, reason, sizeof reason);
        if (status != LIMBER_OK)
            say(plugin, LIMBER_LOG_ERROR, "%s: %s", plugin->table_name, reason);
    }
    free(data);
    free(path);
    if (status == LIMBER_OK)
        status = judge_table(plugin);
    if (status != LIMBER_OK)
        return status;
    plugin->index = index_new(numerals_find(language), &plugin->table);
    return plugin->index ? LIMBER_OK : LIMBER_NO_MEMORY;
}

static void forget(struct plugin *plugin)
{
    index_free(plugin->index);
    table_free(&plugin->table);
    free(plugin->root);
    if (plugin->page && plugin->page != MAP_FAILED)
        munmap(plugin->page, 1);
    plugin->index = NULL;
    plugin->root = NULL;
    plugin->page = NULL;
}

static enum limber_status open_pack(void *instance, const char *folder, const char *language)
{
    struct plugin *plugin = instance;
    if (plugin->index)
        return LIMBER_INVALID;
    plugin->root = realpath(folder, NULL);
    if (!plugin->root) {
        say(plugin, LIMBER_LOG_ERROR, "%s: %s", folder, strerror(errno));
        return LIMBER_NOT_FOUND;
    }
    enum limber_status status = load_table(plugin, language);
    if (status != LIMBER_OK)
        forget(plugin);
    return status;
}

/* --- the table, for tools --- */

static bool tell_row(const struct plugin *plugin, struct row *row, limber_pack_each *each,
                     void *context)
{
    if (row->key)
        place_check(plugin->root, row);
    struct limber_pack_row out = {.size = sizeof out,
                                  .line = row->line,
                                  .text = row->text,
                                  .key = row->key,
                                  .file = row->file,
                                  .path = row->path,
                                  .problem = row->problem};
    return each(context, &out);
}

static void each_row(void *instance, limber_pack_each *each, void *context)
{
    struct plugin *plugin = instance;
    for (size_t i = 0; i < plugin->table.count; i++)
        if (!tell_row(plugin, &plugin->table.rows[i], each, context))
            return;
}

static struct composer composer_of(const struct plugin *plugin)
{
    return (struct composer){.index = plugin->index, .root = plugin->root, .seed = plugin->seed};
}

static enum limber_status find(void *instance, const char *text, limber_pack_each *each,
                               void *context)
{
    struct plugin *plugin = instance;
    struct parts parts;
    struct composer composer = composer_of(plugin);
    enum limber_status status = compose(&composer, text, &parts);
    if (status == LIMBER_INVALID || status == LIMBER_LIMIT)
        status = LIMBER_NOT_FOUND; /* no pack can say it */
    for (size_t i = 0; status == LIMBER_OK && i < parts.count; i++)
        if (!tell_row(plugin, parts.rows[i], each, context))
            break;
    return status;
}

static enum limber_status key(void *instance, const char *text, char *buffer, size_t size)
{
    return key_make(text, buffer, size);
}

/* The clip at `path` cannot speak: find() does without it, as speaking would. */
static void pass_over(struct plugin *plugin, const char *path, const char *reason)
{
    for (size_t i = 0; i < plugin->table.count; i++) {
        struct row *row = &plugin->table.rows[i];
        if (row->path && !row->problem && strcmp(row->path, path) == 0)
            row->problem = strdup(reason);
    }
}

static enum limber_status read_clip(void *instance, const char *path,
                                    const struct limber_speech_writer *writer)
{
    struct plugin *plugin = instance;
    bool heard = false;
    char reason[256] = "";
    enum limber_status status = join_copy(path, writer, &heard, reason, sizeof reason);
    if (reason[0])
        say(plugin, LIMBER_LOG_ERROR, "%s: %s", path, reason);
    if (reason[0])
        pass_over(plugin, path, reason);
    else if (status == LIMBER_OK && !heard)
        pass_over(plugin, path, "holds nothing but silence");
    return status;
}

/* --- speaking --- */

static enum limber_status prepare(void *instance, const struct limber_speech_voice *voice)
{
    struct plugin *plugin = instance;
    const char *folder = voice->voice && voice->voice[0] ? voice->voice : ".";
    if (voice->variant && voice->variant[0]) {
        say(plugin, LIMBER_LOG_ERROR, "a recorded voice has no variants, so there is no \"%s\"",
            voice->variant);
        return LIMBER_NOT_FOUND;
    }
    enum limber_status status = open_pack(plugin, folder, voice->language);
    if (status == LIMBER_OK)
        snprintf(plugin->fingerprint, sizeof plugin->fingerprint,
                 "speech-pack " PACK_VERSION " %016llx %.16s %llu",
                 (unsigned long long)plugin->table.hash, voice->language ? voice->language : "",
                 (unsigned long long)plugin->seed);
    return status;
}

static const char *fingerprint(void *instance)
{
    const struct plugin *plugin = instance;
    return plugin->fingerprint;
}

/* Reads the clips; the row of the one that cannot be read gets its problem. */
static enum limber_status gather(const struct parts *parts, struct join *join, struct row **bad)
{
    char reason[256] = "";
    enum limber_status status = LIMBER_OK;
    for (size_t i = 0; status == LIMBER_OK && i < parts->count; i++) {
        struct row *row = parts->rows[i];
        status = join_add(join, row->path, parts->ends[i], reason, sizeof reason);
        if (status == LIMBER_OK || status == LIMBER_NO_MEMORY)
            continue;
        row->problem = strdup(reason);
        *bad = row;
        if (!row->problem)
            status = LIMBER_NO_MEMORY;
    }
    return status;
}

/* Why a text cannot be said: the clip that is wanting, or that the pack does not have it. */
static enum limber_status explain(struct plugin *plugin, const char *text)
{
    struct parts parts;
    struct composer composer = composer_of(plugin);
    composer.lenient = true;
    if (compose(&composer, text, &parts) != LIMBER_OK)
        return LIMBER_NOT_FOUND;
    for (size_t i = 0; i < parts.count; i++) {
        struct row *row = parts.rows[i];
        if (!place_check(plugin->root, row) && row->problem) {
            say(plugin, LIMBER_LOG_ERROR, "%s: %s (%s, line %d: \"%.200s\")", row->file,
                row->problem, plugin->table_name, row->line, row->text);
            return LIMBER_FAILED;
        }
    }
    return LIMBER_NOT_FOUND;
}

static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    struct plugin *plugin = instance;
    struct composer composer = composer_of(plugin);
    struct row *bad[TRIES_MOST];
    for (int tries = 0; tries < TRIES_MOST; tries++) {
        struct parts parts;
        enum limber_status status = compose(&composer, text, &parts);
        if (status == LIMBER_NOT_FOUND || status == LIMBER_LIMIT)
            return explain(plugin, text);
        if (status != LIMBER_OK)
            return status;
        struct join *join = join_new();
        status = join ? gather(&parts, join, &bad[tries]) : LIMBER_NO_MEMORY;
        for (int i = 0; status == LIMBER_OK && i < tries; i++)
            say(plugin, LIMBER_LOG_WARNING, "%s: %s; said by other clips", bad[i]->file,
                bad[i]->problem);
        bool done = status == LIMBER_OK || status == LIMBER_NO_MEMORY;
        if (status == LIMBER_OK)
            status = join_write(join, writer);
        join_free(join);
        if (done)
            return status;
    }
    return explain(plugin, text);
}

/* --- the plugin --- */

static const struct limber_speech speech = {
    .size = sizeof speech,
    .prepare = prepare,
    .fingerprint = fingerprint,
    .synthesize = synthesize,
};

static const struct limber_pack pack = {
    .size = sizeof pack,
    .open = open_pack,
    .each_row = each_row,
    .find = find,
    .key = key,
    .read = read_clip,
};

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin)
        return LIMBER_NO_MEMORY;
    const char *seed = host->option(host->context, "seed");
    plugin->host = host;
    plugin->table_name = host->option(host->context, "clips");
    plugin->seed = seed ? (uint64_t)strtoll(seed, NULL, 10) : 0;
    *instance = plugin;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    if (instance)
        forget(instance);
    free(instance);
}

static const void *get_interface(void *instance, const char *id)
{
    if (strcmp(id, LIMBER_SPEECH_ID) == 0)
        return &speech;
    return strcmp(id, LIMBER_PACK_ID) == 0 ? &pack : NULL;
}

static const char *const interfaces[] = {LIMBER_SPEECH_ID, LIMBER_PACK_ID, NULL};

static const struct limber_option options[] = {
    {.name = "clips",
     .type = LIMBER_OPTION_PATH,
     .fallback = "clips.csv",
     .help = "the table of the pack, a file in its folder: which text is in which file"},
    {.name = "seed",
     .type = LIMBER_OPTION_INT,
     .fallback = "0",
     .help = "which of several takes of a text is heard; the same number, the same takes"},
    {0},
};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_DETERMINISTIC | LIMBER_PLUGIN_RECORDED,
    .id = "speech-pack",
    .name = "Recorded clips",
    .version = PACK_VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Voices made of recorded clips, which also count and join phrases",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

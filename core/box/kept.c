/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kept.c: {"format":1,"levels":{"master":{"kept":-6,"configured":0}},"voice":{"kept":"calm",
 * "configured":null}} in the folder of what the program remembers. */
#include "box/kept.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "player/config.h"
#include "player/document.h"

#define LOG_MODULE "box"
#define FILE_MOST  4096
#define WRITE_MS   1000 /* a slider that moves is many changes */
#define VOICE_MOST (sizeof(((struct command *)NULL)->name) - 1)

struct kept_number {
    bool is;
    int kept, configured;
};

struct kept {
    struct loop *loop;
    const char *folder;
    struct kept_number levels[PART_COUNT], detail;
    char *voice, *configured_voice; /* each may be NULL */
    bool no_tips;
    uint32_t timer; /* 0: nothing to be written */
};

static const char *place(const struct kept *kept, struct arena *arena)
{
    return kept->folder ? file_join(arena, kept->folder, "kept") : file_user_state(arena, "kept");
}

/* --- reading --- */

static bool take_db(const json_t *value, int *level_db)
{
    json_int_t number = json_integer_value(value);
    *level_db = (int)number;
    return json_is_integer(value) && number >= COMMAND_LEVEL_LEAST_DB &&
           number <= COMMAND_LEVEL_MOST_DB;
}

static char *take_text(const json_t *value)
{
    const char *text = json_string_value(value);
    return text && *text && strlen(text) <= VOICE_MOST ? xstrdup(text) : NULL;
}

static void take(struct kept *kept, const json_t *document)
{
    const json_t *levels = json_object_get(document, "levels");
    const json_t *voice = json_object_get(document, "voice");
    for (int part = 0; part < PART_COUNT; part++) {
        const json_t *level = json_object_get(levels, command_part_name((enum command_part)part));
        struct kept_number *to = &kept->levels[part];
        to->is = take_db(json_object_get(level, "kept"), &to->kept) &&
                 take_db(json_object_get(level, "configured"), &to->configured);
    }
    kept->voice = take_text(json_object_get(voice, "kept"));
    kept->configured_voice = take_text(json_object_get(voice, "configured"));
}

struct kept *kept_new(struct loop *loop, const char *folder)
{
    struct kept *kept = xcalloc(1, sizeof *kept);
    struct arena *arena = arena_new();
    char *text = NULL;
    size_t length = 0;
    kept->loop = loop;
    kept->folder = folder;
    const char *path = place(kept, arena);
    enum limber_status status =
        path ? file_read(path, FILE_MOST, arena, &text, &length) : LIMBER_NOT_FOUND;
    json_t *document = status == LIMBER_OK ? json_loadb(text, length, 0, NULL) : NULL;
    if (json_integer_value(json_object_get(document, "format")) == 1)
        take(kept, document);
    else if (status != LIMBER_NOT_FOUND)
        log_warning("%s is damaged: loudness and voice are those of the configuration", path);
    json_decref(document);
    arena_destroy(arena);
    return kept;
}

/* --- writing --- */

static json_t *number_json(const struct kept_number *number)
{
    json_t *item = json_object();
    json_object_set_new(item, "kept", json_integer(number->kept));
    json_object_set_new(item, "configured", json_integer(number->configured));
    return item;
}

static void add_document(const struct kept *kept, struct str *text)
{
    json_t *document = json_object(), *levels = json_object(), *voice = json_object();
    for (int part = 0; part < PART_COUNT; part++) {
        if (kept->levels[part].is)
            json_object_set_new(levels, command_part_name((enum command_part)part),
                                number_json(&kept->levels[part]));
    }
    json_object_set_new(voice, "kept", document_text(kept->voice));
    json_object_set_new(voice, "configured", document_text(kept->configured_voice));
    json_object_set_new(document, "format", json_integer(1));
    json_object_set_new(document, "levels", levels);
    json_object_set_new(document, "voice", voice);
    document_end(document, text);
}

static void put(void *context)
{
    struct kept *kept = context;
    struct arena *arena = arena_new();
    struct str text = {0};
    const char *path = place(kept, arena);
    kept->timer = 0;
    add_document(kept, &text);
    if (!path || file_make_folders(file_folder(arena, path)) != LIMBER_OK ||
        file_write(path, str_text(&text), text.length) != LIMBER_OK)
        log_warning("loudness and voice cannot be kept in %s: %s", path ? path : "a home folder",
                    strerror(errno));
    str_free(&text);
    arena_destroy(arena);
}

static void put_soon(struct kept *kept)
{
    if (!kept->timer)
        kept->timer = loop_add_timer(kept->loop, WRITE_MS, 0, put, kept);
}

void kept_destroy(struct kept *kept)
{
    if (!kept)
        return;
    if (kept->timer) {
        loop_remove(kept->loop, kept->timer);
        put(kept);
    }
    free(kept->voice);
    free(kept->configured_voice);
    free(kept);
}

/* --- choosing --- */

static bool set_number(struct kept_number *number, int value, int configured)
{
    if (number->is && number->kept == value && number->configured == configured)
        return false;
    *number = (struct kept_number){.is = true, .kept = value, .configured = configured};
    return true;
}

void kept_set_level(struct kept *kept, const struct config *config, enum command_part part,
                    int level_db)
{
    if (set_number(&kept->levels[part], level_db, config->level_db[part]))
        put_soon(kept);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

void kept_set_voice(struct kept *kept, const struct config *config, const char *voice)
{
    if (same_text(kept->voice, voice) && same_text(kept->configured_voice, config->voice))
        return;
    char *copy = xstrdup(voice);
    free(kept->voice);
    free(kept->configured_voice);
    kept->voice = copy;
    kept->configured_voice = config->voice ? xstrdup(config->voice) : NULL;
    put_soon(kept);
}

void kept_set_detail(struct kept *kept, const struct config *config, enum detail detail)
{
    set_number(&kept->detail, detail, config->detail);
}

void kept_set_no_tips(struct kept *kept, bool no_tips)
{
    kept->no_tips = no_tips;
}

/* --- what counts --- */

static int counts(const struct kept_number *number, int configured)
{
    return number->is && number->configured == configured ? number->kept : configured;
}

struct player_taste kept_taste(const struct kept *kept, const struct config *config)
{
    bool own_voice = kept->voice && same_text(kept->configured_voice, config->voice);
    struct player_taste taste = {.voice = own_voice ? kept->voice : config->voice,
                                 .detail = (enum detail)counts(&kept->detail, (int)config->detail),
                                 .no_tips = kept->no_tips};
    for (int part = 0; part < PART_COUNT; part++)
        taste.level_db[part] = counts(&kept->levels[part], config->level_db[part]);
    return taste;
}

bool kept_detail_given(const struct kept *kept, const struct config *config)
{
    return config->detail_given ||
           (kept->detail.is && kept->detail.configured == (int)config->detail);
}

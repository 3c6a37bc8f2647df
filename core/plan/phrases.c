/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phrases.c: the phrase file of a language: read, checked against what the plan says, filled in. */
#include "plan/phrases.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "plan/expand.h"

#define PHRASES_MAX_BYTES (256 * 1024)
#define NUMBER_COUNT      61

struct entry {
    const char *key, *text; /* text NULL: turned off */
};

struct phrases {
    struct arena *arena;
    const char *language;
    const struct entry *entries; /* by key */
    size_t count;
    const char *numbers[NUMBER_COUNT];
};

/* What every file must have, and what each may fill in. */
static const struct {
    const char *key, *placeholders;
} required[] = {
    {"opening.title", "{title}{duration}{Duration}"},
    {"opening.untitled", "{duration}{Duration}"},
    {"opening.needs", "{things}"},
    {"close.title", "{title}"},
    {"close.praise", ""},
    {"name.first", "{name}{small name}"},
    {"name.next", "{name}{small name}"},
    {"name.only", "{name}{small name}"},
    {"next.end", ""},
    {"group", "{name}"},
    {"round", "{number}{total}"},
    {"set", "{number}{total}"},
    {"side.left", ""},
    {"side.right", ""},
    {"side.start", "{side}{Side}"},
    {"switch", ""},
    {"halfway", ""},
    {"rest.start", "{duration}{Duration}"},
    {"rest.ready", ""},
    {"ready.timed", ""},
    {"ready.open", ""},
    {"breathe.in", ""},
    {"breathe.out", ""},
    {"breathe.keep", ""},
    {"list.and", "{first}{second}"},
    {"list.comma", "{first}{second}"},
    {"thing.other", "{name}"},
    {"thing.before a vowel", "{name}"},
    {"thing.as written", "{name}"},
    {"duration.second.one", ""},
    {"duration.second.other", "{number}"},
    {"duration.minute.one", ""},
    {"duration.minute.other", "{number}"},
    {"duration.hour.one", ""},
    {"duration.hour.other", "{number}"},
    {"duration.minute and a half.one", ""},
    {"duration.minute and a half.other", "{number}"},
    {"duration.about half a minute", ""},
    {"duration.join", "{first}{second}"},
};
#define REQUIRED_COUNT (sizeof required / sizeof *required)

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static const struct entry *lookup(const struct phrases *phrases, const char *key)
{
    struct entry wanted = {.key = key};
    if (phrases->count == 0)
        return NULL;
    return bsearch(&wanted, phrases->entries, phrases->count, sizeof wanted, by_key);
}

const char *phrases_find(const struct phrases *phrases, const char *key)
{
    const struct entry *entry = lookup(phrases, key);
    return entry ? entry->text : NULL;
}

/* --- reading --- */

struct loading {
    struct phrases *phrases;
    struct diags *diags;
    const struct source *source;
    VEC(struct entry) entries;
    VEC(const char *) known; /* every key a file may have */
    bool failed;
};

static void fail(struct loading *loading, struct place place, const char *hint, const char *what,
                 const char *key)
{
    diags_add(loading->diags, SEVERITY_ERROR, place, hint, "%s “%s”", what, key);
    loading->failed = true;
}

static void list_known(struct loading *loading)
{
    for (size_t i = 0; i < REQUIRED_COUNT; i++)
        *vec_push(&loading->known) = required[i].key;
    for (const char *const *name = position_names(); *name; name++) {
        *vec_push(&loading->known) =
            arena_printf(loading->phrases->arena, "position.%s.start", *name);
        *vec_push(&loading->known) = arena_printf(loading->phrases->arena, "position.%s.go", *name);
    }
}

static const char *placeholders_of(const char *key)
{
    for (size_t i = 0; i < REQUIRED_COUNT; i++)
        if (strcmp(required[i].key, key) == 0)
            return required[i].placeholders;
    return "";
}

static void check_placeholders(struct loading *loading, const struct yaml_node *node,
                               const char *key)
{
    for (const char *at = strchr(node->text, '{'); at; at = strchr(at + 1, '{')) {
        const char *end = strchr(at, '}');
        size_t length = end ? (size_t)(end - at) + 1 : strlen(at);
        const char *name = arena_strndup(loading->phrases->arena, at, length);
        const char *may = placeholders_of(key);
        if (end && strstr(may, name))
            continue;
        const char *hint =
            may[0] ? arena_printf(loading->phrases->arena, "it may say %s", may) : NULL;
        fail(loading, node->place, hint,
             arena_printf(loading->phrases->arena, "%s has no value in the phrase", name), key);
    }
}

static void add_entry(struct loading *loading, const struct yaml_node *node, const char *key)
{
    size_t known = 0;
    while (known < loading->known.count && strcmp(loading->known.items[known], key) != 0)
        known++;
    if (known == loading->known.count && !str_starts_with(key, "thing.")) {
        const char *near = str_nearest(key, loading->known.items, loading->known.count);
        const char *hint =
            near ? arena_printf(loading->phrases->arena, "did you mean `%s`?", near) : NULL;
        fail(loading, node->place, hint, "unknown phrase", key);
        return;
    }
    check_placeholders(loading, node, key);
    const char *text = node->text[0] ? arena_strdup(loading->phrases->arena, node->text) : NULL;
    *vec_push(&loading->entries) = (struct entry){arena_strdup(loading->phrases->arena, key), text};
}

static void read_numbers(struct loading *loading, const struct yaml_node *node)
{
    if (node->kind != YAML_LIST || node->count != NUMBER_COUNT) {
        fail(loading, node->place, "list the words from zero to sixty", "there must be 61 words in",
             "numbers");
        return;
    }
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        const struct yaml_node *word = node->items[i];
        if (word->kind != YAML_SCALAR || !word->text[0])
            fail(loading, word->place, NULL, "a word is missing in", "numbers");
        else
            loading->phrases->numbers[i] = arena_strdup(loading->phrases->arena, word->text);
    }
}

/* Depth is limited by yaml_parse(). */
static void read_map(struct loading *loading, const struct yaml_node *map, const char *prefix)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_node *item = map->items[i];
        const char *key = map->keys[i]->text;
        if (prefix[0])
            key = arena_printf(loading->phrases->arena, "%s.%s", prefix, key);
        if (strcmp(key, "numbers") == 0)
            read_numbers(loading, item);
        else if (item->kind == YAML_MAP)
            read_map(loading, item, key);
        else if (item->kind == YAML_SCALAR)
            add_entry(loading, item, key);
        else
            fail(loading, item->place, NULL, "a list cannot be the phrase", key);
    }
}

static void check_complete(struct loading *loading)
{
    struct place file = {.source = loading->source};
    for (size_t i = 0; i < loading->known.count; i++)
        if (!lookup(loading->phrases, loading->known.items[i]))
            fail(loading, file, "write it, or leave it empty (\"\") to say nothing",
                 "the phrase file lacks", loading->known.items[i]);
    if (!loading->phrases->numbers[0] && !loading->failed)
        fail(loading, file, NULL, "the phrase file lacks", "numbers");
}

static bool read_file(struct loading *loading, const char *path)
{
    struct arena *arena = loading->phrases->arena;
    char *text;
    size_t length;
    enum limber_status status = file_read(path, PHRASES_MAX_BYTES, arena, &text, &length);
    if (status != LIMBER_OK) {
        diags_add(loading->diags, SEVERITY_ERROR, (struct place){0}, NULL,
                  "cannot read the phrase file %s: %s", path, status_text(status));
        return false;
    }
    loading->source = diags_add_source(loading->diags, path, text, length);
    const struct yaml_node *map = yaml_parse(loading->source, 0, length, arena, loading->diags);
    if (!map)
        return false;
    if (map->kind != YAML_MAP) {
        diags_add(loading->diags, SEVERITY_ERROR, map->place, NULL,
                  "a phrase file is a mapping of keys to sentences");
        return false;
    }
    list_known(loading);
    read_map(loading, map, "");
    loading->phrases->count = loading->entries.count;
    loading->phrases->entries = vec_to_arena(&loading->entries, arena);
    if (loading->phrases->count > 0)
        qsort((struct entry *)loading->phrases->entries, loading->phrases->count,
              sizeof(struct entry), by_key);
    check_complete(loading);
    return !loading->failed;
}

/* The file of the language, or of its primary language. */
static const char *file_of(struct arena *arena, const char *folder, const char *language)
{
    const char *path = file_join(arena, folder, arena_printf(arena, "%s.yaml", language));
    size_t primary = strcspn(language, "-_");
    if (file_exists(path) || language[primary] == '\0')
        return path;
    return file_join(arena, folder, arena_printf(arena, "%.*s.yaml", (int)primary, language));
}

struct phrases *phrases_load(const char *folder, const char *language, struct diags *diags)
{
    struct arena *arena = arena_new();
    struct phrases *phrases = ARENA_NEW(arena, struct phrases);
    phrases->arena = arena;
    phrases->language = arena_strdup(arena, language);
    const char *path = file_of(arena, folder, language);
    if (strchr(language, '/') || !file_exists(path)) {
        diags_add(diags, SEVERITY_WARNING, (struct place){0}, NULL,
                  "there are no phrases for the language “%s” yet: what the player says itself is "
                  "in English",
                  language);
        path = file_join(arena, folder, "en.yaml");
        phrases->language = "en";
    }
    struct loading loading = {.phrases = phrases, .diags = diags};
    bool ok = read_file(&loading, path);
    vec_free(&loading.known);
    vec_free(&loading.entries);
    if (ok)
        return phrases;
    phrases_destroy(phrases);
    return NULL;
}

void phrases_destroy(struct phrases *phrases)
{
    if (phrases)
        arena_destroy(phrases->arena);
}

const char *phrases_language(const struct phrases *phrases)
{
    return phrases->language;
}

/* --- saying --- */

static const char *value_of(const char *const *pairs, const char *name, size_t length)
{
    for (; pairs && pairs[0]; pairs += 2)
        if (strlen(pairs[0]) == length && memcmp(pairs[0], name, length) == 0)
            return pairs[1] ? pairs[1] : "";
    return "";
}

const char *phrases_say(const struct phrases *phrases, struct arena *arena, const char *key,
                        const char *const *pairs)
{
    const char *text = phrases_find(phrases, key);
    if (!text || !strchr(text, '{'))
        return text;
    struct str said = {0};
    while (*text) {
        size_t plain = strcspn(text, "{");
        str_add_bytes(&said, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t length = strcspn(text, "}");
        str_add(&said, value_of(pairs, text + 1, length - 1));
        text += length + (text[length] == '}');
    }
    const char *copy = arena_strdup(arena, str_text(&said));
    str_free(&said);
    return copy;
}

const char *phrases_number(const struct phrases *phrases, struct arena *arena, int64_t number)
{
    if (number >= 0 && number < NUMBER_COUNT)
        return phrases->numbers[number];
    return arena_printf(arena, "%lld", (long long)number);
}

static const char *amount(const struct phrases *phrases, struct arena *arena, const char *unit,
                          int64_t number)
{
    const char *const pairs[] = {"number", phrases_number(phrases, arena, number), NULL};
    const char *key = arena_printf(arena, "duration.%s.%s", unit, number == 1 ? "one" : "other");
    const char *text = phrases_say(phrases, arena, key, pairs);
    return text ? text : "";
}

static const char *two_amounts(const struct phrases *phrases, struct arena *arena,
                               const char *first_unit, int64_t first, const char *second_unit,
                               int64_t second)
{
    const char *words = amount(phrases, arena, first_unit, first);
    if (second == 0)
        return words;
    const char *const pairs[] = {"first", words, "second",
                                 amount(phrases, arena, second_unit, second), NULL};
    const char *text = phrases_say(phrases, arena, "duration.join", pairs);
    return text ? text : words;
}

/* Rounded: below 20 s in seconds, below 45 s about half a minute, below 90 s one minute, then whole
 * minutes. Exact: seconds up to a minute, half minutes, or minutes and seconds. From an hour on
 * hours and minutes. */
const char *phrases_duration(const struct phrases *phrases, struct arena *arena, nsec time,
                             bool rounded)
{
    int64_t seconds = (time + NSEC_PER_SEC / 2) / NSEC_PER_SEC;
    int64_t minutes = (seconds + 30) / 60;
    if (rounded && seconds >= 20 && seconds < 45) {
        const char *text = phrases_say(phrases, arena, "duration.about half a minute", NULL);
        return text ? text : "";
    }
    if (seconds < (rounded ? 20 : 60))
        return amount(phrases, arena, "second", seconds);
    if (minutes >= 60 && (rounded || seconds >= 3600))
        return two_amounts(phrases, arena, "hour", minutes / 60, "minute", minutes % 60);
    if (rounded)
        return amount(phrases, arena, "minute", minutes > 1 ? minutes : 1);
    if (seconds % 60 == 30)
        return amount(phrases, arena, "minute and a half", seconds / 60);
    return two_amounts(phrases, arena, "minute", seconds / 60, "second", seconds % 60);
}

/* --- what a voice pack records --- */

typedef void (*each_fn)(void *context, const char *key, const char *text);

static void each_numbered(const struct phrases *phrases, struct arena *arena, const char *key,
                          each_fn each, void *context)
{
    for (int64_t total = 2; total <= 12; total++) {
        for (int64_t number = 1; number <= total; number++) {
            const char *const pairs[] = {"number", phrases_number(phrases, arena, number), "total",
                                         phrases_number(phrases, arena, total), NULL};
            each(context, key, phrases_say(phrases, arena, key, pairs));
        }
    }
}

static void each_duration(const struct phrases *phrases, struct arena *arena, const char *key,
                          each_fn each, void *context)
{
    static const int seconds[] = {5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, 150, 180};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        const char *time = phrases_duration(phrases, arena, seconds[i] * NSEC_PER_SEC, false);
        const char *const pairs[] = {"duration", time, "Duration", word_capital(arena, time), NULL};
        each(context, key, phrases_say(phrases, arena, key, pairs));
    }
}

static void each_side(const struct phrases *phrases, struct arena *arena, const char *key,
                      each_fn each, void *context)
{
    static const char *const sides[] = {"side.left", "side.right"};
    for (size_t i = 0; i < 2; i++) {
        const char *side = phrases_find(phrases, sides[i]);
        if (!side)
            continue;
        const char *const pairs[] = {"side", side, "Side", word_capital(arena, side), NULL};
        each(context, key, phrases_say(phrases, arena, key, pairs));
    }
}

/* Words that only stand within other phrases are not sentences. */
static bool is_part(const char *key)
{
    static const char *const parts[] = {"duration.", "list.",     "thing.",
                                        "next.end",  "side.left", "side.right"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_starts_with(key, parts[i]))
            return true;
    return false;
}

void phrases_each(const struct phrases *phrases,
                  void (*each)(void *context, const char *key, const char *text), void *context)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < phrases->count; i++) {
        const struct entry *entry = &phrases->entries[i];
        if (!entry->text || is_part(entry->key))
            continue;
        if (!strchr(entry->text, '{'))
            each(context, entry->key, entry->text);
        else if (strcmp(entry->key, "round") == 0 || strcmp(entry->key, "set") == 0)
            each_numbered(phrases, arena, entry->key, each, context);
        else if (strcmp(entry->key, "rest.start") == 0)
            each_duration(phrases, arena, entry->key, each, context);
        else if (strcmp(entry->key, "side.start") == 0)
            each_side(phrases, arena, entry->key, each, context);
    }
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        each(context, "number", phrases->numbers[i]);
    arena_destroy(arena);
}

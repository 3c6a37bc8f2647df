/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phrases_load.c: the phrase file of a language: found, read, and checked against what the plan
 * says and against the language's own plural forms. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "plan/expand.h"
#include "plan/phrases_inside.h"

#define PHRASES_MAX_BYTES (256 * 1024)
#define SAMPLE_MOST       200 /* forms that no number up to here takes may be left out */

const struct known_phrase phrases_known[] = {
    {"opening.title", "{title}{duration}", 0, false},
    {"opening.untitled", "{duration}", 0, false},
    {"opening.needs", "{things}", 0, false},
    {"close.title", "{title}", 0, false},
    {"close.praise", "", 0, false},
    {"name.first", "{name}{small name}", 0, false},
    {"name.next", "{name}{small name}", 0, false},
    {"name.only", "{name}{small name}", 0, false},
    {"next.end", "", 0, false},
    {"group", "{name}", 0, false},
    {"round", "{number}{total}", FORMS_PLURAL, false},
    {"set", "{number}{total}", FORMS_PLURAL, false},
    {"side.left", "", 0, false},
    {"side.right", "", 0, false},
    {"side.start", "{side}", FORMS_SIDE, false},
    {"switch", "", 0, false},
    {"halfway", "", 0, false},
    {"left", "{duration}", FORMS_PLURAL | FORMS_UNIT, false},
    {"rest.start", "{duration}", 0, false},
    {"rest.ready", "", 0, false},
    {"ready.timed", "", 0, false},
    {"ready.open", "", 0, false},
    {"breathe.in", "", 0, false},
    {"breathe.out", "", 0, false},
    {"breathe.keep", "", 0, false},
    {"list.and", "{first}{second}", 0, false},
    {"list.comma", "{first}{second}", 0, false},
    {"thing.other", "{name}", 0, false},
    {"thing.before a vowel", "{name}", 0, true},
    {"thing.as written", "{name}", 0, true},
    {"duration.second", "{number}", FORMS_PLURAL, false},
    {"duration.minute", "{number}", FORMS_PLURAL, false},
    {"duration.hour", "{number}", FORMS_PLURAL, false},
    {"duration.minute and a half", "{number}", FORMS_PLURAL, false},
    {"duration.about half a minute", "", 0, false},
    {"duration.join", "{first}{second}", 0, false},
    {"answer.side", "{name}{side}", FORMS_SIDE, true},
    {"answer.there", "{place}", 0, true},
    {"answer.there with time", "{place}", 0, true},
    {"answer.round", "{number}{total}", FORMS_PLURAL, true},
    {"answer.rest", "", 0, true},
    {"answer.waiting", "", 0, true},
    {"answer.paused", "", 0, true},
    {"answer.opening", "", 0, true},
    {"answer.closing", "", 0, true},
    {"answer.then", "{name}{small name}", 0, true},
    {"answer.then side", "{side}", FORMS_SIDE, true},
    {"answer.then end", "", 0, true},
    {"answer.to go", "{duration}", FORMS_PLURAL | FORMS_UNIT, true},
    {"answer.more", "{duration}{number}", FORMS_PLURAL | FORMS_UNIT, true},
    {"answer.less", "{duration}{number}", FORMS_PLURAL | FORMS_UNIT, true},
    {"answer.faster", "", 0, true},
    {"answer.slower", "", 0, true},
    {"answer.usual pace", "", 0, true},
    {"answer.voice", "{name}", 0, true},
    {"answer.detail full", "", 0, true},
    {"answer.detail normal", "", 0, true},
    {"answer.detail brief", "", 0, true},
    {"answer.tips on", "", 0, true},
    {"answer.tips off", "", 0, true},
    {"answer.help", "", 0, true},
    {"answer.go on", "", 0, true},
    {"answer.were", "{place}{small place}", 0, true},
    {"answer.were round", "{place}{small place}{round}", 0, true},
    {"answer.effort", "", 0, true},
    {"answer.effort easy", "", 0, true},
    {"answer.effort hard", "", 0, true},
    {"answer.days", "{number}", FORMS_PLURAL, true},
    {"answer.sessions", "{number}", FORMS_PLURAL, true},
    {"box.ready", "", 0, true},
    {"box.left", "{where}{small where}", 0, true},
    {"box.left title", "{title}", 0, true},
    {"box.config", "", 0, true},
    {"box.device back", "", 0, true},
    {"box.asleep", "", 0, true},
    {"box.no routine", "", 0, true},
    {"box.page", "", 0, true},
    {"box.not played", "", 0, true},
    {"box.nothing", "", 0, true},
    {"box.due", "{name}", 0, true},
    {"box.not due", "", 0, true},
    {"box.code", "{digits}", 0, true},
    {NULL, NULL, 0, false},
};

struct read_entry {
    struct entry entry;
    const struct known_phrase *known; /* NULL: a thing or a position, without placeholders */
    struct place place;
};

struct loading {
    struct phrases *phrases;
    struct arena *arena; /* of the phrases */
    struct diags *diags;
    const struct source *source;
    VEC(struct read_entry) entries;
    VEC(struct number_form) forms;
    VEC(const char *) positions; /* "position.standing.go" */
    /* Of the numbers 0 … SAMPLE_MOST: which forms they take, and the first few of each. */
    const char *samples[PLURAL_COUNT];
    bool failed;
};

static void fail(struct loading *loading, struct place place, const char *hint, const char *what,
                 const char *key)
{
    diags_add(loading->diags, SEVERITY_ERROR, place, hint, "%s “%s”", what, key);
    loading->failed = true;
}

/* --- the language's forms --- */

static void find_samples(struct loading *loading)
{
    size_t counts[PLURAL_COUNT] = {0};
    for (int number = 0; number <= SAMPLE_MOST; number++) {
        enum plural category = plural_of(loading->phrases->rules, number);
        size_t count = counts[category]++;
        const char *old = loading->samples[category];
        if (count < 4)
            loading->samples[category] = count == 0 ? arena_printf(loading->arena, "%d", number)
                                         : count == 3
                                             ? arena_printf(loading->arena, "%s …", old)
                                             : arena_printf(loading->arena, "%s, %d", old, number);
    }
}

/* "“ru” has the forms one (1, 21, 31 …), few (2, 3, 4 …)". */
static const char *forms_of_language(const struct loading *loading)
{
    struct str text = {0};
    for (size_t i = 0; i < PLURAL_COUNT; i++)
        if (loading->samples[i])
            str_printf(&text, "%s%s (%s)", text.length ? ", " : "", plural_name((enum plural)i),
                       loading->samples[i]);
    const char *hint = arena_printf(loading->arena, "“%s” has the forms %s",
                                    loading->phrases->language, str_text(&text));
    str_free(&text);
    return hint;
}

/* Whether any number of the language, millions included, takes this form. */
static bool has_form(const struct loading *loading, enum plural category)
{
    const char *rules = loading->phrases->rules;
    return category == PLURAL_OTHER || loading->samples[category] ||
           plural_of(rules, 1000000) == category;
}

static void read_rules(struct loading *loading, const struct yaml_node *map)
{
    struct phrases *phrases = loading->phrases;
    const struct yaml_node *own = yaml_get(map, "plurals");
    const char *fault;
    phrases->rules = plural_rules(phrases->language);
    if (own && (own->kind != YAML_SCALAR || !plural_check(own->text, &fault))) {
        const char *hint = "write them as CLDR does: \"one: n = 1; few: n % 10 = 2..4\"";
        fail(loading, own->place, hint,
             "these plural rules cannot be read:", own->kind == YAML_SCALAR ? fault : "plurals");
    } else if (own) {
        phrases->rules = arena_strdup(loading->arena, own->text);
    } else if (!phrases->rules) {
        struct place file = {.source = loading->source};
        diags_add(loading->diags, SEVERITY_WARNING, file,
                  "if it has others, write its rules as `plurals:` (docs/languages.md)",
                  "the plural forms of “%s” are not known: one and other are taken",
                  phrases->language);
    }
    if (!phrases->rules)
        phrases->rules = "one: n = 1";
    find_samples(loading);
}

/* --- reading --- */

static void list_positions(struct loading *loading)
{
    for (const char *const *name = position_names(); *name; name++) {
        *vec_push(&loading->positions) = arena_printf(loading->arena, "position.%s.start", *name);
        *vec_push(&loading->positions) = arena_printf(loading->arena, "position.%s.go", *name);
    }
}

static bool is_position(const struct loading *loading, const char *key)
{
    for (size_t i = 0; i < loading->positions.count; i++)
        if (strcmp(loading->positions.items[i], key) == 0)
            return true;
    return false;
}

/* Takes "name" off the front of "name" or "name.rest". */
static bool take_part(const char **rest, const char *name)
{
    size_t length = strlen(name);
    if (strncmp(*rest, name, length) != 0 || ((*rest)[length] != '\0' && (*rest)[length] != '.'))
        return false;
    *rest += length + ((*rest)[length] == '.');
    return true;
}

/* Whether `rest` ("minute.few") is a form the phrase may have. */
static bool may_have(struct loading *loading, const struct known_phrase *known, const char *rest,
                     struct place place, const char *key)
{
    enum plural category;
    bool taken = false;
    if (known->forms & FORMS_SIDE)
        taken = take_part(&rest, "left") || take_part(&rest, "right");
    for (size_t i = 0; known->forms & FORMS_UNIT && phrases_units[i] && !taken; i++)
        taken = take_part(&rest, phrases_units[i]);
    if (*rest == '\0')
        return true;
    if (!(known->forms & FORMS_PLURAL))
        return false;
    if (strspn(rest, "0123456789") == strlen(rest) && strlen(rest) < 10)
        return true;
    if (!plural_find(rest, &category))
        return false;
    if (!has_form(loading, category))
        fail(loading, place, forms_of_language(loading), "no number takes the form", key);
    return true;
}

/* The phrase that `key` is, or is a form of. */
static const struct known_phrase *known_of(struct loading *loading, const char *key,
                                           struct place place)
{
    for (const struct known_phrase *known = phrases_known; known->key; known++)
        if (strcmp(known->key, key) == 0)
            return known;
    for (const struct known_phrase *known = phrases_known; known->key; known++) {
        const char *rest = key;
        if (known->forms && take_part(&rest, known->key) &&
            may_have(loading, known, rest, place, key))
            return known;
    }
    return NULL;
}

static void fail_unknown(struct loading *loading, struct place place, const char *key)
{
    VEC(const char *) all = {0};
    for (const struct known_phrase *known = phrases_known; known->key; known++)
        *vec_push(&all) = known->key;
    for (size_t i = 0; i < loading->positions.count; i++)
        *vec_push(&all) = loading->positions.items[i];
    const char *near = str_nearest(key, all.items, all.count);
    const char *hint = near ? arena_printf(loading->arena, "did you mean `%s`?", near)
                            : "docs/languages.md lists them all";
    fail(loading, place, hint, "unknown phrase", key);
    vec_free(&all);
}

static void add_entry(struct loading *loading, const struct yaml_node *node, const char *key)
{
    const struct known_phrase *known = known_of(loading, key, node->place);
    if (!known && !str_starts_with(key, "thing.") && !is_position(loading, key)) {
        fail_unknown(loading, node->place, key);
        return;
    }
    const char *text = node->text[0] ? arena_strdup(loading->arena, node->text) : NULL;
    *vec_push(&loading->entries) =
        (struct read_entry){{arena_strdup(loading->arena, key), text}, known, node->place};
}

static const char *read_word(struct loading *loading, const struct yaml_node *word, const char *key)
{
    if (word->kind == YAML_SCALAR && word->text[0])
        return arena_strdup(loading->arena, word->text);
    fail(loading, word->place, NULL, "a word is missing in", key);
    return NULL;
}

static void read_numbers(struct loading *loading, const struct yaml_node *node)
{
    if (node->kind != YAML_LIST || node->count < NUMBERS_LEAST || node->count > NUMBERS_MOST) {
        fail(loading, node->place, "list the words from zero to sixty; more is fine, up to 200",
             "there must be at least 61 words in", "numbers");
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        loading->phrases->numbers[i] = read_word(loading, node->items[i], "numbers");
}

/* numbers feminine: { 1: una, 21: veintiuna }, or a whole list. */
static void read_form(struct loading *loading, const struct yaml_node *node, const char *key)
{
    const char **words = ARENA_ARRAY(loading->arena, const char *, NUMBERS_MOST);
    const char *name = arena_strdup(loading->arena, key + strlen("numbers "));
    *vec_push(&loading->forms) = (struct number_form){name, words};
    if (node->kind == YAML_SCALAR || node->count > NUMBERS_MOST) {
        fail(loading, node->place, "such as { 1: una, 21: veintiuna }",
             "numbers and their words are expected in", key);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        size_t number = i;
        if (node->kind == YAML_MAP) {
            const char *digits = node->keys[i]->text;
            bool fine =
                digits[0] && strlen(digits) <= 3 && strspn(digits, "0123456789") == strlen(digits);
            number = fine ? strtoul(digits, NULL, 10) : NUMBERS_MOST;
        }
        if (number >= NUMBERS_MOST)
            fail(loading, node->keys[i]->place, "write the number in digits, 0 to 200",
                 "this is no number in", key);
        else
            words[number] = read_word(loading, node->items[i], key);
    }
}

/* Depth is limited by yaml_parse(). */
static void read_map(struct loading *loading, const struct yaml_node *map, const char *prefix)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_node *item = map->items[i];
        const char *key = map->keys[i]->text;
        if (prefix[0])
            key = arena_printf(loading->arena, "%s.%s", prefix, key);
        if (strcmp(key, "numbers") == 0)
            read_numbers(loading, item);
        else if (str_starts_with(key, "numbers "))
            read_form(loading, item, key);
        else if (strcmp(key, "plurals") == 0)
            continue;
        else if (item->kind == YAML_MAP)
            read_map(loading, item, key);
        else if (item->kind == YAML_SCALAR)
            add_entry(loading, item, key);
        else
            fail(loading, item->place, NULL, "a list cannot be the phrase", key);
    }
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct read_entry *)a)->entry.key,
                  ((const struct read_entry *)b)->entry.key);
}

static void sort_entries(struct loading *loading)
{
    struct phrases *phrases = loading->phrases;
    size_t count = loading->entries.count;
    struct entry *entries = ARENA_ARRAY(loading->arena, struct entry, count + 1);
    if (count > 0)
        qsort(loading->entries.items, count, sizeof *loading->entries.items, by_key);
    for (size_t i = 0; i < count; i++)
        entries[i] = loading->entries.items[i].entry;
    phrases->entries = entries;
    phrases->count = count;
    phrases->form_count = loading->forms.count;
    phrases->forms = vec_to_arena(&loading->forms, loading->arena);
}

/* --- checking --- */

/* "{number feminine}": of a number that the phrase has, and in a form that the file has. */
static bool is_number_form(const struct loading *loading, const char *name, const char *may,
                           const char **hint)
{
    const char *space = strchr(name, ' ');
    if (!space)
        return false;
    if (!strstr(may, arena_printf(loading->arena, "%.*s}", (int)(space - name), name)))
        return false;
    size_t length = strlen(space) - 2; /* without the space and the brace */
    if (phrases_form(loading->phrases, space + 1, length))
        return true;
    *hint = arena_printf(loading->arena, "add `numbers %.*s: { 1: …, 2: … }` to the file",
                         (int)length, space + 1);
    return false;
}

static void check_placeholders(struct loading *loading, const struct read_entry *read)
{
    const char *may = read->known ? read->known->placeholders : "";
    const char *at = read->entry.text ? strchr(read->entry.text, '{') : NULL;
    for (; at; at = strchr(at + 1, '{')) {
        const char *end = strchr(at, '}');
        size_t length = end ? (size_t)(end - at) + 1 : strlen(at);
        char *name = arena_strndup(loading->arena, at, length);
        if (length > 1 && name[1] >= 'A' && name[1] <= 'Z')
            name[1] = (char)(name[1] | 0x20);
        const char *hint =
            may[0] ? arena_printf(loading->arena, "it may say %s, or with a capital", may) : NULL;
        if (end && (strstr(may, name) || is_number_form(loading, name, may, &hint)))
            continue;
        fail(loading, read->place, hint,
             arena_printf(loading->arena, "%s has no value in the phrase", name), read->entry.key);
    }
}

/* Whether every number up to SAMPLE_MOST of the category has a sentence of its own. */
static bool all_exact(const struct loading *loading, const char *key, enum plural category)
{
    for (int number = 0; number <= SAMPLE_MOST; number++)
        if (plural_of(loading->phrases->rules, number) == category &&
            !phrases_lookup(loading->phrases, arena_printf(loading->arena, "%s.%d", key, number)))
            return false;
    return true;
}

static bool has_category(const struct loading *loading, const char *key, enum plural category)
{
    const char *form = arena_printf(loading->arena, "%s.%s", key, plural_name(category));
    return phrases_lookup(loading->phrases, form) || phrases_lookup(loading->phrases, key) ||
           all_exact(loading, key, category);
}

/* Whether the file has the phrase in any form. */
static bool is_begun(const struct loading *loading, const struct known_phrase *known)
{
    for (size_t i = 0; i < loading->entries.count; i++)
        if (loading->entries.items[i].known == known)
            return true;
    return false;
}

static void check_form(struct loading *loading, const struct known_phrase *known,
                       const char *variant, enum plural category)
{
    const char *longer =
        variant ? arena_printf(loading->arena, "%s.%s", known->key, variant) : known->key;
    if (has_category(loading, longer, category) || has_category(loading, known->key, category))
        return;
    struct place file = {.source = loading->source};
    if (!is_begun(loading, known))
        fail(loading, file, "write it, or leave it empty (\"\") to say nothing",
             "the phrase file lacks", known->key);
    else
        fail(loading, file, forms_of_language(loading), "the phrase file lacks",
             arena_printf(loading->arena, "%s.%s", longer, plural_name(category)));
}

static void check_forms(struct loading *loading, const struct known_phrase *known,
                        const char *variant)
{
    /* It is not counted. */
    bool single = variant && strcmp(variant, "about half a minute") == 0;
    for (size_t i = 0; i < PLURAL_COUNT; i++)
        if (single ? plural_of(loading->phrases->rules, 0) == i : loading->samples[i] != NULL)
            check_form(loading, known, variant, (enum plural)i);
}

static void check_known(struct loading *loading, const struct known_phrase *known)
{
    if (known->optional && !is_begun(loading, known))
        return;
    static const char *const sides[] = {"left", "right", NULL};
    const char *const *variants = known->forms & FORMS_UNIT   ? phrases_units
                                  : known->forms & FORMS_SIDE ? sides
                                                              : NULL;
    for (; variants && *variants; variants++) {
        const char *key = arena_printf(loading->arena, "%s.%s", known->key, *variants);
        if (known->forms & FORMS_PLURAL)
            check_forms(loading, known, *variants);
        else if (!phrases_lookup(loading->phrases, key) &&
                 !phrases_lookup(loading->phrases, known->key))
            fail(loading, (struct place){.source = loading->source}, NULL, "the phrase file lacks",
                 key);
    }
    if (known->forms == FORMS_PLURAL)
        check_forms(loading, known, NULL);
    if (known->forms == 0 && !phrases_lookup(loading->phrases, known->key))
        fail(loading, (struct place){.source = loading->source},
             "write it, or leave it empty (\"\") to say nothing", "the phrase file lacks",
             known->key);
}

static void check_complete(struct loading *loading)
{
    struct place file = {.source = loading->source};
    for (size_t i = 0; i < loading->entries.count; i++)
        check_placeholders(loading, &loading->entries.items[i]);
    for (const struct known_phrase *known = phrases_known; known->key; known++)
        check_known(loading, known);
    for (size_t i = 0; i < loading->positions.count; i++)
        if (!phrases_lookup(loading->phrases, loading->positions.items[i]))
            fail(loading, file, "write it, or leave it empty (\"\") to say nothing",
                 "the phrase file lacks", loading->positions.items[i]);
    if (!loading->phrases->numbers[0] && !loading->failed)
        fail(loading, file, "list the words from zero to sixty", "the phrase file lacks",
             "numbers");
}

/* --- the file --- */

static bool read_file(struct loading *loading, const char *path)
{
    char *text;
    size_t length;
    enum limber_status status = file_read(path, PHRASES_MAX_BYTES, loading->arena, &text, &length);
    if (status != LIMBER_OK) {
        diags_add(loading->diags, SEVERITY_ERROR, (struct place){0}, NULL,
                  "cannot read the phrase file %s: %s", path, status_text(status));
        return false;
    }
    loading->source = diags_add_source(loading->diags, path, text, length);
    const struct yaml_node *map =
        yaml_parse(loading->source, 0, length, loading->arena, loading->diags);
    if (!map)
        return false;
    if (map->kind != YAML_MAP) {
        diags_add(loading->diags, SEVERITY_ERROR, map->place, NULL,
                  "a phrase file is a mapping of keys to sentences");
        return false;
    }
    list_positions(loading);
    read_rules(loading, map);
    read_map(loading, map, "");
    sort_entries(loading);
    check_complete(loading);
    return !loading->failed;
}

struct phrases *phrases_load_file(const char *path, const char *language, struct diags *diags)
{
    struct arena *arena = arena_new();
    struct phrases *phrases = ARENA_NEW(arena, struct phrases);
    phrases->arena = arena;
    phrases->language = arena_strdup(arena, language);
    phrases->path = arena_strdup(arena, path);
    struct loading loading = {.phrases = phrases, .arena = arena, .diags = diags};
    bool ok = read_file(&loading, path);
    vec_free(&loading.positions);
    vec_free(&loading.entries);
    vec_free(&loading.forms);
    if (ok)
        return phrases;
    phrases_destroy(phrases);
    return NULL;
}

const char *phrases_folders(struct arena *arena)
{
    const char *user = file_user_data(arena, "phrases");
    const char *program = file_program_data(arena, "phrases");
    return program && user ? arena_printf(arena, "%s\n%s", user, program) : program;
}

/* The file of this name in the first folder that has it, or NULL. */
static const char *find_file(struct arena *arena, const char *folders, const char *tag,
                             size_t length)
{
    for (const char *at = folders; *at;) {
        size_t size = strcspn(at, "\n");
        const char *folder = arena_strndup(arena, at, size);
        const char *path =
            file_join(arena, folder, arena_printf(arena, "%.*s.yaml", (int)length, tag));
        if (file_exists(path))
            return path;
        at += size + (at[size] == '\n');
    }
    return NULL;
}

struct phrases *phrases_load(const char *folders, const char *language, struct diags *diags)
{
    struct arena *arena = arena_new();
    const char *path = NULL;
    if (!strchr(language, '/')) {
        path = find_file(arena, folders, language, strlen(language));
        if (!path)
            path = find_file(arena, folders, language, strcspn(language, "-_"));
    }
    if (!path) {
        diags_add(diags, SEVERITY_WARNING, (struct place){0},
                  "docs/languages.md tells how to write them",
                  "there are no phrases for the language “%s” yet: what the player says itself is "
                  "in English",
                  language);
        language = "en";
        path = find_file(arena, folders, "en", 2);
    }
    if (!path) {
        size_t last = strlen(folders);
        while (last > 0 && folders[last - 1] != '\n')
            last--;
        path = file_join(arena, folders + last, "en.yaml");
    }
    struct phrases *phrases = phrases_load_file(path, language, diags);
    arena_destroy(arena);
    return phrases;
}

void phrases_destroy(struct phrases *phrases)
{
    if (phrases)
        arena_destroy(phrases->arena);
}

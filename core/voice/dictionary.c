/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dictionary.c: respelling on word boundaries. */
#include "voice/dictionary.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "voice/charclass.h"

#define FILE_MOST  (1 << 20)
#define ENTRY_MOST 200 /* bytes of either side */

struct entry {
    const char *from; /* UTF-8 */
    const char *to;
    size_t length; /* of from, bytes */
    int first;     /* its first character, folded */
};

struct dictionary {
    struct arena *arena;
    VEC(struct entry) entries; /* longest first */
};

static int first_of(const char *text)
{
    const char *at = text;
    return charclass_fold(str_utf8_next(&at, text + strlen(text)));
}

static bool has(const struct dictionary *dictionary, const char *from)
{
    for (size_t i = 0; i < dictionary->entries.count; i++) {
        if (str_equal_nocase(dictionary->entries.items[i].from, from)) {
            return true;
        }
    }
    return false;
}

static void read_file(struct dictionary *dictionary, const char *path, struct diags *diags)
{
    char *text = NULL;
    size_t length = 0;
    struct arena *arena = dictionary->arena;
    enum limber_status status = file_read(path, FILE_MOST, arena, &text, &length);
    const struct source *source = diags_add_source(diags, path, text ? text : "", length);
    if (status != LIMBER_OK) {
        struct place whole = {.source = source};
        diags_add(diags, SEVERITY_ERROR, whole, NULL, "the dictionary cannot be read: %s",
                  status_text(status));
        return;
    }
    const struct yaml_node *root = yaml_parse(source, 0, length, arena, diags);
    if (root && root->kind != YAML_MAP) {
        diags_add(diags, SEVERITY_ERROR, root->place, "reps: repetitions",
                  "a dictionary has one word or phrase a line, and how to say it");
        return;
    }
    for (size_t i = 0; root && i < root->count; i++) {
        const struct yaml_node *value = root->items[i];
        const char *from = root->keys[i]->text;
        bool right = value->kind == YAML_SCALAR && value->text[0] && from[0] &&
                     strlen(value->text) <= ENTRY_MOST && strlen(from) <= ENTRY_MOST;
        if (!right) {
            diags_add(diags, SEVERITY_ERROR, root->keys[i]->place, NULL,
                      "`%s` needs one respelling of at most %d bytes", from, ENTRY_MOST);
        } else if (!has(dictionary, from)) {
            *vec_push(&dictionary->entries) = (struct entry){
                .from = from, .to = value->text, .length = strlen(from), .first = first_of(from)};
        }
    }
}

static int longest_first(const void *a, const void *b)
{
    const struct entry *one = a;
    const struct entry *other = b;
    if (one->length != other->length) {
        return one->length < other->length ? 1 : -1;
    }
    return strcmp(one->from, other->from);
}

struct dictionary *dictionary_load(const char *const *paths, size_t count, struct diags *diags)
{
    struct dictionary *dictionary = xcalloc(1, sizeof *dictionary);
    dictionary->arena = arena_new();
    for (size_t i = 0; i < count; i++) {
        read_file(dictionary, paths[i], diags);
    }
    if (dictionary->entries.count > 0) {
        qsort(dictionary->entries.items, dictionary->entries.count, sizeof(struct entry),
              longest_first);
    }
    return dictionary;
}

void dictionary_destroy(struct dictionary *dictionary)
{
    if (dictionary) {
        vec_free(&dictionary->entries);
        arena_destroy(dictionary->arena);
        free(dictionary);
    }
}

static int fold_quote(int c)
{
    return c == 0x2019 ? '\'' : charclass_fold(c);
}

/* Bytes of `text` that say `from`, or 0. A space in `from` stands for any run of spaces. */
static size_t match(const char *text, const char *end, const char *from)
{
    const char *at = text;
    const char *from_end = from + strlen(from);
    while (from < from_end) {
        if (at >= end) {
            return 0;
        }
        int wanted = fold_quote(str_utf8_next(&from, from_end));
        int found = fold_quote(str_utf8_next(&at, end));
        if (wanted < 0 || found != wanted) {
            return 0;
        }
        while (wanted == ' ' && at < end && *at == ' ') {
            at++;
        }
    }
    const char *next = at;
    int after = next < end ? str_utf8_next(&next, end) : ' ';
    const char *last = at - 1;
    bool ends_in_word = (*last & 0x80) || charclass_is_word(*last);
    return ends_in_word && charclass_is_word(after) ? 0 : (size_t)(at - text);
}

static const struct entry *find(const struct dictionary *dictionary, const char *text,
                                const char *end, size_t *length)
{
    const char *at = text;
    int first = charclass_fold(str_utf8_next(&at, end));
    for (size_t i = 0; i < dictionary->entries.count; i++) {
        const struct entry *entry = &dictionary->entries.items[i];
        if (entry->first == first && (*length = match(text, end, entry->from)) > 0) {
            return entry;
        }
    }
    return NULL;
}

char *dictionary_apply(const struct dictionary *dictionary, const char *text)
{
    struct str out = {0};
    const char *end = text + strlen(text);
    bool inside = false; /* a word: nothing starts here */
    for (const char *at = text; at < end;) {
        size_t length = 0;
        const struct entry *entry = inside ? NULL : find(dictionary, at, end, &length);
        if (entry) {
            str_add(&out, entry->to);
            at += length;
            inside = false;
            continue;
        }
        const char *start = at;
        inside = charclass_is_word(str_utf8_next(&at, end));
        str_add_bytes(&out, start, (size_t)(at - start));
    }
    return str_steal(&out);
}

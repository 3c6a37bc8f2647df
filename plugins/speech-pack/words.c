/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c: the words of a table and of a language's numbers, each once. */
#include <stdlib.h>
#include <string.h>

#include "pack.h"

#define SPELLINGS_MOST 64 /* of one word */
#define WORD_ATOMS     16 /* that one word written together may consist of */

struct entry {
    char *word; /* NULL: free */
    size_t length;
    uint32_t atom;         /* WORDS_NONE: only written together */
    uint32_t split, count; /* its atoms, in words->splits */
};

struct words {
    struct entry *entries;
    size_t entry_count, entry_room; /* room is a power of 2 */
    uint8_t *kinds;
    uint32_t atom_count, atom_room;
    uint32_t *splits;
    uint32_t split_count, split_room;
    bool broken; /* memory ran out */
};

/* --- the table --- */

static struct entry *locate(const struct words *words, const char *word, size_t length)
{
    size_t mask = words->entry_room - 1;
    for (size_t at = (size_t)table_hash(0, word, length);; at++) {
        struct entry *entry = &words->entries[at & mask];
        if (!entry->word || (entry->length == length && memcmp(entry->word, word, length) == 0))
            return entry;
    }
}

static bool make_room(struct words *words)
{
    if (2 * (words->entry_count + 1) <= words->entry_room)
        return true;
    struct words bigger = *words;
    bigger.entry_room = words->entry_room ? 2 * words->entry_room : 4096;
    bigger.entries = calloc(bigger.entry_room, sizeof *bigger.entries);
    if (!bigger.entries)
        return false;
    for (size_t i = 0; i < words->entry_room; i++)
        if (words->entries[i].word)
            *locate(&bigger, words->entries[i].word, words->entries[i].length) = words->entries[i];
    free(words->entries);
    *words = bigger;
    return true;
}

/* The entry of the word, made if need be; NULL: no memory. */
static struct entry *enter(struct words *words, const char *word, size_t length)
{
    if (!make_room(words))
        return NULL;
    struct entry *entry = locate(words, word, length);
    if (!entry->word) {
        entry->word = strndup(word, length);
        if (!entry->word)
            return NULL;
        entry->length = length;
        entry->atom = WORDS_NONE;
        words->entry_count++;
    }
    return entry;
}

uint32_t words_find(const struct words *words, const char *word, size_t length)
{
    const struct entry *entry = locate(words, word, length);
    return entry->word ? entry->atom : WORDS_NONE;
}

uint32_t words_add(struct words *words, const char *word, size_t length, enum word_kind kind)
{
    struct entry *entry = enter(words, word, length);
    if (entry && entry->atom == WORDS_NONE) {
        if (words->atom_count == words->atom_room) {
            uint32_t room = words->atom_room ? 2 * words->atom_room : 1024;
            uint8_t *kinds = realloc(words->kinds, room);
            if (!kinds) {
                words->broken = true;
                return WORDS_NONE;
            }
            words->kinds = kinds;
            words->atom_room = room;
        }
        words->kinds[words->atom_count] = (uint8_t)kind;
        entry->atom = words->atom_count++;
    }
    words->broken = words->broken || !entry;
    return entry ? entry->atom : WORDS_NONE;
}

enum word_kind words_kind(const struct words *words, uint32_t atom)
{
    return atom < words->atom_count ? (enum word_kind)words->kinds[atom] : WORD_PLAIN;
}

size_t words_split(const struct words *words, const char *word, size_t length,
                   const uint32_t **atoms)
{
    const struct entry *entry = locate(words, word, length);
    if (!entry->word || entry->count == 0)
        return 0;
    *atoms = words->splits + entry->split;
    return entry->count;
}

/* --- words written together --- */

static void add_split(struct words *words, const char *spelling, const uint32_t *atoms,
                      uint32_t count)
{
    struct entry *entry = enter(words, spelling, strlen(spelling));
    if (words->split_count + count > words->split_room) {
        uint32_t room = 2 * words->split_room + 4096;
        uint32_t *bigger = realloc(words->splits, room * sizeof *bigger);
        if (!bigger) {
            words->broken = true;
            return;
        }
        words->splits = bigger;
        words->split_room = room;
    }
    if (!entry || entry->count > 0) {
        words->broken = words->broken || !entry;
        return;
    }
    memcpy(words->splits + words->split_count, atoms, count * sizeof *atoms);
    entry->split = words->split_count;
    entry->count = count;
    words->split_count += count;
}

/* Where `from` stands last in `text`, or NULL. */
static char *last_place(char *text, const char *from, size_t length)
{
    char *found = NULL;
    for (char *at = text; *at; at++)
        if (strncmp(at, from, length) == 0)
            found = at;
    return found;
}

/* Calls add_split() with each way to spell the word. */
static void add_spellings(struct words *words, const char *changes, const char *plain,
                          const uint32_t *atoms, uint32_t count)
{
    char spellings[SPELLINGS_MOST][NUMBER_TEXT];
    size_t known = 1;
    strcpy(spellings[0], plain);
    while (changes && *changes) {
        const char *arrow = strchr(changes, '>');
        size_t from = (size_t)(arrow - changes), to = strcspn(arrow + 1, ",");
        size_t before = known;
        for (size_t i = 0; i < before && known < SPELLINGS_MOST; i++) {
            char *place = last_place(spellings[i], changes, from);
            if (!place || strlen(spellings[i]) + to >= NUMBER_TEXT)
                continue;
            char *changed = spellings[known++];
            size_t head = (size_t)(place - spellings[i]);
            memcpy(changed, spellings[i], head);
            memcpy(changed + head, arrow + 1, to);
            strcpy(changed + head + to, place + from);
        }
        changes = arrow + 1 + to + (arrow[1 + to] == ',');
    }
    for (size_t i = 0; i < known; i++)
        add_split(words, spellings[i], atoms, count);
}

/* One word of a number, perhaps written together from several. */
static void add_number_word(struct words *words, const char *spellings, const char *word,
                            size_t length)
{
    char plain[NUMBER_TEXT];
    uint32_t atoms[WORD_ATOMS], count = 0;
    size_t used = 0;
    for (size_t at = 0; at < length && count < WORD_ATOMS;) {
        size_t step = strcspn(word + at, "+ ");
        if (step > length - at)
            step = length - at;
        atoms[count++] = words_add(words, word + at, step, WORD_NUMBER);
        memcpy(plain + used, word + at, step);
        used += step;
        at += step + 1;
    }
    plain[used] = '\0';
    if (count > 1)
        add_spellings(words, spellings, plain, atoms, count);
}

static void add_numbers(struct words *words, const struct numerals *numerals)
{
    char forms[NUMBER_FORMS][NUMBER_TEXT];
    for (int number = 0; number <= NUMBER_MOST; number++) {
        size_t count = number_forms(numerals, number, 0, forms);
        for (size_t i = 0; i < count; i++)
            for (const char *at = forms[i]; *at;) {
                size_t length = strcspn(at, " ");
                add_number_word(words, numerals->spellings, at, length);
                at += length + (at[length] == ' ');
            }
    }
}

static void add_list(struct words *words, const char *list, enum word_kind kind)
{
    while (list && *list) {
        size_t length = strcspn(list, " ");
        words_add(words, list, length, kind);
        list += length + (list[length] == ' ');
    }
}

static void add_aliases(struct words *words, const char *list)
{
    while (list && *list) {
        const char *arrow = strchr(list, '>');
        size_t to = strcspn(arrow + 1, ",");
        uint32_t atom = words_find(words, arrow + 1, to);
        struct entry *entry = enter(words, list, (size_t)(arrow - list));
        if (entry)
            entry->atom = atom;
        words->broken = words->broken || !entry;
        list = arrow + 1 + to + (arrow[1 + to] == ',');
    }
}

struct words *words_new(const struct numerals *numerals)
{
    struct words *words = calloc(1, sizeof *words);
    if (!words || !make_room(words)) {
        words_free(words);
        return NULL;
    }
    if (numerals) {
        add_list(words, numerals->connectors, WORD_CONNECTOR); /* first: so they stay that */
        add_list(words, numerals->also, WORD_NUMBER);
        add_numbers(words, numerals);
        add_aliases(words, numerals->aliases);
    }
    if (words->broken) {
        words_free(words);
        return NULL;
    }
    return words;
}

void words_free(struct words *words)
{
    if (!words)
        return;
    for (size_t i = 0; i < words->entry_room; i++)
        free(words->entries[i].word);
    free(words->entries);
    free(words->kinds);
    free(words->splits);
    free(words);
}

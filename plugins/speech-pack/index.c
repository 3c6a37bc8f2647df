/* SPDX-License-Identifier: GPL-3.0-or-later */
/* index.c: finds rows word by word: a tree of words whose branches are in one hash table. */
#include <stdlib.h>
#include <string.h>

#include "pack.h"

struct branch {
    uint32_t from, atom, to; /* `to` 0: free */
};

struct index {
    const struct numerals *numerals;
    struct words *words;
    struct branch *branches;
    size_t branch_room; /* a power of 2 */
    struct row **rows;  /* of each place: the first */
    uint32_t place_count, place_room;
};

static struct branch *locate(const struct index *index, uint32_t from, uint32_t atom)
{
    uint32_t both[2] = {from, atom};
    size_t mask = index->branch_room - 1;
    for (size_t at = (size_t)table_hash(0, both, sizeof both);; at++) {
        struct branch *branch = &index->branches[at & mask];
        if (branch->to == 0 || (branch->from == from && branch->atom == atom))
            return branch;
    }
}

static bool make_room(struct index *index)
{
    if (index->place_count == index->place_room) {
        uint32_t room = index->place_room ? 2 * index->place_room : 1024;
        struct row **rows = realloc(index->rows, room * sizeof(struct row *));
        if (!rows)
            return false;
        index->rows = rows;
        index->place_room = room;
    }
    if (2 * ((size_t)index->place_count + 1) <= index->branch_room)
        return true;
    struct index bigger = *index;
    bigger.branch_room = index->branch_room ? 2 * index->branch_room : 4096;
    bigger.branches = calloc(bigger.branch_room, sizeof *bigger.branches);
    if (!bigger.branches)
        return false;
    for (size_t i = 0; i < index->branch_room; i++)
        if (index->branches[i].to)
            *locate(&bigger, index->branches[i].from, index->branches[i].atom) = index->branches[i];
    free(index->branches);
    *index = bigger;
    return true;
}

uint32_t index_step(const struct index *index, uint32_t from, uint32_t atom)
{
    return atom == WORDS_NONE ? 0 : locate(index, from, atom)->to;
}

struct row *index_rows(const struct index *index, uint32_t place)
{
    return index->rows[place];
}

/* --- adding a row --- */

struct path {
    struct index *index;
    uint32_t place;
    bool number, connector; /* so far */
    bool broken;
};

static void go(struct path *path, uint32_t atom)
{
    struct index *index = path->index;
    if (atom == WORDS_NONE || !make_room(index)) {
        path->broken = true;
        return;
    }
    struct branch *branch = locate(index, path->place, atom);
    if (branch->to == 0) {
        *branch = (struct branch){path->place, atom, index->place_count};
        index->rows[index->place_count++] = NULL;
    }
    path->place = branch->to;
    enum word_kind kind = words_kind(index->words, atom);
    path->number = path->number && kind != WORD_PLAIN;
    path->connector = path->connector && kind == WORD_CONNECTOR;
}

static void go_number(struct path *path, int number, const char *next)
{
    char forms[NUMBER_FORMS][NUMBER_TEXT];
    const struct numerals *numerals = path->index->numerals;
    number_forms(numerals, number, number_form_before(numerals, next), forms);
    for (const char *at = forms[0]; *at;) {
        size_t length = strcspn(at, " +");
        go(path, words_find(path->index->words, at, length));
        at += length + (at[length] != '\0');
    }
}

static void go_word(struct path *path, const char *word, size_t length)
{
    struct words *words = path->index->words;
    const uint32_t *atoms = NULL;
    size_t count = words_split(words, word, length, &atoms);
    int number = path->index->numerals ? number_of_digits(word, length) : -1;
    if (number >= 0) {
        go_number(path, number, word[length] == ' ' ? word + length + 1 : NULL);
    } else if (count > 0) {
        for (size_t i = 0; i < count; i++)
            go(path, atoms[i]);
    } else {
        go(path, words_add(words, word, length, WORD_PLAIN));
    }
}

static bool add_row(struct index *index, struct row *row)
{
    struct path path = {.index = index, .number = true, .connector = true};
    for (const char *at = row->key; *at && !path.broken;) {
        size_t length = strcspn(at, " ");
        go_word(&path, at, length);
        at += length + (at[length] == ' ');
    }
    if (path.broken)
        return false;
    row->number = path.number;
    row->connector = path.connector;
    row->next = index->rows[path.place];
    index->rows[path.place] = row;
    return true;
}

struct index *index_new(const struct numerals *numerals, struct table *table)
{
    struct index *index = calloc(1, sizeof *index);
    bool good = index != NULL;
    if (good) {
        index->numerals = numerals;
        index->words = words_new(numerals);
        good = index->words && make_room(index);
    }
    if (good)
        index->rows[index->place_count++] = NULL; /* place 0 */
    /* From the last to the first, each before those already there: so they are in order. */
    for (size_t i = table->count; good && i-- > 0;)
        if (table->rows[i].key)
            good = add_row(index, &table->rows[i]);
    if (good)
        return index;
    index_free(index);
    return NULL;
}

void index_free(struct index *index)
{
    if (!index)
        return;
    words_free(index->words);
    free(index->branches);
    free(index->rows);
    free(index);
}

const struct words *index_words(const struct index *index)
{
    return index->words;
}

const struct numerals *index_numerals(const struct index *index)
{
    return index->numerals;
}

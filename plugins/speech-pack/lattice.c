/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lattice.c: a text as a graph of words. A plain text is a chain; a number in digits is a bundle of
 * chains, one for each of its forms ("eins", "eine", "ein" …), the likeliest first. */
#include <stdlib.h>
#include <string.h>

#include "pack.h"

#define NODES_MOST 8192

struct node {
    uint32_t first, last; /* of its words, plus 1; 0: none */
    bool number_before, number_after;
};

struct lattice {
    const struct index *index;
    struct node nodes[NODES_MOST];
    struct word words[NODES_MOST];
    uint32_t node_count, word_count;
    bool broken; /* too long */
};

static uint32_t add_node(struct lattice *lattice)
{
    if (lattice->node_count == NODES_MOST) {
        lattice->broken = true;
        return NODES_MOST - 1;
    }
    return lattice->node_count++;
}

/* A word from `from` to a node that is set later. Returns its number. */
static uint32_t add_word(struct lattice *lattice, uint32_t from, uint32_t atom)
{
    if (lattice->word_count == NODES_MOST) {
        lattice->broken = true;
        return 0;
    }
    uint32_t number = lattice->word_count++;
    struct node *node = &lattice->nodes[from];
    lattice->words[number] = (struct word){.atom = atom};
    if (node->last)
        lattice->words[node->last - 1].next = number + 1;
    else
        node->first = number + 1;
    node->last = number + 1;
    node->number_after =
        node->number_after || words_kind(index_words(lattice->index), atom) == WORD_NUMBER;
    return number;
}

static void lead(struct lattice *lattice, uint32_t word, uint32_t to)
{
    lattice->words[word].to = to;
    lattice->nodes[to].number_before =
        lattice->nodes[to].number_before ||
        words_kind(index_words(lattice->index), lattice->words[word].atom) == WORD_NUMBER;
}

/* A chain of words from `from`; returns the last of them, whose end is still open. */
static uint32_t add_number(struct lattice *lattice, uint32_t from, const char *text)
{
    uint32_t word = 0;
    for (const char *at = text; *at && !lattice->broken;) {
        size_t length = strcspn(at, " +");
        if (at != text) {
            from = add_node(lattice);
            lead(lattice, word, from);
        }
        word = add_word(lattice, from, words_find(index_words(lattice->index), at, length));
        at += length + (at[length] != '\0');
    }
    return word;
}

static uint32_t add_digits(struct lattice *lattice, uint32_t from, int number, const char *next)
{
    const struct numerals *numerals = index_numerals(lattice->index);
    uint32_t open[NUMBER_FORMS];
    char forms[NUMBER_FORMS][NUMBER_TEXT];
    size_t count = number_forms(numerals, number, number_form_before(numerals, next), forms);
    for (size_t i = 0; i < count; i++)
        open[i] = add_number(lattice, from, forms[i]);
    uint32_t to = add_node(lattice);
    for (size_t i = 0; i < count && !lattice->broken; i++) {
        lead(lattice, open[i], to);
        lattice->words[open[i]].penalty = (uint32_t)i;
    }
    return to;
}

/* Adds one word of the key; returns the node behind it. */
static uint32_t add_key_word(struct lattice *lattice, uint32_t from, const char *word,
                             size_t length)
{
    const struct words *words = index_words(lattice->index);
    const uint32_t *atoms;
    uint32_t plain;
    size_t count = words_split(words, word, length, &atoms);
    int number = index_numerals(lattice->index) ? number_of_digits(word, length) : -1;
    if (number >= 0)
        return add_digits(lattice, from, number, word[length] == ' ' ? word + length + 1 : NULL);
    if (count == 0) {
        plain = words_find(words, word, length);
        atoms = &plain;
        count = 1;
    }
    for (size_t i = 0; i < count && !lattice->broken; i++) {
        uint32_t added = add_word(lattice, from, atoms[i]);
        from = add_node(lattice);
        lead(lattice, added, from);
    }
    return from;
}

struct lattice *lattice_new(const struct index *index, const char *key)
{
    struct lattice *lattice = calloc(1, sizeof *lattice);
    if (!lattice)
        return NULL;
    lattice->index = index;
    uint32_t from = add_node(lattice);
    for (const char *at = key; *at && !lattice->broken;) {
        size_t length = strcspn(at, " ");
        from = add_key_word(lattice, from, at, length);
        at += length + (at[length] == ' ');
    }
    if (lattice->broken) {
        free(lattice);
        return NULL;
    }
    return lattice;
}

void lattice_free(struct lattice *lattice)
{
    free(lattice);
}

uint32_t lattice_nodes(const struct lattice *lattice)
{
    return lattice->node_count;
}

const struct word *lattice_first(const struct lattice *lattice, uint32_t node)
{
    uint32_t first = lattice->nodes[node].first;
    return first ? &lattice->words[first - 1] : NULL;
}

const struct word *lattice_next(const struct lattice *lattice, const struct word *word)
{
    return word->next ? &lattice->words[word->next - 1] : NULL;
}

bool lattice_number_before(const struct lattice *lattice, uint32_t node)
{
    return lattice->nodes[node].number_before;
}

bool lattice_number_after(const struct lattice *lattice, uint32_t node)
{
    return lattice->nodes[node].number_after;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compose.c: the fewest rows that say a text. A sentence is a way through its lattice; a step on it
 * is a row whose words lie on the way. */
#include <stdlib.h>
#include <string.h>

#include "pack.h"

#define STEPS_MOST     200000 /* of the search in one sentence */
#define UNLIKELY       4096   /* rows that a less likely form of a number counts for */
#define SENTENCES_MOST 64
#define SPAN_MOST      8 /* sentences that one row may hold */

/* --- one row of several --- */

struct gap {
    bool left, right; /* something is said before, behind it */
    bool number_both; /* numbers on both sides */
};

enum { RANK_EXACT, RANK_MORE, RANK_NUMBER, RANKS };

/* How well a row fits between its neighbours; RANKS: not at all. */
static int rank_of(const struct row *row, struct gap gap)
{
    if (row->opens_left == gap.left && row->opens_right == gap.right)
        return RANK_EXACT;
    if (!gap.left && !gap.right)
        return RANK_MORE;
    if (row->connector && !gap.number_both)
        return RANKS;
    if ((row->opens_left || !gap.left) && (row->opens_right || !gap.right))
        return RANK_MORE;
    return row->number ? RANK_NUMBER : RANKS;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* One of the rows that fit best, or NULL. */
static struct row *pick(struct composer *composer, struct row *rows, struct gap gap)
{
    size_t counts[RANKS] = {0};
    int best = 0;
    if (!rows)
        return NULL;
    for (struct row *row = rows; row; row = row->next) {
        int rank = rank_of(row, gap);
        if (rank < RANKS && (composer->lenient || place_check(composer->root, row)))
            counts[rank]++;
    }
    while (best < RANKS && counts[best] == 0)
        best++;
    if (best == RANKS)
        return NULL;
    uint64_t hash = table_hash(0, rows->key, strlen(rows->key));
    size_t which = (size_t)(mix(hash + mix(composer->seed)) % counts[best]);
    struct row *row = rows;
    for (;; row = row->next)
        if (rank_of(row, gap) == best && (composer->lenient || place_check(composer->root, row)) &&
            which-- == 0)
            return row;
}

/* --- one sentence --- */

struct way {
    struct row *row; /* that leads here */
    uint32_t from;   /* node */
    uint32_t cost;   /* rows so far, and what counts like rows; UINT32_MAX: no way yet */
};

struct visit {
    uint32_t node, place, cost;
};

struct search {
    struct composer *composer;
    const struct lattice *lattice;
    struct way *ways;
    struct visit *stack;
    size_t depth, room;
    size_t steps;
    uint32_t last; /* node */
    bool whole;
    bool broken; /* memory ran out */
};

static void push(struct search *search, uint32_t node, uint32_t place, uint32_t cost)
{
    if (search->depth == search->room) {
        size_t room = search->room ? 2 * search->room : 256;
        struct visit *bigger = realloc(search->stack, room * sizeof *bigger);
        if (!bigger) {
            search->broken = true;
            return;
        }
        search->stack = bigger;
        search->room = room;
    }
    search->stack[search->depth++] = (struct visit){node, place, cost};
}

/* A row that leads from one node to another, if it is better than what is known. As long as only
 * whole texts are wanted, "100" is not yet a row that says "hundred". */
static void offer(struct search *search, uint32_t from, uint32_t to, uint32_t cost,
                  struct row *rows)
{
    if (!rows || cost >= search->ways[to].cost ||
        (search->whole && (to != search->last || cost > 1)))
        return;
    const struct lattice *lattice = search->lattice;
    struct gap gap = {from != 0, to != search->last,
                      lattice_number_before(lattice, from) && lattice_number_after(lattice, to)};
    struct row *row = pick(search->composer, rows, gap);
    if (row)
        search->ways[to] = (struct way){row, from, cost};
}

/* Follows all rows that begin at `from`. */
static void follow(struct search *search, uint32_t from)
{
    const struct index *index = search->composer->index;
    push(search, from, 0, search->ways[from].cost + 1);
    while (search->depth > 0 && !search->broken && search->steps++ < STEPS_MOST) {
        struct visit visit = search->stack[--search->depth];
        if (visit.place)
            offer(search, from, visit.node, visit.cost, index_rows(index, visit.place));
        /* The first word of a node is to be on top of the stack. */
        size_t before = search->depth;
        for (const struct word *word = lattice_first(search->lattice, visit.node); word;
             word = lattice_next(search->lattice, word)) {
            uint32_t place = index_step(index, visit.place, word->atom);
            if (place)
                push(search, word->to, place, visit.cost + UNLIKELY * word->penalty);
        }
        for (size_t i = before, k = search->depth; i + 1 < k; i++) {
            struct visit swapped = search->stack[--k];
            search->stack[k] = search->stack[i];
            search->stack[i] = swapped;
        }
    }
    search->depth = 0;
}

static enum limber_status take_way(const struct search *search, struct parts *parts)
{
    const struct way *end = &search->ways[search->last];
    if (end->cost == UINT32_MAX)
        return LIMBER_NOT_FOUND;
    size_t count = 0;
    for (const struct way *way = end; way->row; way = &search->ways[way->from])
        count++;
    if (parts->count + count > PARTS_MOST)
        return LIMBER_LIMIT;
    parts->count += count;
    size_t at = parts->count;
    for (const struct way *way = end; way->row; way = &search->ways[way->from]) {
        parts->rows[--at] = way->row;
        parts->ends[at] = way == end;
    }
    return LIMBER_OK;
}

enum limber_status compose_sentence(struct composer *composer, const char *key, bool whole,
                                    struct parts *parts)
{
    struct lattice *lattice = lattice_new(composer->index, key);
    if (!lattice)
        return LIMBER_LIMIT;
    uint32_t count = lattice_nodes(lattice);
    struct search search = {.composer = composer, .lattice = lattice, .whole = whole};
    enum limber_status status = LIMBER_NO_MEMORY;
    search.last = count - 1;
    search.ways = malloc(count * sizeof *search.ways);
    if (!search.ways)
        goto out;
    for (uint32_t i = 0; i < count; i++)
        search.ways[i] = (struct way){.cost = i == 0 ? 0 : UINT32_MAX};
    for (uint32_t i = 0; i + 1 < (whole ? 2 : count) && !search.broken; i++)
        if (search.ways[i].cost < UINT32_MAX)
            follow(&search, i);
    if (!search.broken)
        status = take_way(&search, parts);
out:
    free(search.stack);
    free(search.ways);
    lattice_free(lattice);
    return status;
}

/* --- sentences --- */

struct sentences {
    const char *starts[SENTENCES_MOST + 1]; /* the last: the end of the text */
    size_t count;
    bool whole; /* none may be put together from parts */
};

/* Behind the marks that end a sentence at `at`; NULL: none does. */
static const char *sentence_end(const char *at)
{
    const char *from = at;
    for (;;) {
        if (*at && strchr(".!?", *at))
            at++;
        else if (strncmp(at, "\xE2\x80\xA6", 3) == 0) /* … */
            at += 3;
        else
            break;
    }
    if (at == from)
        return NULL;
    for (;;) {
        if (*at && strchr("\"')]", *at))
            at++;
        else if (strncmp(at, "\xE2\x80\x9C", 3) == 0 || strncmp(at, "\xE2\x80\x9D", 3) == 0 ||
                 strncmp(at, "\xE2\x80\x99", 3) == 0)
            at += 3;
        else if (strncmp(at, "\xC2\xBB", 2) == 0 || strncmp(at, "\xC2\xAB", 2) == 0)
            at += 2;
        else
            break;
    }
    return *at == '\0' || strchr(" \t\r\n", *at) ? at : NULL;
}

/* The key of a piece of a text. */
static enum limber_status piece_key(const char *from, const char *to, char *key, size_t size)
{
    char piece[PACK_TEXT_MOST + 1];
    size_t length = (size_t)(to - from);
    if (length > PACK_TEXT_MOST)
        return LIMBER_LIMIT;
    memcpy(piece, from, length);
    piece[length] = '\0';
    return key_make(piece, key, size);
}

/* Sentences without words belong to the one after them. */
static void split(const char *text, struct sentences *sentences)
{
    char key[4 * PACK_TEXT_MOST];
    const char *start = text;
    sentences->count = 0;
    for (const char *at = text; *at; at++) {
        const char *end = sentence_end(at);
        if (!end)
            continue;
        if (sentences->count < SENTENCES_MOST - 1 &&
            piece_key(start, end, key, sizeof key) == LIMBER_OK) {
            sentences->starts[sentences->count++] = start;
            start = end;
        }
        at = end - 1;
    }
    if (piece_key(start, start + strlen(start), key, sizeof key) == LIMBER_OK)
        sentences->starts[sentences->count++] = start;
    sentences->starts[sentences->count] = text + strlen(text);
}

/* Says the sentences from..to: one by a composition, more by one row. */
static enum limber_status say_span(struct composer *composer, const struct sentences *sentences,
                                   size_t from, size_t to, struct parts *parts)
{
    char key[4 * PACK_TEXT_MOST];
    enum limber_status status =
        piece_key(sentences->starts[from], sentences->starts[to], key, sizeof key);
    parts->count = 0;
    bool whole = sentences->whole || to - from > 1;
    return status == LIMBER_OK ? compose_sentence(composer, key, whole, parts) : status;
}

static enum limber_status append(struct parts *to, const struct parts *from)
{
    if (to->count + from->count > PARTS_MOST)
        return LIMBER_LIMIT;
    memcpy(to->rows + to->count, from->rows, from->count * sizeof *from->rows);
    memcpy(to->ends + to->count, from->ends, from->count * sizeof *from->ends);
    to->count += from->count;
    return LIMBER_OK;
}

/* The fewest rows for all sentences; each stands in one row with its whole span. */
static enum limber_status say_sentences(struct composer *composer,
                                        const struct sentences *sentences, struct parts *parts)
{
    size_t costs[SENTENCES_MOST + 1] = {0}, nexts[SENTENCES_MOST + 1] = {0};
    struct parts span;
    for (size_t from = sentences->count; from-- > 0;) {
        costs[from] = SIZE_MAX;
        for (size_t to = from + 1; to <= sentences->count && to <= from + SPAN_MOST; to++) {
            if (costs[to] == SIZE_MAX ||
                say_span(composer, sentences, from, to, &span) != LIMBER_OK ||
                costs[to] + span.count >= costs[from])
                continue;
            costs[from] = costs[to] + span.count;
            nexts[from] = to;
        }
    }
    if (costs[0] == SIZE_MAX)
        return LIMBER_NOT_FOUND;
    enum limber_status status = LIMBER_OK;
    for (size_t from = 0; status == LIMBER_OK && from < sentences->count; from = nexts[from]) {
        status = say_span(composer, sentences, from, nexts[from], &span);
        if (status == LIMBER_OK)
            status = append(parts, &span);
    }
    return status;
}

enum limber_status compose(struct composer *composer, const char *text, struct parts *parts)
{
    char key[4 * PACK_TEXT_MOST];
    struct sentences sentences;
    parts->count = 0;
    enum limber_status status = key_make(text, key, sizeof key);
    if (status != LIMBER_OK)
        return status;
    status = compose_sentence(composer, key, true, parts);
    if (status != LIMBER_NOT_FOUND)
        return status;
    split(text, &sentences);
    sentences.whole = key_hides_words(text);
    if (sentences.count > 1) {
        status = say_sentences(composer, &sentences, parts);
        if (status != LIMBER_NOT_FOUND)
            return status;
    }
    /* A full stop need not end a sentence: "approx. 12 seconds". */
    parts->count = 0;
    return sentences.whole ? LIMBER_NOT_FOUND : compose_sentence(composer, key, false, parts);
}

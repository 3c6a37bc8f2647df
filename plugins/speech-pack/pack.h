/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pack.h: shared by the files of speech-pack.
 *
 * A text goes: key (what is compared) → atoms (words, numbers taken apart) → parts (rows of the
 * table that together say it) → clips, joined. */
#ifndef SPEECH_PACK_PACK_H
#define SPEECH_PACK_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limber/pack.h"

#define PACK_VERSION "1.0"

#define PACK_TEXT_MOST  2000 /* bytes of a text */
#define PACK_FILE_MOST  1000 /* bytes of a file's name in the table */
#define PACK_ROWS_MOST  20000
#define PACK_TABLE_MOST (8 * 1024 * 1024) /* bytes of the table */

/* --- key.c: the form in which texts are compared --- */

/* As limber_pack.key(). */
enum limber_status key_make(const char *text, char *buffer, size_t size);
/* Whether the text begins or ends with "…" or "...", so that it goes on there. */
bool key_opens_left(const char *text);
bool key_opens_right(const char *text);
/* Whether the text has marks that are spoken but are not in its key ("50 %", "10-12"): such a text
 * can be recorded as a whole, but not be put together from its words. */
bool key_hides_words(const char *text);

/* --- table.c: the lines of clips.csv --- */

struct row {
    int line;
    char *text, *key, *file; /* NULL all three: the line could not be read, `problem` says why */
    char *path;              /* absolute, once it is known to be a file of the pack */
    char *problem;           /* why it cannot be used, or NULL */
    bool checked;            /* its file was looked for */
    bool opens_left, opens_right;
    bool number;      /* nothing but words of numbers: joins what is around it */
    bool connector;   /* only such words as stand between numbers: "and", "und", "et" */
    struct row *next; /* the next one of the same words, in the order of the table */
};

struct table {
    struct row *rows;
    size_t count, room;
    uint64_t hash; /* of the file's bytes */
};

/* Reads a table. On an error writes why into `reason`. A line that cannot be read is a row with a
 * problem. Errors: INVALID (not a table), LIMIT, NO_MEMORY. The table is to be freed in any
 * case. */
enum limber_status table_parse(struct table *table, const char *data, size_t size, char *reason,
                               size_t reason_size);
void table_free(struct table *table);
uint64_t table_hash(uint64_t hash, const void *data, size_t size); /* FNV-1a; 0 to begin */

/* --- place.c: the files of a pack, and none other --- */

/* The absolute path of `name` in `root` (itself absolute, without links), malloc'ed; or NULL with a
 * reason: it leads out of the folder, is no regular file, or is not there. */
char *place_find(const char *root, const char *name, char *reason, size_t size);
/* Looks for the row's file once; true if the row can be used. */
bool place_check(const char *root, struct row *row);

/* --- numerals.c: how languages count, as data --- */

struct numerals {
    const char *language; /* primary subtag */
    /* Words separated by '|'. Within one, ' ' stands between the words that are written apart and
     * '+' between those that are written together ("ein+und+zwanzig"). All in the form of keys. */
    const char *units;        /* 0 … 19, or further */
    const char *tens;         /* 20, 30 … 90 */
    const char *exact;        /* 100, where nothing follows; NULL: as hundreds */
    const char *hundreds;     /* 100, 200 … 900 */
    const char *ten_unit;     /* 21 … 99: T is the ten, U the unit */
    const char *ten_one;      /* those that end in 1, where they differ; or NULL */
    const char *hundred_rest; /* 101 … 999: H the hundred, R the rest */
    const char *special;      /* "71=soixante et onze|…", used as the rest as well; or NULL */
    /* Other forms of the same numbers, separated by '|': the first is ever "" (as above); NULL:
     * none. Each is a list of changes "from>to" separated by ','. A change is of the last word;
     * with '=' before it, of the only word; with '^', of the first word of a number over 99; with
     * '*', of any word. */
    const char *forms;
    /* Which form digits take before a word: "FORM:beginnings of words separated by spaces|…". */
    const char *agreement;
    const char *spellings;  /* changes within words written together, each tried: "from>to,…" */
    const char *aliases;    /* words that are the same as another: "from>to,…" */
    const char *connectors; /* words separated by spaces */
    const char *also;       /* further words of numbers, separated by spaces */
};

/* NULL: a language whose numbers are not known here. */
const struct numerals *numerals_find(const char *language);

/* --- number.c: numbers as words --- */

#define NUMBER_MOST  999
#define NUMBER_FORMS 16 /* of one number */
#define NUMBER_TEXT  160

/* Writes the different forms of a number, 0 … 999, as words separated by ' ' and '+'; the form
 * `likely` (see number_form_before()) first. Returns how many there are, 1 at least. */
size_t number_forms(const struct numerals *numerals, int number, int likely,
                    char forms[NUMBER_FORMS][NUMBER_TEXT]);
/* The form that digits take before `next` (a key's word, or NULL). */
int number_form_before(const struct numerals *numerals, const char *next);
/* 0 … 999 if `word` is such a number in digits, else −1. */
int number_of_digits(const char *word, size_t length);

/* --- words.c: words as small integers, numbers taken apart --- */

struct words;

#define WORDS_NONE UINT32_MAX /* a word that is in no row */

enum word_kind { WORD_PLAIN = 0, WORD_NUMBER = 1, WORD_CONNECTOR = 2 };

/* The words of a language; NULL: no memory. */
struct words *words_new(const struct numerals *numerals);
void words_free(struct words *words);
uint32_t words_find(const struct words *words, const char *word, size_t length);
/* As words_find(), and makes it known. WORDS_NONE: no memory. */
uint32_t words_add(struct words *words, const char *word, size_t length, enum word_kind kind);
enum word_kind words_kind(const struct words *words, uint32_t atom);
/* What a word that is written together consists of: their number, and in *atoms them; 0: not such a
 * word, *atoms untouched. */
size_t words_split(const struct words *words, const char *word, size_t length,
                   const uint32_t **atoms);

/* --- index.c: rows by their words --- */

struct index;

/* `rows` stay the caller's, and get number, connector and next. NULL: no memory. */
struct index *index_new(const struct numerals *numerals, struct table *table);
void index_free(struct index *index);
const struct words *index_words(const struct index *index);
const struct numerals *index_numerals(const struct index *index);
/* The place after `atom` from place `from` (0: the beginning); 0: no row goes on like that. */
uint32_t index_step(const struct index *index, uint32_t from, uint32_t atom);
/* The rows whose words end here, or NULL. */
struct row *index_rows(const struct index *index, uint32_t place);

/* --- lattice.c: a text as the ways in which its words can be said --- */

struct lattice;

/* NULL: too long, or no memory. */
struct lattice *lattice_new(const struct index *index, const char *key);
void lattice_free(struct lattice *lattice);
/* Nodes 0 … count − 1, in an order in which every word leads forward; the text goes from the first
 * to the last. */
uint32_t lattice_nodes(const struct lattice *lattice);
struct word {
    uint32_t atom, to, next; /* `next`: another word from the same node, plus 1; 0: none */
    uint32_t penalty;        /* > 0: of a less likely form of a number */
};
const struct word *lattice_first(const struct lattice *lattice, uint32_t node);
const struct word *lattice_next(const struct lattice *lattice, const struct word *word);
/* Whether a word of a number leads here, and on from here. */
bool lattice_number_before(const struct lattice *lattice, uint32_t node);
bool lattice_number_after(const struct lattice *lattice, uint32_t node);

/* --- compose.c: which rows say a text --- */

#define PARTS_MOST 256 /* of one text */

struct parts {
    struct row *rows[PARTS_MOST];
    bool ends[PARTS_MOST]; /* a sentence ends with this part */
    size_t count;
};

struct composer {
    const struct index *index;
    const char *root;
    uint64_t seed;
    bool lenient; /* rows with a problem are used too: tells what would be said without it */
};

/* The fewest rows that say `text`. Errors: NOT_FOUND, INVALID (as key_make()), LIMIT, NO_MEMORY. */
enum limber_status compose(struct composer *composer, const char *text, struct parts *parts);
/* The fewest rows that say one sentence, appended to `parts`; `whole`: one row only. */
enum limber_status compose_sentence(struct composer *composer, const char *key, bool whole,
                                    struct parts *parts);

/* --- level.c: as loud as one another --- */

struct soundread_pcm;

/* Root mean square of what is not pause. */
double level_of(const struct soundread_pcm *pcm);
/* The factors, 6 dB at most, that bring `count` clips to their mean level; none gets over full
 * scale by it. One clip stays as it is. */
void level_gains(const double *levels, const float *peaks, size_t count, float *gains);

/* --- join.c: clips one after the other --- */

#define JOIN_PART_MS     40  /* between parts of a sentence */
#define JOIN_SENTENCE_MS 260 /* between sentences */

struct join;

struct join *join_new(void); /* NULL: no memory */
void join_free(struct join *join);
/* Reads a file (mono, its own silence cut off) to the end of what is there. `ends`: a sentence does
 * so with it. On an error writes why into `reason` and changes nothing. */
enum limber_status join_add(struct join *join, const char *path, bool ends, char *reason,
                            size_t size);
/* Hands all over, levelled, at the highest rate among the clips. Once. */
enum limber_status join_write(struct join *join, const struct limber_speech_writer *writer);
/* One file as it is. */
enum limber_status join_copy(const char *path, const struct limber_speech_writer *writer,
                             bool *heard, char *reason, size_t size);

#endif

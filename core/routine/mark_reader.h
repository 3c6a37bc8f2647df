/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark_reader.h: private to the mark grammar: a mark cut into words, and what can be said of it. */
#ifndef ROUTINE_MARK_READER_H
#define ROUTINE_MARK_READER_H

#include "routine/mark.h"

#define MARK_MAX_WORDS 8
#define MARK_MAX_BYTES 120
#define MARK_MAX_REPS  1000
#define MARK_MAX_SETS  100
#define MARK_MAX_COUNT 100
#define MARK_MAX_NS    (INT64_C(4) * 3600 * NSEC_PER_SEC)

struct word {
    const char *text;
    size_t length;
};

struct mark_reader {
    struct word whole;
    struct word words[MARK_MAX_WORDS];
    size_t count;
    struct place place; /* of whole.text */
    struct arena *arena;
    struct diags *diags; /* NULL: quiet, for trying suggestions */
    bool (*sound_exists)(void *context, const char *name);
    void *context;
};

/* What follows a kind's keyword. */
enum mark_shape {
    SHAPE_PLAIN,  /* nothing: `shuffle` */
    SHAPE_COUNTS, /* a count before it: `10 reps` */
    SHAPE_COUNT,  /* a count after it: `pick 3` */
    SHAPE_TIME,   /* a duration: `hold 30s` */
    SHAPE_OTHER
};

struct mark_form {
    const char *name;
    enum mark_shape shape;
    int64_t limit;       /* of the count */
    const char *example; /* a mark of this kind, for hints */
};
const struct mark_form *mark_form(enum mark_kind kind);

/* Cuts `text` into words. False: too long, or too many words. */
bool mark_reader_cut(struct mark_reader *reader, const char *text, size_t length);
/* Reads the words as a mark; reports what is wrong unless quiet. */
bool mark_read(const struct mark_reader *reader, struct mark *mark);
/* Records an error under `at` (a part of the reader's text); returns false. Without a hint of its
 * own, it proposes the nearest mark, if there is one. */
bool mark_fail(const struct mark_reader *reader, struct word at, const char *hint,
               const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The mark that was probably meant, as its text, or NULL. */
const char *mark_suggest(const struct mark_reader *reader);
/* Another way in which people name the thing: "pause" → "wait"; NULL if there is none. */
const char *mark_synonym(struct word word);

/* `30`, `seconds` → `30s`; empty if the second word is no unit. */
struct word mark_short_unit(const struct mark_reader *reader, struct word number, struct word word);

bool word_is(struct word word, const char *text);
char *word_copy(struct word word, struct arena *arena);
/* A whole number without sign: 10. */
bool word_is_number(struct word word);
bool word_is_digits_first(struct word word);
/* Whether it has the form of a sound's name: [a-z][a-z0-9-]*. */
bool word_is_name(struct word word);
bool mark_is_builtin_sound(const char *name);
bool mark_sound_exists(const struct mark_reader *reader, struct word word);
extern const char *const mark_builtin_sounds[];
extern const size_t mark_builtin_sound_count;

/* `30s`, `15-30s`, `30s-3min`, `1:00-1:30` */
bool mark_read_time(const struct mark_reader *reader, struct word word, struct range *range);
/* `10`, `8-12`, each 1 … limit. `what` names the thing counted, for messages. */
bool mark_read_amount(const struct mark_reader *reader, struct word word, int64_t limit,
                      const char *what, struct range *range);
/* `4-7-8` */
bool mark_read_pattern(const struct mark_reader *reader, struct word word, nsec pattern[4]);
/* A number with at most three decimals. */
bool mark_read_decimal(struct word word, double *value);

/* Shortest text of a duration that reads back the same: "60s", "2min", "2m30s", "1.5s". */
char *mark_time_text(nsec time, struct arena *arena);
char *mark_range_text(const struct range *range, bool is_time, struct arena *arena);
/* At most three decimals, point whatever the locale. */
char *mark_decimal_text(double value, struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phrases_inside.h: what the files of phrases share. Private to core/plan/phrases*.c. */
#ifndef PLAN_PHRASES_INSIDE_H
#define PLAN_PHRASES_INSIDE_H

#include "base/arena.h"
#include "plan/phrases.h"
#include "plan/plural.h"

#define NUMBERS_LEAST 61 /* zero to sixty */
#define NUMBERS_MOST  201

struct entry {
    const char *key, *text; /* text NULL: turned off */
};

/* "numbers feminine": where it differs from counting. */
struct number_form {
    const char *name;         /* "feminine" */
    const char *const *words; /* NUMBERS_MOST; NULL: as in counting */
};

struct phrases {
    struct arena *arena;
    const char *language, *path;
    const char *rules;           /* of plurals */
    const struct entry *entries; /* by key */
    size_t count;
    const char *numbers[NUMBERS_MOST]; /* counting aloud; NULL after the last */
    const struct number_form *forms;
    size_t form_count;
};

/* What forms a phrase may be given in. */
enum forms {
    FORMS_PLURAL = 1, /* by number: "one", "few"…, or an exact number, "0" */
    FORMS_UNIT = 2,   /* by the unit of a duration, phrases_units */
    FORMS_SIDE = 4,   /* "left", "right" */
};

struct known_phrase {
    const char *key, *placeholders; /* "{number}{total}" */
    unsigned forms;
    bool optional; /* a file may do without; it is not said then */
};

extern const struct known_phrase phrases_known[]; /* ends with key NULL */
extern const char *const phrases_units[];         /* ends with NULL */

/* The entry of exactly this key, or NULL. */
const struct entry *phrases_lookup(const struct phrases *phrases, const char *key);
/* The entry that is said for this variant (NULL: none) and number (−1: none), or NULL. */
const struct entry *phrases_choose(const struct phrases *phrases, const char *key,
                                   const char *variant, int64_t number);
const struct number_form *phrases_form(const struct phrases *phrases, const char *name,
                                       size_t length);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* needs_inside.h: what the files of needs share. Private to core/studio. */
#ifndef STUDIO_NEEDS_INSIDE_H
#define STUDIO_NEEDS_INSIDE_H

#include "base/arena.h"
#include "base/vec.h"
#include "plan/plan.h"
#include "studio/needs.h"

/* --- needs_vary.c: all the forms that a routine can take --- */

struct variant {
    const struct routine *routine; /* itself, or a copy with another order of its moves */
    struct plan_options options;
    bool real; /* somebody may hear exactly this; else only its sentences are true, not its times */
};

/* Calls `each` for every variant, the most usual one first, until it returns false. What it gets is
 * valid during the call. */
void vary_each(const struct routine *routine, const char *phrase_folder,
               bool (*each)(void *context, const struct variant *variant), void *context);
/* Whether the sentence at `place` speaks of the time that is left. */
bool vary_speaks_of_time(const struct routine *routine, struct place place);

/* --- needs_parts.c: what a sentence with numbers is made of --- */

/* A language's number words, as tokens. */
struct number_words {
    struct arena *arena;
    VEC(const char *) words; /* lower case, one space between words */
};
void parts_learn(struct number_words *numbers, const char *word);
/* The place of a number word among those learnt, from 1; 0: it is none. */
size_t parts_number(const struct number_words *numbers, const char *text);
/* Puts the parts of `text` into the arena; returns how many: 0 when there is no number in it, or
 * nothing but one. */
size_t parts_of(const struct number_words *numbers, const char *text, struct arena *arena,
                const char *const **parts);

#endif

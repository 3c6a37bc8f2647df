/* SPDX-License-Identifier: GPL-3.0-or-later */
/* needs.h: every sentence that routines make a voice say, whatever is chosen: all levels and
 * details, every move that pick or shuffle may choose, wherever it may stand, both sides, counts
 * and announcements. Nothing is synthesised: plans are made and read. [main] */
#ifndef STUDIO_NEEDS_H
#define STUDIO_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

struct needs;

/* One sentence, once however often it is heard. */
struct need {
    const char *text;
    const char *file;    /* the page that says it first; NULL: the player says it by itself */
    int line;            /* in `file`; 0 without one */
    const char *phrase;  /* key of the player's sentence ("halfway", "number"); NULL: of a page */
    const char *routine; /* the first that needs it, as named; NULL: only the language's phrases */
    const char *move;    /* what it is heard in; NULL: between moves, or `routine` is NULL */
    const char *before;  /* what is said before it there; NULL: nothing */
    size_t number;       /* a number word: its place in the language's list, from 1; else 0 */
    size_t times;        /* most often heard in one session, summed over the routines */
    /* What it could be put together from: "Round two of three." from "Round …", "two", "… of …",
     * "three". Only of the player's sentences with numbers; else 0. */
    const char *const *parts;
    size_t part_count;
};

/* What one routine needs. */
struct needs_routine {
    const char *name, *path, *title, *language; /* language: of the page that is played */
    const size_t *needs;                        /* indices, in the order in which they are heard */
    size_t count;
    size_t foreign; /* sentences in other languages, which other voices speak */
    bool broken;    /* it has errors, which are in the diags: nothing is known of it */
};

/* `language`: BCP 47, of the voice. Phrases come from `phrase_folder`. */
struct needs *needs_new(const char *language, const char *phrase_folder);
void needs_destroy(struct needs *needs);

/* From here on, routines whose page is in another language are passed over (OK), although some of
 * their moves may be translated. */
void needs_skip_foreign(struct needs *needs);
/* Adds what a routine needs; `name` is how it is called for people. The page in the language of the
 * voice is preferred (NAME.de.md). Its warnings are dropped, its errors go into `diags`. Errors:
 * INVALID (the routine is listed as broken). */
enum limber_status needs_add_routine(struct needs *needs, const char *name, const char *path,
                                     struct diags *diags);
/* Adds what the player says by itself in the language, needed by a routine or not. Errors: INVALID
 * (the phrase file), NOT_FOUND (none in this language). */
enum limber_status needs_add_phrases(struct needs *needs, struct diags *diags);

size_t needs_count(const struct needs *needs);
const struct need *needs_get(const struct needs *needs, size_t index); /* until the next add */
size_t needs_routine_count(const struct needs *needs);
const struct needs_routine *needs_routine(const struct needs *needs, size_t index);

#endif

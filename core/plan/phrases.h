/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phrases.h: the sentences the player itself says, by language. One YAML file a language
 * (phrases/en.yaml, docs/languages.md); immutable once loaded. */
#ifndef PLAN_PHRASES_H
#define PLAN_PHRASES_H

#include "base/diag.h"
#include "base/units.h"

struct arena;
struct phrases;

/* The user's and the program's folder of phrases, as phrases_load() takes them; NULL if the program
 * has none. In the arena. */
const char *phrases_folders(struct arena *arena);
/* Loads <language>.yaml, or the file of its primary language ("en-GB" → en.yaml), or, with a
 * warning, en.yaml, each from the first of the `folders` (a path a line) that has it. NULL with an
 * error in `diags`. */
struct phrases *phrases_load(const char *folders, const char *language, struct diags *diags);
/* Loads this file as that of `language`, and nothing else. */
struct phrases *phrases_load_file(const char *path, const char *language, struct diags *diags);
void phrases_destroy(struct phrases *phrases);
/* The language the phrases are spoken in: as asked for, or "en" when there was no file for it. */
const char *phrases_language(const struct phrases *phrases);
/* The file they came from. */
const char *phrases_path(const struct phrases *phrases);

/* The phrase with its {placeholders} filled in from `pairs` (name, value, name, value…, NULL), or
 * NULL if the file leaves it empty (turned off). In the arena where something was filled in; else
 * the phrases' own text, which is gone with them. Numbers are given in digits and said in words:
 * {number} as counted, {number feminine} as in the file's “numbers feminine”. {Name} is the value
 * of "name" with a capital. The value of "number" also chooses the plural form. Two names are no
 * placeholders: "=number" chooses the form when there is no "number", "=variant" one of several
 * sentences ("left", "minute"). */
const char *phrases_say(const struct phrases *phrases, struct arena *arena, const char *key,
                        const char *const *pairs);
/* "eleven", as in counting; "101" beyond the file's list. */
const char *phrases_number(const struct phrases *phrases, struct arena *arena, int64_t number);
/* "thirty seconds", "two and a half minutes", "eleven minutes"; `rounded` to whole minutes from 90
 * s up. */
const char *phrases_duration(const struct phrases *phrases, struct arena *arena, nsec time,
                             bool rounded);
/* A phrase about a time ("left", "answer.more"…), in the form that goes with its {duration}; NULL
 * if turned off. */
const char *phrases_timed(const struct phrases *phrases, struct arena *arena, const char *key,
                          nsec time, bool rounded);
/* "Thirty seconds left."; NULL if turned off. */
const char *phrases_left(const struct phrases *phrases, struct arena *arena, nsec time,
                         bool rounded);
/* What a voice pack should record: all sentences without placeholders, and of those with numbers,
 * times and sides usual ones, which give the parts for others; none with names of moves or pages.
 * One call of `each` a sentence; numbers alone have the key "number". */
void phrases_each(const struct phrases *phrases,
                  void (*each)(void *context, const char *key, const char *text), void *context);

#endif

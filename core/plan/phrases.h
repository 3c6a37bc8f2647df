/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phrases.h: the sentences the player itself says, by language. One YAML file a language
 * (phrases/en.yaml); immutable once loaded. */
#ifndef PLAN_PHRASES_H
#define PLAN_PHRASES_H

#include "base/diag.h"
#include "base/units.h"

struct phrases;

/* Loads <folder>/<language>.yaml, or the file of its primary language ("en-GB" → en.yaml), or, with
 * a warning, en.yaml. NULL with an error in `diags`. */
struct phrases *phrases_load(const char *folder, const char *language, struct diags *diags);
void phrases_destroy(struct phrases *phrases);
/* The language the phrases are spoken in: as asked for, or "en" when there was no file for it. */
const char *phrases_language(const struct phrases *phrases);
/* The phrase with its {placeholders} filled in from `pairs` (name, value, name, value…, NULL), in
 * the arena; NULL if the file leaves it empty (turned off). */
const char *phrases_say(const struct phrases *phrases, struct arena *arena, const char *key,
                        const char *const *pairs);
/* "eleven", "21" beyond the file's list. */
const char *phrases_number(const struct phrases *phrases, struct arena *arena, int64_t number);
/* "thirty seconds", "two and a half minutes", "eleven minutes"; `rounded` to whole minutes from 90
 * s up. */
const char *phrases_duration(const struct phrases *phrases, struct arena *arena, nsec time,
                             bool rounded);
/* All sentences without placeholders, and those with numbers for each number in the list: what a
 * voice pack should record. One call of `each` a sentence. */
void phrases_each(const struct phrases *phrases,
                  void (*each)(void *context, const char *key, const char *text), void *context);

#endif

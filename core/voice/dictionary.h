/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dictionary.h: words and phrases that an engine says wrongly → how to spell them for it. */
#ifndef VOICE_DICTIONARY_H
#define VOICE_DICTIONARY_H

#include <stddef.h>

struct diags;
struct dictionary;

/* Reads YAML files of "word or phrase: respelling". Earlier files win. Faults go into `diags`; what
 * is right is used. Never NULL. */
struct dictionary *dictionary_load(const char *const *paths, size_t count, struct diags *diags);
void dictionary_destroy(struct dictionary *dictionary);

/* The text with every word or phrase of the dictionary respelt: whole words, whatever their case,
 * the longest phrase first; what was put in is not looked at again. malloc'ed. */
char *dictionary_apply(const struct dictionary *dictionary, const char *text);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* str.h: a growing string, and small helpers for text. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
    char *data; /* NUL-terminated once anything was added; NULL before */
    size_t length, capacity;
};

void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const char *bytes, size_t count);
void str_add_char(struct str *s, char c);
void str_printf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Hands over the heap string (never NULL; free() it) and empties `s`. */
char *str_steal(struct str *s);
void str_free(struct str *s);
/* The text so far, "" when empty; valid until the next change. */
const char *str_text(const struct str *s);

bool str_starts_with(const char *text, const char *prefix);
bool str_ends_with(const char *text, const char *suffix);
/* Case-insensitive for ASCII letters only, whatever the locale. */
bool str_equal_nocase(const char *a, const char *b);

/* Decodes the character at `*text` (before `end`) and moves past it. Returns the code point, or −1
 * for malformed UTF-8 (overlong forms, surrogates and values above U+10FFFF included), having moved
 * one byte. */
int str_utf8_next(const char **text, const char *end);
/* The offset of the first malformed byte, or −1 if all `length` bytes are valid UTF-8. */
long str_utf8_invalid_at(const char *text, size_t length);
/* Display columns of a UTF-8 text (wcwidth-like: wide and combining characters count right). */
int str_columns(const char *text, size_t length);

/* The candidate nearest to `word` by edit distance with transpositions, ignoring case, or NULL if
 * none is near (more than a third of the word, at least 1, would have to change). */
const char *str_nearest(const char *word, const char *const *candidates, size_t count);

#endif

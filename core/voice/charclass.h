/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charclass.h: which characters can be spoken. Own tables, independent of the locale. */
#ifndef VOICE_CHARCLASS_H
#define VOICE_CHARCLASS_H

#include <stdbool.h>

/* A letter, mark or digit of a script that speech engines read. [any] */
bool charclass_is_word(int character);
bool charclass_is_digit(int character); /* 0 … 9 only */
bool charclass_is_upper(int character); /* capitals of ASCII, Latin-1, Greek, Cyrillic */
bool charclass_is_mark(int character);  /* combines with the letter before it */
/* Vanishes without leaving a gap: zero-width, bidirectional, soft hyphen, variation selectors. */
bool charclass_is_invisible(int character);
/* The ASCII sentence punctuation that a character stands for: one of . , ; : ! ? or 0. */
char charclass_punctuation(int character);
/* The same letter in small; for comparing (ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic). */
int charclass_fold(int character);

#endif

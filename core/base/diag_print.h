/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag_print.h: how one diagnostic looks. For diag.c only. */
#ifndef BASE_DIAG_PRINT_H
#define BASE_DIAG_PRINT_H

#include "base/diag.h"

struct str;

struct diag {
    enum severity severity;
    struct place place;
    const char *message, *hint; /* clean: see diag_add_shown() */
};

void diag_print(const struct diag *diag, FILE *to, bool color);

/* Appends the character at *text (before `end`) and moves past it: itself, or '?' when it is a
 * control character, changes the direction of writing, or is malformed. */
void diag_add_shown(struct str *out, const char **text, const char *end);

/* The offset after the last byte of a line, its line end not included. */
size_t source_line_end(const struct source *source, int line);

#endif

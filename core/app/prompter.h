/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompter.h: the sentence to be read aloud, on the terminal: large and calm, a level below it.
 * Without a terminal, or when asked, plain lines that a screen reader can read. [main] */
#ifndef APP_PROMPTER_H
#define APP_PROMPTER_H

#include <stdio.h>

#include "studio/record.h"
#include "studio/sheet.h"

struct prompter;

/* `columns` 0: not a terminal. `plain`: whole lines only. */
struct prompter *prompter_new(FILE *to, int columns, bool color, bool plain, bool hands_free);
void prompter_destroy(struct prompter *prompter); /* takes the line at the bottom away */
void prompter_resize(struct prompter *prompter, int columns);

/* A sentence of `total`. */
void prompter_show(struct prompter *prompter, const struct sheet_line *line, size_t total);
/* What the keys do now. */
void prompter_keys(struct prompter *prompter, const struct record *record);
/* The line at the bottom; call as often as you like. */
void prompter_status(struct prompter *prompter, const struct record *record);
/* What a take is like, and what is wrong with it. */
void prompter_take(struct prompter *prompter, const struct record_take *take);
/* A message. */
void prompter_say(struct prompter *prompter, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Takes the line at the bottom away until the next status. */
void prompter_clear(struct prompter *prompter);

#endif

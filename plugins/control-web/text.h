/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h: a text that grows, up to a bound. */
#ifndef WEB_TEXT_H
#define WEB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *data; /* NULL: nothing yet; else with a NUL behind it */
    size_t size, room;
    bool failed; /* it did not fit, or there was no memory: what is there is worth nothing */
};

/* Adds up to `most` bytes in all. */
bool text_add(struct text *text, const char *data, size_t size, size_t most);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "…" of JSON. Bytes must be UTF-8. */
void text_json(struct text *text, const char *string);
void text_free(struct text *text);

#endif

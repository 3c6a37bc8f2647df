/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.c: a text that grows, up to a bound. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRINTED_MOST (256 * 1024)

bool text_add(struct text *text, const char *data, size_t size, size_t most)
{
    if (text->failed || size > most || text->size > most - size) {
        text->failed = true;
        return false;
    }
    if (text->size + size + 1 > text->room) {
        size_t room = text->room ? text->room : 512;
        while (room < text->size + size + 1)
            room *= 2;
        char *grown = realloc(text->data, room);
        if (!grown) {
            text->failed = true;
            return false;
        }
        text->data = grown;
        text->room = room;
    }
    if (size > 0)
        memcpy(text->data + text->size, data, size);
    text->size += size;
    text->data[text->size] = '\0';
    return true;
}

void text_printf(struct text *text, const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof line)
        text->failed = true;
    else
        text_add(text, line, (size_t)length, PRINTED_MOST);
}

void text_json(struct text *text, const char *string)
{
    text_add(text, "\"", 1, PRINTED_MOST);
    for (; *string; string++) {
        if (*string == '"' || *string == '\\')
            text_printf(text, "\\%c", *string);
        else if ((unsigned char)*string < 0x20)
            text_printf(text, "\\u%04x", (unsigned)*string);
        else
            text_add(text, string, 1, PRINTED_MOST);
    }
    text_add(text, "\"", 1, PRINTED_MOST);
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){.data = NULL};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c: a command as a list of arguments. There is no shell and no quoting: what is put into an
 * argument stays in that argument, whatever it holds. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static const char *const names[PLACEHOLDER_COUNT] = {
    [PLACEHOLDER_TEXT] = "text",         [PLACEHOLDER_OUT] = "out",
    [PLACEHOLDER_LANGUAGE] = "language", [PLACEHOLDER_VOICE] = "voice",
    [PLACEHOLDER_VARIANT] = "variant",   [PLACEHOLDER_RATE] = "rate",
    [PLACEHOLDER_PITCH] = "pitch",       [PLACEHOLDER_RANGE] = "range",
    [PLACEHOLDER_LENGTH] = "length",     [PLACEHOLDER_SPEED] = "speed",
};

bool words_split(struct words *words, const char *text)
{
    *words = (struct words){0};
    if (!text) {
        return true;
    }
    bool one_line = !strchr(text, '\n') && access(text, F_OK) != 0;
    const char *ends = one_line ? " \t" : "\n";
    words->text = strdup(text);
    char *rest = NULL;
    for (char *item = words->text ? strtok_r(words->text, ends, &rest) : NULL; item;
         item = strtok_r(NULL, ends, &rest)) {
        if (words->count == WORDS_MOST) {
            return false;
        }
        words->items[words->count++] = item;
    }
    return words->text != NULL;
}

void words_free(struct words *words)
{
    free(words->text);
    *words = (struct words){0};
}

/* The length of "{name}" at `at`, and which it is (PLACEHOLDER_COUNT: no such); 0: plain text. */
static size_t placeholder_at(const char *at, enum placeholder *which)
{
    size_t length = at[0] == '{' ? strspn(at + 1, "abcdefghijklmnopqrstuvwxyz") : 0;
    if (length == 0 || at[1 + length] != '}') {
        return 0;
    }
    *which = PLACEHOLDER_TEXT;
    while (*which < PLACEHOLDER_COUNT &&
           (strlen(names[*which]) != length || strncmp(at + 1, names[*which], length) != 0)) {
        (*which)++;
    }
    return length + 2;
}

/* The next placeholder at or after `at`, or NULL. "{{" is a brace. */
static const char *next_placeholder(const char *at, enum placeholder *which, size_t *length)
{
    for (at = strchr(at, '{'); at; at = strchr(at, '{')) {
        *length = placeholder_at(at, which);
        if (*length > 0) {
            return at;
        }
        at += at[1] == '{' ? 2 : 1;
    }
    return NULL;
}

const char *words_unknown(const struct words *words, const struct words_values *values)
{
    static char unknown[64];
    for (size_t i = 0; i < words->count; i++) {
        enum placeholder which;
        size_t length = 0;
        for (const char *at = words->items[i]; (at = next_placeholder(at, &which, &length));
             at += length) {
            if (which == PLACEHOLDER_COUNT || !values->of[which]) {
                size_t most = length < sizeof unknown ? length : sizeof unknown - 1;
                memcpy(unknown, at, most);
                unknown[most] = '\0';
                return unknown;
            }
        }
    }
    return NULL;
}

bool words_use(const struct words *words, enum placeholder placeholder)
{
    for (size_t i = 0; i < words->count; i++) {
        enum placeholder which;
        size_t length = 0;
        for (const char *at = words->items[i]; (at = next_placeholder(at, &which, &length));
             at += length) {
            if (which == placeholder) {
                return true;
            }
        }
    }
    return false;
}

bool words_vary(const char *item)
{
    enum placeholder which;
    size_t length = 0;
    return next_placeholder(item, &which, &length) != NULL;
}

/* --- filling in --- */

struct buffer {
    char *text; /* NULL: only measuring */
    size_t used;
};

static void put(struct buffer *buffer, const char *text, size_t length)
{
    if (buffer->text) {
        memcpy(buffer->text + buffer->used, text, length);
    }
    buffer->used += length;
}

static void fill(const char *item, const struct words_values *values, struct buffer *buffer)
{
    while (*item) {
        enum placeholder which;
        size_t length = placeholder_at(item, &which);
        if (length > 0 && which < PLACEHOLDER_COUNT) {
            const char *value = values->of[which] ? values->of[which] : "";
            put(buffer, value, strlen(value));
            item += length;
        } else {
            put(buffer, item, 1);
            item += item[0] == '{' && item[1] == '{' ? 2 : 1;
        }
    }
    put(buffer, "", 1);
}

static char *filled(const char *item, const struct words_values *values, bool guard)
{
    struct buffer buffer = {.used = guard};
    fill(item, values, &buffer);
    buffer.text = malloc(buffer.used);
    if (buffer.text) {
        buffer.text[0] = ' ';
        buffer.used = guard;
        fill(item, values, &buffer);
    }
    return buffer.text;
}

char **words_fill(const struct words *words, const struct words_values *values)
{
    char **arguments = calloc(words->count + 1, sizeof *arguments);
    const char *text = values->of[PLACEHOLDER_TEXT];
    for (size_t i = 0; arguments && i < words->count; i++) {
        bool guard = text && text[0] == '-' && strcmp(words->items[i], "{text}") == 0 &&
                     (i == 0 || strcmp(words->items[i - 1], "--") != 0);
        arguments[i] = filled(words->items[i], values, guard);
        if (!arguments[i]) {
            words_free_filled(arguments);
            return NULL;
        }
    }
    return arguments;
}

void words_free_filled(char **arguments)
{
    for (size_t i = 0; arguments && arguments[i]; i++) {
        free(arguments[i]);
    }
    free(arguments);
}

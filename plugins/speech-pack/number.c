/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.c: from a language's data to the words of a number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"

/* A piece of a longer text. */
struct piece {
    const char *at;
    size_t length;
};

static bool piece_is(struct piece piece, const char *text, size_t length)
{
    return piece.length == length && memcmp(piece.at, text, length) == 0;
}

/* Takes the piece up to `separator` off the front of *list. False: there is none any more. */
static bool next_piece(const char **list, char separator, struct piece *piece)
{
    if (!*list)
        return false;
    const char *end = strchr(*list, separator);
    *piece = (struct piece){*list, end ? (size_t)(end - *list) : strlen(*list)};
    *list = end ? end + 1 : NULL;
    return true;
}

static bool nth(const char *list, int n, char separator, struct piece *piece)
{
    while (next_piece(&list, separator, piece))
        if (n-- == 0)
            return true;
    return false;
}

struct text {
    char *at;
    size_t used, size;
};

static void put(struct text *text, const char *from, size_t length)
{
    if (text->used + length < text->size) {
        memcpy(text->at + text->used, from, length);
        text->used += length;
        text->at[text->used] = '\0';
    }
}

static void put_pattern(struct text *text, const char *pattern, char one, struct piece first,
                        char two, struct piece second)
{
    for (; *pattern; pattern++) {
        if (*pattern == one)
            put(text, first.at, first.length);
        else if (*pattern == two)
            put(text, second.at, second.length);
        else
            put(text, pattern, 1);
    }
}

/* --- the numbers themselves --- */

static bool find_special(const char *list, int number, struct piece *piece)
{
    struct piece entry;
    while (next_piece(&list, '|', &entry)) {
        char *end;
        if (strtol(entry.at, &end, 10) == number && *end == '=') {
            *piece = (struct piece){end + 1, entry.length - (size_t)(end + 1 - entry.at)};
            return true;
        }
    }
    return false;
}

static void put_below_hundred(struct text *text, const struct numerals *numerals, int number)
{
    struct piece whole, ten, unit;
    if (nth(numerals->units, number, '|', &whole) ||
        find_special(numerals->special, number, &whole)) {
        put(text, whole.at, whole.length);
        return;
    }
    nth(numerals->tens, number / 10 - 2, '|', &ten);
    nth(numerals->units, number % 10, '|', &unit);
    if (number % 10 == 0)
        put(text, ten.at, ten.length);
    else
        put_pattern(text,
                    number % 10 == 1 && numerals->ten_one ? numerals->ten_one : numerals->ten_unit,
                    'T', ten, 'U', unit);
}

static void put_number(struct text *text, const struct numerals *numerals, int number)
{
    if (number < 100) {
        put_below_hundred(text, numerals, number);
        return;
    }
    char below[NUMBER_TEXT] = "";
    struct text rest = {below, 0, sizeof below};
    struct piece hundred;
    nth(numerals->hundreds, number / 100 - 1, '|', &hundred);
    if (number == 100 && numerals->exact) {
        put(text, numerals->exact, strlen(numerals->exact));
    } else if (number % 100 == 0) {
        put(text, hundred.at, hundred.length);
    } else {
        put_below_hundred(&rest, numerals, number % 100);
        put_pattern(text, numerals->hundred_rest, 'H', hundred, 'R',
                    (struct piece){below, rest.used});
    }
}

/* --- their forms --- */

/* Which of its words a change is of; it says so in its first character. */
static bool is_meant(char where, bool first, bool last, int number)
{
    switch (where) {
    case '*':
        return true;
    case '^':
        return first && number > 99;
    case '=':
        return first && last;
    default:
        return last;
    }
}

/* What `word` becomes by the changes of a form. */
static struct piece change(struct piece form, struct piece word, bool first, bool last, int number)
{
    while (form.length > 0) {
        const char *comma = memchr(form.at, ',', form.length);
        struct piece one = {form.at, comma ? (size_t)(comma - form.at) : form.length};
        form.at += one.length + (comma ? 1 : 0);
        form.length -= one.length + (comma ? 1 : 0);
        char where = *one.at;
        if (strchr("*^=", where)) {
            one.at++;
            one.length--;
        }
        const char *arrow = memchr(one.at, '>', one.length);
        size_t from = (size_t)(arrow - one.at);
        if (piece_is(word, one.at, from) && is_meant(where, first, last, number))
            return (struct piece){arrow + 1, one.length - from - 1};
    }
    return word;
}

static void put_form(struct text *text, const char *plain, struct piece form, int number)
{
    for (const char *at = plain; *at;) {
        struct piece word = {at, strcspn(at, " +")};
        bool last = at[word.length] == '\0';
        struct piece changed = change(form, word, at == plain, last, number);
        if (changed.length > 0) {
            if (text->used > 0)
                put(text, at - 1, 1);
            put(text, changed.at, changed.length);
        }
        at += word.length + (last ? 0 : 1);
    }
}

/* Adds a form unless it is there already. */
static size_t add_form(char forms[NUMBER_FORMS][NUMBER_TEXT], size_t count, const char *plain,
                       struct piece changes, int number)
{
    if (count == NUMBER_FORMS)
        return count;
    struct text to = {forms[count], 0, NUMBER_TEXT};
    forms[count][0] = '\0';
    put_form(&to, plain, changes, number);
    for (size_t i = 0; i < count; i++)
        if (strcmp(forms[i], forms[count]) == 0)
            return count;
    return count + 1;
}

size_t number_forms(const struct numerals *numerals, int number, int likely,
                    char forms[NUMBER_FORMS][NUMBER_TEXT])
{
    char plain[NUMBER_TEXT] = "";
    struct text text = {plain, 0, sizeof plain};
    struct piece changes;
    size_t count = 0;
    put_number(&text, numerals, number);
    if (nth(numerals->forms ? numerals->forms : "", likely, '|', &changes))
        count = add_form(forms, count, plain, changes, number);
    for (const char *list = numerals->forms ? numerals->forms : "";
         next_piece(&list, '|', &changes);)
        count = add_form(forms, count, plain, changes, number);
    return count;
}

int number_form_before(const struct numerals *numerals, const char *next)
{
    const char *list = numerals && next ? numerals->agreement : NULL;
    struct piece entry, word;
    while (next_piece(&list, '|', &entry)) {
        char *end;
        int form = (int)strtol(entry.at, &end, 10);
        const char *stop = entry.at + entry.length;
        for (const char *at = end + 1; at < stop; at = word.at + word.length + 1) {
            word = (struct piece){at, strcspn(at, " |")};
            if (strncmp(next, word.at, word.length) == 0)
                return form;
        }
    }
    return 0;
}

int number_of_digits(const char *word, size_t length)
{
    int number = 0;
    if (length < 1 || length > 3 || (length > 1 && word[0] == '0'))
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (word[i] < '0' || word[i] > '9')
            return -1;
        number = 10 * number + word[i] - '0';
    }
    return number;
}

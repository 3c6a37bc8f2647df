/* SPDX-License-Identifier: GPL-3.0-or-later */
/* str.c: a growing string, comparisons without a locale, and the nearest word. */
#include "base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define NEAREST_LONGEST 64 /* characters; longer words are not slips of a finger */

static void reserve(struct str *s, size_t more)
{
    size_t wanted = s->length + more + 1;
    if (wanted <= s->capacity)
        return;
    size_t capacity = s->capacity ? s->capacity : 32;
    while (capacity < wanted)
        capacity *= 2;
    s->data = xrealloc(s->data, capacity);
    s->capacity = capacity;
}

void str_add_bytes(struct str *s, const char *bytes, size_t count)
{
    reserve(s, count);
    if (count)
        memcpy(s->data + s->length, bytes, count);
    s->length += count;
    s->data[s->length] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_add_bytes(s, text, strlen(text));
}

void str_add_char(struct str *s, char c)
{
    str_add_bytes(s, &c, 1);
}

void str_printf(struct str *s, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length >= 0) {
        reserve(s, (size_t)length);
        vsnprintf(s->data + s->length, (size_t)length + 1, format, again);
        s->length += (size_t)length;
    }
    va_end(again);
}

char *str_steal(struct str *s)
{
    char *text = s->data ? s->data : xstrdup("");
    *s = (struct str){0};
    return text;
}

void str_free(struct str *s)
{
    free(s->data);
    *s = (struct str){0};
}

const char *str_text(const struct str *s)
{
    return s->data ? s->data : "";
}

bool str_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool str_equal_nocase(const char *a, const char *b)
{
    while (*a && lower((unsigned char)*a) == lower((unsigned char)*b))
        a++, b++;
    return lower((unsigned char)*a) == lower((unsigned char)*b);
}

/* Lower-case characters of `text`; more than NEAREST_LONGEST: −1. */
static int fold(const char *text, int out[NEAREST_LONGEST])
{
    const char *end = text + strnlen(text, NEAREST_LONGEST * 4 + 1);
    int count = 0;
    while (text < end) {
        if (count == NEAREST_LONGEST)
            return -1;
        out[count++] = lower(str_utf8_next(&text, end));
    }
    return count;
}

static int least(int a, int b, int c)
{
    int smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* Edit distance where swapping two neighbours is one edit (optimal string alignment). */
static int distance(const int *a, int a_count, const int *b, int b_count)
{
    int rows[3][NEAREST_LONGEST + 1];
    for (int j = 0; j <= b_count; j++)
        rows[0][j] = j;
    for (int i = 1; i <= a_count; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= b_count; j++) {
            int change = a[i - 1] != b[j - 1];
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                two_above[j - 2] + 1 < row[j])
                row[j] = two_above[j - 2] + 1;
        }
    }
    return rows[a_count % 3][b_count];
}

const char *str_nearest(const char *word, const char *const *candidates, size_t count)
{
    int folded[NEAREST_LONGEST], other[NEAREST_LONGEST];
    int length = fold(word, folded);
    if (length < 1)
        return NULL;
    const char *nearest = NULL;
    int best = length / 3 > 1 ? length / 3 : 1;
    if (best >= length) /* every character would change */
        best = length - 1;
    for (size_t i = 0; i < count; i++) {
        int other_length = candidates[i] ? fold(candidates[i], other) : -1;
        if (other_length < 0 || abs(other_length - length) > best)
            continue;
        int edits = distance(folded, length, other, other_length);
        if (edits < best || (edits == best && !nearest)) {
            best = edits;
            nearest = candidates[i];
        }
    }
    return nearest;
}

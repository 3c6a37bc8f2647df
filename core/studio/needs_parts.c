/* SPDX-License-Identifier: GPL-3.0-or-later */
/* needs_parts.c: "Round two of three." → "Round …", "two", "… of …", "three". */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "studio/needs_inside.h"

/* The small letter of a Latin or Cyrillic capital: enough for number words. */
static int small_letter(int c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
        (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x100 && c <= 0x137)
        return c | 1;
    return c;
}

static void add_utf8(struct str *to, int c)
{
    if (c < 0x80) {
        str_add_char(to, (char)c);
    } else if (c < 0x800) {
        str_add_char(to, (char)(0xc0 | (c >> 6)));
        str_add_char(to, (char)(0x80 | (c & 0x3f)));
    }
}

static char *in_small_letters(struct arena *arena, const char *text, size_t length)
{
    struct str small = {0};
    const char *end = text + length;
    while (text < end) {
        const char *from = text;
        int c = str_utf8_next(&text, end);
        if (c >= 0x80 && c < 0x800)
            add_utf8(&small, small_letter(c));
        else if (c >= 0 && c < 0x80)
            str_add_char(&small, (char)small_letter(c));
        else
            str_add_bytes(&small, from, (size_t)(text - from));
    }
    char *copy = arena_strdup(arena, str_text(&small));
    str_free(&small);
    return copy;
}

void parts_learn(struct number_words *numbers, const char *word)
{
    *vec_push(&numbers->words) = in_small_letters(numbers->arena, word, strlen(word));
}

size_t parts_number(const struct number_words *numbers, const char *text)
{
    struct arena *arena = arena_new();
    const char *small = in_small_letters(arena, text, strlen(text));
    size_t place = 0;
    for (size_t i = 0; i < numbers->words.count && place == 0; i++)
        if (strcmp(numbers->words.items[i], small) == 0)
            place = i + 1;
    arena_destroy(arena);
    return place;
}

static bool is_boundary(char c)
{
    return c == '\0' || c == ' ' || strchr(".,;:!?", c) != NULL;
}

/* The length of the number that begins at `text`, the longest; 0: none does. */
static size_t number_at(const struct number_words *numbers, const char *small, size_t at)
{
    size_t longest = strspn(small + at, "0123456789");
    if (!is_boundary(small[at + longest]))
        longest = 0;
    for (size_t i = 0; i < numbers->words.count; i++) {
        const char *word = numbers->words.items[i];
        size_t length = strlen(word);
        if (length > longest && strncmp(small + at, word, length) == 0 &&
            is_boundary(small[at + length]))
            longest = length;
    }
    return longest;
}

typedef VEC(const char *) part_list;

/* The words text[from, to) of a sentence, with "…" where a number joins. */
static void add_words(part_list *list, struct arena *arena, const char *text, size_t from,
                      size_t to, bool before, bool after)
{
    while (from < to && strchr(" ,;:", text[from]))
        from++;
    while (to > from && strchr(after ? " ,;:" : " ,;:.!?", text[to - 1]))
        to--;
    if (from < to)
        *vec_push(list) = arena_printf(arena, "%s%.*s%s", before ? "… " : "", (int)(to - from),
                                       text + from, after ? " …" : "");
}

/* One sentence; returns whether there was a number in it. */
static bool split_sentence(const struct number_words *numbers, const char *text, size_t length,
                           struct arena *arena, part_list *list)
{
    const char *small = in_small_letters(arena, text, length);
    size_t start = 0;
    bool any = false;
    for (size_t at = 0; at < length;) {
        size_t found = at == 0 || small[at - 1] == ' ' ? number_at(numbers, small, at) : 0;
        if (found == 0) {
            at++;
            continue;
        }
        add_words(list, arena, text, start, at, any, true);
        *vec_push(list) = arena_strndup(arena, small + at, found);
        start = at += found;
        any = true;
    }
    if (any)
        add_words(list, arena, text, start, length, true, false);
    else
        *vec_push(list) = arena_strndup(arena, text, length);
    return any;
}

size_t parts_of(const struct number_words *numbers, const char *text, struct arena *arena,
                const char *const **parts)
{
    part_list list = {0};
    bool any = false;
    *parts = NULL;
    while (*text) {
        size_t length = strcspn(text, ".!?");
        length += strspn(text + length, ".!?");
        any |= split_sentence(numbers, text, length, arena, &list);
        text += length;
        text += strspn(text, " ");
    }
    if (!any || list.count < 2) {
        vec_free(&list);
        return 0;
    }
    size_t count = list.count;
    *parts = vec_to_arena(&list, arena);
    return count;
}

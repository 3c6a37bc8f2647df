/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sentence.c: where a sentence ends, and capitals. Pure.
 *
 * A sentence ends at . ! ? … followed by space or the end (closing quotes and brackets belong to
 * it), and at the full-width 。！？. A full stop ends none
 * - when a small letter follows ("approx. ten", "and hold... and release"),
 * - after a common abbreviation ("e.g.", "z. B."),
 * - after an initial ("J. Smith"),
 * - in German after a number of one or two digits ("am 3. Tag").
 * Decimals have no space after their point. */
#include <ctype.h>
#include <string.h>

#include "plan/expand.h"

static const char *const abbreviations[] = {
    "e.g", "i.e", "approx", "vs",  "dr",  "mr",   "mrs", "ms",  "prof", "st",   "no",
    "fig", "ca",  "bzw",    "usw", "z.b", "d.h",  "u.a", "o.ä", "nr",   "evtl", "ggf",
    "min", "sec", "sek",    "std", "max", "inkl", "vgl", "abb", "cf",
};

static bool is_letter(unsigned char c)
{
    return isalpha(c) || c >= 0x80;
}

/* The word that ends right before `end`, dots inside it included. */
static size_t word_start(const char *text, size_t from, size_t end)
{
    while (end > from && (is_letter((unsigned char)text[end - 1]) ||
                          isdigit((unsigned char)text[end - 1]) || text[end - 1] == '.'))
        end--;
    return end;
}

static bool is_abbreviation(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++) {
        const char *known = abbreviations[i];
        if (strlen(known) != length)
            continue;
        size_t same = 0;
        while (same < length && tolower((unsigned char)word[same]) == (unsigned char)known[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

/* Scripts with capitals that European languages are written in: a capital and its small letter. */
static const struct {
    int capital, last, step, small; /* step 2: capital and small take turns */
} cases[] = {
    {'A', 'Z', 1, 'a'},       {0xc0, 0xd6, 1, 0xe0},    {0xd8, 0xde, 1, 0xf8},
    {0x100, 0x136, 2, 0x101}, {0x139, 0x147, 2, 0x13a}, {0x14a, 0x176, 2, 0x14b},
    {0x179, 0x17d, 2, 0x17a}, {0x391, 0x3a9, 1, 0x3b1}, {0x400, 0x40f, 1, 0x450},
    {0x410, 0x42f, 1, 0x430}, {0x490, 0x4be, 2, 0x491},
};

/* The letter in the other case; 0 if it is not in the case it is asked to leave. */
static int other_case(int c, bool to_capital)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int by = cases[i].small - cases[i].capital;
        int from = c - (to_capital ? by : 0);
        if (from >= cases[i].capital && from <= cases[i].last &&
            (from - cases[i].capital) % cases[i].step == 0)
            return to_capital ? from : from + by;
    }
    return 0;
}

static int first_letter(const char *text, size_t *size)
{
    const char *at = text;
    int c = *text ? str_utf8_next(&at, text + strlen(text)) : 0;
    *size = (size_t)(at - text);
    return c;
}

static bool is_small(const char *text)
{
    size_t size;
    int c = first_letter(text, &size);
    return c == 0xdf || other_case(c, true) != 0;
}

/* Whether the full stop at `dot` goes on: `next` is the offset of the next word (length: none). */
static bool goes_on(const char *text, size_t length, size_t from, size_t dot, size_t next,
                    const char *language)
{
    if (next >= length)
        return false;
    if (is_small(text + next))
        return true;
    size_t start = word_start(text, from, dot);
    size_t word = dot - start;
    if (word == 0)
        return false;
    bool digits = true;
    for (size_t i = start; i < dot; i++)
        digits = digits && isdigit((unsigned char)text[i]);
    if (digits)
        return word <= 2 && str_starts_with(language, "de");
    if (word == 1) /* an initial, or the "z." of "z. B." */
        return true;
    return is_abbreviation(text + start, word);
}

/* Length of the sentence mark at `at`, 0 if there is none. *wide: needs no space after it. */
static size_t mark_length(const char *text, size_t left, bool *wide)
{
    static const char *const wide_marks[] = {"。", "！", "？"};
    *wide = false;
    if (strchr(".!?", *text))
        return 1;
    if (left < 3)
        return 0;
    if (memcmp(text, "…", 3) == 0)
        return 3;
    for (size_t i = 0; i < 3; i++) {
        if (memcmp(text, wide_marks[i], 3) == 0) {
            *wide = true;
            return 3;
        }
    }
    return 0;
}

/* Past closing quotes and brackets. */
static size_t skip_closing(const char *text, size_t length, size_t at)
{
    static const char *const closing[] = {")", "\"", "'", "]", "”", "“", "’", "»", "«"};
    for (size_t i = 0; i < sizeof closing / sizeof *closing && at < length; i++) {
        size_t size = strlen(closing[i]);
        if (at + size <= length && memcmp(text + at, closing[i], size) == 0) {
            at += size;
            i = (size_t)-1;
        }
    }
    return at;
}

size_t word_sentence_end(const char *text, size_t length, size_t from, const char *language)
{
    for (size_t at = from; at < length; at++) {
        bool wide;
        size_t first = at;
        size_t size = mark_length(text + at, length - at, &wide);
        if (size == 0)
            continue;
        bool dots = text[at] == '.' || size == 3;
        while (size > 0 && at < length) {
            bool more_wide;
            at += size;
            dots = dots && (at >= length || !strchr("!?", text[at]));
            size = at < length ? mark_length(text + at, length - at, &more_wide) : 0;
        }
        at = skip_closing(text, length, at);
        if (at >= length)
            return length;
        size_t next = at;
        while (next < length && text[next] == ' ')
            next++;
        if (wide || (next > at && !(dots && goes_on(text, length, from, first, next, language))))
            return at;
        at--;
    }
    return length;
}

/* All of these letters take two bytes, or one in both cases. */
static const char *change_case(struct arena *arena, const char *text, size_t size, int letter)
{
    char *copy = arena_strdup(arena, text);
    if (size == 1) {
        copy[0] = (char)letter;
    } else {
        copy[0] = (char)(0xc0 | letter >> 6);
        copy[1] = (char)(0x80 | (letter & 0x3f));
    }
    return copy;
}

const char *word_capital(struct arena *arena, const char *text)
{
    size_t size;
    int letter = other_case(first_letter(text, &size), true);
    return letter ? change_case(arena, text, size, letter) : text;
}

const char *word_small(struct arena *arena, const char *text)
{
    size_t size;
    int letter = other_case(first_letter(text, &size), false);
    if (!letter || !is_small(text + size))
        return text;
    return change_case(arena, text, size, letter);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet_file.c: names of files for texts. A short text of plain letters is its own name
 * ("breathe-in"); any other gets a few letters of its key's hash, so that no two are the same. A
 * text that joins at an end has an underscore there. */
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "studio/sheet.h"

#define MOST_PLAIN 48 /* letters of a name that is its text */
#define MOST_CUT   36 /* of one with a hash */

/* U+00C0 … U+00FF, U+0100 … U+017F and U+0430 … U+044F in plain letters. */
static const char *const latin1[] = {"a",  "a", "a", "a", "ae", "a", "ae", "c", "e",  "e", "e",
                                     "e",  "i", "i", "i", "i",  "d", "n",  "o", "o",  "o", "o",
                                     "oe", "",  "o", "u", "u",  "u", "ue", "y", "th", "ss"};
static const char latin_a[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllll"
                              "lnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static const char *const cyrillic[] = {
    "a", "b", "v", "g", "d", "e",  "zh", "z",  "i",  "y",    "k", "l", "m", "n", "o",  "p",
    "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "",  "y", "",  "e", "yu", "ya"};

static const char *plain_letters(int c)
{
    static char single[2];
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        single[0] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        return single;
    }
    if (c >= 0xc0 && c <= 0xff)
        return c == 0xff ? "y" : latin1[(c - 0xc0) % 32];
    if (c >= 0x100 && c <= 0x17f) {
        single[0] = latin_a[c - 0x100];
        return single;
    }
    if (c >= 0x410 && c <= 0x44f)
        return cyrillic[(c - 0x410) % 32];
    if (c == 0x401 || c == 0x451)
        return "yo";
    return NULL;
}

/* The text in plain letters and single hyphens, cut between words. */
static void add_plain(struct str *name, const char *text, size_t most)
{
    const char *end = text + strlen(text);
    size_t start = name->length, word = name->length;
    while (text < end) {
        int c = str_utf8_next(&text, end);
        if (c == '\'' || c == 0x2019 || (c >= 0x300 && c <= 0x36f))
            continue;
        const char *letters = plain_letters(c);
        bool hyphen = name->length > start && name->data[name->length - 1] == '-';
        if (letters) {
            str_add(name, letters);
        } else if (name->length > start && !hyphen) {
            word = name->length;
            str_add_char(name, '-');
        }
        if (name->length - start > most) {
            name->length = word > start ? word : start + most;
            name->data[name->length] = '\0';
            return;
        }
    }
    while (name->length > start && name->data[name->length - 1] == '-')
        name->data[--name->length] = '\0';
}

static bool is_plain(const char *key)
{
    return strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789 ") == strlen(key) &&
           strlen(key) <= MOST_PLAIN;
}

bool sheet_joins_before(const char *text)
{
    return str_starts_with(text, "…") || str_starts_with(text, "...");
}

bool sheet_joins_after(const char *text)
{
    return str_ends_with(text, "…") || str_ends_with(text, "...");
}

char *sheet_file(struct arena *arena, const char *text, const char *key, int take)
{
    struct str name = {0};
    const char *known = key ? key : text;
    str_add(&name, sheet_joins_before(text) ? "clips/_" : "clips/");
    if (is_plain(known) && known[0]) {
        add_plain(&name, known, MOST_PLAIN);
    } else {
        char hex[33];
        struct hash hash = hash_new();
        hash_text(&hash, known);
        hash_hex(&hash, hex);
        size_t before = name.length;
        add_plain(&name, text, MOST_CUT);
        str_printf(&name, "%s%.6s", name.length > before ? "-" : "clip-", hex);
    }
    if (sheet_joins_after(text))
        str_add_char(&name, '_');
    if (take > 1)
        str_printf(&name, ".take%d", take);
    str_add(&name, ".flac");
    char *copy = arena_strdup(arena, str_text(&name));
    str_free(&name);
    return copy;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.c: what makes two ways of writing a text the same text. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "pack.h"

enum role {
    ROLE_LETTER, /* kept */
    ROLE_SPACE,  /* parts words */
    ROLE_NOTHING /* as if it were not there */
};

static enum role role_of(utf8proc_int32_t c)
{
    switch (c) {
    case '\'':
    case '`':
    case 0x00B4: /* acute accent */
    case 0x02BC: /* modifier apostrophe */
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x2032: /* prime */
        return ROLE_NOTHING;
    default:
        break;
    }
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return ROLE_LETTER;
    case UTF8PROC_CATEGORY_CF:
        return ROLE_NOTHING;
    default:
        return ROLE_SPACE;
    }
}

static bool is_digit(utf8proc_int32_t c)
{
    return c >= '0' && c <= '9';
}

/* "1.5" is not "1 5", let alone "15": a mark between two digits stays. */
static bool joins_digits(utf8proc_int32_t before, utf8proc_int32_t c, const utf8proc_uint8_t *rest)
{
    return (c == '.' || c == ',' || c == ':' || c == '/') && is_digit(before) && is_digit(*rest);
}

/* Normal form, cases folded, invisible characters dropped; malloc'ed. */
static utf8proc_uint8_t *fold(const char *text, size_t length, enum limber_status *status)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t got =
        utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &folded,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    if (got > 0)
        return folded;
    free(folded);
    *status = got == UTF8PROC_ERROR_NOMEM ? LIMBER_NO_MEMORY : LIMBER_INVALID;
    return NULL;
}

/* Words with one space between them; in place, which is never longer. */
static enum limber_status strip(utf8proc_uint8_t *text)
{
    utf8proc_int32_t c, before = 0;
    utf8proc_ssize_t step;
    utf8proc_uint8_t *to = text;
    bool space = false;
    for (const utf8proc_uint8_t *at = text; *at; at += step, before = c) {
        step = utf8proc_iterate(at, -1, &c);
        if (step <= 0)
            return LIMBER_INVALID;
        enum role role = joins_digits(before, c, at + step) ? ROLE_LETTER : role_of(c);
        space = space || role == ROLE_SPACE;
        if (role != ROLE_LETTER)
            continue;
        if (space && to > text)
            *to++ = ' ';
        space = false;
        memmove(to, at, (size_t)step);
        to += step;
    }
    *to = '\0';
    return to > text ? LIMBER_OK : LIMBER_INVALID;
}

enum limber_status key_make(const char *text, char *buffer, size_t size)
{
    enum limber_status status = LIMBER_LIMIT;
    size_t length = strnlen(text, PACK_TEXT_MOST + 1);
    if (size > 0)
        buffer[0] = '\0';
    if (length > PACK_TEXT_MOST)
        return status;
    utf8proc_uint8_t *folded = fold(text, length, &status);
    if (!folded)
        return status;
    status = strip(folded);
    if (status == LIMBER_OK) {
        /* An accent may have come to stand next to its letter. */
        utf8proc_uint8_t *again = fold((char *)folded, strlen((char *)folded), &status);
        free(folded);
        folded = again;
    }
    if (status == LIMBER_OK && strlen((char *)folded) >= size)
        status = LIMBER_LIMIT;
    if (status == LIMBER_OK)
        strcpy(buffer, (char *)folded);
    free(folded);
    return status;
}

/* Whether a mark that keys leave out is spoken all the same. */
static bool is_spoken(utf8proc_int32_t before, utf8proc_int32_t c, const utf8proc_uint8_t *rest)
{
    switch (c) {
    case '%':
    case '&':
    case '@':
    case '#':
    case 0x2030: /* per mille */
        return true;
    default:
        break;
    }
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SO:
        return true;
    case UTF8PROC_CATEGORY_PD: /* "10-12", "-5" */
        return is_digit(*rest) && (is_digit(before) || before == 0 || before == ' ');
    default:
        return false;
    }
}

bool key_hides_words(const char *text)
{
    utf8proc_int32_t c, before = 0;
    utf8proc_ssize_t step;
    for (const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text; *at; at += step, before = c) {
        step = utf8proc_iterate(at, -1, &c);
        if (step <= 0 || is_spoken(before, c, at + step))
            return true;
    }
    return false;
}

#define DOTS "\xE2\x80\xA6" /* … */

bool key_opens_left(const char *text)
{
    text += strspn(text, " \t\"'");
    return strncmp(text, DOTS, 3) == 0 || strncmp(text, "...", 3) == 0;
}

bool key_opens_right(const char *text)
{
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\"'", text[length - 1]))
        length--;
    return length >= 3 &&
           (memcmp(text + length - 3, DOTS, 3) == 0 || memcmp(text + length - 3, "...", 3) == 0);
}

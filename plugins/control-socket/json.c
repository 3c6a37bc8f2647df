/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c: the little that must be known of the documents which are passed on. They come from the
 * host, which makes them well-formed; what is not, is read without harm. */
#include <stdio.h>
#include <string.h>

#include "wire.h"

/* Behind the string (or what was left of one) that begins at `at`, a quote. */
static const char *behind_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        at += *at == '\\' && at + 1 < end;
    return at < end ? at + 1 : end;
}

/* Behind the value at `at`: before the ',' or '}' that follows. */
static const char *behind_value(const char *at, const char *end)
{
    int depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = behind_string(at, end);
            continue;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (depth < 0 || (depth == 0 && *at == ','))
            return at;
        at++;
    }
    return end;
}

struct member {
    const char *name, *value; /* the name with its quotes */
    size_t name_size, value_size;
};

/* The top-level member at `*at`, and moves past it. False: there are no more. */
static bool next_member(const char **at, const char *end, struct member *member)
{
    while (*at < end && **at != '"')
        ++*at;
    if (*at == end)
        return false;
    const char *behind = behind_string(*at, end);
    *member = (struct member){.name = *at, .name_size = (size_t)(behind - *at)};
    while (behind < end && (*behind == ' ' || *behind == ':'))
        behind++;
    member->value = behind;
    *at = behind_value(behind, end);
    member->value_size = (size_t)(*at - behind);
    return true;
}

static bool is_named(const struct member *member, const char *name)
{
    size_t length = strlen(name);
    return member->name_size == length + 2 && memcmp(member->name + 1, name, length) == 0;
}

static bool find_member(const char *json, size_t length, const char *name, struct member *member)
{
    for (const char *at = json, *end = json + length; next_member(&at, end, member);) {
        if (is_named(member, name))
            return true;
    }
    return false;
}

static bool tells_time(const struct member *member)
{
    return is_named(member, "position") || is_named(member, "left") ||
           is_named(member, "bout_left");
}

static bool is_null(const struct member *member)
{
    return member->value_size >= 4 && memcmp(member->value, "null", 4) == 0;
}

bool wire_same_status(const char *a, size_t a_size, const char *b, size_t b_size)
{
    const char *a_end = a + a_size, *b_end = b + b_size;
    struct member mine, other;
    for (;;) {
        bool any = next_member(&a, a_end, &mine);
        if (any != next_member(&b, b_end, &other))
            return false;
        if (!any)
            return true;
        if (mine.name_size != other.name_size || memcmp(mine.name, other.name, mine.name_size) != 0)
            return false;
        bool same = mine.value_size == other.value_size &&
                    memcmp(mine.value, other.value, mine.value_size) == 0;
        if (!same && (!tells_time(&mine) || is_null(&mine) != is_null(&other)))
            return false;
    }
}

int64_t wire_member_milli(const char *json, size_t length, const char *name)
{
    struct member member;
    int64_t milli = 0;
    int behind = -1; /* digits behind the point */
    if (!find_member(json, length, name, &member) || member.value_size == 0 ||
        *member.value < '0' || *member.value > '9')
        return -1;
    for (size_t i = 0; i < member.value_size && milli < INT64_MAX / 100000; i++) {
        char c = member.value[i];
        if (c == '.' && behind < 0) {
            behind = 0;
        } else if (c < '0' || c > '9' || behind == 3) {
            break;
        } else {
            milli = milli * 10 + (c - '0');
            behind += behind >= 0;
        }
    }
    for (behind = behind < 0 ? 0 : behind; behind < 3; behind++)
        milli *= 10;
    return milli;
}

bool wire_member_is(const char *json, size_t length, const char *name, const char *value)
{
    struct member member;
    size_t size = strlen(value);
    return find_member(json, length, name, &member) && member.value_size >= size + 2 &&
           member.value[0] == '"' && memcmp(member.value + 1, value, size) == 0 &&
           member.value[size + 1] == '"';
}

/* --- the sentence of an error --- */

/* The number of "\u00e9" at `at`, or −1. */
static long escaped(const char *at, const char *end)
{
    long code = 0;
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        const char *digits = "0123456789abcdef", *found = strchr(digits, at[i] | 0x20);
        if (!found || !*found)
            return -1;
        code = code * 16 + (found - digits);
    }
    return code;
}

static size_t put_utf8(char text[4], long code)
{
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; code >>= 6)
        text[i] = (char)(0x80 | (code & 0x3f));
    text[0] = (char)(size == 1 ? code : first[size] | code);
    return size;
}

/* The character at `*at` in a string of JSON as it is meant; moves past it. Returns its bytes. */
static size_t take_character(const char **at, const char *end, char text[4])
{
    long code = escaped(*at, end), low = code < 0 ? -1 : escaped(*at + 6, end);
    if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        *at += 12;
        return put_utf8(text, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
    }
    if (code >= 0) {
        *at += 6;
        return put_utf8(text, code < ' ' ? ' ' : code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    }
    bool escape = **at == '\\' && *at + 1 < end;
    *at += escape;
    char c = *(*at)++;
    text[0] = (escape && c && strchr("nrtbf", c)) || (unsigned char)c < ' ' ? ' ' : c;
    return 1;
}

void wire_error_text(const char *json, size_t length, char *text, size_t size)
{
    struct member member;
    size_t used = 0;
    bool cut = false;
    if (find_member(json, length, "error", &member) && member.value_size > 1 &&
        *member.value == '"') {
        const char *at = member.value + 1, *end = member.value + member.value_size;
        while (at < end && *at != '"' && !cut) {
            char character[4];
            size_t count = take_character(&at, end, character);
            cut = used + count + 1 > size;
            memcpy(text + used, character, cut ? 0 : count);
            used += cut ? 0 : count;
        }
    }
    while (cut && used > 0 && ((unsigned char)text[used - 1] & 0xc0) == 0x80)
        used--; /* no character in two */
    used -= cut && used > 0 && ((unsigned char)text[used - 1] & 0xc0) == 0xc0;
    text[used] = '\0';
    if (used == 0)
        snprintf(text, size, "there is no answer");
}

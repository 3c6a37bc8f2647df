/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payload.c: what strangers send, made sure of. */
#include "payload.h"

#include <stdint.h>
#include <string.h>

#define LEAST_DB (-24)
#define MOST_DB  6
#define RANGE_DB (MOST_DB - LEAST_DB)
#define MOST     100 /* percent */
#define DELETE   0x7f

/* Bytes of the character at `text`, or 0: it is none (RFC 3629: the shortest form, no surrogates).
 */
static size_t character(const unsigned char *text, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = text[0];
    size_t length = first < 0x80       ? 1
                    : first >> 5 == 6  ? 2
                    : first >> 4 == 14 ? 3
                    : first >> 3 == 30 ? 4
                                       : 0;
    if (length < 2 || length > size)
        return length == 1 ? 1 : 0;
    uint32_t code = first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (text[i] >> 6 != 2)
            return 0;
        code = code << 6 | (text[i] & 0x3f);
    }
    return code < least[length] || code > 0x10ffff || code >> 11 == 0x1b ? 0 : length;
}

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool payload_line(const void *bytes, size_t size, char *line, const char **why)
{
    const unsigned char *text = bytes;
    while (size > 0 && is_space(text[size - 1]))
        size--;
    for (; size > 0 && is_space(*text); size--)
        text++;
    *why = size == 0             ? "it is empty"
           : size > PAYLOAD_MOST ? "it is too long: at most 512 bytes"
                                 : NULL;
    for (size_t at = 0; !*why && at < size;) {
        size_t length = character(text + at, size - at);
        if (length == 0)
            *why = "it is no UTF-8";
        else if (text[at] < 0x20 || text[at] == DELETE)
            *why = "there is a control character in it";
        at += length;
    }
    if (*why)
        return false;
    memcpy(line, text, size);
    line[size] = '\0';
    return true;
}

bool payload_percent(const char *line, int *percent)
{
    int value = 0, digits = 0;
    for (; *line >= '0' && *line <= '9' && digits < 4; line++, digits++)
        value = value * 10 + (*line - '0');
    if (digits == 0 || digits > 3)
        return false;
    bool up = line[0] == '.' && line[1] >= '5' && line[1] <= '9', any = false;
    if (*line == '.') {
        for (line++; *line >= '0' && *line <= '9'; line++)
            any = any || *line != '0';
        if (line[-1] == '.')
            return false;
    }
    if (*line || value > MOST || (value == MOST && any))
        return false;
    *percent = value + up;
    return true;
}

int payload_db_of_percent(int percent)
{
    int limited = percent < 0 ? 0 : percent > MOST ? MOST : percent;
    return LEAST_DB + (limited * RANGE_DB + MOST / 2) / MOST;
}

int payload_percent_of_db(int level_db)
{
    int limited = level_db < LEAST_DB ? LEAST_DB : level_db > MOST_DB ? MOST_DB : level_db;
    return ((limited - LEAST_DB) * MOST + RANGE_DB / 2) / RANGE_DB;
}

void payload_copy(char *to, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length > size - 1)
        length = size - 1;
    while (text[length] && length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    memcpy(to, text, length);
    to[length] = '\0';
}

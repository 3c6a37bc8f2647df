/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.c: what strangers send, taken apart. */
#include "parse.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* Independent of the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* --- hosts --- */

/* ":80" or nothing. */
static bool is_port(const char *text)
{
    size_t digits = 0;
    if (!*text)
        return true;
    if (*text != ':')
        return false;
    while (is_digit(text[1 + digits]))
        digits++;
    return digits <= 5 && text[1 + digits] == '\0';
}

static bool is_name(const char *name)
{
    if (!*name || *name == '.' || *name == '-')
        return false;
    for (; *name; name++) {
        bool fits = (*name >= 'a' && *name <= 'z') || is_digit(*name) || *name == '-' ||
                    *name == '_' || *name == '.';
        if (!fits || (name[0] == '.' && name[1] == '.'))
            return false;
    }
    return true;
}

bool parse_host(const char *text, struct host_name *host)
{
    bool bracket = *text == '[';
    size_t length = bracket ? strcspn(text + 1, "]") : strcspn(text, ":");
    const char *rest = text + length + (bracket ? 1 : 0);
    unsigned char address[sizeof(struct in6_addr)];
    if (length == 0 || length >= HOST_ROOM || (bracket && *rest++ != ']') || !is_port(rest))
        return false;
    for (size_t i = 0; i < length; i++)
        host->name[i] = lowered(text[i + bracket]);
    host->name[length] = '\0';
    if (bracket) {
        host->literal = true;
        return inet_pton(AF_INET6, host->name, address) == 1;
    }
    if (host->name[length - 1] == '.')
        host->name[length - 1] = '\0';
    host->literal = inet_pton(AF_INET, host->name, address) == 1;
    return is_name(host->name);
}

bool parse_same_origin(const char *origin, const char *host)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (strncasecmp(origin, schemes[i], length) == 0)
            return strcasecmp(origin + length, host) == 0;
    }
    return false;
}

/* --- who it is --- */

static int hex_value(char c)
{
    c = lowered(c);
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_hex(const char *text, unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int high = hex_value(text[2 * i]);
        int low = high < 0 ? -1 : hex_value(text[2 * i + 1]);
        if (low < 0)
            return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return text[2 * count] == '\0';
}

bool parse_session_cookie(const char *header, size_t *at, char id[SESSION_CHARS + 1])
{
    static const char name[] = "limber=";
    while (header[*at]) {
        const char *pair = header + *at;
        size_t length = strcspn(pair, ";");
        *at += length + (pair[length] == ';');
        for (; length > 0 && is_blank(*pair); length--)
            pair++;
        while (length > 0 && is_blank(pair[length - 1]))
            length--;
        if (length != sizeof name - 1 + SESSION_CHARS || memcmp(pair, name, sizeof name - 1) != 0)
            continue;
        size_t good = 0;
        for (; good < SESSION_CHARS && hex_value(pair[sizeof name - 1 + good]) >= 0; good++)
            id[good] = lowered(pair[sizeof name - 1 + good]);
        id[good] = '\0';
        if (good == SESSION_CHARS)
            return true;
    }
    return false;
}

const char *parse_bearer(const char *header)
{
    static const char scheme[] = "bearer ";
    if (strncasecmp(header, scheme, sizeof scheme - 1) != 0)
        return NULL;
    header += sizeof scheme - 1;
    return header + strspn(header, " ");
}

/* --- bodies --- */

bool parse_code(const char *bytes, size_t size, char code[CODE_DIGITS + 1])
{
    size_t digits = 0;
    for (size_t i = 0; i < size; i++) {
        if (is_digit(bytes[i]) && digits < CODE_DIGITS)
            code[digits++] = bytes[i];
        else if (is_digit(bytes[i]) || !(is_blank(bytes[i]) || bytes[i] == '-'))
            return false;
    }
    code[digits] = '\0';
    return digits == CODE_DIGITS;
}

/* The length of the character that begins here; 0: it is none, or a control character. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (at[0] < 0x80)
        return at[0] < 0x20 || at[0] == 0x7f ? 0 : 1;
    size_t length = at[0] >= 0xf0 && at[0] < 0xf8 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc0 ? 2 : 0;
    if (length == 0 || at[0] >= 0xf8 || length > left)
        return 0;
    unsigned point = at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3f);
    }
    bool control = point < 0xa0 || point == 0x2028 || point == 0x2029;
    bool wrong = point < smallest[length] || point > 0x10ffff || (point >> 11) == 0x1b;
    return control || wrong ? 0 : length;
}

bool parse_line(const char *bytes, size_t size, char *line, size_t room)
{
    for (; size > 0 && is_blank(*bytes); size--)
        bytes++;
    while (size > 0 && is_blank(bytes[size - 1]))
        size--;
    if (size == 0 || size >= room)
        return false;
    for (size_t i = 0; i < size;) {
        size_t length = utf8_length((const unsigned char *)bytes + i, size - i);
        if (length == 0)
            return false;
        i += length;
    }
    memcpy(line, bytes, size);
    line[size] = '\0';
    return true;
}

bool parse_has_tag(const char *header, const char *tag)
{
    size_t length = strlen(tag);
    for (const char *at = header; *at;) {
        at += strspn(at, " \t,");
        if (*at == '*')
            return true;
        if (strncmp(at, "W/", 2) == 0)
            at += 2;
        if (strncmp(at, tag, length) == 0)
            return true;
        at += strcspn(at, ",");
    }
    return false;
}

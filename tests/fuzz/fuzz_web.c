/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_web.c: what strangers send to control-web, as its own code takes it apart: names of hosts,
 * origins, cookies, codes, lines, tags. The first byte says which. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control-web/parse.h"
#include "control-web/text.h"

#define INPUT_MOST 65536

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void try_host(const char *text)
{
    struct host_name host;
    unsigned char address[16];
    if (!parse_host(text, &host))
        return;
    size_t length = strlen(host.name);
    must(length > 0 && length < HOST_ROOM && length <= strlen(text));
    for (size_t i = 0; i < length; i++)
        must(!(host.name[i] >= 'A' && host.name[i] <= 'Z') && !strchr("/@[] \t\r\n", host.name[i]));
    must(host.literal == (inet_pton(AF_INET, host.name, address) == 1 ||
                          inet_pton(AF_INET6, host.name, address) == 1));
}

static void try_origin(const char *text)
{
    const char *host = strchr(text, '\n'); /* two lines: an origin, a host */
    if (!host)
        return;
    char *origin = strndup(text, (size_t)(host - text));
    if (origin && parse_same_origin(origin, host + 1))
        must(strlen(origin) >= strlen(host + 1) + strlen("http://"));
    free(origin);
}

static void try_cookies(const char *text)
{
    char id[SESSION_CHARS + 1];
    unsigned char bytes[SESSION_BYTES];
    size_t at = 0, before = 0, length = strlen(text);
    while (parse_session_cookie(text, &at, id)) {
        must(at > before && at <= length && strlen(id) == SESSION_CHARS);
        must(parse_hex(id, bytes, SESSION_BYTES));
        before = at;
    }
    must(at <= length);
    const char *token = parse_bearer(text);
    must(!token || (token >= text && token <= text + length));
    parse_hex(text, bytes, SESSION_BYTES);
}

static void try_body(const char *bytes, size_t size)
{
    char code[CODE_DIGITS + 1], line[512];
    if (parse_code(bytes, size, code))
        must(strlen(code) == CODE_DIGITS && strspn(code, "0123456789") == CODE_DIGITS);
    if (!parse_line(bytes, size, line, sizeof line))
        return;
    size_t length = strlen(line);
    must(length > 0 && length < sizeof line && length <= size);
    struct text text = {.data = NULL};
    text_json(&text, line);
    must(!text.failed && text.size >= length + 2);
    for (size_t i = 0; i < text.size; i++)
        must((unsigned char)text.data[i] >= 0x20);
    text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > INPUT_MOST)
        return 0;
    char *bytes = malloc(size); /* exactly, so that a byte too far is seen */
    if (!bytes)
        return 0;
    memcpy(bytes, data + 1, size - 1);
    bytes[size - 1] = '\0';
    switch (data[0] % 5) {
    case 0:
        try_host(bytes);
        break;
    case 1:
        try_origin(bytes);
        break;
    case 2:
        try_cookies(bytes);
        break;
    case 3:
        try_body(bytes, size - 1);
        break;
    default:
        parse_has_tag(bytes, "\"0123456789abcdef\"");
    }
    free(bytes);
    return 0;
}

#include "replay.h"

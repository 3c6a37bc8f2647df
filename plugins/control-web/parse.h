/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.h: what strangers send, taken apart: names of hosts, cookies, codes, lines. Pure. */
#ifndef WEB_PARSE_H
#define WEB_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_ROOM     256 /* of a name, NUL included */
#define CODE_DIGITS   6
#define SESSION_BYTES 32
#define SESSION_CHARS ((size_t)2 * SESSION_BYTES) /* of an id in hexadecimal */

struct host_name {
    char name[HOST_ROOM]; /* lower case, without port, brackets and a dot at the end */
    bool literal;         /* an address in digits */
};

/* "box.local:8080", "192.168.1.5", "[fe80::1]:80". False: it is nothing of the kind. */
bool parse_host(const char *text, struct host_name *host);
/* Whether an Origin ("http://box.local:8080") is the site that the request was sent to. */
bool parse_same_origin(const char *origin, const char *host);
/* The next cookie "limber" with the form of a session's id in a Cookie header, from *at on. False:
 * none is left. `id` gets lower-case digits. */
bool parse_session_cookie(const char *header, size_t *at, char id[SESSION_CHARS + 1]);
/* The token in "Bearer TOKEN", or NULL. */
const char *parse_bearer(const char *header);
/* Six digits, with white space or hyphens anywhere: a person has heard them. */
bool parse_code(const char *bytes, size_t size, char code[CODE_DIGITS + 1]);
/* One line of UTF-8 without control characters, with nothing but white space around it. */
bool parse_line(const char *bytes, size_t size, char *line, size_t room);
/* Whether an If-None-Match names this tag (quotes included). */
bool parse_has_tag(const char *header, const char *tag);
/* Bytes of an id in hexadecimal. False: other digits, or not as many. */
bool parse_hex(const char *text, unsigned char *bytes, size_t count);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document.c: helpers for documents. */
#include "player/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *document_text(const char *text)
{
    if (!text || !*text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    struct str s = {0};
    const char *end = text + strlen(text);
    while (text < end) {
        const char *from = text;
        if (str_utf8_next(&text, end) < 0)
            str_add(&s, "\xef\xbf\xbd");
        else
            str_add_bytes(&s, from, (size_t)(text - from));
    }
    value = json_string(str_text(&s));
    str_free(&s);
    return value;
}

json_t *document_index(int64_t index)
{
    return index > 0 ? json_integer(index) : json_null();
}

json_t *document_seconds(frames length, uint32_t rate_hz)
{
    return json_real(round((double)length * 1000 / rate_hz) / 1000);
}

static int put(const char *bytes, size_t size, void *to)
{
    str_add_bytes(to, bytes, size);
    return 0;
}

void document_end(json_t *document, struct str *to)
{
    /* 12 digits: what was rounded to milliseconds is written so. */
    json_dump_callback(document, put, to, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    json_decref(document);
}

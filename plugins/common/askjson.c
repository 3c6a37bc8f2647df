/* SPDX-License-Identifier: GPL-3.0-or-later */
/* askjson.c: what the host answers to a question, as JSON. */
#include "askjson.h"

#include <stdlib.h>
#include <string.h>

#define DOCUMENT_MOST (4u << 20) /* bytes */

struct document {
    char *bytes;
    size_t size, capacity;
};

static bool take_piece(void *user, const char *data, size_t size)
{
    struct document *document = user;
    if (size > DOCUMENT_MOST - document->size)
        return false;
    if (document->size + size > document->capacity) {
        size_t capacity = 2 * (document->size + size) + 256;
        char *more = realloc(document->bytes, capacity);
        if (!more)
            return false;
        document->bytes = more;
        document->capacity = capacity;
    }
    if (size)
        memcpy(document->bytes + document->size, data, size);
    document->size += size;
    return true;
}

json_t *askjson(const struct limber_host_ask *ask, const char *question)
{
    struct document document = {.size = 0};
    json_t *json = NULL;
    if (ask && ask->ask(ask->context, question, NULL, 0, take_piece, &document) == LIMBER_OK)
        json = json_loadb(document.bytes ? document.bytes : "", document.size, 0, NULL);
    free(document.bytes);
    return json;
}

const char *askjson_text(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

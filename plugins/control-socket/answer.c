/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.c: what the host answers, collected. */
#include <stdlib.h>
#include <string.h>

#include "socket.h"

bool text_add(struct text *text, const char *bytes, size_t size)
{
    if (text->failed)
        return false;
    if (text->size + size > text->capacity) {
        size_t capacity = (text->size + size) * 2 < 1024 ? 1024 : (text->size + size) * 2;
        char *more = realloc(text->bytes, capacity);
        if (!more) {
            text->failed = true;
            return false;
        }
        text->bytes = more;
        text->capacity = capacity;
    }
    if (size)
        memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    return true;
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){.size = 0};
}

static bool take_piece(void *user, const char *data, size_t size)
{
    struct text *answer = user;
    if (size <= SOCKET_ANSWER_MOST && answer->size <= SOCKET_ANSWER_MOST - size)
        return text_add(answer, data, size);
    answer->failed = true;
    return false;
}

enum limber_status socket_ask(struct sockets *sockets, const char *question, const char *body,
                              size_t body_size, struct text *answer)
{
    static const char nobody[] = "{\"error\":\"this player answers no questions\"}";
    size_t before = answer->size;
    enum limber_status status = LIMBER_BUSY;
    if (sockets->ask)
        status =
            sockets->ask->ask(sockets->ask->context, question, body, body_size, take_piece, answer);
    else
        text_add(answer, nobody, sizeof nobody - 1);
    for (size_t i = before; i < answer->size; i++) { /* the frame of the protocol, come what may */
        if (answer->bytes[i] == '\n' || answer->bytes[i] == '\r' || answer->bytes[i] == '\0')
            answer->bytes[i] = ' ';
    }
    return status;
}

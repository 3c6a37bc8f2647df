/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_first.c: until ask.c knows the library, what the player alone can answer. */
#include <stdlib.h>

#include "base/arena.h"
#include "box/ask.h"

#define FIRST __attribute__((weak))

struct ask {
    struct ask_host host;
};

FIRST struct ask *ask_new(const struct ask_host *host)
{
    struct ask *ask = xcalloc(1, sizeof *ask);
    ask->host = *host;
    return ask;
}

FIRST void ask_destroy(struct ask *ask)
{
    free(ask);
}

FIRST enum limber_status ask_answer(struct ask *ask, const char *question, const char *body,
                                    size_t body_size, limber_ask_write write, void *user)
{
    return player_ask(ask->host.player, question, write, user);
}

FIRST void ask_reload(struct ask *ask)
{
}

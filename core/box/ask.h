/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask.h: answers to the questions of docs/ask.md about what is in the library and the history; what
 * plays now is the player's to tell (player_status_json()). [main] */
#ifndef BOX_ASK_H
#define BOX_ASK_H

#include "limber/ask.h"
#include "player/player.h"

struct ask;

/* What the answers stand on. */
struct ask_host {
    struct loop *loop;
    struct registry *registry;
    struct player *player;
};

struct ask *ask_new(const struct ask_host *host);
void ask_destroy(struct ask *ask);
/* As limber_host_ask.ask. Answers about routines are kept until their files change, so that asking
 * often costs little. */
enum limber_status ask_answer(struct ask *ask, const char *question, const char *body,
                              size_t body_size, limber_ask_write write, void *user);
/* Files may have changed: look at all of them again. */
void ask_reload(struct ask *ask);

#endif

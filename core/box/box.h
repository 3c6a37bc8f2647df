/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box.h: the appliance: a player that answers for years, one session at a time, driven by whatever
 * controls there are. All [main]. */
#ifndef BOX_BOX_H
#define BOX_BOX_H

#include <stdbool.h>

#include "player/config.h"
#include "player/player.h"

struct box;

struct box_options {
    struct loop *loop;
    struct registry *registry;
    const struct config *config; /* outlives the box */
    const char *boot_phrase;     /* NULL: the language's */
};

struct box *box_new(const struct box_options *options);
void box_destroy(struct box *box);

/* Runs a line: the command language, and what only a box understands (docs/box.md): `play ROUTINE
 * [for=12min] [level=easy] [voice=NAME] [detail=brief] [language=de] [seed=N]`, `today`, `forget`,
 * `reload`. */
enum limber_status box_command(struct box *box, const char *line, char *answer, size_t answer_size);
/* Answers a question of docs/ask.md. */
enum limber_status box_ask(struct box *box, const char *question, const char *body,
                           size_t body_size, bool (*write)(void *, const char *, size_t),
                           void *user);

#endif

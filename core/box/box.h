/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box.h: the appliance: a player that answers for years, one session at a time, driven by whatever
 * controls there are (docs/box.md). All [main].
 *
 * Nothing that takes time happens inside a command: what a command asks for begins with the next
 * round of the loop, so that a control is never entered again while it waits for its answer. */
#ifndef BOX_BOX_H
#define BOX_BOX_H

#include <stdbool.h>

#include "base/notify.h"
#include "player/config.h"
#include "player/player.h"

struct box;

struct box_options {
    struct loop *loop;
    struct registry *registry;
    const struct config *config; /* outlives the box, or the next reading of it */
    bool config_wrong;           /* it had errors, and is default where it had */
    const char *boot_phrase;     /* NULL: the language's */
    const char *state_folder;    /* for tests; NULL: the person's */
    struct notify *notify;       /* outlives the box; NULL: nobody is told */
    /* Reads the configuration anew. Returns NULL after logging what is wrong with it: the old one
     * stays. It lives until the call after the next. NULL: it is never read anew. */
    const struct config *(*read_config)(void *context);
    /* The sound system hangs: only a new process helps, which goes on with the session. May not
     * come back. */
    void (*hung)(void *context);
    void *context;
};

/* Opens the device, starts the controls, and says what there is to say. NULL with a message
 * (malloc'ed) in *error: another box of this person runs. */
struct box *box_new(const struct box_options *options, char **error);
/* In order: a session that plays is kept, and offered the next time. Takes at most 3 s, and what
 * the disk takes. */
void box_destroy(struct box *box);

/* Runs a line: the command language, and what only a box understands (docs/box.md): `play ROUTINE
 * [for=12min] [level=easy] [voice=NAME] [detail=brief] [language=de] [seed=N]`, `today`, `forget`,
 * `reload`. Errors: INVALID (no such command, routine or value), NOT_FOUND (no such routine), BUSY
 * (nothing plays; or a session is being made ready). */
enum limber_status box_command(struct box *box, const char *line, char *answer, size_t answer_size);
/* Answers a question of docs/ask.md. */
enum limber_status box_ask(struct box *box, const char *question, const char *body,
                           size_t body_size, bool (*write)(void *, const char *, size_t),
                           void *user);

#endif

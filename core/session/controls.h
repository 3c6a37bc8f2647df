/* SPDX-License-Identifier: GPL-3.0-or-later */
/* controls.h: the control plugins of a session, and what the host lends them: its loop, the command
 * language, and buttons. All [main]. */
#ifndef SESSION_CONTROLS_H
#define SESSION_CONTROLS_H

#include <stdbool.h>

#include "base/loop.h"
#include "base/units.h"
#include "limber/ask.h"
#include "limber/button.h"
#include "limber/control.h"
#include "plugin/registry.h"
#include "session/button.h"

struct controls;

struct controls_options {
    struct loop *loop;         /* outlives the controls */
    struct registry *registry; /* likewise */
    /* Runs one line of the command language, as limber_host_command.run does. */
    enum limber_status (*run)(void *context, const char *line, char *answer, size_t answer_size);
    /* Fills in where the session is (conductor_snapshot()). */
    void (*snapshot)(void *context, struct limber_snapshot *snapshot);
    /* Answers a question, as limber_host_ask.ask does; NULL: nothing can be asked here. */
    enum limber_status (*ask)(void *context, const char *question, const char *body,
                              size_t body_size, limber_ask_write write, void *user);
    /* What a press means now; NULL: as the snapshot tells (controls_facts()). */
    void (*facts)(void *context, struct button_facts *facts);
    nsec (*now)(void *context); /* for tests; NULL: CLOCK_MONOTONIC */
    void *context;
};

/* Lends the interfaces to every plugin that is made after this. */
struct controls *controls_new(const struct controls_options *options);
/* Stops and frees its plugins, and lends nothing any more. Presses that are open are forgotten. */
void controls_destroy(struct controls *controls);

/* Makes and starts plugin `id`. Returns false with a message (malloc'ed) in *error; the others go
 * on. */
bool controls_start(struct controls *controls, const char *id, char **error);
/* The session changed, or went on: every plugin gets a snapshot, at most CONTROLS_PER_SECOND. */
#define CONTROLS_PER_SECOND 4
void controls_changed(struct controls *controls);

/* The buttons, for keys of the program's own. Valid until destroy. */
const struct limber_host_button *controls_buttons(const struct controls *controls);

/* What a press means by a snapshot alone: the last 3 s of a hold are its last words. */
struct button_facts controls_facts(const struct limber_snapshot *snapshot);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_controls.c: the controls of the configuration; one that does not start is tried again. */
#include <stdlib.h>

#include "base/log.h"
#include "box/box_inside.h"

#define LOG_MODULE "box"

static enum limber_status run(void *context, const char *line, char *answer, size_t size)
{
    return box_command(context, line, answer, size);
}

static void snapshot(void *context, struct limber_snapshot *snapshot)
{
    player_snapshot(((struct box *)context)->player, snapshot);
}

static enum limber_status ask(void *context, const char *question, const char *body, size_t size,
                              limber_ask_write write, void *user)
{
    return box_ask(context, question, body, size, write, user);
}

/* What a press means: as in a session, or the answer to "Go on?". */
static void facts(void *context, struct button_facts *facts)
{
    static const enum button_question questions[] = {[ASKED_NOTHING] = BUTTON_NOT_ASKED,
                                                     [ASKED_READY] = BUTTON_READY,
                                                     [ASKED_GO_ON] = BUTTON_GO_ON,
                                                     [ASKED_EFFORT] = BUTTON_EFFORT};
    struct box *box = context;
    struct limber_snapshot now = {.size = sizeof now};
    player_snapshot(box->player, &now);
    *facts = controls_facts(&now);
    if (player_state(box->player) == PLAYER_PLAYING)
        facts->question = questions[conductor_question(player_conductor(box->player))];
    else if (box->asked)
        facts->question = BUTTON_GO_ON;
}

static void try(void *context);

static void start(struct box_control *control)
{
    struct box *box = control->box;
    char *error = NULL;
    control->timer = 0;
    if (controls_start(box->controls, control->id, &error)) {
        log_info("%s listens", control->id);
        control->wait_ms = 0;
        return;
    }
    bool hopeless = !registry_descriptor(box->options.registry, control->id, NULL);
    if (control->wait_ms == 0)
        log_warning("%s%s", error ? error : control->id,
                    hopeless ? "" : "; it is tried again from time to time");
    free(error);
    control->wait_ms = control->wait_ms == 0 ? BOX_RETRY_MS : 2 * control->wait_ms;
    if (control->wait_ms > BOX_RETRY_MOST_MS)
        control->wait_ms = BOX_RETRY_MOST_MS;
    if (!hopeless)
        control->timer = loop_add_timer(box->options.loop, control->wait_ms, 0, try, control);
}

static void try(void *context)
{
    start(context);
}

void box_start_controls(struct box *box)
{
    const struct controls_options options = {.loop = box->options.loop,
                                             .registry = box->options.registry,
                                             .run = run,
                                             .snapshot = snapshot,
                                             .ask = ask,
                                             .facts = facts,
                                             .context = box};
    box->controls = controls_new(&options);
    for (size_t i = 0; i < box->config->control_count; i++) {
        box->tries[i] = (struct box_control){.id = box->config->controls[i], .box = box};
        start(&box->tries[i]);
    }
    if (box->config->control_count == 0)
        log_warning("no control is set (controls: in the configuration): nothing can be asked of "
                    "this box");
}

void box_stop_controls(struct box *box)
{
    for (size_t i = 0; i < CONFIG_MOST_CONTROLS; i++)
        loop_remove(box->options.loop, box->tries[i].timer);
    controls_destroy(box->controls);
    box->controls = NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play_controls.c: what drives a session that is played at a terminal: its keys, buttons, remotes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/play_inside.h"
#include "base/log.h"

#define LOG_MODULE "play"

/* --- the keyboard --- */

void play_command(struct play *play, const char *line)
{
    char answer[160] = "";
    player_command(play->player, line, answer, sizeof answer);
    display_message(play->display, answer);
}

void play_press(void *user, char key)
{
    struct play *play = user;
    if (play->button) {
        const struct limber_host_button *buttons = controls_buttons(play->controls);
        buttons->tap(buttons->context, play->button, 0);
        return;
    }
    int id = command_of_key(key);
    if (id < 0)
        return;
    if (id == COMMAND_HELP) {
        display_keys(play->display);
        return;
    }
    char line[32];
    const char *name = command_table()[id].name;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(name, "|"), name);
    play_command(play, line);
}

/* --- buttons and remotes --- */

static enum limber_status control_run(void *context, const char *line, char *answer, size_t size)
{
    struct play *play = context;
    enum limber_status status = player_command(play->player, line, answer, size);
    display_message(play->display, answer);
    return status;
}

static void control_snapshot(void *context, struct limber_snapshot *snapshot)
{
    player_snapshot(((struct play *)context)->player, snapshot);
}

static enum limber_status control_ask(void *context, const char *question, const char *body,
                                      size_t body_size, limber_ask_write write, void *user)
{
    return player_ask(((struct play *)context)->player, question, write, user);
}

/* What a press means now. */
static void control_facts(void *context, struct button_facts *facts)
{
    static const enum button_question questions[] = {[ASKED_NOTHING] = BUTTON_NOT_ASKED,
                                                     [ASKED_READY] = BUTTON_READY,
                                                     [ASKED_GO_ON] = BUTTON_GO_ON,
                                                     [ASKED_EFFORT] = BUTTON_EFFORT};
    struct play *play = context;
    struct limber_snapshot now = {.size = sizeof now};
    player_snapshot(play->player, &now);
    *facts = controls_facts(&now);
    if (player_state(play->player) == PLAYER_PLAYING)
        facts->question = questions[conductor_question(player_conductor(play->player))];
}

void play_start_controls(struct play *play)
{
    const struct controls_options options = {.loop = play->app.loop,
                                             .registry = play->app.registry,
                                             .run = control_run,
                                             .snapshot = control_snapshot,
                                             .ask = control_ask,
                                             .facts = control_facts,
                                             .context = play};
    play->controls = controls_new(&options);
    if (play->app.request->one_button) {
        const struct limber_host_button *buttons = controls_buttons(play->controls);
        const struct limber_button_options taps = {.size = sizeof taps, .taps = true};
        play->button = buttons->add(buttons->context, "the keyboard", &taps);
        display_message(play->display, "The keyboard is one button: once pauses, twice next, three "
                                       "times back, held down where we are.");
    }
    for (size_t i = 0; i < play->app.request->control_count; i++) {
        char *error = NULL;
        if (!controls_start(play->controls, play->control_ids[i], &error))
            log_warning("%s", error);
        free(error);
    }
}

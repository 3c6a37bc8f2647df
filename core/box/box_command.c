/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_command.c: what is asked of a box in a line. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "box/box_inside.h"

#define LOG_MODULE "box"
#define CODE_WORD  "say-code "
#define CODE_LEAST 4
#define CODE_MOST  8

static enum limber_status forget(struct box *box, char *answer, size_t size)
{
    struct player_offer offer;
    box->asked = false;
    say_hush(box->say);
    if (!player_offer(box->player, &offer)) {
        snprintf(answer, size, "No session was left.");
        return LIMBER_NOT_FOUND;
    }
    snprintf(answer, size, "forgotten: %s", offer.title ? offer.title : "the session");
    player_forget_left(box->player);
    return LIMBER_OK;
}

static enum limber_status reload(struct box *box, char *answer, size_t size)
{
    box->reload = true;
    box_work_soon(box);
    snprintf(answer, size, "reading everything anew");
    return LIMBER_OK;
}

static enum limber_status nothing_plays(char *answer, size_t size)
{
    snprintf(answer, size, "Nothing is playing.");
    return LIMBER_BUSY;
}

/* "again", when "Go on?" was asked. */
static enum limber_status ask_again(struct box *box, char *answer, size_t size)
{
    struct player_offer offer;
    if (!player_offer(box->player, &offer))
        return nothing_plays(answer, size);
    box_tell_offer(box, &offer);
    snprintf(answer, size, "go on with %s?", offer.title ? offer.title : "the session");
    return LIMBER_OK;
}

/* Without a session. */
static enum limber_status at_rest(struct box *box, const struct command *command, char *answer,
                                  size_t size)
{
    switch (command->id) {
    case COMMAND_PLAY:
    case COMMAND_RESUME:
    case COMMAND_TOGGLE:
        return box_start_something(box, answer, size);
    case COMMAND_GO:
        return box->asked ? box_start_left(box, false, answer, size) : nothing_plays(answer, size);
    case COMMAND_RESTART:
        return box_start_left(box, true, answer, size) == LIMBER_OK
                   ? LIMBER_OK
                   : box_start_last(box, answer, size);
    case COMMAND_AGAIN:
    case COMMAND_WHERE:
        return ask_again(box, answer, size);
    case COMMAND_LOUDER:
    case COMMAND_QUIETER:
    case COMMAND_LEVEL:
    case COMMAND_VOICE:
    case COMMAND_DETAIL:
    case COMMAND_MUTE_TIPS:
        return box_keep(box, command, answer, size);
    case COMMAND_STATUS:
        snprintf(answer, size, "idle");
        return LIMBER_OK;
    case COMMAND_STOP:
        if (!say_busy(box->say) && !box->asked)
            return nothing_plays(answer, size);
        say_hush(box->say);
        box->asked = false;
        snprintf(answer, size, "quiet");
        return LIMBER_OK;
    default:
        return nothing_plays(answer, size);
    }
}

/* "say-code 472903", for a control that pairs a phone (docs/web.md). No command of the language, so
 * that no help shows it; and no log has the code. */
static enum limber_status say_code(struct box *box, const char *digits, char *answer, size_t size)
{
    size_t count = strlen(digits);
    if (count < CODE_LEAST || count > CODE_MOST || strspn(digits, "0123456789") != count) {
        snprintf(answer, size, "A code is %d to %d digits.", CODE_LEAST, CODE_MOST);
        return LIMBER_INVALID;
    }
    bool making = box->working && box->renewing; /* else the device is closing: that is soon over */
    if (making || box->wish.arena || player_state(box->player) != PLAYER_EMPTY) {
        snprintf(answer, size, "Codes are not said in the middle of a session. Stop it first.");
        return LIMBER_BUSY;
    }
    if (!box_tell_code(box, digits)) {
        snprintf(answer, size, "It cannot be said now.");
        return LIMBER_FAILED;
    }
    snprintf(answer, size, "It is being said.");
    return LIMBER_OK;
}

enum limber_status box_command(struct box *box, const char *line, char *answer, size_t answer_size)
{
    struct command command;
    *answer = '\0';
    if (str_starts_with(line, CODE_WORD))
        return say_code(box, line + sizeof CODE_WORD - 1, answer, answer_size);
    if (!command_parse(line, &command, answer, answer_size))
        return LIMBER_INVALID;
    bool plays = player_state(box->player) == PLAYER_PLAYING;
    if (command.id == COMMAND_STATUS &&
        (box->wish.arena || player_state(box->player) == PLAYER_OPENED)) {
        snprintf(answer, answer_size, "making a session ready");
        return LIMBER_OK;
    }
    if (command.id == COMMAND_PLAY && *command.name)
        return box_start_named(box, command.name, command.rest, answer, answer_size);
    if (command.id == COMMAND_TODAY)
        return box_start_today(box, answer, answer_size);
    if (command.id == COMMAND_RELOAD)
        return reload(box, answer, answer_size);
    bool making = box->working && (box->renewing || player_state(box->player) != PLAYER_EMPTY);
    if (box->wish.arena || making) {
        snprintf(answer, answer_size, "One moment: a session is being made ready.");
        return LIMBER_BUSY;
    }
    if (command.id == COMMAND_FORGET && !plays)
        return forget(box, answer, answer_size);
    if (!plays)
        return at_rest(box, &command, answer, answer_size);
    enum limber_status status = player_command(box->player, line, answer, answer_size);
    if (status == LIMBER_OK)
        box_keep_heard(box, &command);
    return status;
}

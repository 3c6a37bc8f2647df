/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands.c: the command language of a session: what may be said now, what waits, and who does
 * it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "session/conductor_inside.h"

static const command_fn functions[COMMAND_COUNT] = {
    [COMMAND_PLAY] = command_play,
    [COMMAND_PAUSE] = command_pause,
    [COMMAND_RESUME] = command_play,
    [COMMAND_TOGGLE] = command_toggle,
    [COMMAND_NEXT] = command_next,
    [COMMAND_BACK] = command_back,
    [COMMAND_TO] = command_to,
    [COMMAND_RESTART] = command_restart,
    [COMMAND_AGAIN] = command_again,
    [COMMAND_WHERE] = command_where,
    [COMMAND_MORE] = command_more_or_less,
    [COMMAND_LESS] = command_more_or_less,
    [COMMAND_SKIP_SIDE] = command_skip_side,
    [COMMAND_FASTER] = command_pace,
    [COMMAND_SLOWER] = command_pace,
    [COMMAND_LOUDER] = command_louder,
    [COMMAND_QUIETER] = command_louder,
    [COMMAND_LEVEL] = command_level,
    [COMMAND_VOICE] = command_voice,
    [COMMAND_DETAIL] = command_detail,
    [COMMAND_MUTE_TIPS] = command_mute_tips,
    [COMMAND_GO] = command_go,
    [COMMAND_EFFORT] = command_effort,
    [COMMAND_STOP] = command_stop,
    [COMMAND_STATUS] = command_status,
    [COMMAND_HELP] = command_help,
    [COMMAND_TODAY] = command_of_a_box,
    [COMMAND_FORGET] = command_of_a_box,
    [COMMAND_RELOAD] = command_of_a_box,
};

/* What only a box can do, which asks nobody while a session plays. */
static bool is_of_a_box(const struct command *command)
{
    return functions[command->id] == command_of_a_box ||
           (command->id == COMMAND_PLAY && command->name[0]);
}

enum limber_status command_of_a_box(struct conductor *conductor, const struct command *command,
                                    const struct reply *reply)
{
    if (command->id == COMMAND_PLAY || command->id == COMMAND_TODAY)
        return reply_no(conductor, reply, "a session is playing; \"stop\" ends it");
    return reply_no(conductor, reply, "only a box (limber serve) can do that");
}

void reply_say(const struct reply *reply, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reply->text, reply->size, format, arguments);
    va_end(arguments);
}

enum limber_status reply_no(struct conductor *conductor, const struct reply *reply, const char *why)
{
    conductor_chime(conductor, "no", PART_SOUNDS);
    reply_say(reply, "%s", why);
    return LIMBER_INVALID;
}

/* --- what waits --- */

/* Acts at once, whatever is being said. */
static bool is_urgent(const struct conductor *conductor, enum command_id id)
{
    switch (id) {
    case COMMAND_PAUSE:
    case COMMAND_STOP:
    case COMMAND_LOUDER:
    case COMMAND_QUIETER:
    case COMMAND_LEVEL:
    case COMMAND_STATUS:
    case COMMAND_PLAY:
    case COMMAND_RESUME:
        return true;
    case COMMAND_TOGGLE:
        return !conductor_waiting(conductor);
    default:
        return false;
    }
}

/* A caution is never cut off but by a pause; what is said otherwise changes with the next words. */
static bool must_wait(const struct conductor *conductor, enum command_id id)
{
    if (is_urgent(conductor, id) || conductor_page_speaks(conductor, true))
        return !is_urgent(conductor, id);
    bool from_next_words = id == COMMAND_VOICE || id == COMMAND_DETAIL || id == COMMAND_MUTE_TIPS;
    return from_next_words && conductor_page_speaks(conductor, false);
}

/* One of a kind: a second `more` adds to the first, else the later one counts. */
static void queue(struct conductor *conductor, const struct command *command)
{
    size_t at = 0;
    while (at < conductor->queued && conductor->queue[at].id != command->id)
        at++;
    if (at == QUEUE_MOST)
        return;
    nsec before = at < conductor->queued ? conductor->queue[at].time_ns : 0;
    conductor->queue[at] = *command;
    if (command->id == COMMAND_MORE || command->id == COMMAND_LESS)
        conductor->queue[at].time_ns += before;
    if (at == conductor->queued)
        conductor->queued++;
}

enum limber_status commands_wait(struct conductor *conductor, const struct command *command,
                                 const struct reply *reply)
{
    const char *name = command_table()[command->id].name;
    queue(conductor, command);
    conductor_chime(conductor, "heard", PART_SOUNDS);
    reply_say(reply, "%.*s: when this is said", (int)strcspn(name, "|"), name);
    return LIMBER_OK;
}

void commands_take_queued(struct conductor *conductor)
{
    char text[200];
    const struct reply reply = {text, sizeof text};
    if (conductor->queued == 0 || conductor->paused || conductor->finished ||
        conductor->answer.kind != ANSWER_NONE || must_wait(conductor, conductor->queue[0].id))
        return;
    const struct command command = conductor->queue[0];
    conductor->queued--;
    memmove(conductor->queue, conductor->queue + 1, conductor->queued * sizeof command);
    functions[command.id](conductor, &command, &reply);
}

/* --- at the end --- */

/* After the session only the question is left to answer. */
static enum limber_status answer_effort(struct conductor *conductor, const struct command *command,
                                        const struct reply *reply)
{
    switch (command->id) {
    case COMMAND_STOP:
    case COMMAND_STATUS:
    case COMMAND_LOUDER:
    case COMMAND_QUIETER:
    case COMMAND_LEVEL:
        return functions[command->id](conductor, command, reply);
    default:
        break;
    }
    enum conductor_question question = conductor_question(conductor);
    enum command_effort effort = command->id == COMMAND_EFFORT ? command->effort : EFFORT_EASY;
    if (command->id == COMMAND_NEXT)
        effort = EFFORT_HARD;
    bool answers = command->id == COMMAND_EFFORT || command->id == COMMAND_NEXT ||
                   command->id == COMMAND_TOGGLE || command->id == COMMAND_PLAY ||
                   command->id == COMMAND_RESUME || command->id == COMMAND_GO ||
                   command->id == COMMAND_PAUSE;
    if (question != ASKED_EFFORT || !answers)
        return reply_no(conductor, reply, "the session is at its end");
    announce_effort(conductor, effort);
    reply_say(reply, effort == EFFORT_EASY ? "easy" : "hard");
    return LIMBER_OK;
}

/* --- one line --- */

static enum limber_status run(struct conductor *conductor, const struct command *command,
                              const struct reply *reply)
{
    if (is_of_a_box(command))
        return command_of_a_box(conductor, command, reply);
    if (conductor->ending != ENDING_NOT)
        return answer_effort(conductor, command, reply);
    if (!must_wait(conductor, command->id))
        return functions[command->id](conductor, command, reply);
    return commands_wait(conductor, command, reply);
}

enum limber_status conductor_command(struct conductor *conductor, const char *line, char *answer,
                                     size_t answer_size)
{
    struct command command;
    const struct reply reply = {answer, answer_size};
    if (!command_parse(line, &command, answer, answer_size)) {
        if (!conductor->finished)
            conductor_chime(conductor, "no", PART_SOUNDS);
        return LIMBER_INVALID;
    }
    if (conductor->finished) {
        reply_say(&reply, "the session is over");
        return LIMBER_INVALID;
    }
    enum limber_status status = run(conductor, &command, &reply);
    conductor_look_soon(conductor);
    if (conductor->options.changed)
        conductor->options.changed(conductor->options.context);
    return status;
}

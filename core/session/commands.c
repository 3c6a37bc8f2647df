/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands.c: the command language of a session. */
#include <stdio.h>
#include <string.h>

#include "session/conductor_inside.h"

#define BACK_SECONDS 3 /* back within the first moments of a move goes to the one before */
#define MORE_SECONDS 10

typedef enum limber_status (*command_fn)(struct conductor *conductor, const char *argument,
                                         char *answer, size_t size);

static enum limber_status command_pause(struct conductor *conductor, const char *argument,
                                        char *answer, size_t size)
{
    if (!conductor->paused || conductor->aside)
        conductor_stop_sound(conductor);
    conductor->paused = true;
    snprintf(answer, size, "paused");
    return LIMBER_OK;
}

static enum limber_status command_play(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    if (conductor->paused) {
        conductor_stop_sound(conductor);
        conductor_go_on(conductor);
    }
    snprintf(answer, size, "playing");
    return LIMBER_OK;
}

static enum limber_status command_go(struct conductor *conductor, const char *argument,
                                     char *answer, size_t size)
{
    if (!conductor_waiting(conductor))
        return command_play(conductor, argument, answer, size);
    struct timeline_from from = conductor_stop_sound(conductor);
    conductor_go_on_from(conductor,
                         (struct timeline_from){.step = conductor_step_after(conductor, from.step),
                                                .at = conductor->cut});
    snprintf(answer, size, "going on");
    return LIMBER_OK;
}

static enum limber_status command_toggle(struct conductor *conductor, const char *argument,
                                         char *answer, size_t size)
{
    if (conductor->paused || conductor_waiting(conductor))
        return command_go(conductor, argument, answer, size);
    return command_pause(conductor, argument, answer, size);
}

static uint32_t move_at(const struct conductor *conductor, size_t step)
{
    const struct plan *plan = conductor->session->script->plan;
    return step < plan->cue_count ? plan->cues[step].move : (uint32_t)plan->move_count - 1;
}

static enum limber_status go_to_move(struct conductor *conductor, uint32_t move, char *answer,
                                     size_t size)
{
    const struct plan *plan = conductor->session->script->plan;
    conductor_go_on_from(conductor, (struct timeline_from){.step = plan->moves[move].first_cue,
                                                           .at = conductor->cut});
    snprintf(answer, size, "%s", plan->moves[move].name);
    return LIMBER_OK;
}

static enum limber_status command_next(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    const struct plan *plan = conductor->session->script->plan;
    if (conductor_waiting(conductor))
        return command_go(conductor, argument, answer, size);
    struct timeline_from from = conductor_stop_sound(conductor);
    uint32_t move = move_at(conductor, from.step);
    uint32_t next = move == UINT32_MAX ? 0 : move + 1;
    if (next < plan->move_count)
        return go_to_move(conductor, next, answer, size);
    conductor->finished = true;
    snprintf(answer, size, "that was the last move");
    return LIMBER_OK;
}

static enum limber_status command_back(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    struct timeline_from from = conductor_stop_sound(conductor);
    const struct plan *plan = conductor->session->script->plan;
    uint32_t move = move_at(conductor, from.step);
    if (move == UINT32_MAX || plan->move_count == 0) {
        conductor_go_on_from(conductor, (struct timeline_from){.step = 0, .at = conductor->cut});
        snprintf(answer, size, "from the beginning");
        return LIMBER_OK;
    }
    frames began = 0;
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(conductor->feed->timeline, &count);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].cue == plan->moves[move].first_cue)
            began = entries[i].start;
    }
    bool just_begun =
        conductor->cut - began < (frames)session_rate(conductor->session) * BACK_SECONDS;
    return go_to_move(conductor, just_begun && move > 0 && began > 0 ? move - 1 : move, answer,
                      size);
}

/* The session was cut in the middle of the sentence that it goes on with. */
static bool in_sentence(const struct conductor *conductor, const struct timeline_from *from)
{
    struct timeline_step step;
    return timeline_step_at(conductor->feed->timeline, conductor->cut, &step) &&
           step.step == from->step && conductor_cue(conductor, step.step)->kind == CUE_SPEECH;
}

static enum limber_status command_again(struct conductor *conductor, const char *argument,
                                        char *answer, size_t size)
{
    struct timeline_from from = conductor_stop_sound(conductor);
    if (conductor->said == UINT32_MAX && conductor->paused) {
        snprintf(answer, size, "nothing has been said yet");
        return LIMBER_INVALID;
    }
    /* The sentence in progress begins anew by itself. */
    if (!conductor->paused && (conductor->said == UINT32_MAX || in_sentence(conductor, &from)))
        conductor_go_on(conductor);
    else
        conductor_say_aside(conductor, conductor->said);
    snprintf(answer, size, "again");
    return LIMBER_OK;
}

static enum limber_status command_more(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    nsec more = MORE_SECONDS * NSEC_PER_SEC;
    if (argument && !units_parse_duration(argument, strlen(argument), &more)) {
        snprintf(answer, size, "more takes a time, such as: more 10s");
        return LIMBER_INVALID;
    }
    struct timeline_step step;
    frames at = conductor_heard(conductor);
    if (!timeline_step_at(conductor->feed->timeline, at, &step) ||
        conductor_cue(conductor, step.step)->kind != CUE_BOUT) {
        snprintf(answer, size, "nothing is being held now");
        return LIMBER_INVALID;
    }
    char text[40];
    bool was_paused = conductor->paused;
    struct timeline_from from = conductor_stop_sound(conductor);
    changes_add(&conductor->changes, conductor->session->script->plan, (uint32_t)from.step,
                frames_from_ns(more, session_rate(conductor->session)));
    if (!was_paused)
        conductor_go_on(conductor);
    snprintf(answer, size, "%s more", units_format_duration(more, text, sizeof text));
    return LIMBER_OK;
}

static enum limber_status command_quit(struct conductor *conductor, const char *argument,
                                       char *answer, size_t size)
{
    stream_hold(conductor->stream);
    conductor->finished = true;
    snprintf(answer, size, "stopped");
    return LIMBER_OK;
}

static enum limber_status command_status(struct conductor *conductor, const char *argument,
                                         char *answer, size_t size)
{
    struct limber_snapshot now = {.size = sizeof now};
    char position[16], total[16];
    conductor_snapshot(conductor, &now);
    units_format_clock(ns_from_frames(now.position_frames, now.rate_hz), false, position,
                       sizeof position);
    units_format_clock(ns_from_frames(now.total_frames, now.rate_hz), false, total, sizeof total);
    snprintf(answer, size, "%s of %s, %s%s%s", position, total, now.move, *now.side ? ", " : "",
             now.side);
    return LIMBER_OK;
}

static const struct command_help commands[] = {
    {"pause", "", "stop; sentences begin anew, holds keep their time", 'p'},
    {"play", "", "go on", 0},
    {"toggle", "", "pause or go on", ' '},
    {"next", "", "to the next move", 'n'},
    {"back", "", "to the beginning of this move, or the one before", 'b'},
    {"again", "", "say the last instruction again", 'r'},
    {"more", "[TIME]", "hold longer, by 10 s or TIME", '+'},
    {"go", "", "I am ready (where the routine waits)", '\n'},
    {"status", "", "where are we", 's'},
    {"quit", "", "stop and leave", 'q'},
};
static const command_fn functions[] = {command_pause,  command_play,  command_toggle, command_next,
                                       command_back,   command_again, command_more,   command_go,
                                       command_status, command_quit};

const struct command_help *conductor_commands(size_t *count)
{
    *count = sizeof commands / sizeof *commands;
    return commands;
}

enum limber_status conductor_command(struct conductor *conductor, const char *line, char *answer,
                                     size_t answer_size)
{
    char verb[32] = "";
    const char *space = strchr(line, ' ');
    size_t length = space ? (size_t)(space - line) : strlen(line);
    const char *argument = space && space[1] ? space + 1 : NULL;
    if (length < sizeof verb)
        memcpy(verb, line, length);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(verb, commands[i].name) != 0)
            continue;
        if (conductor->finished) {
            snprintf(answer, answer_size, "the session is over");
            return LIMBER_INVALID;
        }
        enum limber_status status = functions[i](conductor, argument, answer, answer_size);
        if (conductor->options.changed)
            conductor->options.changed(conductor->options.context);
        return status;
    }
    snprintf(answer, answer_size, "no command \"%s\"; try help", verb);
    return LIMBER_INVALID;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h: the one command language, for keys, buttons, sockets and configuration: what may be
 * said, and what it means. Pure. */
#ifndef SESSION_COMMAND_H
#define SESSION_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/units.h"
#include "plan/plan.h"

enum command_id {
    COMMAND_PLAY,
    COMMAND_PAUSE,
    COMMAND_RESUME, /* does what COMMAND_PLAY does */
    COMMAND_TOGGLE,
    COMMAND_NEXT,
    COMMAND_BACK,
    COMMAND_TO,
    COMMAND_RESTART,
    COMMAND_AGAIN,
    COMMAND_WHERE,
    COMMAND_MORE,
    COMMAND_LESS,
    COMMAND_SKIP_SIDE,
    COMMAND_FASTER,
    COMMAND_SLOWER,
    COMMAND_LOUDER,
    COMMAND_QUIETER,
    COMMAND_LEVEL,
    COMMAND_VOICE,
    COMMAND_DETAIL,
    COMMAND_MUTE_TIPS,
    COMMAND_GO,
    COMMAND_EFFORT,
    COMMAND_STOP,
    COMMAND_STATUS,
    COMMAND_HELP,
    COMMAND_TODAY,  /* of a box: play what is due */
    COMMAND_FORGET, /* of a box: no longer offer the session that was left */
    COMMAND_RELOAD, /* of a box: read its configuration and its pages again */
    COMMAND_COUNT
};

enum command_part { PART_MASTER, PART_SPEECH, PART_SOUNDS, PART_BED, PART_COUNT };
enum command_effort { EFFORT_NONE, EFFORT_EASY, EFFORT_HARD };

/* One command, understood. Members that its verb does not take are zero. */
struct command {
    enum command_id id;
    nsec time_ns;               /* more, less: above 0, at most 1 h; 10 s when none was said */
    enum command_part part;     /* louder, quieter, level */
    enum detail detail;         /* detail */
    enum command_effort effort; /* effort */
    bool on;                    /* mute-tips */
    int number;                 /* level: dB, −24 … 6; to: a move, from 1 */
    char name[128];             /* voice; help: a verb, or ""; play: a routine, or "" (go on) */
    char rest[256];             /* play: "option=value" after the routine's name, or "" */
};

#define COMMAND_STEP_NS        (10 * NSEC_PER_SEC) /* of more and less */
#define COMMAND_LEVEL_LEAST_DB (-24)
#define COMMAND_LEVEL_MOST_DB  6
#define COMMAND_MOVE_MOST      999999 /* of to */

/* Understands one line, such as "more 10s"; case (but of a voice's name) and outer spaces do not
 * matter. Returns false with a sentence for people, with the nearest verb, in `error`; then
 * *command is all zero. Any bytes may be handed over. */
bool command_parse(const char *line, struct command *command, char *error, size_t error_size);

/* The level a step of louder or quieter from *level_db; from one between two steps the last is a
 * smaller one. False: that is the loudest, or the softest. */
bool command_step_level(const struct command *command, int *level_db);
const char *command_part_name(enum command_part part); /* "master", "speech"… */

/* Takes the next option off `rest`: "for=10min voice='My Own'" are two. `name` is of small letters
 * and hyphens; a value is without its quotes. False at the end. After command_parse() there is
 * nothing else in it; of other texts what is wrong also ends it. */
bool command_next_option(const char **rest, char name[24], char value[128]);

/* One verb, for help texts, completion and key maps. */
struct command_help {
    const char *name;      /* also another name after a '|': "stop|quit" */
    const char *arguments; /* "[TIME]", or "" */
    const char *help;      /* one line */
    const char *by_ear;    /* how it answers: "an earcon", "words", "what comes next" */
    char key;              /* on a keyboard; 0: none */
};
/* COMMAND_COUNT entries, indexed by enum command_id. */
const struct command_help *command_table(void);
/* The verb of a key, or −1. Also knows keys that help does not show: 'p' toggles, '=' is '+'… */
int command_of_key(char key);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coach.h: what practice and the answers after sessions say about the next one (docs/coach.md).
 *
 * Pure: the same page, facts and request give the same choices. It reads no file and no clock.
 * Every choice has a reason in plain words, and every rule can be switched off. */
#ifndef COACH_COACH_H
#define COACH_COACH_H

#include <stdbool.h>
#include <stdio.h>

#include "history/history.h"
#include "plan/plan.h"

#define COACH_BREAK_DAYS      14 /* without a session: careful again */
#define COACH_LONG_BREAK_DAYS 42 /* without a move: explained as if it were new */
#define COACH_NORMAL_FROM     3  /* sessions with a move: until then it is guided in full, */
#define COACH_BRIEF_FROM      10 /* from here on briefly */
#define COACH_STEPS           8  /* from the low end of the ranges to the level's value */
#define COACH_STEPS_EASY      2  /* up, after a session that was easy */
#define COACH_STEPS_HARD      2  /* down, after one that was hard; without an answer: 1 up */
#define COACH_ANSWERS         60 /* sessions that are looked at */
#define COACH_CHOICE_DAYS     60 /* how far `pick` looks back */

enum coach_rule { COACH_GUIDANCE, COACH_RANGES, COACH_SIDES, COACH_PICKS, COACH_RULE_COUNT };
/* "guidance", "ranges", "sides", "picks": the switches in the configuration. */
const char *coach_rule_name(enum coach_rule rule);

struct coach_switches {
    bool on[COACH_RULE_COUNT];
};

/* What is known of the past, before the session to come. */
struct coach_facts {
    const struct history_practice *practices; /* of all routines, in any order */
    size_t practice_count;
    const struct history_answer *answers; /* of this routine's sessions, the newest first */
    size_t answer_count;
    enum side last_side; /* that this routine's last session with sides began with; NONE: unknown */
    const struct history_choice *choices; /* what `pick` chose in this routine */
    size_t choice_count;
};

struct coach_request {
    calendar_day today;
    struct coach_switches switches;
    enum level level;
    bool detail_given; /* the person asked for `detail`: it is that of every move */
    enum detail detail;
    bool length_given; /* a length was asked for, which decides about the ranges */
    bool seed_given;   /* a seed was asked for, which decides what is picked */
};

struct coach_reason {
    enum coach_rule rule;
    const char *name; /* of the move or group as the page has it; NULL: the whole session */
    const char *text; /* "normal guidance: done 4 times, last on Thursday" */
    struct place place;
};

struct coach {
    const struct plan_section *sections; /* by number of section */
    const double *values; /* by number of section: where in its ranges, 0 low … 1 high;
                             NAN: it has none */
    size_t section_count;
    const double *fractions; /* by range id − 1, < 0: by level; NULL: all by level */
    const struct coach_reason *reasons;
    size_t reason_count;
};

/* Everything is in the arena; texts of the routine are shared with it. */
struct coach coach_advise(const struct routine *routine, const struct coach_request *request,
                          const struct coach_facts *facts, struct arena *arena);
/* Puts the choices into the options, whose other members stay. The choices must outlive them. */
void coach_apply(const struct coach *coach, struct plan_options *options);
/* A reason a line, "Cat-cow: normal guidance: done 4 times, last on Thursday". */
void coach_explain(const struct coach *coach, FILE *to);

/* How the history calls a section (history_move.page): the bare name of its page if it is one, else
 * its heading. In the arena. */
const char *coach_page(const struct routine *routine, const struct section *section,
                       struct arena *arena);

/* Asks the history. `routine`: as the history calls it. */
struct coach_facts coach_gather(struct history *history, const char *routine, calendar_day today,
                                struct arena *arena);

#endif

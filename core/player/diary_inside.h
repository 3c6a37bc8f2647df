/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diary_inside.h: what the files of the diary share. [main] */
#ifndef PLAYER_DIARY_INSIDE_H
#define PLAYER_DIARY_INSIDE_H

#include "player/diary.h"
#include "session/coaching.h"

/* One side of the move that is done, or all of it. */
struct diary_part {
    bool begun, skipped;
    nsec started_ns, done_ns, added_ns;
};

struct diary {
    struct arena *arena;
    struct diary_about about;
    const struct section *const *sections; /* by number */
    size_t section_count;
    size_t *parents; /* by number of section: that of its group */
    bool *reached;   /* by number of section: told as a choice */

    bool counting;                       /* `at` is valid */
    frames at;                           /* of the last event */
    nsec done_ns, paused_ns, written_ns; /* written: done_ns at the last update of a step */
    bool paused;
    int64_t paused_ms; /* since when */

    uint32_t move; /* of the plan; UINT32_MAX: none */
    enum side side;
    int round;
    bool left_early; /* the person went elsewhere */
    struct diary_part parts[3];

    struct timeline *planned; /* of the plan as it is without changes; NULL: not asked for yet */
    const struct plan *planned_of;

    bool heard, ended, taken_up;
};

/* How long the parts of the move are as planned, by side. */
void diary_plan_move(struct diary *diary, nsec planned_ns[3]);
void diary_let_go_plan(struct diary *diary);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* facts.c: asks the history what the rules want to know. */
#include <string.h>

#include "coach/coach_inside.h"

/* Of the newest session that had sides. */
static enum side last_side(struct history *history, const char *routine, struct arena *arena)
{
    const struct history_filter filter = {.routine = routine, .most = COACH_ANSWERS};
    struct history_session *sessions;
    size_t count = history_sessions(history, &filter, arena, &sessions);
    for (size_t i = 0; i < count; i++) {
        const char *side = sessions[i].first_side;
        if (side && strcmp(side, "left") == 0)
            return SIDE_LEFT;
        if (side && strcmp(side, "right") == 0)
            return SIDE_RIGHT;
    }
    return SIDE_NONE;
}

struct coach_facts coach_gather(struct history *history, const char *routine, calendar_day today,
                                struct arena *arena)
{
    const struct history_filter all = {0};
    struct history_practice *practices = NULL;
    struct history_answer *answers = NULL;
    struct history_choice *choices = NULL;
    struct coach_facts facts = {.last_side = last_side(history, routine, arena)};
    facts.practice_count = history_practices(history, &all, arena, &practices);
    facts.answer_count = history_answers(history, routine, COACH_ANSWERS, arena, &answers);
    facts.choice_count =
        history_choices(history, routine, today - COACH_CHOICE_DAYS, arena, &choices);
    facts.practices = practices;
    facts.answers = answers;
    facts.choices = choices;
    return facts;
}

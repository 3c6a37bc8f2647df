/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guidance.c: explaining fades with practice, move by move.
 *
 * In full for the first COACH_NORMAL_FROM sessions with a move, normal until COACH_BRIEF_FROM, then
 * brief. After COACH_BREAK_DAYS without the move one step back up, after COACH_LONG_BREAK_DAYS in
 * full, for one session. The plan says cautions in full on their first pass whatever the detail. */
#include "coach/coach_inside.h"

static enum detail detail_for(size_t sessions, int32_t days)
{
    enum detail detail = sessions < COACH_NORMAL_FROM  ? DETAIL_FULL
                         : sessions < COACH_BRIEF_FROM ? DETAIL_NORMAL
                                                       : DETAIL_BRIEF;
    if (days >= COACH_LONG_BREAK_DAYS)
        return DETAIL_FULL;
    if (days >= COACH_BREAK_DAYS && detail > DETAIL_FULL)
        return detail - 1;
    return detail;
}

void advice_guidance(struct advice *advice)
{
    static const char *const names[] = {"full", "normal", "brief"};
    struct arena *arena = advice->arena;
    calendar_day today = advice->request->today;
    for (size_t i = 0; i < advice->section_count; i++) {
        const struct section *section = advice->sections[i];
        const struct history_practice *practice = advice->practices[i];
        if (section->group)
            continue;
        int32_t days = practice ? coach_days_since(practice->last, today) : 0;
        enum detail detail = practice ? detail_for(practice->sessions, days) : DETAIL_FULL;
        advice->choices[i].has_detail = true;
        advice->choices[i].detail = detail;
        const char *text = "full guidance: new";
        if (practice && days >= COACH_BREAK_DAYS && days < INT32_MAX)
            text = arena_printf(arena, "%s guidance: done %s, but not for %d days", names[detail],
                                coach_times(practice->sessions, arena), (int)days);
        else if (practice)
            text = arena_printf(arena, "%s guidance: done %s, last %s", names[detail],
                                coach_times(practice->sessions, arena),
                                coach_when(practice->last, today, arena));
        advice_say(advice, COACH_GUIDANCE, section, text);
    }
}

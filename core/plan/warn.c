/* SPDX-License-Identifier: GPL-3.0-or-later */
/* warn.c: what is odd about a page as a session. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "plan/plan.h"

static bool same_place(struct place a, struct place b)
{
    return a.source == b.source && a.line == b.line && a.column == b.column;
}

/* A heading is judged where it is first heard: rounds are meant to come back. */
static bool heard_before(const struct plan *plan, size_t move)
{
    size_t from = move > 200 ? move - 200 : 0;
    for (size_t i = from; i < move; i++)
        if (same_place(plan->moves[i].place, plan->moves[move].place) &&
            plan->moves[i].name == plan->moves[move].name)
            return true;
    return false;
}

/* Down to the floor, up to the feet and down again, or the other way round: tiring to follow with
 * closed eyes. */
static void warn_positions(const struct plan *plan, struct diags *diags)
{
    int extreme = -1, swings = 0;
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        if (!move->position || heard_before(plan, i))
            continue;
        int height = position_height(move->position);
        if (height == 1 || height == extreme)
            continue;
        swings += extreme >= 0;
        extreme = height;
        if (swings < 3)
            continue;
        diags_add(diags, SEVERITY_WARNING, move->place,
                  "put the moves that lie and those that stand together",
                  "here the person changes between standing and lying for the %s time",
                  swings == 3 ? "third" : "fourth");
        return;
    }
}

void plan_warn(const struct plan *plan, struct diags *diags)
{
    if (plan->move_count == 0)
        diags_add(diags, SEVERITY_WARNING, plan->routine->root->place,
                  "look at `level` and `optional`", "no move of this page is played");
    warn_positions(plan, diags);
}

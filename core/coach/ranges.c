/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranges.c: how long and how often, within what the page allows.
 *
 * A routine climbs from the low end of its ranges to the value of the level chosen, in COACH_STEPS
 * steps: COACH_STEPS_EASY up after "easy", one up after a finished session without an answer,
 * COACH_STEPS_HARD down after "hard", to the bottom after COACH_BREAK_DAYS without a session. A
 * move that is new in it, or was not done for as long, is at the low end whatever the routine has
 * come to, and goes no more than COACH_STEPS_EASY steps above its last time.
 * Rests and waits are left to the level, for a longer one is no harder; so is what is picked. */
#include <math.h>

#include "coach/coach_inside.h"

struct climb {
    int steps;
    const char *why;
};

static int next_step(int steps, const struct history_answer *answer)
{
    if (answer->effort == HISTORY_HARD)
        steps -= COACH_STEPS_HARD;
    else if (answer->effort == HISTORY_EASY)
        steps += COACH_STEPS_EASY;
    else if (answer->outcome == HISTORY_FINISHED)
        steps++;
    return steps < 0 ? 0 : steps > COACH_STEPS ? COACH_STEPS : steps;
}

static struct climb climb(struct advice *advice)
{
    const struct coach_facts *facts = advice->facts;
    struct climb climb = {.why = "no session yet"};
    calendar_day before = CALENDAR_NO_DAY;
    for (size_t i = facts->answer_count; i-- > 0;) {
        const struct history_answer *answer = &facts->answers[i];
        if (coach_days_since(before, answer->day) >= COACH_BREAK_DAYS)
            climb.steps = 0;
        climb.steps = next_step(climb.steps, answer);
        before = answer->day;
    }
    if (facts->answer_count == 0)
        return climb;
    const struct history_answer *last = &facts->answers[0];
    const char *when = coach_when(last->day, advice->request->today, advice->arena);
    int32_t days = coach_days_since(last->day, advice->request->today);
    if (days >= COACH_BREAK_DAYS)
        return (struct climb){0, arena_printf(advice->arena, "no session for %d days", (int)days)};
    climb.why = arena_printf(advice->arena,
                             last->effort == HISTORY_HARD   ? "%s was hard, so a step back"
                             : last->effort == HISTORY_EASY ? "%s was easy"
                             : last->outcome == HISTORY_FINISHED
                                 ? "%s was finished and not hard"
                                 : "%s was not finished, so nothing changes",
                             arena_printf(advice->arena, "the last session (%s)", when));
    return climb;
}

/* --- the ranges of a section --- */

struct found {
    void (*each)(void *context, uint32_t id);
    void *context;
    size_t count;
};

static void found_range(struct found *found, struct range range)
{
    if (range.id == 0 || range.low >= range.high)
        return;
    found->each(found->context, range.id);
    found->count++;
}

static void found_mark(struct found *found, const struct mark *mark)
{
    switch (mark->kind) {
    case MARK_WAIT:
    case MARK_REST:
    case MARK_READY:
    case MARK_COUNT:
        return;
    default:
        if (mark_is_timed(mark->kind)) {
            found_range(found, mark->time);
            found_range(found, mark->amount);
        }
    }
}

static void found_blocks(struct found *found, const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t s = 0; s < blocks[i].span_count; s++)
            if (blocks[i].spans[s].kind == SPAN_MARK)
                found_mark(found, &blocks[i].spans[s].mark);
        found_blocks(found, blocks[i].children, blocks[i].child_count);
    }
}

size_t advice_own_ranges(const struct section *section, void (*each)(void *context, uint32_t id),
                         void *context)
{
    struct found found = {.each = each, .context = context};
    found_range(&found, section->rounds);
    found_range(&found, section->sets);
    found_range(&found, section->reps);
    if (section->bout)
        found_mark(&found, section->bout);
    found_blocks(&found, section->lead, section->lead_count);
    found_blocks(&found, section->before, section->before_count);
    found_blocks(&found, section->body, section->body_count);
    found_blocks(&found, section->after, section->after_count);
    return found.count;
}

/* --- values --- */

struct setting {
    struct advice *advice;
    double value, top;
};

static void set(void *context, uint32_t id)
{
    struct setting *setting = context;
    if (id <= setting->advice->routine->range_count) /* the level's own value is exact */
        setting->advice->fractions[id - 1] = setting->value < setting->top ? setting->value : -1;
}

/* The value of one move where the routine has come to `routine`; *why if it differs. */
static double value_of(const struct advice *advice, size_t number, double routine, double top,
                       const char **why)
{
    const struct history_practice *practice = advice->practices[number];
    if (advice->sections[number]->group)
        return routine;
    if (!practice) {
        *why = "new";
        return 0;
    }
    int32_t days = coach_days_since(practice->last, advice->request->today);
    if (days >= COACH_BREAK_DAYS) {
        *why = days == INT32_MAX ? "new"
                                 : arena_printf(advice->arena, "not done for %d days", (int)days);
        return 0;
    }
    double most = isnan(practice->fraction) || practice->fraction < 0
                      ? top
                      : practice->fraction + top * COACH_STEPS_EASY / COACH_STEPS;
    if (most < routine)
        *why = "one step above the last time";
    return fmin(most, routine);
}

/* What is said of the whole session, with `count` ranges. */
static const char *level_text(const struct advice *advice, const struct climb *climb, size_t count)
{
    enum level level = advice->request->level;
    if (count == 0)
        return "the page has none to choose from";
    if (level == LEVEL_EASY)
        return "at the low end: level easy";
    if (climb->steps == 0)
        return arena_printf(advice->arena, "at the low end: %s", climb->why);
    if (climb->steps == COACH_STEPS)
        return arena_printf(advice->arena, "where level %s has them: %s", level_name(level),
                            climb->why);
    return arena_printf(advice->arena, "%d of %d steps from the low end to level %s: %s",
                        climb->steps, COACH_STEPS, level_name(level), climb->why);
}

void advice_ranges(struct advice *advice)
{
    enum level level = advice->request->level;
    double top = level == LEVEL_EASY ? 0 : level == LEVEL_DEEP ? 1 : 0.5;
    struct climb climbed = climb(advice);
    double routine = top * climbed.steps / COACH_STEPS;
    size_t count = 0;
    size_t said = advice->reasons.count;
    advice_say(advice, COACH_RANGES, NULL, NULL);
    for (size_t i = 0; i < advice->section_count; i++) {
        const char *why = NULL;
        double value = value_of(advice, i, routine, top, &why);
        struct setting setting = {advice, value, top};
        size_t own = advice_own_ranges(advice->sections[i], set, &setting);
        count += own;
        if (own == 0)
            continue;
        advice->values[i] = value;
        if (why && value < routine)
            advice_say(advice, COACH_RANGES, advice->sections[i],
                       arena_printf(advice->arena, "%s its ranges: %s",
                                    value > 0 ? "lower in" : "at the low end of", why));
    }
    advice->reasons.items[said].text = level_text(advice, &climbed, count);
}

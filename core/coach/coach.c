/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coach.c: applies the rules one after the other; none depends on another. */
#include "coach/coach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "coach/coach_inside.h"

const char *coach_rule_name(enum coach_rule rule)
{
    static const char *const names[] = {"guidance", "ranges", "sides", "picks"};
    return names[rule];
}

void advice_say(struct advice *advice, enum coach_rule rule, const struct section *section,
                const char *text)
{
    *vec_push(&advice->reasons) =
        (struct coach_reason){.rule = rule,
                              .name = section ? section->name : NULL,
                              .text = text,
                              .place = section ? section->place : (struct place){0}};
}

/* --- pages --- */

static const struct source *first_source(const struct section *section)
{
    const struct block *const lists[] = {section->before, section->body, section->after};
    const size_t counts[] = {section->before_count, section->body_count, section->after_count};
    for (size_t i = 0; i < 3; i++)
        if (counts[i] > 0)
            return lists[i][0].place.source;
    return NULL;
}

/* Whether ".de", ".pt-PT" end a name, from the dot on. */
static bool is_tag(const char *dot)
{
    size_t first = strcspn(dot + 1, "-");
    size_t letters = strspn(dot + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return letters == first && (first == 2 || first == 3) && strlen(dot + 1) <= 12;
}

/* "moves/cat-cow.de.md" is cat-cow. */
static const char *bare_name(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    char *name = arena_strdup(arena, slash ? slash + 1 : path);
    if (str_ends_with(name, ".md"))
        name[strlen(name) - 3] = '\0';
    char *dot = strrchr(name, '.');
    if (dot && dot > name && is_tag(dot))
        *dot = '\0';
    return name;
}

const char *coach_page(const struct routine *routine, const struct section *section,
                       struct arena *arena)
{
    if (section == routine->root && routine->path)
        return bare_name(routine->path, arena);
    const struct source *source = first_source(section);
    if (source && source != section->place.source)
        return bare_name(source->path, arena);
    return section->name;
}

/* --- practice by move --- */

static int by_page(const void *a, const void *b)
{
    const struct history_practice *const *left = a, *const *right = b;
    return strcmp((*left)->page, (*right)->page);
}

static void find_practices(struct advice *advice)
{
    const struct coach_facts *facts = advice->facts;
    size_t count = facts->practice_count;
    const struct history_practice **sorted = xcalloc(count + 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &facts->practices[i];
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, by_page);
    for (size_t i = 0; i < advice->section_count && count > 0; i++) {
        const struct section *section = advice->sections[i];
        if (section->group)
            continue;
        const struct history_practice wanted = {
            .page = coach_page(advice->routine, section, advice->arena)};
        const struct history_practice *key = &wanted;
        const struct history_practice **found =
            bsearch(&key, sorted, count, sizeof *sorted, by_page);
        advice->practices[i] = found && (*found)->sessions > 0 ? *found : NULL;
    }
    free(sorted);
}

/* --- the whole --- */

/* Why a rule does nothing; NULL: it acts. */
static const char *at_rest(const struct coach_request *request, enum coach_rule rule)
{
    static const char *const details[] = {"full guidance: asked for", "normal guidance: asked for",
                                          "brief guidance: asked for"};
    if (rule == COACH_GUIDANCE && request->detail_given)
        return details[request->detail];
    if (!request->switches.on[rule])
        return "switched off";
    if (rule == COACH_RANGES && request->length_given)
        return "as the length that was asked for needs them";
    if (rule == COACH_PICKS && request->seed_given)
        return "by the seed that was given";
    return NULL;
}

struct coach coach_advise(const struct routine *routine, const struct coach_request *request,
                          const struct coach_facts *facts, struct arena *arena)
{
    static void (*const rules[])(struct advice *) = {advice_guidance, advice_ranges, advice_sides,
                                                     advice_picks};
    struct advice advice = {.routine = routine, .request = request, .facts = facts, .arena = arena};
    size_t count = advice.section_count = plan_sections(routine, arena, &advice.sections);
    advice.practices = ARENA_ARRAY(arena, const struct history_practice *, count);
    advice.choices = ARENA_ARRAY(arena, struct plan_section, count);
    advice.values = ARENA_ARRAY(arena, double, count);
    advice.fractions = ARENA_ARRAY(arena, double, routine->range_count + 1);
    for (size_t i = 0; i < count; i++)
        advice.values[i] = NAN;
    for (size_t i = 0; i < routine->range_count; i++)
        advice.fractions[i] = -1;
    find_practices(&advice);
    for (int rule = 0; rule < COACH_RULE_COUNT; rule++) {
        const char *rest = at_rest(request, (enum coach_rule)rule);
        if (rest)
            advice_say(&advice, (enum coach_rule)rule, NULL, rest);
        else
            rules[rule](&advice);
    }
    struct coach coach = {.sections = advice.choices,
                          .values = advice.values,
                          .section_count = count,
                          .fractions = advice.fractions,
                          .reason_count = advice.reasons.count};
    coach.reasons = vec_to_arena(&advice.reasons, arena);
    return coach;
}

void coach_apply(const struct coach *coach, struct plan_options *options)
{
    options->sections = coach->sections;
    options->choice.fractions = coach->fractions;
}

void coach_explain(const struct coach *coach, FILE *to)
{
    for (size_t i = 0; i < coach->reason_count; i++) {
        const struct coach_reason *reason = &coach->reasons[i];
        const char *name = reason->name && reason->name[0] ? reason->name : NULL;
        fprintf(to, "%s: %s\n", name ? name : coach_rule_name(reason->rule), reason->text);
    }
}

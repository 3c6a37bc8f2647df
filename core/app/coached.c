/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coached.c: what the coach is asked with, and what it says, for all verbs. */
#include "app/app.h"
#include "base/units.h"
#include "timeline/report.h"

struct coach_switches app_coach_switches(const struct app *app)
{
    struct coach_switches switches = app->config.coach;
    for (int rule = 0; app->request->coach >= 0 && rule < COACH_RULE_COUNT; rule++)
        switches.on[rule] = (app->request->coach & 1 << rule) != 0;
    return switches;
}

struct session_coaching app_coaching(struct app *app, struct history **history)
{
    const bool *given = app->request->given;
    struct moment now = calendar_now();
    const char *place = history_place(app->arena);
    *history = place ? history_open_to_read(place, now) : NULL;
    return (struct session_coaching){.history = *history,
                                     .today = calendar_day_of(now),
                                     .switches = app_coach_switches(app),
                                     .detail_given = given[OPTION_DETAIL],
                                     .seed_given = given[OPTION_SEED]};
}

void app_explain(struct app *app, FILE *to)
{
    static const char *const levels[] = {"easy", "normal", "deep"};
    const struct request *request = app->request;
    const struct coach *coach = session_coach(app->session);
    const struct plan_fit *fit = session_fit(app->session);
    const char *why = request->given[OPTION_LEVEL]     ? "asked for"
                      : request->level != LEVEL_NORMAL ? "your setting"
                                                       : "no other was asked for";
    fprintf(to, "level: %s: %s\n", levels[request->level], why);
    if (coach)
        coach_explain(coach, to);
    if (fit) {
        fputs("length: ", to);
        plan_fit_describe(fit, session_routine(app->session), request->for_ns, to);
    }
}

const struct report_choice *app_report_choices(struct app *app, size_t *count)
{
    const struct coach *coach = session_coach(app->session);
    *count = coach ? coach->reason_count : 0;
    struct report_choice *choices =
        coach ? ARENA_ARRAY(app->arena, struct report_choice, *count + 1) : NULL;
    for (size_t i = 0; i < *count; i++) {
        const struct coach_reason *reason = &coach->reasons[i];
        choices[i] = (struct report_choice){.rule = coach_rule_name(reason->rule),
                                            .name = reason->name,
                                            .text = reason->text,
                                            .place = reason->place};
    }
    return choices;
}

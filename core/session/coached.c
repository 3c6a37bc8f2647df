/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coached.c: a session and its coach. */
#include "base/log.h"
#include "session/library.h"
#include "session/parts.h"

#define LOG_MODULE "session"

static void take_choices(struct session *session, const struct coaching_choices *choices)
{
    session->coach = choices->coach;
    session->coached = true;
    session->same_detail = choices->same_detail;
    session->has_fit = choices->has_fit;
    session->fit = choices->fit;
    session->fit.level = session->options.level;
    if (choices->has_fit)
        session->options.for_ns = choices->for_ns;
}

static void ask(struct session *session, const struct session_coaching *coaching)
{
    const struct session_options *options = &session->options;
    const char *name =
        coaching->routine ? coaching->routine : library_name_of(session->arena, options->page);
    const struct coach_request request = {.today = coaching->today,
                                          .switches = coaching->switches,
                                          .level = options->level,
                                          .detail_given = coaching->detail_given,
                                          .detail = options->detail,
                                          .length_given = options->for_ns > 0,
                                          .seed_given = coaching->seed_given};
    const struct coach_facts facts =
        coach_gather(coaching->history, name, coaching->today, session->arena);
    session->coach = coach_advise(session->routine, &request, &facts, session->arena);
    session->coached = true;
}

void session_ask_coach(struct session *session)
{
    const struct session_coaching *coaching = session->options.coaching;
    struct coaching_choices choices;
    session->options.coaching = NULL; /* it need not live as long */
    if (!coaching)
        return;
    bool made = coaching->choices &&
                coaching_read(coaching->choices, session->routine, session->arena, &choices);
    if (coaching->choices && !made)
        log_warning("the choices made before are of another page: chosen anew");
    if (made)
        take_choices(session, &choices);
    else
        ask(session, coaching);
}

const struct coach *session_coach(const struct session *session)
{
    return session->coached ? &session->coach : NULL;
}

void session_write_choices(const struct session *session, struct str *to)
{
    const struct coaching_choices choices = {.coach = session->coach,
                                             .same_detail = session->same_detail,
                                             .has_fit = session->has_fit,
                                             .fit = session->fit,
                                             .for_ns = session->options.for_ns};
    coaching_write(&choices, session->routine, to);
}

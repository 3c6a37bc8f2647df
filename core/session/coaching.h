/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coaching.h: the coach beside a session: what it is asked when the session is opened, and its
 * choices as a text for a journal. [main]
 *
 * Without `session_options.coaching` a session knows no past: the same page and options give the
 * same bytes. With it, between reading the page and planning it:
 *
 *     - `choices` (of session_write_choices()) makes the same plan again, whatever the history has
 *       learnt since; nobody is asked. If the page has other headings or ranges by now, they are of
 *       no use, which the log says, and the coach is asked instead.
 *     - else the coach is asked (coach_gather(), coach_advise()) with the history and the switches.
 *
 * What the person asks for wins: `detail_given` and `seed_given` here, for_ns and level of the
 * session's options. What was chosen is session_coach(): values and sections for whoever keeps the
 * history, reasons for people. It stays the same until session_close(), whatever voice or detail is
 * asked for meanwhile. */
#ifndef SESSION_COACHING_H
#define SESSION_COACHING_H

#include "base/str.h"
#include "coach/coach.h"

struct session_coaching {
    struct history *history; /* NULL: nothing is known */
    const char *routine;     /* as the history calls it; NULL: library_name_of() of the page */
    calendar_day today;
    struct coach_switches switches;
    bool detail_given, seed_given;
    const char *choices; /* made before, or NULL */
};

#define COACHING_ALL_ON ((struct coach_switches){.on = {true, true, true, true}})

/* --- choices as text: one line, format 1; exact to the bit. Pure. --- */

/* What a plan of a routine was made with beside the session's options. */
struct coaching_choices {
    struct coach coach; /* reasons are not kept */
    bool same_detail;   /* as plan_options.same_detail */
    bool has_fit;
    struct plan_fit fit;
    nsec for_ns; /* the length that is announced, with has_fit */
};

void coaching_write(const struct coaching_choices *choices, const struct routine *routine,
                    struct str *to);
/* Everything is in the arena. False: it is damaged, of a newer version, or of a page with other
 * headings or ranges; any bytes may be handed over. */
bool coaching_read(const char *text, const struct routine *routine, struct arena *arena,
                   struct coaching_choices *choices);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* historyview.h: the history for people (a table and a chart), and for other programs. */
#ifndef APP_HISTORYVIEW_H
#define APP_HISTORYVIEW_H

#include <stdio.h>

#include "history/history.h"

#define HISTORY_MOST_WEEKS 520

/* What was asked of the history. */
struct history_view {
    struct history *history;
    struct arena *arena;
    const char *path;
    struct moment now;
    const struct history_session *sessions; /* the newest first */
    size_t session_count;
    size_t left_out; /* older ones that there are as well */
    struct history_streak streak;
    struct history_total week;                      /* this one */
    struct history_total weeks[HISTORY_MOST_WEEKS]; /* the oldest first */
    size_t week_count;
    const struct history_practice *practices;
    size_t practice_count;
    FILE *to;
    int columns;
    bool plain; /* ASCII only */
};

/* Table of sessions, rows of days, and the chart; of `practices` as well if there are some. */
void historyview_print(const struct history_view *view);
/* One session, move by move. */
void historyview_print_session(const struct history_view *view,
                               const struct history_session *session);
/* One JSON document, as docs/history.md describes it. */
void historyview_print_json(const struct history_view *view);
/* RFC 4180: a header, then a row for each session, or for each move of each. */
void historyview_print_csv(const struct history_view *view, bool moves);

#endif

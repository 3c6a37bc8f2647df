/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_rig.h: a folder for a history, and sessions to put into it. */
#ifndef HISTORY_RIG_H
#define HISTORY_RIG_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "history/history.h"

#define SECONDS(n) ((nsec)(n)*NSEC_PER_SEC)

struct fixture {
    struct arena *arena;
    char folder[64];
    const char *path;
};

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_new();
    strcpy(f->folder, "/tmp/limber-history-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->path = arena_printf(f->arena, "%s/history.db", f->folder);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    char *command = arena_printf(f->arena, "chmod -R u+rwx %s; rm -rf %s", f->folder, f->folder);
    assert_int_equal(system(command), 0);
    arena_destroy(f->arena);
    free(f);
    return 0;
}

static inline struct moment at(const char *text)
{
    struct moment found = {0};
    assert_true(calendar_parse(text, &found));
    return found;
}

static inline calendar_day day(const char *text)
{
    calendar_day found = CALENDAR_NO_DAY;
    assert_true(calendar_parse_day(text, &found));
    return found;
}

static inline struct history *open_there(struct fixture *f)
{
    struct history *history = history_open(f->path, at("2026-03-05T18:00:00+01:00"));
    assert_non_null(history);
    return history;
}

static inline struct history_session session_at(const char *routine, const char *started)
{
    return (struct history_session){.routine = routine,
                                    .title = "A title",
                                    .language = "en",
                                    .voice = "calm",
                                    .level = "normal",
                                    .detail = "full",
                                    .seed = 7,
                                    .started = at(started),
                                    .planned_ns = SECONDS(600)};
}

static inline struct history_move move_of(const char *page, const char *side, int round)
{
    return (struct history_move){.name = page,
                                 .page = page,
                                 .side = side,
                                 .round = round,
                                 .started_ns = SECONDS(10),
                                 .planned_ns = SECONDS(30),
                                 .done_ns = SECONDS(30),
                                 .fraction = 0.5,
                                 .detail = "full"};
}

static inline struct history_progress progress_after(struct moment started, int done_s)
{
    started.unix_s += done_s;
    return (struct history_progress){.now = started, .done_ns = SECONDS(done_s)};
}

/* A whole session of one move. Returns its number. */
static inline int64_t add_session(struct history *history, const char *routine, const char *started,
                                  int done_s, enum history_outcome outcome,
                                  enum history_effort effort)
{
    const struct history_session session = session_at(routine, started);
    const struct history_progress progress = progress_after(session.started, done_s);
    const struct history_move move = move_of("bridge", NULL, 0);
    history_begin(history, &session);
    history_add_move(history, &move, &progress);
    history_end(history, outcome, &progress);
    history_answer(history, effort);
    return history_session_id(history);
}

#endif

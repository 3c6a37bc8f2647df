/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h: what was done, kept in an SQLite file that anybody may read (docs/history.md).
 *
 * The history never fails a session. NULL is a legal handle everywhere, and so is one whose file
 * cannot be used: what is written goes nowhere, what is asked is empty, and the reason is logged
 * once. All [main].
 *
 * A session is held in memory until it is written, so what a moment of a full disk or of another
 * process's writing keeps out of the file goes in with the next write. A write is one transaction,
 * appended to the write-ahead log without waiting for the disk (measured: docs/history.md); it
 * waits for another process at most HISTORY_PATIENCE_MS. history_settle() waits for the disk.
 *
 * Texts that are returned are in the arena given. */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/units.h"
#include "history/calendar.h"

#define HISTORY_PATIENCE_MS 40
#define HISTORY_DAY_NS      (60 * NSEC_PER_SEC) /* of movement make a day count */

struct arena;
struct history;

enum history_outcome {
    HISTORY_RUNNING,
    HISTORY_FINISHED,
    HISTORY_STOPPED,
    HISTORY_INTERRUPTED /* its process ended without saying so */
};
const char *history_outcome_name(enum history_outcome outcome); /* "finished"…; "running" */

enum history_effort { HISTORY_NO_EFFORT, HISTORY_EASY, HISTORY_HARD };
const char *history_effort_name(enum history_effort effort); /* "easy", "hard", NULL */

struct history_session {
    int64_t id;                   /* 0: not in the file */
    struct moment started, ended; /* ended: while it runs, when it was last heard of */
    const char *routine;          /* bare name, or path of a page that is in no library */
    const char *title, *language, *voice, *level, *detail; /* NULL: not known */
    const char *first_side; /* "left", "right": which side moves began with; NULL: none has sides */
    uint64_t seed;
    nsec planned_ns, done_ns, paused_ns; /* done: time it played, pauses not counted */
    enum history_outcome outcome;
    enum history_effort effort;
    size_t move_count, skipped_count; /* both sides of a move are one; only when read */
};

struct history_move {
    const char *name; /* as announced */
    const char *page; /* what it is: bare name of its page, or its heading in the routine's own */
    const char *side; /* "left", "right"; NULL: has no sides */
    int round;        /* from 1; 0: not in rounds */
    nsec started_ns, planned_ns, done_ns; /* started: in time played, as done_ns of the session */
    nsec added_ns;                        /* by more and less; below 0: taken away */
    bool skipped;                         /* left before its end */
    double fraction;    /* where in its ranges, 0 low … 1 high; NAN: it has none */
    const char *detail; /* how it was guided; NULL: not known */
};

/* How far the session has come. Every write of it carries one. */
struct history_progress {
    struct moment now;
    nsec done_ns, paused_ns;
};

/* --- opening --- */

/* ~/.local/state/limber/history.db, or NULL without a home. */
char *history_place(struct arena *arena);

/* Opens the file, made if need be. Never NULL. A damaged file is moved aside to
 * PATH.damaged-DATE and a new one begun; one that cannot be written is opened for reading.
 * Sessions of processes that are gone are closed as interrupted. Takes about a millisecond, and
 * up to a second when another process keeps the file locked: call it before anything plays. */
struct history *history_open(const char *path, struct moment now);
/* The same for asking: where there is no history yet, none is made. */
struct history *history_open_to_read(const char *path, struct moment now);
/* Writes what is still to be written (waiting up to 2 s), settles, and frees. A session that was
 * not ended is interrupted. */
void history_close(struct history *history);
/* Whether it can be asked: there is a file, and it could be read. */
bool history_is_readable(const struct history *history);
/* Why nothing is kept, or what happened to the file: a sentence; NULL: all is well. Valid until
 * the next call. */
const char *history_problem(const struct history *history);

/* --- writing --- */

/* A session begins; done_ns, paused_ns, outcome and effort may be set already. One that was not
 * ended is interrupted. */
void history_begin(struct history *history, const struct history_session *session);
/* Goes on with a session that was interrupted: *session (if not NULL) gets it, and moves are added
 * after those that it has. False: there is no such unfinished session; begin one. */
bool history_resume(struct history *history, int64_t id, const struct history_progress *progress,
                    struct arena *arena, struct history_session *session);
/* The session that was begun or resumed last, for a journal; 0: none, or not in the file. */
int64_t history_session_id(const struct history *history);
/* At moments that matter: a pause, a skip. */
void history_update(struct history *history, const struct history_progress *progress);
/* A move, or one side of it, is over. */
void history_add_move(struct history *history, const struct history_move *move,
                      const struct history_progress *progress);
/* A heading that `pick` chose has been reached. Written with the next move. `place`: the heading of
 * its group; the routine's title if that is the group. */
void history_add_choice(struct history *history, const char *place, const char *option);
/* `outcome`: FINISHED or STOPPED. */
void history_end(struct history *history, enum history_outcome outcome,
                 const struct history_progress *progress);
/* The answer, after history_end(). NO_EFFORT takes it back. */
void history_answer(struct history *history, enum history_effort effort);
/* Returns when all that was written is on the disk: after the end, when nobody waits. May take as
 * long as the disk does. */
void history_settle(struct history *history);

/* Removes a session with all that belongs to it, or (id 0) all of them, from the file for good: no
 * copy stays behind in free space, nor, with id 0, in damaged files set aside. *count gets how
 * many. Errors: NOT_FOUND, BUSY (another process writes), IO. */
enum limber_status history_forget(struct history *history, int64_t id, size_t *count);

/* --- asking --- */

/* Zeroed: everything. */
struct history_filter {
    const char *routine;      /* NULL: all */
    bool bounded;             /* the days below count */
    calendar_day first, last; /* inclusive */
    int64_t id;               /* 0: any */
    size_t most;              /* 0: no limit */
};

/* The sessions, the newest first. Returns how many. */
size_t history_sessions(struct history *history, const struct history_filter *filter,
                        struct arena *arena, struct history_session **sessions);
/* The newest session of a routine (NULL: of any). False: there is none. For a break of two weeks,
 * the side to begin with, and so on. */
bool history_last(struct history *history, const char *routine, struct arena *arena,
                  struct history_session *session);
/* What a session consisted of, in order. */
size_t history_moves(struct history *history, int64_t session, struct arena *arena,
                     struct history_move **moves);
/* The routines of all sessions, by name. */
size_t history_routines(struct history *history, struct arena *arena, const char ***names);

struct history_day {
    calendar_day day;
    size_t sessions, finished;
    nsec done_ns;
};
/* The days with sessions, the oldest first. */
size_t history_days(struct history *history, const struct history_filter *filter,
                    struct arena *arena, struct history_day **days);
/* Whether the day counts for a streak: something was finished, or a minute of movement. */
bool history_day_counts(const struct history_day *day);

struct history_streak {
    int days;    /* in a row, up to today, or up to yesterday if today is not done yet */
    bool today;  /* today is among them */
    int longest; /* ever, with this one */
};
/* Of days in order as history_days() gives them; days after `today` do not count. Pure. */
struct history_streak history_streak(const struct history_day *days, size_t count,
                                     calendar_day today);

struct history_total {
    size_t sessions, days; /* days: those with sessions */
    nsec done_ns;
};
/* Of the days from `first` to `last`, inclusive. Pure. */
struct history_total history_total(const struct history_day *days, size_t count, calendar_day first,
                                   calendar_day last);
/* One for each of the `week_count` weeks up to that of `today`, the oldest first; weeks begin on
 * Mondays. Pure. */
void history_weeks(const struct history_day *days, size_t count, calendar_day today,
                   struct history_total *weeks, size_t week_count);

/* For the words at the end of a session. Zeros when nothing is known. */
struct history_close {
    struct history_streak streak;
    struct history_total week, before; /* this ISO week so far, and the one before */
    size_t sessions;                   /* ever, with this one */
};
struct history_close history_closing(struct history *history, struct moment now);

/* How much one move was practised. */
struct history_practice {
    const char *page, *name; /* name: as announced last */
    size_t sessions;         /* in which it was done, not skipped */
    size_t times;            /* sides and rounds, not skipped */
    calendar_day last;       /* done, not skipped; CALENDAR_NO_DAY: never */
    nsec done_ns;            /* in all, with what was done before skipping */
    double fraction;         /* of the last time; NAN: none */
};
/* False: never met; *practice is zeroed then, with NAN and NO_DAY. */
bool history_practice(struct history *history, const char *page, struct arena *arena,
                      struct history_practice *practice);
/* All moves, those done most often first. */
size_t history_practices(struct history *history, const struct history_filter *filter,
                         struct arena *arena, struct history_practice **practices);

struct history_answer {
    int64_t session;
    calendar_day day;
    enum history_outcome outcome;
    enum history_effort effort; /* NO_EFFORT: did not answer */
};
/* The answers after the last sessions of a routine that are over, at most `most`, the newest
 * first. */
size_t history_answers(struct history *history, const char *routine, size_t most,
                       struct arena *arena, struct history_answer **answers);

/* What `pick` chose in a routine since a day. */
struct history_choice {
    const char *place, *option;
    size_t times;      /* sessions in which it was reached */
    calendar_day last; /* when */
};
size_t history_choices(struct history *history, const char *routine, calendar_day since,
                       struct arena *arena, struct history_choice **choices);

#endif

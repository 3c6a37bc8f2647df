/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_read.c: what was done, asked of the file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "history/history_inside.h"
#include "history/sql.h"

/* Without a limit, SQLite wants a negative number. */
static int64_t limit_of(size_t most)
{
    return most == 0 || most > INT32_MAX ? -1 : (int64_t)most;
}

#define FILTER                                                                                     \
    " WHERE (?1 IS NULL OR s.routine = ?1) AND (?2 = 0 OR s.day BETWEEN ?3 AND ?4)"                \
    " AND (?5 = 0 OR s.id = ?5)"

/* Prepares a statement with the filter in it, and the limit as its last value. */
static sqlite3_stmt *prepare_filtered(struct history *history, const char *sql,
                                      const struct history_filter *filter)
{
    return sql_prepare(history->db, sql, "tiddii", filter->routine, (int64_t)filter->bounded,
                       filter->first, filter->last, filter->id, limit_of(filter->most));
}

static void finish(struct history *history, sqlite3_stmt *statement)
{
    history_judge(history, sql_finish(history->db, statement), "read");
}

static nsec positive(nsec time)
{
    return time > 0 ? time : 0;
}

/* --- sessions --- */

#define SESSION_COLUMNS                                                                            \
    "s.id, s.started_at, s.ended_at, s.utc_offset_s, s.routine, s.title, s.language, s.voice,"     \
    " s.level, s.detail, s.seed, s.first_side, s.planned_s, s.done_s, s.paused_s, s.outcome,"      \
    " s.effort"

static enum history_outcome outcome_of(const char *text)
{
    for (int i = HISTORY_FINISHED; text && i <= HISTORY_INTERRUPTED; i++) {
        if (strcmp(text, history_outcome_name((enum history_outcome)i)) == 0)
            return (enum history_outcome)i;
    }
    return text ? HISTORY_INTERRUPTED : HISTORY_RUNNING;
}

static enum history_effort effort_of(const char *text)
{
    for (int i = HISTORY_EASY; text && i <= HISTORY_HARD; i++) {
        if (strcmp(text, history_effort_name((enum history_effort)i)) == 0)
            return (enum history_effort)i;
    }
    return HISTORY_NO_EFFORT;
}

static void read_session(sqlite3_stmt *row, struct arena *arena, struct history_session *session)
{
    int64_t offset = sqlite3_column_int64(row, 3);
    int32_t offset_s = offset > -86400 && offset < 86400 ? (int32_t)offset : 0;
    const char *routine = sql_text(row, 4, arena);
    *session = (struct history_session){
        .id = sqlite3_column_int64(row, 0),
        .started = sql_moment(row, 1, offset_s),
        .ended = sql_moment(row, 2, offset_s),
        .routine = routine ? routine : "",
        .title = sql_text(row, 5, arena),
        .language = sql_text(row, 6, arena),
        .voice = sql_text(row, 7, arena),
        .level = sql_text(row, 8, arena),
        .detail = sql_text(row, 9, arena),
        .seed = (uint64_t)sqlite3_column_int64(row, 10),
        .first_side = sql_text(row, 11, arena),
        .planned_ns = positive(sql_seconds(row, 12)),
        .done_ns = positive(sql_seconds(row, 13)),
        .paused_ns = positive(sql_seconds(row, 14)),
        .outcome = outcome_of(sql_text(row, 15, arena)),
        .effort = effort_of(sql_text(row, 16, arena)),
    };
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The other side of a move is not one more. */
static void count_moves(struct history *history, struct arena *arena,
                        struct history_session *session)
{
    struct history_move *moves = NULL;
    size_t count = history_moves(history, session->id, arena, &moves);
    bool skipped = false;
    for (size_t i = 0; i < count; i++) {
        bool other_side = i > 0 && strcmp(moves[i].page, moves[i - 1].page) == 0 &&
                          moves[i].round == moves[i - 1].round &&
                          !same_text(moves[i].side, moves[i - 1].side);
        skipped = other_side && skipped;
        session->move_count += !other_side;
        session->skipped_count += moves[i].skipped && !skipped;
        skipped |= moves[i].skipped;
    }
}

size_t history_sessions(struct history *history, const struct history_filter *filter,
                        struct arena *arena, struct history_session **sessions)
{
    *sessions = NULL;
    if (!history || !history->db)
        return 0;
    VEC(struct history_session) found = {0};
    sqlite3_stmt *row = prepare_filtered(history,
                                         "SELECT " SESSION_COLUMNS " FROM sessions s" FILTER
                                         " ORDER BY s.started_at DESC, s.id DESC LIMIT ?6",
                                         filter);
    while (sql_row(row))
        read_session(row, arena, vec_push(&found));
    finish(history, row);
    for (size_t i = 0; i < found.count; i++)
        count_moves(history, arena, &found.items[i]);
    size_t count = found.count;
    *sessions = vec_to_arena(&found, arena);
    return count;
}

bool history_load(struct history *history, int64_t id, struct arena *arena,
                  struct history_session *session)
{
    struct history_session *found = NULL;
    const struct history_filter filter = {.id = id, .most = 1};
    bool there = id != 0 && history_sessions(history, &filter, arena, &found) == 1;
    if (there)
        *session = found[0];
    return there;
}

bool history_last(struct history *history, const char *routine, struct arena *arena,
                  struct history_session *session)
{
    struct history_session *found = NULL;
    const struct history_filter filter = {.routine = routine, .most = 1};
    bool there = history_sessions(history, &filter, arena, &found) == 1;
    if (there)
        *session = found[0];
    return there;
}

size_t history_routines(struct history *history, struct arena *arena, const char ***names)
{
    VEC(const char *) found = {0};
    *names = NULL;
    if (!history || !history->db)
        return 0;
    sqlite3_stmt *row =
        sql_prepare(history->db, "SELECT DISTINCT routine FROM sessions ORDER BY routine", "");
    while (sql_row(row)) {
        const char *name = sql_text(row, 0, arena);
        *vec_push(&found) = name ? name : "";
    }
    finish(history, row);
    size_t count = found.count;
    *names = vec_to_arena(&found, arena);
    return count;
}

/* --- moves --- */

static double fraction_of(sqlite3_stmt *row, int column)
{
    double fraction = sqlite3_column_double(row, column);
    bool known = sqlite3_column_type(row, column) != SQLITE_NULL && isfinite(fraction);
    return known ? fmin(fmax(fraction, 0), 1) : NAN;
}

static void read_move(sqlite3_stmt *row, struct arena *arena, struct history_move *move)
{
    const char *name = sql_text(row, 0, arena), *page = sql_text(row, 1, arena);
    int64_t round = sqlite3_column_int64(row, 3);
    *move = (struct history_move){
        .name = name ? name : "",
        .page = page ? page : "",
        .side = sql_text(row, 2, arena),
        .round = round > 0 && round < INT32_MAX ? (int)round : 0,
        .started_ns = positive(sql_seconds(row, 4)),
        .planned_ns = positive(sql_seconds(row, 5)),
        .done_ns = positive(sql_seconds(row, 6)),
        .added_ns = sql_seconds(row, 7),
        .skipped = sqlite3_column_int64(row, 8) != 0,
        .fraction = fraction_of(row, 9),
        .detail = sql_text(row, 10, arena),
    };
}

size_t history_moves(struct history *history, int64_t session, struct arena *arena,
                     struct history_move **moves)
{
    VEC(struct history_move) found = {0};
    *moves = NULL;
    if (!history || !history->db)
        return 0;
    sqlite3_stmt *row =
        sql_prepare(history->db,
                    "SELECT name, page, side, round, started_s, planned_s, done_s, added_s,"
                    " skipped, fraction, detail FROM moves WHERE session = ? ORDER BY position",
                    "i", session);
    while (sql_row(row))
        read_move(row, arena, vec_push(&found));
    finish(history, row);
    size_t count = found.count;
    *moves = vec_to_arena(&found, arena);
    return count;
}

#define PRACTICE                                                                                   \
    "SELECT m.page, COUNT(DISTINCT CASE WHEN m.skipped = 0 THEN m.session END) AS sessions,"       \
    " SUM(m.skipped = 0) AS times, SUM(m.done_s), MAX(CASE WHEN m.skipped = 0 THEN s.day END)"     \
    " FROM moves m JOIN sessions s ON s.id = m.session"

/* The last time it was done; if never, the last time it was begun. */
#define PRACTICE_LAST                                                                              \
    "SELECT name, fraction FROM moves WHERE page = ? ORDER BY skipped, session DESC,"              \
    " position DESC LIMIT 1"

static void read_practice(struct history *history, sqlite3_stmt *row, struct arena *arena,
                          struct history_practice *practice)
{
    const char *page = sql_text(row, 0, arena);
    *practice = (struct history_practice){
        .page = page ? page : "",
        .name = "",
        .sessions = (size_t)sqlite3_column_int64(row, 1),
        .times = (size_t)sqlite3_column_int64(row, 2),
        .done_ns = positive(sql_seconds(row, 3)),
        .last = sql_day(row, 4),
        .fraction = NAN,
    };
    sqlite3_stmt *last = sql_prepare(history->db, PRACTICE_LAST, "t", practice->page);
    if (sql_row(last)) {
        const char *name = sql_text(last, 0, arena);
        practice->name = name ? name : "";
        practice->fraction = fraction_of(last, 1);
    }
    finish(history, last);
}

bool history_practice(struct history *history, const char *page, struct arena *arena,
                      struct history_practice *practice)
{
    *practice = (struct history_practice){
        .page = page, .name = "", .last = CALENDAR_NO_DAY, .fraction = NAN};
    if (!history || !history->db || !page)
        return false;
    sqlite3_stmt *row =
        sql_prepare(history->db, PRACTICE " WHERE m.page = ? GROUP BY m.page", "t", page);
    bool met = sql_row(row);
    if (met)
        read_practice(history, row, arena, practice);
    finish(history, row);
    return met;
}

size_t history_practices(struct history *history, const struct history_filter *filter,
                         struct arena *arena, struct history_practice **practices)
{
    VEC(struct history_practice) found = {0};
    *practices = NULL;
    if (!history || !history->db)
        return 0;
    sqlite3_stmt *row = prepare_filtered(history,
                                         PRACTICE FILTER " GROUP BY m.page ORDER BY sessions DESC,"
                                                         " times DESC, m.page LIMIT ?6",
                                         filter);
    while (sql_row(row))
        read_practice(history, row, arena, vec_push(&found));
    finish(history, row);
    size_t count = found.count;
    *practices = vec_to_arena(&found, arena);
    return count;
}

/* --- for the coach --- */

size_t history_answers(struct history *history, const char *routine, size_t most,
                       struct arena *arena, struct history_answer **answers)
{
    VEC(struct history_answer) found = {0};
    *answers = NULL;
    if (!history || !history->db)
        return 0;
    sqlite3_stmt *row = sql_prepare(history->db,
                                    "SELECT id, day, outcome, effort FROM sessions"
                                    " WHERE routine = ? AND outcome IS NOT NULL"
                                    " ORDER BY started_at DESC, id DESC LIMIT ?",
                                    "ti", routine, limit_of(most));
    while (sql_row(row)) {
        *vec_push(&found) = (struct history_answer){
            .session = sqlite3_column_int64(row, 0),
            .day = sql_day(row, 1),
            .outcome = outcome_of(sql_text(row, 2, arena)),
            .effort = effort_of(sql_text(row, 3, arena)),
        };
    }
    finish(history, row);
    size_t count = found.count;
    *answers = vec_to_arena(&found, arena);
    return count;
}

size_t history_choices(struct history *history, const char *routine, calendar_day since,
                       struct arena *arena, struct history_choice **choices)
{
    VEC(struct history_choice) found = {0};
    *choices = NULL;
    if (!history || !history->db)
        return 0;
    sqlite3_stmt *row =
        sql_prepare(history->db,
                    "SELECT c.place, c.option, COUNT(DISTINCT c.session), MAX(s.day)"
                    " FROM choices c JOIN sessions s ON s.id = c.session"
                    " WHERE s.routine = ? AND s.day >= ? GROUP BY c.place, c.option"
                    " ORDER BY c.place, MAX(s.day), c.option",
                    "td", routine, since);
    while (sql_row(row)) {
        const char *place = sql_text(row, 0, arena), *option = sql_text(row, 1, arena);
        *vec_push(&found) = (struct history_choice){.place = place ? place : "",
                                                    .option = option ? option : "",
                                                    .times = (size_t)sqlite3_column_int64(row, 2),
                                                    .last = sql_day(row, 3)};
    }
    finish(history, row);
    size_t count = found.count;
    *choices = vec_to_arena(&found, arena);
    return count;
}

/* --- days --- */

size_t history_days(struct history *history, const struct history_filter *filter,
                    struct arena *arena, struct history_day **days)
{
    VEC(struct history_day) found = {0};
    *days = NULL;
    if (!history || !history->db)
        return 0;
    sqlite3_stmt *row = prepare_filtered(
        history,
        "SELECT s.day, COUNT(*), COUNT(CASE WHEN s.outcome = 'finished' THEN 1 END), SUM(s.done_s)"
        " FROM sessions s" FILTER " GROUP BY s.day ORDER BY s.day LIMIT ?6",
        filter);
    while (sql_row(row)) {
        calendar_day day = sql_day(row, 0);
        if (day == CALENDAR_NO_DAY)
            continue;
        *vec_push(&found) = (struct history_day){.day = day,
                                                 .sessions = (size_t)sqlite3_column_int64(row, 1),
                                                 .finished = (size_t)sqlite3_column_int64(row, 2),
                                                 .done_ns = positive(sql_seconds(row, 3))};
    }
    finish(history, row);
    size_t count = found.count;
    *days = vec_to_arena(&found, arena);
    return count;
}

struct history_close history_closing(struct history *history, struct moment now)
{
    const struct history_filter everything = {0};
    struct arena *arena = arena_new();
    struct history_day *days = NULL;
    struct history_total weeks[2];
    calendar_day today = calendar_day_of(now);
    size_t count = history_days(history, &everything, arena, &days);
    history_weeks(days, count, today, weeks, 2);
    struct history_close closing = {
        .streak = history_streak(days, count, today), .week = weeks[1], .before = weeks[0]};
    for (size_t i = 0; i < count; i++)
        closing.sessions += days[i].sessions;
    arena_destroy(arena);
    return closing;
}

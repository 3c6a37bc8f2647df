/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_write.c: the session that is being played goes into the file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "history/history_inside.h"
#include "history/sql.h"

const char *history_outcome_name(enum history_outcome outcome)
{
    static const char *const names[] = {"running", "finished", "stopped", "interrupted"};
    return names[outcome];
}

const char *history_effort_name(enum history_effort effort)
{
    static const char *const names[] = {NULL, "easy", "hard"};
    return names[effort];
}

/* --- one transaction --- */

/* NULL while it runs. */
static const char *outcome_text(const struct history_session *session)
{
    return session->outcome == HISTORY_RUNNING ? NULL : history_outcome_name(session->outcome);
}

static int insert_session(struct history *history, int64_t *id)
{
    const struct history_session *s = &history->writing.session;
    const char *owner = history->writing.over ? NULL : history->owner;
    sqlite3_stmt *statement = sql_prepare(
        history->db,
        "INSERT INTO sessions (day, started_at, ended_at, utc_offset_s, routine, title, language,"
        " voice, level, detail, seed, first_side, planned_s, done_s, paused_s, outcome, effort,"
        " owner) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "dmmittttttitsssttt", calendar_day_of(s->started), s->started, s->ended,
        (int64_t)s->started.offset_s, s->routine, s->title, s->language, s->voice, s->level,
        s->detail, (int64_t)s->seed, s->first_side, s->planned_ns, s->done_ns, s->paused_ns,
        outcome_text(s), history_effort_name(s->effort), owner);
    int result = sql_run(history->db, statement);
    *id = sqlite3_last_insert_rowid(history->db);
    return result;
}

/* Finds out whether the person had it removed meanwhile. */
static int update_session(struct history *history)
{
    struct writing *writing = &history->writing;
    const struct history_session *s = &writing->session;
    const char *owner = writing->over ? NULL : history->owner;
    sqlite3_stmt *statement =
        sql_prepare(history->db,
                    "UPDATE sessions SET ended_at = ?, done_s = ?, paused_s = ?, outcome = ?,"
                    " effort = ?, owner = ? WHERE id = ?",
                    "mssttti", s->ended, s->done_ns, s->paused_ns, outcome_text(s),
                    history_effort_name(s->effort), owner, s->id);
    int result = sql_run(history->db, statement);
    writing->forgotten = result == SQLITE_OK && sqlite3_changes(history->db) == 0;
    return result;
}

static int insert_move(struct history *history, int64_t session, size_t index)
{
    const struct history_move *m = &history->writing.moves.items[index];
    return sql_run(history->db,
                   sql_prepare(history->db,
                               "INSERT INTO moves (session, position, name, page, side, round,"
                               " started_s, planned_s, done_s, added_s, skipped, fraction, detail)"
                               " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                               "iitttissssirt", session,
                               history->writing.move_base + (int64_t)index + 1, m->name, m->page,
                               m->side, (int64_t)m->round, m->started_ns, m->planned_ns, m->done_ns,
                               m->added_ns, (int64_t)m->skipped, m->fraction, m->detail));
}

static int insert_choice(struct history *history, int64_t session, size_t index)
{
    const struct choice *c = &history->writing.choices.items[index];
    return sql_run(
        history->db,
        sql_prepare(history->db,
                    "INSERT INTO choices (session, position, place, option) VALUES (?,?,?,?)",
                    "iitt", session, history->writing.choice_base + (int64_t)index + 1, c->place,
                    c->option));
}

static int write_all(struct history *history, int64_t *id)
{
    struct writing *writing = &history->writing;
    *id = writing->session.id;
    int result = *id ? update_session(history) : insert_session(history, id);
    if (writing->forgotten)
        return result;
    for (size_t i = writing->moves_written; i < writing->moves.count && result == SQLITE_OK; i++)
        result = insert_move(history, *id, i);
    for (size_t i = writing->choices_written; i < writing->choices.count && result == SQLITE_OK;
         i++)
        result = insert_choice(history, *id, i);
    return result;
}

static int write_once(struct history *history)
{
    struct writing *writing = &history->writing;
    int64_t id = 0;
    int result = sqlite3_exec(history->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = write_all(history, &id);
    if (result == SQLITE_OK)
        result = sqlite3_exec(history->db, "COMMIT", NULL, NULL, NULL);
    if (result != SQLITE_OK) {
        if (!sqlite3_get_autocommit(history->db))
            sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
        return result;
    }
    writing->session.id = id;
    writing->moves_written = writing->moves.count;
    writing->choices_written = writing->choices.count;
    writing->unwritten = false;
    return SQLITE_OK;
}

/* The file of before is gone: the session goes into the new one from its beginning. */
static void begin_again(struct history *history)
{
    struct writing *writing = &history->writing;
    history_replace(history);
    writing->session.id = 0;
    writing->move_base = writing->choice_base = 0;
    writing->moves_written = writing->choices_written = 0;
}

bool history_flush(struct history *history)
{
    struct writing *writing = &history->writing;
    if (!writing->unwritten || writing->forgotten || history->hopeless || history->read_only)
        return true;
    if (!history->db)
        return false;
    int result = write_once(history);
    if (history_is_damage(result)) {
        begin_again(history);
        result = history->db ? write_once(history) : SQLITE_OK;
    }
    bool later = (result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED;
    if (!later)
        history_judge(history, result, "written");
    return result == SQLITE_OK;
}

void history_flush_patiently(struct history *history)
{
    if (!history->writing.unwritten)
        return;
    if (history->db)
        sqlite3_busy_timeout(history->db, CLOSING_PATIENCE_MS);
    if (!history_flush(history) && !history->told)
        history_tell(history,
                     "%s was locked by another process, so the end of a session is not "
                     "remembered",
                     history->path);
    if (history->db)
        sqlite3_busy_timeout(history->db, HISTORY_PATIENCE_MS);
}

/* --- the session in memory --- */

static const char *keep(struct writing *writing, const char *text)
{
    return text ? arena_strdup(writing->arena, text) : NULL;
}

static const char *keep_side(const char *side)
{
    return !side ? NULL : side[0] == 'l' ? "left" : side[0] == 'r' ? "right" : NULL;
}

static nsec positive(nsec time)
{
    return time > 0 ? time : 0;
}

static void keep_session(struct writing *writing, const struct history_session *session)
{
    struct history_session *own = &writing->session;
    *own = *session;
    own->routine = keep(writing, session->routine ? session->routine : "");
    own->title = keep(writing, session->title);
    own->language = keep(writing, session->language);
    own->voice = keep(writing, session->voice);
    own->level = keep(writing, session->level);
    own->detail = keep(writing, session->detail);
    own->first_side = keep_side(session->first_side);
    own->planned_ns = positive(session->planned_ns);
    own->done_ns = positive(session->done_ns);
    own->paused_ns = positive(session->paused_ns);
}

/* Makes room for another session; one that was not ended is interrupted. Nothing plays at such a
 * moment, so what is still unwritten of the one before may take as long as at the end. */
static struct writing *start_over(struct history *history)
{
    struct writing *writing = &history->writing;
    if (writing->begun && !writing->over) {
        writing->session.outcome = HISTORY_INTERRUPTED;
        writing->over = writing->unwritten = true;
    }
    history_flush_patiently(history);
    arena_destroy(writing->arena);
    vec_free(&writing->moves);
    vec_free(&writing->choices);
    *writing = (struct writing){.arena = arena_new(), .begun = true, .unwritten = true};
    return writing;
}

static void take_progress(struct writing *writing, const struct history_progress *progress)
{
    struct history_session *session = &writing->session;
    if (progress->now.unix_s > session->started.unix_s) /* clocks are set back at times */
        session->ended = progress->now;
    session->done_ns = positive(progress->done_ns);
    session->paused_ns = positive(progress->paused_ns);
    writing->unwritten = true;
}

/* NULL: there is no session to write to. */
static struct writing *running(struct history *history)
{
    return history && history->writing.begun && !history->writing.over ? &history->writing : NULL;
}

void history_begin(struct history *history, const struct history_session *session)
{
    if (!history)
        return;
    struct writing *writing = start_over(history);
    keep_session(writing, session);
    writing->session.id = 0;
    writing->session.ended = session->started;
    writing->over = session->outcome != HISTORY_RUNNING;
    if (writing->over && session->ended.unix_s > session->started.unix_s)
        writing->session.ended = session->ended;
    history_flush(history);
}

static int64_t last_position(struct history *history, const char *sql, int64_t id)
{
    sqlite3_stmt *statement = sql_prepare(history->db, sql, "i", id);
    int64_t last = sql_row(statement) ? sqlite3_column_int64(statement, 0) : 0;
    history_judge(history, sql_finish(history->db, statement), "read");
    return last;
}

bool history_resume(struct history *history, int64_t id, const struct history_progress *progress,
                    struct arena *arena, struct history_session *session)
{
    struct history_session found;
    if (!history || !history->db || id <= 0 || history_session_id(history) == id ||
        !history_load(history, id, arena, &found) || found.outcome == HISTORY_FINISHED)
        return false;
    struct writing *writing = start_over(history);
    keep_session(writing, &found);
    writing->session.outcome = HISTORY_RUNNING;
    writing->move_base =
        last_position(history, "SELECT MAX(position) FROM moves WHERE session = ?", id);
    writing->choice_base =
        last_position(history, "SELECT MAX(position) FROM choices WHERE session = ?", id);
    take_progress(writing, progress);
    history_flush(history);
    if (session)
        *session = found;
    return true;
}

int64_t history_session_id(const struct history *history)
{
    return history && history->writing.begun ? history->writing.session.id : 0;
}

void history_update(struct history *history, const struct history_progress *progress)
{
    struct writing *writing = running(history);
    if (!writing)
        return;
    take_progress(writing, progress);
    history_flush(history);
}

void history_add_move(struct history *history, const struct history_move *move,
                      const struct history_progress *progress)
{
    struct writing *writing = running(history);
    if (!writing)
        return;
    struct history_move own = *move;
    own.name = keep(writing, move->name ? move->name : "");
    own.page = keep(writing, move->page ? move->page : move->name ? move->name : "");
    own.side = keep_side(move->side);
    own.detail = keep(writing, move->detail);
    own.round = move->round > 0 ? move->round : 0;
    own.started_ns = positive(move->started_ns);
    own.planned_ns = positive(move->planned_ns);
    own.done_ns = positive(move->done_ns);
    *vec_push(&writing->moves) = own;
    take_progress(writing, progress);
    history_flush(history);
}

void history_add_choice(struct history *history, const char *place, const char *option)
{
    struct writing *writing = running(history);
    if (!writing)
        return;
    *vec_push(&writing->choices) = (struct choice){.place = keep(writing, place ? place : ""),
                                                   .option = keep(writing, option ? option : "")};
    writing->unwritten = true;
}

void history_end(struct history *history, enum history_outcome outcome,
                 const struct history_progress *progress)
{
    struct writing *writing = running(history);
    if (!writing)
        return;
    take_progress(writing, progress);
    writing->session.outcome = outcome == HISTORY_RUNNING ? HISTORY_STOPPED : outcome;
    writing->over = true;
    if (!history->db && !history->hopeless)
        history_connect(history);
    history_flush(history);
}

void history_answer(struct history *history, enum history_effort effort)
{
    if (!history || !history->writing.begun)
        return;
    history->writing.session.effort = effort;
    history->writing.unwritten = true;
    history_flush(history);
}

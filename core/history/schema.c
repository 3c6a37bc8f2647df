/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema.c: the tables of the history. */
#include "history/schema.h"

#include <stdio.h>

#include "history/sql.h"

#define SESSIONS                                                                                   \
    "CREATE TABLE sessions (\n"                                                                    \
    "  id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice\n"                      \
    "  day          TEXT NOT NULL,    -- local date it began on: 2026-03-05\n"                     \
    "  started_at   TEXT NOT NULL,    -- UTC: 2026-03-05T17:02:11Z\n"                              \
    "  ended_at     TEXT NOT NULL,    -- UTC; while it runs: when it was last heard of\n"          \
    "  utc_offset_s INTEGER NOT NULL, -- local time - UTC at the start, seconds\n"                 \
    "  routine      TEXT NOT NULL,    -- bare name, or path of a page elsewhere\n"                 \
    "  title        TEXT,\n"                                                                       \
    "  language     TEXT,\n"                                                                       \
    "  voice        TEXT,\n"                                                                       \
    "  level        TEXT,             -- easy, normal, deep\n"                                     \
    "  detail       TEXT,             -- full, normal, brief\n"                                    \
    "  seed         INTEGER NOT NULL,\n"                                                           \
    "  first_side   TEXT,             -- left, right: the side that moves began with\n"            \
    "  planned_s    REAL NOT NULL,    -- length as planned, seconds\n"                             \
    "  done_s       REAL NOT NULL,    -- time it played, pauses not counted, seconds\n"            \
    "  paused_s     REAL NOT NULL,    -- time it was paused, seconds\n"                            \
    "  outcome      TEXT,             -- finished, stopped, interrupted; NULL: it runs\n"          \
    "  effort       TEXT,             -- easy, hard: the answer at the end; NULL: none\n"          \
    "  owner        TEXT              -- of a session that runs: boot, process, its start\n"       \
    ")"

#define MOVES                                                                                      \
    "CREATE TABLE moves (\n"                                                                       \
    "  session   INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,\n"                    \
    "  position  INTEGER NOT NULL, -- order in the session, from 1\n"                              \
    "  name      TEXT NOT NULL,    -- as announced: Side stretch\n"                                \
    "  page      TEXT NOT NULL,    -- what it is: bare name of its page, or its heading\n"         \
    "  side      TEXT,             -- left, right; NULL: has no sides\n"                           \
    "  round     INTEGER NOT NULL, -- from 1; 0: not in rounds\n"                                  \
    "  started_s REAL NOT NULL,    -- when in the session, seconds (as in done_s)\n"               \
    "  planned_s REAL NOT NULL,\n"                                                                 \
    "  done_s    REAL NOT NULL,\n"                                                                 \
    "  added_s   REAL NOT NULL,    -- by more and less; below 0: taken away\n"                     \
    "  skipped   INTEGER NOT NULL, -- 1: left before its end\n"                                    \
    "  fraction  REAL,             -- where in its ranges, 0 low to 1 high; NULL: none\n"          \
    "  detail    TEXT,             -- full, normal, brief: how it was guided\n"                    \
    "  PRIMARY KEY (session, position)\n"                                                          \
    ") WITHOUT ROWID"

#define CHOICES                                                                                    \
    "CREATE TABLE choices (\n"                                                                     \
    "  session  INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,\n"                     \
    "  position INTEGER NOT NULL, -- order in the session, from 1\n"                               \
    "  place    TEXT NOT NULL,    -- heading of the group that has the mark `pick`\n"              \
    "  option   TEXT NOT NULL,    -- heading that was picked, and reached\n"                       \
    "  PRIMARY KEY (session, position)\n"                                                          \
    ") WITHOUT ROWID"

const char *const schema_steps[] = {
    SESSIONS ";" MOVES ";" CHOICES ";"
             "CREATE INDEX sessions_by_day ON sessions (day);"
             "CREATE INDEX sessions_by_routine ON sessions (routine, day);"
             "CREATE INDEX moves_by_page ON moves (page, session);",
};
const int schema_version = sizeof schema_steps / sizeof schema_steps[0];

static enum schema_state look(sqlite3 *db, int count, int *version, int *result)
{
    int64_t id = sql_number(db, "PRAGMA application_id", 0, result), tables = 0;
    if (*result == SQLITE_OK)
        *version = (int)sql_number(db, "PRAGMA user_version", 0, result);
    if (*result == SQLITE_OK)
        tables = sql_number(db, "SELECT COUNT(*) FROM sqlite_schema", 0, result);
    if (*result != SQLITE_OK)
        return SCHEMA_FAILED;
    if (id == 0 && *version == 0 && tables == 0)
        return SCHEMA_READY;
    if (id != SCHEMA_APPLICATION_ID || *version < 1)
        return SCHEMA_FOREIGN;
    return *version > count ? SCHEMA_NEWER : SCHEMA_READY;
}

/* In one transaction, so that what another process makes meanwhile is seen whole or not at all. */
enum schema_state schema_look(sqlite3 *db, int count, int *version, int *result)
{
    bool alone = sqlite3_get_autocommit(db) && sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == 0;
    enum schema_state state = look(db, count, version, result);
    if (alone)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return state;
}

/* Inside a transaction, which it ends if all goes well. */
static int run_steps(sqlite3 *db, const char *const *steps, int version, int count)
{
    char mark[100];
    int result = SQLITE_OK;
    for (int i = version; i < count && result == SQLITE_OK; i++)
        result = sqlite3_exec(db, steps[i], NULL, NULL, NULL);
    snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
             SCHEMA_APPLICATION_ID, count);
    return result == SQLITE_OK ? sqlite3_exec(db, mark, NULL, NULL, NULL) : result;
}

enum schema_state schema_upgrade(sqlite3 *db, const char *const *steps, int count, int *result)
{
    int version = 0;
    enum schema_state state = schema_look(db, count, &version, result);
    if (state != SCHEMA_READY || version == count)
        return state;
    *result = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (*result != SQLITE_OK)
        return SCHEMA_FAILED;
    state = schema_look(db, count, &version, result); /* another process may have been faster */
    if (state == SCHEMA_READY) {
        *result = run_steps(db, steps, version, count);
        state = *result == SQLITE_OK ? SCHEMA_READY : SCHEMA_FAILED;
    }
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return state;
}

bool schema_is_whole(sqlite3 *db)
{
    return sqlite3_exec(
               db,
               "SELECT id, day, started_at, ended_at, utc_offset_s, routine, title, language,"
               " voice, level, detail, seed, first_side, planned_s, done_s, paused_s, outcome,"
               " effort, owner FROM sessions LIMIT 0;"
               "SELECT session, position, name, page, side, round, started_s, planned_s, done_s,"
               " added_s, skipped, fraction, detail FROM moves LIMIT 0;"
               "SELECT session, position, place, option FROM choices LIMIT 0",
               NULL, NULL, NULL) == SQLITE_OK;
}

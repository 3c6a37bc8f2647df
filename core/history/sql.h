/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sql.h: statements with their values bound, never pasted into the text. Only for this layer. */
#ifndef HISTORY_SQL_H
#define HISTORY_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/units.h"
#include "history/calendar.h"

/* Prepares a statement and binds one value for each letter of `types`, in order: i int64_t,
 * t const char * (NULL: NULL; cleaned as by sql_clean()), s nsec (as seconds, to the millisecond),
 * r double (NULL unless finite), d calendar_day (as its text), m struct moment (as its text in
 * UTC). NULL after an error: sqlite3_errcode() tells. */
sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql, const char *types, ...);
/* True: there is a row (one more). A NULL statement has none. */
bool sql_row(sqlite3_stmt *statement);
/* Ends a statement. Returns SQLITE_OK, or what went wrong when it was stepped last; a NULL
 * statement means that preparing failed. */
int sql_finish(sqlite3 *db, sqlite3_stmt *statement);
/* Steps a statement to its end and ends it. */
int sql_run(sqlite3 *db, sqlite3_stmt *statement);
/* The first column of the first row, or `otherwise`; *result gets SQLITE_OK or what went wrong. */
int64_t sql_number(sqlite3 *db, const char *sql, int64_t otherwise, int *result);

/* A copy in which what is not UTF-8 is U+FFFD and control characters are spaces, so that
 * any program can read it and any terminal show it. NULL stays NULL. */
char *sql_clean(struct arena *arena, const char *text);

/* Columns of the current row. Whatever the file holds, the values are in range. */
const char *sql_text(sqlite3_stmt *statement, int column, struct arena *arena); /* NULL for NULL */
nsec sql_seconds(sqlite3_stmt *statement, int column);     /* between −2^31 and 2^31 s */
calendar_day sql_day(sqlite3_stmt *statement, int column); /* CALENDAR_NO_DAY: is none */
struct moment sql_moment(sqlite3_stmt *statement, int column, int32_t offset_s);

#endif

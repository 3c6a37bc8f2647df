/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sql.c: statements with their values bound. */
#include "history/sql.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define MOST_SECONDS 2147483647.0

char *sql_clean(struct arena *arena, const char *text)
{
    if (!text)
        return NULL;
    struct str clean = {0};
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        const char *start = at;
        int point = str_utf8_next(&at, end);
        if (point < 0)
            str_add(&clean, "\xEF\xBF\xBD");
        else if (point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 ||
                 point == 0x2029)
            str_add_char(&clean, ' ');
        else
            str_add_bytes(&clean, start, (size_t)(at - start));
    }
    char *copy = arena_strdup(arena, str_text(&clean));
    str_free(&clean);
    return copy;
}

static int bind_clean(sqlite3_stmt *statement, int index, const char *text)
{
    struct arena *arena = arena_new();
    const char *clean = sql_clean(arena, text);
    int result = clean ? sqlite3_bind_text(statement, index, clean, -1, SQLITE_TRANSIENT)
                       : sqlite3_bind_null(statement, index);
    arena_destroy(arena);
    return result;
}

/* To the millisecond, so that the numbers are short. */
static double seconds_from_ns(nsec time)
{
    nsec ms = (time / 500000 + (time < 0 ? -1 : 1)) / 2;
    return (double)ms / 1000;
}

static int bind_one(sqlite3_stmt *statement, int index, char type, va_list *values)
{
    char text[32];
    double number = 0;
    switch (type) {
    case 'i':
        return sqlite3_bind_int64(statement, index, va_arg(*values, int64_t));
    case 't':
        return bind_clean(statement, index, va_arg(*values, const char *));
    case 's':
        return sqlite3_bind_double(statement, index, seconds_from_ns(va_arg(*values, nsec)));
    case 'r':
        number = va_arg(*values, double);
        return isfinite(number) ? sqlite3_bind_double(statement, index, number)
                                : sqlite3_bind_null(statement, index);
    case 'd':
        calendar_format_day(va_arg(*values, calendar_day), text);
        return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
    default:
        calendar_format_utc(va_arg(*values, struct moment), text);
        return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
    }
}

sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list values;
    int result = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    va_start(values, types);
    for (int i = 0; result == SQLITE_OK && types[i]; i++)
        result = bind_one(statement, i + 1, types[i], &values);
    va_end(values);
    if (result == SQLITE_OK)
        return statement;
    sqlite3_finalize(statement);
    return NULL;
}

bool sql_row(sqlite3_stmt *statement)
{
    return statement && sqlite3_step(statement) == SQLITE_ROW;
}

int sql_finish(sqlite3 *db, sqlite3_stmt *statement)
{
    if (statement)
        return sqlite3_finalize(statement);
    int result = sqlite3_extended_errcode(db);
    return result == SQLITE_OK ? SQLITE_ERROR : result;
}

int sql_run(sqlite3 *db, sqlite3_stmt *statement)
{
    while (sql_row(statement))
        ;
    return sql_finish(db, statement);
}

int64_t sql_number(sqlite3 *db, const char *sql, int64_t otherwise, int *result)
{
    sqlite3_stmt *statement = sql_prepare(db, sql, "");
    int64_t value = sql_row(statement) ? sqlite3_column_int64(statement, 0) : otherwise;
    *result = sql_finish(db, statement);
    return value;
}

/* --- columns --- */

const char *sql_text(sqlite3_stmt *statement, int column, struct arena *arena)
{
    return sql_clean(arena, (const char *)sqlite3_column_text(statement, column));
}

nsec sql_seconds(sqlite3_stmt *statement, int column)
{
    double seconds = sqlite3_column_double(statement, column);
    if (!isfinite(seconds))
        return 0;
    return llround(fmax(fmin(seconds, MOST_SECONDS), -MOST_SECONDS) * 1000) * NSEC_PER_MSEC;
}

calendar_day sql_day(sqlite3_stmt *statement, int column)
{
    calendar_day day = CALENDAR_NO_DAY;
    calendar_parse_day((const char *)sqlite3_column_text(statement, column), &day);
    return day;
}

struct moment sql_moment(sqlite3_stmt *statement, int column, int32_t offset_s)
{
    struct moment at = {0};
    calendar_parse((const char *)sqlite3_column_text(statement, column), &at);
    at.offset_s = offset_s;
    return at;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_open.c: getting at the file, whatever state it is in. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "history/history_inside.h"
#include "history/schema.h"
#include "history/sql.h"

#define OPENING_PATIENCE_MS 1000
#define CHECKED_BYTES       (4 << 20) /* years of sessions; larger files only after a crash */
#define MOST_DAMAGED        1000

/* --- telling --- */

void history_tell(struct history *history, const char *format, ...)
{
    char line[1024];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    if (history->problem.length)
        str_add(&history->problem, "; ");
    str_add(&history->problem, line);
    log_warning("%s", line);
}

bool history_is_damage(int result)
{
    return (result & 0xFF) == SQLITE_CORRUPT || (result & 0xFF) == SQLITE_NOTADB;
}

void history_judge(struct history *history, int result, const char *doing)
{
    if (result == SQLITE_OK)
        return;
    history->damaged |= history_is_damage(result);
    if (history->told)
        return;
    history->told = true;
    if (history_is_damage(result))
        history_tell(history, "the history %s is damaged", history->path);
    else
        history_tell(history, "%s cannot be %s: %s", history->path, doing,
                     (result & 0xFF) == SQLITE_FULL ? "the disk is full" : sqlite3_errstr(result));
}

/* --- one try --- */

enum attempt { OPENED, DAMAGED, UNUSABLE };

/* A file that opens but makes no sense (SQLITE_ERROR: a format or tables that cannot be) is damaged
 * as well. */
static enum attempt attempt_failed(struct history *history, int result, const char *doing)
{
    if (history_is_damage(result) || (result & 0xFF) == SQLITE_ERROR)
        return DAMAGED;
    history_judge(history, result, doing);
    return UNUSABLE;
}

/* Nothing in the file is trusted to run. */
static void harden(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON", NULL, NULL, NULL);
}

static off_t size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_size : 0;
}

/* Reads the whole file, unless it is large and was closed in order. */
static int check_whole(struct history *history, off_t size, off_t log_size)
{
    if (size > CHECKED_BYTES && log_size == 0)
        return SQLITE_OK;
    sqlite3_stmt *statement = sql_prepare(history->db, "PRAGMA quick_check(1)", "");
    bool sound =
        sql_row(statement) && strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    int result = sql_finish(history->db, statement);
    return result == SQLITE_OK && !sound ? SQLITE_CORRUPT : result;
}

/* A file in a folder that cannot be written has no room for the log's index: it is read as it
 * stands, which is right if it was closed in order. */
static int open_as_it_stands(struct history *history)
{
    struct str uri = {0};
    sqlite3_close(history->db);
    history->db = NULL;
    str_add(&uri, "file:");
    for (const char *at = history->path; *at; at++) {
        if (strchr("%?#", *at))
            str_printf(&uri, "%%%02X", (unsigned char)*at);
        else
            str_add_char(&uri, *at);
    }
    str_add(&uri, "?immutable=1");
    int result =
        sqlite3_open_v2(str_text(&uri), &history->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    str_free(&uri);
    harden(history->db);
    return result;
}

static enum attempt refuse(struct history *history, enum schema_state state)
{
    history->hopeless = true;
    if (state == SCHEMA_NEWER)
        history_tell(history,
                     "%s was made by a newer Limber; nothing is remembered until this one "
                     "is upgraded",
                     history->path);
    else
        history_tell(history,
                     "%s is a database, but not a history of Limber; nothing is "
                     "remembered until it is moved away",
                     history->path);
    return UNUSABLE;
}

static enum attempt prepare_to_read(struct history *history, off_t log_size)
{
    int version = 0, result = SQLITE_OK;
    enum schema_state state = schema_look(history->db, schema_version, &version, &result);
    if (state == SCHEMA_FAILED && !history_is_damage(result) && log_size == 0) {
        result = open_as_it_stands(history);
        state = schema_look(history->db, schema_version, &version, &result);
    }
    if (state == SCHEMA_FAILED)
        return attempt_failed(history, result, "read");
    if (state != SCHEMA_READY)
        return refuse(history, state);
    history->read_only = true;
    history->told = true;
    history_tell(history, "%s cannot be written, so nothing is remembered", history->path);
    return version == schema_version && schema_is_whole(history->db) ? OPENED : UNUSABLE;
}

static enum attempt prepare_to_write(struct history *history, off_t size, off_t log_size)
{
    int version = 0, result = SQLITE_OK;
    enum schema_state state = schema_look(history->db, schema_version, &version, &result);
    if (state == SCHEMA_READY && size > 0)
        result = check_whole(history, size, log_size);
    if (result != SQLITE_OK)
        return attempt_failed(history, result, "read");
    if (state != SCHEMA_READY)
        return refuse(history, state);
    /* Where a log cannot be kept (some network folders), SQLite stays with its rollback journal. */
    sqlite3_exec(history->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    sqlite3_exec(history->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    sqlite3_exec(history->db, "PRAGMA secure_delete = ON", NULL, NULL, NULL);
    sqlite3_wal_autocheckpoint(history->db, 0); /* it would wait for the disk: history_settle() */
    state = schema_upgrade(history->db, schema_steps, schema_version, &result);
    if (state == SCHEMA_FAILED)
        return attempt_failed(history, result, "written");
    if (state != SCHEMA_READY)
        return refuse(history, state);
    return schema_is_whole(history->db) ? OPENED : DAMAGED;
}

static enum attempt attempt_to_open(struct history *history)
{
    struct str log = {0};
    str_printf(&log, "%s-wal", history->path);
    off_t size = size_of(history->path), log_size = size_of(str_text(&log));
    str_free(&log);
    int flags = SQLITE_OPEN_READWRITE | (history->may_make ? SQLITE_OPEN_CREATE : 0);
    int result = sqlite3_open_v2(history->path, &history->db, flags, NULL);
    if (result != SQLITE_OK)
        return attempt_failed(history, result, "opened");
    harden(history->db);
    sqlite3_busy_timeout(history->db, OPENING_PATIENCE_MS);
    enum attempt attempt = sqlite3_db_readonly(history->db, "main") == 1
                               ? prepare_to_read(history, log_size)
                               : prepare_to_write(history, size, log_size);
    sqlite3_busy_timeout(history->db, HISTORY_PATIENCE_MS);
    return attempt;
}

void history_disconnect(struct history *history)
{
    sqlite3_close(history->db);
    history->db = NULL;
}

/* --- moving aside --- */

static void rename_with(const char *from, const char *to, const char *ending)
{
    struct str old = {0}, new = {0};
    str_printf(&old, "%s%s", from, ending);
    str_printf(&new, "%s%s", to, ending);
    rename(str_text(&old), str_text(&new));
    str_free(&old);
    str_free(&new);
}

/* PATH.damaged-2026-03-05, with a number if that is taken. */
static char *free_name(struct history *history, struct arena *arena)
{
    char day[16];
    struct stat info;
    calendar_format_day(calendar_day_of(history->opened), day);
    char *name = arena_printf(arena, "%s.damaged-%s", history->path, day);
    for (int i = 2; lstat(name, &info) == 0 && i < MOST_DAMAGED; i++)
        name = arena_printf(arena, "%s.damaged-%s-%d", history->path, day, i);
    return name;
}

static bool set_aside(struct history *history)
{
    struct arena *arena = arena_new();
    char *name = free_name(history, arena);
    bool moved = rename(history->path, name) == 0;
    if (moved) {
        history->may_make = true;
        rename_with(history->path, name, "-wal");
        rename_with(history->path, name, "-shm");
        history_tell(history, "the history was damaged; it is now in %s, and a new one was begun",
                     name);
    } else {
        history->hopeless = history->told = true;
        history_tell(history,
                     "the history %s is damaged and cannot be moved aside (%s), so "
                     "nothing is remembered",
                     history->path, strerror(errno));
    }
    arena_destroy(arena);
    return moved;
}

/* Only one process at a time looks whether the file is damaged and moves it, or it could be the new
 * one that is moved. The folder's lock is let go with its descriptor. */
static void connect_alone(struct history *history)
{
    struct arena *arena = arena_new();
    int folder = open(file_folder(arena, history->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    arena_destroy(arena);
    if (folder >= 0)
        flock(folder, LOCK_EX);
    enum attempt attempt = attempt_to_open(history);
    if (attempt == DAMAGED) {
        history_disconnect(history);
        attempt = set_aside(history) ? attempt_to_open(history) : UNUSABLE;
    }
    if (attempt != OPENED)
        history_disconnect(history);
    if (folder >= 0)
        close(folder);
}

void history_replace(struct history *history)
{
    history->damaged = history->told = false;
    history_disconnect(history);
    connect_alone(history);
}

void history_connect(struct history *history)
{
    enum attempt attempt = attempt_to_open(history);
    if (attempt == OPENED)
        return;
    history_disconnect(history);
    if (attempt == DAMAGED)
        connect_alone(history);
}

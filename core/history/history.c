/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.c: the handle: opening, closing, forgetting. */
#include "history/history.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "history/history_inside.h"
#include "history/sql.h"

char *history_place(struct arena *arena)
{
    return file_user_state(arena, "history.db");
}

/* --- opening --- */

/* Sessions that no process plays any more. */
static void close_abandoned(struct history *history)
{
    struct arena *arena = arena_new();
    VEC(int64_t) dead = {0};
    sqlite3_stmt *statement =
        sql_prepare(history->db, "SELECT id, owner FROM sessions WHERE outcome IS NULL", "");
    while (sql_row(statement)) {
        if (!history_owner_runs(sql_text(statement, 1, arena)))
            *vec_push(&dead) = sqlite3_column_int64(statement, 0);
    }
    history_judge(history, sql_finish(history->db, statement), "read");
    for (size_t i = 0; i < dead.count && !history->read_only; i++) {
        statement = sql_prepare(history->db,
                                "UPDATE sessions SET outcome = 'interrupted', owner = NULL "
                                "WHERE id = ? AND outcome IS NULL",
                                "i", dead.items[i]);
        history_judge(history, sql_run(history->db, statement), "written");
    }
    vec_free(&dead);
    arena_destroy(arena);
}

static struct history *open_at(const char *path, struct moment now, bool may_make)
{
    struct history *history = xcalloc(1, sizeof *history);
    history->opened = now;
    history->may_make = may_make;
    history_own_name(history->owner);
    if (!path) {
        history->hopeless = true;
        history_tell(history, "there is no home folder, so nothing is remembered; set HOME");
        return history;
    }
    history->path = xstrdup(path);
    if (may_make) {
        struct arena *arena = arena_new();
        file_make_folders(file_folder(arena, path)); /* if not, opening says so */
        arena_destroy(arena);
    }
    history_connect(history);
    if (history->db)
        close_abandoned(history);
    return history;
}

struct history *history_open(const char *path, struct moment now)
{
    return open_at(path, now, true);
}

struct history *history_open_to_read(const char *path, struct moment now)
{
    if (path && access(path, F_OK) != 0) { /* nothing was ever kept, which is no problem */
        struct history *history = xcalloc(1, sizeof *history);
        history->path = xstrdup(path);
        history->hopeless = true;
        return history;
    }
    return open_at(path, now, false);
}

static void free_writing(struct writing *writing)
{
    arena_destroy(writing->arena);
    vec_free(&writing->moves);
    vec_free(&writing->choices);
    *writing = (struct writing){0};
}

void history_close(struct history *history)
{
    if (!history)
        return;
    struct writing *writing = &history->writing;
    if (writing->begun && !writing->over) {
        writing->session.outcome = HISTORY_INTERRUPTED;
        writing->over = writing->unwritten = true;
    }
    if (writing->unwritten && !history->db && !history->hopeless)
        history_connect(history);
    history_flush_patiently(history);
    history_settle(history);
    history_disconnect(history);
    free_writing(writing);
    str_free(&history->problem);
    free(history->path);
    free(history);
}

bool history_is_readable(const struct history *history)
{
    return history && history->db;
}

const char *history_problem(const struct history *history)
{
    return history && history->problem.length ? str_text(&history->problem) : NULL;
}

void history_settle(struct history *history)
{
    if (!history || !history->db || history->read_only)
        return;
    int result =
        sqlite3_wal_checkpoint_v2(history->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if ((result & 0xFF) != SQLITE_BUSY && (result & 0xFF) != SQLITE_LOCKED)
        history_judge(history, result, "written");
}

/* --- forgetting --- */

static enum limber_status status_of(int result)
{
    switch (result & 0xFF) {
    case SQLITE_OK:
        return LIMBER_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return LIMBER_BUSY;
    default:
        return LIMBER_IO;
    }
}

/* What was set aside holds what is to be forgotten, too. */
static void remove_damaged(struct history *history)
{
    struct arena *arena = arena_new();
    const char *folder_name = file_folder(arena, history->path);
    char *prefix = arena_printf(arena, "%s.damaged-", file_name(history->path));
    DIR *folder = opendir(folder_name);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (str_starts_with(entry->d_name, prefix))
            unlink(file_join(arena, folder_name, entry->d_name));
    }
    if (folder)
        closedir(folder);
    arena_destroy(arena);
}

static int delete_sessions(sqlite3 *db, int64_t id, size_t *count)
{
    sqlite3_stmt *statement =
        sql_prepare(db, "DELETE FROM sessions WHERE id = ?1 OR ?1 = 0", "i", id);
    int result = sql_run(db, statement);
    if (result != SQLITE_OK)
        return result;
    *count = (size_t)sqlite3_changes(db);
    if (id == 0) /* gives the room back */
        result = sqlite3_exec(db, "VACUUM", NULL, NULL, NULL);
    return result;
}

enum limber_status history_forget(struct history *history, int64_t id, size_t *count)
{
    *count = 0;
    if (!history || !history->path)
        return LIMBER_NOT_FOUND;
    if (id == 0)
        remove_damaged(history);
    if (!history->db)
        return history->problem.length ? LIMBER_IO : LIMBER_NOT_FOUND;
    sqlite3_busy_timeout(history->db, CLOSING_PATIENCE_MS);
    int result = delete_sessions(history->db, id, count);
    /* Deleted rows are zeroed in the file; older pages are still in the log until it is cut. */
    sqlite3_wal_checkpoint_v2(history->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(history->db, HISTORY_PATIENCE_MS);
    if (result == SQLITE_OK && *count == 0)
        return LIMBER_NOT_FOUND;
    return status_of(result);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_inside.h: what the files of the history share. Only for this layer. */
#ifndef HISTORY_HISTORY_INSIDE_H
#define HISTORY_HISTORY_INSIDE_H

#include <sqlite3.h>

#include "base/str.h"
#include "base/vec.h"
#include "history/history.h"

#define LOG_MODULE "history"

#define CLOSING_PATIENCE_MS 2000

struct choice {
    const char *place, *option;
};

/* The session that is being written, all of it, so that it can be written again into a new file. */
struct writing {
    struct arena *arena; /* its texts */
    struct history_session session;
    bool begun;
    bool over;                      /* ended: no longer owned by this process */
    bool unwritten;                 /* something is to be written */
    bool forgotten;                 /* the person had it removed while it ran */
    int64_t move_base, choice_base; /* positions in the file before the first here */
    VEC(struct history_move) moves;
    VEC(struct choice) choices;
    size_t moves_written, choices_written;
};

struct history {
    char *path;
    sqlite3 *db; /* NULL: nothing can be kept now */
    bool read_only;
    bool hopeless; /* opening again would not help */
    bool damaged;  /* found out while reading or writing */
    bool told;     /* that something cannot be kept */
    bool may_make; /* the file, if there is none */
    struct str problem;
    struct moment opened;
    char owner[128]; /* this process, as in the table */
    struct writing writing;
};

/* Says something that happened to the file, and keeps it for history_problem(). */
void history_tell(struct history *history, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What an error of SQLite means here: marks damage, or tells once that something is not kept. */
void history_judge(struct history *history, int result, const char *doing);
bool history_is_damage(int result);

/* Opens the database at history->path; see history_open(). */
void history_connect(struct history *history);
void history_disconnect(struct history *history);
/* Moves a damaged file aside, unless another process has done it, and connects again. */
void history_replace(struct history *history);
/* Tries to write what is unwritten. False: it is still unwritten. */
bool history_flush(struct history *history);
/* The same for the last time: waits longer, and tells what cannot be kept. */
void history_flush_patiently(struct history *history);

/* "BOOT PROCESS START" of this process, and whether the process named so still runs. */
void history_own_name(char name[128]);
bool history_owner_runs(const char *owner);

/* Reads a session's row. */
bool history_load(struct history *history, int64_t id, struct arena *arena,
                  struct history_session *session);

#endif

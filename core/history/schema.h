/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema.h: the tables of the history, and bringing older files up to date. Only for this layer;
 * docs/history.md describes the tables to people. */
#ifndef HISTORY_SCHEMA_H
#define HISTORY_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

#define SCHEMA_APPLICATION_ID 0x4C696D62 /* "Limb": PRAGMA application_id */

/* steps[n] takes a file from version n (PRAGMA user_version) to n + 1. A step that was released is
 * never edited, only followed by another. */
extern const char *const schema_steps[];
extern const int schema_version; /* how many there are */

enum schema_state {
    SCHEMA_READY,
    SCHEMA_NEWER,   /* made by a later Limber: not to be touched */
    SCHEMA_FOREIGN, /* not Limber's */
    SCHEMA_FAILED   /* *result tells: an error of SQLite */
};
/* Looks at the file, and runs the steps it has not seen, all in one transaction: they
 * take effect together, or not at all. */
enum schema_state schema_upgrade(sqlite3 *db, const char *const *steps, int count, int *result);
/* Only looks. READY: `*version` of `count` steps were run, 0 for an empty file. */
enum schema_state schema_look(sqlite3 *db, int count, int *version, int *result);
/* Reads nothing, but names all tables and columns that are used: false if some are not there. */
bool schema_is_whole(sqlite3 *db);

#endif

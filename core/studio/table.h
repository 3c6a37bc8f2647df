/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h: CSV files that people edit too: read, and changed without touching what one does not
 * know: other columns, other rows, the separator (comma, semicolon or tab), the line ends, a byte
 * order mark all stay as they are. UTF-8. */
#ifndef STUDIO_TABLE_H
#define STUDIO_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#define TABLE_MOST_BYTES (16 * 1024 * 1024)
#define TABLE_MOST_CELLS 256 /* of a row */

struct table_record {
    int line; /* 1-based */
    const char *const *cells;
    size_t cell_count;
    size_t start, end; /* bytes in the file's text, the line end included */
};

struct table {
    const char *text; /* of the file; "" if there is none */
    size_t length;
    char separator;
    const char *line_end;               /* "\n" or "\r\n" */
    const struct table_record *records; /* the header first; blank lines are none */
    size_t record_count;
};

/* Reads a file into the arena. A file that is not there gives NOT_FOUND and an empty table. Other
 * errors come with *error (malloc'ed): INVALID (not UTF-8, a quote that is never closed), LIMIT,
 * IO, UNSUPPORTED (built without libcsv). */
enum limber_status table_read(const char *path, struct arena *arena, struct table *table,
                              char **error);
/* The index of a column by the header's name (case and outer spaces do not matter), −1: none. */
int table_column(const struct table *table, const char *name);
/* A cell, "" when the row is too short or `column` < 0. */
const char *table_cell(const struct table *table, size_t record, int column);

struct table_row {
    const char *text, *file;
};
/* Writes rows into a pack's table (columns text and file): a row whose file is already in it gets
 * the new text, others are added at the end. The table is made if it is not there. All or nothing,
 * and on the disk when it returns. Errors with *error (malloc'ed): as table_read, IO, INVALID (the
 * table has no columns text and file). */
enum limber_status table_put(const char *path, const struct table_row *rows, size_t count,
                             char **error);
/* Takes out the rows of a file. OK also when there are none. */
enum limber_status table_remove(const char *path, const char *file, char **error);

/* Adds a cell as it is written, quoted if need be. */
void table_add_quoted(struct str *to, const char *text, char separator);

#endif

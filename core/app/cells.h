/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.h: a terminal's screen as a grid of characters, and what must be written so that it goes
 * from one grid to another: only what differs, so nothing flickers. Pure.
 *
 * Not curses: that takes the signals which the loop reports, counts columns by the process's locale
 * (the program sets none), and cannot be asked what it would write. Only sequences are used that
 * every terminal since the VT220 knows or ignores. */
#ifndef APP_CELLS_H
#define APP_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum cell_style {
    CELL_PLAIN,
    CELL_FAINT,
    CELL_STRONG,
    CELL_CAUTION,
    CELL_TIP,
    CELL_PHRASE,
    CELL_COUNT,
    CELL_MESSAGE,
    CELL_SIGN /* reversed */
};

#define CELL_BYTES 22   /* a character with its combining marks; marks beyond it are left out */
#define CELLS_MOST 1000 /* columns, rows: a terminal that says it has more is not believed */

struct cell {
    char text[CELL_BYTES + 1]; /* "" in the second half of a wide character */
    uint8_t style;             /* enum cell_style */
};

struct cells {
    int columns, rows;
    struct cell *cells; /* row by row */
};

/* All blanks. Sizes outside 1…CELLS_MOST are taken to the next one inside. */
void cells_init(struct cells *cells, int columns, int rows);
void cells_free(struct cells *cells);
const struct cell *cells_at(const struct cells *cells, int column, int row);

/* Writes a text from `column` on, at most `room` columns (and never beyond the row); control
 * characters and those that turn the direction of writing are left out. A text that is too long
 * ends with `ending` ("" for none). Returns the columns taken. */
int cells_put(struct cells *cells, int column, int row, int room, enum cell_style style,
              const char *text, const char *ending);

/* How many bytes of `text` go into a line of so many columns: up to a blank if there is one (blanks
 * around it are not counted), at least one character. *skip is where the next line begins. */
size_t cells_line(const char *text, int columns, size_t *skip);

/* Adds to `out` what turns a terminal showing `from` (same size; NULL: anything) into `to`; nothing
 * when they are equal. */
void cells_change(const struct cells *from, const struct cells *to, bool color, struct str *out);

/* The grid as lines of text without blanks at their ends: for tests. */
void cells_picture(const struct cells *cells, struct str *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screendigits.h: times in large digits made of blocks. Pure. */
#ifndef APP_SCREENDIGITS_H
#define APP_SCREENDIGITS_H

#include "app/cells.h"

#define DIGIT_ROWS 5 /* at scale 1 */

/* The columns that a time ("12:34", "1:02:03") takes. */
int digits_columns(const char *clock, int scale);
/* Draws it; it must fit. Returns its columns. */
int digits_draw(struct cells *cells, int column, int row, int scale, const char *clock, bool ascii);

#endif

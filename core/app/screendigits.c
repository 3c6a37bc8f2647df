/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screendigits.c: large digits. A dot of the pattern is two columns wide: about a square. */
#include "app/screendigits.h"

#define DOT_COLUMNS 2
#define DIGIT_DOTS  3
#define COLON_DOTS  1

/* Three bits a row. */
static const unsigned char patterns[10][DIGIT_ROWS] = {
    {7, 5, 5, 5, 7}, {1, 1, 1, 1, 1}, {7, 1, 7, 4, 7}, {7, 1, 7, 1, 7}, {5, 5, 7, 1, 1},
    {7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 1, 1, 1}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 7}};
static const unsigned char colon[DIGIT_ROWS] = {0, 1, 0, 1, 0};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int digits_columns(const char *clock, int scale)
{
    int dots = 0;
    for (; *clock; clock++)
        dots += (is_digit(*clock) ? DIGIT_DOTS : COLON_DOTS) + (clock[1] ? 1 : 0);
    return dots * DOT_COLUMNS * scale;
}

int digits_draw(struct cells *cells, int column, int row, int scale, const char *clock, bool ascii)
{
    int at = column;
    for (; *clock; clock++) {
        const unsigned char *pattern = is_digit(*clock) ? patterns[*clock - '0'] : colon;
        int dots = is_digit(*clock) ? DIGIT_DOTS : COLON_DOTS, width = DOT_COLUMNS * scale;
        for (int y = 0; y < DIGIT_ROWS * scale; y++) {
            for (int x = 0; x < dots * width; x++) {
                if (pattern[y / scale] >> (dots - 1 - x / width) & 1)
                    cells_put(cells, at + x, row + y, 1, CELL_COUNT, ascii ? "#" : "█", "");
            }
        }
        at += (dots + 1) * width;
    }
    return at - column - DOT_COLUMNS * scale;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.c: grids of characters, and the way from one to another. */
#include "app/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int within(int value)
{
    return value < 1 ? 1 : value > CELLS_MOST ? CELLS_MOST : value;
}

void cells_init(struct cells *cells, int columns, int rows)
{
    *cells = (struct cells){.columns = within(columns), .rows = within(rows)};
    size_t count = (size_t)cells->columns * (size_t)cells->rows;
    cells->cells = xcalloc(count, sizeof *cells->cells);
    for (size_t i = 0; i < count; i++)
        cells->cells[i].text[0] = ' ';
}

void cells_free(struct cells *cells)
{
    free(cells->cells);
    *cells = (struct cells){0};
}

static struct cell *cell_at(const struct cells *cells, int column, int row)
{
    return &cells->cells[(size_t)row * (size_t)cells->columns + (size_t)column];
}

const struct cell *cells_at(const struct cells *cells, int column, int row)
{
    return cell_at(cells, column, row);
}

/* --- texts --- */

/* Marks that change the direction of what follows on the whole line, and the selector that makes a
 * character a wide picture in some terminals only. */
static bool disturbs(int point)
{
    return point == 0x200e || point == 0x200f || (point >= 0x202a && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0x2028 || point == 0x2029 ||
           point == 0xfe0f || point == 0xfeff;
}

struct character {
    const char *bytes;
    size_t length;
    int columns;
    bool shown;
};

static struct character next_character(const char **text, const char *end)
{
    const char *start = *text;
    int point = str_utf8_next(text, end);
    struct character next = {start, (size_t)(*text - start), 1, true};
    if (point < 0) {
        next.bytes = "?";
        next.length = 1;
    } else if (point == '\n' || point == '\t') {
        next.bytes = " ";
    } else if (point < 0x20 || (point >= 0x7f && point < 0xa0) || disturbs(point)) {
        next.shown = false;
        next.columns = 0;
    } else {
        next.columns = str_columns(start, next.length);
    }
    return next;
}

/* The columns of a text as cells_put() writes it. */
static int columns_of(const char *text, const char *end)
{
    int columns = 0;
    while (text < end)
        columns += next_character(&text, end).columns;
    return columns;
}

static void put_mark(struct cell *cell, const struct character *mark)
{
    size_t length = strlen(cell->text);
    if (length + mark->length <= CELL_BYTES)
        memcpy(cell->text + length, mark->bytes, mark->length);
}

/* Cuts wide characters in two no more than a terminal does: the other half becomes a blank. */
static void put_character(struct cells *cells, int column, int row, enum cell_style style,
                          const struct character *character)
{
    struct cell *cell = cell_at(cells, column, row);
    if (!cell->text[0] && column > 0)
        memcpy(cell[-1].text, " ", 2);
    int last = column + character->columns - 1;
    if (last + 1 < cells->columns && !cell[character->columns].text[0])
        memcpy(cell[character->columns].text, " ", 2);
    memset(cell->text, 0, sizeof cell->text);
    memcpy(cell->text, character->bytes, character->length);
    cell->style = (uint8_t)style;
    if (character->columns == 2) {
        memset(cell[1].text, 0, sizeof cell[1].text);
        cell[1].style = (uint8_t)style;
    }
}

static int put(struct cells *cells, int column, int row, int room, enum cell_style style,
               const char *text, const char *end)
{
    int taken = 0, before = -1; /* the column of the character that marks belong to */
    while (text < end) {
        struct character next = next_character(&text, end);
        if (!next.shown)
            continue;
        if (next.columns == 0) {
            if (before >= 0)
                put_mark(cell_at(cells, before, row), &next);
            continue;
        }
        if (taken + next.columns > room)
            break;
        before = column + taken;
        put_character(cells, before, row, style, &next);
        taken += next.columns;
    }
    return taken;
}

int cells_put(struct cells *cells, int column, int row, int room, enum cell_style style,
              const char *text, const char *ending)
{
    if (row < 0 || row >= cells->rows || column < 0 || column >= cells->columns)
        return 0;
    if (room > cells->columns - column)
        room = cells->columns - column;
    const char *end = text + strlen(text), *ending_end = ending + strlen(ending);
    if (room <= 0)
        return 0;
    if (columns_of(text, end) <= room)
        return put(cells, column, row, room, style, text, end);
    int reserve = columns_of(ending, ending_end);
    if (reserve >= room)
        reserve = 0;
    int taken = put(cells, column, row, room - reserve, style, text, end);
    if (reserve)
        taken += put(cells, column + taken, row, reserve, style, ending, ending_end);
    return taken;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

size_t cells_line(const char *text, int columns, size_t *skip)
{
    const char *end = text + strlen(text), *at = text, *fits = text, *word = NULL;
    int taken = 0;
    while (at < end) {
        if (is_blank(*at) && at > text && !is_blank(at[-1]))
            word = at;
        taken += next_character(&at, end).columns;
        if (taken > columns)
            break;
        fits = at;
    }
    if (fits < end && is_blank(*fits))
        word = fits;
    if (fits == text && text < end) { /* nothing fits: one character all the same */
        fits = text;
        next_character(&fits, end);
    }
    const char *stop = fits == end || !word ? fits : word;
    const char *next = stop;
    while (next < end && is_blank(*next))
        next++;
    while (stop > text && is_blank(stop[-1]))
        stop--;
    *skip = (size_t)(next - text);
    return (size_t)(stop - text);
}

/* --- from one to the other --- */

static const struct {
    const char *attribute, *color;
} styles[] = {
    [CELL_PLAIN] = {"", ""},      [CELL_FAINT] = {"2", ""},    [CELL_STRONG] = {"1", ""},
    [CELL_CAUTION] = {"1", "33"}, [CELL_TIP] = {"3", ""},      [CELL_PHRASE] = {"", "36"},
    [CELL_COUNT] = {"1", "32"},   [CELL_MESSAGE] = {"", "35"}, [CELL_SIGN] = {"7", ""},
};

struct pen {
    struct str *out;
    bool color;
    int column, row; /* where the next character goes, −1: not known */
    uint8_t style;
};

static void move_to(struct pen *pen, int column, int row)
{
    if (pen->column != column || pen->row != row)
        str_printf(pen->out, "\033[%d;%dH", row + 1, column + 1);
    pen->column = column;
    pen->row = row;
}

static void take_style(struct pen *pen, uint8_t style)
{
    if (pen->style == style)
        return;
    const char *attribute = styles[style].attribute;
    const char *color = pen->color ? styles[style].color : "";
    str_printf(pen->out, "\033[0%s%s%s%sm", *attribute ? ";" : "", attribute, *color ? ";" : "",
               color);
    pen->style = style;
}

/* Where a terminal may count otherwise than we do, the place is told again. */
static bool may_differ(const struct cell *cell)
{
    const char *at = cell->text;
    str_utf8_next(&at, cell->text + strlen(cell->text));
    return *at || ((unsigned char)cell->text[0] >= 0xe3);
}

static void draw_cell(struct pen *pen, const struct cells *to, int column, int row)
{
    const struct cell *cell = cells_at(to, column, row);
    if (!cell->text[0])
        return;
    bool wide = column + 1 < to->columns && !cell[1].text[0];
    move_to(pen, column, row);
    take_style(pen, cell->style);
    if (wide) /* if it is drawn narrow, nothing old shows through */
        str_printf(pen->out, "  \033[%d;%dH", row + 1, column + 1);
    str_add(pen->out, cell->text);
    pen->column = wide || may_differ(cell) || column + 1 == to->columns ? -1 : column + 1;
}

static bool same(const struct cell *a, const struct cell *b)
{
    return a->style == b->style && strcmp(a->text, b->text) == 0;
}

/* The first column of a row from which on all is blank. */
static int blank_from(const struct cells *cells, int row)
{
    int column = cells->columns;
    while (column > 0 && strcmp(cells_at(cells, column - 1, row)->text, " ") == 0 &&
           cells_at(cells, column - 1, row)->style != CELL_SIGN)
        column--;
    return column;
}

static void draw_row(struct pen *pen, const struct cells *from, const struct cells *to, int row)
{
    int blank = blank_from(to, row);
    for (int column = 0; column < to->columns; column++) {
        const struct cell *now = cells_at(to, column, row);
        /* A half that changes is drawn with its whole. */
        bool half = column + 1 < to->columns && !now[1].text[0];
        if (from && same(cells_at(from, column, row), now) &&
            (!half || same(cells_at(from, column + 1, row), now + 1)))
            continue;
        if (column >= blank) {
            move_to(pen, column, row);
            take_style(pen, CELL_PLAIN);
            str_add(pen->out, "\033[K");
            break;
        }
        draw_cell(pen, to, column, row);
    }
}

void cells_change(const struct cells *from, const struct cells *to, bool color, struct str *out)
{
    struct str body = {0};
    struct pen pen = {.out = &body, .color = color, .column = -1, .row = -1, .style = CELL_PLAIN};
    for (int row = 0; row < to->rows; row++)
        draw_row(&pen, from, to, row);
    take_style(&pen, CELL_PLAIN);
    if (body.length) /* shown all at once, where the terminal can do that */
        str_printf(out, "\033[?2026h\033[0m%s%s\033[?2026l", from ? "" : "\033[2J", body.data);
    str_free(&body);
}

void cells_picture(const struct cells *cells, struct str *out)
{
    for (int row = 0; row < cells->rows; row++) {
        int end = blank_from(cells, row);
        for (int column = 0; column < end; column++)
            str_add(out, cells_at(cells, column, row)->text);
        str_add_char(out, '\n');
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.c: the layout of a session on a whole screen. */
#include "app/screen.h"

#include <stdio.h>
#include <string.h>

#include "app/screendigits.h"
#include "session/command.h"

#define WIDEST     96 /* columns: longer lines are hard to read */
#define BAR_LEAST  8
#define SAID_MOST  8
#define KEY_COLUMN 8
#define CLOCK_SIZE 16

/* From top to bottom. A gap is a part without content. */
enum part {
    TOP,
    TITLE,
    GAP_1,
    MOVE,
    DETAILS,
    GAP_2,
    COUNT,
    GAP_3,
    SAID,
    GAP_4,
    BAR,
    NEXT,
    GAP_5,
    MESSAGE,
    KEYS,
    PARTS
};

struct layout {
    struct cells *cells;
    int left, columns; /* of the content */
    int row[PARTS], rows[PARTS];
};

/* What is given rows, the most important first; what finds no room is left out. 40×10 ends after
 * the second line of what is said, 80×24 after the last. */
static const struct {
    enum part part;
    int rows;
} wishes[] = {
    {MOVE, 1},
    {COUNT, 1},
    {SAID, 1},
    {BAR, 1},
    {KEYS, 1},
    {NEXT, 1},
    {TITLE, 1},
    {DETAILS, 1},
    {MESSAGE, 1},
    {SAID, 1},
    {COUNT, DIGIT_ROWS - 1},
    {GAP_2, 1},
    {GAP_3, 1},
    {GAP_4, 1},
    {GAP_1, 1},
    {SAID, 1},
    {GAP_5, 1},
    {BAR, 1},
    {SAID, 1},
    {TOP, 1},
};

static void lay_out(struct layout *layout, struct cells *cells)
{
    int margin = cells->columns >= 60 ? 4 : cells->columns >= 30 ? 1 : 0, left = cells->rows;
    *layout = (struct layout){.cells = cells, .columns = cells->columns - 2 * margin};
    if (layout->columns > WIDEST)
        layout->columns = WIDEST;
    layout->left = (cells->columns - layout->columns) / 2;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        bool big = wishes[i].part == COUNT && wishes[i].rows > 1;
        if (wishes[i].rows > left || (big && layout->columns < digits_columns("0:00", 1)))
            continue;
        layout->rows[wishes[i].part] += wishes[i].rows;
        left -= wishes[i].rows;
    }
    if (left >= 2 * DIGIT_ROWS && layout->columns >= digits_columns("00:00", 2)) {
        layout->rows[COUNT] += DIGIT_ROWS;
        left -= DIGIT_ROWS;
    }
    int more = left < SAID_MOST - layout->rows[SAID] ? left : SAID_MOST - layout->rows[SAID];
    layout->rows[SAID] += more;
    left -= more;
    layout->rows[TOP] +=
        left / 3; /* the rest: what matters in the middle, the keys at the bottom */
    layout->rows[GAP_5] += left - left / 3;
    for (int part = 1; part < PARTS; part++)
        layout->row[part] = layout->row[part - 1] + layout->rows[part - 1];
}

/* Writes into a row of a part, from the left. Returns the columns taken. */
static int put(const struct layout *layout, enum part part, int row, int column,
               enum cell_style style, const char *text, bool ascii)
{
    if (row >= layout->rows[part])
        return 0;
    return cells_put(layout->cells, layout->left + column, layout->row[part] + row,
                     layout->columns - column, style, text, ascii ? ".." : "…");
}

/* --- the parts --- */

static const char *sign(enum limber_transport transport)
{
    switch (transport) {
    case LIMBER_PAUSED:
        return " paused ";
    case LIMBER_WAITING:
        return " waiting for you: press enter ";
    case LIMBER_LOST_OUTPUT:
        return " no sound device: waiting for one ";
    default:
        return "";
    }
}

static void draw_move(const struct layout *layout, const struct screen_state *state)
{
    char number[48] = "";
    int column = 0;
    if (*sign(state->transport) && layout->rows[DETAILS] == 0)
        column = put(layout, MOVE, 0, 0, CELL_SIGN, sign(state->transport), state->ascii) + 1;
    if (state->move_number)
        snprintf(number, sizeof number, "%zu of %zu", state->move_number, state->move_count);
    int length = (int)strlen(number), at = layout->columns - length;
    if (at - column < 12) /* the name first */
        length = 0;
    if (length)
        put(layout, MOVE, 0, at, CELL_FAINT, number, state->ascii);
    if (layout->rows[MOVE] && column < layout->columns)
        cells_put(layout->cells, layout->left + column, layout->row[MOVE],
                  layout->columns - column - (length ? length + 2 : 0), CELL_STRONG, state->move,
                  state->ascii ? ".." : "…");
}

static void draw_details(const struct layout *layout, const struct screen_state *state)
{
    struct str text = {0};
    const struct {
        const char *name;
        int number;
    } counts[] = {{"round", state->round}, {"set", state->set}, {"rep", state->rep}};
    int column = put(layout, DETAILS, 0, 0, CELL_SIGN, sign(state->transport), state->ascii);
    if (*state->side)
        str_printf(&text, "%s side", state->side);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i].number > 0)
            str_printf(&text, "%s%s %d",
                       text.length == 0 ? ""
                       : state->ascii   ? ", "
                                        : " · ",
                       counts[i].name, counts[i].number);
    }
    column += column ? 2 : 0;
    if (column < layout->columns)
        put(layout, DETAILS, 0, column, CELL_PLAIN, str_text(&text), state->ascii);
    str_free(&text);
}

/* A second that has begun counts: 0:01 is shown until the end. */
static void left_clock(nsec left_ns, char *clock)
{
    units_format_clock(left_ns + NSEC_PER_SEC - 1, false, clock, CLOCK_SIZE);
}

static void draw_count(const struct layout *layout, const struct screen_state *state)
{
    char clock[CLOCK_SIZE];
    if (state->bout_left_ns <= 0 || layout->rows[COUNT] == 0)
        return;
    left_clock(state->bout_left_ns, clock);
    int scale = layout->rows[COUNT] / DIGIT_ROWS;
    while (scale > 0 && digits_columns(clock, scale) > layout->columns)
        scale--;
    if (scale == 0) {
        int column = put(layout, COUNT, 0, 0, CELL_COUNT, state->bout, state->ascii);
        put(layout, COUNT, 0, column + 1, CELL_COUNT, clock, state->ascii);
        return;
    }
    int column =
        digits_draw(layout->cells, layout->left, layout->row[COUNT], scale, clock, state->ascii);
    if (column + 2 + (int)strlen(state->bout) <= layout->columns)
        put(layout, COUNT, scale * DIGIT_ROWS - 1, column + 2, CELL_PLAIN, state->bout,
            state->ascii);
}

static enum cell_style said_style(enum cue_role role)
{
    return role == ROLE_CAUTION       ? CELL_CAUTION
           : role == ROLE_INSTRUCTION ? CELL_PLAIN
           : role == ROLE_TIP         ? CELL_TIP
                                      : CELL_PHRASE;
}

static void draw_said(const struct layout *layout, const struct screen_state *state)
{
    const char *text = state->said + strspn(state->said, " \n\t");
    for (int row = 0; row < layout->rows[SAID] && *text; row++) {
        size_t skip, length = cells_line(text, layout->columns, &skip);
        bool last = row + 1 == layout->rows[SAID];
        struct str line = {0};
        str_add_bytes(&line, text, last ? strlen(text) : length);
        put(layout, SAID, row, 0, said_style(state->role), str_text(&line), state->ascii);
        str_free(&line);
        text += skip;
    }
}

static int bar_column(nsec at_ns, nsec total_ns, int columns)
{
    double part = total_ns > 0 ? (double)at_ns / (double)total_ns : 0;
    return (int)((part < 0 ? 0 : part > 1 ? 1 : part) * columns);
}

/* A line, heavy as far as the session has come, crossed where a move begins. */
static void draw_line(const struct layout *layout, const struct screen_state *state, int left,
                      int columns)
{
    static const char *const signs[2][4] = {{"─", "┼", "━", "╋"}, {"-", "+", "=", "#"}};
    int done = bar_column(state->position_ns, state->total_ns, columns), row = layout->row[BAR];
    for (int i = 0; i < columns; i++)
        cells_put(layout->cells, left + i, row, 1, i < done ? CELL_COUNT : CELL_FAINT,
                  signs[state->ascii][i < done ? 2 : 0], "");
    bool crowded = state->move_count > (size_t)columns / 3;
    for (size_t i = 1; state->starts_ns && !crowded && i < state->move_count; i++) {
        int at = bar_column(state->starts_ns[i], state->total_ns, columns);
        if (at > 0 && at < columns)
            cells_put(layout->cells, left + at, row, 1, at < done ? CELL_COUNT : CELL_FAINT,
                      signs[state->ascii][at < done ? 3 : 1], "");
    }
}

/* In one row the times stand beside the line, in two below it. */
static void draw_bar(const struct layout *layout, const struct screen_state *state)
{
    char position[CLOCK_SIZE], clock[CLOCK_SIZE] = "", left[CLOCK_SIZE + 8] = "";
    if (layout->rows[BAR] == 0)
        return;
    units_format_clock(state->position_ns, false, position, sizeof position);
    if (state->total_ns >= 0) {
        nsec rest = state->total_ns - state->position_ns;
        left_clock(rest > 0 ? rest : 0, clock);
        snprintf(left, sizeof left, "%s to go", clock);
    }
    int before = 0, after = 0, second = layout->rows[BAR] > 1;
    if (!second) {
        before = (int)strlen(position) + 1;
        after = *left ? (int)strlen(left) + 1 : 0;
    }
    put(layout, BAR, second, 0, CELL_FAINT, position, state->ascii);
    int at = layout->columns - (int)strlen(left);
    if (*left && at > (int)strlen(position))
        put(layout, BAR, second, at, CELL_PLAIN, left, state->ascii);
    if (layout->columns - before - after >= BAR_LEAST || second)
        draw_line(layout, state, layout->left + before, layout->columns - before - after);
}

static void draw_next(const struct layout *layout, const struct screen_state *state)
{
    if (state->move_number == 0 && !state->next)
        return;
    int column = put(layout, NEXT, 0, 0, CELL_FAINT, "then ", state->ascii);
    if (column < layout->columns)
        put(layout, NEXT, 0, column, CELL_PLAIN, state->next ? state->next : "the end",
            state->ascii);
}

/* As many of the keys as there is room for. */
static void draw_keys(const struct layout *layout, bool ascii)
{
    static const char *const keys[] = {"space pause", "n next",  "b back",  "q quit",
                                       "? keys",      "r again", "w where", "+ longer"};
    struct str line = {0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if ((int)(line.length + strlen(keys[i])) + 2 > layout->columns)
            break;
        str_printf(&line, "%s%s", line.length ? "  " : "", keys[i]);
    }
    put(layout, KEYS, 0, 0, CELL_FAINT, str_text(&line), ascii);
    str_free(&line);
}

static void draw_all_keys(const struct layout *layout, const struct screen_state *state)
{
    const struct command_help *commands = command_table();
    struct cells *cells = layout->cells;
    int row = cells->rows > 18 ? 2 : 0;
    for (int i = 0; i < COMMAND_COUNT && row + 1 < cells->rows; i++) {
        char key[2] = {commands[i].key, 0};
        if (!key[0])
            continue;
        cells_put(cells, layout->left, row, layout->columns, CELL_STRONG,
                  key[0] == ' '    ? "space"
                  : key[0] == '\n' ? "enter"
                                   : key,
                  "");
        cells_put(cells, layout->left + KEY_COLUMN, row++, layout->columns - KEY_COLUMN, CELL_PLAIN,
                  commands[i].help, state->ascii ? ".." : "…");
    }
    cells_put(cells, layout->left, cells->rows - 1, layout->columns, CELL_FAINT,
              "? back to the session", "");
}

void screen_draw(const struct screen_state *state, struct cells *cells)
{
    struct layout layout;
    lay_out(&layout, cells);
    if (state->keys) {
        draw_all_keys(&layout, state);
        return;
    }
    put(&layout, TITLE, 0, 0, CELL_FAINT, state->title, state->ascii);
    draw_move(&layout, state);
    draw_details(&layout, state);
    draw_count(&layout, state);
    draw_said(&layout, state);
    draw_bar(&layout, state);
    draw_next(&layout, state);
    put(&layout, MESSAGE, 0, 0, CELL_MESSAGE, state->message, state->ascii);
    draw_keys(&layout, state->ascii);
}

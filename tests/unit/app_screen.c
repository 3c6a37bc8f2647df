/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session on a whole screen: pictures of it at several sizes against tests/golden/screen
 * (LIMBER_UPDATE_SCREENS=1 writes them anew), and what is written from one picture to the next,
 * read by a small terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/screen.h"
#include "base/arena.h"
#include "base/prng.h"

/* --- a terminal that knows what we write, and nothing else --- */

struct vt {
    struct cells cells; /* styles are those of SGR parameters, hashed */
    int column, row;
    uint8_t style;
    bool synchronised;
};

static void vt_sequence(struct vt *vt, const char *parameters, char final)
{
    int row = 1, column = 1;
    if (final == 'H') {
        sscanf(parameters, "%d;%d", &row, &column);
        assert_in_range(row, 1, vt->cells.rows);
        assert_in_range(column, 1, vt->cells.columns);
        vt->row = row - 1;
        vt->column = column - 1;
    } else if (final == 'J') {
        assert_string_equal(parameters, "2");
        for (int i = 0; i < vt->cells.columns * vt->cells.rows; i++)
            vt->cells.cells[i] = (struct cell){.text = " "};
    } else if (final == 'K') {
        for (int i = vt->column; i < vt->cells.columns; i++)
            vt->cells.cells[vt->row * vt->cells.columns + i] = (struct cell){.text = " "};
    } else if (final == 'm') {
        static const char *const known[] = {"0",    "0;2",    "0;1",  "0;1;33", "0;3",
                                            "0;36", "0;1;32", "0;35", "0;7"};
        for (vt->style = 0; strcmp(known[vt->style], parameters) != 0; vt->style++)
            assert_in_range(vt->style, 0, sizeof known / sizeof *known - 2);
    } else if (final == 'h' || final == 'l') {
        assert_string_equal(parameters, "?2026");
        vt->synchronised = final == 'h';
    } else {
        fail_msg("sequence %s%c", parameters, final);
    }
}

static void vt_character(struct vt *vt, const char *text, size_t length)
{
    int width = str_columns(text, length);
    assert_true(vt->synchronised);
    if (width == 0) { /* belongs to the character before */
        struct cell *cell = &vt->cells.cells[vt->row * vt->cells.columns + vt->column - 1];
        cell -= cell->text[0] == '\0';
        strncat(cell->text, text, length);
        return;
    }
    assert_true(vt->column + width <= vt->cells.columns); /* nothing is wrapped or lost */
    struct cell *cell = &vt->cells.cells[vt->row * vt->cells.columns + vt->column];
    *cell = (struct cell){.style = vt->style};
    memcpy(cell->text, text, length);
    if (width == 2)
        cell[1] = (struct cell){.style = vt->style};
    vt->column += width;
}

static void vt_read(struct vt *vt, const char *bytes)
{
    const char *end = bytes + strlen(bytes);
    while (bytes < end) {
        const char *start = bytes;
        if (bytes[0] == '\033') {
            char parameters[32];
            assert_int_equal(bytes[1], '[');
            size_t length = strspn(bytes + 2, "0123456789;?");
            assert_in_range(length, 0, sizeof parameters - 1);
            snprintf(parameters, sizeof parameters, "%.*s", (int)length, bytes + 2);
            vt_sequence(vt, parameters, bytes[2 + length]);
            bytes += length + 3;
            continue;
        }
        assert_true(str_utf8_next(&bytes, end) >= ' ');
        vt_character(vt, start, (size_t)(bytes - start));
    }
    assert_false(vt->synchronised);
}

/* --- states --- */

static const nsec starts[] = {0, 100 * NSEC_PER_SEC, 220 * NSEC_PER_SEC, 500 * NSEC_PER_SEC};

static struct screen_state english(void)
{
    return (struct screen_state){
        .transport = LIMBER_PLAYING,
        .title = "Upper back relief",
        .move = "Side stretch",
        .side = "right",
        .bout = "hold",
        .said = "Reach up and over with your right arm, and let the breath open your ribs.",
        .next = "Child’s pose",
        .message = "10 s more",
        .role = ROLE_INSTRUCTION,
        .move_number = 3,
        .move_count = 4,
        .round = 2,
        .rep = 1,
        .position_ns = 300 * NSEC_PER_SEC,
        .total_ns = 725 * NSEC_PER_SEC,
        .bout_left_ns = 26500 * NSEC_PER_MSEC,
        .starts_ns = starts};
}

static struct screen_state german(void)
{
    struct screen_state state = english();
    state.transport = LIMBER_PAUSED;
    state.title = "Entspannung für Nacken und oberen Rücken";
    state.move = "Rückenstreckung im Vierfüßlerstand mit Schultergürtelmobilisation";
    state.said =
        "Achtung: Überstrecke die Halswirbelsäule nicht. Schultergürtelmobilisationsübungsabfolge "
        "heißt: langsam, größer werdend, ohne Schwung, und jederzeit aufhören dürfen, wenn es "
        "zieht; "
        "das gilt für jede Übung dieser Reihe, auch für die kürzeste und für die allerletzte.";
    state.role = ROLE_CAUTION;
    state.next = NULL;
    state.message = "";
    state.total_ns = -1;
    return state;
}

static struct screen_state wide(void)
{
    struct screen_state state = english();
    state.transport = LIMBER_WAITING;
    state.title = "肩こり解消ストレッチ";
    state.move = "体側を伸ばす 🧘 e\u0301tirement";
    state.said = "右腕を上に伸ばして、ゆっくり左に倒します。肋骨が広がるのを感じながら、深く呼吸し"
                 "ましょう。無理はしないでください。";
    state.next = "子どものポーズ";
    state.message = "a\u202eb\033[31mc\u0301";
    state.bout_left_ns = 3725 * NSEC_PER_SEC;
    return state;
}

static struct screen_state ascii(void)
{
    struct screen_state state = english();
    state.ascii = true;
    return state;
}

static struct screen_state keys(void)
{
    struct screen_state state = english();
    state.keys = true;
    return state;
}

static struct screen_state nothing(void)
{
    return (struct screen_state){
        .title = "", .move = "", .side = "", .bout = "", .said = "", .message = "", .total_ns = -1};
}

static const struct {
    const char *name;
    struct screen_state (*make)(void);
} states[] = {{"english", english}, {"german", german}, {"wide", wide},
              {"ascii", ascii},     {"keys", keys},     {"nothing", nothing}};
#define STATES (sizeof states / sizeof *states)

/* --- tests --- */

static void check_picture(const char *name, const struct cells *cells)
{
    char path[512];
    struct str picture = {0}, expected = {0};
    snprintf(path, sizeof path, SOURCE_DIR "/tests/golden/screen/%s-%dx%d.txt", name,
             cells->columns, cells->rows);
    cells_picture(cells, &picture);
    FILE *file = fopen(path, getenv("LIMBER_UPDATE_SCREENS") ? "w+" : "r");
    assert_non_null(file);
    if (getenv("LIMBER_UPDATE_SCREENS")) {
        fputs(picture.data, file);
        rewind(file);
    }
    for (int c; (c = fgetc(file)) != EOF;)
        str_add_char(&expected, (char)c);
    fclose(file);
    if (strcmp(str_text(&expected), picture.data) != 0)
        fail_msg("%s is now\n%s", path, picture.data);
    str_free(&picture);
    str_free(&expected);
}

static void as_pictured(void **unused)
{
    static const int sizes[][2] = {{40, 10}, {80, 24}, {120, 40}, {20, 5}};
    for (size_t i = 0; i < STATES; i++) {
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            struct screen_state state = states[i].make();
            struct cells cells;
            cells_init(&cells, sizes[j][0], sizes[j][1]);
            screen_draw(&state, &cells);
            check_picture(states[i].name, &cells);
            cells_free(&cells);
        }
    }
}

static void draw(const struct screen_state *state, int columns, int rows, struct cells *cells)
{
    cells_init(cells, columns, rows);
    screen_draw(state, cells);
}

static void expect_shown(const struct vt *vt, const struct cells *cells)
{
    for (int i = 0; i < cells->columns * cells->rows; i++) {
        const struct cell *is = &vt->cells.cells[i], *meant = &cells->cells[i];
        if (strcmp(is->text, meant->text) != 0 ||
            (is->style != meant->style && strcmp(meant->text, " ") != 0))
            fail_msg("%dx%d: column %d, row %d: '%s' in style %d, not '%s' in style %d",
                     cells->columns, cells->rows, i % cells->columns, i / cells->columns, is->text,
                     is->style, meant->text, meant->style);
    }
}

/* Any screen from any other, at sizes from one cell on: the terminal shows what was meant. */
static void from_any_to_any(void **unused)
{
    struct prng random = prng_new(7);
    for (int round = 0; round < 300; round++) {
        int columns = 1 + (int)prng_below(&random, round % 3 ? 50 : 160);
        int rows = 1 + (int)prng_below(&random, 45);
        struct vt vt = {0};
        struct cells before = {0};
        cells_init(&vt.cells, columns, rows);
        memset(vt.cells.cells[0].text, 'x', 1);
        for (int i = 0; i < 6; i++) {
            struct screen_state state = states[prng_below(&random, STATES)].make();
            struct cells now;
            struct str out = {0};
            state.bout_left_ns = (nsec)prng_below(&random, 100) * NSEC_PER_SEC;
            state.position_ns = (nsec)prng_below(&random, 725) * NSEC_PER_SEC;
            draw(&state, columns, rows, &now);
            cells_change(before.cells ? &before : NULL, &now, true, &out);
            vt_read(&vt, str_text(&out));
            expect_shown(&vt, &now);
            str_free(&out);
            cells_free(&before);
            before = now;
        }
        cells_free(&before);
        cells_free(&vt.cells);
    }
}

/* A second later little is written, and nothing when nothing has changed. */
static void only_what_changed(void **unused)
{
    struct screen_state state = english();
    struct cells before, same, later;
    struct str out = {0};
    draw(&state, 80, 24, &before);
    draw(&state, 80, 24, &same);
    cells_change(&before, &same, true, &out);
    assert_int_equal(out.length, 0);
    state.bout_left_ns -= NSEC_PER_SEC;
    state.position_ns += NSEC_PER_SEC;
    draw(&state, 80, 24, &later);
    cells_change(&before, &later, true, &out);
    assert_in_range(out.length, 20, 400);
    assert_null(strstr(out.data, "\033[2J"));
    assert_null(strstr(out.data, "Reach"));
    str_free(&out);
    cells_free(&before);
    cells_free(&same);
    cells_free(&later);
}

/* NO_COLOR: bold, faint and reversed stay, colours go. */
static void without_color(void **unused)
{
    static const char *const colors[] = {"33m", "36m", "32m", "35m"};
    for (size_t i = 0; i < STATES; i++) {
        struct screen_state state = states[i].make();
        struct cells cells;
        struct str out = {0};
        draw(&state, 80, 24, &cells);
        cells_change(NULL, &cells, false, &out);
        for (size_t j = 0; j < sizeof colors / sizeof *colors; j++)
            assert_null(strstr(out.data, colors[j]));
        assert_non_null(strstr(out.data, "\033[0;2m"));
        str_free(&out);
        cells_free(&cells);
    }
}

/* The same place for the same thing, whatever happens. */
static void nothing_jumps(void **unused)
{
    struct screen_state state = english();
    struct cells with, without;
    draw(&state, 80, 24, &with);
    state.bout_left_ns = 0;
    state.message = state.said = state.side = "";
    state.round = state.rep = 0;
    draw(&state, 80, 24, &without);
    int same = 0;
    for (int row = 0; row < 24; row++) {
        for (int column = 0; column < 80; column++) {
            const struct cell *cell = cells_at(&without, column, row);
            if (strcmp(cell->text, " ") == 0)
                continue;
            assert_string_equal(cell->text, cells_at(&with, column, row)->text);
            same++;
        }
    }
    assert_true(same > 100);
    cells_free(&with);
    cells_free(&without);
}

/* Any bytes: nothing but characters reaches the terminal. */
static void hostile_texts(void **unused)
{
    struct prng random = prng_new(11);
    for (int round = 0; round < 400; round++) {
        char text[200];
        struct vt vt = {0};
        struct cells cells;
        struct str out = {0};
        struct screen_state state = english();
        for (size_t i = 0; i < sizeof text - 1; i++)
            text[i] = (char)(1 + prng_below(&random, 255));
        text[sizeof text - 1] = 0;
        state.title = state.move = state.said = state.next = state.message = text;
        draw(&state, 1 + (int)prng_below(&random, 60), 1 + (int)prng_below(&random, 30), &cells);
        cells_init(&vt.cells, cells.columns, cells.rows);
        cells_change(NULL, &cells, true, &out);
        vt_read(&vt, out.data);
        expect_shown(&vt, &cells);
        str_free(&out);
        cells_free(&cells);
        cells_free(&vt.cells);
    }
}

static void lines(void **unused)
{
    size_t skip;
    assert_int_equal(cells_line("one two three", 7, &skip), 7);
    assert_int_equal(skip, 8);
    assert_int_equal(cells_line("one two three", 6, &skip), 3);
    assert_int_equal(cells_line("onetwothree", 4, &skip), 4);
    assert_int_equal(skip, 4);
    assert_int_equal(cells_line("右腕", 3, &skip), 3);
    assert_int_equal(cells_line("右腕", 1, &skip), 3); /* on and on, never nothing */
    assert_int_equal(cells_line("", 5, &skip), 0);
    assert_int_equal(skip, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_pictured),
        cmocka_unit_test(from_any_to_any),
        cmocka_unit_test(only_what_changed),
        cmocka_unit_test(without_color),
        cmocka_unit_test(nothing_jumps),
        cmocka_unit_test(hostile_texts),
        cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* display.c: a session on the terminal. */
#include "app/display.h"

#include <stdlib.h>
#include <string.h>

#include "app/show.h"
#include "base/arena.h"
#include "base/str.h"
#include "base/units.h"
#include "session/conductor.h"

#define BAR_MOST    24
#define BAR_LEAST   4
#define WHERE_WIDTH 30 /* kept for what is done now */

struct display {
    FILE *to;
    int columns;
    bool color, quiet;
    uint32_t rate_hz;
    struct show *show; /* has the whole terminal; NULL: lines */
    char shown[400];   /* the line at the bottom as it stands there */
};

struct display *display_new(FILE *to, int columns, bool color, bool quiet, uint32_t rate_hz)
{
    struct display *display = xcalloc(1, sizeof *display);
    *display = (struct display){
        .to = to, .columns = columns, .color = color, .quiet = quiet, .rate_hz = rate_hz};
    return display;
}

void display_fill(struct display *display, bool ascii)
{
    fflush(display->to);
    display->show = show_new(fileno(display->to), display->color, ascii);
}

static void clear_line(struct display *display)
{
    if (display->columns && display->shown[0])
        fputs("\r\033[K", display->to);
    display->shown[0] = 0;
}

void display_clear(struct display *display)
{
    clear_line(display);
    fflush(display->to);
    if (display->show)
        show_leave(display->show);
}

void display_resize(struct display *display, int columns)
{
    if (display->show)
        show_resize(display->show);
    if (!display->columns || columns <= 0)
        return;
    clear_line(display);
    display->columns = columns;
}

void display_destroy(struct display *display)
{
    if (!display)
        return;
    clear_line(display);
    fflush(display->to);
    show_destroy(display->show);
    free(display);
}

static const char *paint(const struct display *display, const char *code)
{
    return display->color ? code : "";
}

static void print_clock(struct display *display, frames at)
{
    char clock[16];
    units_format_clock(ns_from_frames(at, display->rate_hz), false, clock, sizeof clock);
    fprintf(display->to, "%s%7s%s  ", paint(display, "\033[2m"), clock, paint(display, "\033[0m"));
}

static const char *role_color(const struct cue *cue)
{
    switch (cue->role) {
    case ROLE_CAUTION:
        return "\033[1;33m";
    case ROLE_INSTRUCTION:
        return "\033[1m";
    case ROLE_TIP:
        return "\033[3m";
    default:
        return "\033[36m";
    }
}

void display_cue(struct display *display, const struct plan *plan, const struct cue *cue,
                 frames start)
{
    char length[40];
    if (display->show) {
        show_cue(display->show, plan, cue, ns_from_frames(start, display->rate_hz));
        return;
    }
    bool bout = cue->kind == CUE_BOUT && (cue->bout == BOUT_HOLD || cue->bout == BOUT_FOR ||
                                          cue->bout == BOUT_REST || cue->bout == BOUT_PACE);
    if (display->quiet || (cue->kind != CUE_SPEECH && !bout))
        return;
    clear_line(display);
    print_clock(display, start);
    if (cue->kind == CUE_SPEECH)
        fprintf(display->to, "%s%s%s\n", paint(display, role_color(cue)), cue->text,
                paint(display, "\033[0m"));
    else
        fprintf(display->to, "%s(%s %s)%s\n", paint(display, "\033[32m"), bout_kind_name(cue->bout),
                units_format_duration(cue->duration_ns, length, sizeof length),
                paint(display, "\033[0m"));
    fflush(display->to);
}

static const char *transport_sign(enum limber_transport transport)
{
    switch (transport) {
    case LIMBER_PAUSED:
        return "paused";
    case LIMBER_WAITING:
        return "waiting for you: press space";
    case LIMBER_LOST_OUTPUT:
        return "no sound device: waiting for one";
    default:
        return "";
    }
}

static void add_bar(struct str *line, frames position, frames total, int width)
{
    int64_t eighths = total > 0 ? position * width * 8 / total : 0;
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    for (int i = 0; i < width; i++) {
        int64_t here = eighths - (int64_t)i * 8;
        str_add(line, here >= 8 ? "█" : here > 0 ? parts[here] : "·");
    }
}

/* Cuts a text to the width of the terminal, at a character. */
static void cut(char *text, int columns)
{
    size_t length = strlen(text);
    while (length > 0 && str_columns(text, length) > columns) {
        do
            length--;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80);
    }
    text[length] = 0;
}

void display_status(struct display *display, const struct limber_snapshot *now)
{
    char position[16], total[16], left[16];
    struct str line = {0}, where = {0};
    if (display->show) {
        show_status(display->show, now);
        return;
    }
    if (!display->columns || display->quiet)
        return;
    units_format_clock(ns_from_frames(now->position_frames, now->rate_hz), false, position,
                       sizeof position);
    units_format_clock(ns_from_frames(now->total_frames, now->rate_hz), false, total, sizeof total);
    const char *sign = transport_sign(now->transport);
    if (*sign)
        str_printf(&where, "%s  ", sign);
    str_printf(&where, "%s%s%s", now->move, *now->side ? ", " : "", now->side);
    if (now->bout_left_frames > 0) {
        nsec rest = ns_from_frames(now->bout_left_frames, now->rate_hz) + NSEC_PER_SEC - 1;
        str_printf(&where, " · %s %s", now->bout,
                   units_format_clock(rest, false, left, sizeof left));
    }
    /* On a narrow terminal the bar goes first. */
    int room = display->columns - (int)strlen(position) - (int)strlen(total) - 6 - WHERE_WIDTH;
    str_printf(&line, " %s ", position);
    if (room >= BAR_LEAST)
        add_bar(&line, now->position_frames, now->total_frames, room < BAR_MOST ? room : BAR_MOST);
    str_printf(&line, "%s%s  %s", room >= BAR_LEAST ? " " : "/ ", total, str_text(&where));
    str_free(&where);
    char *text = str_steal(&line);
    cut(text, display->columns - 1);
    if (strcmp(text, display->shown) != 0) {
        fprintf(display->to, "\r\033[K%s", text);
        fflush(display->to);
        snprintf(display->shown, sizeof display->shown, "%s", text);
    }
    free(text);
}

void display_message(struct display *display, const char *text)
{
    if (display->show) {
        show_message(display->show, text);
        return;
    }
    clear_line(display);
    fprintf(display->to, "%s         %s%s\n", paint(display, "\033[35m"), text,
            paint(display, "\033[0m"));
    fflush(display->to);
}

void display_warning(struct display *display, const char *text)
{
    if (display->show)
        show_warning(display->show, text);
    else
        display_message(display, text);
}

void display_keys(struct display *display)
{
    const struct command_help *commands = command_table();
    if (display->show) {
        show_keys(display->show);
        return;
    }
    clear_line(display);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (i == COMMAND_HELP)
            continue;
        const char *name = commands[i].key == ' '    ? "space"
                           : commands[i].key == '\n' ? "enter"
                                                     : NULL;
        if (commands[i].key)
            fprintf(display->to, "  %-6s %s\n", name ? name : (char[]){commands[i].key, 0},
                    commands[i].help);
    }
    fputs("  ?      these keys\n", display->to);
    fflush(display->to);
}

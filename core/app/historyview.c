/* SPDX-License-Identifier: GPL-3.0-or-later */
/* historyview.c: the history on the terminal, 40 columns or more. */
#include "app/historyview.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"

#define GAP        2
#define DATE_WIDTH 10
#define NARROW     56 /* columns below which clocks are left out */

/* --- fields --- */

/* How many bytes of `text` take at most `columns`. */
static size_t bytes_within(const char *text, int columns)
{
    size_t length = strlen(text);
    while (length > 0 && str_columns(text, length) > columns) {
        do
            length--;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80);
    }
    return length;
}

/* The text in exactly `width` columns, cut where it is longer. */
static void put_left(const struct history_view *view, struct str *line, const char *text, int width)
{
    const char *ending = view->plain ? ".." : "…";
    int taken = str_columns(text, strlen(text));
    if (taken > width) {
        size_t length = bytes_within(text, width - str_columns(ending, strlen(ending)));
        str_add_bytes(line, text, length);
        str_add(line, ending);
        taken = str_columns(text, length) + str_columns(ending, strlen(ending));
    } else {
        str_add(line, text);
    }
    str_printf(line, "%*s", width - taken, "");
}

static void end_line(const struct history_view *view, struct str *line)
{
    size_t length = line->length;
    while (length > 0 && line->data[length - 1] == ' ')
        length--;
    fprintf(view->to, "%.*s\n", (int)length, str_text(line));
    line->length = 0;
}

static long long minutes(nsec time)
{
    return (long long)((time + 30 * NSEC_PER_SEC) / (60 * NSEC_PER_SEC));
}

static const char *count_of(char buffer[48], size_t count, const char *what)
{
    snprintf(buffer, 48, "%zu %s%s", count, what, count == 1 ? "" : "s");
    return buffer;
}

/* --- the sessions --- */

/* Which columns there is room for. Those left out first are the least missed. */
struct layout {
    bool number, clock, moves, skipped, ended;
    int routine;
};

static struct layout layout_for(int columns)
{
    struct layout layout = {.routine = columns - DATE_WIDTH - GAP - (GAP + 3) - (GAP + 6)};
    const struct {
        bool *shown;
        int width, from; /* its own columns; the least of the terminal */
    } extras[] = {{&layout.moves, 5, 48},
                  {&layout.clock, 4, NARROW}, /* "18:02" and a space, one gap less */
                  {&layout.number, 4, 62},
                  {&layout.ended, 7, 70},
                  {&layout.skipped, 4, 76}};
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        if (columns < extras[i].from)
            break;
        *extras[i].shown = true;
        layout.routine -= extras[i].width + GAP;
    }
    return layout;
}

static const char *ended_text(enum history_outcome outcome)
{
    static const char *const texts[] = {"goes on", "", "stopped", "cut off"};
    return texts[outcome];
}

static void put_header(const struct history_view *view, const struct layout *layout)
{
    struct str line = {0};
    if (layout->number)
        str_add(&line, "  No  ");
    put_left(view, &line, "Date", DATE_WIDTH + (layout->clock ? 6 : 0));
    str_add(&line, "  ");
    put_left(view, &line, "Routine", layout->routine);
    str_add(&line, "  Min");
    str_add(&line, layout->moves ? "  Moves" : "");
    str_add(&line, layout->skipped ? "  Skip" : "");
    str_add(&line, "  Effort");
    str_add(&line, layout->ended ? "  Ended" : "");
    end_line(view, &line);
    str_free(&line);
}

/* Of a page elsewhere the name alone. */
static void put_routine(const struct history_view *view, struct str *line, const char *routine,
                        int width)
{
    struct str name = {0};
    size_t length = strlen(file_name(routine));
    if (routine[0] == '/' && str_ends_with(routine, ".md"))
        length -= strlen(".md");
    str_add_bytes(&name, file_name(routine), length);
    put_left(view, line, str_text(&name), width);
    str_free(&name);
}

static void put_session(const struct history_view *view, const struct layout *layout,
                        const struct history_session *session)
{
    struct str line = {0};
    char date[16], clock[8];
    const char *effort = history_effort_name(session->effort);
    if (layout->number)
        str_printf(&line, "%4lld  ", (long long)session->id);
    str_add(&line, calendar_format_day(calendar_day_of(session->started), date));
    if (layout->clock)
        str_printf(&line, " %s", calendar_format_clock(session->started, clock));
    str_add(&line, "  ");
    put_routine(view, &line, session->routine, layout->routine);
    str_printf(&line, "  %3lld", minutes(session->done_ns));
    if (layout->moves)
        str_printf(&line, "  %5zu", session->move_count);
    if (layout->skipped && session->skipped_count > 0)
        str_printf(&line, "  %4zu", session->skipped_count);
    else if (layout->skipped)
        str_add(&line, "      ");
    str_add(&line, "  ");
    put_left(view, &line, effort ? effort : "", 6);
    if (layout->ended)
        str_printf(&line, "  %s", ended_text(session->outcome));
    end_line(view, &line);
    str_free(&line);
}

static void put_sessions(const struct history_view *view)
{
    const struct layout layout = layout_for(view->columns);
    char text[48];
    put_header(view, &layout);
    for (size_t i = 0; i < view->session_count; i++)
        put_session(view, &layout, &view->sessions[i]);
    if (view->left_out > 0)
        fprintf(view->to, "%s before; --all\n", count_of(text, view->left_out, "session"));
}

/* --- days in a row --- */

static void put_streak(const struct history_view *view)
{
    const struct history_streak *streak = &view->streak;
    char text[48];
    if (streak->days > 0)
        fprintf(view->to, "In a row   %s%s\n", count_of(text, (size_t)streak->days, "day"),
                streak->today ? ", with today" : "; today is open");
    else
        fputs("In a row   no day yet\n", view->to);
    if (streak->longest > streak->days)
        fprintf(view->to, "Longest    %s\n", count_of(text, (size_t)streak->longest, "day"));
    fprintf(view->to, "This week  %lld min", minutes(view->week.done_ns));
    if (view->week.sessions > 0)
        fprintf(view->to, ", %s", count_of(text, view->week.sessions, "session"));
    fputs("\n", view->to);
}

/* --- minutes per week --- */

static void add_bar(struct str *line, nsec value, nsec most, int width, bool plain)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int64_t steps = plain ? 1 : 8;
    double share = most > 0 ? (double)value / (double)most : 0;
    int64_t filled = (int64_t)(share * (double)(width * steps) + 0.5);
    if (filled == 0 && value > 0)
        filled = 1;
    for (int64_t i = 0; i < filled / steps; i++)
        str_add(line, plain ? "#" : "█");
    str_add(line, parts[filled % steps]);
}

static void put_chart(const struct history_view *view)
{
    calendar_day monday = calendar_monday(calendar_day_of(view->now));
    nsec most = 0;
    struct str line = {0};
    for (size_t i = 0; i < view->week_count; i++)
        most = view->weeks[i].done_ns > most ? view->weeks[i].done_ns : most;
    fputs("Minutes per week, from Monday\n", view->to);
    for (size_t i = 0; i < view->week_count; i++) {
        char date[16];
        calendar_format_day(monday - 7 * (calendar_day)(view->week_count - 1 - i), date);
        str_printf(&line, "%s  %4lld  ", date, minutes(view->weeks[i].done_ns));
        add_bar(&line, view->weeks[i].done_ns, most, view->columns - (int)line.length, view->plain);
        end_line(view, &line);
    }
    str_free(&line);
}

/* --- moves --- */

static void put_practices(const struct history_view *view)
{
    struct str line = {0};
    int width = view->columns - (GAP + 5) - (GAP + 3) - (GAP + DATE_WIDTH);
    put_left(view, &line, "Move", width);
    str_add(&line, "  Times  Min  Last");
    end_line(view, &line);
    for (size_t i = 0; i < view->practice_count; i++) {
        const struct history_practice *practice = &view->practices[i];
        char date[16] = "";
        if (practice->last != CALENDAR_NO_DAY)
            calendar_format_day(practice->last, date);
        put_left(view, &line, practice->name, width);
        str_printf(&line, "  %5zu  %3lld  %s", practice->sessions, minutes(practice->done_ns),
                   date);
        end_line(view, &line);
    }
    str_free(&line);
}

void historyview_print(const struct history_view *view)
{
    if (view->session_count == 0) {
        fputs("No session yet. Those you play will be listed here.\n", view->to);
        return;
    }
    put_sessions(view);
    if (view->practice_count > 0) {
        fputs("\n", view->to);
        put_practices(view);
    }
    fputs("\n", view->to);
    put_streak(view);
    if (view->week_count > 0) {
        fputs("\n", view->to);
        put_chart(view);
    }
}

/* --- one session --- */

static void put_about(const struct history_view *view, const struct history_session *session)
{
    char date[16], clock[8], done[40], planned[40], paused[40];
    const char *effort = history_effort_name(session->effort);
    fprintf(view->to, "%s\n", session->title ? session->title : session->routine);
    fprintf(view->to, "Routine  %s\n", session->routine);
    fprintf(view->to, "When     %s %s\n",
            calendar_format_day(calendar_day_of(session->started), date),
            calendar_format_clock(session->started, clock));
    fprintf(
        view->to, "Length   %s of %s\n",
        units_format_duration(session->done_ns / NSEC_PER_SEC * NSEC_PER_SEC, done, sizeof done),
        units_format_duration(session->planned_ns / NSEC_PER_SEC * NSEC_PER_SEC, planned,
                              sizeof planned));
    if (session->paused_ns >= NSEC_PER_SEC)
        fprintf(view->to, "Paused   %s\n",
                units_format_duration(session->paused_ns / NSEC_PER_SEC * NSEC_PER_SEC, paused,
                                      sizeof paused));
    fprintf(view->to, "Ended    %s\n", history_outcome_name(session->outcome));
    if (effort)
        fprintf(view->to, "Effort   %s\n", effort);
}

static void put_move(const struct history_view *view, const struct history_move *move)
{
    struct str line = {0};
    char start[24], length[24];
    long long added = (long long)(move->added_ns / NSEC_PER_SEC);
    int width = view->columns - (GAP + 5) - (GAP + 5) - (GAP + 7);
    if (view->columns >= NARROW) {
        units_format_clock(move->started_ns, false, start, sizeof start);
        str_printf(&line, "%7s  ", start);
        width -= 7 + GAP;
    }
    put_left(view, &line, move->name, width);
    str_add(&line, "  ");
    put_left(view, &line, move->side ? move->side : "", 5);
    str_printf(&line, "  %5s  ", units_format_clock(move->done_ns, false, length, sizeof length));
    if (move->skipped)
        str_add(&line, "skipped");
    else if (added != 0)
        str_printf(&line, "%+lld s", added);
    end_line(view, &line);
    str_free(&line);
}

void historyview_print_session(const struct history_view *view,
                               const struct history_session *session)
{
    struct history_move *moves = NULL;
    size_t count = history_moves(view->history, session->id, view->arena, &moves);
    put_about(view, session);
    if (count > 0)
        fputs("\n", view->to);
    for (size_t i = 0; i < count; i++)
        put_move(view, &moves[i]);
}

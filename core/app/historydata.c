/* SPDX-License-Identifier: GPL-3.0-or-later */
/* historydata.c: the history as JSON and as CSV. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "app/historyview.h"
#include "base/arena.h"

/* To the millisecond, as they are kept. */
static double seconds(nsec time)
{
    return (double)(time / NSEC_PER_MSEC) / 1000;
}

/* --- JSON --- */

static json_t *day_json(calendar_day day)
{
    char text[16];
    return day == CALENDAR_NO_DAY ? json_null() : json_string(calendar_format_day(day, text));
}

static json_t *number_or_null(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *moves_json(const struct history_view *view, int64_t session)
{
    struct history_move *moves = NULL;
    size_t count = history_moves(view->history, session, view->arena, &moves);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct history_move *m = &moves[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s?, s:i, s:f, s:f, s:f, s:f, s:b, s:o, s:s?}", "name",
                            m->name, "page", m->page, "side", m->side, "round", m->round, "started",
                            seconds(m->started_ns), "planned", seconds(m->planned_ns), "done",
                            seconds(m->done_ns), "added", seconds(m->added_ns), "skipped",
                            (int)m->skipped, "fraction", number_or_null(m->fraction), "detail",
                            m->detail));
    }
    return list;
}

static json_t *session_json(const struct history_view *view, const struct history_session *s)
{
    char started[32], ended[32];
    const struct moment end = {.unix_s = s->ended.unix_s, .offset_s = s->started.offset_s};
    json_t *one =
        json_pack("{s:I, s:o, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:I, s:s?}", "id",
                  (json_int_t)s->id, "day", day_json(calendar_day_of(s->started)), "started",
                  calendar_format_local(s->started, started), "ended",
                  calendar_format_local(end, ended), "routine", s->routine, "title", s->title,
                  "language", s->language, "voice", s->voice, "level", s->level, "detail",
                  s->detail, "seed", (json_int_t)s->seed, "first_side", s->first_side);
    json_object_update_new(
        one, json_pack("{s:f, s:f, s:f, s:s, s:s?, s:i, s:i, s:o}", "planned",
                       seconds(s->planned_ns), "done", seconds(s->done_ns), "paused",
                       seconds(s->paused_ns), "outcome", history_outcome_name(s->outcome), "effort",
                       history_effort_name(s->effort), "move_count", (int)s->move_count,
                       "skipped_count", (int)s->skipped_count, "moves", moves_json(view, s->id)));
    return one;
}

static json_t *weeks_json(const struct history_view *view)
{
    calendar_day monday = calendar_monday(calendar_day_of(view->now));
    json_t *list = json_array();
    for (size_t i = 0; i < view->week_count; i++) {
        char week[16];
        calendar_day first = monday - 7 * (calendar_day)(view->week_count - 1 - i);
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:i, s:i, s:f}", "week", calendar_format_week(first, week),
                      "monday", day_json(first), "sessions", (int)view->weeks[i].sessions, "days",
                      (int)view->weeks[i].days, "done", seconds(view->weeks[i].done_ns)));
    }
    return list;
}

static json_t *practices_json(const struct history_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; i < view->practice_count; i++) {
        const struct history_practice *p = &view->practices[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:i, s:f, s:o, s:o}", "page",
                                              p->page, "name", p->name, "sessions",
                                              (int)p->sessions, "times", (int)p->times, "done",
                                              seconds(p->done_ns), "last", day_json(p->last),
                                              "fraction", number_or_null(p->fraction)));
    }
    return list;
}

void historyview_print_json(const struct history_view *view)
{
    json_t *sessions = json_array();
    json_t *path = view->path ? json_string(view->path) : NULL; /* NULL as well if not UTF-8 */
    for (size_t i = 0; i < view->session_count; i++)
        json_array_append_new(sessions, session_json(view, &view->sessions[i]));
    json_t *all = json_pack(
        "{s:i, s:o, s:o, s:{s:i, s:b, s:i}, s:o, s:o, s:o}", "format", 1, "path",
        path ? path : json_null(), "today", day_json(calendar_day_of(view->now)), "streak", "days",
        view->streak.days, "today", (int)view->streak.today, "longest", view->streak.longest,
        "weeks", weeks_json(view), "practice", practices_json(view), "sessions", sessions);
    json_dumpf(all, view->to, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    fputs("\n", view->to);
    json_decref(all);
}

/* --- CSV --- */

/* Quoted where RFC 4180 wants it. */
static void put_cell(FILE *to, const char *text, char end)
{
    bool quote = text && strpbrk(text, ",\"\r\n");
    if (quote)
        putc('"', to);
    for (; text && *text; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    if (quote)
        putc('"', to);
    if (end == '\n')
        putc('\r', to);
    putc(end, to);
}

static void put_number(FILE *to, double value, char end)
{
    char text[40] = "";
    if (!isnan(value))
        snprintf(text, sizeof text, "%.12g", value);
    put_cell(to, text, end);
}

static void put_row_of_session(FILE *to, const struct history_session *s)
{
    char text[40];
    const struct moment end = {.unix_s = s->ended.unix_s, .offset_s = s->started.offset_s};
    put_number(to, (double)s->id, ',');
    put_cell(to, calendar_format_day(calendar_day_of(s->started), text), ',');
    put_cell(to, calendar_format_local(s->started, text), ',');
    put_cell(to, calendar_format_local(end, text), ',');
    put_cell(to, s->routine, ',');
    put_cell(to, s->title, ',');
    put_cell(to, s->language, ',');
    put_cell(to, s->voice, ',');
    put_cell(to, s->level, ',');
    put_cell(to, s->detail, ',');
    snprintf(text, sizeof text, "%lld", (long long)s->seed);
    put_cell(to, text, ',');
    put_cell(to, s->first_side, ',');
    put_number(to, seconds(s->planned_ns), ',');
    put_number(to, seconds(s->done_ns), ',');
    put_number(to, seconds(s->paused_ns), ',');
    put_cell(to, history_outcome_name(s->outcome), ',');
    put_cell(to, history_effort_name(s->effort), ',');
    put_number(to, (double)s->move_count, ',');
    put_number(to, (double)s->skipped_count, '\n');
}

static void put_row_of_move(FILE *to, const struct history_session *s, size_t position,
                            const struct history_move *m)
{
    char text[40];
    put_number(to, (double)s->id, ',');
    put_cell(to, calendar_format_day(calendar_day_of(s->started), text), ',');
    put_cell(to, s->routine, ',');
    put_number(to, (double)position, ',');
    put_cell(to, m->name, ',');
    put_cell(to, m->page, ',');
    put_cell(to, m->side, ',');
    put_number(to, m->round, ',');
    put_number(to, seconds(m->started_ns), ',');
    put_number(to, seconds(m->planned_ns), ',');
    put_number(to, seconds(m->done_ns), ',');
    put_number(to, seconds(m->added_ns), ',');
    put_number(to, m->skipped, ',');
    put_number(to, m->fraction, ',');
    put_cell(to, m->detail, '\n');
}

void historyview_print_csv(const struct history_view *view, bool moves)
{
    fputs(moves ? "session,day,routine,position,name,page,side,round,started_s,planned_s,done_s,"
                  "added_s,skipped,fraction,detail\r\n"
                : "id,day,started,ended,routine,title,language,voice,level,detail,seed,first_side,"
                  "planned_s,done_s,paused_s,outcome,effort,moves,skipped\r\n",
          view->to);
    for (size_t i = 0; i < view->session_count; i++) {
        struct history_move *rows = NULL;
        size_t count = 0;
        if (!moves)
            put_row_of_session(view->to, &view->sessions[i]);
        else
            count = history_moves(view->history, view->sessions[i].id, view->arena, &rows);
        for (size_t row = 0; row < count; row++)
            put_row_of_move(view->to, &view->sessions[i], row + 1, &rows[row]);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompter.c: sentences and levels. */
#include "app/prompter.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"

#define PLAIN_COLUMNS 80
#define WIDEST        72
#define BAR_LEAST     6
#define BAR_MOST      40
#define LEAST_DB      (-60.0)
#define LOUD_DB       (-3.0)

struct prompter {
    FILE *to;
    int columns;
    bool color, plain, hands_free;
    char shown[400]; /* the line at the bottom as it stands there */
};

struct prompter *prompter_new(FILE *to, int columns, bool color, bool plain, bool hands_free)
{
    struct prompter *prompter = xcalloc(1, sizeof *prompter);
    *prompter = (struct prompter){.to = to,
                                  .columns = columns,
                                  .color = color && !plain,
                                  .plain = plain || columns == 0,
                                  .hands_free = hands_free};
    return prompter;
}

void prompter_clear(struct prompter *prompter)
{
    if (prompter->shown[0])
        fputs("\r\033[K", prompter->to);
    prompter->shown[0] = '\0';
    fflush(prompter->to);
}

void prompter_destroy(struct prompter *prompter)
{
    if (!prompter)
        return;
    prompter_clear(prompter);
    free(prompter);
}

void prompter_resize(struct prompter *prompter, int columns)
{
    if (prompter->columns == 0 || columns <= 0)
        return;
    prompter_clear(prompter);
    prompter->columns = columns;
}

static const char *paint(const struct prompter *prompter, const char *code)
{
    return prompter->color ? code : "";
}

/* --- lines --- */

static int width_of(const struct prompter *prompter)
{
    int columns = prompter->columns ? prompter->columns - 1 : PLAIN_COLUMNS;
    return columns < WIDEST ? columns : WIDEST;
}

/* Prints a text in lines that fit, each after `indent` blanks and in this colour. */
static void print_wrapped(struct prompter *prompter, const char *text, int indent,
                          const char *color)
{
    int room = width_of(prompter) - indent;
    while (*text) {
        size_t length = 0, word = 0;
        for (;;) {
            word = length + strspn(text + length, " ");
            word += strcspn(text + word, " ");
            if (word == length || (length > 0 && str_columns(text, word) > room))
                break;
            length = word;
        }
        fprintf(prompter->to, "%*s%s%.*s%s\n", indent, "", paint(prompter, color), (int)length,
                text, paint(prompter, "\033[0m"));
        text += length;
        text += strspn(text, " ");
    }
}

void prompter_say(struct prompter *prompter, const char *format, ...)
{
    char *text = NULL;
    va_list list;
    va_start(list, format);
    if (vasprintf(&text, format, list) < 0)
        text = NULL;
    va_end(list);
    prompter_clear(prompter);
    if (text)
        print_wrapped(prompter, text, prompter->plain ? 0 : 2, "\033[35m");
    fflush(prompter->to);
    free(text);
}

/* What was there goes up into the scrollback, and nothing needs to be restored. */
static void clear_screen(struct prompter *prompter)
{
    struct winsize size = {0};
    ioctl(fileno(prompter->to), TIOCGWINSZ, &size);
    for (int i = 0; i < size.ws_row; i++)
        fputc('\n', prompter->to);
    fputs("\033[H", prompter->to);
}

void prompter_show(struct prompter *prompter, const struct sheet_line *line, size_t total)
{
    struct str head = {0};
    prompter_clear(prompter);
    str_printf(&head, "%d of %zu", line->number, total);
    if (line->move)
        str_printf(&head, " · %s", line->move);
    if (!prompter->plain)
        clear_screen(prompter);
    fputc('\n', prompter->to);
    print_wrapped(prompter, str_text(&head), prompter->plain ? 0 : 2, "\033[2m");
    str_free(&head);
    if (line->before)
        str_printf(&head, "After: %s", line->before);
    else if (line->example)
        str_printf(&head, "As in: %s", line->example);
    if (head.length > 0)
        print_wrapped(prompter, str_text(&head), prompter->plain ? 0 : 2, "\033[2m");
    str_free(&head);
    fputs(prompter->plain ? "" : "\n\n", prompter->to);
    print_wrapped(prompter, line->text, prompter->plain ? 0 : 4, "\033[1m");
    fputs(prompter->plain ? "" : "\n\n", prompter->to);
    fflush(prompter->to);
}

/* --- keys --- */

static const char *keys_of(const struct prompter *prompter, const struct record *record)
{
    switch (record_state(record)) {
    case RECORD_READY:
        return !prompter->hands_free   ? "space: record · s skip · b back · q quit"
               : record_paused(record) ? "space: go on · s skip · b back · q quit"
                                       : "space: pause · s skip · b back · q quit";
    case RECORD_TAKING:
        return prompter->hands_free ? NULL : "space: end · r again";
    case RECORD_REVIEW:
        if (record_take(record)->count == 0)
            return "r again · s skip · b back · q quit";
        return "enter: keep · r again · l listen · s skip · b back · q quit";
    default:
        return NULL;
    }
}

void prompter_keys(struct prompter *prompter, const struct record *record)
{
    const char *keys = keys_of(prompter, record);
    prompter_clear(prompter);
    if (keys)
        print_wrapped(prompter, keys, prompter->plain ? 0 : 2, "\033[2m");
    fflush(prompter->to);
}

/* --- levels --- */

static const char *level_color(double db)
{
    return db >= LOUD_DB ? "\033[31m" : db >= -12 ? "\033[33m" : "\033[32m";
}

static void add_bar(struct prompter *prompter, struct str *line, double db, int width)
{
    double share = fmin(fmax((db - LEAST_DB) / -LEAST_DB, 0), 1);
    int full = (int)(share * width + 0.5);
    str_add(line, paint(prompter, level_color(db)));
    for (int i = 0; i < width; i++)
        str_add(line, i < full ? "█" : "·");
    str_add(line, paint(prompter, "\033[0m"));
}

static void add_what(struct str *line, const struct record *record)
{
    switch (record_state(record)) {
    case RECORD_ROOM:
        str_add(line, "quiet, please ");
        break;
    case RECORD_TAKING:
        str_printf(line, "rec %.1f s ", (double)record_length_ns(record) / NSEC_PER_SEC);
        break;
    default:
        str_add(line, "ready ");
        break;
    }
}

void prompter_status(struct prompter *prompter, const struct record *record)
{
    enum record_state state = record_state(record);
    bool shows = state == RECORD_ROOM || state == RECORD_READY || state == RECORD_TAKING;
    struct str line = {0};
    if (prompter->plain || !shows)
        return;
    double db = record_level_db(record);
    const char *sign = state == RECORD_TAKING && record_too_loud(record) ? " too loud" : "";
    add_what(&line, record);
    int room = prompter->columns - 1 - (int)line.length - 2 - 7 - (int)strlen(sign);
    str_add(&line, "");
    if (room >= BAR_LEAST)
        add_bar(prompter, &line, db, room < BAR_MOST ? room : BAR_MOST);
    str_printf(&line, " %.0f dB%s", fmax(db, LEAST_DB), sign);
    if (strcmp(str_text(&line), prompter->shown) != 0) {
        fprintf(prompter->to, "\r\033[K%s", str_text(&line));
        fflush(prompter->to);
        snprintf(prompter->shown, sizeof prompter->shown, "%s", str_text(&line));
    }
    str_free(&line);
}

void prompter_take(struct prompter *prompter, const struct record_take *take)
{
    struct str line = {0};
    const struct take_measure *measure = &take->measure;
    prompter_clear(prompter);
    if (take->count > 0) {
        str_printf(&line, "%.1f s, %.0f LUFS, peak %.1f dB",
                   (double)measure->length_ns / NSEC_PER_SEC, measure->lufs, measure->peak_db);
        if (isfinite(measure->noise_db))
            str_printf(&line, ", noise %.0f dB", measure->noise_db);
        if (measure->clipped > 0)
            str_printf(&line, ", %zu samples clipped", measure->clipped);
        print_wrapped(prompter, str_text(&line), prompter->plain ? 0 : 2, "");
    }
    str_free(&line);
    if (take->problem) {
        str_printf(&line, "%c%s.",
                   take->problem[0] -
                       ('a' <= take->problem[0] && take->problem[0] <= 'z' ? 'a' - 'A' : 0),
                   take->problem + 1);
        print_wrapped(prompter, str_text(&line), prompter->plain ? 0 : 2, "\033[1;33m");
    } else {
        print_wrapped(prompter, "Good.", prompter->plain ? 0 : 2, "\033[32m");
    }
    str_free(&line);
    fflush(prompter->to);
}

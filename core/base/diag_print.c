/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag_print.c: one diagnostic as text: place, message, the source line with a caret, the hint. */
#include "base/diag_print.h"

#include <string.h>

#include "base/str.h"

#define SHOWN_COLUMNS  100 /* of a source line */
#define BEFORE_COLUMNS 40  /* kept before the caret when a line is cut */
#define TAB_COLUMNS    4

static bool is_hidden(int point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0xfeff;
}

void diag_add_shown(struct str *out, const char **text, const char *end)
{
    const char *start = *text;
    int point = str_utf8_next(text, end);
    if (is_hidden(point))
        str_add_char(out, '?');
    else
        str_add_bytes(out, start, (size_t)(*text - start));
}

/* The part of a line that is shown, and where the caret goes. */
struct excerpt {
    struct str text;
    int caret, caret_width; /* display columns; from the start of the text */
};

/* How the character at *text looks when it begins in display column `column`; appended to `out`.
 * Returns its display columns. */
static int show(struct str *out, const char **text, const char *end, int column)
{
    if (**text == '\t') {
        int width = TAB_COLUMNS - column % TAB_COLUMNS;
        ++*text;
        str_add_bytes(out, "    ", (size_t)width);
        return width;
    }
    size_t before = out->length;
    diag_add_shown(out, text, end);
    return str_columns(out->data + before, out->length - before);
}

/* Where the place begins and ends in display columns of the whole line. */
static void measure(const char *text, const char *end, const struct place *place, int *start,
                    int *stop)
{
    struct str scratch = {0};
    int column = 0, character = 0;
    int first = place->column, last = first + (place->length > 1 ? place->length : 1);
    *start = *stop = -1;
    while (text < end && character < last) {
        /* Characters are counted as place_at() does: stray continuation bytes belong to the one
         * before. */
        character += ((unsigned char)*text & 0xc0) != 0x80;
        if (character == first && *start < 0)
            *start = column;
        if (character == last)
            break;
        scratch.length = 0;
        column += show(&scratch, &text, end, column);
    }
    if (*start < 0) /* just past the end of the line */
        *start = column;
    *stop = column;
    str_free(&scratch);
}

static struct excerpt cut(const struct place *place)
{
    const struct source *source = place->source;
    const char *text = source->text + source->line_starts[place->line - 1];
    const char *end = source->text + source_line_end(source, place->line);
    struct excerpt excerpt = {0};
    int start, stop, column = 0;
    measure(text, end, place, &start, &stop);
    int from = start > SHOWN_COLUMNS - 20 ? start - BEFORE_COLUMNS : 0;
    int shown_from = -1;
    struct str scratch = {0};
    while (text < end) {
        scratch.length = 0;
        int width = show(&scratch, &text, end, column);
        if (column >= from) {
            if (shown_from < 0) {
                shown_from = column;
                if (from > 0)
                    str_add(&excerpt.text, "…");
            }
            if (column + width > from + SHOWN_COLUMNS) {
                str_add(&excerpt.text, "…");
                break;
            }
            str_add_bytes(&excerpt.text, scratch.data, scratch.length);
        }
        column += width;
    }
    str_free(&scratch);
    if (shown_from < 0)
        shown_from = column;
    if (stop > from + SHOWN_COLUMNS)
        stop = from + SHOWN_COLUMNS;
    excerpt.caret = start - shown_from + (from > 0);
    excerpt.caret_width = stop > start ? stop - start : 1;
    return excerpt;
}

static void print_excerpt(const struct place *place, FILE *to, bool color)
{
    struct excerpt excerpt = cut(place);
    while (excerpt.text.length && excerpt.text.data[excerpt.text.length - 1] == ' ')
        excerpt.text.data[--excerpt.text.length] = '\0';
    fprintf(to, "%5d |%s%s\n", place->line, excerpt.text.length ? " " : "",
            str_text(&excerpt.text));
    if (place->column > 0) {
        struct str line = {0};
        for (int i = 0; i < excerpt.caret_width; i++)
            str_add_char(&line, i ? '~' : '^');
        fprintf(to, "      | %*s%s%s%s\n", excerpt.caret, "", color ? "\33[1;32m" : "",
                str_text(&line), color ? "\33[0m" : "");
        str_free(&line);
    }
    str_free(&excerpt.text);
}

static void print_shown(FILE *to, const char *text)
{
    const char *end = text + strlen(text);
    struct str out = {0};
    while (text < end)
        diag_add_shown(&out, &text, end);
    fputs(str_text(&out), to);
    str_free(&out);
}

void diag_print(const struct diag *diag, FILE *to, bool color)
{
    static const char *const names[] = {"error", "warning", "note"};
    static const char *const colors[] = {"\33[1;31m", "\33[1;35m", "\33[1;36m"};
    const struct place *place = &diag->place;
    const char *strong = color ? "\33[1m" : "", *plain = color ? "\33[0m" : "";
    if (place->source) {
        fputs(strong, to);
        print_shown(to, place->source->path);
        if (place->line > 0)
            fprintf(to, ":%d", place->line);
        if (place->line > 0 && place->column > 0)
            fprintf(to, ":%d", place->column);
        fprintf(to, ":%s ", plain);
    } else {
        fprintf(to, "%slimber:%s ", strong, plain);
    }
    fprintf(to, "%s%s:%s %s%s%s\n", color ? colors[diag->severity] : "", names[diag->severity],
            plain, strong, diag->message, plain);
    if (place->source && place->line > 0 && place->line <= place->source->line_count)
        print_excerpt(place, to, color);
    if (diag->hint)
        fprintf(to, "      = %s\n", diag->hint);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* yaml_fault.c: libyaml's problems as a person would say them. */
#include "base/yaml_fault.h"

#include <string.h>

#include "base/str.h"

#define IN_QUOTES "put the whole value in quotes, as in `title: \"A: b\"`"

static void report(struct diags *diags, const struct source *source, size_t offset, size_t length,
                   const char *hint, const char *message)
{
    diags_add(diags, SEVERITY_ERROR, place_at(source, offset, length), hint, "%s", message);
}

/* --- Before parsing --- */

static bool is_control(int point)
{
    return (point < 0x20 && point != '\t' && point != '\n' && point != '\r') || point == 0x7f ||
           (point >= 0x80 && point < 0xa0 && point != 0x85) || point == 0xfeff ||
           (point & 0xfffe) == 0xfffe;
}

static bool check_characters(struct diags *diags, const struct source *source, size_t start,
                             size_t end)
{
    const char *at = source->text + start, *stop = source->text + end;
    while (at < stop) {
        size_t offset = (size_t)(at - source->text);
        int point = str_utf8_next(&at, stop);
        if (point < 0) {
            report(diags, source, offset, 0, "save the file as UTF-8", "this is not valid UTF-8");
            return false;
        }
        if (is_control(point)) {
            diags_add(diags, SEVERITY_ERROR, place_at(source, offset, 0), "delete it",
                      "a control character (U+%04X)", (unsigned)point);
            return false;
        }
    }
    return true;
}

/* Directives stand before the first line that is neither empty nor a comment. */
static bool check_directives(struct diags *diags, const struct source *source, size_t start,
                             size_t end)
{
    for (size_t at = start; at < end;) {
        size_t line = at;
        while (at < end && source->text[at] != '\n' && source->text[at] != '\r')
            at++;
        size_t first = line + strspn(source->text + line, " \t");
        if (source->text[line] == '%') {
            report(diags, source, line, at - line, "remove this line",
                   "lines that begin with `%` are not used here");
            return false;
        }
        if (first < at && source->text[first] != '#')
            return true;
        while (at < end && (source->text[at] == '\n' || source->text[at] == '\r'))
            at++;
    }
    return true;
}

bool yaml_fault_check_text(struct diags *diags, const struct source *source, size_t start,
                           size_t end)
{
    return check_characters(diags, source, start, end) &&
           check_directives(diags, source, start, end);
}

/* --- After the document --- */

void yaml_fault_check_rest(struct diags *diags, const struct source *source, size_t start,
                           size_t end, bool *faulty)
{
    const char *text = source->text;
    for (size_t at = start; at < end;) {
        if (strchr(" \t\r\n", text[at])) {
            at++;
        } else if (text[at] == '#') {
            while (at < end && text[at] != '\n' && text[at] != '\r')
                at++;
        } else if (end - at >= 3 && memcmp(text + at, "...", 3) == 0) {
            at += 3;
        } else {
            report(diags, source, at, 0, "keep one document; remove the `---` between them",
                   "something follows the end of the settings");
            *faulty = true;
            return;
        }
    }
}

/* --- The parser's own --- */

/* At a character that no value can begin with. */
static void report_start(struct diags *diags, const struct source *source, size_t at)
{
    char c = at < source->length ? source->text[at] : '\0';
    if (c == '\t') {
        report(diags, source, at, 1, "indent with spaces",
               "a Tab cannot be used for indentation here");
        return;
    }
    const char *next = source->text + at;
    str_utf8_next(&next, source->text + source->length);
    diags_add(diags, SEVERITY_ERROR, place_at(source, at, 1), "put the value in quotes",
              "a value cannot begin with `%.*s`", (int)(next - source->text - (ptrdiff_t)at),
              source->text + at);
}

/* A `:` where none may be: the second in its line, or in a line that continues the value above. */
static void report_colon(struct diags *diags, const struct source *source, size_t at)
{
    size_t start = source->line_starts[place_at(source, at, 0).line - 1];
    size_t first = start + strspn(source->text + start, " ");
    for (size_t i = first; i + 1 < at; i++)
        if (source->text[i] == ':' && strchr(" \t\"'", source->text[i + 1])) {
            report(diags, source, at, 0, IN_QUOTES, "a second `:` in one line");
            return;
        }
    report(diags, source, first, at - first, "keys that belong together begin in the same column",
           "this line is indented deeper than the key above, which has a value already");
}

static const struct translation {
    const char *problem; /* libyaml's words, or how they begin */
    const char *context; /* how its context begins; NULL: any */
    bool at_context;     /* the fault is where the context is */
    const char *message, *hint;
} translations[] = {
    {"found unexpected end of stream", "while scanning a quoted", true,
     "the quote that opens here is never closed", "add the closing quote"},
    {"found unexpected document indicator", "while scanning a quoted", true,
     "the quote that opens here is never closed", "add the closing quote"},
    {"did not find expected ',' or ']'", NULL, true, "the list that opens here is not closed",
     "separate its items with `,` and end it with `]`"},
    {"did not find expected ',' or '}'", NULL, true, "the map that opens here is not closed",
     "separate its entries with `,` and end it with `}`"},
    {"did not find expected '-' indicator", NULL, false, "this line does not fit the list above it",
     "items of one list begin in the same column, each with `- `"},
    {"did not find expected key", NULL, false, "this line does not fit the lines above it",
     "keys that belong together begin in the same column; a text with quotes or colons goes in "
     "quotes as a whole"},
    {"could not find expected ':'", NULL, true, "a key without its `: `",
     "write `key: value`, with a space after the colon"},
    {"block sequence entries are not allowed", NULL, false, "a list item cannot stand here",
     "begin the list in a new line, or put a text that begins with `-` in quotes"},
    {"mapping keys are not allowed", NULL, false, "a `? ` cannot stand here", IN_QUOTES},
    {"block collection entries are not allowed", NULL, false, "a list item cannot stand here",
     "begin the list in a new line"},
    {"found unknown escape character", NULL, false, "an unknown escape in a text in double quotes",
     "write `\\\\` for a backslash, or use single quotes"},
    {"did not find expected hexdecimal number", NULL, false,
     "an escape lacks its hexadecimal digits",
     "write `\\\\` for a backslash, or use single quotes"},
    {"found invalid Unicode character escape code", NULL, false, "an escape names no character",
     "write the character itself"},
    {"found a tab character", NULL, false, "a Tab cannot be used for indentation here",
     "indent with spaces"},
    {"did not find expected alphabetic", "while scanning an anchor", true,
     "a value cannot begin with `&`", "put the value in quotes"},
    {"did not find expected alphabetic", "while scanning an alias", true,
     "a value cannot begin with `*`", "put the value in quotes"},
    {"did not find expected node content", NULL, false, "a value is missing here",
     "write the value, or take the extra sign away; a text with `,`, `[` or `{` goes in quotes"},
    {"did not find expected <document start>", NULL, false,
     "something follows the end of the settings", "check the indentation, and the brackets above"},
    {"did not find expected comment or line break", NULL, false, "a `|` or `>` must end its line",
     "begin the text in the next line"},
    {"", "while scanning a tag", true, "tags (`!name`) are not used here",
     "remove it; a text that begins with `!` goes in quotes"},
    {"", "while parsing a tag", true, "tags (`!name`) are not used here",
     "remove it; a text that begins with `!` goes in quotes"},
    {"found undefined tag handle", NULL, true, "tags (`!name`) are not used here",
     "remove it; a text that begins with `!` goes in quotes"},
    {"", "while scanning a directive", true, "lines that begin with `%` are not used here",
     "remove this line"},
    {"", "while scanning a block scalar", false, "this text after `|` or `>` cannot be read",
     "indent all its lines with the same number of spaces"},
};

void yaml_fault_report(struct diags *diags, const struct source *source, struct yaml_cursor *cursor,
                       const yaml_parser_t *parser)
{
    const char *problem = parser->problem ? parser->problem : "it cannot be read";
    const char *context = parser->context ? parser->context : "";
    size_t at = yaml_cursor_offset(cursor, parser->problem_mark.index);
    if (str_starts_with(problem, "found character that cannot start any token")) {
        report_start(diags, source, at);
        return;
    }
    if (str_starts_with(problem, "mapping values are not allowed")) {
        report_colon(diags, source, at);
        return;
    }
    for (size_t i = 0; i < sizeof translations / sizeof *translations; i++) {
        const struct translation *t = &translations[i];
        if (!str_starts_with(problem, t->problem) ||
            (t->context && !str_starts_with(context, t->context)))
            continue;
        if (t->at_context && parser->context)
            at = yaml_cursor_offset(cursor, parser->context_mark.index);
        report(diags, source, at, 0, t->hint, t->message);
        return;
    }
    diags_add(diags, SEVERITY_ERROR, place_at(source, at, 0), "check indentation and quotes",
              "this cannot be read: %s", problem);
}

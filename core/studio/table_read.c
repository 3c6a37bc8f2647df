/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_read.c: a CSV file as records that know where they stand in its text. libcsv is fed byte by
 * byte, so that the end of each record is known exactly. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "studio/table.h"

struct reading {
    struct arena *arena;
    VEC(struct table_record) records;
    VEC(const char *) cells; /* of the record under way */
    bool ended;              /* a record, by the byte just fed */
    bool wide;               /* a record has too many cells */
};

static void cell(void *data, size_t length, void *context)
{
    struct reading *reading = context;
    if (reading->cells.count < TABLE_MOST_CELLS)
        *vec_push(&reading->cells) =
            arena_strndup(reading->arena, data ? data : "", data ? length : 0);
    else
        reading->wide = true;
}

static void record(int terminator, void *context)
{
    struct reading *reading = context;
    struct table_record *added = vec_push(&reading->records);
    *added = (struct table_record){.cell_count = reading->cells.count};
    added->cells = arena_memdup(reading->arena, reading->cells.items,
                                reading->cells.count * sizeof *reading->cells.items);
    reading->cells.count = 0;
    reading->ended = true;
}

/* The header's most frequent of , ; and tab, outside quotes. */
static char guess_separator(const char *text, size_t length)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (size_t i = 0; i < length && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        quoted ^= text[i] == '"';
        if (quoted)
            continue;
        commas += text[i] == ',';
        semicolons += text[i] == ';';
        tabs += text[i] == '\t';
    }
    if (semicolons > commas)
        return semicolons >= tabs ? ';' : '\t';
    return tabs > commas ? '\t' : ',';
}

static bool is_blank(const struct table_record *record)
{
    return record->cell_count == 0 || (record->cell_count == 1 && !record->cells[0][0]);
}

/* Feeds all of it; false when a quote is left open or malformed. */
static bool feed(struct csv_parser *parser, struct reading *reading, const struct table *table,
                 size_t from)
{
    size_t start = from;
    int line = 1, start_line = 1;
    bool within = false; /* a record has begun */
    for (size_t i = from; i < table->length; i++) {
        bool line_end = table->text[i] == '\n' || table->text[i] == '\r';
        if (!within && !line_end) {
            within = true;
            start = i;
            start_line = line;
        }
        reading->ended = false;
        if (csv_parse(parser, table->text + i, 1, cell, record, reading) != 1)
            return false;
        size_t next = i + 1;
        if (reading->ended && table->text[i] == '\r' && table->text[next] == '\n')
            next++; /* belongs to it, and is fed as an empty line that libcsv skips */
        if (reading->ended) {
            struct table_record *added = &reading->records.items[reading->records.count - 1];
            added->start = start;
            added->end = next;
            added->line = start_line;
            within = false;
        }
        line += table->text[i] == '\n' || (table->text[i] == '\r' && table->text[i + 1] != '\n');
    }
    if (!within)
        return true;
    /* A record without a line end: one is given to it, and if that does not end it, it is within
     * quotes. */
    reading->ended = false;
    if (csv_parse(parser, "\n", 1, cell, record, reading) != 1 || !reading->ended)
        return false;
    struct table_record *added = &reading->records.items[reading->records.count - 1];
    added->start = start;
    added->end = table->length;
    added->line = start_line;
    return true;
}

static void drop_blank(struct reading *reading)
{
    size_t kept = 0;
    for (size_t i = 0; i < reading->records.count; i++)
        if (!is_blank(&reading->records.items[i]))
            reading->records.items[kept++] = reading->records.items[i];
    reading->records.count = kept;
}

static enum limber_status parse(struct table *table, struct arena *arena, const char *path,
                                char **error)
{
    struct reading reading = {.arena = arena};
    struct csv_parser parser;
    struct str why = {0};
    size_t mark = str_starts_with(table->text, "\xef\xbb\xbf") ? 3 : 0;
    long bad = str_utf8_invalid_at(table->text, table->length);
    if (bad >= 0 || memchr(table->text, '\0', table->length)) {
        str_printf(&why, "%s is not a text in UTF-8; save it as \"CSV UTF-8\"", path);
        *error = str_steal(&why);
        return LIMBER_INVALID;
    }
    table->separator = guess_separator(table->text + mark, table->length - mark);
    table->line_end = strstr(table->text, "\r\n") ? "\r\n" : "\n";
    if (csv_init(&parser, 0) != 0)
        return LIMBER_NO_MEMORY;
    csv_set_delim(&parser, (unsigned char)table->separator);
    bool ok = feed(&parser, &reading, table, mark);
    csv_free(&parser);
    if (!ok)
        str_printf(&why, "%s: a quote is opened after row %zu and never closed", path,
                   reading.records.count);
    else if (reading.wide)
        str_printf(&why, "%s: a row has more than %d columns", path, TABLE_MOST_CELLS);
    if (!ok || reading.wide)
        *error = str_steal(&why);
    ok = ok && !reading.wide;
    drop_blank(&reading);
    table->record_count = reading.records.count;
    table->records = vec_to_arena(&reading.records, arena);
    vec_free(&reading.cells);
    return ok ? LIMBER_OK : LIMBER_INVALID;
}

enum limber_status table_read(const char *path, struct arena *arena, struct table *table,
                              char **error)
{
    char *text = NULL;
    size_t length = 0;
    *table = (struct table){.text = "", .separator = ',', .line_end = "\n"};
    enum limber_status status = file_read(path, TABLE_MOST_BYTES, arena, &text, &length);
    if (status == LIMBER_NOT_FOUND)
        return status;
    if (status != LIMBER_OK) {
        struct str why = {0};
        str_printf(&why, "%s cannot be read: %s", path, status_text(status));
        *error = str_steal(&why);
        return status;
    }
    table->text = text;
    table->length = length;
    return parse(table, arena, path, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c: reads clips.csv as people and spreadsheets write it. One bad line costs that line. */
#include <csv.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pack.h"

#define IN_FIELD     2 /* libcsv's state within a field, after a quotation mark that opened it */
#define COLUMNS_MOST 64
#define LINES_MOST   50 /* that one record may go over: notes with line breaks */

uint64_t table_hash(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    if (hash == 0)
        hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* --- one record --- */

struct record {
    int column, text_at, file_at; /* columns; −1: not known yet */
    int columns;
    bool header, no_memory;
    char *text, *file;
};

static void take_field(void *field, size_t length, void *context)
{
    struct record *record = context;
    int column = record->column++;
    const char *value = field ? field : "";
    if (record->header && column < COLUMNS_MOST) {
        if (strcasecmp(value, "text") == 0 && record->text_at < 0)
            record->text_at = column;
        if (strcasecmp(value, "file") == 0 && record->file_at < 0)
            record->file_at = column;
        return;
    }
    char **to = column == record->text_at   ? &record->text
                : column == record->file_at ? &record->file
                                            : NULL;
    if (!to || *to || record->header)
        return;
    /* What is behind a NUL is lost: such a text is not valid anyway. */
    *to = strlen(value) == length ? strdup(value) : strdup("\xFF");
    record->no_memory = record->no_memory || !*to;
}

/* Reads one record; false: a quotation mark is not closed. */
static bool read_record(struct record *record, const char *data, size_t size, char delimiter)
{
    struct csv_parser parser;
    record->column = 0;
    free(record->text);
    free(record->file);
    record->text = record->file = NULL;
    if (csv_init(&parser, CSV_APPEND_NULL) != 0)
        return false;
    csv_set_delim(&parser, (unsigned char)delimiter);
    bool good = csv_parse(&parser, data, size, take_field, NULL, record) == size &&
                !(parser.pstate == IN_FIELD && parser.quoted) &&
                csv_fini(&parser, take_field, NULL, record) == 0;
    csv_free(&parser);
    return good;
}

/* --- rows --- */

static struct row *add_row(struct table *table, int line)
{
    if (table->count == table->room) {
        size_t room = table->room ? 2 * table->room : 64;
        struct row *bigger = realloc(table->rows, room * sizeof *bigger);
        if (!bigger)
            return NULL;
        table->rows = bigger;
        table->room = room;
    }
    struct row *row = &table->rows[table->count++];
    memset(row, 0, sizeof *row);
    row->line = line;
    return row;
}

/* An unreadable line: a row that is nothing but its problem. */
static bool add_problem(struct table *table, int line, const char *problem)
{
    struct row *row = add_row(table, line);
    if (row)
        row->problem = strdup(problem);
    return row && row->problem;
}

/* What is wrong with the words of a record; NULL: nothing. */
static const char *judge_record(const struct record *record, char *key, size_t size)
{
    if (!record->text || !record->text[0])
        return record->file && record->file[0] ? "there is no text"
                                               : "there is neither text nor file";
    if (!record->file || !record->file[0])
        return "there is no file";
    if (strlen(record->text) > PACK_TEXT_MOST)
        return "the text is too long";
    if (strlen(record->file) > PACK_FILE_MOST)
        return "the name of the file is too long";
    switch (key_make(record->text, key, size)) {
    case LIMBER_OK:
        break;
    case LIMBER_LIMIT:
        return "the text is too long";
    case LIMBER_NO_MEMORY:
        return "there is not enough memory";
    default:
        return "the text holds no words, or is not UTF-8 (save the table as UTF-8)";
    }
    for (const char *c = record->file; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return "the name of the file holds a control character";
    return NULL;
}

static bool is_blank(const char *data, size_t size, char delimiter)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != delimiter && !strchr(" \t\r\n\"", data[i]))
            return false;
    return true;
}

/* Appends the record as a row. The record's strings move to it. */
static bool take_record(struct table *table, struct record *record, int line)
{
    char key[4 * PACK_TEXT_MOST];
    const char *problem = judge_record(record, key, sizeof key);
    if (problem)
        return add_problem(table, line, problem);
    struct row *row = add_row(table, line);
    if (!row)
        return false;
    row->text = record->text;
    row->file = record->file;
    record->text = record->file = NULL;
    row->opens_left = key_opens_left(row->text);
    row->opens_right = key_opens_right(row->text);
    row->key = strdup(key);
    return row->key != NULL;
}

/* --- lines --- */

struct lines {
    const char *at, *end;
    int number; /* of the line that begins at `at` */
};

/* The end of the line that begins at `at`, behind its line break. */
static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline ? newline + 1 : end;
}

static bool odd_quotes(const char *at, const char *end)
{
    bool odd = false;
    for (; at < end; at++)
        odd ^= *at == '"';
    return odd;
}

/* Where the record that begins at `at` ends if its quotation marks are right, and how many lines it
 * has; else the end of its first line. */
static const char *record_end(const char *at, const char *end, int *lines)
{
    const char *to = line_end(at, end);
    bool open = odd_quotes(at, to);
    *lines = 1;
    for (const char *further = to; open && further < end && *lines < LINES_MOST; ++*lines) {
        const char *next = line_end(further, end);
        open ^= odd_quotes(further, next);
        further = next;
        if (!open) {
            ++*lines;
            return further;
        }
    }
    *lines = 1;
    return to;
}

/* Whether a record over several lines is one: only its notes may hold line breaks. */
static bool plausible(const struct record *record)
{
    return record->column == record->columns && !(record->text && strchr(record->text, '\n')) &&
           !(record->file && strchr(record->file, '\n'));
}

static bool next_record(struct table *table, struct lines *lines, struct record *record,
                        char delimiter)
{
    int count;
    const char *to = record_end(lines->at, lines->end, &count);
    bool good = read_record(record, lines->at, (size_t)(to - lines->at), delimiter);
    if (count > 1 && (!good || !plausible(record))) {
        count = 1;
        to = line_end(lines->at, lines->end);
        good = read_record(record, lines->at, (size_t)(to - lines->at), delimiter);
    }
    bool done = is_blank(lines->at, (size_t)(to - lines->at), delimiter) ? true
                : !good ? add_problem(table, lines->number, "a quotation mark is not closed")
                        : take_record(table, record, lines->number);
    lines->at = to;
    lines->number += count;
    return done && !record->no_memory;
}

/* --- the header --- */

static bool read_header(struct lines *lines, struct record *record, char *delimiter)
{
    static const char delimiters[] = {',', ';', '\t'};
    const char *to = line_end(lines->at, lines->end);
    for (size_t i = 0; i < sizeof delimiters; i++) {
        *record = (struct record){.text_at = -1, .file_at = -1, .header = true};
        if (read_record(record, lines->at, (size_t)(to - lines->at), delimiters[i]) &&
            record->text_at >= 0 && record->file_at >= 0) {
            record->header = false;
            record->columns = record->column;
            *delimiter = delimiters[i];
            lines->at = to;
            lines->number++;
            return true;
        }
    }
    return false;
}

__attribute__((format(printf, 4, 5))) static enum limber_status
refuse(enum limber_status status, char *reason, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(reason, size, format, list);
    va_end(list);
    return status;
}

enum limber_status table_parse(struct table *table, const char *data, size_t size, char *reason,
                               size_t reason_size)
{
    struct lines lines = {data, data + size, 1};
    struct record record;
    char delimiter;
    *table = (struct table){.hash = table_hash(0, data, size)};
    if (size > PACK_TABLE_MOST)
        return refuse(LIMBER_LIMIT, reason, reason_size, "is larger than %d MiB",
                      PACK_TABLE_MOST / 1024 / 1024);
    if (size >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0))
        return refuse(LIMBER_INVALID, reason, reason_size, "is in UTF-16; save it as CSV in UTF-8");
    if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0)
        lines.at += 3;
    while (lines.at < lines.end && strchr("\r\n", *lines.at) && *lines.at) {
        lines.number += *lines.at == '\n';
        lines.at++;
    }
    if (lines.at == lines.end || !read_header(&lines, &record, &delimiter))
        return refuse(
            LIMBER_INVALID, reason, reason_size,
            "line %d: the first line must name the columns \"text\" and \"file\": text,file",
            lines.number);
    enum limber_status status = LIMBER_OK;
    while (status == LIMBER_OK && lines.at < lines.end) {
        if (table->count >= PACK_ROWS_MOST)
            status =
                refuse(LIMBER_LIMIT, reason, reason_size, "has more than %d lines", PACK_ROWS_MOST);
        else if (!next_record(table, &lines, &record, delimiter))
            status =
                refuse(LIMBER_NO_MEMORY, reason, reason_size, "needs more memory than there is");
    }
    free(record.text);
    free(record.file);
    return status;
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->rows[i].text);
        free(table->rows[i].key);
        free(table->rows[i].file);
        free(table->rows[i].path);
        free(table->rows[i].problem);
    }
    free(table->rows);
    *table = (struct table){0};
}

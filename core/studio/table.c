/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c: changing a CSV file: the bytes of what is not changed are copied. */
#include "studio/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

int table_column(const struct table *table, const char *name)
{
    if (table->record_count == 0)
        return -1;
    const struct table_record *header = &table->records[0];
    for (size_t i = 0; i < header->cell_count; i++)
        if (str_equal_nocase(header->cells[i], name))
            return (int)i;
    return -1;
}

const char *table_cell(const struct table *table, size_t record, int column)
{
    const struct table_record *row = &table->records[record];
    return column >= 0 && (size_t)column < row->cell_count ? row->cells[column] : "";
}

void table_add_quoted(struct str *to, const char *text, char separator)
{
    size_t length = strlen(text);
    bool plain = !strpbrk(text, "\"\r\n") && !strchr(text, separator) &&
                 (length == 0 || (!strchr(" \t", text[0]) && !strchr(" \t", text[length - 1])));
    if (plain) {
        str_add(to, text);
        return;
    }
    str_add_char(to, '"');
    for (; *text; text++) {
        if (*text == '"')
            str_add_char(to, '"');
        str_add_char(to, *text);
    }
    str_add_char(to, '"');
}

/* --- changing --- */

struct change {
    struct arena *arena;
    struct table table;
    int text, file; /* columns */
    struct str out;
};

static const char *plain_file(const char *file)
{
    while (str_starts_with(file, "./"))
        file += 2 + strspn(file + 2, "/");
    return file;
}

static const struct table_row *row_for(const struct table_row *rows, size_t count, const char *file)
{
    for (size_t i = 0; i < count && file[0]; i++)
        if (strcmp(plain_file(rows[i].file), plain_file(file)) == 0)
            return &rows[i];
    return NULL;
}

static void add_line_end(struct change *change)
{
    if (change->out.length > 0 && !strchr("\r\n", change->out.data[change->out.length - 1]))
        str_add(&change->out, change->table.line_end);
}

/* A record with the text and file of `row`; `old` (or NULL) gives the other cells. */
static void add_record(struct change *change, const struct table_row *row,
                       const struct table_record *old)
{
    size_t count = old ? old->cell_count : change->table.records[0].cell_count;
    size_t least = (size_t)(change->text > change->file ? change->text : change->file) + 1;
    count = count < least ? least : count;
    for (size_t i = 0; i < count; i++) {
        const char *cell = (int)i == change->text       ? row->text
                           : (int)i == change->file     ? row->file
                           : old && i < old->cell_count ? old->cells[i]
                                                        : "";
        if (i > 0)
            str_add_char(&change->out, change->table.separator);
        table_add_quoted(&change->out, cell, change->table.separator);
    }
    str_add(&change->out, change->table.line_end);
}

static enum limber_status refuse(char **error, enum limber_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static enum limber_status refuse(char **error, enum limber_status status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (vasprintf(error, format, list) < 0)
        *error = NULL;
    va_end(list);
    return status;
}

/* Reads the table, or begins one. */
static enum limber_status begin(struct change *change, const char *path, char **error)
{
    *change = (struct change){.arena = arena_new()};
    enum limber_status status = table_read(path, change->arena, &change->table, error);
    if (status != LIMBER_OK && status != LIMBER_NOT_FOUND)
        return status;
    if (change->table.record_count == 0) {
        static const char *const cells[] = {"text", "file"};
        static const struct table_record header = {.line = 1, .cells = cells, .cell_count = 2};
        str_add_bytes(&change->out, change->table.text, change->table.length);
        add_line_end(change);
        str_add(&change->out, "text,file\n");
        change->table = (struct table){
            .text = "", .separator = ',', .line_end = "\n", .records = &header, .record_count = 1};
    }
    change->text = table_column(&change->table, "text");
    change->file = table_column(&change->table, "file");
    if (change->text < 0 || change->file < 0)
        return refuse(error, LIMBER_INVALID,
                      "%s has no columns \"text\" and \"file\": its first line must name them",
                      path);
    return LIMBER_OK;
}

static enum limber_status finish(struct change *change, const char *path, char **error)
{
    struct atomic_file *file = NULL;
    enum limber_status status = atomic_file_open(path, &file);
    const char *at = str_text(&change->out);
    size_t left = change->out.length;
    while (status == LIMBER_OK && left > 0) {
        ssize_t done = write(atomic_file_fd(file), at, left);
        if (done < 0 && errno != EINTR)
            status = LIMBER_IO;
        at += done > 0 ? done : 0;
        left -= done > 0 ? (size_t)done : 0;
    }
    if (status == LIMBER_OK)
        status = atomic_file_commit(file, true);
    else
        atomic_file_abort(file);
    if (status != LIMBER_OK)
        return refuse(error, status, "%s could not be written: %s; it is as it was", path,
                      strerror(errno));
    return status;
}

static void end(struct change *change)
{
    str_free(&change->out);
    arena_destroy(change->arena);
}

/* Copies the table; rows of the same file get the new text and are marked as done. */
static void copy_changed(struct change *change, const struct table_row *rows, size_t count,
                         bool *done)
{
    const struct table *table = &change->table;
    size_t at = 0;
    for (size_t i = 1; i < table->record_count; i++) {
        const struct table_record *record = &table->records[i];
        const struct table_row *row = row_for(rows, count, table_cell(table, i, change->file));
        if (!row)
            continue;
        done[row - rows] = true;
        if (strcmp(table_cell(table, i, change->text), row->text) == 0)
            continue;
        str_add_bytes(&change->out, table->text + at, record->start - at);
        add_record(change, row, record);
        at = record->end;
    }
    str_add_bytes(&change->out, table->text + at, table->length - at);
}

enum limber_status table_put(const char *path, const struct table_row *rows, size_t count,
                             char **error)
{
    struct change change;
    bool *done = xcalloc(count + 1, sizeof *done);
    enum limber_status status = begin(&change, path, error);
    if (status == LIMBER_OK) {
        copy_changed(&change, rows, count, done);
        add_line_end(&change);
        for (size_t i = 0; i < count; i++)
            if (!done[i])
                add_record(&change, &rows[i], NULL);
        status = finish(&change, path, error);
    }
    end(&change);
    free(done);
    return status;
}

enum limber_status table_remove(const char *path, const char *file, char **error)
{
    struct change change;
    const struct table_row row = {.file = file};
    enum limber_status status = begin(&change, path, error);
    size_t at = 0;
    for (size_t i = 1; status == LIMBER_OK && i < change.table.record_count; i++) {
        const struct table_record *record = &change.table.records[i];
        if (!row_for(&row, 1, table_cell(&change.table, i, change.file)))
            continue;
        str_add_bytes(&change.out, change.table.text + at, record->start - at);
        at = record->end;
    }
    if (status == LIMBER_OK && at > 0) {
        str_add_bytes(&change.out, change.table.text + at, change.table.length - at);
        status = finish(&change, path, error);
    }
    end(&change);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.c: needs, less what the pack has, as a list: sentences of the routines in the order of
 * hearing, then what the player says, then number words and the parts that go with them. */
#include "studio/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "studio/needs.h"
#include "studio/packs.h"
#include "studio/table.h"

#define NUMBERS_FIRST (-100000) /* in the order of lines */

struct making {
    struct arena *arena;
    struct pack *pack;
    const struct sheet_options *options;
    VEC(struct sheet_line) lines;
    VEC(char *) seen; /* keys, with "_" where a part joins; malloc'ed, sorted */
    size_t composed;
};

static char *line_key(struct making *making, const char *text)
{
    char *key = pack_key(making->pack, text);
    struct str marked = {0};
    if (!key)
        return NULL;
    str_printf(&marked, "%s%s%s", sheet_joins_before(text) ? "_" : "", key,
               sheet_joins_after(text) ? "_" : "");
    free(key);
    return str_steal(&marked);
}

/* Remembers a key (which it takes); false: it was there. */
static bool remember(struct making *making, char *key)
{
    size_t low = 0, high = making->seen.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(making->seen.items[middle], key);
        if (order == 0) {
            free(key);
            return false;
        }
        *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
    }
    (void)vec_push(&making->seen);
    memmove(making->seen.items + low + 1, making->seen.items + low,
            (making->seen.count - 1 - low) * sizeof *making->seen.items);
    making->seen.items[low] = key;
    return true;
}

/* The row that holds exactly this text, or NULL. */
static const struct pack_row *row_of(struct making *making, const char *text, const char *key)
{
    for (size_t i = 0; i < pack_row_count(making->pack); i++) {
        const struct pack_row *row = pack_row(making->pack, i);
        if (!row->problem && row->text && row->key && strcmp(row->key, key) == 0 &&
            sheet_joins_before(row->text) == sheet_joins_before(text) &&
            sheet_joins_after(row->text) == sheet_joins_after(text))
            return row;
    }
    return NULL;
}

/* Whether another text uses this file. */
static bool is_taken(struct making *making, const char *file, const char *key)
{
    for (size_t i = 0; i < pack_row_count(making->pack); i++) {
        const struct pack_row *row = pack_row(making->pack, i);
        if (row->file && strcmp(row->file, file) == 0 && (!row->key || strcmp(row->key, key) != 0))
            return true;
    }
    return false;
}

static const char *file_for(struct making *making, const char *text, const struct pack_row *row,
                            const char *key)
{
    if (row)
        return arena_strdup(making->arena, row->file);
    int take = 1;
    const char *file = sheet_file(making->arena, text, key, take);
    while (is_taken(making, file, key))
        file = sheet_file(making->arena, text, key, ++take);
    return file;
}

static const char *where_of(struct making *making, const struct need *need)
{
    if (need->file)
        return arena_printf(making->arena, "%s:%d", file_name(need->file), need->line);
    return arena_printf(making->arena, "phrase %s", need->phrase ? need->phrase : "");
}

/* Adds a text once; `example` for a part. */
static void add_line(struct making *making, const struct need *need, const char *text,
                     const char *example, enum sheet_group group)
{
    char *marked = line_key(making, text), *key = pack_key(making->pack, text);
    if (!marked || !remember(making, marked)) {
        free(key);
        return;
    }
    const struct pack_row *row = row_of(making, text, key);
    bool part = sheet_joins_before(text) || sheet_joins_after(text);
    bool have = part ? row && pack_heard(making->pack, row) : pack_says(making->pack, text) > 0;
    int order =
        need->number && !example ? NUMBERS_FIRST + (int)need->number : (int)making->lines.count;
    if (!have || making->options->all)
        *vec_push(&making->lines) =
            (struct sheet_line){.number = order,
                                .text = arena_strdup(making->arena, text),
                                .example = example ? arena_strdup(making->arena, example) : NULL,
                                .file = file_for(making, text, row, key),
                                .where = where_of(making, need),
                                .move = example ? NULL : need->move,
                                .before = example ? NULL : need->before,
                                .routine = example ? NULL : need->routine,
                                .phrase = need->phrase,
                                .times = example ? 0 : need->times,
                                .group = group,
                                .have = have};
    free(key);
}

static enum sheet_group group_of(const struct need *need)
{
    if (need->part_count > 0)
        return SHEET_WHOLE;
    if (need->number > 0)
        return SHEET_NUMBERS;
    return need->routine ? SHEET_ROUTINES : SHEET_PHRASES;
}

static void add_need(struct making *making, const struct need *need)
{
    if (need->part_count == 0 || making->options->whole) {
        add_line(making, need, need->text, NULL, group_of(need));
        return;
    }
    bool have = pack_says(making->pack, need->text) > 0;
    making->composed += !have;
    for (size_t i = 0; i < need->part_count && (!have || making->options->all); i++)
        add_line(making, need, need->parts[i], need->text, SHEET_NUMBERS);
}

static int by_group(const void *a, const void *b)
{
    const struct sheet_line *left = a, *right = b;
    if (left->group != right->group)
        return (int)left->group - (int)right->group;
    return left->number - right->number;
}

struct sheet sheet_new(struct arena *arena, const struct needs *needs, struct pack *pack,
                       const struct sheet_options *options)
{
    struct making making = {.arena = arena, .pack = pack, .options = options};
    bool *done = xcalloc(needs_count(needs) + 1, sizeof *done);
    /* Number words first, so that they do not come as parts of sentences and stay in order. */
    for (size_t i = 0; i < needs_count(needs); i++)
        if (needs_get(needs, i)->number > 0) {
            add_need(&making, needs_get(needs, i));
            done[i] = true;
        }
    for (size_t i = 0; i < needs_routine_count(needs); i++) {
        const struct needs_routine *routine = needs_routine(needs, i);
        for (size_t k = 0; k < routine->count; k++) {
            if (!done[routine->needs[k]])
                add_need(&making, needs_get(needs, routine->needs[k]));
            done[routine->needs[k]] = true;
        }
    }
    for (size_t i = 0; i < needs_count(needs); i++)
        if (!done[i])
            add_need(&making, needs_get(needs, i));
    free(done);
    if (making.lines.count > 1)
        qsort(making.lines.items, making.lines.count, sizeof *making.lines.items, by_group);
    for (size_t i = 0; i < making.lines.count; i++)
        making.lines.items[i].number = (int)i + 1;
    for (size_t i = 0; i < making.seen.count; i++)
        free(making.seen.items[i]);
    vec_free(&making.seen);
    struct sheet sheet = {.count = making.lines.count, .composed = making.composed};
    sheet.lines = vec_to_arena(&making.lines, arena);
    return sheet;
}

void sheet_write_csv(const struct sheet *sheet, FILE *to)
{
    fputs("number,text,file,where\n", to);
    for (size_t i = 0; i < sheet->count; i++) {
        const struct sheet_line *line = &sheet->lines[i];
        const char *const cells[] = {line->text, line->file, line->where};
        struct str row = {0};
        str_printf(&row, "%d", line->number);
        for (size_t k = 0; k < 3; k++) {
            str_add_char(&row, ',');
            table_add_quoted(&row, cells[k], ',');
        }
        fprintf(to, "%s\n", str_text(&row));
        str_free(&row);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cutlist.c: the recording is decoded twice, once to find the pauses and once to cut, so that an
 * hour of it need not be in memory. */
#include "studio/cutlist.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "plan/plan.h"
#include "studio/packs.h"
#include "studio/sheet.h"
#include "studio/table.h"
#include "studio/take.h"
#include "voice/voices.h"

static enum limber_status refuse(char **error, enum limber_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static enum limber_status refuse(char **error, enum limber_status status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    free(*error);
    if (vasprintf(error, format, list) < 0)
        *error = NULL;
    va_end(list);
    return status;
}

/* --- the list --- */

/* Why a clip cannot be written under this name; NULL: it can. */
static const char *file_problem(const char *file)
{
    if (file[0] == '/' || strcmp(file, "..") == 0 || str_starts_with(file, "../") ||
        strstr(file, "/../") || str_ends_with(file, "/.."))
        return "leads out of the voice's folder";
    if (strlen(file) > 500)
        return "is too long";
    const char *dot = strrchr(file, '.');
    if (!dot || (strcasecmp(dot, ".flac") != 0 && strcasecmp(dot, ".wav") != 0))
        return "does not end in .flac or .wav";
    return NULL;
}

static const char *file_of(struct arena *arena, struct pack *pack, const struct table *table,
                           size_t record, const char *text)
{
    const char *file = table_cell(table, record, table_column(table, "file"));
    if (file[0])
        return file;
    char *key = pack_key(pack, text);
    file = sheet_file(arena, text, key, 1);
    free(key);
    return file;
}

static bool is_twice(const struct cut_line *lines, size_t count, const char *file)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(lines[i].file, file) == 0)
            return true;
    return false;
}

enum limber_status cutlist_read(const char *path, struct pack *pack, struct arena *arena,
                                struct cutlist *list, char **error)
{
    struct table table;
    VEC(struct cut_line) lines = {0};
    *list = (struct cutlist){0};
    enum limber_status status = table_read(path, arena, &table, error);
    if (status == LIMBER_NOT_FOUND)
        return refuse(error, status, "there is no list %s", path);
    if (status != LIMBER_OK)
        return status;
    int text_column = table_column(&table, "text"), number = table_column(&table, "number");
    if (text_column < 0)
        return refuse(error, LIMBER_INVALID,
                      "%s has no column \"text\": its first line must name the columns", path);
    for (size_t i = 1; i < table.record_count && status == LIMBER_OK; i++) {
        const char *text = table_cell(&table, i, text_column);
        if (!text[strspn(text, " \t\r\n")])
            continue;
        int64_t given = 0;
        const char *digits = table_cell(&table, i, number);
        bool numbered =
            units_parse_int(digits, strlen(digits), &given) && given > 0 && given < 1000000;
        struct cut_line line = {numbered ? (int)given : (int)lines.count + 1, text,
                                file_of(arena, pack, &table, i, text)};
        const char *problem = file_problem(line.file);
        if (!problem && is_twice(lines.items, lines.count, line.file))
            problem = "stands in the list twice";
        if (problem)
            status = refuse(error, LIMBER_INVALID, "%s:%d: the file \"%s\" %s", path,
                            table.records[i].line, line.file, problem);
        *vec_push(&lines) = line;
    }
    if (status == LIMBER_OK && lines.count == 0)
        status = refuse(error, LIMBER_INVALID, "%s has no sentences in it", path);
    list->count = lines.count;
    list->lines = vec_to_arena(&lines, arena);
    return status;
}

const nsec *cutlist_expected(const struct cutlist *list, struct arena *arena)
{
    nsec *expected = ARENA_ARRAY(arena, nsec, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        expected[i] = plan_estimate_speech_ns(list->lines[i].text);
    return expected;
}

/* --- listening --- */

struct listening {
    struct split_ear *ear;
    bool fine;
    double heard_s;
    uint32_t rate_hz;
};

static enum limber_status listen_format(void *context, uint32_t rate_hz)
{
    struct listening *listening = context;
    listening->rate_hz = rate_hz;
    listening->ear = split_ear_new(rate_hz);
    return LIMBER_OK;
}

static enum limber_status listen_write(void *context, const float *samples, size_t count)
{
    struct listening *listening = context;
    listening->heard_s += (double)count / listening->rate_hz;
    if (listening->heard_s > CUTLIST_MOST_SECONDS)
        return LIMBER_LIMIT;
    for (size_t i = 0; i < count && !listening->fine; i++)
        listening->fine = samples[i] * 32768.0f != rintf(samples[i] * 32768.0f);
    split_hear(listening->ear, samples, count);
    return LIMBER_OK;
}

enum limber_status cutlist_listen(struct pack *pack, const char *recording, struct split_ear **ear,
                                  bool *fine)
{
    struct listening listening = {0};
    const struct limber_speech_writer writer = {.size = sizeof writer,
                                                .context = &listening,
                                                .format = listen_format,
                                                .write = listen_write};
    enum limber_status status = pack_read(pack, recording, &writer);
    if (status == LIMBER_OK && !listening.ear)
        status = LIMBER_INVALID;
    if (status != LIMBER_OK) {
        split_ear_destroy(listening.ear);
        listening.ear = NULL;
    }
    *ear = listening.ear;
    *fine = listening.fine;
    return status;
}

/* --- cutting --- */

struct cutting {
    struct registry *registry;
    const struct pack *pack;
    struct arena *arena;
    const struct cutlist *list;
    const struct split_result *result;
    int bits;
    void (*progress)(void *context, size_t done, size_t total);
    void *context;
    char **error;
    uint32_t rate_hz;
    frames at;   /* of the next sample */
    size_t next; /* piece */
    VEC(float) piece;
    VEC(struct table_row) rows;
};

static enum limber_status finish_piece(struct cutting *cutting)
{
    const struct split_piece *piece = &cutting->result->pieces[cutting->next];
    enum limber_status status = LIMBER_OK;
    if (piece->line >= 0) {
        const struct cut_line *line = &cutting->list->lines[piece->line];
        const char *path = file_join(cutting->arena, pack_voice(cutting->pack)->folder, line->file);
        take_smooth(cutting->piece.items, cutting->piece.count, cutting->rate_hz);
        status = take_write(cutting->registry, path, cutting->piece.items, cutting->piece.count,
                            cutting->rate_hz, cutting->bits, cutting->error);
        *vec_push(&cutting->rows) = (struct table_row){.text = line->text, .file = line->file};
    }
    cutting->piece.count = 0;
    cutting->next++;
    if (cutting->progress)
        cutting->progress(cutting->context, cutting->next, cutting->result->count);
    return status;
}

static enum limber_status cut_format(void *context, uint32_t rate_hz)
{
    ((struct cutting *)context)->rate_hz = rate_hz;
    return LIMBER_OK;
}

static enum limber_status cut_write(void *context, const float *samples, size_t count)
{
    struct cutting *cutting = context;
    frames end = cutting->at + (frames)count;
    enum limber_status status = LIMBER_OK;
    while (status == LIMBER_OK && cutting->next < cutting->result->count) {
        const struct split_piece *piece = &cutting->result->pieces[cutting->next];
        frames from = piece->from > cutting->at ? piece->from : cutting->at;
        frames to = piece->to < end ? piece->to : end;
        for (frames i = from; i < to; i++)
            *vec_push(&cutting->piece) = samples[i - cutting->at];
        if (piece->to > end)
            break;
        status = finish_piece(cutting);
    }
    cutting->at = end;
    return status;
}

/* Nothing is cut for a table that would not take the rows. */
static enum limber_status look_at_table(struct cutting *cutting)
{
    const char *path = pack_table(cutting->pack);
    struct table table;
    enum limber_status status = table_read(path, cutting->arena, &table, cutting->error);
    if (status == LIMBER_NOT_FOUND)
        return LIMBER_OK;
    if (status == LIMBER_OK && table.record_count > 0 &&
        (table_column(&table, "text") < 0 || table_column(&table, "file") < 0))
        return refuse(cutting->error, LIMBER_INVALID,
                      "the first line of %s must name the columns text and file", path);
    return status;
}

enum limber_status cutlist_write(struct registry *registry, struct pack *pack,
                                 const char *recording, const struct cutlist *list,
                                 const struct split_result *result, int bits,
                                 void (*progress)(void *context, size_t done, size_t total),
                                 void *context, size_t *written, char **error)
{
    struct cutting cutting = {.registry = registry,
                              .pack = pack,
                              .arena = arena_new(),
                              .list = list,
                              .result = result,
                              .bits = bits,
                              .progress = progress,
                              .context = context,
                              .error = error};
    const struct limber_speech_writer writer = {
        .size = sizeof writer, .context = &cutting, .format = cut_format, .write = cut_write};
    *error = NULL;
    enum limber_status status = look_at_table(&cutting);
    if (status == LIMBER_OK)
        status = pack_read(pack, recording, &writer);
    if (status == LIMBER_OK && cutting.next < result->count)
        status = refuse(error, LIMBER_FAILED, "%s changed while it was cut", recording);
    if (status == LIMBER_OK)
        status = table_put(pack_table(pack), cutting.rows.items, cutting.rows.count, error);
    else if (!*error)
        refuse(error, status, "%s could not be cut: %s", recording, status_text(status));
    *written = status == LIMBER_OK ? cutting.rows.count : 0;
    vec_free(&cutting.piece);
    vec_free(&cutting.rows);
    arena_destroy(cutting.arena);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reel.c: files for takes, and their rows. */
#include "studio/reel.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "plan/plan.h"
#include "studio/packs.h"
#include "studio/table.h"
#include "voice/voices.h"

#define TAKE_BITS 24

static const char *path_of(struct arena *arena, const struct pack *pack, const char *file)
{
    return file_join(arena, pack_voice(pack)->folder, file);
}

static bool has_row(const struct pack *pack, const char *file)
{
    for (size_t i = 0; i < pack_row_count(pack); i++) {
        const char *other = pack_row(pack, i)->file;
        if (other && strcmp(other, file) == 0)
            return true;
    }
    return false;
}

/* The first name, from this take on, that neither a row nor a file has. */
static const char *free_file(struct arena *arena, struct pack *pack, const char *text, int take)
{
    char *key = pack_key(pack, text);
    const char *file = sheet_file(arena, text, key, take);
    while (has_row(pack, file) || file_exists(path_of(arena, pack, file)))
        file = sheet_file(arena, text, key, ++take);
    free(key);
    return file;
}

/* Whether a take can be written to it without loss. */
static bool is_lossless(const char *file)
{
    size_t length = strlen(file);
    return length > 5 && (str_equal_nocase(file + length - 5, ".flac") ||
                          str_equal_nocase(file + length - 4, ".wav"));
}

struct reel reel_new(struct arena *arena, struct pack *pack, const struct sheet *sheet, bool takes)
{
    VEC(struct sheet_line) lines = {0};
    VEC(const char *) replaces = {0};
    VEC(nsec) expected = {0};
    for (size_t i = 0; i < sheet->count; i++) {
        struct sheet_line line = sheet->lines[i];
        bool recorded = has_row(pack, line.file);
        const char *replaced = NULL;
        if (takes && !recorded)
            continue;
        if (takes) {
            line.file = free_file(arena, pack, line.text, 2);
        } else if (recorded && !is_lossless(line.file)) {
            replaced = line.file;
            line.file = free_file(arena, pack, line.text, 1);
        } else if (!recorded && file_exists(path_of(arena, pack, line.file))) {
            line.file = free_file(arena, pack, line.text, 1);
        }
        line.number = (int)lines.count + 1;
        *vec_push(&lines) = line;
        *vec_push(&replaces) = replaced;
        *vec_push(&expected) = plan_estimate_speech_ns(line.text);
    }
    struct reel reel = {.count = lines.count};
    reel.lines = vec_to_arena(&lines, arena);
    reel.replaces = vec_to_arena(&replaces, arena);
    reel.expected = vec_to_arena(&expected, arena);
    return reel;
}

enum limber_status reel_keep(struct registry *registry, struct pack *pack, const struct reel *reel,
                             size_t index, const struct record_take *take, char **error)
{
    const struct sheet_line *line = &reel->lines[index];
    struct arena *arena = arena_new();
    enum limber_status status =
        take_write(registry, path_of(arena, pack, line->file), take->samples, take->count,
                   take->rate_hz, TAKE_BITS, error);
    const struct table_row row = {.text = line->text, .file = line->file};
    if (status == LIMBER_OK)
        status = table_put(pack_table(pack), &row, 1, error);
    if (status == LIMBER_OK && reel->replaces[index])
        status = table_remove(pack_table(pack), reel->replaces[index], error);
    arena_destroy(arena);
    return status;
}

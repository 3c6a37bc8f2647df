/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag.c: sources with their line index, and the collection of diagnostics. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag_print.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/vec.h"

#define KEPT_MOST    100  /* of each severity */
#define TEXT_LONGEST 2000 /* bytes of a message or hint */
#define BLOCK        1024 /* bytes between two entries of source.characters */

struct diags {
    struct arena *arena;
    VEC(struct diag) list;
    size_t counts[3];   /* all, the not recorded ones too */
    size_t recorded[3]; /* in the list */
    size_t printed;     /* of the list */
    size_t told[3];     /* unrecorded ones the reader was told of */
    uint64_t *seen;     /* open addressing: keys of all, 0 is empty */
    size_t seen_count, seen_size;
};

struct diags *diags_new(void)
{
    struct diags *diags = xcalloc(1, sizeof *diags);
    diags->arena = arena_new();
    return diags;
}

void diags_destroy(struct diags *diags)
{
    if (!diags)
        return;
    vec_free(&diags->list);
    free(diags->seen);
    arena_destroy(diags->arena);
    free(diags);
}

/* --- Sources and places --- */

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

static size_t count_characters(const char *from, const char *to)
{
    size_t count = 0;
    for (; from < to; from++)
        count += starts_character(*from);
    return count;
}

/* Lines end as in CommonMark and YAML: LF, CR LF, or CR alone. */
static bool ends_line(const char *text, size_t length, size_t i)
{
    return text[i] == '\n' || (text[i] == '\r' && (i + 1 == length || text[i + 1] != '\n'));
}

static void index_lines(struct arena *arena, struct source *source)
{
    int count = 1;
    for (size_t i = 0; i < source->length; i++)
        count += ends_line(source->text, source->length, i);
    size_t *starts = ARENA_ARRAY(arena, size_t, (size_t)count);
    int line = 1;
    for (size_t i = 0; i < source->length; i++)
        if (ends_line(source->text, source->length, i))
            starts[line++] = i + 1;
    source->line_starts = starts;
    source->line_count = count;

    size_t blocks = source->length / BLOCK + 1;
    size_t *characters = ARENA_ARRAY(arena, size_t, blocks);
    for (size_t i = 1; i < blocks; i++) {
        const char *end = source->text + i * BLOCK;
        characters[i] = characters[i - 1] + count_characters(end - BLOCK, end);
    }
    source->characters = characters;
}

const struct source *diags_add_source(struct diags *diags, const char *path, const char *text,
                                      size_t length)
{
    struct source *source = ARENA_NEW(diags->arena, struct source);
    source->path = arena_strdup(diags->arena, path ? path : "");
    source->text = arena_strndup(diags->arena, text, length);
    source->length = length;
    index_lines(diags->arena, source);
    return source;
}

static size_t characters_before(const struct source *source, size_t offset)
{
    size_t block = source->characters ? offset / BLOCK : 0;
    size_t before = source->characters ? source->characters[block] : 0;
    return before + count_characters(source->text + block * BLOCK, source->text + offset);
}

/* Near ones are counted: most lines are short. */
static size_t characters_between(const struct source *source, size_t from, size_t to)
{
    if (to - from < 2 * BLOCK)
        return count_characters(source->text + from, source->text + to);
    return characters_before(source, to) - characters_before(source, from);
}

static int line_of(const struct source *source, size_t offset)
{
    int low = 0, high = source->line_count;
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

size_t source_line_end(const struct source *source, int line)
{
    size_t start = source->line_starts[line - 1];
    size_t end = line < source->line_count ? source->line_starts[line] : source->length;
    while (end > start && (source->text[end - 1] == '\n' || source->text[end - 1] == '\r'))
        end--;
    return end;
}

struct place place_at(const struct source *source, size_t offset, size_t length_bytes)
{
    struct place place = {.source = source};
    if (!source)
        return place;
    if (offset > source->length)
        offset = source->length;
    place.line = line_of(source, offset);
    size_t start = source->line_starts[place.line - 1];
    size_t end = source_line_end(source, place.line);
    size_t stop = end > offset && length_bytes < end - offset ? offset + length_bytes : end;
    place.column = (int)characters_between(source, start, offset) + 1;
    if (offset < source->length && !starts_character(source->text[offset]) && place.column > 1)
        place.column--; /* in the middle of a character */
    if (stop > offset)
        place.length = (int)characters_between(source, offset, stop);
    return place;
}

/* --- Collecting --- */

/* One line that is safe to print: no control characters, no malformed UTF-8, not endless. */
static char *clean(struct arena *arena, const char *text)
{
    const char *end = text + strlen(text);
    struct str out = {0};
    while (text < end) {
        if (out.length > TEXT_LONGEST) {
            str_add(&out, "…");
            break;
        }
        diag_add_shown(&out, &text, end);
    }
    char *copy = arena_strndup(arena, str_text(&out), out.length);
    str_free(&out);
    return copy;
}

static void insert_key(uint64_t *table, size_t size, uint64_t key)
{
    size_t i = key & (size - 1);
    while (table[i])
        i = (i + 1) & (size - 1);
    table[i] = key;
}

/* True if the key was there already; else adds it. */
static bool seen_before(struct diags *diags, uint64_t key)
{
    if (diags->seen_count * 2 >= diags->seen_size) {
        size_t size = diags->seen_size ? diags->seen_size * 2 : 64;
        uint64_t *table = xcalloc(size, sizeof *table);
        for (size_t i = 0; i < diags->seen_size; i++)
            if (diags->seen[i])
                insert_key(table, size, diags->seen[i]);
        free(diags->seen);
        diags->seen = table;
        diags->seen_size = size;
    }
    key = key ? key : 1;
    for (size_t i = key & (diags->seen_size - 1); diags->seen[i];
         i = (i + 1) & (diags->seen_size - 1))
        if (diags->seen[i] == key)
            return true;
    insert_key(diags->seen, diags->seen_size, key);
    diags->seen_count++;
    return false;
}

static uint64_t key_of(enum severity severity, const struct place *place, const char *message)
{
    struct hash hash = hash_new();
    hash_int(&hash, severity);
    hash_int(&hash, (int64_t)(intptr_t)place->source);
    hash_int(&hash, place->line);
    hash_int(&hash, place->column);
    hash_text(&hash, message);
    return hash_64(&hash);
}

void diags_add(struct diags *diags, enum severity severity, struct place place, const char *hint,
               const char *format, ...)
{
    va_list args;
    char *message = NULL;
    va_start(args, format);
    int length = vasprintf(&message, format, args);
    va_end(args);
    if (length < 0)
        message = xstrdup(format);
    if (!seen_before(diags, key_of(severity, &place, message))) {
        diags->counts[severity]++;
        if (diags->recorded[severity] < KEPT_MOST) {
            diags->recorded[severity]++;
            *vec_push(&diags->list) = (struct diag){
                .severity = severity,
                .place = place,
                .message = clean(diags->arena, message),
                .hint = hint && *hint ? clean(diags->arena, hint) : NULL,
            };
        }
    }
    free(message);
}

size_t diags_count(const struct diags *diags, enum severity severity)
{
    return diags->counts[severity];
}

bool diags_get(const struct diags *diags, size_t index, enum severity *severity,
               struct place *place, const char **message, const char **hint)
{
    if (index >= diags->list.count)
        return false;
    const struct diag *diag = &diags->list.items[index];
    if (severity)
        *severity = diag->severity;
    if (place)
        *place = diag->place;
    if (message)
        *message = diag->message;
    if (hint)
        *hint = diag->hint;
    return true;
}

void diags_print(struct diags *diags, FILE *to, bool color)
{
    static const char *const names[] = {"error", "warning", "note"};
    for (; diags->printed < diags->list.count; diags->printed++)
        diag_print(&diags->list.items[diags->printed], to, color);
    for (int i = 0; i < 3; i++) {
        size_t untold = diags->counts[i] - diags->recorded[i] - diags->told[i];
        if (untold)
            fprintf(to, "%zu more %s%s not shown\n", untold, names[i], untold == 1 ? "" : "s");
        diags->told[i] += untold;
    }
}

size_t diags_kept(const struct diags *diags)
{
    size_t count = 0;
    while (diags_get(diags, count, NULL, NULL, NULL, NULL))
        count++;
    return count;
}

const char *diags_first(const struct diags *diags, size_t from, enum severity wanted,
                        struct arena *arena)
{
    enum severity severity;
    struct place place;
    const char *message;
    for (size_t i = from; diags_get(diags, i, &severity, &place, &message, NULL); i++) {
        if (severity != wanted)
            continue;
        const char *path = place.source ? place.source->path : "?";
        return place.line > 0
                   ? arena_printf(arena, "%s:%d:%d: %s", path, place.line, place.column, message)
                   : arena_printf(arena, "%s: %s", path, message);
    }
    return NULL;
}

void diags_pass_on(const struct diags *from, struct diags *to)
{
    enum severity severity;
    struct place place;
    const char *message;
    const char *hint;
    for (size_t i = 0; to && diags_get(from, i, &severity, &place, &message, &hint); i++) {
        struct place copy = place;
        copy.source = place.source ? diags_add_source(to, place.source->path, place.source->text,
                                                      place.source->length)
                                   : NULL;
        diags_add(to, severity, copy, hint, "%s", message);
    }
}

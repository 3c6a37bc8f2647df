/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark_parse.c: the text between two backticks as a mark. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "routine/mark_reader.h"

const char *const mark_builtin_sounds[] = {"start", "tick", "halfway", "end",      "switch",
                                           "rest",  "done", "bell",    "gong",     "chime",
                                           "in",    "out",  "keep",    "attention"};
const size_t mark_builtin_sound_count = sizeof mark_builtin_sounds / sizeof *mark_builtin_sounds;

static const char *const sides[] = {"side", "arm", "leg", "hand", "foot", "hip", "shoulder"};
#define SIDE_COUNT     (sizeof sides / sizeof *sides)
#define MUSIC_GAIN_DB  (-20.0)
#define QUIETEST_DB    (-60.0)
#define FASTEST_PACE   300
#define QUOTED_LONGEST 40

/* --- Words --- */

bool word_is(struct word word, const char *text)
{
    return strlen(text) == word.length && memcmp(word.text, text, word.length) == 0;
}

char *word_copy(struct word word, struct arena *arena)
{
    return arena_strndup(arena, word.text, word.length);
}

bool word_is_number(struct word word)
{
    for (size_t i = 0; i < word.length; i++)
        if (word.text[i] < '0' || word.text[i] > '9')
            return false;
    return word.length > 0;
}

bool word_is_digits_first(struct word word)
{
    return word.length > 0 && word.text[0] >= '0' && word.text[0] <= '9';
}

bool word_is_name(struct word word)
{
    if (word.length == 0 || word.length > 60 || word.text[0] < 'a' || word.text[0] > 'z')
        return false;
    for (size_t i = 0; i < word.length; i++) {
        char c = word.text[i];
        if (c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9'))
            return false;
    }
    return true;
}

bool mark_is_builtin_sound(const char *name)
{
    for (size_t i = 0; i < mark_builtin_sound_count; i++)
        if (strcmp(name, mark_builtin_sounds[i]) == 0)
            return true;
    return false;
}

bool mark_sound_exists(const struct mark_reader *r, struct word word)
{
    const char *name = word_copy(word, r->arena);
    return r->sound_exists ? r->sound_exists(r->context, name) : mark_is_builtin_sound(name);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool mark_reader_cut(struct mark_reader *r, const char *text, size_t length)
{
    r->whole = (struct word){text, length};
    r->count = 0;
    if (length > MARK_MAX_BYTES)
        return false;
    for (size_t i = 0; i < length;) {
        size_t start = i;
        while (i < length && !is_space(text[i]))
            i++;
        if (i > start && r->count == MARK_MAX_WORDS)
            return false;
        if (i > start)
            r->words[r->count++] = (struct word){text + start, i - start};
        while (i < length && is_space(text[i]))
            i++;
    }
    return true;
}

/* --- Errors --- */

static bool keyword_kind(struct word word, enum mark_kind *kind)
{
    for (int k = 0; k < MARK_KIND_COUNT; k++) {
        const char *name = mark_form((enum mark_kind)k)->name;
        size_t length = strcspn(name, " ");
        if (k == MARK_SOUND || length != word.length || memcmp(name, word.text, length) != 0)
            continue;
        *kind = (enum mark_kind)k;
        return true;
    }
    return false;
}

static int characters(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static struct place part(const struct mark_reader *r, struct word at)
{
    struct place place = r->place;
    if (place.column == 0 || at.text < r->whole.text ||
        at.text + at.length > r->whole.text + r->whole.length)
        return place;
    place.column += characters(r->whole.text, (size_t)(at.text - r->whole.text));
    place.length = characters(at.text, at.length);
    return place;
}

bool mark_fail(const struct mark_reader *r, struct word at, const char *hint, const char *format,
               ...)
{
    if (!r->diags)
        return false;
    char *message = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&message, format, args);
    va_end(args);
    const char *meant = hint ? NULL : mark_suggest(r);
    enum mark_kind kind;
    if (meant)
        hint = arena_printf(r->arena, "did you mean `%s`?", meant);
    else if (!hint && r->count && keyword_kind(r->words[0], &kind))
        hint = arena_printf(r->arena, "for example `%s`", mark_form(kind)->example);
    diags_add(r->diags, SEVERITY_ERROR, part(r, at), hint, "%s", length < 0 ? format : message);
    free(message);
    return false;
}

/* What helps with texts that no single mark stands for. */
static const char *explain(const struct mark_reader *r)
{
    static const char *const texts[][2] = {
        {"left first", "left comes first anyway; `right first` turns it round"},
        {"switch sides", "`each side` on the heading; the player says when to switch"},
        {"other side", "`each side` on the heading; the player says when to switch"},
        {"repeat", "how often? `10 reps` on the heading"},
        {"stop", "`music off` ends the music; the time of a mark ends by itself"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (word_is(r->whole, texts[i][0]))
            return texts[i][1];
    struct word first = r->words[0];
    size_t x = 0;
    while (r->count == 1 && x < first.length && first.text[x] != 'x')
        x++;
    struct word left = {first.text, x}, right = {first.text + x + 1, first.length - x - 1};
    if (r->count == 1 && x + 1 < first.length && word_is_number(left) && word_is_number(right))
        return arena_printf(r->arena, "`%.*s sets` `%.*s reps`?", (int)left.length, left.text,
                            (int)right.length, right.text);
    return NULL;
}

static bool unknown(const struct mark_reader *r)
{
    const char *hint = r->diags && r->count ? explain(r) : NULL;
    bool longer = r->whole.length > QUOTED_LONGEST;
    if (r->diags && !hint && !mark_suggest(r))
        hint = "text between backticks is a mark, such as `hold 30s`, `10 reps` or `bell`; "
               "words to be spoken stand without backticks";
    int shown = longer ? QUOTED_LONGEST : (int)r->whole.length;
    while (longer && shown > 0 && ((unsigned char)r->whole.text[shown] & 0xc0) == 0x80)
        shown--;
    return mark_fail(r, r->whole, hint, "unknown mark `%.*s%s`", shown, r->whole.text,
                     longer ? "…" : "");
}

/* A keyword that stands alone. */
static bool incomplete(const struct mark_reader *r, enum mark_kind kind)
{
    const struct mark_form *form = mark_form(kind);
    const char *question = form->shape == SHAPE_TIME ? "how long" : "how many";
    if (kind == MARK_LEVEL || kind == MARK_EACH_SIDE || kind == MARK_MUSIC)
        question = "which";
    if (kind == MARK_BREATHE || kind == MARK_PACE || kind == MARK_RIGHT_FIRST)
        question = "how";
    return mark_fail(r, r->whole, arena_printf(r->arena, "for example `%s`", form->example),
                     "`%.*s` is not complete: %s?", (int)r->whole.length, r->whole.text, question);
}

/* --- Kinds --- */

static bool extra(const struct mark_reader *r, size_t first)
{
    struct word last = r->words[r->count - 1], at = r->words[first];
    at.length = (size_t)(last.text + last.length - at.text);
    return mark_fail(r, at, NULL, "`%.*s` does not belong here", (int)at.length, at.text);
}

/* The words from `first` on, as one. */
static struct word rest_from(const struct mark_reader *r, size_t first)
{
    struct word last = r->words[r->count - 1], at = r->words[first];
    at.length = (size_t)(last.text + last.length - at.text);
    return at;
}

static bool read_timed(const struct mark_reader *r, struct mark *mark)
{
    if (r->count > 2)
        return mark_fail(r, rest_from(r, 1), NULL, "`%.*s` is not a duration",
                         (int)rest_from(r, 1).length, r->words[1].text);
    return mark_read_time(r, r->words[1], &mark->time);
}

static bool read_each(const struct mark_reader *r, struct mark *mark)
{
    for (size_t i = 0; i < SIDE_COUNT && r->count == 2; i++) {
        if (!word_is(r->words[1], sides[i]))
            continue;
        mark->word = sides[i];
        return true;
    }
    const char *near =
        r->count == 2 ? str_nearest(word_copy(r->words[1], r->arena), sides, SIDE_COUNT) : NULL;
    const char *hint = near ? arena_printf(r->arena, "did you mean `each %s`?", near)
                            : "each side, arm, leg, hand, foot, hip or shoulder";
    return mark_fail(r, rest_from(r, 1), hint, "`%.*s` is not a side of the body",
                     (int)rest_from(r, 1).length, r->words[1].text);
}

static bool read_level(const struct mark_reader *r, struct mark *mark)
{
    if (r->count == 2 && level_parse(word_copy(r->words[1], r->arena), &mark->level))
        return true;
    static const char *const names[] = {"easy", "normal", "deep"};
    const char *near = str_nearest(word_copy(r->words[1], r->arena), names, 3);
    const char *hint = near ? arena_printf(r->arena, "did you mean `level %s`?", near)
                            : "easy, normal or deep: `level deep`";
    return mark_fail(r, rest_from(r, 1), hint, "`%.*s` is not a level", (int)rest_from(r, 1).length,
                     r->words[1].text);
}

static bool read_breathe(const struct mark_reader *r, struct mark *mark)
{
    mark->amount = (struct range){1, 1, 0};
    if (!word_is_digits_first(r->words[1]))
        return mark_fail(r, rest_from(r, 1), NULL, "`%.*s` is not a breath pattern",
                         (int)rest_from(r, 1).length, r->words[1].text);
    if (!mark_read_pattern(r, r->words[1], mark->pattern))
        return false;
    if (r->count == 2)
        return true;
    struct word times = r->words[2];
    size_t sign = times.length > 1 && times.text[0] == 'x' ? 1 : 0;
    if (times.length > 2 && memcmp(times.text, "\xc3\x97", 2) == 0)
        sign = 2;
    if (r->count > 3 || sign == 0)
        return mark_fail(r, rest_from(r, 2), "the number of breaths is written `x4`",
                         "`%.*s` does not belong here", (int)rest_from(r, 2).length, times.text);
    times = (struct word){times.text + sign, times.length - sign};
    if (!mark_read_amount(r, times, MARK_MAX_REPS, "breaths", &mark->amount))
        return false;
    nsec once = mark->pattern[0] + mark->pattern[1] + mark->pattern[2] + mark->pattern[3];
    if (once > MARK_MAX_NS / mark->amount.high)
        return mark_fail(r, r->whole, "one mark takes at most 4 hours", "this is too long");
    return true;
}

/* `pace 24/min for 3min` */
static bool read_pace(const struct mark_reader *r, struct mark *mark)
{
    const char *example = "for example `pace 24/min for 3min`";
    struct word pace = r->words[1];
    size_t slash = 0;
    while (slash < pace.length && pace.text[slash] != '/')
        slash++;
    struct word number = {pace.text, slash}, unit = {pace.text + slash, pace.length - slash};
    if (!word_is(unit, "/min") || !word_is_digits_first(number) ||
        !mark_read_decimal(number, &mark->per_minute))
        return mark_fail(r, pace, example, "`%.*s` is not a pace", (int)pace.length, pace.text);
    if (mark->per_minute < 1 || mark->per_minute > FASTEST_PACE)
        return mark_fail(r, pace, "between 1/min and 300/min", "a pace of %.*s is out of range",
                         (int)pace.length, pace.text);
    if (r->count == 2)
        return mark_fail(r, r->whole, example, "`%.*s` is not complete: how long?",
                         (int)r->whole.length, r->whole.text);
    if (!word_is(r->words[2], "for") || r->count == 3)
        return mark_fail(r, rest_from(r, 2), example, "`%.*s` does not belong here",
                         (int)rest_from(r, 2).length, r->words[2].text);
    return r->count > 4 ? extra(r, 4) : mark_read_time(r, r->words[3], &mark->time);
}

static bool read_gain(const struct mark_reader *r, struct word word, double *gain_db)
{
    const char *example = "for example `music rain -20dB`";
    struct word number = word;
    if (word.length > 2 && (memcmp(word.text + word.length - 2, "dB", 2) == 0))
        number.length -= 2;
    double value;
    if (!mark_read_decimal(number, &value))
        return mark_fail(r, word, example, "`%.*s` is not a level in dB", (int)word.length,
                         word.text);
    if (number.length == word.length)
        return mark_fail(r, word,
                         arena_printf(r->arena, "write `%s%.*sdB`", value > 0 ? "-" : "",
                                      (int)word.length, word.text),
                         "`%.*s` has no unit", (int)word.length, word.text);
    if (value < QUIETEST_DB || value > 0)
        return mark_fail(r, word, "between -60dB and 0dB", "%.*s is out of range", (int)word.length,
                         word.text);
    *gain_db = value == 0 ? 0 : value;
    return true;
}

static bool read_music(const struct mark_reader *r, struct mark *mark)
{
    struct word name = r->words[1];
    if (word_is(name, "off"))
        return r->count > 2 ? extra(r, 2) : true;
    if (!word_is_name(name))
        return mark_fail(r, name, "for example `music rain -20dB`", "`%.*s` is not a name of music",
                         (int)name.length, name.text);
    if (r->sound_exists && !mark_sound_exists(r, name))
        return mark_fail(r, name,
                         "`limber plugins` lists what there is; a file of the routine's "
                         "own is found in its sounds folder",
                         "there is no music `%.*s`", (int)name.length, name.text);
    mark->word = word_copy(name, r->arena);
    mark->gain_db = MUSIC_GAIN_DB;
    if (r->count > 3)
        return extra(r, 3);
    return r->count == 2 || read_gain(r, r->words[2], &mark->gain_db);
}

static bool read_other(const struct mark_reader *r, struct mark *mark)
{
    switch (mark->kind) {
    case MARK_EACH_SIDE:
        return read_each(r, mark);
    case MARK_RIGHT_FIRST:
        return (r->count == 2 && word_is(r->words[1], "first")) || unknown(r);
    case MARK_LEVEL:
        return read_level(r, mark);
    case MARK_BREATHE:
        return read_breathe(r, mark);
    case MARK_PACE:
        return read_pace(r, mark);
    case MARK_READY:
        return read_timed(r, mark);
    case MARK_MUSIC:
        return read_music(r, mark);
    default:
        return unknown(r);
    }
}

/* After its keyword is known. */
static bool read_kind(const struct mark_reader *r, struct mark *mark)
{
    const struct mark_form *form = mark_form(mark->kind);
    if (form->shape == SHAPE_PLAIN)
        return r->count == 1 || extra(r, 1);
    if (r->count == 1)
        return mark->kind == MARK_READY || incomplete(r, mark->kind);
    if (form->shape == SHAPE_TIME)
        return read_timed(r, mark);
    if (form->shape == SHAPE_COUNT && r->count > 2)
        return extra(r, 2);
    if (form->shape == SHAPE_COUNT)
        return mark_read_amount(r, r->words[1], form->limit,
                                mark->kind == MARK_PICK ? "moves" : "counts", &mark->amount);
    return read_other(r, mark);
}

/* `10 reps`, `1 rep` */
static bool counted_kind(struct word word, enum mark_kind *kind)
{
    static const enum mark_kind kinds[] = {MARK_REPS, MARK_SETS, MARK_ROUNDS, MARK_BREATHS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct word plural = {mark_form(kinds[i])->name, strlen(mark_form(kinds[i])->name)};
        struct word singular = {plural.text, plural.length - 1};
        if ((word.length != plural.length && word.length != singular.length) ||
            memcmp(word.text, plural.text, word.length) != 0)
            continue;
        *kind = kinds[i];
        return true;
    }
    return false;
}

/* A time without a keyword, also written out: `30s`, `30 seconds`. */
static bool only_time(const struct mark_reader *r)
{
    struct word first = r->words[0];
    nsec time;
    if (r->count == 2)
        first = mark_short_unit(r, first, r->words[1]);
    if (r->count > 2 || !units_parse_duration(first.text, first.length, &time))
        return unknown(r);
    int length = (int)first.length;
    return mark_fail(r, r->whole,
                     arena_printf(r->arena, "`hold %.*s`, `for %.*s` or `wait %.*s`?", length,
                                  first.text, length, first.text, length, first.text),
                     "`%.*s` does not say what happens in that time", (int)r->whole.length,
                     r->whole.text);
}

static bool read_numbered(const struct mark_reader *r, struct mark *mark)
{
    struct word first = r->words[0];
    if (r->count >= 2 && counted_kind(r->words[1], &mark->kind)) {
        const struct mark_form *form = mark_form(mark->kind);
        return r->count > 2 ? extra(r, 2)
                            : mark_read_amount(r, first, form->limit, form->name, &mark->amount);
    }
    if (r->count == 1 && word_is_number(first))
        return mark_fail(r, first,
                         arena_printf(r->arena, "`hold %.*ss`, `%.*s reps`?", (int)first.length,
                                      first.text, (int)first.length, first.text),
                         "`%.*s` has no unit", (int)first.length, first.text);
    return only_time(r);
}

bool mark_read(const struct mark_reader *r, struct mark *mark)
{
    *mark = (struct mark){.place = r->place};
    if (word_is_digits_first(r->words[0]))
        return read_numbered(r, mark);
    if (keyword_kind(r->words[0], &mark->kind))
        return read_kind(r, mark);
    if (r->count == 1 && counted_kind(r->words[0], &mark->kind))
        return incomplete(r, mark->kind);
    if (r->count == 1 && word_is_name(r->words[0]) && mark_sound_exists(r, r->words[0])) {
        mark->kind = MARK_SOUND;
        mark->word = word_copy(r->words[0], r->arena);
        return true;
    }
    return unknown(r);
}

bool mark_parse(const char *text, size_t length, struct place place, struct arena *arena,
                struct diags *diags, bool (*sound_exists)(void *context, const char *name),
                void *context, struct mark *mark)
{
    struct mark_reader reader = {.place = place,
                                 .arena = arena,
                                 .diags = diags,
                                 .sound_exists = sound_exists,
                                 .context = context};
    for (; length && is_space(*text); length--)
        text++;
    while (length && is_space(text[length - 1]))
        length--;
    if (!mark_reader_cut(&reader, text, length))
        return unknown(&reader);
    if (reader.count == 0)
        return mark_fail(&reader, reader.whole, "write a mark such as `hold 30s` between them",
                         "there is nothing between the backticks");
    return mark_read(&reader, mark);
}

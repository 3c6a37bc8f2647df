/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark_suggest.c: what was probably meant by a text that is not a mark. The text is tidied step by
 * step (case, spaces, units, other words for the same thing, slips of the finger), and the first
 * step that gives a mark is the suggestion, so a suggestion is always right as far as it goes. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "routine/mark_reader.h"

struct pair {
    const char *from, *to;
};

static const struct pair synonyms[] = {
    {"pause", "wait"},
    {"silence", "wait"},
    {"sleep", "wait"},
    {"delay", "wait"},
    {"break", "rest"},
    {"recover", "rest"},
    {"inhale", "in"},
    {"exhale", "out"},
    {"retain", "keep"},
    {"stay", "hold"},
    {"static", "hold"},
    {"work", "for"},
    {"during", "for"},
    {"both", "each"},
    {"per", "each"},
    {"every", "each"},
    {"alternate", "alternating"},
    {"random", "shuffle"},
    {"choose", "pick"},
    {"warning", "caution"},
    {"hint", "tip"},
    {"note", "tip"},
    {"middle", "halfway"},
    {"half", "halfway"},
    {"half-way", "halfway"},
    {"bed", "music"},
    {"sound", "music"},
    {"tempo", "pace"},
    {"metronome", "pace"},
    {"prepare", "ready"},
    {"repetitions", "reps"},
    {"repetition", "reps"},
    {"times", "reps"},
    {"repeats", "reps"},
    {"circuits", "rounds"},
    {"laps", "rounds"},
    {"series", "sets"},
    {"sides", "side"},
    {"arms", "arm"},
    {"legs", "leg"},
    {"hands", "hand"},
    {"feet", "foot"},
    {"countdown", "count"},
};

static const struct pair units[] = {
    {"sec", "s"},    {"secs", "s"},     {"second", "s"},    {"seconds", "s"}, {"sek", "s"},
    {"mins", "min"}, {"minute", "min"}, {"minutes", "min"}, {"hr", "h"},      {"hrs", "h"},
    {"hour", "h"},   {"hours", "h"},    {"s", "s"},         {"min", "min"},   {"h", "h"},
    {"m", "min"},    {"db", "dB"},      {"bpm", "/min"},
};

static const char *look_up(const struct pair *pairs, size_t count, struct word word)
{
    for (size_t i = 0; i < count; i++)
        if (word_is(word, pairs[i].from))
            return pairs[i].to;
    return NULL;
}

const char *mark_synonym(struct word word)
{
    return look_up(synonyms, sizeof synonyms / sizeof *synonyms, word);
}

static const char *unit(struct word word)
{
    return look_up(units, sizeof units / sizeof *units, word);
}

struct word mark_short_unit(const struct mark_reader *r, struct word number, struct word word)
{
    const char *name = unit(word);
    if (!name)
        return (struct word){"", 0};
    char *text = arena_printf(r->arena, "%.*s%s", (int)number.length, number.text, name);
    return (struct word){text, strlen(text)};
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Lower case (but dB stays), long dashes to short ones, `:` and `=` after words to spaces, and a
 * space wherever a word and a number touch. */
static void tidy_characters(struct word text, struct str *out)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.text[i], before = out->length ? out->data[out->length - 1] : ' ';
        if (text.length - i >= 3 && (memcmp(text.text + i, "\xe2\x80\x93", 3) == 0 ||
                                     memcmp(text.text + i, "\xe2\x80\x94", 3) == 0)) {
            str_add_char(out, '-');
            i += 2;
            continue;
        }
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        bool number_next = i + 1 < text.length && digit(text.text[i + 1]);
        if (c == '=' || c == '_' || (c == ':' && !digit(before)) || (c == ',' && !number_next) ||
            c == '(' || c == ')' || c == '\t' || c == '\n')
            c = ' ';
        if (c == ',')
            c = '.';
        if ((digit(c) && letter(before) && before != 'x' && before != 'm') ||
            (letter(c) && digit(before)))
            str_add_char(out, ' ');
        str_add_char(out, c);
    }
}

/* Joins numbers with the units, dashes and signs that follow them: "15 - 30 seconds" → "15-30s",
 * "4 - 7 - 8" → "4-7-8", "10 x" → "10 reps". */
static void tidy_numbers(const struct mark_reader *r, struct str *out)
{
    for (size_t i = 0; i < r->count; i++) {
        struct word word = r->words[i];
        char before = out->length ? out->data[out->length - 1] : ' ';
        const char *short_unit = unit(word);
        bool after_number = digit(before);
        if (word_is(word, "to") && after_number && i + 1 < r->count &&
            word_is_digits_first(r->words[i + 1])) {
            str_add_char(out, '-');
            continue;
        }
        if (word.text[0] == '-' && after_number) {
            str_add_bytes(out, word.text, word.length);
            continue;
        }
        if (short_unit && after_number) {
            str_add(out, short_unit);
            continue;
        }
        if (word_is(word, "x") && after_number && i + 1 == r->count) {
            str_add(out, " reps");
            continue;
        }
        if (out->length && before != '-')
            str_add_char(out, ' ');
        str_add_bytes(out, word.text, word.length);
    }
}

/* The nearest word of the language, or the word itself. */
static const char *correct(const struct mark_reader *r, struct word word)
{
    static const char *const others[] = {"side",  "arm",  "leg",    "hand",  "foot",     "hip",
                                         "easy",  "deep", "normal", "off",   "shoulder", "first",
                                         "right", "each", "rain",   "waves", "drone",    "brown"};
    const char *candidates[MARK_KIND_COUNT + 18 + 16];
    size_t count = 0;
    if (!letter(word.text[0]))
        return word_copy(word, r->arena);
    for (int k = 0; k < MARK_KIND_COUNT; k++)
        if (k != MARK_EACH_SIDE && k != MARK_RIGHT_FIRST && k != MARK_SOUND)
            candidates[count++] = mark_form((enum mark_kind)k)->name;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        candidates[count++] = others[i];
    for (size_t i = 0; i < mark_builtin_sound_count; i++)
        candidates[count++] = mark_builtin_sounds[i];
    char *copy = word_copy(word, r->arena);
    const char *near = str_nearest(copy, candidates, count);
    return near ? near : copy;
}

static void reword(const struct mark_reader *r, bool nearest, struct str *out)
{
    for (size_t i = 0; i < r->count; i++) {
        const char *other = mark_synonym(r->words[i]);
        const char *name = nearest ? correct(r, r->words[i]) : word_copy(r->words[i], r->arena);
        if (other && !(i == 0 && word_is(r->words[i], "every") && r->count > 1 &&
                       word_is_digits_first(r->words[1])))
            name = other;
        if (out->length)
            str_add_char(out, ' ');
        str_add(out, name);
    }
}

/* `repeat 10` → `10 reps`; `3x10` → two marks, of which this gives the reps; `x10` → `10 reps`. */
static void special(const struct mark_reader *r, struct str *out)
{
    struct word first = r->words[0], last = r->words[r->count - 1];
    if (r->count >= 2 && (word_is(first, "repeat") || word_is(first, "reps")) &&
        word_is_digits_first(r->words[1]))
        str_printf(out, "%.*s reps", (int)r->words[1].length, r->words[1].text);
    else if (r->count == 2 && word_is_digits_first(last) &&
             (word_is(first, "sets") || word_is(first, "rounds") || word_is(first, "breaths")))
        str_printf(out, "%.*s %.*s", (int)last.length, last.text, (int)first.length, first.text);
    else if (r->count == 1 && first.length > 1 && first.text[0] == 'x' && digit(first.text[1]))
        str_printf(out, "%.*s reps", (int)first.length - 1, first.text + 1);
    else if (r->count == 2 && word_is(last, "each"))
        str_printf(out, "each %.*s", (int)first.length, first.text);
    else if (r->count == 2 && word_is(first, "music") && word_is(last, "stop"))
        str_add(out, "music off");
    else if (r->count == 2 && (word_is(first, "breathe") || word_is(first, "breath")) &&
             (word_is(last, "in") || word_is(last, "out")))
        str_printf(out, "%.*s 4s", (int)last.length, last.text);
    else if (r->count == 3 && word_is(first, "breathe") && word_is_digits_first(last) &&
             (word_is(r->words[1], "in") || word_is(r->words[1], "out")))
        str_printf(out, "%.*s %.*s", (int)r->words[1].length, r->words[1].text, (int)last.length,
                   last.text);
    else if (r->count >= 3 && word_is(r->words[1], "for") && word_is_digits_first(r->words[2]))
        str_printf(out, "%.*s %.*s", (int)first.length, first.text, (int)r->words[2].length,
                   r->words[2].text);
}

static bool works(const struct mark_reader *r, const char *text, struct mark_reader *next)
{
    struct mark mark;
    *next = *r;
    next->diags = NULL;
    next->place = (struct place){0};
    return mark_reader_cut(next, text, strlen(text)) && next->count > 0 && mark_read(next, &mark);
}

/* Tries what `out` holds and leaves it cut into words in *next. NULL: not a mark yet. */
static const char *attempt(const struct mark_reader *r, struct str *out, struct mark_reader *next)
{
    const char *text = arena_strndup(r->arena, str_text(out), out->length);
    str_free(out);
    return works(r, text, next) ? text : NULL;
}

const char *mark_suggest(const struct mark_reader *r)
{
    if (r->whole.length > MARK_MAX_BYTES || r->count == 0)
        return NULL;
    struct mark_reader step = *r, next;
    struct str out = {0};
    const char *found;
    tidy_characters(r->whole, &out);
    if ((found = attempt(&step, &out, &next)) || next.count == 0)
        return found;
    step = next;
    tidy_numbers(&step, &out);
    if ((found = attempt(&step, &out, &next)) || next.count == 0)
        return found;
    for (int nearest = 0; nearest < 2; nearest++) {
        step = next;
        special(&step, &out);
        if (out.length && (found = attempt(&step, &out, &next)))
            return found;
        str_free(&out);
        reword(&step, nearest, &out);
        if ((found = attempt(&step, &out, &next)) || next.count == 0)
            return found;
    }
    step = next;
    special(&step, &out);
    found = out.length ? attempt(&step, &out, &next) : NULL;
    str_free(&out);
    return found;
}

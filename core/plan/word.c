/* SPDX-License-Identifier: GPL-3.0-or-later */
/* word.c: the spans of a block into sentences, each with its own place in the page.
 *
 * In brief, only the bold words are said: runs of them that do not touch become one sentence with
 * commas, cut at the ends of sentences, begun with a capital and closed with a full stop.
 * Punctuation that a mark left alone ("`wait 5s`, then") is not spoken. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "plan/expand.h"

/* A stretch of the joined text that came from one span. */
struct run {
    size_t start; /* in the joined text */
    const struct span *span;
};

struct joined {
    struct str text;
    VEC(struct run) runs;
};

/* Letters and digits of any script; not punctuation, symbols and emoji, which no voice can say. */
static bool is_word_character(int c)
{
    static const struct {
        int from, to;
    } silent[] = {{0x80, 0xa9},       {0xab, 0xb1},     {0xb4, 0xb4},     {0xb6, 0xb8},
                  {0xbb, 0xbb},       {0xbf, 0xbf},     {0xd7, 0xd7},     {0xf7, 0xf7},
                  {0x300, 0x36f},     {0x2000, 0x206f}, {0x20a0, 0x20ff}, {0x2190, 0x2bff},
                  {0x3000, 0x3004},   {0x3008, 0x3020}, {0xe000, 0xf8ff}, {0xfe00, 0xfe6f},
                  {0xff01, 0xff0f},   {0xff1a, 0xff20}, {0xfff0, 0xffff}, {0x1f000, 0x1faff},
                  {0xe0000, 0x10ffff}};
    if (c < 0x80)
        return c > 0 && isalnum(c);
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (c >= silent[i].from && c <= silent[i].to)
            return false;
    return true;
}

static bool has_word(const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end)
        if (is_word_character(str_utf8_next(&text, end)))
            return true;
    return false;
}

bool word_has_bold(const struct block *block)
{
    for (size_t i = 0; i < block->span_count; i++) {
        const struct span *span = &block->spans[i];
        if (span->kind == SPAN_PLACEHOLDER && span->bold)
            return true;
        if (span->kind == SPAN_TEXT && span->bold && has_word(span->text, strlen(span->text)))
            return true;
    }
    return false;
}

static bool is_spoken(const struct span *span, bool brief)
{
    return span->kind != SPAN_MARK && (span->bold || !brief);
}

bool word_any(const struct block *block, size_t from, size_t to, bool brief)
{
    for (size_t i = from; i < to; i++) {
        const struct span *span = &block->spans[i];
        if (is_spoken(span, brief) &&
            (span->kind == SPAN_PLACEHOLDER || has_word(span->text, strlen(span->text))))
            return true;
    }
    return false;
}

static const char *side_words(struct builder *b, const struct span *span, bool other)
{
    enum side side = b->side;
    if (side == SIDE_NONE)
        side = block_first_side(b);
    if (other)
        side = side == SIDE_LEFT ? SIDE_RIGHT : SIDE_LEFT;
    if (side == SIDE_LEFT && span->left)
        return span->left;
    if (side == SIDE_RIGHT && span->right)
        return span->right;
    return phrases_say(b->phrases, b->scratch, side == SIDE_LEFT ? "side.left" : "side.right",
                       NULL);
}

static const char *next_name(struct builder *b)
{
    size_t next = b->visit + (b->section && !b->section->group);
    if (next < b->visits.count && b->visits.items[next]->section->name[0])
        return b->visits.items[next]->section->name;
    return phrases_say(b->phrases, b->scratch, "next.end", NULL);
}

static const char *placeholder_words(struct builder *b, const struct span *span)
{
    switch (span->placeholder) {
    case PLACEHOLDER_SIDE:
        return side_words(b, span, false);
    case PLACEHOLDER_OTHER_SIDE:
        return side_words(b, span, true);
    case PLACEHOLDER_REP:
        return cue_number(b, b->rep > 0 ? b->rep : 1);
    case PLACEHOLDER_REPS:
        return cue_number(b, b->reps > 0 ? b->reps : 1);
    case PLACEHOLDER_SET:
        return cue_number(b, b->set > 0 ? b->set : 1);
    case PLACEHOLDER_SETS:
        return cue_number(b, b->sets > 0 ? b->sets : 1);
    case PLACEHOLDER_ROUND:
        return cue_number(b, b->round > 0 ? b->round : 1);
    case PLACEHOLDER_NAME:
        return b->section ? b->section->name : "";
    case PLACEHOLDER_NEXT:
        return next_name(b);
    case PLACEHOLDER_TIME_LEFT:
        return phrases_duration(b->phrases, b->scratch, cue_time_left(b), true);
    }
    return "";
}

/* Bold runs that other words stood between are parted: by a space after a sentence end (true), else
 * by a comma. */
static bool part(struct str *text)
{
    while (text->length > 0 && strchr(" ,;:-", text->data[text->length - 1]))
        text->data[--text->length] = '\0';
    bool ended = text->length == 0 || strchr(".!?", text->data[text->length - 1]);
    if (text->length > 0)
        str_add(text, ended ? " " : ", ");
    return ended;
}

static bool is_at_start(const struct str *text)
{
    size_t end = text->length;
    while (end > 0 && text->data[end - 1] == ' ')
        end--;
    return end == 0 || (end < text->length && strchr(".!?", text->data[end - 1]));
}

static void join(struct builder *b, const struct block *block, size_t from, size_t to, bool brief,
                 struct joined *joined)
{
    bool parted = false;
    for (size_t i = from; i < to; i++) {
        const struct span *span = &block->spans[i];
        if (!is_spoken(span, brief)) {
            parted =
                parted || (span->kind == SPAN_TEXT && has_word(span->text, strlen(span->text)));
            continue;
        }
        bool capital = parted && part(&joined->text);
        parted = false;
        struct run *run = vec_push(&joined->runs);
        *run = (struct run){joined->text.length, span};
        const char *text = span->kind == SPAN_TEXT ? span->text : placeholder_words(b, span);
        text = text ? text : "";
        if (joined->text.length == 0 || str_ends_with(str_text(&joined->text), " "))
            while (*text == ' ')
                text++;
        if (capital || (span->kind == SPAN_PLACEHOLDER && is_at_start(&joined->text)))
            text = word_capital(b->scratch, text);
        str_add(&joined->text, text);
    }
}

/* The place of `word` at or after the beginning of the span: found in the page's own text, because
 * the span's text has its white space and marks changed. */
static struct place place_in_span(struct place at, const char *word, size_t length)
{
    const struct source *source = at.source;
    if (!source || !source->text || at.line < 1 || at.line > source->line_count || at.column < 1)
        return at;
    const char *end = source->text + source->length;
    const char *from = source->text + source->line_starts[at.line - 1];
    for (int column = 1; column < at.column && from < end && *from != '\n'; column++)
        str_utf8_next(&from, end);
    size_t window = (size_t)(end - from) < 4096 ? (size_t)(end - from) : 4096;
    const char *found = memmem(from, window, word, length);
    if (!found)
        return at;
    return place_at(source, (size_t)(found - source->text), length);
}

static const struct run *run_at(const struct joined *joined, size_t offset)
{
    const struct run *run = joined->runs.items;
    for (size_t i = 1; i < joined->runs.count && joined->runs.items[i].start <= offset; i++)
        run = &joined->runs.items[i];
    return run;
}

static struct place sentence_place(const struct joined *joined, size_t start, size_t end)
{
    const struct run *run = run_at(joined, start);
    if (run->span->kind != SPAN_TEXT || start == run->start)
        return run->span->place;
    size_t run_end =
        run + 1 < joined->runs.items + joined->runs.count ? run[1].start : joined->text.length;
    size_t stop = end < run_end ? end : run_end;
    /* As many words as stand on one line of the page are told apart best. */
    struct place place = run->span->place;
    for (; stop > start; stop--) {
        if (stop < end && stop != run_end && joined->text.data[stop] != ' ')
            continue;
        struct place found =
            place_in_span(run->span->place, joined->text.data + start, stop - start);
        if (found.line != place.line || found.column != place.column)
            return found;
    }
    return place;
}

static bool has_emphasis(const struct joined *joined, size_t start, size_t end)
{
    for (size_t i = 0; i < joined->runs.count; i++) {
        const struct run *run = &joined->runs.items[i];
        size_t run_end = i + 1 < joined->runs.count ? run[1].start : joined->text.length;
        if (run->span->emphasis && run->start < end && run_end > start)
            return true;
    }
    return false;
}

/* Adds text[start, end) as a sentence if there is a word in it. */
static bool add_sentence(struct builder *b, const struct joined *joined, size_t start, size_t end,
                         bool brief)
{
    const char *text = joined->text.data;
    while (start < end && strchr(" ,;:.)-", text[start]))
        start++;
    while (end > start && text[end - 1] == ' ')
        end--;
    if (!has_word(text + start, end - start))
        return false;
    struct sentence sentence = {.emphasis = has_emphasis(joined, start, end),
                                .place = sentence_place(joined, start, end)};
    while (brief && end > start && strchr(" ,;:-", text[end - 1]))
        end--;
    const char *words = arena_strndup(b->scratch, text + start, end - start);
    if (brief && !strchr(".!?", text[end - 1]))
        words = arena_printf(b->scratch, "%s.", words);
    if (brief)
        words = word_capital(b->scratch, words);
    sentence.text = intern_text(b->texts, words, strlen(words));
    *vec_push(&b->sentences) = sentence;
    return true;
}

static size_t push_sentences(struct builder *b, const struct block *block, size_t from, size_t to,
                             bool brief)
{
    struct joined joined = {0};
    size_t count = 0;
    join(b, block, from, to, brief, &joined);
    const char *language = b->section ? b->section->language : b->routine->language;
    for (size_t at = 0; at < joined.text.length;) {
        size_t end = word_sentence_end(joined.text.data, joined.text.length, at, language);
        count += add_sentence(b, &joined, at, end, brief);
        at = end;
    }
    vec_free(&joined.runs);
    str_free(&joined.text);
    return count;
}

/* All that the block says, in full: a sentence a line. */
static const char *full_text(struct builder *b, const struct block *block)
{
    struct str text = {0};
    size_t first = b->sentences.count;
    push_sentences(b, block, 0, block->span_count, false);
    for (size_t i = first; i < b->sentences.count; i++)
        str_printf(&text, "%s%s", i > first ? "\n" : "", b->sentences.items[i].text);
    b->sentences.count = first;
    const char *full = intern_text(b->texts, str_text(&text), text.length);
    str_free(&text);
    return full;
}

size_t word_sentences(struct builder *b, const struct block *block, size_t from, size_t to,
                      bool brief)
{
    size_t count = push_sentences(b, block, from, to, brief);
    if (count == 0 || (count == 1 && !brief && from == 0 && to == block->span_count))
        return count;
    const char *full = full_text(b, block);
    for (size_t i = b->sentences.count - count; i < b->sentences.count; i++)
        b->sentences.items[i].full = full;
    return count;
}

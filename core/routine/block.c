/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block.c: paragraphs and items: their words tidied, the marks at their start taken out, and what
 * may stand inside what. */
#include <string.h>

#include "base/str.h"
#include "routine/load.h"

/* --- Words --- */

static bool is_speakable(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
            return true;
        if (c >= 0x80 && !(c == 0xe2 && (unsigned char)text[1] == 0x80))
            return true; /* any letter, but not dashes and quotation marks */
        while (c >= 0x80 && ((unsigned char)text[1] & 0xc0) == 0x80)
            text++;
    }
    return false;
}

/* The text with runs of space as one; none at all where `*spaced` says that one came just before.
 * After a mark, the punctuation that closes the words before it goes as well. */
static char *tidy(struct arena *arena, const char *text, bool *spaced, bool after_mark)
{
    char *out = arena_alloc(arena, strlen(text) + 1);
    size_t count = 0;
    if (after_mark)
        text += strspn(text, " \t\n,.;:!?)");
    for (; *text; text++) {
        bool wide = (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] == 0xa0;
        bool space = *text == ' ' || *text == '\t' || *text == '\n' || *text == '\r' || wide;
        text += wide;
        if (space && *spaced)
            continue;
        out[count++] = space ? ' ' : *text;
        *spaced = space;
    }
    out[count] = '\0';
    return out;
}

static void trim_end(struct span *spans, size_t from, size_t to)
{
    if (to == from || spans[to - 1].kind != SPAN_TEXT)
        return;
    char *text = (char *)spans[to - 1].text; /* ours: made by tidy() */
    size_t length = strlen(text);
    if (length && text[length - 1] == ' ')
        text[length - 1] = '\0';
}

/* Keeps [from, to) if there is anything to say in it; returns the new end. */
static size_t keep_words(struct span *spans, size_t from, size_t to)
{
    bool speakable = false;
    trim_end(spans, from, to);
    size_t count = from;
    for (size_t i = from; i < to; i++) {
        if (spans[i].kind == SPAN_TEXT && spans[i].text[0] == '\0')
            continue;
        speakable = speakable || spans[i].kind != SPAN_TEXT || is_speakable(spans[i].text);
        spans[count++] = spans[i];
    }
    return speakable ? count : from;
}

/* Tidies the words between marks; returns the new number of spans. */
static size_t tidy_spans(struct load *load, struct span *spans, size_t span_count)
{
    size_t count = 0, from = 0;
    bool spaced = true, after_mark = false;
    for (size_t i = 0; i < span_count; i++) {
        if (spans[i].kind == SPAN_MARK) {
            count = keep_words(spans, from, count);
            spans[count++] = spans[i];
            from = count;
            spaced = after_mark = true;
            continue;
        }
        if (spans[i].kind == SPAN_TEXT)
            spans[i].text = tidy(load->arena, spans[i].text, &spaced, after_mark);
        else
            spaced = false;
        after_mark = after_mark && spans[i].kind == SPAN_TEXT && !spans[i].text[0];
        spans[count++] = spans[i];
    }
    return keep_words(spans, from, count);
}

/* --- Marks at the start --- */

static bool is_moment(enum mark_kind kind)
{
    return kind >= MARK_HALFWAY && kind <= MARK_EVERY;
}

static bool is_leading(enum mark_kind kind)
{
    return kind >= MARK_HALFWAY && kind <= MARK_LATER;
}

static const char *text_of(struct load *load, const struct mark *mark)
{
    return mark_text(mark, load->arena);
}

static void set_moment(struct load *load, struct block *block, const struct mark *mark)
{
    if (block->moment != MOMENT_NONE)
        load_error(load, mark->place, "give each moment an item of its own",
                   "an item happens at one moment only");
    block->moment = (enum block_moment)(MOMENT_HALFWAY + (mark->kind - MARK_HALFWAY));
    block->moment_time = mark->time;
}

static void set_role(struct load *load, struct block *block, const struct mark *mark,
                     unsigned *seen)
{
    unsigned pair = mark->kind == MARK_TIP || mark->kind == MARK_CAUTION
                        ? 1u << MARK_TIP | 1u << MARK_CAUTION
                        : 1u << MARK_FIRST | 1u << MARK_LATER;
    if (*seen & 1u << mark->kind)
        load_error(load, mark->place, "once is enough", "`%s` is given twice", text_of(load, mark));
    else if (*seen & pair)
        load_error(load, mark->place, "give each an item or paragraph of its own",
                   "`%s` contradicts the mark before it", text_of(load, mark));
    *seen |= 1u << mark->kind;
    if (mark->kind == MARK_TIP || mark->kind == MARK_CAUTION)
        block->role = mark->kind == MARK_TIP ? BLOCK_TIP : BLOCK_CAUTION;
    else
        block->pass = mark->kind == MARK_FIRST ? PASS_FIRST : PASS_LATER;
}

static void misplaced(struct load *load, const struct mark *mark)
{
    const char *text = text_of(load, mark);
    if (is_moment(mark->kind))
        load_error(load, mark->place,
                   load_text(load,
                             "begin an item with it, in a list indented under the item "
                             "whose time it divides: - `%s` words",
                             text),
                   "`%s` is a moment and stands at the start of an item", text);
    else if (is_leading(mark->kind))
        load_error(load, mark->place, "give these words an item or a paragraph of their own",
                   "`%s` stands at the start of an item or paragraph", text);
    else
        load_error(load, mark->place, load_text(load, "write ## Name `%s`", text),
                   "`%s` belongs on the heading", text);
}

struct block block_make(struct load *load, struct inline_text text, bool item, struct place place,
                        const struct block *inherit)
{
    struct block block = {.item = item, .place = place};
    struct span *spans = text.spans;
    unsigned seen = 0;
    if (inherit) {
        block.role = inherit->role;
        block.pass = inherit->pass;
    }
    size_t count = tidy_spans(load, spans, text.span_count), lead = 0;
    for (; lead < count && spans[lead].kind == SPAN_MARK && is_leading(spans[lead].mark.kind);
         lead++) {
        if (is_moment(spans[lead].mark.kind))
            set_moment(load, &block, &spans[lead].mark);
        else
            set_role(load, &block, &spans[lead].mark, &seen);
    }
    struct place lead_place = lead ? spans[0].place : place;
    if (block.moment == MOMENT_NONE && inherit) {
        block.moment = inherit->moment;
        block.moment_time = inherit->moment_time;
    }
    size_t kept = 0;
    for (size_t i = lead; i < count; i++) {
        bool mark = spans[i].kind == SPAN_MARK;
        if (mark && (spans[i].mark.kind < MARK_HOLD || is_leading(spans[i].mark.kind)))
            misplaced(load, &spans[i].mark);
        else
            spans[kept++] = spans[i];
    }
    if (lead && kept == 0 && !load->failed)
        load_error(load, lead_place, "write after it what is to be said, or take it out",
                   "nothing follows this mark");
    block.spans = spans;
    block.span_count = kept;
    load_count(load, 1, place);
    return block;
}

/* --- What stands inside what --- */

const struct mark *block_last_timed(const struct block *block)
{
    for (size_t i = block->span_count; i > 0; i--)
        if (block->spans[i - 1].kind == SPAN_MARK && mark_is_timed(block->spans[i - 1].mark.kind))
            return &block->spans[i - 1].mark;
    return NULL;
}

bool block_is_timed(const struct block *block)
{
    if (block_last_timed(block))
        return true;
    for (size_t i = 0; i < block->child_count; i++)
        if (block_is_timed(&block->children[i]))
            return true;
    return false;
}

bool block_has_words(const struct block *block)
{
    for (size_t i = 0; i < block->span_count; i++)
        if (block->spans[i].kind != SPAN_MARK)
            return true;
    return false;
}

static const char *moment_text(struct load *load, const struct block *block)
{
    static const enum mark_kind kinds[] = {MARK_HALFWAY, MARK_HALFWAY, MARK_AT, MARK_LAST,
                                           MARK_EVERY};
    struct mark mark = {.kind = kinds[block->moment], .time = block->moment_time};
    return text_of(load, &mark);
}

static void moment_outside(struct load *load, const struct block *block, const struct block *before)
{
    const char *hint = "indent it under the item with the time that it divides";
    if (before && !before->item && block_last_timed(before))
        hint = "a list does not belong to the paragraph before it: make that paragraph an item "
               "(- …) and indent this list under it";
    load_error(load, block->place, hint, "`%s` is a moment inside a time, and there is none here",
               moment_text(load, block));
}

/* A child of a block with the timed mark `time`. */
static void check_inside(struct load *load, const struct block *child, const struct mark *time)
{
    const char *outer = text_of(load, time);
    for (size_t i = 0; i < child->span_count; i++) {
        const struct span *span = &child->spans[i];
        if (span->kind == SPAN_MARK && mark_is_timed(span->mark.kind))
            load_error(load, span->place,
                       load_text(load, "move it out of the list under `%s`", outer),
                       "`%s` takes time, but this item happens inside `%s`",
                       text_of(load, &span->mark), outer);
    }
    bool known = time->time.high > 0 && time->kind != MARK_BREATHE && time->kind != MARK_BREATHS;
    if (child->moment >= MOMENT_AT && known && child->moment_time.low > time->time.high)
        load_error(load, child->place, load_text(load, "choose a moment within `%s`", outer),
                   "`%s` never comes: `%s` is shorter", moment_text(load, child), outer);
    if (child->moment != MOMENT_NONE && time->kind == MARK_READY && time->time.high == 0)
        load_error(load, child->place, "give it a time: `ready 10s`",
                   "`%s` needs a time to divide, and `ready` has none", moment_text(load, child));
}

void block_check(struct load *load, struct block *block, const struct block *before, bool inside)
{
    const struct mark *time = block_last_timed(block);
    struct block *children = (struct block *)block->children; /* still being built */
    for (size_t i = 0; i < block->span_count; i++)
        if (block->spans[i].kind == SPAN_PLACEHOLDER &&
            block->spans[i].placeholder <= PLACEHOLDER_OTHER_SIDE)
            block->names_side = true;
    if (block->moment != MOMENT_NONE && !inside)
        moment_outside(load, block, before);
    for (size_t i = 0; i < block->child_count; i++) {
        if (time)
            check_inside(load, &children[i], time);
        block_check(load, &children[i], i ? &children[i - 1] : NULL, time != NULL);
        block->names_side = block->names_side || children[i].names_side;
    }
}

/* --- Copies --- */

struct block *block_copy_all(struct load *load, const struct block *blocks, size_t count)
{
    if (count == 0)
        return NULL;
    struct block *copies = arena_memdup(load->arena, blocks, count * sizeof *blocks);
    for (size_t i = 0; i < count; i++) {
        struct block *copy = &copies[i];
        if (!load_count(load, 1 + copy->span_count, copy->place)) {
            copy->span_count = copy->child_count = 0;
            continue;
        }
        if (copy->span_count)
            copy->spans =
                arena_memdup(load->arena, copy->spans, copy->span_count * sizeof *copy->spans);
        copy->children = block_copy_all(load, copy->children, copy->child_count);
    }
    return copies;
}

void block_each_mark(struct block *blocks, size_t count,
                     void (*each)(void *context, struct mark *mark), void *context)
{
    for (size_t i = 0; i < count; i++) {
        struct span *spans = (struct span *)blocks[i].spans; /* still being built */
        for (size_t j = 0; j < blocks[i].span_count; j++)
            if (spans[j].kind == SPAN_MARK)
                each(context, &spans[j].mark);
        block_each_mark((struct block *)blocks[i].children, blocks[i].child_count, each, context);
    }
}

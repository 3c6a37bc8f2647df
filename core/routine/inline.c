/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inline.c: what is inside a paragraph or heading, as spans. The parser's columns drift, so every
 * piece is looked up in the source, in order, by a cursor of our own; when a piece cannot be found
 * the cursor stays, and places are less exact but never outside the block. */
#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "routine/load.h"

#define MOST_SPANS  20000
#define MOST_MISSES 16 /* searches in vain in one block, before none is made any more */

struct reader {
    struct load *load;
    const struct source *source;
    const char *text; /* of the source */
    size_t at, end;
    int misses;
    int bold, emphasis, link;
    size_t link_start;
    bool heading;
    struct str run;      /* words of one style */
    VEC(size_t) offsets; /* of each byte of the run in the source */
    VEC(struct span) spans;
    struct inline_text out;
};

/* --- Finding pieces in the source --- */

/* Bytes of a character reference such as `&amp;` at `at`; 0: there is none. */
static size_t reference(const struct reader *r, size_t at)
{
    for (size_t i = at + 1; i < r->end && i < at + 34; i++) {
        char c = r->text[i];
        if (c == ';')
            return i > at + 1 ? i - at + 1 : 0;
        if (c != '#' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
            return 0;
    }
    return 0;
}

static size_t character_bytes(const char *text)
{
    size_t count = 1;
    while (((unsigned char)text[count] & 0xc0) == 0x80)
        count++;
    return count;
}

static bool is_punctuation(char c)
{
    return c > ' ' && c < 127 && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
           !(c >= 'A' && c <= 'Z');
}

/* One step of walking along the source and a parsed text side by side: how many bytes of each
 * belong together. False: they do not match. *from is the offset of the character itself. */
static bool step(const struct reader *r, size_t at, const char *literal, size_t *source_bytes,
                 size_t *literal_bytes, size_t *from)
{
    if (at >= r->end || !*literal)
        return false;
    *from = at;
    *source_bytes = *literal_bytes = 1;
    if (r->text[at] == '\\' && at + 1 < r->end && is_punctuation(r->text[at + 1]) &&
        r->text[at + 1] == *literal) {
        *source_bytes = 2;
        *from = at + 1;
        return true;
    }
    size_t length = r->text[at] == '&' ? reference(r, at) : 0;
    if (length && strncmp(r->text + at, literal, length) != 0) {
        *source_bytes = length;
        *literal_bytes = character_bytes(literal);
        return true;
    }
    return r->text[at] == *literal;
}

static bool begins(const struct reader *r, size_t at, const char *literal)
{
    size_t source_bytes, literal_bytes, from;
    for (int i = 0; i < 8 && *literal; i++) {
        if (!step(r, at, literal, &source_bytes, &literal_bytes, &from))
            return false;
        at += source_bytes;
        literal += literal_bytes;
    }
    return true;
}

/* Moves the cursor to where `literal` begins on the current line, if it does. */
static bool find(struct reader *r, const char *literal)
{
    if (r->misses >= MOST_MISSES)
        return false;
    for (size_t at = r->at; at < r->end && r->text[at] != '\n'; at++) {
        if (!begins(r, at, literal))
            continue;
        r->at = at;
        return true;
    }
    r->misses++;
    return false;
}

static void add_byte(struct reader *r, char c, size_t offset)
{
    str_add_char(&r->run, c);
    *vec_push(&r->offsets) = offset;
}

static void take_text(struct reader *r, const char *literal)
{
    bool found = find(r, literal);
    while (*literal) {
        size_t source_bytes, literal_bytes, from;
        found = found && step(r, r->at, literal, &source_bytes, &literal_bytes, &from);
        if (!found) {
            add_byte(r, *literal++, r->at < r->end ? r->at : r->end - 1);
            continue;
        }
        for (size_t i = 0; i < literal_bytes; i++)
            add_byte(r, *literal++, from);
        r->at += source_bytes;
    }
}

static void take_break(struct reader *r)
{
    size_t at = r->at < r->end ? r->at : r->end - 1;
    add_byte(r, ' ', at);
    const char *line_end = memchr(r->text + at, '\n', r->end - at);
    if (line_end)
        r->at = (size_t)(line_end - r->text) + 1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '>';
}

/* Bytes from `at` that hold the code span's text; a line end in it is a space in `literal`, and
 * what the containers put at the start of the next line is not. 0: it is not here. */
static size_t match_code(const struct reader *r, size_t at, const char *literal)
{
    size_t start = at;
    for (; *literal; literal++) {
        if (at >= r->end)
            return 0;
        if (r->text[at] == '\n' && *literal == ' ') {
            while (at < r->end && is_blank(r->text[at]))
                at++;
            while (literal[1] == ' ')
                literal++;
            continue;
        }
        if (r->text[at] != *literal)
            return 0;
        at++;
    }
    return at - start;
}

/* Finds the code span and moves past it; its place. */
static struct place take_code(struct reader *r, const char *literal)
{
    size_t at = r->at;
    while (r->misses < MOST_MISSES && at < r->end) {
        const char *tick = memchr(r->text + at, '`', r->end - at);
        if (!tick)
            break;
        size_t open = (size_t)(tick - r->text), inside = open;
        while (inside < r->end && r->text[inside] == '`')
            inside++;
        size_t ticks = inside - open;
        for (size_t pad = 0; pad < 2; pad++) {
            size_t length = match_code(r, inside + pad, literal), close = inside + pad + length;
            if (length == 0 && *literal)
                continue;
            while (close < r->end && (r->text[close] == ' ' || r->text[close] == '\n'))
                close++;
            if (close + ticks > r->end || r->text[close] != '`')
                continue;
            r->at = close + ticks;
            return place_at(r->source, inside + pad, length);
        }
        at = inside;
    }
    r->misses++;
    return place_at(r->source, r->at < r->end ? r->at : r->end - 1, 0);
}

/* Past the target of a link whose text ended at the cursor. */
static void skip_target(struct reader *r)
{
    size_t at = r->at;
    while (at < r->end && (r->text[at] == '*' || r->text[at] == '_'))
        at++;
    if (at >= r->end || (r->text[at] != ']' && r->text[at] != '>'))
        return;
    at++;
    char open = at < r->end && r->text[at - 1] == ']' ? r->text[at] : 0;
    int depth = 0;
    char quote = 0;
    for (; (open == '(' || open == '[') && at < r->end; at++) {
        char c = r->text[at];
        if (c == '\\')
            at++;
        else if (quote)
            quote = c == quote ? 0 : quote;
        else if (open == '(' && (c == '"' || c == '\'') && r->text[at - 1] == ' ')
            quote = c;
        else if (c == open)
            depth++;
        else if (c == (open == '(' ? ')' : ']') && --depth == 0)
            break;
    }
    if (open != '(' && open != '[')
        r->at = at;
    else if (at < r->end)
        r->at = at + 1;
}

/* --- Words --- */

static struct place run_place(const struct reader *r, size_t from, size_t to)
{
    size_t start = r->offsets.items[from], end = r->offsets.items[to - 1] + 1;
    return place_at(r->source, start, end > start ? end - start : 1);
}

/* One paragraph of endless changes would be in memory many times over. */
static void limit_spans(struct reader *r)
{
    if (r->spans.count < MOST_SPANS || r->load->stopped)
        return;
    r->load->stopped = true;
    load_error(r->load, place_at(r->source, r->at < r->end ? r->at : r->end - 1, 0),
               "split it into several paragraphs",
               "more than %d pieces of text and marks in one paragraph", MOST_SPANS);
}

static struct span *push_span(struct reader *r, enum span_kind kind)
{
    limit_spans(r);
    struct span *span = vec_push(&r->spans);
    *span = (struct span){.kind = kind, .bold = r->bold > 0, .emphasis = r->emphasis > 0};
    return span;
}

static void push_words(struct reader *r, size_t from, size_t to)
{
    if (to == from)
        return;
    struct span *span = push_span(r, SPAN_TEXT);
    span->text = arena_strndup(r->load->arena, r->run.data + from, to - from);
    span->place = run_place(r, from, to);
}

/* Whether the character was written as itself, not as `\{` or `&#123;`. */
static bool is_written(const struct reader *r, size_t i, char brace)
{
    size_t at = r->offsets.items[i];
    return r->run.data[i] == brace && !(at > 0 && r->text[at - 1] == '\\') && r->text[at] != '&';
}

static void push_placeholder(struct reader *r, size_t open, size_t close)
{
    struct span span = {.bold = r->bold > 0, .emphasis = r->emphasis > 0};
    struct place place = run_place(r, open, close + 1);
    if (r->heading) {
        load_error(r->load, place, "placeholders stand in the text under the heading",
                   "a heading cannot have a placeholder");
        return;
    }
    if (placeholder_parse(r->load, r->run.data + open + 1, close - open - 1, place, &span))
        *vec_push(&r->spans) = span;
}

/* Signs that Markdown left as they are because they do not pair. */
static void check_signs(struct reader *r)
{
    bool told = false;
    for (size_t i = 0; i < r->run.length; i++) {
        if (is_written(r, i, '`'))
            load_error(r->load, run_place(r, i, i + 1),
                       "a mark stands between two backticks: `hold 30s`",
                       "this backtick has no partner");
        bool stars = is_written(r, i, '*') && i + 1 < r->run.length && r->run.data[i + 1] == '*';
        if (stars && !told)
            load_warn(r->load, run_place(r, i, i + 2),
                      "bold words stand between two pairs, without spaces inside: **words**",
                      "these stars have no partner and would be spoken");
        told = told || stars;
    }
}

/* The words so far become spans. */
static void flush(struct reader *r)
{
    size_t from = 0;
    check_signs(r);
    for (size_t i = 0; i < r->run.length; i++) {
        bool open = is_written(r, i, '{');
        if (!open && !is_written(r, i, '}'))
            continue;
        size_t close = i + 1;
        while (open && close < r->run.length && !is_written(r, close, '}') &&
               !is_written(r, close, '{'))
            close++;
        if (!open || close == r->run.length || !is_written(r, close, '}')) {
            load_error(r->load, run_place(r, i, i + 1),
                       "braces hold a placeholder such as {side}; one to be spoken is written "
                       "with \\ before it",
                       open ? "this { is never closed" : "this } has no { before it");
            continue;
        }
        push_words(r, from, i);
        push_placeholder(r, i, close);
        from = close + 1;
        i = close;
    }
    if (r->run.length)
        push_words(r, from, r->run.length);
    r->run.length = 0;
    r->offsets.count = 0;
}

/* --- Nodes --- */

static bool has_words(const char *text)
{
    return text[strspn(text, " \t\n")] != '\0';
}

static void read_code(struct reader *r, cmark_node *node)
{
    const char *literal = cmark_node_get_literal(node);
    struct place place = take_code(r, literal);
    struct mark mark;
    flush(r);
    if (!load_mark(r->load, literal, strlen(literal), place, &mark))
        return;
    struct span *span = push_span(r, SPAN_MARK);
    span->mark = mark;
    span->place = place;
}

static void read_html(struct reader *r, cmark_node *node)
{
    const char *literal = cmark_node_get_literal(node);
    size_t length = strlen(literal);
    bool found = find(r, literal);
    struct place place = place_at(r->source, r->at < r->end ? r->at : r->end - 1, length);
    if (found)
        r->at += length <= r->end - r->at ? length : 0;
    if (!str_starts_with(literal, "<!--"))
        load_error(r->load, place,
                   "write plain words; <!-- notes --> and block quotes are for "
                   "the reader only",
                   "HTML cannot be spoken");
}

static void enter_link(struct reader *r, cmark_node *node)
{
    const char *url = cmark_node_get_url(node);
    r->link++;
    r->out.link_count++;
    size_t at = r->at;
    while (at < r->end && r->text[at] != '[' && r->text[at] != '<' && r->text[at] != '\n')
        at++;
    if (at < r->end && r->text[at] != '\n')
        r->at = at;
    if (r->link == 1) /* not an address inside a link's words */
        r->link_start = r->at < r->end ? r->at : r->end - 1;
    if (r->out.link_count == 1)
        r->out.link = arena_strdup(r->load->arena, url ? url : "");
    if (r->at < r->end && r->text[r->at] == '<' && !r->heading)
        load_warn(r->load, place_at(r->source, r->at, 1),
                  "put it into a block quote (> …), which is for the reader only",
                  "an address would be spoken letter by letter");
}

static void enter(struct reader *r, cmark_node *node)
{
    const char *literal = cmark_node_get_literal(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        r->out.words_outside = r->out.words_outside || (!r->link && has_words(literal));
        take_text(r, literal);
        break;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        take_break(r);
        break;
    case CMARK_NODE_CODE:
        read_code(r, node);
        break;
    case CMARK_NODE_HTML_INLINE:
        read_html(r, node);
        break;
    case CMARK_NODE_STRONG:
        flush(r);
        r->bold++;
        break;
    case CMARK_NODE_EMPH:
        flush(r);
        r->emphasis++;
        break;
    case CMARK_NODE_LINK:
        enter_link(r, node);
        break;
    case CMARK_NODE_IMAGE: {
        const char *bang = memchr(r->text + r->at, '!', r->end - r->at);
        load_error(r->load, place_at(r->source, bang ? (size_t)(bang - r->text) : r->at, 2),
                   "describe it in words, or put it into a block quote (> …), which is for the "
                   "reader only",
                   "a picture cannot be spoken");
        break;
    }
    default:
        break;
    }
}

static void leave(struct reader *r, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_STRONG:
        flush(r);
        r->bold--;
        break;
    case CMARK_NODE_EMPH:
        flush(r);
        r->emphasis--;
        break;
    case CMARK_NODE_LINK:
        r->link--;
        skip_target(r);
        if (r->link == 0 && !r->out.link_place.source)
            r->out.link_place = place_at(r->source, r->link_start, r->at - r->link_start);
        break;
    case CMARK_NODE_IMAGE:
        skip_target(r);
        break;
    default:
        break;
    }
}

struct inline_text inline_read(struct load *load, const struct source *source,
                               struct cmark_node *node, size_t start, size_t end, bool heading)
{
    struct reader r = {.load = load,
                       .source = source,
                       .text = source->text,
                       .at = start,
                       .end = end > start ? end : start + 1,
                       .heading = heading};
    if (r.end > source->length)
        r.end = source->length;
    if (r.at >= r.end)
        r.at = r.end ? r.end - 1 : 0;
    cmark_iter *iter = cmark_iter_new(node);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE && !load->stopped) {
        cmark_node *current = cmark_iter_get_node(iter);
        if (event == CMARK_EVENT_ENTER)
            enter(&r, current);
        else
            leave(&r, current);
    }
    cmark_iter_free(iter);
    flush(&r);
    load_count(load, r.spans.count, place_at(source, start, 0));
    r.out.span_count = r.spans.count;
    r.out.spans = vec_to_arena(&r.spans, load->arena);
    str_free(&r.run);
    vec_free(&r.offsets);
    return r.out;
}

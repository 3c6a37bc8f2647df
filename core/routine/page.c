/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.c: a text as headings with blocks, through libcmark. Nothing is resolved yet: a page knows
 * nothing of other pages. */
#include "routine/load.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"

#define MOST_MARKERS    64 /* list and quote marks at the start of one line */
#define MOST_DELIMITERS 100000
#define HEADING_PIECES  3   /* what a heading weighs among the pieces of a routine */
#define MOST_INDENT     400 /* columns before one */

typedef VEC(struct block) block_list;

struct reader {
    struct load *load;
    struct page *page;
    const struct source *source;
    int line_offset; /* lines of front matter before what the Markdown parser sees */
    VEC(struct heading) headings;
    block_list blocks; /* of the last heading */
};

/* --- Places --- */

static size_t line_start(const struct reader *r, int line)
{
    line += r->line_offset;
    if (line < 1)
        line = 1;
    if (line > r->source->line_count)
        return r->source->length;
    return r->source->line_starts[line - 1];
}

static size_t node_start(const struct reader *r, cmark_node *node)
{
    size_t start = line_start(r, cmark_node_get_start_line(node));
    size_t end = line_start(r, cmark_node_get_start_line(node) + 1);
    int column = cmark_node_get_start_column(node);
    size_t at = start + (column > 1 ? (size_t)column - 1 : 0);
    if (at >= end)
        at = start;
    while (at < end && (r->source->text[at] == ' ' || r->source->text[at] == '\t'))
        at++;
    return at < end ? at : start;
}

static size_t node_end(const struct reader *r, cmark_node *node)
{
    int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
    return line_start(r, (last < first ? first : last) + 1);
}

/* The first line of the node from its start on. */
static struct place node_place(const struct reader *r, cmark_node *node)
{
    return place_at(r->source, node_start(r, node), r->source->length);
}

/* --- What cannot be spoken --- */

static void refuse_code(struct reader *r, cmark_node *node)
{
    struct place place = node_place(r, node);
    size_t at = node_start(r, node);
    bool fenced = r->source->text[at] == '`' || r->source->text[at] == '~';
    if (fenced)
        load_error(r->load, place,
                   "write it as text; a single mark stands between single backticks: `hold 30s`",
                   "a code block cannot be spoken");
    else
        load_error(r->load, place,
                   "Markdown takes a line indented by four or more spaces for a code block: "
                   "indent it less, to the text of the item above it or to the margin",
                   "this line is a code block because of its indentation");
}

static void refuse_html(struct reader *r, cmark_node *node)
{
    const char *literal = cmark_node_get_literal(node);
    struct place place = node_place(r, node);
    const char *text = literal + strspn(literal, " \t");
    if (!str_starts_with(text, "<!--")) {
        load_error(r->load, place,
                   "write plain words; <!-- notes --> and block quotes are for "
                   "the reader only",
                   "HTML cannot be spoken");
        return;
    }
    while (text && str_starts_with(text, "<!--")) {
        text = strstr(text + 4, "-->");
        if (text)
            text += 3 + strspn(text + 3, " \t\n");
    }
    if (!text)
        load_error(r->load, place, "end it with -->", "this comment is never closed");
    else if (*text)
        load_error(r->load, place, "put them on a line of their own, after an empty line",
                   "the words after this comment would be lost");
}

static bool is_table_rule(const char *line, size_t length)
{
    bool bar = false, dash = false;
    for (size_t i = 0; i < length; i++) {
        if (!strchr("|:- \t", line[i]))
            return false;
        bar = bar || line[i] == '|';
        dash = dash || line[i] == '-';
    }
    return bar && dash;
}

/* A paragraph whose second line is a table's rule. */
static bool is_table(const struct reader *r, cmark_node *node)
{
    size_t start = node_start(r, node), end = node_end(r, node);
    const char *first = memchr(r->source->text + start, '\n', end - start);
    if (!first || !memchr(r->source->text + start, '|', (size_t)(first - r->source->text) - start))
        return false;
    const char *stop = r->source->text + end;
    const char *second = memchr(first + 1, '\n', (size_t)(stop - first - 1));
    return is_table_rule(first + 1, (size_t)((second ? second : stop) - first - 1));
}

/* Lines that were meant as headings or items, but lack the space that makes them so. */
static void check_spaces(struct reader *r, cmark_node *node)
{
    const char *text = r->source->text;
    size_t at = node_start(r, node), end = node_end(r, node);
    while (at < end) {
        const char *stop = memchr(text + at, '\n', end - at);
        size_t next = stop ? (size_t)(stop - text) + 1 : end;
        at += strspn(text + at, " \t");
        size_t signs = strspn(text + at, "#"), digits = strspn(text + at, "0123456789");
        size_t sign = at + digits; /* the dash, or what follows the number */
        char after = sign < end ? text[sign + 1] : '\0';
        bool word = (after >= 'A' && after <= 'Z') || (after >= 'a' && after <= 'z') ||
                    after == '`' || after == '*' || (unsigned char)after >= 0x80;
        char name = text[at + signs];
        if (signs >= 1 && signs <= 6 && name != '\n' && name != '\0' &&
            !(name >= '0' && name <= '9'))
            load_error(
                r->load, place_at(r->source, at, signs),
                load_text(r->load, "write a space after it: %.*s Name", (int)signs, text + at),
                "this would be spoken, it is no heading yet");
        else if (word && (strchr("-+", text[at]) ||
                          (digits && digits < 3 && strchr(".)", text[at + digits]))))
            load_warn(r->load, place_at(r->source, at, digits ? digits + 1 : 1),
                      load_text(r->load, "write a space after it: %.*s words",
                                (int)(digits ? digits + 1 : 1), text + at),
                      "this would be spoken, it is no list item yet");
        at = next;
    }
}

/* Markdown lets an item go on in a line at the margin: rarely what is meant. */
static void check_margin(struct reader *r, cmark_node *node)
{
    const char *text = r->source->text;
    size_t at = node_start(r, node), end = node_end(r, node), column = 0;
    while (at > column && text[at - column - 1] != '\n')
        column++;
    for (;;) {
        const char *stop = memchr(text + at, '\n', end - at);
        at = stop ? (size_t)(stop - text) + 1 : end;
        if (at >= end)
            return;
        size_t indent = strspn(text + at, " ");
        if (indent >= column || strchr("\t\n>", text[at + indent]))
            continue;
        load_warn(r->load, place_at(r->source, at + indent, end),
                  "put an empty line before it, or indent it like the words of the item",
                  "this line goes on with the list item above it");
        return;
    }
}

/* --- Blocks --- */

static struct inline_text read_inlines(struct reader *r, cmark_node *node, bool heading)
{
    return inline_read(r->load, r->source, node, node_start(r, node), node_end(r, node), heading);
}

/* The place of a block: its words, or its first line. */
static void add_paragraph(struct reader *r, cmark_node *node, bool item, block_list *to,
                          const struct block *inherit)
{
    if (is_table(r, node)) {
        load_error(r->load, node_place(r, node), "write its lines as list items or sentences",
                   "a table cannot be spoken");
        return;
    }
    check_spaces(r, node);
    if (item)
        check_margin(r, node);
    struct block block =
        block_make(r->load, read_inlines(r, node, false), item, node_place(r, node), inherit);
    if (block.span_count)
        *vec_push(to) = block;
}

static void add_list(struct reader *r, cmark_node *list, int depth, block_list *to);

/* A block that is neither a paragraph nor a list. */
static void add_other(struct reader *r, cmark_node *node, bool item)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_CODE_BLOCK:
        refuse_code(r, node);
        break;
    case CMARK_NODE_HTML_BLOCK:
        refuse_html(r, node);
        break;
    case CMARK_NODE_HEADING:
        if (item)
            load_error(r->load, node_place(r, node), "put the heading at the margin",
                       "a heading inside a list item");
        break;
    default: /* block quotes are for the reader; thematic breaks for the eye */
        break;
    }
}

static void add_item(struct reader *r, cmark_node *item, int depth, block_list *to)
{
    size_t first = to->count;
    block_list nested = {0};
    for (cmark_node *node = cmark_node_first_child(item); node && !r->load->stopped;
         node = cmark_node_next(node)) {
        if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH) {
            struct block copy = to->count > first ? to->items[first] : (struct block){0};
            add_paragraph(r, node, true, to, to->count > first ? &copy : NULL);
        } else if (cmark_node_get_type(node) != CMARK_NODE_LIST) {
            add_other(r, node, true);
        } else if (to->count == first) {
            add_list(r, node, depth + 1, to); /* `- - words`: as if written once */
            first = to->count;
        } else {
            struct block *owner = &to->items[to->count - 1];
            for (size_t i = 0; i < owner->child_count; i++)
                *vec_push(&nested) = owner->children[i];
            add_list(r, node, depth + 1, &nested);
            owner = &to->items[to->count - 1];
            owner->child_count = nested.count;
            owner->children = vec_to_arena(&nested, r->load->arena);
        }
    }
    if (!cmark_node_first_child(item))
        load_warn(r->load, node_place(r, item), "write something, or take it out",
                  "this list item is empty");
}

static void add_list(struct reader *r, cmark_node *list, int depth, block_list *to)
{
    if (depth > ROUTINE_MAX_DEPTH) {
        if (!r->load->stopped)
            load_error(r->load, node_place(r, list), "write it flatter",
                       "lists are nested more than %d deep", ROUTINE_MAX_DEPTH);
        r->load->stopped = true;
        return;
    }
    /* Each item is freed when it has been read: a big page would else be in memory twice. */
    for (cmark_node *item; (item = cmark_node_first_child(list)) && !r->load->stopped;) {
        add_item(r, item, depth, to);
        cmark_node_free(item);
    }
}

/* --- Headings --- */

static void end_heading(struct reader *r)
{
    struct heading *heading = &r->headings.items[r->headings.count - 1];
    for (size_t i = 0; i < r->blocks.count; i++)
        block_check(r->load, &r->blocks.items[i], i ? &r->blocks.items[i - 1] : NULL, false);
    heading->block_count = r->blocks.count;
    heading->blocks = vec_to_arena(&r->blocks, r->load->arena);
}

static char *heading_name(struct load *load, const struct span *spans, size_t count)
{
    struct str name = {0};
    for (size_t i = 0; i < count; i++) {
        const char *text = spans[i].kind == SPAN_TEXT ? spans[i].text : " ";
        for (; *text; text++) {
            bool space = *text == ' ' || *text == '\t' || *text == '\n';
            if (space && (name.length == 0 || name.data[name.length - 1] == ' '))
                continue;
            str_add_char(&name, space ? ' ' : *text);
        }
    }
    while (name.length && strchr(" :", name.data[name.length - 1]))
        name.data[--name.length] = '\0';
    char *copy = arena_strdup(load->arena, str_text(&name));
    str_free(&name);
    return copy;
}

static void heading_marks(struct reader *r, struct heading *heading, const struct inline_text *text)
{
    VEC(struct mark) marks = {0};
    for (size_t i = 0; i < text->span_count; i++)
        if (text->spans[i].kind == SPAN_MARK)
            *vec_push(&marks) = text->spans[i].mark;
    for (size_t i = 0; i < marks.count; i++)
        for (size_t j = 0; j < i && j < MARK_KIND_COUNT; j++)
            if (marks.items[i].kind == marks.items[j].kind) {
                load_error(r->load, marks.items[i].place, "take one of them out",
                           "`%s` and `%s`: the same mark twice",
                           mark_text(&marks.items[j], r->load->arena),
                           mark_text(&marks.items[i], r->load->arena));
                break;
            }
    heading->mark_count = marks.count;
    heading->marks = vec_to_arena(&marks, r->load->arena);
}

static void add_heading(struct reader *r, cmark_node *node)
{
    if (!load_count(r->load, HEADING_PIECES, node_place(r, node)))
        return;
    bool failed = r->load->failed;
    r->load->failed = false;
    struct inline_text text = read_inlines(r, node, true);
    struct heading heading = {.level = cmark_node_get_heading_level(node),
                              .place = node_place(r, node)};
    heading.name = heading_name(r->load, text.spans, text.span_count);
    heading_marks(r, &heading, &text);
    if (text.link_count == 1 && !text.words_outside) {
        heading.link = text.link;
        heading.link_place = text.link_place;
    } else if (text.link_count) {
        load_warn(r->load, text.link_place,
                  "a page is played where the heading is its link alone: ## [Name](page.md)",
                  "the link in this heading is not played");
    }
    heading.broken = r->load->failed;
    if (!*heading.name && !heading.link && !heading.broken)
        load_error(r->load, heading.place, "a heading is said aloud: give it a name",
                   "this heading has no words");
    if (heading.link && heading.level == 1)
        load_error(r->load, heading.link_place, "write the title as words; link from ## headings",
                   "the title cannot be a link");
    r->load->failed = r->load->failed || failed;
    end_heading(r);
    *vec_push(&r->headings) = heading;
}

/* One title, and first. */
static void find_title(struct reader *r)
{
    struct page *page = r->page;
    const struct heading *other = NULL;
    for (size_t i = 0; i < page->heading_count; i++) {
        struct heading *heading = &page->headings[i];
        if (heading->level > 1 && !other)
            other = heading;
        if (heading->level != 1)
            continue;
        if (page->title) {
            load_error(r->load, heading->place,
                       load_text(r->load, "the title is in line %d; make this one a ## heading",
                                 page->title->place.line),
                       "two titles");
        } else if (other) {
            load_error(r->load, heading->place, "move it to the top of the page",
                       "the title comes after other headings");
        }
        page->title = page->title ? page->title : heading;
    }
    if (!page->title && page->heading_count + page->headings[0].block_count > 1)
        load_warn(r->load, (struct place){page->source, page->headings[0].place.line, 0, 0},
                  "begin it with a title: # Upper-back relief", "the page has no title");
    else if (page->title && page->headings[0].block_count)
        load_warn(r->load, page->headings[0].blocks[0].place, "write it under the title",
                  "text before the title");
}

/* --- The whole text --- */

/* The Markdown parser's work grows with depth times lines, and it remembers every bracket and star
 * until the paragraph ends; this keeps both small. */
static bool is_tame(struct reader *r, size_t from)
{
    const char *text = r->source->text;
    size_t delimiters = 0;
    for (size_t at = from; at < r->source->length; at++)
        delimiters += text[at] == '[' || text[at] == '*' || text[at] == '_';
    if (delimiters > MOST_DELIMITERS) {
        load_error(r->load, (struct place){r->source, 0, 0, 0}, "is this a routine?",
                   "more than %d brackets, stars and underscores in one page", MOST_DELIMITERS);
        return false;
    }
    for (size_t at = from; at < r->source->length;) {
        size_t start = at, markers = 0, indent = 0;
        bool mixed = false;
        char first = 0;
        for (; at < r->source->length && text[at] != '\n'; at++) {
            char c = text[at];
            if (c == ' ' || c == '\t') {
                indent += markers == 0;
                continue;
            }
            bool digit = c >= '0' && c <= '9';
            if (!digit && !strchr("->*+.)", c))
                break;
            first = first ? first : c;
            mixed = mixed || c != first || c == '>';
            markers += !digit;
        }
        bool more = at < r->source->length && text[at] != '\n';
        if ((markers > MOST_MARKERS && (mixed || more)) || (markers && indent > MOST_INDENT)) {
            load_error(r->load, place_at(r->source, start, at - start), "write it flatter",
                       "lists or quotes are nested too deeply");
            return false;
        }
        const char *end = memchr(text + at, '\n', r->source->length - at);
        at = end ? (size_t)(end - text) + 1 : r->source->length;
    }
    return true;
}

static void read_document(struct reader *r, cmark_node *document)
{
    struct place top = {r->source, r->line_offset + 1, 0, 0};
    *vec_push(&r->headings) = (struct heading){.name = "", .place = top};
    for (cmark_node *node; (node = cmark_node_first_child(document)) && !r->load->stopped;
         cmark_node_free(node)) {
        switch (cmark_node_get_type(node)) {
        case CMARK_NODE_HEADING:
            add_heading(r, node);
            break;
        case CMARK_NODE_PARAGRAPH:
            add_paragraph(r, node, false, &r->blocks, NULL);
            break;
        case CMARK_NODE_LIST:
            add_list(r, node, 1, &r->blocks);
            break;
        default:
            add_other(r, node, false);
            break;
        }
    }
    end_heading(r);
    r->page->heading_count = r->headings.count;
    r->page->headings = vec_to_arena(&r->headings, r->load->arena);
}

/* A copy with line ends as LF and without a byte order mark, as a source. */
static const struct source *add_source(struct load *load, const char *shown, const char *text,
                                       size_t length)
{
    size_t from = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, count = 0;
    char *clean = xmalloc(length + 1);
    for (size_t i = from; i < length; i++) {
        bool pair = text[i] == '\r' && i + 1 < length && text[i + 1] == '\n';
        if (!pair)
            clean[count++] = text[i] == '\r' ? '\n' : text[i];
    }
    const struct source *source = diags_add_source(load->diags, shown, clean, count);
    free(clean);
    return source;
}

static bool is_readable(struct load *load, const struct source *source)
{
    const char *nul = memchr(source->text, '\0', source->length);
    long bad = str_utf8_invalid_at(source->text, source->length);
    if (nul) {
        load_error(load, place_at(source, (size_t)(nul - source->text), 1),
                   "is this a text file? Save it as UTF-8", "the page contains a zero byte");
        return false;
    }
    if (bad >= 0) {
        load_error(load, place_at(source, (size_t)bad, 1), "save the page as UTF-8",
                   "these bytes are not UTF-8 text");
        return false;
    }
    return true;
}

/* Settings that the played page gives to the whole routine, before its marks are read. */
static void adopt(struct load *load, struct page *page)
{
    struct front *front = &page->front;
    if (load->pages.count || !front->sounds)
        return;
    if (!page->path) {
        load->sounds = front->sounds;
        return;
    }
    char *folder = file_folder(load->arena, page->path);
    char *path = library_join(load->arena, folder, front->sounds);
    char *real = path ? library_real(load->arena, path) : NULL;
    path = real ? real : path;
    if (front->sounds[0] == '/' || !path || !load->root || !library_is_inside(load->root, path))
        load_error(load, front->sounds_place, "name a folder beside the page: sounds: sounds",
                   "the sounds folder must be inside the library");
    else if (!file_is_folder(path))
        load_error(load, front->sounds_place, load_text(load, "make it, or take the line out"),
                   "there is no folder %s", front->sounds);
    else
        load->sounds = path;
}

struct page *page_parse(struct load *load, const char *path, const char *shown, const char *text,
                        size_t length)
{
    struct page *page = ARENA_NEW(load->arena, struct page);
    page->path = path ? arena_strdup(load->arena, path) : NULL;
    page->shown = arena_strdup(load->arena, shown ? shown : "");
    page->source = add_source(load, page->shown, text, length);
    struct reader r = {.load = load, .page = page, .source = page->source};
    size_t yaml, yaml_length;
    page->headings = ARENA_NEW(load->arena, struct heading);
    page->language = "en";
    if (length > ROUTINE_MAX_BYTES) {
        load_error(load, (struct place){page->source, 0, 0, 0}, "split it into several pages",
                   "the page is too big: more than 1 MiB");
        return page;
    }
    if (!is_readable(load, page->source))
        return page;
    if (!frontmatter_find(page->source, &page->body_offset, &yaml, &yaml_length)) {
        load_error(load, (struct place){page->source, 1, 1, 3},
                   "end it with a line of three dashes: ---", "the front matter is never closed");
        return page;
    }
    frontmatter_read(load, page, yaml, yaml_length);
    char *tag = library_tag(load->arena, page->shown);
    page->language = page->front.language ? page->front.language : tag ? tag : "en";
    adopt(load, page);
    if (!is_tame(&r, page->body_offset))
        return page;
    for (size_t i = 0; i < page->body_offset; i++)
        r.line_offset += page->source->text[i] == '\n';
    cmark_node *document =
        cmark_parse_document(page->source->text + page->body_offset,
                             page->source->length - page->body_offset, CMARK_OPT_DEFAULT);
    read_document(&r, document);
    cmark_node_free(document);
    vec_free(&r.blocks);
    find_title(&r);
    page->readable = true;
    return page;
}

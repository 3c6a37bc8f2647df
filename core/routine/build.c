/* SPDX-License-Identifier: GPL-3.0-or-later */
/* build.c: pages into sections: headings nested, linked pages put in the place of their links, and
 * each heading's marks given to what is under it. */
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "routine/load.h"

/* The pages and headings that we are inside of. */
struct frame {
    const struct page *page;
    const struct frame *up; /* NULL: the page that is played */
    int depth;
};

struct builder {
    struct load *load;
    VEC(const char *) needs;
};

/* Where a section comes from. */
struct origin {
    struct page *page;
    const struct frame *frame;
    const struct defaults *defaults;
};

static void build_heading(struct builder *b, struct origin from, size_t index, size_t end,
                          struct section *out);

/* --- Pieces --- */

static void begin_section(struct section *section, const struct page *page, const char *name,
                          struct place place)
{
    *section = (struct section){.name = name,
                                .rounds = {1, 1, 0},
                                .sets = {1, 1, 0},
                                .reps = {1, 1, 0},
                                .language = page->language,
                                .place = place};
}

/* Blocks of a heading for one section: its own when no other section can be made from the page. */
static struct block *take_blocks(struct builder *b, struct origin from,
                                 const struct heading *heading)
{
    if (!from.frame->up)
        return heading->blocks;
    return block_copy_all(b->load, heading->blocks, heading->block_count);
}

static void add_needs(struct builder *b, const struct page *page)
{
    for (size_t i = 0; i < page->front.need_count; i++) {
        size_t j = 0;
        while (j < b->needs.count && !str_equal_nocase(b->needs.items[j], page->front.needs[i]))
            j++;
        if (j == b->needs.count)
            *vec_push(&b->needs) = page->front.needs[i];
    }
}

/* Marks of a page's title with those of the link to it, which override them. */
static struct mark *merge(struct load *load, const struct heading *own, const struct heading *link,
                          size_t *count)
{
    size_t own_count = own ? own->mark_count : 0, link_count = link ? link->mark_count : 0;
    struct mark *marks = ARENA_ARRAY(load->arena, struct mark, own_count + link_count + 1);
    unsigned taken = 0, sides = 1u << MARK_EACH_SIDE | 1u << MARK_ALTERNATING;
    *count = 0;
    for (size_t i = 0; i < link_count; i++)
        taken |= 1u << link->marks[i].kind;
    if (taken & sides)
        taken |= sides;
    for (size_t i = 0; i < own_count; i++)
        if (!(taken & 1u << own->marks[i].kind))
            marks[(*count)++] = own->marks[i];
    for (size_t i = 0; i < link_count; i++)
        marks[(*count)++] = link->marks[i];
    return marks;
}
_Static_assert(MARK_KIND_COUNT <= 32, "kinds of mark as bits");

/* The headings under the one at `index`: up to the next that is not deeper. */
static size_t end_of(const struct page *page, size_t index)
{
    size_t end = index + 1;
    while (end < page->heading_count && page->headings[end].level > page->headings[index].level)
        end++;
    return end;
}

static void build_children(struct builder *b, struct origin from, size_t first, size_t end,
                           struct section *out)
{
    VEC(struct section) children = {0};
    struct frame deeper = *from.frame;
    deeper.depth++;
    if (deeper.depth > ROUTINE_MAX_DEPTH) {
        load_error(b->load, from.page->headings[first].place, "write it flatter",
                   "headings and links are nested more than %d deep", ROUTINE_MAX_DEPTH);
        b->load->stopped = true;
    }
    from.frame = &deeper;
    for (size_t i = first; i < end && !b->load->stopped;) {
        size_t next = end_of(from.page, i);
        struct section child;
        build_heading(b, from, i, next < end ? next : end, &child);
        *vec_push(&children) = child;
        i = next;
    }
    out->child_count = children.count;
    out->children = vec_to_arena(&children, b->load->arena);
}

/* A mark that was not understood may have been `each side`: {side} is then no second error. */
static void spare_sides(struct section *section, const struct heading *heading)
{
    if (heading && heading->broken)
        section->sides = SIDES_EACH;
}

/* --- Pages --- */

static bool is_default(enum mark_kind kind, bool has_rounds)
{
    return !resolve_is_group_mark(kind) || (kind == MARK_REST && !has_rounds);
}

static void split_defaults(struct load *load, const struct mark *marks, size_t count,
                           struct defaults *defaults)
{
    bool has_rounds = false;
    defaults->marks = ARENA_ARRAY(load->arena, struct mark, count + 1);
    defaults->used = ARENA_ARRAY(load->arena, bool, count + 1);
    for (size_t i = 0; i < count; i++)
        has_rounds = has_rounds || marks[i].kind == MARK_ROUNDS;
    for (size_t i = 0; i < count; i++)
        if (is_default(marks[i].kind, has_rounds))
            defaults->marks[defaults->count++] = marks[i];
}

static void warn_unused(struct load *load, const struct defaults *defaults)
{
    for (size_t i = 0; i < defaults->count && !load->failed; i++)
        if (!defaults->used[i])
            load_warn(load, defaults->marks[i].place,
                      "a mark on the title holds for the moves of the page that do not say "
                      "otherwise",
                      "`%s` changes nothing here", mark_text(&defaults->marks[i], load->arena));
}

/* The text before the title and under it. */
static struct block *title_blocks(struct builder *b, struct origin from, size_t *count)
{
    const struct heading *intro = &from.page->headings[0], *title = from.page->title;
    *count = intro->block_count + (title ? title->block_count : 0);
    struct block *own = title ? take_blocks(b, from, title) : NULL;
    struct block *before = take_blocks(b, from, intro);
    if (!intro->block_count || !own)
        return intro->block_count ? before : own;
    struct block *all = ARENA_ARRAY(b->load->arena, struct block, *count);
    memcpy(all, before, intro->block_count * sizeof *all);
    memcpy(all + intro->block_count, own, title->block_count * sizeof *all);
    return all;
}

/* The section of a whole page; `link`: the heading that links to it, or NULL. */
static void build_page(struct builder *b, struct origin from, const struct heading *link,
                       struct section *out)
{
    struct page *page = from.page;
    size_t first = page->title ? (size_t)(page->title - page->headings) + 1 : 1, count, block_count;
    const char *name = link && *link->name ? link->name
                       : page->title       ? page->title->name
                                           : library_name(b->load->arena, page->shown);
    begin_section(out, page, name,
                  link          ? link->place
                  : page->title ? page->title->place
                                : page->headings[0].place);
    out->position = page->front.position;
    add_needs(b, page);
    struct mark *marks = merge(b->load, page->title, link, &count);
    struct block *blocks = title_blocks(b, from, &block_count);
    if (first >= page->heading_count) {
        resolve_move(b->load, out, marks, count, blocks, block_count, from.defaults);
        spare_sides(out, page->title);
        spare_sides(out, link);
        return;
    }
    struct defaults defaults = {.outer = from.defaults};
    split_defaults(b->load, marks, count, &defaults);
    out->before = blocks;
    out->before_count = block_count;
    from.defaults = &defaults;
    build_children(b, from, first, page->heading_count, out);
    resolve_group(b->load, out, marks, count, true);
    warn_unused(b->load, &defaults);
}

/* --- Headings --- */

static const char *in_library(const struct load *load, const struct page *page)
{
    const char *path = page->path + strlen(load->root);
    return path + strspn(path, "/");
}

static void report_cycle(struct builder *b, const struct frame *frame, const struct page *target,
                         struct place place)
{
    struct str way = {0};
    const struct frame *way_up[ROUTINE_MAX_DEPTH + 2];
    int count = 0;
    for (; frame && count < ROUTINE_MAX_DEPTH; frame = frame->up) {
        way_up[count++] = frame;
        if (frame->page == target)
            break;
    }
    while (count > 0)
        str_printf(&way, "%s → ", in_library(b->load, way_up[--count]->page));
    str_add(&way, in_library(b->load, target));
    load_error(b->load, place, "take one of these links out",
               "the pages link to each other in a circle: %s", str_text(&way));
    str_free(&way);
}

static void build_include(struct builder *b, struct origin from, const struct heading *heading,
                          struct section *out)
{
    begin_section(out, from.page, heading->name, heading->place);
    struct page *target = library_open(b->load, from.page, heading->link, heading->link_place);
    out->group = true; /* until there is something: it needs no introduction */
    if (!target)
        return;
    for (const struct frame *frame = from.frame; frame; frame = frame->up)
        if (frame->page == target) {
            report_cycle(b, from.frame, target, heading->link_place);
            return;
        }
    struct frame frame = {target, from.frame, from.frame->depth + 1};
    if (frame.depth > ROUTINE_MAX_DEPTH) {
        load_error(b->load, heading->link_place, "write it flatter",
                   "headings and links are nested more than %d deep", ROUTINE_MAX_DEPTH);
        b->load->stopped = true;
        return;
    }
    struct origin inside = {target, &frame, from.defaults};
    build_page(b, inside, heading, out);
    out->lead = take_blocks(b, from, heading);
    out->lead_count = heading->block_count;
}

static void build_heading(struct builder *b, struct origin from, size_t index, size_t end,
                          struct section *out)
{
    const struct heading *heading = &from.page->headings[index];
    begin_section(out, from.page, heading->name, heading->place);
    if (!load_count(b->load, 1, heading->place))
        return;
    if (heading->link) {
        build_include(b, from, heading, out);
        if (end > index + 1)
            load_error(b->load, from.page->headings[index + 1].place,
                       "make it no deeper than the link's heading",
                       "a heading under a heading that plays another page");
        return;
    }
    struct block *blocks = take_blocks(b, from, heading);
    if (end == index + 1) {
        resolve_move(b->load, out, heading->marks, heading->mark_count, blocks,
                     heading->block_count, from.defaults);
        spare_sides(out, heading);
        return;
    }
    out->before = blocks;
    out->before_count = heading->block_count;
    build_children(b, from, index + 1, end, out);
    resolve_group(b->load, out, heading->marks, heading->mark_count, false);
}

static bool plays_something(const struct section *section)
{
    if (section->bout || section->lead_count || section->before_count || section->body_count ||
        section->after_count)
        return true;
    for (size_t i = 0; i < section->child_count; i++)
        if (plays_something(&section->children[i]))
            return true;
    return false;
}

struct section *build_root(struct load *load, struct page *page, const char *const **needs,
                           size_t *need_count)
{
    struct builder b = {.load = load};
    struct frame frame = {.page = page};
    struct section *root = ARENA_NEW(load->arena, struct section);
    build_page(&b, (struct origin){page, &frame, NULL}, NULL, root);
    root->optional = false;   /* who plays a page wants it, */
    root->level = LEVEL_EASY; /* at any level */
    if (!load->failed && !plays_something(root))
        load_error(load, page->title ? page->title->place : (struct place){page->source, 0, 0, 0},
                   "write what is to be said", "there is nothing to play in this routine");
    *need_count = b.needs.count;
    *needs = vec_to_arena(&b.needs, load->arena);
    return root;
}

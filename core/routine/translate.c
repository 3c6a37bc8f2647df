/* SPDX-License-Identifier: GPL-3.0-or-later */
/* translate.c: a translation against its original: words differ, structure must not. */
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "routine/load.h"

struct comparison {
    struct load load;            /* both pages are read into it */
    struct diags *diags;         /* the caller's */
    const struct source *source; /* of the translation, in the caller's diags */
};

/* `here` is in the translation. */
static void differ(struct comparison *c, struct place here, struct place there, const char *hint,
                   const char *what)
{
    here.source = c->source;
    const char *where =
        there.line ? load_text(&c->load, " (line %d of the original)", there.line) : "";
    diags_add(c->diags, SEVERITY_WARNING, here, hint, "%s%s", what, where);
}

/* All that a block does, without its words: `tip` `hold 30s` {side}. */
static void describe_block(struct load *load, const struct block *block, struct str *out)
{
    static const char *const roles[] = {"", "`tip` ", "`caution` "};
    static const char *const passes[] = {"", "`first` ", "`later` "};
    static const enum mark_kind moments[] = {MARK_HALFWAY, MARK_HALFWAY, MARK_AT, MARK_LAST,
                                             MARK_EVERY};
    str_printf(out, "%s%s", roles[block->role], passes[block->pass]);
    if (block->moment != MOMENT_NONE) {
        struct mark mark = {.kind = moments[block->moment], .time = block->moment_time};
        str_printf(out, "`%s` ", mark_text(&mark, load->arena));
    }
    unsigned seen = 0;
    for (size_t i = 0; i < block->span_count; i++) {
        const struct span *span = &block->spans[i];
        if (span->kind == SPAN_MARK)
            str_printf(out, "`%s` ", mark_text(&span->mark, load->arena));
        if (span->kind == SPAN_PLACEHOLDER)
            seen |= 1u << (span->placeholder == PLACEHOLDER_OTHER_SIDE ? PLACEHOLDER_SIDE
                                                                       : span->placeholder);
    }
    for (unsigned p = 0; p <= PLACEHOLDER_TIME_LEFT; p++)
        if (seen & 1u << p)
            str_printf(out, "{%s} ", placeholder_name((enum placeholder)p));
}

static char *description(struct load *load, const struct block *block)
{
    struct str out = {0};
    describe_block(load, block, &out);
    char *text = arena_strndup(load->arena, str_text(&out), out.length ? out.length - 1 : 0);
    str_free(&out);
    return text;
}

static bool compare_blocks(struct comparison *c, const struct block *here, size_t here_count,
                           const struct block *there, size_t there_count, struct place above)
{
    for (size_t i = 0; i < here_count || i < there_count; i++) {
        if (i == here_count) {
            differ(c, above, there[i].place, "translate it too",
                   there[i].item ? "a list item of the original is missing here"
                                 : "a paragraph of the original is missing here");
            return false;
        }
        if (i == there_count || here[i].item != there[i].item) {
            differ(c, here[i].place, (struct place){0}, "take it out, or add it to the original",
                   i < there_count ? "the original goes on with something else than this"
                                   : "the original has nothing like this");
            return false;
        }
        char *mine = description(&c->load, &here[i]), *its = description(&c->load, &there[i]);
        if (strcmp(mine, its) != 0) {
            differ(c, here[i].place, there[i].place,
                   load_text(&c->load, "the original has %s, this has %s", *its ? its : "no marks",
                             *mine ? mine : "none"),
                   "the marks here differ from the original's");
            return false;
        }
        if (!compare_blocks(c, here[i].children, here[i].child_count, there[i].children,
                            there[i].child_count, here[i].place))
            return false;
    }
    return true;
}

static char *marks_of(struct load *load, const struct heading *heading)
{
    struct str out = {0};
    for (size_t i = 0; i < heading->mark_count; i++)
        str_printf(&out, "%s`%s`", i ? " " : "", mark_text(&heading->marks[i], load->arena));
    char *text = arena_strdup(load->arena, str_text(&out));
    str_free(&out);
    return text;
}

static bool same_link(struct load *load, const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(library_base(load->arena, a), library_base(load->arena, b)) == 0;
}

static void compare_heading(struct comparison *c, const struct heading *here,
                            const struct heading *there)
{
    char *mine = marks_of(&c->load, here), *its = marks_of(&c->load, there);
    if (strcmp(mine, its) != 0)
        differ(c, here->place, there->place,
               load_text(&c->load, "the original has %s, this has %s", *its ? its : "no marks",
                         *mine ? mine : "none"),
               "the marks of this heading differ from the original's");
    if (!same_link(&c->load, here->link, there->link))
        differ(c, here->place, there->place,
               there->link ? load_text(&c->load, "the original links to %s", there->link)
                           : "the original has no link here",
               "this heading plays something else than the original");
    compare_blocks(c, here->blocks, here->block_count, there->blocks, there->block_count,
                   here->place);
}

static void compare_pages(struct comparison *c, const struct page *here, const struct page *there)
{
    const char *mine = here->front.position, *its = there->front.position;
    if (mine != its && (!mine || !its || strcmp(mine, its) != 0))
        differ(c, mine ? here->front.position_place : (struct place){.line = 1}, (struct place){0},
               load_text(&c->load, "the original says %s", its ? its : "nothing"),
               "the position differs from the original's");
    if (here->front.need_count != there->front.need_count)
        differ(c, (struct place){.line = 1}, (struct place){0},
               load_text(&c->load, "the original needs %zu things, this %zu",
                         there->front.need_count, here->front.need_count),
               "the needs differ from the original's");
    for (size_t i = 0; i < here->heading_count || i < there->heading_count; i++) {
        if (i == here->heading_count) {
            differ(c, here->headings[i - 1].place, there->headings[i].place, "translate it too",
                   load_text(&c->load, "the heading \"%s\" of the original is missing after this",
                             there->headings[i].name));
            return;
        }
        if (i == there->heading_count || here->headings[i].level != there->headings[i].level) {
            differ(c, here->headings[i].place,
                   i < there->heading_count ? there->headings[i].place : (struct place){0},
                   "the headings of both pages come in the same order",
                   "the original has no such heading here");
            return;
        }
        compare_heading(c, &here->headings[i], &there->headings[i]);
    }
}

void routine_check_translation(const char *path, const struct routine_options *options,
                               struct diags *diags)
{
    struct comparison c = {.diags = diags};
    c.load = (struct load){
        .arena = arena_new(), .diags = diags_new(), .options = options, .quiet = true};
    enum limber_status status;
    char *original = load_text(&c.load, "%s.md", library_base(c.load.arena, path));
    if (library_tag(c.load.arena, path) && file_exists(original)) {
        char *folder = library_real(c.load.arena, file_folder(c.load.arena, path));
        c.load.root = folder ? library_root(&c.load, folder) : NULL;
        c.load.program = library_program(c.load.arena, c.load.root);
        struct page *here = library_read(&c.load, path, path, &status);
        struct page *there = library_read(&c.load, original, original, &status);
        /* What is wrong in either is reported where that page is loaded. */
        if (here && there && !c.load.failed) {
            c.source = diags_add_source(diags, path, here->source->text, here->source->length);
            compare_pages(&c, here, there);
        }
    }
    load_free(&c.load);
    diags_destroy(c.load.diags);
    arena_destroy(c.load.arena);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.c: what is wrong, or probably so, with the finished tree: placeholders without a meaning,
 * moves that nothing introduces, words that should be marks. */
#include "routine/load.h"

/* --- Placeholders --- */

static void check_placeholder(struct load *load, const struct prose *p, const struct span *span)
{
    const struct section *s = p->section;
    const char *name = placeholder_name(span->placeholder), *needs = NULL;
    switch (span->placeholder) {
    case PLACEHOLDER_SIDE:
    case PLACEHOLDER_OTHER_SIDE:
        if (s->sides != SIDES_NONE)
            return;
        if (s->group)
            load_error(load, span->place, "only moves have sides: write it in a move's text",
                       "{%s} in the text of a group", name);
        else
            load_error(load, span->place, "put `each side` on the heading",
                       "{%s}, but \"%s\" has no sides", name, s->name);
        return;
    case PLACEHOLDER_REP:
    case PLACEHOLDER_REPS:
        needs = s->has_reps ? NULL : "`10 reps` on the";
        break;
    case PLACEHOLDER_SET:
    case PLACEHOLDER_SETS:
        needs = s->has_sets ? NULL : "`3 sets` on the";
        break;
    case PLACEHOLDER_ROUND:
        needs = p->in_rounds ? NULL : "`3 rounds` on the group's";
        break;
    default:
        break;
    }
    if (needs)
        load_warn(load, span->place, load_text(load, "put %s heading, or take it out", needs),
                  "{%s} is always 1 here", name);
}

/* Words for later passes where there is only one. */
static void check_pass(struct load *load, const struct prose *p, const struct block *block)
{
    const struct section *s = p->section;
    bool again = p->in_rounds || s->has_reps || s->has_sets || s->sides != SIDES_NONE;
    if (block->pass == PASS_LATER && !again)
        load_warn(load, block->place,
                  "put `2 sets`, `5 reps` or `each side` on the heading, or take `later` out",
                  "this is never heard: nothing is repeated here");
}

static void check_blocks(struct load *load, const struct prose *p, const struct block *blocks,
                         size_t count, bool timed)
{
    for (size_t i = 0; i < count; i++) {
        const struct block *block = &blocks[i];
        bool inside = timed || block_last_timed(block);
        check_pass(load, p, block);
        for (size_t j = 0; j < block->span_count; j++)
            if (block->spans[j].kind == SPAN_PLACEHOLDER)
                check_placeholder(load, p, &block->spans[j]);
        prose_check(load, p, block, inside || block_is_timed(block));
        check_blocks(load, p, block->children, block->child_count, inside);
    }
}

/* --- Introductions --- */

struct search {
    bool words;                   /* before or over the first timed mark */
    const struct mark *first;     /* timed mark */
    const struct block *anything; /* the first block */
};

static void search_blocks(struct search *search, const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count && !search->first; i++) {
        const struct block *block = &blocks[i];
        search->anything = search->anything ? search->anything : block;
        search->words = search->words || block_has_words(block);
        for (size_t j = 0; j < block->span_count && !search->first; j++)
            if (block->spans[j].kind == SPAN_MARK && mark_is_timed(block->spans[j].mark.kind))
                search->first = &block->spans[j].mark;
        for (size_t j = 0; search->first && j < block->child_count; j++)
            search->words = search->words || block_has_words(&block->children[j]);
        search_blocks(search, block->children, block->child_count);
    }
}

static void check_introduction(struct load *load, const struct section *s)
{
    struct search search = {0};
    search_blocks(&search, s->lead, s->lead_count);
    search_blocks(&search, s->before, s->before_count);
    search_blocks(&search, s->body, s->body_count);
    if (!search.first)
        search_blocks(&search, s->after, s->after_count);
    const struct mark *first = search.first ? search.first : s->bout;
    bool alone = first && (first->kind == MARK_WAIT || first->kind == MARK_REST ||
                           first->kind == MARK_READY || first->kind == MARK_COUNT);
    if (!search.anything && !s->bout)
        load_warn(load, s->place, "write what to do, or take the heading out",
                  "nothing is said or done under \"%s\"", s->name);
    else if (first && !search.words && !alone)
        load_warn(load, s->place,
                  "write what to do before the time begins, or in the same item after the mark",
                  "no words introduce \"%s\" before its `%s`", s->name,
                  mark_text(first, load->arena));
}

/* --- Sections --- */

static void note_mark(void *context, struct mark *mark)
{
    unsigned *marks = context;
    if (mark_is_timed(mark->kind))
        *marks |= 1u << mark->kind;
}

static unsigned marks_of(const struct section *s)
{
    const struct block *lists[] = {s->lead, s->before, s->body, s->after};
    const size_t counts[] = {s->lead_count, s->before_count, s->body_count, s->after_count};
    unsigned marks = s->bout ? 1u << s->bout->kind : 0;
    for (size_t i = 0; i < 4; i++)
        block_each_mark((struct block *)lists[i], counts[i], note_mark, &marks);
    return marks;
}

static void check_section(struct load *load, const struct section *s, bool in_rounds)
{
    struct prose prose = {s, in_rounds || s->has_rounds, s->group ? 0 : marks_of(s)};
    check_blocks(load, &prose, s->lead, s->lead_count, false);
    check_blocks(load, &prose, s->before, s->before_count, false);
    check_blocks(load, &prose, s->body, s->body_count, false);
    check_blocks(load, &prose, s->after, s->after_count, false);
    if (!s->group)
        check_introduction(load, s);
    for (size_t i = 0; i < s->child_count; i++)
        check_section(load, &s->children[i], prose.in_rounds);
}

void check_routine(struct load *load, const struct section *root)
{
    check_section(load, root, false);
}

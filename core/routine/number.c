/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.c: every range of the tree gets a number of its own, in the order of the page. */
#include "routine/load.h"

static void number(uint32_t *last, struct range *range)
{
    range->id = range->low != range->high ? ++*last : 0;
}

static void number_mark(void *context, struct mark *mark)
{
    number(context, &mark->time);
    number(context, &mark->amount);
}

static void number_blocks(uint32_t *last, struct block *blocks, size_t count);

static void number_block(uint32_t *last, struct block *block)
{
    struct span *spans = (struct span *)block->spans;
    number(last, &block->moment_time);
    for (size_t i = 0; i < block->span_count; i++)
        if (spans[i].kind == SPAN_MARK)
            number_mark(last, &spans[i].mark);
    number_blocks(last, (struct block *)block->children, block->child_count);
}

static void number_blocks(uint32_t *last, struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        number_block(last, &blocks[i]);
}

static void number_section(uint32_t *last, struct section *s)
{
    number(last, &s->rounds);
    number(last, &s->sets);
    number(last, &s->reps);
    number(last, &s->pick);
    number(last, &s->rest);
    if (s->bout)
        number_mark(last, (struct mark *)s->bout);
    number_blocks(last, (struct block *)s->lead, s->lead_count);
    number_blocks(last, (struct block *)s->before, s->before_count);
    number_blocks(last, (struct block *)s->body, s->body_count);
    number_blocks(last, (struct block *)s->after, s->after_count);
    for (size_t i = 0; i < s->child_count; i++)
        number_section(last, (struct section *)&s->children[i]);
}

uint32_t number_ranges(struct section *root)
{
    uint32_t last = 0;
    number_section(&last, root);
    return last;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump.c: the tree as text, one line a node: what golden files compare. */
#include <string.h>

#include "routine/load.h"
#include "routine/mark_reader.h"

struct dump {
    FILE *to;
    struct arena *arena;
};

static void indent(struct dump *d, int depth)
{
    fprintf(d->to, "%*s", depth * 2, "");
}

static void write_place(struct dump *d, struct place place)
{
    fprintf(d->to, " @%d:%d", place.line, place.column);
}

static void write_range(struct dump *d, const char *name, const struct range *range, bool is_time)
{
    fprintf(d->to, " %s=%s", name, mark_range_text(range, is_time, d->arena));
    if (range->id)
        fprintf(d->to, "#%u", (unsigned)range->id);
}

static void write_mark(struct dump *d, const struct mark *mark)
{
    fprintf(d->to, "`%s`", mark_text(mark, d->arena));
    if (mark->time.id || mark->amount.id)
        fprintf(d->to, "#%u", (unsigned)(mark->time.id ? mark->time.id : mark->amount.id));
}

static const char *style_of(const struct span *span)
{
    if (span->kind == SPAN_MARK)
        return "";
    return span->bold && span->emphasis ? "***" : span->bold ? "**" : span->emphasis ? "*" : "";
}

static void write_spans(struct dump *d, const struct span *spans, size_t count)
{
    const char *style = "";
    for (size_t i = 0; i < count; i++) {
        const struct span *span = &spans[i];
        if (strcmp(style, style_of(span)) != 0)
            fprintf(d->to, "%s%s", style, style_of(span));
        style = style_of(span);
        if (span->kind == SPAN_MARK) {
            fputc('[', d->to);
            write_mark(d, &span->mark);
            fputc(']', d->to);
        } else if (span->kind == SPAN_TEXT) {
            fputs(span->text, d->to);
        } else if (span->left) {
            fprintf(d->to, "{%s: %s | %s}", placeholder_name(span->placeholder), span->left,
                    span->right);
        } else {
            fprintf(d->to, "{%s}", placeholder_name(span->placeholder));
        }
    }
    fputs(style, d->to);
}

static void write_moment(struct dump *d, const struct block *block)
{
    static const char *const names[] = {"", " halfway", " at", " last", " every"};
    if (block->moment <= MOMENT_HALFWAY)
        fputs(names[block->moment], d->to);
    else
        write_range(d, names[block->moment] + 1, &block->moment_time, true);
}

static void write_blocks(struct dump *d, int depth, const char *title, const struct block *blocks,
                         size_t count)
{
    static const char *const roles[] = {"", " tip", " caution"};
    static const char *const passes[] = {"", " first", " later"};
    if (count && title) {
        indent(d, depth++);
        fprintf(d->to, "%s\n", title);
    }
    for (size_t i = 0; i < count; i++) {
        const struct block *block = &blocks[i];
        indent(d, depth);
        fputs(block->item ? "item" : "paragraph", d->to);
        write_place(d, block->place);
        fprintf(d->to, "%s%s%s", roles[block->role], passes[block->pass],
                block->names_side ? " sided" : "");
        write_moment(d, block);
        fputs(": ", d->to);
        write_spans(d, block->spans, block->span_count);
        fputc('\n', d->to);
        write_blocks(d, depth + 1, NULL, block->children, block->child_count);
    }
}

static void write_attributes(struct dump *d, const struct section *s)
{
    static const char *const sides[] = {"", " each-side", " alternating"};
    if (s->has_rounds)
        write_range(d, "rounds", &s->rounds, false);
    if (s->has_sets)
        write_range(d, "sets", &s->sets, false);
    if (s->has_reps)
        write_range(d, "reps", &s->reps, false);
    if (s->pick.high)
        write_range(d, "pick", &s->pick, false);
    if (s->rest.high)
        write_range(d, "rest", &s->rest, true);
    fputs(sides[s->sides], d->to);
    fputs(s->right_first ? " right-first" : "", d->to);
    fputs(s->shuffle ? " shuffle" : "", d->to);
    fputs(s->optional ? " optional" : "", d->to);
    if (s->level != LEVEL_EASY)
        fprintf(d->to, " level=%s", level_name(s->level));
    if (s->position)
        fprintf(d->to, " position=\"%s\"", s->position);
    fprintf(d->to, " language=%s", s->language);
    if (s->bout) {
        fputs(" bout=", d->to);
        write_mark(d, s->bout);
    }
}

static void write_section(struct dump *d, int depth, const struct section *s)
{
    indent(d, depth);
    fprintf(d->to, "%s \"%s\"", s->group ? "group" : "move", s->name);
    write_place(d, s->place);
    write_attributes(d, s);
    fputc('\n', d->to);
    write_blocks(d, depth + 1, "lead", s->lead, s->lead_count);
    write_blocks(d, depth + 1, "before", s->before, s->before_count);
    write_blocks(d, depth + 1, "body", s->body, s->body_count);
    write_blocks(d, depth + 1, "after", s->after, s->after_count);
    for (size_t i = 0; i < s->child_count; i++)
        write_section(d, depth + 1, &s->children[i]);
}

static void write_announce(struct dump *d, unsigned announce)
{
    static const char *const names[] = {"opening", "names",   "positions", "sides", "sets",
                                        "rests",   "halfway", "close",     "ticks"};
    if (announce == ANNOUNCE_ALL)
        return;
    fputs("announce:", d->to);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (announce & 1u << i)
            fprintf(d->to, " %s", names[i]);
    fputs(announce ? "\n" : " none\n", d->to);
}

static void write_text(struct dump *d, const char *name, const char *text)
{
    if (text)
        fprintf(d->to, "%s: %s\n", name, text);
}

void routine_dump(const struct routine *routine, FILE *to)
{
    static const char *const counts[] = {"up", "down", "off"};
    struct dump d = {to, arena_new()};
    fprintf(to, "routine \"%s\" language=%s\n", routine->title, routine->language);
    for (size_t i = 0; i < routine->need_count; i++)
        fprintf(to, "needs: %s\n", routine->needs[i]);
    write_text(&d, "voice", routine->voice);
    write_text(&d, "author", routine->author);
    write_text(&d, "source", routine->source);
    write_text(&d, "license", routine->license);
    write_text(&d, "description", routine->description);
    if (routine->music)
        fprintf(to, "music: %s\n", mark_text(routine->music, d.arena) + strlen("music "));
    write_announce(&d, routine->announce);
    if (routine->count != COUNT_UP)
        fprintf(to, "count: %s\n", counts[routine->count]);
    if (routine->gap_ns != 600 * NSEC_PER_MSEC)
        fprintf(to, "gap: %s\n", mark_time_text(routine->gap_ns, d.arena));
    write_section(&d, 0, routine->root);
    arena_destroy(d.arena);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.c: what the marks of a heading mean for the group or move under it. */
#include <string.h>

#include "routine/load.h"

static const char *text_of(struct load *load, const struct mark *mark)
{
    return mark_text(mark, load->arena);
}

static const struct mark *find(const struct mark *marks, size_t count, enum mark_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (marks[i].kind == kind)
            return &marks[i];
    return NULL;
}

bool resolve_is_group_mark(enum mark_kind kind)
{
    return kind == MARK_ROUNDS || kind == MARK_SHUFFLE || kind == MARK_PICK ||
           kind == MARK_OPTIONAL || kind == MARK_LEVEL || kind == MARK_REST;
}

static bool is_text_mark(enum mark_kind kind)
{
    return kind == MARK_SOUND || kind == MARK_MUSIC || kind >= MARK_HALFWAY;
}

static void refuse_text_mark(struct load *load, const struct mark *mark)
{
    load_error(load, mark->place, "write it where it happens, in the text under the heading",
               "`%s` has no meaning on a heading", text_of(load, mark));
}

static void apply_common(struct section *section, const struct mark *mark)
{
    if (mark->kind == MARK_OPTIONAL)
        section->optional = true;
    if (mark->kind == MARK_LEVEL)
        section->level = mark->level;
}

/* --- Groups --- */

static void refuse_on_group(struct load *load, const struct mark *mark)
{
    const char *text = text_of(load, mark);
    if (mark->kind == MARK_SETS || mark->kind == MARK_REPS)
        load_error(load, mark->place,
                   load_text(load,
                             "a group is repeated in rounds: `%s rounds`; or put `%s` on "
                             "the headings under it",
                             load_text(load, "%.*s", (int)strcspn(text, " "), text), text),
                   "`%s` belongs to a move, and this heading is a group", text);
    else
        load_error(load, mark->place, load_text(load, "put `%s` on the headings under it", text),
                   "`%s` belongs to a move, and this heading is a group", text);
}

void resolve_group(struct load *load, struct section *section, const struct mark *marks,
                   size_t count, bool title)
{
    const struct mark *rounds = find(marks, count, MARK_ROUNDS);
    section->group = true;
    for (size_t i = 0; i < count; i++) {
        const struct mark *mark = &marks[i];
        apply_common(section, mark);
        if (is_text_mark(mark->kind))
            refuse_text_mark(load, mark);
        else if (!resolve_is_group_mark(mark->kind) && !title)
            refuse_on_group(load, mark);
        if (mark->kind == MARK_ROUNDS) {
            section->rounds = mark->amount;
            section->has_rounds = true;
        }
        section->shuffle = section->shuffle || mark->kind == MARK_SHUFFLE;
        if (mark->kind == MARK_PICK)
            section->pick = mark->amount;
        if (mark->kind == MARK_PICK && (size_t)mark->amount.high > section->child_count)
            load_error(load, mark->place,
                       load_text(load, "at most `pick %zu`", section->child_count),
                       "`%s`, but there are only %zu under this heading", text_of(load, mark),
                       section->child_count);
        if (mark->kind != MARK_REST)
            continue;
        if (rounds)
            section->rest = mark->time;
        else if (!title)
            load_error(load, mark->place,
                       load_text(load, "add the rounds: `2 rounds` `%s`", text_of(load, mark)),
                       "`%s` on a group stands between rounds, and there are none",
                       text_of(load, mark));
    }
}

/* --- Moves --- */

struct move {
    struct load *load;
    struct section *section;
    struct block *blocks; /* all of them */
    struct block *body;
    size_t block_count, body_count;
    const struct mark *marks; /* of the heading, from it and from the link */
    size_t count;
};

/* The body is everything from the first to the last block that `belongs`. */
static bool cut_body(struct move *m, bool (*belongs)(const struct block *))
{
    size_t first = m->block_count, last = 0;
    for (size_t i = 0; i < m->block_count; i++) {
        if (!belongs(&m->blocks[i]))
            continue;
        first = first < i ? first : i;
        last = i;
    }
    if (first == m->block_count)
        return false;
    m->body = m->blocks + first;
    m->body_count = last - first + 1;
    m->section->before = m->blocks;
    m->section->before_count = first;
    m->section->after = m->blocks + last + 1;
    m->section->after_count = m->block_count - last - 1;
    return true;
}

static bool is_item(const struct block *block)
{
    return block->item;
}

static void find_body(struct move *m)
{
    struct section *s = m->section;
    if (!cut_body(m, is_item) && !cut_body(m, block_is_timed)) {
        s->before = m->blocks;
        s->before_count = m->block_count;
    }
    s->body = m->body;
    s->body_count = m->body_count;
}

struct override {
    const struct mark *by; /* NULL: only looking */
    enum mark_kind kind;
    bool any, same;
};

static void override_mark(void *context, struct mark *mark)
{
    struct override *o = context;
    o->any = o->any || mark_is_timed(mark->kind);
    if (mark->kind != o->kind)
        return;
    o->same = true;
    if (!o->by)
        return;
    struct place place = mark->place;
    *mark = *o->by;
    mark->place = place;
}

static struct override look(const struct move *m, enum mark_kind kind)
{
    struct override found = {.kind = kind};
    block_each_mark(m->body, m->body_count, override_mark, &found);
    return found;
}

static void set_bout(struct move *m, const struct mark *mark)
{
    if (m->section->bout) {
        load_error(m->load, mark->place,
                   load_text(m->load, "write a list under the heading: - `%s` words  - `%s` words",
                             text_of(m->load, m->section->bout), text_of(m->load, mark)),
                   "`%s` and `%s`: one heading is one stretch of time",
                   text_of(m->load, m->section->bout), text_of(m->load, mark));
        return;
    }
    m->section->bout = arena_memdup(m->load->arena, mark, sizeof *mark);
}

/* A timed mark on the heading: it changes those of its kind in the body, or is the bout itself. */
static void apply_timed(struct move *m, const struct mark *mark)
{
    struct override override = look(m, mark->kind);
    if (override.same) {
        override.by = mark;
        block_each_mark(m->body, m->body_count, override_mark, &override);
    } else if (override.any) {
        load_error(m->load, mark->place,
                   load_text(m->load, "the text under it has other times; write `%s` there",
                             text_of(m->load, mark)),
                   "`%s` on the heading changes no `%s` below it", text_of(m->load, mark),
                   mark_kind_name(mark->kind));
    } else {
        set_bout(m, mark);
    }
}

static bool has_sets(const struct move *m)
{
    return find(m->marks, m->count, MARK_SETS) != NULL;
}

static void apply_rest(struct move *m, const struct mark *mark)
{
    if (m->section->has_sets) {
        m->section->rest = mark->time;
        return;
    }
    struct override override = look(m, MARK_REST);
    const char *text = text_of(m->load, mark);
    if (!override.same && (override.any || m->section->has_reps || m->section->bout))
        load_error(m->load, mark->place, load_text(m->load, "add the sets: `2 sets` `%s`", text),
                   "`%s` on a move stands between sets, and there are none", text);
    else
        apply_timed(m, mark);
}

static void refuse_on_move(struct load *load, const struct mark *mark)
{
    const char *text = text_of(load, mark);
    const char *hint = "it chooses among the headings under a group, and there are none";
    if (mark->kind == MARK_ROUNDS)
        hint = load_text(load, "a move is repeated in sets: `%s sets`",
                         load_text(load, "%.*s", (int)strcspn(text, " "), text));
    load_error(load, mark->place, hint, "`%s` belongs to a group, and this heading is a move",
               text);
}

static void apply_count(struct section *section, const struct mark *mark)
{
    bool sets = mark->kind == MARK_SETS;
    *(sets ? &section->sets : &section->reps) = mark->amount;
    *(sets ? &section->has_sets : &section->has_reps) = true;
}

static void apply_sides(struct section *section, const struct mark *mark)
{
    if (mark->kind == MARK_ALTERNATING)
        section->sides = SIDES_ALTERNATING;
    else if (section->sides == SIDES_NONE)
        section->sides = SIDES_EACH;
}

static bool is_side_mark(enum mark_kind kind)
{
    return kind == MARK_EACH_SIDE || kind == MARK_ALTERNATING;
}

/* Marks of the heading and of the link to it. Times first: they may make the bout. */
static void apply_hard(struct move *m)
{
    struct section *s = m->section;
    for (size_t i = 0; i < m->count; i++) {
        const struct mark *mark = &m->marks[i];
        apply_common(s, mark);
        if (is_text_mark(mark->kind))
            refuse_text_mark(m->load, mark);
        else if (mark->kind == MARK_ROUNDS || mark->kind == MARK_SHUFFLE || mark->kind == MARK_PICK)
            refuse_on_move(m->load, mark);
        else if (mark->kind == MARK_SETS || mark->kind == MARK_REPS)
            apply_count(s, mark);
        else if (is_side_mark(mark->kind))
            apply_sides(s, mark);
        else if (mark->kind == MARK_RIGHT_FIRST)
            s->right_first = true;
        else if (mark_is_timed(mark->kind) && mark->kind != MARK_REST)
            apply_timed(m, mark);
    }
    if (find(m->marks, m->count, MARK_REST) && has_sets(m))
        apply_rest(m, find(m->marks, m->count, MARK_REST));
}

/* Whether a default of this kind would change anything, and the move leaves it open. */
static bool fits(const struct move *m, const struct mark *mark)
{
    const struct section *s = m->section;
    bool repeats = s->body_count || s->bout;
    if (find(m->marks, m->count, mark->kind))
        return false;
    if (mark->kind == MARK_SETS)
        return repeats && !s->has_sets;
    if (mark->kind == MARK_REPS)
        return repeats && !s->has_reps;
    if (is_side_mark(mark->kind))
        return repeats && (s->sides == SIDES_NONE || mark->kind == MARK_ALTERNATING) &&
               !find(m->marks, m->count, MARK_EACH_SIDE) &&
               !find(m->marks, m->count, MARK_ALTERNATING);
    if (mark->kind == MARK_RIGHT_FIRST)
        return s->sides != SIDES_NONE && !s->right_first;
    if (mark->kind == MARK_REST)
        return s->has_sets && s->rest.high == 0;
    for (size_t i = 0; i < m->count; i++)
        if (mark_is_timed(m->marks[i].kind) && !(m->marks[i].kind == MARK_REST && s->has_sets))
            return false; /* the move has a time of its own */
    return mark_is_timed(mark->kind) && !s->bout && !look(m, mark->kind).any;
}

static void apply_default(struct move *m, const struct mark *mark)
{
    if (mark->kind == MARK_SETS || mark->kind == MARK_REPS)
        apply_count(m->section, mark);
    else if (is_side_mark(mark->kind))
        apply_sides(m->section, mark);
    else if (mark->kind == MARK_RIGHT_FIRST)
        m->section->right_first = true;
    else if (mark->kind == MARK_REST)
        m->section->rest = mark->time;
    else
        set_bout(m, mark);
}

/* Three passes: times, then counts and sides, then what depends on those. */
static void apply_defaults(struct move *m, const struct defaults *defaults)
{
    for (int pass = 0; pass < 3; pass++)
        for (const struct defaults *d = defaults; d; d = d->outer)
            for (size_t i = 0; i < d->count; i++) {
                enum mark_kind kind = d->marks[i].kind;
                bool late = kind == MARK_REST || kind == MARK_RIGHT_FIRST;
                int wanted = late ? 2 : mark_is_timed(kind) ? 0 : 1;
                if (wanted != pass || !fits(m, &d->marks[i]))
                    continue;
                d->used[i] = true;
                apply_default(m, &d->marks[i]);
            }
}

static bool any_names_side(const struct section *s)
{
    const struct block *lists[] = {s->lead, s->before, s->after};
    const size_t counts[] = {s->lead_count, s->before_count, s->after_count};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < counts[i]; j++)
            if (lists[i][j].names_side)
                return true;
    return false;
}

/* What the counts and sides of the heading need. */
static void check_repeats(struct move *m)
{
    struct section *s = m->section;
    bool nothing = s->body_count == 0 && !s->bout;
    for (size_t i = 0; i < m->count; i++) {
        const struct mark *mark = &m->marks[i];
        bool side = is_side_mark(mark->kind);
        if (mark->kind == MARK_RIGHT_FIRST && s->sides == SIDES_NONE)
            load_error(m->load, mark->place, "add them: `each side` `right first`",
                       "`right first`, but the move has no sides");
        if (!nothing || !(side || mark->kind == MARK_REPS || mark->kind == MARK_SETS) ||
            (side && any_names_side(s)))
            continue;
        load_error(m->load, mark->place,
                   "put what is repeated into a list (- …), or give the "
                   "heading a time, such as `for 30s`",
                   "`%s`, but there is nothing to repeat", text_of(m->load, mark));
    }
}

void resolve_move(struct load *load, struct section *section, const struct mark *marks,
                  size_t count, struct block *blocks, size_t block_count,
                  const struct defaults *defaults)
{
    struct move m = {.load = load,
                     .section = section,
                     .blocks = blocks,
                     .block_count = block_count,
                     .marks = marks,
                     .count = count};
    const struct mark *rest = find(marks, count, MARK_REST);
    find_body(&m);
    apply_hard(&m);
    apply_defaults(&m, defaults);
    if (rest && !has_sets(&m))
        apply_rest(&m, rest);
    check_repeats(&m);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* move.c: the order of a session, its groups and its moves.
 *
 * - Session: music; opening; the root's own text; its children; close and the sound done.
 * - Group: its name; its text when it is new; then for every round: the rest between rounds, "Round
 *   two of three.", its `later` text from the second time on, its children.
 * - Move: its name ("First:" or "Next:"); time to change position; the text under a link heading;
 *   then sets > sides > reps (alternating: sets > reps > sides), rests only between.
 * - Set: rest; "Set two of three."; with sides, from the second set on, "Left side.".
 * - Side: the way in; the reps; the way out. Between sides of `each side`: sound switch, "Switch
 *   sides.", 3 s. `alternating`: only the sound whenever the side changes.
 * - Way in: a block without {side} the first time through only; one with {side} once for each side
 *   in the first set; `later` blocks whenever the way is passed again.
 * - Way out: at the end of each side and set; alternating: at the end of each set, a block with
 *   {side} for both.
 * - Rep: its number (up, down or off; none for a single rep) as a step, or over the body's first
 *   bout as its first words; the body; the heading's own bout.
 * Passes are counted for each heading and part, over sides, sets and rounds. */
#include <inttypes.h>
#include <string.h>

#include "plan/expand.h"

#define FIRST_READY_NS  (5 * NSEC_PER_SEC)
#define SWITCH_READY_NS (3 * NSEC_PER_SEC)

static void enter(struct builder *b, const struct node *node)
{
    b->section = node->section;
    b->wish = node->wish;
}

static void expand_blocks(struct builder *b, const struct block *blocks, size_t count,
                          uint32_t pass)
{
    for (size_t i = 0; i < count && !b->failed; i++)
        block_expand(b, &blocks[i], pass);
}

/* "Set two of three.", "Round one of two." */
static void say_numbered(struct builder *b, const char *key, int64_t number, int64_t total)
{
    if (total < 2 || !(b->announce & ANNOUNCE_SETS))
        return;
    const char *const pairs[] = {"number", arena_printf(b->scratch, "%" PRId64, number), "total",
                                 arena_printf(b->scratch, "%" PRId64, total), NULL};
    cue_phrase(b, key, pairs, b->routine->gap_ns);
}

static const char *side_key(enum side side)
{
    return side == SIDE_LEFT ? "side.left" : "side.right";
}

/* --- a move --- */

static bool way_in_block_plays(const struct builder *b, const struct node *node,
                               const struct block *block, uint32_t pass)
{
    if (block->pass == PASS_LATER)
        return pass > 0;
    if (block->names_side)
        return node->visits == 0 && b->set <= 1;
    return pass == 0;
}

static void way_in(struct builder *b, struct node *node)
{
    const struct section *section = node->section;
    uint32_t pass = node->way_in_passes++;
    for (size_t i = 0; i < section->before_count && !b->failed; i++)
        if (way_in_block_plays(b, node, &section->before[i], pass))
            block_expand(b, &section->before[i], pass);
}

static void way_out(struct builder *b, struct node *node)
{
    const struct section *section = node->section;
    expand_blocks(b, section->after, section->after_count, node->way_out_passes++);
}

/* At the end of a set with alternating sides. */
static void way_out_both(struct builder *b, struct node *node, enum side first, enum side second)
{
    const struct section *section = node->section;
    uint32_t pass = node->way_out_passes++;
    for (size_t i = 0; i < section->after_count && !b->failed; i++) {
        const struct block *block = &section->after[i];
        b->side = block->names_side ? first : SIDE_NONE;
        block_expand(b, block, pass);
        b->side = second;
        if (block->names_side)
            block_expand(b, block, pass + 1);
    }
    b->side = SIDE_NONE;
}

static void say_rep(struct builder *b, const struct section *section, uint32_t pass)
{
    b->rep_count = NULL;
    if (b->count == COUNT_OFF || b->reps < 2)
        return;
    int32_t number = b->count == COUNT_UP ? b->rep : b->reps - b->rep + 1;
    const char *words = cue_number(b, number);
    bool over = block_first_is_bout(b, section->body, section->body_count, pass);
    if (section->bout && !over) {
        bool silent = true;
        for (size_t i = 0; i < section->body_count; i++)
            silent = silent && !block_plays(b, &section->body[i], pass);
        over = silent && mark_takes_words(section->bout) && section->bout->kind != MARK_REST &&
               section->bout->kind != MARK_READY;
    }
    if (over) {
        b->rep_count = words;
        b->rep_count_last = b->rep == b->reps;
        return;
    }
    struct cue *cue = cue_speak(b, words, ROLE_COUNT, GAP_COUNT_NS);
    cue->last = b->rep == b->reps;
}

static void body(struct builder *b, struct node *node, bool counted)
{
    const struct section *section = node->section;
    uint32_t pass = node->body_passes++;
    if (counted)
        say_rep(b, section, pass);
    expand_blocks(b, section->body, section->body_count, pass);
    if (section->bout && !b->failed) {
        struct bout_words none = {.first = b->sentences.count, .pass = pass};
        bout_expand(b, section->bout, &none);
    }
    b->rep_count = NULL;
}

/* The reps of one side, or of no side. */
static void side_reps(struct builder *b, struct node *node)
{
    way_in(b, node);
    for (int32_t rep = 1; rep <= b->reps && !b->failed; rep++) {
        b->rep = rep;
        body(b, node, true);
    }
    b->rep = 0;
    way_out(b, node);
}

static void switch_sides(struct builder *b)
{
    cue_sound(b, "switch", (struct place){0});
    if (b->announce & ANNOUNCE_SIDES)
        cue_phrase(b, "switch", NULL, b->routine->gap_ns);
    cue_ready(b, SWITCH_READY_NS);
}

/* From the second set on, after the rest, the person must hear which side begins. */
static void say_side(struct builder *b)
{
    if (b->set < 2 || !(b->announce & ANNOUNCE_SIDES))
        return;
    const char *side = phrases_find(b->phrases, side_key(b->side));
    if (!side)
        return;
    const char *const pairs[] = {"side", side, "=variant", b->side == SIDE_LEFT ? "left" : "right",
                                 NULL};
    cue_phrase(b, "side.start", pairs, b->routine->gap_ns);
}

static void each_side(struct builder *b, struct node *node, enum side first, enum side second)
{
    b->side_bouts.count = b->side_bout_next = 0;
    b->second_side = false;
    b->side = first;
    say_side(b);
    side_reps(b, node);
    b->second_side = true;
    b->side = second;
    switch_sides(b);
    side_reps(b, node);
    b->second_side = false;
    b->side = SIDE_NONE;
}

static void alternating(struct builder *b, struct node *node, enum side first, enum side second)
{
    const enum side sides[] = {first, second};
    for (int32_t rep = 1; rep <= b->reps && !b->failed; rep++) {
        b->rep = rep;
        for (int i = 0; i < 2 && !b->failed; i++) {
            b->side = sides[i];
            if (rep > 1 || i > 0)
                cue_sound(b, "switch", (struct place){0});
            if (rep == 1)
                way_in(b, node);
            body(b, node, i == 0);
        }
    }
    b->rep = 0;
    b->side = SIDE_NONE;
    way_out_both(b, node, first, second);
}

static void expand_sets(struct builder *b, struct node *node)
{
    const struct section *section = node->section;
    nsec rest = choice_time(b->options, section->rest);
    enum side first = block_first_side(b);
    enum side second = first == SIDE_LEFT ? SIDE_RIGHT : SIDE_LEFT;
    for (int32_t set = 1; set <= b->sets && !b->failed; set++) {
        b->set = set;
        if (set > 1 && rest > 0)
            bout_rest(b, rest, section->place);
        say_numbered(b, "set", set, b->sets);
        if (section->sides == SIDES_EACH)
            each_side(b, node, first, second);
        else if (section->sides == SIDES_ALTERNATING)
            alternating(b, node, first, second);
        else
            side_reps(b, node);
    }
    b->set = 0;
}

/* "Next: side stretch." The opening has already said the name of a page of one move. */
static void say_name(struct builder *b, const struct section *section)
{
    if (!(b->announce & ANNOUNCE_NAMES) || !section->name[0] || section == b->routine->root)
        return;
    const char *const pairs[] = {"name", section->name, "small name",
                                 word_small(b->scratch, section->name), NULL};
    const char *key = b->visits.count == 1 ? "name.only"
                      : b->visit == 0      ? "name.first"
                                           : "name.next";
    cue_phrase(b, key, pairs, b->routine->gap_ns);
}

static nsec position_time(const char *from, const char *to)
{
    int rise = position_height(to) - position_height(from);
    if (rise == 0)
        return 4 * NSEC_PER_SEC;
    return (rise == 1 || rise == -1 ? 6 : 10) * NSEC_PER_SEC;
}

/* Where a move is done, NULL if the page does not say. A routine's own position is where its first
 * move begins. */
static const char *position_of(const struct builder *b, size_t visit, const struct section *section)
{
    return section->position || visit > 0 ? section->position : b->routine->root->position;
}

/* Time to change position: none when it stays or the page does not say, 4 s at the same height, 6 s
 * one height apart, 10 s between lying and standing; 5 s into the first one known. The opening has
 * already said the position of the first move. */
static void change_position(struct builder *b, const struct section *section)
{
    const char *from = b->position, *to = position_of(b, b->visit, section);
    if (!to || (from && strcmp(from, to) == 0))
        return;
    b->position = to;
    bool said = b->visit == 0 && (b->announce & ANNOUNCE_OPENING);
    if ((b->announce & ANNOUNCE_POSITIONS) && !said)
        cue_phrase(b, arena_printf(b->scratch, "position.%s.go", to), NULL, b->routine->gap_ns);
    cue_ready(b, from ? position_time(from, to) : FIRST_READY_NS);
}

static int32_t as_count(int64_t count)
{
    return count < 1 ? 1 : count > INT32_MAX ? INT32_MAX : (int32_t)count;
}

static void expand_move(struct builder *b, struct node *node)
{
    const struct section *section = node->section;
    enter(b, node);
    if (b->begun == b->visit) {
        b->begun++;
        b->begin = true;
    }
    say_name(b, section);
    change_position(b, section);
    if (node->visits == 0)
        expand_blocks(b, section->lead, section->lead_count, 0);
    b->sets = as_count(choice_count(b->options, section->sets));
    b->reps = as_count(choice_count(b->options, section->reps));
    expand_sets(b, node);
    b->sets = b->reps = 0;
    b->begin = false;
    node->visits++;
    b->visit++;
}

/* --- groups --- */

static void expand_node(struct builder *b, struct node *node);

/* Words between two moves belong to the move to come, so that "next" does not skip them. */
static void say_group(struct builder *b, struct node *node)
{
    const struct section *section = node->section;
    enter(b, node);
    if (section != b->routine->root && b->visit < b->visits.count && b->begun == b->visit) {
        b->begun++;
        b->begin = true;
    }
    if ((b->announce & ANNOUNCE_NAMES) && section->name[0] && section != b->routine->root) {
        const char *const pairs[] = {"name", section->name, NULL};
        cue_phrase(b, "group", pairs, b->routine->gap_ns);
    }
    if (node->visits > 0)
        return;
    expand_blocks(b, section->lead, section->lead_count, 0);
    for (size_t i = 0; i < section->before_count; i++)
        if (section->before[i].pass != PASS_LATER)
            block_expand(b, &section->before[i], 0);
}

static void say_group_later(struct builder *b, struct node *node)
{
    const struct section *section = node->section;
    uint32_t pass = node->way_in_passes++;
    for (size_t i = 0; i < section->before_count && pass > 0; i++)
        if (section->before[i].pass == PASS_LATER)
            block_expand(b, &section->before[i], pass);
}

static void expand_group(struct builder *b, struct node *node)
{
    const struct section *section = node->section;
    int32_t outer_round = b->round, outer_rounds = b->rounds;
    int32_t rounds = as_count(choice_count(b->options, section->rounds));
    nsec rest = choice_time(b->options, section->rest);
    say_group(b, node);
    for (int32_t round = 1; round <= rounds && !b->failed; round++) {
        if (section->has_rounds) {
            b->round = round;
            b->rounds = rounds;
        }
        enter(b, node);
        if (round > 1 && rest > 0)
            bout_rest(b, rest, section->place);
        if (round > 1 && b->begun == b->visit && b->visit < b->visits.count) {
            b->begun++;
            b->begin = true;
        }
        say_numbered(b, "round", round, rounds);
        say_group_later(b, node);
        for (size_t i = 0; i < node->child_count && !b->failed; i++)
            expand_node(b, &node->children[i]);
    }
    enter(b, node);
    expand_blocks(b, section->after, section->after_count, node->way_out_passes++);
    b->round = outer_round;
    b->rounds = outer_rounds;
    node->visits++;
}

static void expand_node(struct builder *b, struct node *node)
{
    if (node->section->group)
        expand_group(b, node);
    else
        expand_move(b, node);
}

static void list_visits(struct builder *b, const struct node *node)
{
    if (!node->section->group) {
        *vec_push(&b->visits) = node;
        return;
    }
    int32_t rounds = as_count(choice_count(b->options, node->section->rounds));
    for (int32_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < node->child_count; i++)
            list_visits(b, &node->children[i]);
}

/* --- the session --- */

/* "a mat", "a mat and a chair", "a mat, a chair and a wall". */
static const char *list_words(struct builder *b, const char *const *words, size_t count)
{
    const char *list = "";
    for (size_t i = 0; i < count; i++) {
        const char *pairs[] = {"first", list, "second", words[i], NULL};
        const char *key = i + 1 == count ? "list.and" : "list.comma";
        list = i == 0 ? words[0] : phrases_say(b->phrases, b->scratch, key, pairs);
    }
    return list ? list : "";
}

static const char *thing_words(struct builder *b, const char *thing)
{
    const char *words = phrases_find(b->phrases, arena_printf(b->scratch, "thing.%s", thing));
    if (words)
        return words;
    const char *const pairs[] = {"name", thing, NULL};
    size_t length = strlen(thing);
    bool as_written = length == 0 || thing[length - 1] == 's' ||
                      (thing[0] >= '0' && thing[0] <= '9') || str_starts_with(thing, "a ") ||
                      str_starts_with(thing, "an ");
    const char *key = as_written                       ? "thing.as written"
                      : strchr("aeiouAEIOU", thing[0]) ? "thing.before a vowel"
                                                       : "thing.other";
    const char *said = phrases_say(b->phrases, b->scratch, key, pairs);
    return said ? said : phrases_say(b->phrases, b->scratch, "thing.other", pairs);
}

static void say_needs(struct builder *b)
{
    const struct routine *routine = b->routine;
    if (routine->need_count == 0)
        return;
    const char **words = ARENA_ARRAY(b->scratch, const char *, routine->need_count);
    for (size_t i = 0; i < routine->need_count; i++)
        words[i] = thing_words(b, routine->needs[i]);
    const char *const pairs[] = {"things", list_words(b, words, routine->need_count), NULL};
    cue_phrase(b, "opening.needs", pairs, GAP_SENTENCE_NS);
}

static void say_opening(struct builder *b)
{
    if (!(b->announce & ANNOUNCE_OPENING))
        return;
    const char *title = b->routine->title ? b->routine->title : "";
    nsec total = b->options->total_ns > 0 ? b->options->total_ns : b->total_ns;
    const char *time = phrases_duration(b->phrases, b->scratch, total, true);
    const char *const pairs[] = {"title", title, "duration", time, NULL};
    size_t first = b->cues.count;
    cue_phrase(b, title[0] ? "opening.title" : "opening.untitled", pairs, GAP_SENTENCE_NS);
    say_needs(b);
    const char *position =
        b->visits.count > 0 ? position_of(b, 0, b->visits.items[0]->section) : NULL;
    if (position)
        cue_phrase(b, arena_printf(b->scratch, "position.%s.start", position), NULL,
                   GAP_SENTENCE_NS);
    if (b->cues.count > first && !b->failed)
        b->cues.items[b->cues.count - 1].gap_ns = b->routine->gap_ns;
}

static void say_close(struct builder *b)
{
    if (!(b->announce & ANNOUNCE_CLOSE))
        return;
    const char *title = b->routine->title ? b->routine->title : "";
    const char *const pairs[] = {"title", title, NULL};
    if (title[0])
        cue_phrase(b, "close.title", pairs, GAP_SENTENCE_NS);
    cue_phrase(b, "close.praise", NULL, b->routine->gap_ns);
    cue_sound(b, "done", (struct place){0});
}

void move_expand_session(struct builder *b, struct node *root)
{
    const struct mark *music = b->routine->music;
    list_visits(b, root);
    if (music) {
        struct cue *cue = cue_step(b, CUE_BED, music->place);
        cue->text = music->word;
        cue->gain_db = music->gain_db;
        cue->duration_ns = (music->word ? 2 : 3) * NSEC_PER_SEC;
    }
    say_opening(b);
    expand_node(b, root);
    b->section = NULL;
    b->wish = NULL;
    say_close(b);
    cue_finish_step(b);
}

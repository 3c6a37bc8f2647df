/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block.c: one paragraph or item, as steps.
 *
 * - Its words are split at the marks into stretches and those into sentences; a sentence is a cue.
 *   After the last sentence of the block comes the page's gap (600 ms unless it says otherwise),
 *   between sentences 300 ms, and none when a mark follows directly.
 * - A mark happens where it stands: the words before it are spoken first, then its time runs, and
 *   the words after it, up to the next mark, are spoken over it.
 * - `wait` and `count` are silence: the words after them come after them.
 * - A block that says something before its first breath (`in`, `out`, `keep`) leads every breath in
 *   by its words: words between two breaths are spoken before the second, and only the words after
 *   the last one are spoken over it. A block that begins with a breath has its words over them.
 * - A sound is a step of its own and rings on. `music` begins or ends a bed.
 * - Items nested under a block with a timed mark happen inside its last timed mark; those under any
 *   other block are spoken after it.
 * - On the first pass a block is spoken in full, on later passes only its bold words (all of them
 *   if none is bold). detail full: always in full; brief: bold words from the start, except
 *   cautions, whose first pass is always in full.
 * - `first` blocks are heard on the first pass only, `later` ones on all others. Tips are heard on
 *   passes in full only, and not at all with detail brief. */
#include "plan/expand.h"

bool mark_takes_words(const struct mark *mark)
{
    return mark_is_timed(mark->kind) && mark->kind != MARK_WAIT && mark->kind != MARK_COUNT;
}

static bool is_breath(const struct span *span)
{
    return span->kind == SPAN_MARK && (span->mark.kind == MARK_IN || span->mark.kind == MARK_OUT ||
                                       span->mark.kind == MARK_KEEP);
}

enum cue_role block_role(const struct block *block)
{
    return block->role == BLOCK_TIP       ? ROLE_TIP
           : block->role == BLOCK_CAUTION ? ROLE_CAUTION
                                          : ROLE_INSTRUCTION;
}

/* The pass as the block counts it: a `later` block is new on the second. */
static uint32_t own_pass(const struct block *block, uint32_t pass)
{
    return block->pass == PASS_LATER && pass > 0 ? pass - 1 : pass;
}

enum detail block_detail(const struct builder *b)
{
    const struct plan_section *wish = b->wish;
    return wish && wish->has_detail && !b->options->same_detail ? wish->detail : b->options->detail;
}

enum side block_first_side(const struct builder *b)
{
    if (b->wish && b->wish->first_side != SIDE_NONE)
        return b->wish->first_side;
    return b->section && b->section->right_first ? SIDE_RIGHT : SIDE_LEFT;
}

bool block_plays(const struct builder *b, const struct block *block, uint32_t pass)
{
    enum detail detail = block_detail(b);
    if (block->pass == PASS_FIRST && pass > 0)
        return false;
    if (block->pass == PASS_LATER && pass == 0)
        return false;
    if (block->role == BLOCK_TIP && b->options->no_tips)
        return false;
    if (block->role == BLOCK_TIP)
        return detail == DETAIL_FULL || (detail == DETAIL_NORMAL && own_pass(block, pass) == 0);
    return true;
}

bool block_brief(const struct builder *b, const struct block *block, uint32_t pass)
{
    enum detail detail = block_detail(b);
    bool first = own_pass(block, pass) == 0;
    if (detail == DETAIL_FULL || !word_has_bold(block))
        return false;
    if (first)
        return detail == DETAIL_BRIEF && block->role != BLOCK_CAUTION;
    return true;
}

/* The next mark at or after `from`, or the number of spans. */
static size_t next_mark(const struct block *block, size_t from)
{
    while (from < block->span_count && block->spans[from].kind != SPAN_MARK)
        from++;
    return from;
}

static bool breath_follows(const struct block *block, size_t from)
{
    for (; from < block->span_count; from++)
        if (is_breath(&block->spans[from]))
            return true;
    return false;
}

/* Told by the page as written, whatever is left of it in brief. */
static bool leads_in(const struct block *block)
{
    size_t first = 0;
    while (first < block->span_count && !is_breath(&block->spans[first]))
        first++;
    return first < block->span_count && word_any(block, 0, first, false);
}

static size_t last_timed(const struct block *block)
{
    size_t last = block->span_count;
    for (size_t i = 0; i < block->span_count; i++)
        if (block->spans[i].kind == SPAN_MARK && mark_is_timed(block->spans[i].mark.kind))
            last = i;
    return last;
}

/* Speaks the sentences from index `first` on as steps and takes them off the stack. */
static void speak_steps(struct builder *b, const struct block *block, size_t first, bool mark_next)
{
    for (size_t i = first; i < b->sentences.count && !b->failed; i++) {
        const struct sentence sentence = b->sentences.items[i];
        bool end = i + 1 == b->sentences.count;
        nsec gap = !end ? GAP_SENTENCE_NS : mark_next ? 0 : b->routine->gap_ns;
        struct cue *cue = cue_speak(b, sentence.text, block_role(block), gap);
        cue->language = b->section ? b->section->language : b->routine->language;
        cue->emphasis = sentence.emphasis;
        cue->full = sentence.full;
        cue->place = sentence.place;
    }
    b->sentences.count = first;
}

/* `music` fades in over 2 s and out over 3 s. */
static void expand_music(struct builder *b, const struct mark *mark)
{
    struct cue *cue = cue_step(b, CUE_BED, mark->place);
    cue->text = mark->word;
    cue->gain_db = mark->gain_db;
    cue->duration_ns = (mark->word ? 2 : 3) * NSEC_PER_SEC;
}

/* The mark at `at` and the words after it up to `next`; true if the words were spoken over it. */
static bool expand_mark(struct builder *b, const struct block *block, size_t at, size_t next,
                        uint32_t pass, bool led)
{
    const struct span *span = &block->spans[at];
    if (span->mark.kind == MARK_MUSIC) {
        expand_music(b, &span->mark);
        return false;
    }
    if (span->mark.kind == MARK_SOUND) {
        cue_sound(b, span->mark.word, span->mark.place);
        return false;
    }
    bool over =
        mark_takes_words(&span->mark) && !(led && is_breath(span) && breath_follows(block, at + 1));
    struct bout_words words = {.block = block,
                               .first = b->sentences.count,
                               .children = at == last_timed(block),
                               .pass = pass};
    if (over)
        words.count = word_sentences(b, block, at + 1, next, block_brief(b, block, pass));
    bout_expand(b, &span->mark, &words);
    b->sentences.count = words.first;
    return over;
}

void block_expand(struct builder *b, const struct block *block, uint32_t pass)
{
    if (b->failed || !block_plays(b, block, pass))
        return;
    bool brief = block_brief(b, block, pass);
    bool led = leads_in(block);
    size_t count = block->span_count;
    size_t mark = next_mark(block, 0);
    size_t first = b->sentences.count;
    word_sentences(b, block, 0, mark, brief);
    speak_steps(b, block, first, mark < count);
    while (mark < count && !b->failed) {
        size_t next = next_mark(block, mark + 1);
        if (!expand_mark(b, block, mark, next, pass, led)) {
            word_sentences(b, block, mark + 1, next, brief);
            speak_steps(b, block, first, next < count);
        }
        mark = next;
    }
    if (last_timed(block) < count)
        return;
    for (size_t i = 0; i < block->child_count; i++)
        block_expand(b, &block->children[i], pass);
}

/* 1: a bout that takes words over it; 0: something else; −1: nothing heard. */
static int first_thing(const struct builder *b, const struct block *block, uint32_t pass)
{
    if (!block_plays(b, block, pass))
        return -1;
    bool brief = block_brief(b, block, pass);
    size_t mark = next_mark(block, 0);
    if (word_any(block, 0, mark, brief))
        return 0;
    if (mark < block->span_count) {
        enum mark_kind kind = block->spans[mark].mark.kind;
        return mark_takes_words(&block->spans[mark].mark) && kind != MARK_REST &&
               kind != MARK_READY;
    }
    for (size_t i = 0; i < block->child_count; i++) {
        int first = first_thing(b, &block->children[i], pass);
        if (first >= 0)
            return first;
    }
    return -1;
}

bool block_first_is_bout(const struct builder *b, const struct block *blocks, size_t count,
                         uint32_t pass)
{
    for (size_t i = 0; i < count; i++) {
        int first = first_thing(b, &blocks[i], pass);
        if (first >= 0)
            return first == 1;
    }
    return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expand.h: what the files of this layer share while a plan is made. Private to core/plan.
 *
 * A plan is made by walking the played part of the tree (struct node) once or twice with a builder
 * that collects cues. The second walk knows the estimated length of the session, which the opening
 * and {time left} speak. */
#ifndef PLAN_EXPAND_H
#define PLAN_EXPAND_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "plan/phrases.h"
#include "plan/plan.h"

/* A section that is played, with its children in the order they are played in. */
struct node {
    const struct section *section;
    const struct plan_section *wish; /* how it is played; NULL: as everything else */
    uint32_t number;                 /* of the section */
    struct node *children;
    size_t child_count;
    size_t move_count; /* moves under it, each counted once */
    /* How often each part was heard; reset for each walk. */
    uint32_t visits, way_in_passes, body_passes, way_out_passes;
};

struct sentence {
    const char *text; /* interned */
    const char *full; /* as in struct cue; interned */
    bool emphasis;
    struct place place;
};

/* Where a bout of the first side came from, to find its counterpart on the second side. */
struct side_bout {
    const struct mark *mark;
    int32_t rep;
    uint32_t cue;
};

struct intern;

struct builder {
    struct arena *arena;   /* of the plan */
    struct arena *scratch; /* gone with the builder */
    const struct routine *routine;
    const struct plan_options *options;
    struct phrases *phrases;
    const char *phrase_language;
    struct diags *diags;
    struct intern *texts;
    unsigned announce;
    enum count_mode count;
    bool failed;      /* told in diags; cues are no longer added */
    struct cue spare; /* what cue_step() yields then */

    VEC(struct cue) cues;
    VEC(struct plan_move) moves;
    VEC(struct sentence) sentences;  /* stack of word_sentences() */
    VEC(const struct node *) visits; /* every move in the order heard, rounds included */

    /* Where the walk is. */
    size_t visit; /* index of the move now or, between moves, of the one to come */
    size_t begun; /* visits begun so far */
    bool begin;   /* the next cue begins move `visit` */
    const struct section *section;
    const struct plan_section *wish; /* of the section; NULL: none */
    const char *position;
    enum side side;
    int32_t round, rounds, set, sets, rep, reps; /* 0: not within any */
    uint32_t pass;                               /* of the part that is being spoken, from 0 */
    const char *rep_count; /* the number still to be said over the next bout, or NULL */
    bool rep_count_last;
    VEC(struct side_bout) side_bouts; /* of the first side of this set */
    size_t side_bout_next;
    bool second_side;

    /* Time, estimated. */
    nsec done_ns;   /* of the steps before this one */
    nsec step_ns;   /* of this step so far */
    nsec words_ns;  /* end of the words inside this bout */
    bool inside;    /* what is being worded is heard inside this bout, */
    nsec inside_ns; /* this long after its start */
    nsec total_ns;  /* what the first walk came to; 0 in the first walk */
    bool time_left_used;
};

/* --- choice.c: what of the page is played, and the values of its ranges --- */
int64_t choice_count(const struct plan_options *options, struct range range);
nsec choice_time(const struct plan_options *options, struct range range);
/* The played tree in the arena. *optional_count: optional sections in page order, played or not;
 * the root is none of them. */
struct node *choice_tree(const struct routine *routine, const struct plan_options *options,
                         struct arena *arena, size_t *optional_count);

/* --- limit.c --- */
/* Refuses what would become too long, before it is expanded. */
bool limit_check(const struct node *root, const struct plan_options *options, struct diags *diags);

/* --- intern.c: one copy of each text --- */
struct intern *intern_new(struct arena *arena);
void intern_destroy(struct intern *intern);
const char *intern_text(struct intern *intern, const char *text, size_t length);

/* --- word.c: spans into sentences --- */
/* Pushes the sentences of spans [from, to) of a block onto b->sentences; only marks are left out.
 * `brief`: only bold words. Returns how many. */
size_t word_sentences(struct builder *b, const struct block *block, size_t from, size_t to,
                      bool brief);
/* Whether spans [from, to) hold a word that is spoken. */
bool word_any(const struct block *block, size_t from, size_t to, bool brief);
/* Whether the block's brief form differs from its full one: it has bold words of its own. */
bool word_has_bold(const struct block *block);
/* Offset of the end of the sentence that begins at `from`. */
size_t word_sentence_end(const char *text, size_t length, size_t from, const char *language);
/* The first letter as a capital, as a small letter (unless the word is an initial); in the arena.
 */
const char *word_capital(struct arena *arena, const char *text);
const char *word_small(struct arena *arena, const char *text);

/* --- cue.c: adding cues --- */
/* A step, filled in with where the walk is. Never NULL; valid until the next one. */
struct cue *cue_step(struct builder *b, enum cue_kind kind, struct place place);
struct cue *cue_speak(struct builder *b, const char *text, enum cue_role role, nsec gap_ns);
struct cue *cue_sound(struct builder *b, const char *name, struct place place);
/* Appends a finished cue inside the last bout. */
void cue_inside(struct builder *b, const struct cue *cue);
/* A cue with where the walk is, not yet added. */
struct cue cue_make(struct builder *b, enum cue_kind kind, struct place place);
/* The player's own sentence as a step, role PHRASE; nothing if the phrase is empty. */
void cue_phrase(struct builder *b, const char *key, const char *const *pairs, nsec gap_ns);
/* A READY bout to change position in; nothing for 0. */
void cue_ready(struct builder *b, nsec time);
const char *cue_number(struct builder *b, int64_t number);
/* Ends the step being timed, so that b->done_ns is up to date. */
void cue_finish_step(struct builder *b);
nsec cue_now(const struct builder *b);
/* What is left of the session, for {time left}. */
nsec cue_time_left(struct builder *b);

#define GAP_SENTENCE_NS (300 * NSEC_PER_MSEC)
#define GAP_COUNT_NS    (200 * NSEC_PER_MSEC)

/* --- block.c --- */
bool block_plays(const struct builder *b, const struct block *block, uint32_t pass);
/* Speaks and times one block; `pass` as counted by its part. */
void block_expand(struct builder *b, const struct block *block, uint32_t pass);
/* Whether the first thing heard of these blocks is a bout that takes words over it. */
bool block_first_is_bout(const struct builder *b, const struct block *blocks, size_t count,
                         uint32_t pass);
enum cue_role block_role(const struct block *block);
/* The detail of the section now. */
enum detail block_detail(const struct builder *b);
/* The side that the section now begins with. */
enum side block_first_side(const struct builder *b);
/* Whether `block` is spoken in brief on this pass. */
bool block_brief(const struct builder *b, const struct block *block, uint32_t pass);
bool mark_takes_words(const struct mark *mark);

/* --- bout.c --- */
struct bout_words {
    const struct block *block; /* whose words and children; NULL: none */
    size_t first, count;       /* of b->sentences */
    bool children;             /* this is the block's last timed mark: its items happen inside */
    uint32_t pass;
};
void bout_expand(struct builder *b, const struct mark *mark, const struct bout_words *words);
/* The rest of a heading, between sets or rounds. */
void bout_rest(struct builder *b, nsec time, struct place place);

/* --- phrases.c --- */
/* The text of a key as the file has it; NULL if it has none. */
const char *phrases_find(const struct phrases *phrases, const char *key);

/* --- move.c --- */
void move_expand_session(struct builder *b, struct node *root);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bout.h: a bout being filled with what happens inside it. Private to core/plan. */
#ifndef PLAN_BOUT_H
#define PLAN_BOUT_H

#include "plan/expand.h"

/* When something inside a bout happens. */
struct moment {
    enum cue_anchor anchor;
    nsec offset_ns, of;
};

struct item {
    struct cue cue;
    nsec time; /* when it is due if the bout keeps its length */
    size_t order;
};

/* A bout being filled. */
struct bout {
    struct builder *b;
    nsec duration_ns;
    struct place place;
    VEC(struct item) items;
};

extern const struct moment bout_at_start, bout_at_half;

nsec bout_moment_time(struct moment moment, nsec duration);
/* Calls `each` for every moment of an item within `duration`, as long as it returns true. */
void bout_for_moments(const struct builder *b, const struct block *block, nsec duration,
                      bool (*each)(void *context, struct moment moment), void *context);
/* Once the plan is full, the rest of the moments are not collected either. */
bool bout_is_full(const struct builder *b, size_t waiting);

/* Adds the bout as a step, with its breath sound and the number of the rep. */
struct bout bout_begin_breath(struct builder *b, enum bout_kind kind, nsec duration,
                              const struct mark *mark);
/* NULL: the phrase is turned off. */
struct cue *bout_put_phrase(struct bout *bout, const char *key, const char *const *pairs,
                            struct moment moment);
void bout_put_sentence(struct bout *bout, const struct sentence *sentence, enum cue_role role,
                       struct moment moment);
/* The words and sounds of an item inside a bout. */
void bout_put_block(struct bout *bout, const struct block *block, struct moment moment,
                    uint32_t pass);
/* Adds the cues to the plan and empties the bout. */
void bout_finish(struct bout *bout);

/* --- train.c --- */
void train_expand(struct builder *b, const struct mark *mark, const struct bout_words *words);

#endif

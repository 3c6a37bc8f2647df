/* SPDX-License-Identifier: GPL-3.0-or-later */
/* train.c: `breathe` and `breaths`: a bout for each breath.
 *
 * Every cycle is in, keep, out, keep; `breaths` are in 4 s, out 6 s. The player's words for them
 * are over the first cycle, the author's words from the second on (over the first if there is only
 * one), a sentence to a breath that is long enough for it.
 * Moments of the author's items count from the beginning of the first cycle. */
#include <stdlib.h>

#include "plan/bout.h"

#define BREATH_IN_NS  (4 * NSEC_PER_SEC)
#define BREATH_OUT_NS (6 * NSEC_PER_SEC)

struct phase {
    enum bout_kind kind;
    nsec duration_ns;
    const char *phrase;
};

/* An item at its time within the whole train. */
struct stop {
    nsec time;
    size_t order;
    const struct block *block;
};

struct train {
    struct builder *b;
    const struct mark *mark;
    struct phase phases[4];
    size_t phase_count;
    int64_t cycles;
    nsec cycle_ns, longest_ns;
    VEC(struct stop) stops;
    size_t next_stop;
    const struct block *child;     /* whose stops are collected */
    size_t sentence, sentence_end; /* the author's words still to be said */
};

static void add_phase(struct train *train, enum bout_kind kind, nsec duration, const char *phrase)
{
    if (duration <= 0)
        return;
    train->phases[train->phase_count++] = (struct phase){kind, duration, phrase};
    train->cycle_ns += duration;
    if (duration > train->longest_ns)
        train->longest_ns = duration;
}

static bool add_stop(void *context, struct moment moment)
{
    struct train *train = context;
    nsec time = bout_moment_time(moment, train->cycle_ns * train->cycles);
    struct stop stop = {time, train->stops.count, train->child};
    *vec_push(&train->stops) = stop;
    return !bout_is_full(train->b, train->stops.count);
}

static int by_stop_time(const void *a, const void *b)
{
    const struct stop *left = a, *right = b;
    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return (left->order > right->order) - (left->order < right->order);
}

static void collect_stops(struct train *train, const struct bout_words *words)
{
    if (!words->block || !words->children)
        return;
    for (size_t i = 0; i < words->block->child_count; i++) {
        train->child = &words->block->children[i];
        if (block_plays(train->b, train->child, words->pass))
            bout_for_moments(train->b, train->child, train->cycle_ns * train->cycles, add_stop,
                             train);
    }
    if (train->stops.count > 1)
        qsort(train->stops.items, train->stops.count, sizeof *train->stops.items, by_stop_time);
}

/* One sentence to a phase it fits into; what is left goes over the last phase. */
static void put_train_words(struct train *train, struct bout *bout, int64_t cycle, bool last,
                            const struct bout_words *words)
{
    if (cycle == 0 && train->cycles > 1)
        return;
    enum cue_role role = words->block ? block_role(words->block) : ROLE_INSTRUCTION;
    while (train->sentence < train->sentence_end) {
        const struct sentence *sentence = &train->b->sentences.items[train->sentence];
        bool fits = plan_estimate_speech_ns(sentence->text) <= bout->duration_ns ||
                    bout->duration_ns == train->longest_ns;
        if (!last && !fits)
            return;
        bout_put_sentence(bout, sentence, role, bout_at_start);
        train->sentence++;
        if (!last)
            return;
    }
}

static void expand_phase(struct train *train, int64_t cycle, size_t index, nsec start,
                         const struct bout_words *words)
{
    const struct phase *phase = &train->phases[index];
    bool last = cycle + 1 == train->cycles && index + 1 == train->phase_count;
    struct bout bout = bout_begin_breath(train->b, phase->kind, phase->duration_ns, train->mark);
    if (cycle == 0)
        bout_put_phrase(&bout, phase->phrase, NULL, bout_at_start);
    put_train_words(train, &bout, cycle, last, words);
    while (train->next_stop < train->stops.count) {
        const struct stop *stop = &train->stops.items[train->next_stop];
        if (stop->time >= start + phase->duration_ns && !last)
            break;
        struct moment moment = {ANCHOR_WITH, stop->time - start, 0};
        bout_put_block(&bout, stop->block, moment, words->pass);
        train->next_stop++;
    }
    bout_finish(&bout);
}

void train_expand(struct builder *b, const struct mark *mark, const struct bout_words *words)
{
    struct train train = {.b = b, .mark = mark, .cycles = choice_count(b->options, mark->amount)};
    if (mark->kind == MARK_BREATHS) {
        add_phase(&train, BOUT_IN, BREATH_IN_NS, "breathe.in");
        add_phase(&train, BOUT_OUT, BREATH_OUT_NS, "breathe.out");
    } else {
        add_phase(&train, BOUT_IN, mark->pattern[0], "breathe.in");
        add_phase(&train, BOUT_KEEP, mark->pattern[1], "breathe.keep");
        add_phase(&train, BOUT_OUT, mark->pattern[2], "breathe.out");
        add_phase(&train, BOUT_KEEP, mark->pattern[3], "breathe.keep");
    }
    train.sentence = words->first;
    train.sentence_end = words->first + words->count;
    collect_stops(&train, words);
    nsec start = 0;
    for (int64_t cycle = 0; cycle < train.cycles && !b->failed; cycle++) {
        for (size_t i = 0; i < train.phase_count; i++) {
            expand_phase(&train, cycle, i, start, words);
            start += train.phases[i].duration_ns;
        }
    }
    vec_free(&train.stops);
}

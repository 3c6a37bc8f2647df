/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of changes, on random sessions with sides: the whole is what was planned plus the changes
 * plus those of the other side; sides stay equal; piece by piece is the same as at once; leaving
 * and going on changes nothing. `LIMBER_SEED=n unit_timeline_equal` tries one seed. */
#include <stdio.h>

#include "timeline/landmark.h"
#include "timeline_kit.h"

#define SESSIONS 500

static void some_words(struct kit *kit, struct prng *prng)
{
    for (uint64_t n = prng_below(prng, 3); n > 0; n--) {
        struct cue *words = kit_say(kit, "words", 100 + (frames)prng_below(prng, 1500),
                                    (nsec)prng_below(prng, 600) * MS);
        words->role = prng_below(prng, 6) ? ROLE_INSTRUCTION : ROLE_CAUTION;
    }
    if (prng_below(prng, 6) == 0)
        kit_bout(kit, BOUT_READY, (nsec)prng_below(prng, 3000) * MS);
}

/* A bout whose words end within its first 2 s, so that its length is its own. */
static void some_bout(struct kit *kit, struct prng *prng, int32_t match)
{
    static const enum bout_kind kinds[] = {BOUT_HOLD, BOUT_FOR, BOUT_PACE, BOUT_KEEP};
    nsec duration = match >= 0 ? kit->cues.items[match].duration_ns
                               : (3000 + (nsec)prng_below(prng, 20000)) * MS;
    struct cue *bout = kit_bout(kit, kinds[prng_below(prng, 4)], duration);
    bout->match = match;
    if (prng_below(prng, 2))
        kit_sound(kit, ANCHOR_WITH, 0, "start", 300, 200);
    if (prng_below(prng, 2))
        kit_words(kit, ANCHOR_WITH, 0, ROLE_INSTRUCTION, "inside", (frames)prng_below(prng, 1700));
    if (prng_below(prng, 2))
        kit_words(kit, ANCHOR_PART, 1, ROLE_PHRASE, "Halfway", 300)->droppable = true;
    kit_sound(kit, ANCHOR_END, 0, "end", 200, 200);
}

static void one_side(struct kit *kit, struct prng *prng, enum side side, size_t bouts,
                     int32_t *firsts)
{
    size_t from = kit->cues.count;
    if (side == SIDE_RIGHT)
        kit_sound(kit, ANCHOR_NEXT, 0, "switch", 200, 200);
    for (size_t i = 0; i < bouts; i++) {
        some_words(kit, prng);
        int32_t at = (int32_t)kit->cues.count;
        some_bout(kit, prng, side == SIDE_RIGHT ? firsts[i] : -1);
        if (side == SIDE_LEFT)
            firsts[i] = at;
    }
    some_words(kit, prng);
    for (size_t i = from; i < kit->cues.count; i++)
        kit->cues.items[i].side = side;
}

static struct kit *random_session(struct prng *prng)
{
    struct kit *kit = kit_new();
    int32_t firsts[4];
    if (prng_below(prng, 2))
        kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0);
    for (uint64_t moves = 1 + prng_below(prng, 3); moves > 0; moves--) {
        kit_move(kit, "move");
        kit_say(kit, "name", 400, 100 * MS);
        for (int32_t set = 1, sets = 1 + (int32_t)prng_below(prng, 2); set <= sets; set++) {
            size_t from = kit->cues.count, bouts = 1 + prng_below(prng, 4);
            if (set > 1)
                kit_bout(kit, BOUT_REST, 5000 * MS);
            one_side(kit, prng, SIDE_LEFT, bouts, firsts);
            one_side(kit, prng, SIDE_RIGHT, bouts, firsts);
            for (size_t i = from; i < kit->cues.count; i++)
                kit->cues.items[i].set = set;
        }
    }
    kit_say(kit, "close", 500, 0);
    return kit;
}

static bool is_bout(const struct kit *kit, size_t cue)
{
    return kit->cues.items[cue].kind == CUE_BOUT;
}

static void random_changes(struct kit *kit, struct prng *prng, struct timeline_changes *changes)
{
    for (uint64_t n = prng_below(prng, 6); n > 0; n--) {
        uint32_t cue = (uint32_t)prng_below(prng, kit->cues.count);
        if (!is_bout(kit, cue))
            continue;
        frames room = kit->cues.items[cue].duration_ns / MS - 2500; /* words and a half */
        frames extra = (frames)prng_below(prng, 8000);
        const struct timeline_change *before = changes_find(changes, cue);
        if (prng_below(prng, 4) == 0)
            changes_skip(changes, &kit->plan, cue, prng_below(prng, 4) != 0);
        else if (prng_below(prng, 2) || room <= 0 || before)
            changes_add(changes, &kit->plan, cue, extra);
        else if (!before && kit->cues.items[cue].match < 0)
            changes_add(changes, &kit->plan, cue, -(frames)prng_below(prng, (uint64_t)room));
    }
}

/* The rule in its shortest form: one's own, or the other side's. */
static struct timeline_change rule(const struct kit *kit, const struct timeline_changes *changes,
                                   size_t cue)
{
    const struct timeline_change *own = changes_find(changes, (uint32_t)cue);
    int32_t match = kit->cues.items[cue].match;
    if (!own && match >= 0)
        own = changes_find(changes, (uint32_t)match);
    return own ? *own : (struct timeline_change){0};
}

/* The planned length of a step, gap included. */
static frames planned_length(const struct kit *kit, const struct timeline *whole, size_t step)
{
    size_t after = landmark_step_after(&kit->plan, step);
    frames end = after < kit->cues.count ? kit_start(whole, after) : timeline_length(whole);
    return end - kit_start(whole, step);
}

static void check_sum(const struct kit *kit, const struct timeline *whole, const struct timeline *t,
                      const struct timeline_changes *changes)
{
    frames expected = timeline_length(whole);
    for (size_t i = 0; i < kit->cues.count; i = landmark_step_after(&kit->plan, i)) {
        const struct cue *cue = &kit->cues.items[i];
        struct timeline_change told =
            is_bout(kit, i) ? rule(kit, changes, i) : (struct timeline_change){0};
        bool missing = kit_start(t, i) == UNRESOLVED;
        if (missing)
            expected -= planned_length(kit, whole, i);
        else
            expected += told.extra;
        if (told.skipped)
            assert_true(missing);
        if (missing && !told.skipped) /* it served what is left out */
            assert_true(cue->side != SIDE_NONE && cue->kind != CUE_BED &&
                        !(cue->kind == CUE_SPEECH && cue->role == ROLE_CAUTION) &&
                        !(cue->kind == CUE_BOUT && cue->bout != BOUT_READY));
    }
    assert_int_equal(timeline_length(t), expected);
}

static void check_sides(const struct kit *kit, const struct timeline *t,
                        const struct timeline_changes *changes)
{
    for (size_t i = 0; i < kit->cues.count; i++) {
        int32_t match = kit->cues.items[i].match;
        if (match < 0 || changes_find(changes, (uint32_t)i))
            continue;
        assert_int_equal(kit_length(t, i), kit_length(t, (size_t)match));
    }
}

static void check_pieces(struct kit *kit, const struct timeline_from *from,
                         const struct timeline_changes *changes, const struct timeline *at_once,
                         struct prng *prng)
{
    struct timeline_lengths lengths = {kit, kit_speech_length, kit_sound_length};
    struct timeline *t = timeline_new_from(&kit->plan, KIT_RATE, &lengths, from, changes);
    for (kit->known = 0; !timeline_resolve(t); kit->known += prng_below(prng, 5))
        timeline_expected_length(t);
    kit->known = SIZE_MAX;
    char *a = kit_dump(at_once), *b = kit_dump(t);
    assert_string_equal(a, b);
    free(a);
    free(b);
    timeline_destroy(t);
}

/* Left where nothing is being said, it goes on as if it had not been left; anywhere else, longer by
 * the words that are said again at most. */
static void check_leaving(struct kit *kit, const struct timeline *t,
                          const struct timeline_changes *changes, struct prng *prng)
{
    frames total = timeline_length(t), at = (frames)prng_below(prng, (uint64_t)total);
    struct timeline_from from;
    timeline_point(t, at, &from);
    if (from.step >= kit->cues.count)
        return;
    struct timeline *rest = kit_resolved_changed(kit, &from, changes);
    frames again = 0, gap = 0;
    size_t count;
    const struct timeline_entry *entries = timeline_entries(t, &count);
    for (size_t i = 0; i < count; i++)
        if (kit->cues.items[entries[i].cue].kind != CUE_BOUT && entries[i].start < at &&
            entries[i].start + entries[i].length > at)
            again += entries[i].length + 150;
    struct timeline_step step;
    if (timeline_step_at(t, at, &step) && kit->cues.items[step.step].kind == CUE_SPEECH)
        gap = step.start + step.length - at; /* the gap is left out when the words were over */
    assert_in_range(timeline_length(rest) - total + gap, 0, again + gap);
    for (size_t i = landmark_step_after(&kit->plan, from.step); i < kit->cues.count; i++)
        assert_int_equal(kit_length(rest, i), kit_length(t, i));
    check_pieces(kit, &from, changes, rest, prng);
    timeline_destroy(rest);
}

static void check_seed(uint64_t seed)
{
    struct prng prng = prng_new(seed);
    struct kit *kit = random_session(&prng);
    struct timeline *whole = kit_resolved(kit);
    for (int i = 0; i < 8; i++) {
        struct timeline_changes changes = {0};
        random_changes(kit, &prng, &changes);
        struct timeline *t = kit_resolved_changed(kit, NULL, &changes);
        if (getenv("LIMBER_SEED")) {
            for (size_t k = 0; k < changes.list.count; k++)
                printf("cue %u %s extra %lld\n", changes.list.items[k].cue,
                       changes.list.items[k].skipped ? "skipped" : "",
                       (long long)changes.list.items[k].extra);
            timeline_dump(t, stdout);
        }
        check_sum(kit, whole, t, &changes);
        check_sides(kit, t, &changes);
        check_pieces(kit, NULL, &changes, t, &prng);
        for (int n = 0; n < 4; n++)
            check_leaving(kit, t, &changes, &prng);
        timeline_destroy(t);
        changes_free(&changes);
    }
    timeline_destroy(whole);
    kit_free(kit);
}

static uint64_t seed_now;

static void random_changes_keep_the_laws(void **state)
{
    const char *only = getenv("LIMBER_SEED");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1;
    for (seed_now = first; seed_now < first + (only ? 1 : SESSIONS); seed_now++)
        check_seed(seed_now);
}

static int print_seed(void **state)
{
    print_message("last seed: %llu\n", (unsigned long long)seed_now);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(random_changes_keep_the_laws, print_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

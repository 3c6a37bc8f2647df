/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that hold for every plan, tried on random ones. A failure names its seed: run
 * `LIMBER_SEED=n unit_timeline_random` to see it alone. */
#include <stdio.h>

#include "timeline_kit.h"

#define PLANS 400
#define AIR   149 /* 150, rounded at both ends */

/* Half of an odd length leaves half a frame, and rounding may go either way. */
#define assert_near(a, b) assert_in_range((a) - (b) + 1, 0, 2)

static nsec some_ms(struct prng *prng, uint64_t most)
{
    return (nsec)prng_below(prng, most + 1) * MS;
}

static void add_inside(struct kit *kit, struct prng *prng, nsec duration)
{
    static const enum cue_anchor anchors[] = {ANCHOR_WITH, ANCHOR_WITH, ANCHOR_PART, ANCHOR_END};
    static const char *const sounds[] = {"start", "tick", "bell", "end"};
    enum cue_anchor anchor = anchors[prng_below(prng, 4)];
    nsec offset = prng_below(prng, 2) ? 0 : some_ms(prng, (uint64_t)(duration / MS));
    if (anchor == ANCHOR_PART)
        offset = 1;
    if (prng_below(prng, 3) == 0) {
        struct cue *sound = kit_sound(kit, anchor, offset, sounds[prng_below(prng, 4)],
                                      (frames)prng_below(prng, 900), (frames)prng_below(prng, 400));
        sound->fills = anchor == ANCHOR_WITH && prng_below(prng, 4) == 0;
        return;
    }
    struct cue *words = kit_words(kit, anchor, offset, (enum cue_role)prng_below(prng, 5), "words",
                                  (frames)prng_below(prng, 2500));
    words->droppable = prng_below(prng, 2);
    words->last = prng_below(prng, 4) == 0;
}

static struct kit *random_plan(uint64_t seed)
{
    struct prng prng = prng_new(seed);
    struct kit *kit = kit_new();
    int64_t bouts[64];
    size_t bout_count = 0, steps = 1 + prng_below(&prng, 12);
    for (size_t i = 0; i < steps; i++) {
        nsec duration;
        switch (prng_below(&prng, 6)) {
        case 0:
            kit_say(kit, "words", (frames)prng_below(&prng, 3000), some_ms(&prng, 800));
            break;
        case 1:
            kit_sound(kit, ANCHOR_NEXT, 0, "bell", (frames)prng_below(&prng, 5000),
                      (frames)prng_below(&prng, 400));
            break;
        case 2:
            kit_add(kit, CUE_BED, ANCHOR_NEXT, prng_below(&prng, 2) ? "rain" : NULL, 0, 0);
            break;
        default:
            duration = some_ms(&prng, 12000);
            struct cue *bout = kit_bout(kit, (enum bout_kind)prng_below(&prng, 9), duration);
            if (bout_count > 0 && prng_below(&prng, 2))
                bout->match = (int32_t)bouts[prng_below(&prng, bout_count)];
            bouts[bout_count++] = (int64_t)kit->cues.count - 1;
            for (size_t n = prng_below(&prng, 9); n > 0; n--)
                add_inside(kit, &prng, duration);
        }
    }
    return kit;
}

static bool may_be_dropped(const struct cue *cue)
{
    return cue->kind == CUE_SPEECH && cue->droppable && cue->role != ROLE_CAUTION &&
           !(cue->role == ROLE_COUNT && cue->last);
}

/* The start and end of the step that a cue belongs to. */
struct within {
    frames start, end;
};

static struct within step_of(const struct kit *kit, const struct timeline *t, size_t cue)
{
    while (cue > 0 && kit->cues.items[cue].anchor != ANCHOR_NEXT)
        cue--;
    return (struct within){kit_start(t, cue), kit_start(t, cue) + kit_length(t, cue)};
}

static frames moment_of(const struct cue *cue, struct within bout)
{
    if (cue->anchor == ANCHOR_END)
        return bout.end - cue->offset_ns / MS;
    if (cue->anchor == ANCHOR_PART)
        return bout.start + (bout.end - bout.start + 1) / 2;
    return bout.start + cue->offset_ns / MS;
}

static void check_words(const struct kit *kit, const struct timeline *t, size_t index)
{
    const struct cue *cue = &kit->cues.items[index];
    const struct timeline_entry *entry = kit_entry(t, index);
    struct within bout = step_of(kit, t, index);
    if (!entry) {
        assert_true(may_be_dropped(cue));
        assert_true(kit_dropped(t, index));
        return;
    }
    assert_false(kit_dropped(t, index));
    assert_int_equal(entry->length, kit->lengths.items[index]);
    assert_true(entry->start >= bout.start);
    assert_true(entry->start + entry->length <= bout.end);
    if (cue->anchor == ANCHOR_WITH) {
        frames late = entry->start - moment_of(cue, bout);
        assert_true(late >= 0);
        /* up to 400 ms more for the stroke of a sound */
        if (may_be_dropped(cue) && cue->role != ROLE_TIP)
            assert_true(late <= (cue->role == ROLE_COUNT ? 500 : 1000) + 400);
    }
}

static void check_sound(const struct kit *kit, const struct timeline *t, size_t index)
{
    const struct cue *cue = &kit->cues.items[index];
    struct within bout = step_of(kit, t, index);
    frames moment = moment_of(cue, bout);
    const struct timeline_entry *entry = kit_entry(t, index);
    if (!entry) {
        assert_true(cue->fills && moment + 1 >= bout.end);
        return;
    }
    assert_near(entry->start, moment);
    assert_near(entry->start + entry->length,
                cue->fills ? bout.end : entry->start + kit->lengths.items[index]);
}

static frames bout_least(const struct kit *kit, const struct timeline *t, size_t index)
{
    const struct cue *cue = &kit->cues.items[index];
    frames authored = cue->duration_ns / MS;
    frames matched = cue->match >= 0 ? kit_length(t, (size_t)cue->match) : 0;
    return authored > matched ? authored : matched;
}

static void check_bout(const struct kit *kit, const struct timeline *t, size_t index)
{
    frames least = bout_least(kit, t, index), length = kit_length(t, index), words = 0;
    for (size_t i = index + 1; i < kit->cues.count && kit->cues.items[i].anchor != ANCHOR_NEXT;
         i++) {
        const struct timeline_entry *entry = kit_entry(t, i);
        if (kit->cues.items[i].kind != CUE_SPEECH || !entry)
            continue;
        frames end = entry->start + entry->length - kit_start(t, index);
        words = end > words ? end : words;
        if (kit->cues.items[i].role == ROLE_TIP && may_be_dropped(&kit->cues.items[i]))
            continue;
        least = end > least ? end : least; /* tips stretch nothing */
    }
    assert_near(length, least);
    assert_true(words <= length);
    if (kit_stretch(t, index) > 0)
        assert_near(kit_stretch(t, index), length - kit->cues.items[index].duration_ns / MS);
}

/* Never two voices at once; inside a bout there is air between them. */
static void check_lane(const struct kit *kit, const struct timeline *t)
{
    for (size_t i = 0; i < kit->cues.count; i++) {
        const struct timeline_entry *a = kit_entry(t, i);
        for (size_t j = 0; a && kit->cues.items[i].kind == CUE_SPEECH && j < i; j++) {
            const struct timeline_entry *b = kit_entry(t, j);
            if (!b || kit->cues.items[j].kind != CUE_SPEECH)
                continue;
            struct within one = step_of(kit, t, i), other = step_of(kit, t, j);
            frames air = one.start == other.start && one.end == other.end &&
                                 kit->cues.items[i].anchor != ANCHOR_NEXT &&
                                 kit->cues.items[j].anchor != ANCHOR_NEXT
                             ? AIR
                             : 0;
            assert_true(a->start + a->length + air <= b->start ||
                        b->start + b->length + air <= a->start);
        }
    }
}

static void check_steps(const struct kit *kit, const struct timeline *t)
{
    frames at = 0;
    for (size_t i = 0; i < kit->cues.count; i++) {
        const struct cue *cue = &kit->cues.items[i];
        struct timeline_step step;
        if (cue->anchor != ANCHOR_NEXT)
            continue;
        assert_int_equal(kit_start(t, i), at);
        frames length = cue->kind == CUE_SPEECH  ? kit->lengths.items[i] + cue->gap_ns / MS
                        : cue->kind == CUE_SOUND ? kit->leads.items[i]
                        : cue->kind == CUE_BOUT  ? kit_length(t, i)
                                                 : 0;
        for (frames frame = at; frame<at + length; frame += length> 7 ? length / 7 : 1) {
            assert_true(timeline_step_at(t, frame, &step));
            assert_int_equal(step.step, i);
            assert_int_equal(step.start, at);
            assert_int_equal(step.length, length);
        }
        at += length;
    }
    assert_true(timeline_length(t) >= at);
}

static void check_plan(const struct kit *kit, const struct timeline *t)
{
    check_steps(kit, t);
    for (size_t i = 0; i < kit->cues.count; i++) {
        const struct cue *cue = &kit->cues.items[i];
        if (cue->kind == CUE_BOUT)
            check_bout(kit, t, i);
        else if (cue->kind == CUE_SPEECH && cue->anchor != ANCHOR_NEXT)
            check_words(kit, t, i);
        else if (cue->kind == CUE_SOUND && cue->anchor != ANCHOR_NEXT)
            check_sound(kit, t, i);
    }
    check_lane(kit, t);
}

/* Lengths become known in a random order; what is resolved stays, and starts after it stay ahead.
 */
static void check_stream(struct kit *kit, const struct timeline *whole, struct prng *prng)
{
    bool *known = xcalloc(kit->cues.count, sizeof *known);
    kit->mask = known;
    struct timeline *t = kit_timeline(kit, KIT_RATE);
    VEC(struct timeline_entry) before = {0};
    frames until = 0;
    for (size_t tries = 0; !timeline_resolve(t); tries++) {
        uint32_t waiting;
        size_t count;
        const struct timeline_entry *entries = timeline_entries(t, &count);
        for (size_t i = 0; i < count; i++) {
            if (i >= before.count)
                assert_true(entries[i].start >= until);
            else if (before.items[i].length >= 0)
                assert_memory_equal(&entries[i], &before.items[i], sizeof *entries);
        }
        before.count = 0;
        for (size_t i = 0; i < count; i++)
            *vec_push(&before) = entries[i];
        until = timeline_resolved_until(t);
        assert_true(timeline_waiting_for(t, &waiting));
        assert_false(known[waiting]);
        size_t next = prng_below(prng, kit->cues.count);
        known[known[next] ? waiting : next] = true;
        assert_true(tries <= kit->cues.count);
    }
    char *expected = kit_dump(whole), *text = kit_dump(t);
    assert_string_equal(text, expected);
    free(expected);
    free(text);
    vec_free(&before);
    timeline_destroy(t);
    free(known);
    kit->mask = NULL;
}

/* From any frame: what comes is what was still to come, words cut off included. */
static void check_resume(struct kit *kit, const struct timeline *whole, struct prng *prng)
{
    struct timeline_step step;
    frames point = (frames)prng_below(prng, (uint64_t)timeline_length(whole) + 1);
    if (!timeline_step_at(whole, point, &step))
        return;
    struct timeline_from from = {.step = step.step, .elapsed = point - step.start, .at = 1000000};
    struct timeline *t = kit_resolved_from(kit, from);
    if (getenv("LIMBER_SEED")) {
        printf("from %zu at %lld\n", from.step, (long long)from.elapsed);
        timeline_dump(t, stdout);
    }
    bool bout = kit->cues.items[step.step].kind == CUE_BOUT;
    frames repeated = 0;
    for (size_t i = step.step; i < kit->cues.count; i++) {
        const struct timeline_entry *was = kit_entry(whole, i), *is = kit_entry(t, i);
        const struct cue *cue = &kit->cues.items[i];
        bool here = bout && i > step.step && step_of(kit, whole, i).start == step.start &&
                    cue->anchor != ANCHOR_NEXT;
        if (here && was && cue->kind == CUE_SPEECH && was->start < point &&
            was->start + was->length > point) {
            assert_int_equal(is->start, from.at);
            repeated = was->length + AIR;
        } else if (here && was && cue->kind == CUE_SPEECH && !may_be_dropped(cue)) {
            assert_int_equal(is != NULL, was->start + was->length > point);
        }
        if (is)
            assert_true(is->start >= from.at);
    }
    if (bout) {
        frames total = from.elapsed + kit_length(t, step.step);
        assert_in_range(total + 1, step.length, step.length + repeated + 2);
        if (repeated == 0) /* the rest as it was */
            for (size_t i = step.step + 1; i < kit->cues.count; i++)
                if (kit_entry(whole, i) && kit_start(whole, i) > point)
                    assert_near(kit_start(t, i) - from.at, kit_start(whole, i) - point);
    }
    check_lane(kit, t);
    timeline_destroy(t);
}

/* With time added or taken away: the bout is as long as asked, or as its words need. */
static void check_change(struct kit *kit, const struct timeline *whole, struct prng *prng)
{
    struct timeline_step step;
    frames point = (frames)prng_below(prng, (uint64_t)timeline_length(whole) + 1);
    frames extra = (frames)prng_below(prng, 20000) - 10000;
    if (!timeline_step_at(whole, point, &step) || kit->cues.items[step.step].kind != CUE_BOUT)
        return;
    struct timeline_from from = {.step = step.step, .elapsed = point - step.start, .at = 1000000};
    struct timeline *t = kit_resolved_extra(kit, from, extra);
    frames asked = step.length + extra - from.elapsed, end = kit_start(t, step.step);
    frames length = kit_length(t, step.step), words = 0;
    for (size_t i = step.step + 1; i < kit->cues.count && kit->cues.items[i].anchor != ANCHOR_NEXT;
         i++) {
        const struct timeline_entry *entry = kit_entry(t, i);
        const struct cue *cue = &kit->cues.items[i];
        if (entry && cue->kind == CUE_SPEECH && entry->start + entry->length - end > words)
            words = entry->start + entry->length - end;
        if (entry && cue->kind == CUE_SOUND && cue->anchor == ANCHOR_END)
            assert_near(entry->start, end + length - cue->offset_ns / MS);
        if (cue->kind == CUE_SOUND && cue->anchor == ANCHOR_END && cue->offset_ns == 0)
            assert_non_null(entry);
        if (cue->kind == CUE_SPEECH && extra >= 0 && !may_be_dropped(cue) &&
            kit_start(whole, i) + kit_length(whole, i) > point)
            assert_non_null(entry);
    }
    asked = asked < 0 ? 0 : asked;
    assert_near(length, words > asked ? words : asked);
    check_lane(kit, t);
    timeline_destroy(t);
}

/* Left again and again at random, sometimes with time added: in the end every word that must be
 * said has been said to its end, every end tone has sounded, and words came in the order of the
 * whole. */
static void check_interrupted(struct kit *kit, const struct timeline *whole, struct prng *prng)
{
    bool *heard = xcalloc(kit->cues.count, sizeof *heard);
    struct timeline_from from = {0};
    struct timeline_changes changes = {0};
    for (int left = 0; from.step < kit->cues.count; left++) {
        struct timeline *t = kit_resolved_changed(kit, &from, &changes);
        size_t count;
        const struct timeline_entry *entries = timeline_entries(t, &count);
        frames at = from.at + (frames)prng_below(prng, 3000);
        if (left > 200)
            at = INT64_MAX / 4;
        for (size_t i = 0; i < count; i++) {
            const struct cue *cue = &kit->cues.items[entries[i].cue];
            frames end =
                cue->kind == CUE_SPEECH ? entries[i].start + entries[i].length : entries[i].start;
            if (end <= at)
                heard[entries[i].cue] = true;
        }
        check_lane(kit, t);
        if (getenv("LIMBER_SEED")) {
            printf("from %zu elapsed %lld settled %lld repeated %lld at %lld, until %lld\n",
                   from.step, (long long)from.elapsed, (long long)from.settled,
                   (long long)from.repeated, (long long)from.at, (long long)at);
            timeline_dump(t, stdout);
        }
        timeline_point(t, at, &from);
        assert_true(from.at == at);
        if (prng_below(prng, 5) == 0 && from.step < kit->cues.count &&
            kit->cues.items[from.step].kind == CUE_BOUT)
            changes_add(&changes, &kit->plan, (uint32_t)from.step, (frames)prng_below(prng, 4000));
        timeline_destroy(t);
    }
    for (size_t i = 0; i < kit->cues.count; i++) {
        const struct cue *cue = &kit->cues.items[i];
        bool words = cue->kind == CUE_SPEECH && !may_be_dropped(cue);
        bool tone = cue->kind == CUE_SOUND && cue->anchor == ANCHOR_END && cue->offset_ns == 0;
        if ((words && kit->lengths.items[i] > 0) || tone)
            assert_int_equal(heard[i] ? -1 : (int)i, -1);
    }
    free(heard);
    changes_free(&changes);
}

static void check_seed(uint64_t seed)
{
    struct kit *kit = random_plan(seed);
    struct prng prng = prng_new(seed ^ 0x5eed);
    struct timeline *t = kit_resolved(kit);
    if (getenv("LIMBER_SEED")) {
        plan_dump(&kit->plan, stdout);
        timeline_dump(t, stdout);
    }
    check_plan(kit, t);
    check_stream(kit, t, &prng);
    for (int i = 0; i < 12; i++) {
        check_resume(kit, t, &prng);
        check_change(kit, t, &prng);
        check_interrupted(kit, t, &prng);
    }
    timeline_destroy(t);
    kit_free(kit);
}

static void random_plans_keep_the_rules(void **state)
{
    const char *only = getenv("LIMBER_SEED");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + (only ? 1 : PLANS); seed++) {
        *(uint64_t *)*state = seed;
        check_seed(seed);
    }
}

static uint64_t seed_now;

static int name_seed(void **state)
{
    *state = &seed_now;
    return 0;
}

static int print_seed(void **state)
{
    print_message("last seed: %llu\n", (unsigned long long)seed_now);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_plans_keep_the_rules, name_seed, print_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

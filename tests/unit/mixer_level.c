/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels: exact where they rest, smooth where they change, and nothing at all while they are 1. */
#include "mixer_rig.h"

#define LENGTH (RATE * 4)

struct parts {
    struct score *score;
    struct clip *words, *sound, *bed;
};

/* Words, a sound and a bed one after the other, none over another. */
static struct parts parts_new(enum mixer_event_kind kind)
{
    struct parts parts = {score_new(), constant(LENGTH, 1, 0.1F), constant(LENGTH, 1, 0.1F),
                          constant(RATE, 1, 0.1F)};
    const struct clip *clip = kind == EVENT_SPEECH  ? parts.words
                              : kind == EVENT_SOUND ? parts.sound
                                                    : parts.bed;
    put(parts.score, kind, 0, clip, 1);
    score_publish(parts.score, INT64_MAX, LENGTH);
    return parts;
}

static void parts_free(struct parts *parts)
{
    score_destroy(parts->score);
    clip_destroy(parts->words);
    clip_destroy(parts->sound);
    clip_destroy(parts->bed);
}

/* The mix with a level set from a frame on, for one part. */
static struct take with_level(const struct parts *parts, enum mixer_part part, frames at,
                              float level)
{
    struct mixer *mixer = mixer_new(RATE, 1);
    mixer_set_score(mixer, parts->score, 0, true);
    struct take first = take_all(mixer, 1, at, 0, 480);
    mixer_set_level(mixer, part, level);
    struct take rest = take_all(mixer, 1, LENGTH, 0, 480);
    first.samples = realloc(first.samples, sizeof(float) * (size_t)(first.length + rest.length));
    memcpy(first.samples + first.length, rest.samples, sizeof(float) * (size_t)rest.length);
    first.length += rest.length;
    free(rest.samples);
    mixer_destroy(mixer);
    assert_int_equal(first.length, LENGTH);
    return first;
}

static void a_level_takes_30_ms_and_only_its_part(void **state)
{
    for (int kind = 0; kind < 3; kind++) {
        struct parts parts = parts_new((enum mixer_event_kind)kind);
        struct take plain = play(parts.score, 1, 0, 480);
        for (int part = 0; part < MIXER_PARTS; part++) {
            struct take take = with_level(&parts, (enum mixer_part)part, RATE, 0.25F);
            frames ahead = 480; /* at most a block and the look-ahead later */
            assert_memory_equal(take.samples, plain.samples, RATE * sizeof(float));
            for (frames i = RATE + MS(30) + ahead; i < RATE * 2; i++)
                assert_float_equal(take.samples[i], plain.samples[i] * (part == kind ? 0.25 : 1),
                                   1e-7);
            float steepest = 0;
            for (frames i = RATE; i < RATE * 2; i++)
                steepest = fmaxf(steepest, fabsf(take.samples[i] - take.samples[i - 1]));
            /* a raised cosine is π/2 times as steep as a line */
            assert_true(steepest <= (part == kind ? 0.075F / MS(30) * 1.6F : 1e-7F));
            free(take.samples);
        }
        free(plain.samples);
        parts_free(&parts);
    }
}

static void at_1_nothing_is_touched(void **state)
{
    struct parts parts = parts_new(EVENT_SOUND);
    struct take plain = play(parts.score, 1, 0, 1024);
    struct take take = with_level(&parts, MIXER_SOUNDS, 5000, 1);
    assert_memory_equal(take.samples, plain.samples, LENGTH * sizeof(float));
    free(take.samples);
    free(plain.samples);
    parts_free(&parts);
}

static void changes_upon_changes_do_not_click(void **state)
{
    for (uint64_t seed = 1; seed < 9; seed++) {
        struct prng prng = prng_new(seed);
        struct clip *words = tone(LENGTH, 1, 200, 0.3, MS(20)), *bed = tone(RATE, 1, 110, 0.3, 0);
        struct score *score = score_new();
        put(score, EVENT_BED, 0, bed, 0.5F);
        put(score, EVENT_SPEECH, 0, words, 1);
        put(score, EVENT_SOUND, MS(500), words, 0.5F);
        score_publish(score, INT64_MAX, LENGTH);
        struct mixer *mixer = mixer_new(RATE, 1);
        float *all = malloc(sizeof(float) * LENGTH), gain = 1;
        frames at = 0;
        int64_t got;
        mixer_set_score(mixer, score, 0, true);
        while ((got = mixer_mix(mixer, all + at, 1 + (int64_t)prng_below(&prng, 1024))) > 0) {
            at += got;
            if (prng_below(&prng, 2) == 0)
                gain = (float)prng_below(&prng, 8) / 8;
            mixer_set_level(mixer, (enum mixer_part)prng_below(&prng, 3), gain);
        }
        assert_int_equal(at, LENGTH);
        if (roughness(all, LENGTH, 1) > 0.002)
            fail_msg("seed %d: %g", (int)seed, roughness(all, LENGTH, 1));
        free(all);
        mixer_destroy(mixer);
        score_destroy(score);
        clip_destroy(words);
        clip_destroy(bed);
    }
}

static void a_jump_begins_at_the_level(void **state)
{
    struct parts parts = parts_new(EVENT_SPEECH);
    struct mixer *mixer = mixer_new(RATE, 1);
    float out[64];
    mixer_set_level(mixer, MIXER_SPEECH, 0.5F);
    mixer_set_score(mixer, parts.score, 0, true);
    assert_int_equal(mixer_mix(mixer, out, 64), 64);
    for (int i = 0; i < 64; i++)
        assert_float_equal(out[i], 0.05, 1e-7);
    mixer_destroy(mixer);
    parts_free(&parts);
}

static void louder_stays_under_the_ceiling(void **state)
{
    struct clip *loud = tone(LENGTH, 1, 500, 0.8, MS(20));
    struct score *score = score_new();
    put(score, EVENT_SOUND, 0, loud, 1);
    score_publish(score, INT64_MAX, LENGTH);
    struct parts parts = {.score = score};
    struct take take = with_level(&parts, MIXER_SOUNDS, RATE, 100);
    for (frames i = 0; i < take.length; i++)
        assert_true(fabsf(take.samples[i]) <= 0.8914F);
    free(take.samples);
    score_destroy(score);
    clip_destroy(loud);
}

static void nonsense_is_ignored(void **state)
{
    struct parts parts = parts_new(EVENT_SOUND);
    struct take plain = play(parts.score, 1, 0, 480);
    struct take silent = with_level(&parts, MIXER_SOUNDS, 0, -3);
    struct take same = with_level(&parts, MIXER_SOUNDS, 480, NAN);
    assert_memory_equal(same.samples, plain.samples, LENGTH * sizeof(float));
    assert_true(silent.samples[LENGTH - 1] == 0);
    free(plain.samples);
    free(silent.samples);
    free(same.samples);
    parts_free(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_takes_30_ms_and_only_its_part),
        cmocka_unit_test(at_1_nothing_is_touched),
        cmocka_unit_test(changes_upon_changes_do_not_click),
        cmocka_unit_test(a_jump_begins_at_the_level),
        cmocka_unit_test(louder_stays_under_the_ceiling),
        cmocka_unit_test(nonsense_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

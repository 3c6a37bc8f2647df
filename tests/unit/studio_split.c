/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings made of tones, noise and silence, cut at their pauses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/vec.h"
#include "studio/split.h"

#define RATE 22050
#define MS   NSEC_PER_MSEC

struct tape {
    VEC(float) samples;
    struct prng prng;
    double noise; /* amplitude, always there */
    double dc;
};

static double uniform(struct tape *tape)
{
    return (double)prng_below(&tape->prng, 2000001) / 1000000.0 - 1;
}

/* Adds time with a level: a warbling tone (words), noise (coughs), or nothing. */
static void add(struct tape *tape, double seconds, double tone, double noise)
{
    size_t count = (size_t)(seconds * RATE);
    for (size_t i = 0; i < count; i++) {
        double t = (double)i / RATE;
        double words = tone * sin(2 * M_PI * 180 * t) * (0.6 + 0.4 * sin(2 * M_PI * 4 * t));
        *vec_push(&tape->samples) =
            (float)(words + (noise + tape->noise) * uniform(tape) + tape->dc);
    }
}

/* A sentence, with pauses of `inner` seconds after each of its words of 0.4 s. */
static void say(struct tape *tape, int words, double inner)
{
    for (int i = 0; i < words; i++) {
        add(tape, 0.4, 0.3, 0);
        if (i + 1 < words)
            add(tape, inner, 0, 0);
    }
}

static nsec expected_of(int words)
{
    return words * 550 * MS;
}

static struct split_result cut(struct tape *tape, const nsec *expected, size_t count,
                               struct arena *arena)
{
    struct split_ear *ear = split_ear_new(RATE);
    /* In odd chunks. */
    for (size_t at = 0; at < tape->samples.count; at += 997)
        split_hear(ear, tape->samples.items + at,
                   tape->samples.count - at < 997 ? tape->samples.count - at : 997);
    struct split_result result = split_find(ear, expected, count, arena);
    split_ear_destroy(ear);
    vec_free(&tape->samples);
    return result;
}

/* Words of each sentence, ended by 0. */
static const int words_of[] = {3, 7, 2, 5, 9, 1, 4, 6, 2, 8, 3, 5, 0};
#define SENTENCES 12

static struct tape new_tape(double noise)
{
    return (struct tape){.prng = prng_new(7), .noise = noise};
}

static void expect_all(struct tape *tape, size_t noises)
{
    struct arena *arena = arena_new();
    nsec expected[SENTENCES];
    for (int i = 0; i < SENTENCES; i++)
        expected[i] = expected_of(words_of[i]);
    struct split_result result = cut(tape, expected, SENTENCES, arena);
    assert_int_equal(result.fit, SPLIT_FITS);
    size_t next = 0, others = result.clicks;
    for (size_t i = 0; i < result.count; i++) {
        const struct split_piece *piece = &result.pieces[i];
        if (piece->line < 0) {
            others++;
            continue;
        }
        assert_int_equal(piece->line, (int)next);
        double least = words_of[next] * 0.4;
        assert_true((double)(piece->end - piece->start) / RATE > least - 0.03);
        assert_true(piece->from <= piece->start && piece->to >= piece->end);
        assert_true(i == 0 || piece->from >= result.pieces[i - 1].to);
        assert_true(piece->ratio > 0.5 && piece->ratio < 2);
        next++;
    }
    assert_int_equal(next, SENTENCES);
    assert_int_equal(others, noises);
    arena_destroy(arena);
}

static void cuts_at_pauses(void **state)
{
    struct tape tape = new_tape(0.0005);
    add(&tape, 1.5, 0, 0);
    for (int i = 0; i < SENTENCES; i++) {
        say(&tape, words_of[i], 0.15);
        add(&tape, 1.5 + 0.1 * (i % 5), 0, 0);
    }
    expect_all(&tape, 0);
}

static void cuts_without_any_noise(void **state)
{
    struct tape tape = new_tape(0);
    for (int i = 0; i < SENTENCES; i++) {
        say(&tape, words_of[i], 0.15);
        add(&tape, i + 1 < SENTENCES ? 1.5 : 0, 0, 0);
    }
    expect_all(&tape, 0);
}

static void adapts_to_short_pauses(void **state)
{
    struct tape tape = new_tape(0.001);
    for (int i = 0; i < SENTENCES; i++) {
        say(&tape, words_of[i], 0.2);
        add(&tape, 0.42, 0, 0);
    }
    expect_all(&tape, 0);
}

static void adapts_to_long_pauses_within(void **state)
{
    struct tape tape = new_tape(0.001);
    for (int i = 0; i < SENTENCES; i++) {
        say(&tape, words_of[i], i % 3 ? 0.2 : 0.75);
        add(&tape, 1.4 + 0.3 * (i % 4), 0, 0);
    }
    expect_all(&tape, 0);
}

static void bears_noise_and_dc(void **state)
{
    struct tape tape = new_tape(0.012); /* about 25 dB below the words */
    tape.dc = 0.1;
    add(&tape, 1, 0, 0);
    for (int i = 0; i < SENTENCES; i++) {
        say(&tape, words_of[i], 0.15);
        add(&tape, 1.5, 0, 0);
        tape.noise *= 1.06; /* a fan that grows louder */
    }
    expect_all(&tape, 0);
}

static void leaves_clicks_out(void **state)
{
    struct tape tape = new_tape(0.0005);
    for (int i = 0; i < SENTENCES; i++) {
        say(&tape, words_of[i], 0.15);
        add(&tape, 0.8, 0, 0);
        if (i % 4 == 1)
            add(&tape, 0.003, 0, 0.9);
        add(&tape, 0.8, 0, 0);
    }
    expect_all(&tape, 3);
}

static void leaves_coughs_out(void **state)
{
    struct tape tape = new_tape(0.0005);
    for (int i = 0; i < SENTENCES; i++) {
        say(&tape, words_of[i], 0.15);
        add(&tape, 0.8, 0, 0);
        if (i == 4) /* behind the longest */
            add(&tape, 0.3, 0, 0.3);
        add(&tape, 0.8, 0, 0);
    }
    expect_all(&tape, 1);
}

/* --- where it does not match --- */

static struct split_result cut_without(int without, int twice, struct arena *arena)
{
    struct tape tape = new_tape(0.0005);
    nsec expected[SENTENCES];
    for (int i = 0; i < SENTENCES; i++) {
        expected[i] = expected_of(words_of[i]);
        for (int k = 0; k < (i == without ? 0 : i == twice ? 2 : 1); k++) {
            say(&tape, words_of[i], 0.15);
            add(&tape, 1.5, 0, 0);
        }
    }
    return cut(&tape, expected, SENTENCES, arena);
}

static void finds_the_missing_one(void **state)
{
    for (int without = 0; without < SENTENCES; without++) {
        struct arena *arena = arena_new();
        struct split_result result = cut_without(without, -1, arena);
        assert_int_equal(result.fit, SPLIT_MISMATCH);
        assert_int_equal(result.count, SENTENCES - 1);
        assert_false(result.extra);
        assert_int_equal(result.trouble, without);
        arena_destroy(arena);
    }
}

static void finds_the_one_too_many(void **state)
{
    for (int twice = 0; twice < SENTENCES; twice++) {
        struct arena *arena = arena_new();
        struct split_result result = cut_without(-1, twice, arena);
        if (words_of[twice] == 1) { /* as short as a noise, and taken for one */
            assert_int_equal(result.fit, SPLIT_FITS);
        } else {
            assert_int_equal(result.fit, SPLIT_MISMATCH);
            assert_true(result.extra);
            assert_true(result.trouble == (size_t)twice || result.trouble == (size_t)twice + 1);
        }
        arena_destroy(arena);
    }
}

/* One missing, another said twice: as many pieces, and still not the list. */
static void is_not_fooled_by_the_number(void **state)
{
    struct arena *arena = arena_new();
    struct split_result result = cut_without(2, 9, arena);
    assert_int_equal(result.count, SENTENCES);
    assert_int_equal(result.fit, SPLIT_UNLIKE);
    assert_int_equal(result.trouble, 2);
    arena_destroy(arena);
}

static void knows_silence_and_noise(void **state)
{
    struct arena *arena = arena_new();
    const nsec expected[] = {NSEC_PER_SEC, NSEC_PER_SEC};
    struct tape tape = new_tape(0);
    assert_int_equal(cut(&tape, expected, 2, arena).fit, SPLIT_SILENT);
    add(&tape, 3, 0, 0);
    assert_int_equal(cut(&tape, expected, 2, arena).fit, SPLIT_SILENT);
    add(&tape, 3, 0, 0.0002);
    assert_int_equal(cut(&tape, expected, 2, arena).fit, SPLIT_SILENT);
    add(&tape, 5, 0, 0.3);
    assert_int_equal(cut(&tape, expected, 2, arena).fit, SPLIT_NOISE);
    arena_destroy(arena);
}

static void bears_rubbish(void **state)
{
    struct arena *arena = arena_new();
    const nsec expected[] = {NSEC_PER_SEC, 0, NSEC_PER_SEC};
    struct tape tape = new_tape(0.0005);
    for (int i = 0; i < 4; i++) {
        say(&tape, 3, 0.1);
        *vec_push(&tape.samples) = NAN;
        *vec_push(&tape.samples) = INFINITY;
        *vec_push(&tape.samples) = -1e30f;
        add(&tape, 1, 0, 0);
    }
    struct split_result result = cut(&tape, expected, 3, arena);
    assert_true(result.count <= 8);
    arena_destroy(arena);
}

static void cuts_without_a_list(void **state)
{
    struct arena *arena = arena_new();
    struct tape tape = new_tape(0.0005);
    for (int i = 0; i < 5; i++) {
        say(&tape, 4, 0.2);
        add(&tape, 1.2, 0, 0);
    }
    struct split_result result = cut(&tape, NULL, 0, arena);
    assert_int_equal(result.fit, SPLIT_FITS);
    assert_int_equal(result.count, 5);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_at_pauses),          cmocka_unit_test(cuts_without_any_noise),
        cmocka_unit_test(adapts_to_short_pauses),  cmocka_unit_test(adapts_to_long_pauses_within),
        cmocka_unit_test(bears_noise_and_dc),      cmocka_unit_test(leaves_clicks_out),
        cmocka_unit_test(leaves_coughs_out),       cmocka_unit_test(finds_the_missing_one),
        cmocka_unit_test(finds_the_one_too_many),  cmocka_unit_test(is_not_fooled_by_the_number),
        cmocka_unit_test(knows_silence_and_noise), cmocka_unit_test(bears_rubbish),
        cmocka_unit_test(cuts_without_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

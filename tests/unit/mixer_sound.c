/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it sounds like: ducking, beds, clicks. */
#include "mixer_rig.h"

/* --- ducking, read off a bed that is a constant --- */

static struct take bed_and_words(const frames *starts, const frames *lengths, size_t count,
                                 frames length)
{
    struct score *score = score_new();
    struct clip *bed = constant(12345, 1, 0.5f), *words[8];
    put(score, EVENT_BED, 0, bed, 0.5f);
    for (size_t i = 0; i < count; i++) {
        words[i] = constant(lengths[i], 1, 0);
        put(score, EVENT_SPEECH, starts[i], words[i], 1);
    }
    score_publish(score, length, length);
    struct take take = play(score, 1, 3, MIXER_BLOCK);
    assert_int_equal(take.length, length);
    score_destroy(score);
    clip_destroy(bed);
    for (size_t i = 0; i < count; i++)
        clip_destroy(words[i]);
    return take;
}

static void ducks_in_time(void **state)
{
    frames start = RATE * 3 + 17, length = RATE, end = start + length;
    struct take take = bed_and_words(&start, &length, 1, RATE * 9);
    const float *x = take.samples, full = 0.25f, low = 0.25f * 0.25118864f;
    for (frames i = MS(100); i <= start - MS(300); i++)
        assert_true(x[i] == full);
    assert_true(x[start - MS(290)] < full);
    assert_true(fabsf(x[start - MS(175)] - (full + low) / 2) < 1e-4f);
    for (frames i = start - MS(50); i <= end; i++)
        assert_true(x[i] == low);
    assert_true(20 * log10(x[start] / x[MS(1000)]) < -11.99);
    assert_true(20 * log10(x[start] / x[MS(1000)]) > -12.01);
    assert_true(fabsf(x[end + MS(400)] - (full + low) / 2) < 1e-4f);
    for (frames i = end + MS(800); i < RATE * 7; i++)
        assert_true(x[i] == full);
    /* one way down, one way up */
    for (frames i = start - MS(300); i < start; i++)
        assert_true(x[i + 1] <= x[i] + 1e-7f);
    for (frames i = end; i < end + MS(800); i++)
        assert_true(x[i + 1] >= x[i] - 1e-7f);
    free(take.samples);
}

static void stays_down_across_short_gaps(void **state)
{
    frames starts[] = {RATE * 3, RATE * 4 + MS(1499), RATE * 4 + MS(1600), RATE * 4 + MS(4000)};
    frames lengths[] = {RATE, MS(400), MS(900), RATE};
    struct take take = bed_and_words(starts, lengths, 4, RATE * 12);
    frames end = RATE * 4 + MS(2500); /* and then exactly 1.5 s of nothing */
    const float *x = take.samples, full = 0.25f, low = 0.25f * 0.25118864f;
    for (frames i = RATE * 3; i <= end; i++)
        assert_true(x[i] == low);
    for (frames i = end + MS(800); i <= starts[3] - MS(300); i++)
        assert_true(x[i] == full);
    assert_true(x[starts[3]] == low);
    free(take.samples);
}

static void words_at_the_very_beginning_duck_too(void **state)
{
    frames start = MS(10), length = RATE;
    struct take take = bed_and_words(&start, &length, 1, RATE * 5);
    assert_true(take.samples[MS(500)] == 0.25f * 0.25118864f);
    free(take.samples);
}

static void sounds_do_not_duck(void **state)
{
    struct score *score = score_new();
    struct clip *bed = constant(1000, 1, 0.5f), *tick = constant(MS(100), 1, 0);
    put(score, EVENT_BED, 0, bed, 0.5f);
    put(score, EVENT_SOUND, RATE, tick, 1);
    score_publish(score, 5 * RATE, 5 * RATE);
    struct take take = play(score, 1, 0, MIXER_BLOCK);
    for (frames i = MS(100); i < RATE * 3; i++)
        assert_true(take.samples[i] == 0.25f);
    free(take.samples);
    score_destroy(score);
    clip_destroy(bed);
    clip_destroy(tick);
}

/* --- beds --- */

static void beds_loop_fade_and_end(void **state)
{
    struct score *score = score_new();
    float ramp[1000];
    for (int i = 0; i < 1000; i++)
        ramp[i] = (float)i / 2000;
    struct clip *bed = clip_new(ramp, 1000, 1, RATE);
    struct mixer_event event = {.kind = EVENT_BED,
                                .start = 777,
                                .length = RATE * 2,
                                .fade_in = MS(500),
                                .fade_out = MS(700),
                                .gain = 0.5f,
                                .clip = bed};
    score_append(score, &event);
    score_publish(score, RATE * 5, RATE * 5);
    struct take take = play(score, 1, 9, MIXER_BLOCK);
    frames off = 777 + RATE * 2, end = off + MS(700);
    for (frames i = 0; i <= 777; i++)
        assert_true(take.samples[i] == 0);
    for (frames i = 777 + MS(500); i <= off; i++)
        assert_true(take.samples[i] == 0.5f * ramp[(i - 777) % 1000]);
    for (frames i = end; i < take.length; i++)
        assert_true(take.samples[i] == 0);
    for (frames i = off; i < end; i++) {
        double gain = 0.5 + 0.5 * cos(M_PI * (double)(i - off) / MS(700));
        assert_true(fabs(take.samples[i] - 0.5 * gain * ramp[(i - 777) % 1000]) < 1e-6);
    }
    free(take.samples);
    score_destroy(score);
    clip_destroy(bed);
}

static void a_bed_takes_over_from_another(void **state)
{
    struct score *score = score_new();
    struct clip *a = constant(1000, 1, 0.4f), *b = constant(1100, 1, 0.2f);
    put(score, EVENT_BED, 0, a, 1);
    put(score, EVENT_BED, RATE, b, 1); /* 100 ms in, and as long the first one out */
    put(score, EVENT_BED, RATE * 2, b, 0.5f);
    put(score, EVENT_BED, RATE * 3, NULL, 1); /* 200 ms out */
    score_publish(score, RATE * 4, RATE * 4);
    struct take take = play(score, 1, 0, MIXER_BLOCK);
    const float *x = take.samples;
    assert_true(x[RATE] == 0.4f);
    assert_true(fabsf(x[RATE + MS(50)] - 0.3f) < 1e-4f);
    assert_true(x[RATE + MS(100)] == 0.2f);
    assert_true(fabsf(x[RATE * 2 + MS(50)] - 0.15f) < 1e-4f);
    assert_true(x[RATE * 2 + MS(100)] == 0.1f);
    assert_true(x[RATE * 3] == 0.1f);
    assert_true(fabsf(x[RATE * 3 + MS(100)] - 0.05f) < 1e-4f);
    assert_true(x[RATE * 3 + MS(200)] == 0);
    free(take.samples);
    score_destroy(score);
    clip_destroy(a);
    clip_destroy(b);
}

static void the_same_bed_at_another_level_goes_on(void **state)
{
    struct score *score = score_new();
    struct clip *bed = tone(RATE, 1, 100, 0.5, 0);
    put(score, EVENT_BED, 0, bed, 1);
    put(score, EVENT_BED, RATE + 123, bed, 1);
    score_publish(score, RATE * 4, RATE * 4);
    struct take take = play(score, 1, 0, MIXER_BLOCK);
    for (frames i = MS(100); i < RATE * 3; i++)
        assert_true(fabsf(take.samples[i] - bed->samples[i % RATE]) < 1e-6f);
    free(take.samples);
    score_destroy(score);
    clip_destroy(bed);
}

static void the_last_bed_fades_before_the_end(void **state)
{
    struct score *score = score_new();
    struct clip *bed = constant(1000, 1, 0.5f);
    put(score, EVENT_BED, 0, bed, 1);
    score_publish(score, RATE * 3, RATE * 3);
    struct take take = play(score, 1, 0, MIXER_BLOCK);
    assert_true(take.samples[RATE * 3 - MS(200)] == 0.5f);
    assert_true(fabsf(take.samples[RATE * 3 - MS(100)] - 0.25f) < 1e-4f);
    assert_true(take.samples[RATE * 3 - 1] < 1e-6f);
    free(take.samples);
    score_destroy(score);
    clip_destroy(bed);
}

/* --- no clicks --- */

/* Tones of at most 220 Hz at level 1 bend by (2π·220/48000)² ≈ 0.0008 a frame. */
#define BEND 0.0016

static void nothing_clicks(void **state)
{
    for (uint64_t seed = 1; seed < 9; seed++) {
        struct prng random = prng_new(seed);
        struct score *score = score_new();
        struct clip *words = tone(RATE, 1, 200, 0.6, MS(20)), *bed = tone(RATE / 2, 1, 110, 0.8, 0),
                    *other = tone(RATE, 1, 55, 0.7, 0);
        for (frames at = 0; at < RATE * 18; at += MS(200) + (frames)prng_below(&random, RATE * 2)) {
            struct mixer_event event = {
                .kind = EVENT_BED,
                .start = at,
                .length = prng_below(&random, 2) ? INT64_MAX : (frames)prng_below(&random, RATE),
                .fade_in = (frames)prng_below(&random, MS(300)),
                .fade_out = (frames)prng_below(&random, MS(300)),
                .gain = 0.3f + 0.2f * prng_float(&random),
                .clip = prng_below(&random, 3) ? bed : other};
            if (prng_below(&random, 5) == 0)
                event.clip = NULL;
            if (prng_below(&random, 3) == 0)
                put(score, EVENT_SPEECH, at, words, 0.5f);
            else
                score_append(score, &event);
        }
        score_publish(score, RATE * 20, RATE * 20);
        struct take take = play(score, 1, seed, MIXER_BLOCK);
        assert_int_equal(take.length, RATE * 20);
        if (roughness(take.samples, take.length, 1) > BEND)
            fail_msg("seed %d: %g", (int)seed, roughness(take.samples, take.length, 1));
        free(take.samples);
        score_destroy(score);
        clip_destroy(words);
        clip_destroy(bed);
        clip_destroy(other);
    }
}

static void a_jump_fades_the_bed_in_and_leaves_the_rest_out(void **state)
{
    struct score *score = score_new();
    struct clip *bed = tone(RATE, 1, 50, 0.5, 0), *words = tone(RATE, 1, 200, 0.5, MS(20)),
                *bell = tone(RATE, 1, 150, 0.5, MS(20));
    put(score, EVENT_BED, 100, bed, 1);
    put(score, EVENT_SPEECH, RATE * 2, words, 1);
    put(score, EVENT_SOUND, RATE * 2 + 500, bell, 1);
    put(score, EVENT_SOUND, RATE * 4, bell, 0.5f);
    score_publish(score, RATE * 7, RATE * 7);
    struct mixer *mixer = mixer_new(RATE, 1);
    mixer_set_score(mixer, score, 0, true);
    free(take_all(mixer, 1, RATE + 5, 0, 1000).samples);
    frames at = RATE * 2 + MS(300);
    mixer_set_score(mixer, score, at, true);
    assert_int_equal(mixer_position(mixer), at);
    struct take take = take_all(mixer, 1, RATE * 9, 0, 1000);
    assert_int_equal(take.length, RATE * 7 - at);
    assert_true(fabsf(take.samples[0]) < 1e-3f);
    assert_true(roughness(take.samples, take.length, 1) < BEND);
    for (frames i = MS(20); i < RATE; i++) /* only the bed, in its own time, not ducked */
        assert_true(take.samples[i] == bed->samples[(at + i - 100) % RATE]);
    /* what begins exactly there is played */
    mixer_set_score(mixer, score, RATE * 4, true);
    struct take bell_only = take_all(mixer, 1, RATE, 0, 1000);
    frames i = MS(500);
    assert_true(fabsf(bell_only.samples[i] - 0.5f * bell->samples[i] -
                      bed->samples[(RATE * 4 + i - 100) % RATE]) < 1e-6f);
    free(bell_only.samples);
    free(take.samples);
    mixer_destroy(mixer);
    score_destroy(score);
    clip_destroy(bed);
    clip_destroy(words);
    clip_destroy(bell);
}

/* Carried on, a mix is what it would have been without the jump, but for the fades. */
static void a_jump_can_carry_words_and_sounds(void **state)
{
    struct clip *words = tone(RATE, 1, 200, 0.3, MS(20)),
                *ring = tone(RATE * 2, 1, 300, 0.2, MS(20));
    struct score *score = score_new();
    put(score, EVENT_SOUND, 0, ring, 1);
    put(score, EVENT_SPEECH, MS(500), words, 1);
    put(score, EVENT_SPEECH, MS(1600), words, 1);
    score_publish(score, RATE * 3, RATE * 3);
    struct take whole = play(score, 1, 0, MIXER_BLOCK);
    for (frames at = MS(100); at < RATE * 3; at += MS(333)) {
        struct mixer *mixer = mixer_new(RATE, 1);
        mixer_set_score(mixer, score, at, true);
        mixer_carry(mixer);
        struct take take = take_all(mixer, 1, RATE * 4, 0, MIXER_BLOCK);
        assert_int_equal(take.length, RATE * 3 - at);
        for (frames i = 0; i < take.length; i++) {
            double wanted = whole.samples[at + i];
            if (i >= MS(5))
                assert_true(take.samples[i] == whole.samples[at + i]);
            else
                assert_true(fabs(take.samples[i]) <= fabs(wanted) + 0.02);
        }
        assert_true(roughness(take.samples, take.length, 1) < BEND);
        free(take.samples);
        mixer_set_score(mixer, score, MS(100), true); /* without: only what begins after it */
        take = take_all(mixer, 1, MS(400), 0, MIXER_BLOCK);
        for (frames i = 0; i < take.length; i++)
            assert_true(take.samples[i] == 0);
        free(take.samples);
        mixer_destroy(mixer);
    }
    free(whole.samples);
    score_destroy(score);
    clip_destroy(words);
    clip_destroy(ring);
}

static void a_jump_is_the_same_in_a_growing_score(void **state)
{
    struct clip *bed = tone(RATE, 1, 50, 0.5, 0), *words = tone(RATE, 1, 200, 0.5, MS(20));
    struct score *whole = score_new(), *growing = score_new();
    frames at = RATE * 3;
    for (int i = 0; i < 2; i++) {
        struct score *score = i ? growing : whole;
        struct mixer *mixer = mixer_new(RATE, 1);
        (void)mixer;
        put(score, EVENT_BED, 100, bed, 1);
        put(score, EVENT_SPEECH, RATE * 2 + MS(500), words, 1); /* left out: does not duck */
        put(score, EVENT_SPEECH, RATE * 4, words, 1);
        mixer_destroy(mixer);
    }
    score_publish(whole, RATE * 6, RATE * 6);
    struct mixer *mixer = mixer_new(RATE, 1);
    mixer_set_score(mixer, whole, at, true);
    struct take expected = take_all(mixer, 1, RATE * 9, 0, 1000);
    mixer_set_score(mixer, growing, at, true);
    struct take got = {.samples = malloc(sizeof(float) * RATE * 3)};
    for (frames resolved = 0; resolved <= RATE * 6; resolved += 1000) {
        score_publish(growing, resolved, resolved == RATE * 6 ? RATE * 6 : -1);
        for (int64_t n; (n = mixer_mix(mixer, got.samples + got.length, 600)) > 0;)
            got.length += n;
    }
    assert_int_equal(expected.length, RATE * 3);
    assert_int_equal(got.length, RATE * 3);
    assert_memory_equal(got.samples, expected.samples, sizeof(float) * RATE * 3);
    free(got.samples);
    free(expected.samples);
    mixer_destroy(mixer);
    score_destroy(whole);
    score_destroy(growing);
    clip_destroy(bed);
    clip_destroy(words);
}

/* A live change: what plays goes on, what was to come is another thing. */
static void a_change_of_score_has_no_seam(void **state)
{
    for (frames at = RATE / 2 + 200; at < RATE * 4; at += 4801) {
        struct score *before = score_new(), *after = score_new();
        struct clip *bed = tone(RATE, 1, 50, 0.5, 0), *words = tone(RATE, 1, 200, 0.5, MS(20));
        put(before, EVENT_BED, 0, bed, 1);
        put(before, EVENT_SPEECH, RATE * 2, words, 1);
        put(before, EVENT_SPEECH, RATE * 3 + MS(500), words, 1);
        put(before, EVENT_BED, RATE * 4 + 50, NULL, 1);
        put(after, EVENT_BED, 0, bed, 1);
        put(after, EVENT_SPEECH, RATE * 2, words, 1); /* may be playing already: not doubled */
        put(after, EVENT_SPEECH, at + 10, words, 0.5f);
        score_publish(before, RATE * 9, RATE * 9);
        score_publish(after, RATE * 9, RATE * 9);
        struct mixer *mixer = mixer_new(RATE, 1);
        mixer_set_score(mixer, before, 0, true);
        struct take take = take_all(mixer, 1, at, 0, 1000);
        assert_int_equal(take.length, at);
        mixer_set_score(mixer, after, at, false);
        struct take rest = take_all(mixer, 1, RATE * 9, 0, 1000);
        assert_int_equal(rest.length, RATE * 9 - at);
        take.samples = realloc(take.samples, sizeof(float) * RATE * 9);
        memcpy(take.samples + at, rest.samples, sizeof(float) * (size_t)rest.length);
        if (roughness(take.samples, RATE * 9, 1) > BEND)
            fail_msg("at %d: %g", (int)at, roughness(take.samples, RATE * 9, 1));
        float peak = 0;
        for (frames i = 0; i < RATE * 9; i++)
            peak = fmaxf(peak, fabsf(take.samples[i]));
        assert_true(peak < 0.5f + 0.5f + 0.25f);
        /* words of the new score, and the bed low by then, later full again */
        frames later = at + 10 + RATE + MS(2600);
        assert_true(take.samples[later] == bed->samples[later % RATE]);
        free(rest.samples);
        free(take.samples);
        mixer_destroy(mixer);
        score_destroy(before);
        score_destroy(after);
        clip_destroy(bed);
        clip_destroy(words);
    }
}

/* --- channels, crowds, nonsense --- */

static void channels(void **state)
{
    float sides[] = {0.1f, 0.3f, 0.2f, 0.6f}, one[] = {0.5f, 0.25f};
    struct clip *stereo = clip_new(sides, 2, 2, RATE), *mono = clip_new(one, 2, 1, RATE);
    struct score *score = score_new();
    put(score, EVENT_SOUND, 0, stereo, 1);
    put(score, EVENT_SOUND, 2, mono, 1);
    score_publish(score, 4, 4);
    struct take two = play(score, 2, 0, 1024), mixed = play(score, 1, 0, 1024);
    const float expected[] = {0.1f, 0.3f, 0.2f, 0.6f, 0.5f, 0.5f, 0.25f, 0.25f};
    assert_memory_equal(two.samples, expected, sizeof expected);
    assert_true(mixed.samples[0] == 0.2f && mixed.samples[1] == 0.4f);
    assert_true(mixed.samples[2] == 0.5f && mixed.samples[3] == 0.25f);
    free(two.samples);
    free(mixed.samples);
    score_destroy(score);
    clip_destroy(stereo);
    clip_destroy(mono);
}

static void a_crowd_loses_the_oldest_sound_without_a_click(void **state)
{
    struct score *score = score_new();
    struct clip *words = tone(RATE * 2, 1, 100, 0.3, MS(20)),
                *hum = tone(RATE * 2, 1, 100, 0.008, MS(20));
    put(score, EVENT_SPEECH, 0, words, 1);
    for (int i = 0; i < 200; i++)
        put(score, EVENT_SOUND, 480 * i, hum, 1); /* in phase; 200 would be 1.6 */
    score_publish(score, RATE * 5, RATE * 5);
    struct take take = play(score, 1, 1, MIXER_BLOCK), again = play(score, 1, 2, 100);
    float peak = 0;
    for (frames i = 0; i < take.length; i++)
        peak = fmaxf(peak, fabsf(take.samples[i]));
    assert_true(peak > 0.7f && peak < 0.3f + 64 * 0.008f + 0.02f); /* the words stay */
    assert_true(roughness(take.samples, take.length, 1) < BEND);
    assert_memory_equal(take.samples, again.samples, sizeof(float) * (size_t)take.length);
    /* nor is it another thing when the score is put on again, just before or after */
    struct mixer *mixer = mixer_new(RATE, 1);
    mixer_set_score(mixer, score, 0, true);
    for (frames at = 0; at < take.length; at = mixer_position(mixer)) {
        struct take part = take_all(mixer, 1, 1 + (at * 7) % 333, 0, MIXER_BLOCK);
        assert_memory_equal(part.samples, take.samples + at, sizeof(float) * (size_t)part.length);
        free(part.samples);
        mixer_set_score(mixer, score, mixer_position(mixer), false);
    }
    mixer_destroy(mixer);
    free(take.samples);
    free(again.samples);
    score_destroy(score);
    clip_destroy(words);
    clip_destroy(hum);
}

static void nonsense_does_no_harm(void **state)
{
    struct score *score = score_new();
    struct clip *clip = constant(100, 1, 0.5f), *nothing = constant(0, 1, 0);
    put(score, EVENT_SOUND, 10, NULL, 1);
    put(score, EVENT_BED, 10, nothing, 1);
    put(score, EVENT_SOUND, 10, nothing, 1);
    put(score, EVENT_SOUND, 10, clip, NAN);
    put(score, EVENT_SOUND, 10, clip, INFINITY);
    put(score, EVENT_SOUND, 10, clip, -1);
    struct mixer_event event = {.kind = EVENT_SOUND, .length = 1 << 20, .gain = 1, .clip = clip};
    score_append(score, &event);
    event.length = -5;
    score_append(score, &event);
    score_publish(score, 1000, 1000);
    struct take take = play(score, 1, 0, MIXER_BLOCK);
    for (frames i = 0; i < take.length; i++)
        assert_true(isfinite(take.samples[i]) && fabsf(take.samples[i]) <= 0.5f);
    assert_true(take.samples[50] == 0.5f && take.samples[100] == 0);
    free(take.samples);
    score_destroy(score);
    clip_destroy(clip);
    clip_destroy(nothing);
}

static void a_late_event_is_played_late(void **state)
{
    struct score *score = score_new();
    struct clip *clip = constant(100, 1, 0.5f);
    score_publish(score, 5000, -1);
    put(score, EVENT_SOUND, 10, clip, 1);
    score_publish(score, 10000, 10000);
    struct take take = play(score, 1, 0, MIXER_BLOCK);
    assert_true(take.samples[4999] == 0 && take.samples[5000] == 0.5f);
    assert_true(take.samples[5099] == 0.5f && take.samples[5100] == 0);
    free(take.samples);
    score_destroy(score);
    clip_destroy(clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ducks_in_time),
        cmocka_unit_test(stays_down_across_short_gaps),
        cmocka_unit_test(words_at_the_very_beginning_duck_too),
        cmocka_unit_test(sounds_do_not_duck),
        cmocka_unit_test(beds_loop_fade_and_end),
        cmocka_unit_test(a_bed_takes_over_from_another),
        cmocka_unit_test(the_same_bed_at_another_level_goes_on),
        cmocka_unit_test(the_last_bed_fades_before_the_end),
        cmocka_unit_test(nothing_clicks),
        cmocka_unit_test(a_jump_fades_the_bed_in_and_leaves_the_rest_out),
        cmocka_unit_test(a_jump_can_carry_words_and_sounds),
        cmocka_unit_test(a_jump_is_the_same_in_a_growing_score),
        cmocka_unit_test(a_change_of_score_has_no_seam),
        cmocka_unit_test(channels),
        cmocka_unit_test(a_crowd_loses_the_oldest_sound_without_a_click),
        cmocka_unit_test(nonsense_does_no_harm),
        cmocka_unit_test(a_late_event_is_played_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

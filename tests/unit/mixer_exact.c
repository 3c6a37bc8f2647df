/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things begin, and that blocks, growth and history make no difference. */
#include "mixer_rig.h"

/* --- onsets --- */

static void onsets_are_exact(void **state)
{
    struct clip *clip = constant(10, 1, 0.25f);
    struct mixer *mixer = mixer_new(RATE, 1);
    for (frames start = 0; start < 1024 + 3; start++) {
        struct score *score = score_new();
        put(score, start % 2 ? EVENT_SPEECH : EVENT_SOUND, start, clip, 0.5f);
        score_publish(score, 2048, 2048);
        mixer_set_score(mixer, score, 0, true);
        struct take take = take_all(mixer, 1, 1 << 20, 0, MIXER_BLOCK);
        assert_int_equal(take.length, 2048);
        for (frames i = 0; i < 2048; i++)
            assert_true(take.samples[i] == (i >= start && i < start + 10 ? 0.125f : 0.0f));
        free(take.samples);
        score_destroy(score);
    }
    mixer_destroy(mixer);
    clip_destroy(clip);
}

static void nothing_without_a_score(void **state)
{
    float block[4];
    struct mixer *mixer = mixer_new(RATE, 1);
    assert_int_equal(mixer_mix(mixer, block, 4), 0);
    mixer_set_score(mixer, NULL, 77, true);
    assert_int_equal(mixer_mix(mixer, block, 4), 0);
    assert_int_equal(mixer_position(mixer), 77);
    mixer_destroy(mixer);
    mixer_destroy(NULL);
    score_destroy(NULL);
}

static void the_end_is_delivered_in_full(void **state)
{
    static const frames lengths[] = {0, 1, 5, 239, 240, 241, 1023, 1024, 1025, 5000};
    struct clip *clip = constant(100000, 1, 0.25f);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct score *score = score_new();
        float block[MIXER_BLOCK];
        put(score, EVENT_SOUND, 0, clip, 1);
        score_publish(score, lengths[i], lengths[i]);
        struct mixer *mixer = mixer_new(RATE, 1);
        mixer_set_score(mixer, score, 0, true);
        struct take take = take_all(mixer, 1, 1 << 20, 0, MIXER_BLOCK);
        assert_int_equal(take.length, lengths[i]);
        for (frames k = 0; k < take.length; k++)
            assert_true(take.samples[k] == 0.25f);
        assert_int_equal(mixer_mix(mixer, block, 1), -1);
        assert_int_equal(mixer_position(mixer), lengths[i]);
        assert_int_equal(mixer_mix(mixer, block, 1), -1);
        mixer_destroy(mixer);
        free(take.samples);
        score_destroy(score);
    }
    clip_destroy(clip);
}

static void an_order_of_appending_is_no_order_of_playing(void **state)
{
    struct clip *a = tone(MS(300), 1, 440, 0.3, 240), *b = tone(MS(200), 1, 660, 0.2, 240);
    struct score *forward = score_new(), *backward = score_new();
    for (int i = 0; i < 200; i++)
        put(forward, EVENT_SOUND, i * 1000, i % 3 ? a : b, 0.7f);
    for (int i = 199; i >= 0; i--)
        put(backward, EVENT_SOUND, i * 1000, i % 3 ? a : b, 0.7f);
    score_publish(forward, 220000, 220000);
    score_publish(backward, 220000, 220000);
    assert_int_equal(score_count(backward), 200);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(score_event(backward, i)->start, i * 1000);
    struct take x = play(forward, 1, 0, 1024), y = play(backward, 1, 0, 1024);
    assert_int_equal(x.length, 220000);
    assert_memory_equal(x.samples, y.samples, 220000 * sizeof(float));
    free(x.samples);
    free(y.samples);
    score_destroy(forward);
    score_destroy(backward);
    clip_destroy(a);
    clip_destroy(b);
}

/* --- one busy session, again and again --- */

struct busy {
    struct clip *clips[6];
    struct mixer_event events[400];
    size_t count;
    frames length;
};

static struct busy busy_session(uint64_t seed, uint32_t channels)
{
    struct busy busy = {.length = RATE * 14};
    struct prng random = prng_new(seed);
    busy.clips[0] = tone(MS(700), 1, 220, 0.9, 240);
    busy.clips[1] = tone(MS(2100), 1, 330, 0.9, 240);
    busy.clips[2] = tone(MS(90), 1, 1760, 1.0, 48);
    busy.clips[3] = tone(MS(400), channels, 880, 0.6, 240);
    busy.clips[4] = tone(MS(330), channels, 300, 0.5, 0);
    busy.clips[5] = tone(MS(1170), 1, 200, 0.5, 0);
    for (frames at = MS(prng_below(&random, 900)); at < busy.length - RATE * 3;
         at += (frames)prng_below(&random, MS(2500))) {
        uint64_t kind = prng_below(&random, 10);
        struct mixer_event event = {.start = at, .gain = 0.3f + 0.8f * fabsf(prng_float(&random))};
        if (kind < 5) {
            event.kind = EVENT_SPEECH;
            event.clip = busy.clips[prng_below(&random, 2)];
        } else if (kind < 8) {
            event.kind = EVENT_SOUND;
            event.clip = busy.clips[2 + prng_below(&random, 2)];
        } else {
            event.kind = EVENT_BED;
            event.clip = prng_below(&random, 4) ? busy.clips[4 + prng_below(&random, 2)] : NULL;
            event.fade_in = (frames)prng_below(&random, MS(600));
            event.fade_out = (frames)prng_below(&random, MS(600));
        }
        event.length = event.kind != EVENT_BED  ? event.clip->length
                       : prng_below(&random, 3) ? INT64_MAX
                                                : (frames)prng_below(&random, MS(4000));
        busy.events[busy.count++] = event;
    }
    return busy;
}

static struct score *busy_score(const struct busy *busy)
{
    struct score *score = score_new();
    for (size_t i = 0; i < busy->count; i++)
        score_append(score, &busy->events[i]);
    score_publish(score, busy->length, busy->length);
    return score;
}

static void busy_free(struct busy *busy)
{
    for (int i = 0; i < 6; i++)
        clip_destroy(busy->clips[i]);
}

static void blocks_make_no_difference(void **state)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        uint32_t channels = 1 + seed % 2;
        struct busy busy = busy_session(seed, channels);
        struct score *score = busy_score(&busy);
        struct take whole = play(score, channels, 0, MIXER_BLOCK);
        static const int64_t sizes[] = {1024, 200, 7};
        assert_int_equal(whole.length, busy.length);
        for (int i = 0; i < 3; i++) {
            struct take parts = play(score, channels, seed * 10 + (uint64_t)i, sizes[i]);
            assert_int_equal(parts.length, busy.length);
            assert_memory_equal(parts.samples, whole.samples,
                                sizeof(float) * (size_t)busy.length * channels);
            free(parts.samples);
        }
        free(whole.samples);
        score_destroy(score);
        busy_free(&busy);
    }
}

static void single_frames_make_no_difference(void **state)
{
    struct busy busy = busy_session(5, 1);
    struct score *score = busy_score(&busy);
    struct take whole = play(score, 1, 0, MIXER_BLOCK), single = play(score, 1, 0, 1);
    assert_memory_equal(single.samples, whole.samples, sizeof(float) * (size_t)busy.length);
    free(whole.samples);
    free(single.samples);
    score_destroy(score);
    busy_free(&busy);
}

/* Grows a score while it is played: a few events, a few frames, and so on. */
static struct take play_growing(const struct busy *busy, uint32_t channels, uint64_t seed)
{
    struct prng random = prng_new(seed);
    struct score *score = score_new();
    struct mixer *mixer = mixer_new(RATE, channels);
    struct take take = {.samples = malloc(sizeof(float) * (size_t)busy->length * channels)};
    frames resolved = 0, published = 0;
    size_t given = 0;
    int64_t got = 0;
    bool told = false;
    mixer_set_score(mixer, score, 0, true);
    while (got >= 0) {
        if (prng_below(&random, 3) == 0 && resolved < busy->length) {
            resolved += (frames)prng_below(&random, MS(900));
            /* more may be appended than is published */
            size_t until = given + prng_below(&random, 4);
            while (given < busy->count && (given < until || busy->events[given].start < resolved))
                score_append(score, &busy->events[given++]);
            if (resolved > busy->length)
                resolved = busy->length;
            score_publish(score, resolved, -1);
            published = resolved;
        } else if (resolved == busy->length && !told && prng_below(&random, 3) == 0) {
            while (given < busy->count)
                score_append(score, &busy->events[given++]);
            score_publish(score, resolved, busy->length);
            told = true;
        }
        got = mixer_mix(mixer, take.samples + take.length * channels,
                        1 + (int64_t)prng_below(&random, MIXER_BLOCK));
        if (got > 0)
            take.length += got;
        if (!told)
            assert_true(take.length <= published);
        /* it must not wait for longer than it says */
        if (!told && got == 0)
            assert_true(take.length + mixer_lookahead(mixer) >= published);
    }
    mixer_destroy(mixer);
    score_destroy(score);
    return take;
}

static void growing_makes_no_difference(void **state)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint32_t channels = 1 + seed % 2;
        struct busy busy = busy_session(seed + 100, channels);
        struct score *score = busy_score(&busy);
        struct take whole = play(score, channels, 0, MIXER_BLOCK);
        struct take grown = play_growing(&busy, channels, seed);
        assert_int_equal(grown.length, whole.length);
        for (frames i = 0; i < whole.length * channels; i++)
            if (grown.samples[i] != whole.samples[i])
                fail_msg("seed %d: differs at frame %d", (int)seed, (int)(i / channels));
        free(whole.samples);
        free(grown.samples);
        score_destroy(score);
        busy_free(&busy);
    }
}

/* Putting the same score on again in the middle changes nothing but the joint of a bed, which has
 * nothing to change here either. */
static void the_same_score_again_makes_no_difference(void **state)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct busy busy = busy_session(seed + 200, 1);
        struct score *score = busy_score(&busy), *again = busy_score(&busy);
        struct take whole = play(score, 1, 0, MIXER_BLOCK);
        struct mixer *mixer = mixer_new(RATE, 1);
        mixer_set_score(mixer, score, 0, true);
        struct prng random = prng_new(seed);
        frames at = 0;
        while (at < busy.length) {
            frames most = 1 + (frames)prng_below(&random, RATE);
            struct take part = take_all(mixer, 1, most, seed, MIXER_BLOCK);
            for (frames i = 0; i < part.length; i++)
                if (fabsf(part.samples[i] - whole.samples[at + i]) > 0.002f)
                    fail_msg("seed %d: differs at frame %d", (int)seed, (int)(at + i));
            at += part.length;
            free(part.samples);
            mixer_set_score(mixer, prng_below(&random, 2) ? score : again, at, false);
        }
        mixer_destroy(mixer);
        free(whole.samples);
        score_destroy(score);
        score_destroy(again);
        busy_free(&busy);
    }
}

static void without_beds_a_change_of_score_is_bit_exact(void **state)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct busy busy = busy_session(seed + 300, 2);
        for (size_t i = 0; i < busy.count; i++)
            if (busy.events[i].kind == EVENT_BED) {
                busy.events[i].kind = EVENT_SOUND;
                busy.events[i].clip = busy.clips[2];
                busy.events[i].length = busy.clips[2]->length;
                busy.events[i].gain *= 3; /* and the limiter has work */
            }
        struct score *score = busy_score(&busy), *again = busy_score(&busy);
        struct take whole = play(score, 2, 0, MIXER_BLOCK);
        struct mixer *mixer = mixer_new(RATE, 2);
        struct prng random = prng_new(seed);
        frames at = 0;
        mixer_set_score(mixer, score, 0, true);
        while (at < busy.length) {
            struct take part = take_all(mixer, 2, 1 + (frames)prng_below(&random, 9000), seed, 999);
            assert_memory_equal(part.samples, whole.samples + 2 * at,
                                sizeof(float) * 2 * (size_t)part.length);
            at += part.length;
            free(part.samples);
            mixer_set_score(mixer, at % 2 ? score : again, at, false);
        }
        mixer_destroy(mixer);
        free(whole.samples);
        score_destroy(score);
        score_destroy(again);
        busy_free(&busy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(onsets_are_exact),
        cmocka_unit_test(nothing_without_a_score),
        cmocka_unit_test(the_end_is_delivered_in_full),
        cmocka_unit_test(an_order_of_appending_is_no_order_of_playing),
        cmocka_unit_test(blocks_make_no_difference),
        cmocka_unit_test(single_frames_make_no_difference),
        cmocka_unit_test(growing_makes_no_difference),
        cmocka_unit_test(the_same_score_again_makes_no_difference),
        cmocka_unit_test(without_beds_a_change_of_score_is_bit_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

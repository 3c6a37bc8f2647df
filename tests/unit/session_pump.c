/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live path without a device: whatever asks, however much at a time, gets the mixer's samples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "base/arena.h"
#include "base/prng.h"
#include "session/pump.h"

#define RATE    48000
#define LENGTH  100003
#define WAIT_MS 5000
#define FADE    (RATE * 5 / 1000)

/* A score of one noise clip, and what the mixer makes of it. */
struct fixture {
    struct score *score;
    struct clip *clip;
    float *expected;
    struct pump *pump;
};

static int setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof *fixture);
    struct prng prng = prng_new(7);
    float *noise = xmalloc(LENGTH * sizeof(float));
    for (int i = 0; i < LENGTH; i++)
        noise[i] = prng_float(&prng) * 0.5F;
    fixture->clip = clip_adopt(noise, LENGTH, 1, RATE);
    fixture->score = score_new();
    const struct mixer_event event = {
        .kind = EVENT_SOUND, .length = LENGTH, .gain = 1, .clip = fixture->clip};
    score_append(fixture->score, &event);
    score_publish(fixture->score, INT64_MAX, LENGTH);
    fixture->expected = xcalloc(LENGTH, sizeof(float));
    struct mixer *mixer = mixer_new(RATE, 1);
    mixer_set_score(mixer, fixture->score, 0, true);
    frames at = 0;
    int64_t count;
    while ((count = mixer_mix(mixer, fixture->expected + at,
                              LENGTH - at < MIXER_BLOCK ? LENGTH - at : MIXER_BLOCK)) > 0)
        at += count;
    assert_int_equal(at, LENGTH);
    mixer_destroy(mixer);
    fixture->pump = pump_new(RATE);
    pump_set_channels(fixture->pump, 1);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    pump_destroy(fixture->pump);
    score_destroy(fixture->score);
    clip_destroy(fixture->clip);
    free(fixture->expected);
    free(fixture);
    return 0;
}

/* Pulls until `wanted` session frames came or the session is over. Returns how many. */
static frames pull(struct fixture *fixture, float *out, frames wanted, frames block)
{
    frames got = 0;
    while (got < wanted && pump_silence_after(fixture->pump) < 0) {
        frames part = wanted - got < block ? wanted - got : block;
        pump_wait(fixture->pump, part, WAIT_MS);
        got += pump_pull(fixture->pump, out + got, part, 1);
    }
    return got;
}

static void test_same_samples_for_any_block(void **state)
{
    struct fixture *fixture = *state;
    static const frames blocks[] = {1, 64, 1000, 1024, 4096};
    float *heard = xcalloc(LENGTH + 8192, sizeof(float));
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        frames wanted = blocks[i] == 1 ? 5000 : LENGTH;
        pump_play(fixture->pump, fixture->score, 0);
        assert_int_equal(pull(fixture, heard, wanted, blocks[i]), wanted);
        assert_memory_equal(heard, fixture->expected, (size_t)wanted * sizeof(float));
        pump_cut(fixture->pump);
    }
    free(heard);
}

static void test_lead_in_and_tail_are_silence(void **state)
{
    struct fixture *fixture = *state;
    float block[1024];
    frames silent = 0;
    pump_set_lead_in(fixture->pump, 1500);
    pump_play(fixture->pump, fixture->score, LENGTH - 2000);
    frames got = 0;
    for (int i = 0; i < 6; i++) {
        memset(block, 1, sizeof block);
        pump_wait(fixture->pump, 1024, WAIT_MS);
        frames part = pump_pull(fixture->pump, block, 1024, 1);
        for (frames k = 0; k < 1024 && i == 0; k++)
            assert_true(block[k] == 0);
        got += part;
        silent += 1024 - part;
    }
    assert_int_equal(got, 2000);
    assert_int_equal(silent, 6 * 1024 - 2000);
    assert_int_equal(pump_silence_after(fixture->pump), silent - 1500);
    assert_int_equal(pump_late(fixture->pump), 0);
}

static _Atomic bool stop_pulling;

static void *pull_until_stopped(void *context)
{
    struct fixture *fixture = context;
    float block[480];
    while (!atomic_load(&stop_pulling)) {
        pump_wait(fixture->pump, 480, 1);
        pump_pull(fixture->pump, block, 480, 1);
    }
    return NULL;
}

static void test_hold_and_continue_lose_nothing(void **state)
{
    struct fixture *fixture = *state;
    float *heard = xcalloc(LENGTH, sizeof(float));
    pump_play(fixture->pump, fixture->score, 0);
    frames before = pull(fixture, heard, 20000, 480);
    frames cut = pump_cut(fixture->pump);
    assert_int_equal(cut, before);
    frames again = cut - 3000; /* what a lost device had not played yet */
    pump_continue(fixture->pump, again);
    assert_int_equal(pull(fixture, heard + again, LENGTH - again, 1024), LENGTH - again);
    assert_memory_equal(heard, fixture->expected, LENGTH * sizeof(float));
    free(heard);
}

/* The frame after `cut` as the gate gives it when it closes there and fades over `length` frames.
 */
static float faded(const struct fixture *fixture, frames cut, frames i, frames length)
{
    return fixture->expected[cut + i] * (1.0F - (float)(i + 1) / (float)length);
}

static void test_gate_closes_while_the_device_asks(void **state)
{
    struct fixture *fixture = *state;
    float block[2048];
    pump_play(fixture->pump, fixture->score, 0);
    assert_int_equal(pull(fixture, block, 1024, 1024), 1024);
    pthread_t puller;
    atomic_store(&stop_pulling, false);
    assert_int_equal(pthread_create(&puller, NULL, pull_until_stopped, fixture), 0);
    frames cut = pump_hold(fixture->pump);
    atomic_store(&stop_pulling, true);
    pthread_join(puller, NULL);
    assert_true(cut >= 1024);
    assert_int_equal(pump_taken(fixture->pump), cut);
    assert_true(pump_pull(fixture->pump, block, 2048, 1) <= FADE);
    assert_int_equal(pump_pull(fixture->pump, block, 2048, 1), 0);
    for (int i = 0; i < 2048; i++)
        assert_true(block[i] == 0);
}

/* Closed at once although nobody asks; whoever asks next gets the fade, however little at a time,
 * and then silence. */
static void test_fade_waits_for_the_device(void **state)
{
    struct fixture *fixture = *state;
    static const frames blocks[] = {1, 64, FADE, 1000};
    float *heard = xcalloc(LENGTH, sizeof(float));
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        pump_play(fixture->pump, fixture->score, 0);
        assert_int_equal(pull(fixture, heard, 5000, 480), 5000);
        frames cut = pump_hold(fixture->pump);
        assert_int_equal(cut, 5000);
        assert_int_equal(pump_hold(fixture->pump), cut);
        for (frames at = 0; at < 2000; at += blocks[i]) {
            frames left = at < FADE ? FADE - at : 0;
            assert_int_equal(pump_pull(fixture->pump, heard + at, blocks[i], 1),
                             left < blocks[i] ? left : blocks[i]);
        }
        for (frames k = 0; k < 2000; k++)
            assert_true(heard[k] == (k < FADE ? faded(fixture, cut, k, FADE) : 0));
        assert_int_equal(pump_taken(fixture->pump), cut);
    }
    assert_int_equal(pump_late(fixture->pump), 0);
    free(heard);
}

/* What is played next, before the device has asked again, comes after the fade; what was played in
 * between and never heard leaves no trace. */
static void test_fade_is_followed_by_what_is_played(void **state)
{
    struct fixture *fixture = *state;
    float *heard = xcalloc(LENGTH, sizeof(float));
    pump_play(fixture->pump, fixture->score, 0);
    assert_int_equal(pull(fixture, heard, 3000, 480), 3000);
    assert_int_equal(pump_hold(fixture->pump), 3000);
    for (int i = 0; i < 3; i++) {
        pump_play(fixture->pump, fixture->score, 7000);
        pump_wait(fixture->pump, 5000, 1);
        assert_int_equal(pump_hold(fixture->pump), 7000);
    }
    pump_play(fixture->pump, fixture->score, 0);
    while (pump_is_held(fixture->pump))
        sched_yield();
    assert_int_equal(pump_pull(fixture->pump, heard, 1000, 1), 1000);
    for (int i = 0; i < FADE; i++)
        assert_true(heard[i] == faded(fixture, 3000, i, FADE));
    assert_memory_equal(heard + FADE, fixture->expected, (1000 - FADE) * sizeof(float));
    assert_int_equal(pump_taken(fixture->pump), 1000 - FADE);
    free(heard);
}

/* Of a device that is gone nothing is to be heard any more, nor of one that has not begun. */
static void test_no_fade_where_nothing_sounded(void **state)
{
    struct fixture *fixture = *state;
    float block[512];
    pump_play(fixture->pump, fixture->score, 0);
    while (pump_is_held(fixture->pump))
        sched_yield();
    assert_int_equal(pump_hold(fixture->pump), 0);
    assert_int_equal(pump_pull(fixture->pump, block, 512, 1), 0);
    pump_play(fixture->pump, fixture->score, 0);
    assert_int_equal(pull(fixture, block, 512, 512), 512);
    assert_int_equal(pump_hold(fixture->pump), 512);
    assert_int_equal(pump_pull(fixture->pump, block, 100, 1), 100);
    assert_int_equal(pump_cut(fixture->pump), 512);
    assert_int_equal(pump_pull(fixture->pump, block, 512, 1), 0);
    pump_continue(fixture->pump, 300);
    assert_int_equal(pull(fixture, block, 212, 512), 212);
    assert_memory_equal(block, fixture->expected + 300, 212 * sizeof(float));
}

/* Less than a fade is left: that fades. Nothing is left: nothing does. */
static void test_fade_of_what_is_left(void **state)
{
    struct fixture *fixture = *state;
    static const frames lefts[] = {0, 1, 100};
    float *heard = xcalloc(LENGTH, sizeof(float));
    for (size_t i = 0; i < sizeof lefts / sizeof *lefts; i++) {
        frames left = lefts[i];
        pump_play(fixture->pump, fixture->score, 0);
        assert_int_equal(pull(fixture, heard, LENGTH - left, 1024), LENGTH - left);
        assert_int_equal(pump_hold(fixture->pump), LENGTH - left);
        assert_int_equal(pump_pull(fixture->pump, heard, 512, 1), left);
        for (frames k = 0; k < 512; k++)
            assert_true(heard[k] == (k < left ? faded(fixture, LENGTH - left, k, left) : 0));
    }
    free(heard);
}

/* The fade goes where the session goes: both channels, the master, under a chime. */
static void test_fade_as_the_session_sounds(void **state)
{
    struct fixture *fixture = *state;
    float block[2 * 512], samples[512];
    for (int i = 0; i < 512; i++)
        samples[i] = 0.125F;
    struct clip *sound =
        clip_adopt(memcpy(xmalloc(sizeof samples), samples, sizeof samples), 512, 1, RATE);
    pump_set_master(fixture->pump, 0.5F);
    pump_pull(fixture->pump, block, 1, 1);
    pump_play(fixture->pump, fixture->score, 0);
    assert_int_equal(pull(fixture, block, 512, 512), 512);
    assert_int_equal(pump_hold(fixture->pump), 512);
    pump_chime(fixture->pump, sound, 1);
    assert_int_equal(pump_pull(fixture->pump, block, 512, 2), FADE);
    for (int i = 0; i < 512; i++) {
        float session = i < FADE ? faded(fixture, 512, i, FADE) * 0.5F : 0;
        assert_true(block[2 * i] == session + 0.125F && block[2 * i + 1] == block[2 * i]);
    }
    pump_chime(fixture->pump, NULL, 1);
    clip_destroy(sound);
}

/* A session in stereo, on a device that has both channels and on one that has one. */
static void test_fade_in_stereo(void **state)
{
    struct fixture *fixture = *state;
    struct pump *pump = pump_new(RATE);
    float block[2 * 1024];
    pump_set_channels(pump, 2);
    for (uint32_t channels = 2; channels >= 1; channels--) {
        pump_play(pump, fixture->score, 0);
        pump_wait(pump, 1000, WAIT_MS);
        assert_int_equal(pump_pull(pump, block, 1000, channels), 1000);
        assert_int_equal(pump_hold(pump), 1000);
        assert_int_equal(pump_pull(pump, block, 1000, channels), FADE);
        for (uint32_t i = 0; i < 1000 * channels; i++) {
            frames at = i / channels;
            float wanted = at < FADE ? faded(fixture, 1000, at, FADE) : 0;
            assert_float_equal(block[i], wanted, 1e-6);
        }
    }
    pump_destroy(pump);
}

static void test_stereo_device_gets_the_same_on_both(void **state)
{
    struct fixture *fixture = *state;
    float block[2 * 1024];
    pump_play(fixture->pump, fixture->score, 0);
    pump_wait(fixture->pump, 1024, WAIT_MS);
    assert_int_equal(pump_pull(fixture->pump, block, 1024, 2), 1024);
    for (int i = 0; i < 1024; i++) {
        assert_true(block[2 * i] == fixture->expected[i]);
        assert_true(block[2 * i + 1] == fixture->expected[i]);
    }
}

static void test_growing_score_is_waited_for(void **state)
{
    struct fixture *fixture = *state;
    struct score *score = score_new();
    const struct mixer_event event = {
        .kind = EVENT_SOUND, .length = LENGTH, .gain = 1, .clip = fixture->clip};
    float *heard = xcalloc(LENGTH, sizeof(float));
    score_publish(score, 0, -1);
    pump_play(fixture->pump, score, 0);
    score_append(score, &event);
    score_publish(score, INT64_MAX, LENGTH);
    pump_kick(fixture->pump);
    assert_int_equal(pull(fixture, heard, LENGTH, 1024), LENGTH);
    assert_memory_equal(heard, fixture->expected, LENGTH * sizeof(float));
    pump_hold(fixture->pump);
    pump_play(fixture->pump, fixture->score, 0); /* nobody reads the other score any more */
    pump_hold(fixture->pump);
    score_destroy(score);
    free(heard);
}

/* The master acts on the device's next buffer, whatever the ring holds, in 30 ms and no faster. */
static void test_master_acts_at_once(void **state)
{
    struct fixture *fixture = *state;
    const frames part = 480, way = RATE * 30 / 1000;
    float *heard = xcalloc(LENGTH, sizeof(float));
    pump_play(fixture->pump, fixture->score, 0);
    assert_int_equal(pull(fixture, heard, 10000, part), 10000);
    pump_set_master(fixture->pump, 0.25F);
    assert_int_equal(pull(fixture, heard + 10000, 20000, part), 20000);
    pump_set_master(fixture->pump, 1);
    assert_int_equal(pull(fixture, heard + 30000, 20000, part), 20000);
    assert_memory_equal(heard, fixture->expected, 10000 * sizeof(float));
    for (frames i = 10000; i < 50000; i++) {
        frames since = i < 30000 ? i - 10000 : i - 30000;
        double part_of_way = since + 1 < way ? (double)(since + 1) / (double)way : 1;
        double gain = i < 30000 ? 1 - 0.75 * part_of_way : 0.25 + 0.75 * part_of_way;
        assert_float_equal(heard[i], fixture->expected[i] * gain, 1e-4);
    }
    frames clean = 30000 + way;
    assert_memory_equal(heard + clean, fixture->expected + clean,
                        (size_t)(50000 - clean) * sizeof(float));
    free(heard);
}

/* While nothing plays there is nothing to be smooth about: what comes next has the new level. */
static void test_master_while_held(void **state)
{
    struct fixture *fixture = *state;
    float block[480];
    pump_set_master(fixture->pump, 0.5F);
    assert_int_equal(pump_pull(fixture->pump, block, 480, 1), 0);
    pump_play(fixture->pump, fixture->score, 0);
    pump_wait(fixture->pump, 480, WAIT_MS);
    assert_int_equal(pump_pull(fixture->pump, block, 480, 1), 480);
    for (int i = 0; i < 480; i++)
        assert_true(block[i] == fixture->expected[i] * 0.5F);
}

/* More than what is mixed goes through the limiter; it never clips. */
static void test_master_above_1_is_limited(void **state)
{
    struct fixture *fixture = *state;
    float *heard = xcalloc(LENGTH, sizeof(float)), most = 0;
    double before = 0, after = 0;
    pump_set_master(fixture->pump, 2);
    pump_play(fixture->pump, fixture->score, 0);
    assert_int_equal(pull(fixture, heard, LENGTH, 1024), LENGTH);
    for (int i = 0; i < LENGTH; i++) {
        most = heard[i] > most ? heard[i] : -heard[i] > most ? -heard[i] : most;
        before += fixture->expected[i] * fixture->expected[i];
        after += heard[i] * heard[i];
    }
    assert_true(most <= 0.8914F);
    assert_true(after > before * 1.2);
    free(heard);
}

/* Another level at once: what is in its middle sounds on. */
static void test_played_on_is_the_same(void **state)
{
    struct fixture *fixture = *state;
    float *heard = xcalloc(LENGTH, sizeof(float));
    pump_play(fixture->pump, fixture->score, 0);
    assert_int_equal(pull(fixture, heard, 20000, 480), 20000);
    frames cut = pump_hold(fixture->pump);
    pump_set_level(fixture->pump, MIXER_SOUNDS, 0.5F);
    assert_int_equal(pull(fixture, heard, FADE, FADE), FADE);
    pump_play_on(fixture->pump, fixture->score, cut);
    assert_int_equal(pull(fixture, heard, LENGTH - cut, 1024), LENGTH - cut);
    for (frames i = RATE * 5 / 1000; i < LENGTH - cut; i++)
        assert_true(heard[i] == fixture->expected[cut + i] * 0.5F);
    free(heard);
}

static _Atomic bool stop_turning;

static void *turn_knobs(void *context)
{
    struct fixture *fixture = context;
    for (int i = 0; i < 20000 && !atomic_load(&stop_turning); i++) {
        pump_set_master(fixture->pump, (float)(i % 9) / 4);
        pump_set_level(fixture->pump, (enum mixer_part)(i % MIXER_PARTS), (float)(i % 5) / 4);
    }
    return NULL;
}

/* For ThreadSanitizer: one thread sets levels while others mix and pull. */
static void test_levels_while_it_plays(void **state)
{
    struct fixture *fixture = *state;
    float *heard = xcalloc(LENGTH, sizeof(float));
    pthread_t turner;
    pump_play(fixture->pump, fixture->score, 0);
    atomic_store(&stop_turning, false);
    assert_int_equal(pthread_create(&turner, NULL, turn_knobs, fixture), 0);
    assert_int_equal(pull(fixture, heard, LENGTH, 256), LENGTH);
    atomic_store(&stop_turning, true);
    pthread_join(turner, NULL);
    for (int i = 0; i < LENGTH; i++)
        assert_true(heard[i] <= 0.8914F && heard[i] >= -0.8914F);
    free(heard);
}

/* A chime is heard at once, over silence and over the session, and takes none of its frames. */
static void test_chime_is_on_top(void **state)
{
    struct fixture *fixture = *state;
    enum { BLOCK = 512, LONG = 700 };
    float *samples = xmalloc(LONG * sizeof(float)), block[2 * BLOCK];
    for (int i = 0; i < LONG; i++)
        samples[i] = 0.125F;
    struct clip *sound = clip_adopt(samples, LONG, 1, RATE);
    pump_chime(fixture->pump, sound, 0.5F);
    assert_int_equal(pump_pull(fixture->pump, block, BLOCK, 2), 0);
    for (int i = 0; i < 2 * BLOCK; i++)
        assert_true(block[i] == 0.0625F);
    pump_play(fixture->pump, fixture->score, 0);
    pump_wait(fixture->pump, BLOCK, WAIT_MS);
    assert_int_equal(pump_pull(fixture->pump, block, BLOCK, 1), BLOCK);
    for (int i = 0; i < BLOCK; i++)
        assert_true(block[i] == fixture->expected[i] + (i < LONG - BLOCK ? 0.0625F : 0));
    assert_int_equal(pump_taken(fixture->pump), BLOCK);
    pump_hold(fixture->pump);
    clip_destroy(sound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_samples_for_any_block, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lead_in_and_tail_are_silence, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hold_and_continue_lose_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gate_closes_while_the_device_asks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fade_waits_for_the_device, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fade_is_followed_by_what_is_played, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_fade_where_nothing_sounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fade_of_what_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fade_as_the_session_sounds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fade_in_stereo, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stereo_device_gets_the_same_on_both, setup, teardown),
        cmocka_unit_test_setup_teardown(test_growing_score_is_waited_for, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chime_is_on_top, setup, teardown),
        cmocka_unit_test_setup_teardown(test_played_on_is_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(test_master_acts_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_master_while_held, setup, teardown),
        cmocka_unit_test_setup_teardown(test_master_above_1_is_limited, setup, teardown),
        cmocka_unit_test_setup_teardown(test_levels_while_it_plays, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

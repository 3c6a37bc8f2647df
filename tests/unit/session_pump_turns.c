/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate at every instant: main and the device take turns as chance will have it, between any two
 * steps on what they share, in the middle of a pull as well as in the middle of a closing. Whatever
 * the turns, what the device was given is each stretch that was played, its fade, and nothing else:
 * no frame lost or doubled, no click; and neither waits for the other where it may not.
 * PUMP_RUNS and PUMP_SEED choose the runs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "base/prng.h"
#include "base/ring.h"

static void between(void);
static int nap_in_turn(const struct timespec *time, struct timespec *left);
static int lock_in_turn(pthread_mutex_t *mutex);

/* Each step on what both sides share is a place to be interrupted at. */
#undef atomic_load
#undef atomic_store
#undef atomic_fetch_add
#undef atomic_fetch_sub
#undef atomic_fetch_and
#undef atomic_fetch_or
#undef atomic_compare_exchange_strong
#define STEP(expression)            (between(), expression)
#define atomic_load(of)             STEP(atomic_load_explicit(of, memory_order_seq_cst))
#define atomic_store(of, value)     STEP(atomic_store_explicit(of, value, memory_order_seq_cst))
#define atomic_fetch_add(of, value) STEP(atomic_fetch_add_explicit(of, value, memory_order_seq_cst))
#define atomic_fetch_sub(of, value) STEP(atomic_fetch_sub_explicit(of, value, memory_order_seq_cst))
#define atomic_fetch_and(of, value) STEP(atomic_fetch_and_explicit(of, value, memory_order_seq_cst))
#define atomic_fetch_or(of, value)  STEP(atomic_fetch_or_explicit(of, value, memory_order_seq_cst))
#define atomic_compare_exchange_strong(of, was, value)                                             \
    STEP(atomic_compare_exchange_strong_explicit(of, was, value, memory_order_seq_cst,             \
                                                 memory_order_seq_cst))
#define ring_peek(ring, to, count) STEP(ring_peek(ring, to, count))
#define ring_read(ring, to, count) STEP(ring_read(ring, to, count))
#define ring_reset(ring)           STEP(ring_reset(ring))
#define ring_total_read(ring)      STEP(ring_total_read(ring))
#define nanosleep                  nap_in_turn
#define pthread_mutex_lock         lock_in_turn
#include "session/pump.c"
#include "session/valve.c"
#undef pthread_mutex_lock
#undef nanosleep
#undef ring_read

#define RATE       48000
#define LENGTH     (60 * RATE)
#define FADE       (RATE * FADE_MS / 1000)
#define RAMP       (2 * FADE) /* after it what is played on is as it was */
#define OUT_MOST   (40 * RATE)
#define STRETCHES  12
#define PULL_MOST  1024
#define HZ         180
#define STEEP      0.018F /* of the tone and a fade together: 0.012 and 0.0021 twice */
#define GENERATION 7

static struct score *score;
static struct clip *clip;
static float *tone; /* as the mixer gives it */

/* Whose turn it is. One of the two runs at a time; the render thread, which is neither, runs
 * freely. */
enum who { NOBODY, MAIN, DEVICE };
static _Thread_local enum who who = NOBODY;
static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static enum who turn;
static struct prng luck;
static int eagerness; /* of 16: how often the other one has its turn */
static bool in_pull, device_ends;
static int naps_outside, waits_of_device, interruptions;

static void pass(enum who to)
{
    pthread_mutex_lock(&turn_lock);
    turn = to;
    pthread_cond_broadcast(&turn_changed);
    while (turn != who)
        pthread_cond_wait(&turn_changed, &turn_lock);
    pthread_mutex_unlock(&turn_lock);
}

static void between(void)
{
    if (who == NOBODY || device_ends || prng_below(&luck, 16) >= (uint64_t)eagerness)
        return;
    interruptions += in_pull;
    pass(who == MAIN ? DEVICE : MAIN);
}

static int nap_in_turn(const struct timespec *time, struct timespec *left)
{
    if (who == NOBODY)
        return nanosleep(time, left);
    waits_of_device += who == DEVICE;
    naps_outside += who == MAIN && !in_pull;
    if (!device_ends)
        pass(who == MAIN ? DEVICE : MAIN);
    return 0;
}

static int lock_in_turn(pthread_mutex_t *mutex)
{
    if (who == DEVICE)
        waits_of_device++;
    return pthread_mutex_lock(mutex);
}

/* --- the device --- */

struct device {
    struct pump *pump;
    float *heard; /* all that was given, silence too */
    frames length;
    float *due; /* what was the session's of it */
    frames due_length;
    frames most; /* of a pull */
};

static void pull_once(struct device *device)
{
    frames count = 1 + (frames)prng_below(&luck, (uint64_t)device->most);
    if (device->length + count > OUT_MOST)
        return;
    if (valve_is_open(&device->pump->valve) && ring_available(device->pump->ring) < 4 * PULL_MOST)
        return; /* the render thread has not had time: not what this is about */
    float *to = device->heard + device->length;
    in_pull = true;
    frames got = pump_pull(device->pump, to, count, 1);
    in_pull = false;
    memcpy(device->due + device->due_length, to, (size_t)got * sizeof(float));
    device->due_length += got;
    device->length += count;
}

static void *be_device(void *context)
{
    struct device *device = context;
    who = DEVICE;
    pthread_mutex_lock(&turn_lock);
    while (turn != DEVICE)
        pthread_cond_wait(&turn_changed, &turn_lock);
    pthread_mutex_unlock(&turn_lock);
    while (!device_ends) {
        pull_once(device);
        pass(MAIN);
    }
    turn = MAIN;
    return NULL;
}

/* --- what it was given --- */

struct stretch {
    frames from, cut;
};

static const char *check_due(const struct device *device, const struct stretch *stretches,
                             int count)
{
    frames at = 0;
    for (int i = 0; i < count; i++) {
        frames played = stretches[i].cut - stretches[i].from;
        frames fade = played > 0 ? FADE : 0;
        if (at + played + fade > device->due_length)
            return "frames were lost";
        for (frames k = RAMP; k < played; k++)
            if (device->due[at + k] != tone[stretches[i].from + k])
                return "not the frames that were played";
        for (frames k = 0; k < fade && played >= RAMP; k++)
            if (device->due[at + played + k] !=
                tone[stretches[i].cut + k] * (1.0F - (float)(k + 1) / (float)FADE))
                return "not the fade of what came next";
        at += played + fade;
    }
    return at == device->due_length ? NULL : "more frames than were played";
}

static const char *check_slope(const struct device *device)
{
    float before = 0;
    for (frames i = 0; i < device->length; i++) {
        float step = device->heard[i] - before;
        if (step > STEEP || step < -STEEP)
            return "a click";
        before = device->heard[i];
    }
    return before == 0 ? NULL : "it ends in the middle";
}

/* --- main --- */

/* The position is one of the timeline that was played last, or of the one before if that was never
 * heard. */
static const char *check_mark(const struct journal_position *position, uint32_t *heard_generation,
                              const struct stretch *stretches, uint32_t generation)
{
    uint64_t mark = atomic_load_explicit(&position->mark, memory_order_relaxed);
    uint32_t of = (uint32_t)(mark >> JOURNAL_FRAME_BITS);
    frames frame = (frames)(mark & ((UINT64_C(1) << JOURNAL_FRAME_BITS) - 1));
    if (mark == 0)
        return NULL;
    if (of < *heard_generation || of > generation)
        return "a position of another timeline";
    *heard_generation = of;
    const struct stretch *stretch = &stretches[of - GENERATION];
    return frame < stretch->from || frame > stretch->cut ? "a position that was not heard" : NULL;
}

static void linger(void)
{
    for (uint64_t i = prng_below(&luck, 40); i > 0; i--)
        pass(DEVICE);
}

static void wait_until_open(const struct pump *pump)
{
    for (int i = 0; i < 200000 && pump_is_held(pump); i++)
        sched_yield();
}

static const char *play_stretches(struct pump *pump)
{
    struct stretch stretches[STRETCHES] = {{0, 0}};
    struct journal_position position = {0};
    uint32_t heard_generation = 0;
    const char *fault = NULL;
    int count = 1 + (int)prng_below(&luck, STRETCHES);
    struct device device = {.pump = pump,
                            .heard = xcalloc(OUT_MOST, sizeof(float)),
                            .due = xcalloc(OUT_MOST, sizeof(float)),
                            .most = prng_below(&luck, 2) ? PULL_MOST : 100};
    pthread_t thread;
    turn = MAIN;
    device_ends = false;
    assert_int_equal(pthread_create(&thread, NULL, be_device, &device), 0);
    who = MAIN;
    for (int i = 0; i < count && !fault; i++) {
        frames from = i > 0 && prng_below(&luck, 2) ? stretches[i - 1].cut
                                                    : (frames)prng_below(&luck, LENGTH / 2);
        uint32_t generation = GENERATION + (uint32_t)i;
        stretches[i] = (struct stretch){from, from};
        pump_hold(pump);
        pump_set_mark(pump, &position, generation);
        pump_play_on(pump, score, from);
        if (prng_below(&luck, 4) > 0)
            wait_until_open(pump);
        linger();
        stretches[i].cut = pump_hold(pump);
        if (prng_below(&luck, 3) == 0 && pump_hold(pump) != stretches[i].cut)
            fault = "held twice it is another frame";
        if (!fault)
            fault = check_mark(&position, &heard_generation, stretches, generation);
        if (prng_below(&luck, 3) == 0)
            linger();
    }
    eagerness = 0;
    while (valve_is_fading(&pump->valve))
        pass(DEVICE);
    pass(DEVICE);
    who = NOBODY;
    pthread_mutex_lock(&turn_lock);
    device_ends = true;
    turn = DEVICE;
    pthread_cond_broadcast(&turn_changed);
    pthread_mutex_unlock(&turn_lock);
    pthread_join(thread, NULL);
    if (!fault)
        fault = check_due(&device, stretches, count);
    if (!fault)
        fault = check_slope(&device);
    if (!fault && pump_late(pump) > 0)
        fault = "the ring ran dry";
    free(device.heard);
    free(device.due);
    return fault;
}

static void test_any_turns(void **state)
{
    const char *runs = getenv("PUMP_RUNS"), *first = getenv("PUMP_SEED");
    uint64_t seed = first ? strtoull(first, NULL, 10) : 1;
    uint64_t count = runs ? strtoull(runs, NULL, 10) : 200;
    int faults = 0;
    for (uint64_t i = 0; i < count && faults < 5; i++) {
        struct pump *pump = pump_new(RATE);
        pump_set_channels(pump, 1);
        luck = prng_new(seed + i);
        eagerness = 1 + (int)prng_below(&luck, 12);
        const char *fault = play_stretches(pump);
        if (fault)
            print_error("seed %llu: %s\n", (unsigned long long)(seed + i), fault);
        faults += fault != NULL;
        pump_destroy(pump);
    }
    print_message("%d interruptions within pulls\n", interruptions);
    assert_int_equal(faults, 0);
    assert_int_equal(naps_outside, 0);
    assert_int_equal(waits_of_device, 0);
    assert_true(count < 50 || interruptions > (int)count);
}

static int make_tone(void **state)
{
    float *samples = xmalloc(LENGTH * sizeof(float));
    for (frames i = 0; i < LENGTH; i++)
        samples[i] = 0.5F * (float)sin(6.283185307179586 * HZ * (double)i / RATE);
    clip = clip_adopt(samples, LENGTH, 1, RATE);
    score = score_new();
    const struct mixer_event event = {
        .kind = EVENT_SOUND, .length = LENGTH, .gain = 1, .clip = clip};
    score_append(score, &event);
    score_publish(score, INT64_MAX, LENGTH);
    tone = xcalloc(LENGTH, sizeof(float));
    struct mixer *mixer = mixer_new(RATE, 1);
    mixer_set_score(mixer, score, 0, true);
    for (frames at = 0; at < LENGTH;)
        at += mixer_mix(mixer, tone + at, LENGTH - at < MIXER_BLOCK ? LENGTH - at : MIXER_BLOCK);
    mixer_destroy(mixer);
    return 0;
}

static int forget_tone(void **state)
{
    score_destroy(score);
    clip_destroy(clip);
    free(tone);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_turns)};
    return cmocka_run_group_tests(tests, make_tone, forget_tone);
}

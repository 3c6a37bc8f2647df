/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring: exact totals, wrapping, and two threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/prng.h"
#include "base/ring.h"

static void test_basics(void **state)
{
    struct ring *ring = ring_new(5, 2);
    float in[32], out[32];
    for (int i = 0; i < 32; i++)
        in[i] = (float)i;
    assert_int_equal(ring_capacity(ring), 8);
    assert_int_equal(ring_space(ring), 8);
    assert_int_equal(ring_available(ring), 0);
    assert_int_equal(ring_read(ring, out, 4), 0);
    assert_int_equal(ring_write(ring, in, 6), 6);
    assert_int_equal(ring_read(ring, out, 4), 4);
    assert_memory_equal(out, in, 8 * sizeof *in);
    assert_int_equal(ring_write(ring, in + 12, 10), 6); /* only six fit; wraps */
    assert_int_equal(ring_space(ring), 0);
    assert_int_equal(ring_write(ring, in, 1), 0);
    float ahead[16] = {0};
    assert_int_equal(ring_peek(ring, ahead, 100), 8); /* wrapped too, and it is still there */
    assert_int_equal(ring_read(ring, out, 100), 8);
    assert_memory_equal(ahead, out, sizeof ahead);
    assert_int_equal(ring_peek(ring, ahead, 1), 0);
    assert_memory_equal(out, in + 8, 16 * sizeof *in);
    assert_int_equal(ring_write(ring, in, -1), 0);
    assert_int_equal(ring_read(ring, out, 0), 0);
    assert_int_equal(ring_total_written(ring), 12);
    assert_int_equal(ring_total_read(ring), 12);
    assert_int_equal(ring_write(ring, in, 3), 3);
    assert_int_equal(ring_discard(ring), 3);
    assert_int_equal(ring_discard(ring), 0);
    assert_int_equal(ring_total_read(ring), 15);
    ring_write(ring, in, 3);
    ring_reset(ring);
    assert_int_equal(ring_available(ring), 0);
    assert_int_equal(ring_total_written(ring), 0);
    ring_destroy(ring);
    ring_destroy(NULL);
    ring = ring_new(0, 0);
    assert_int_equal(ring_capacity(ring), 1);
    ring_destroy(ring);
}

#define STRESS_FRAMES (INT64_C(1) << 20)

/* Each sample of frame n is n and its channel, in 24 bits that a float holds exactly. */
static float sample_of(int64_t frame, int channel)
{
    return (float)((frame * 2 + channel) & 0xffffff);
}

static void *write_all(void *user)
{
    struct ring *ring = user;
    struct prng prng = prng_new(1);
    float block[2 * 300];
    for (int64_t done = 0; done < STRESS_FRAMES;) {
        int64_t wanted = 1 + (int64_t)prng_below(&prng, 300);
        if (wanted > STRESS_FRAMES - done)
            wanted = STRESS_FRAMES - done;
        for (int64_t i = 0; i < wanted * 2; i++)
            block[i] = sample_of(done + i / 2, i % 2);
        int64_t put = ring_write(ring, block, wanted);
        done += put;
        if (put == 0)
            sched_yield();
    }
    return NULL;
}

static void test_two_threads(void **state)
{
    struct ring *ring = ring_new(256, 2);
    struct prng prng = prng_new(2);
    pthread_t writer;
    float block[2 * 300];
    int64_t wrong = 0, done = 0;
    assert_int_equal(pthread_create(&writer, NULL, write_all, ring), 0);
    while (done < STRESS_FRAMES) {
        int64_t got = ring_read(ring, block, 1 + (int64_t)prng_below(&prng, 300));
        for (int64_t i = 0; i < got * 2; i++)
            wrong += block[i] != sample_of(done + i / 2, i % 2);
        done += got;
        if (got == 0)
            sched_yield();
    }
    pthread_join(writer, NULL);
    assert_int_equal(wrong, 0);
    assert_int_equal(ring_total_read(ring), STRESS_FRAMES);
    assert_int_equal(ring_total_written(ring), STRESS_FRAMES);
    assert_int_equal(ring_available(ring), 0);
    ring_destroy(ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basics),
        cmocka_unit_test(test_two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

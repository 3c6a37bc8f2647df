/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event loop: timers in order, descriptors, posts from threads, removal inside call-backs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"

static struct loop *loop;
static char trace[64];

static int set_up(void **state)
{
    loop = loop_new();
    assert_non_null(loop);
    memset(trace, 0, sizeof trace);
    return 0;
}

static int tear_down(void **state)
{
    loop_destroy(loop);
    return 0;
}

static void note(void *user)
{
    size_t length = strlen(trace);
    if (length + 1 < sizeof trace)
        trace[length] = *(const char *)user;
}

static void quit(void *user)
{
    loop_quit(loop);
}

static void test_timer_order(void **state)
{
    loop_add_timer(loop, 20, 0, note, "d");
    loop_add_timer(loop, 0, 0, note, "a");
    loop_add_timer(loop, 10, 0, note, "c");
    loop_add_timer(loop, -5, 0, note, "b"); /* now; after those asked for before */
    uint32_t removed = loop_add_timer(loop, 5, 0, note, "x");
    loop_add_timer(loop, 30, 0, quit, NULL);
    loop_remove(loop, removed);
    loop_remove(loop, removed);
    loop_remove(loop, 0);
    loop_remove(loop, 4000000);
    loop_run(loop);
    assert_string_equal(trace, "abcd");
    loop_step(loop, 0);
    assert_string_equal(trace, "abcd");
}

static uint32_t ticking;
static int ticks;

static void tick(void *user)
{
    if (++ticks == 3)
        loop_remove(loop, ticking); /* itself */
}

static void test_period(void **state)
{
    ticks = 0;
    ticking = loop_add_timer(loop, 1, 1, tick, NULL);
    loop_add_timer(loop, 60, 0, quit, NULL);
    loop_run(loop);
    assert_int_equal(ticks, 3);
}

static void add_again(void *user)
{
    note("r");
    loop_add_timer(loop, 0, 0, add_again, NULL); /* must not starve the rest */
}

static void test_no_starvation(void **state)
{
    loop_add_timer(loop, 0, 0, add_again, NULL);
    loop_step(loop, 0);
    assert_string_equal(trace, "r");
    loop_step(loop, 0);
    assert_string_equal(trace, "rr");
}

static uint32_t victims[2];

static void remove_victims(void *user)
{
    note("k");
    loop_remove(loop, victims[0]);
    loop_remove(loop, victims[1]);
}

static void read_one(void *user, int fd, short events)
{
    char c;
    assert_int_equal(events & POLLIN, POLLIN);
    assert_int_equal(read(fd, &c, 1), 1);
    note(&c);
}

static void kill_other(void *user, int fd, short events)
{
    note("k");
    loop_remove(loop, *(uint32_t *)user);
    loop_remove(loop, victims[0]); /* itself */
}

static void test_remove_inside(void **state)
{
    int pipes[2][2];
    assert_int_equal(pipe(pipes[0]) + pipe(pipes[1]), 0);
    victims[0] = loop_watch_fd(loop, pipes[0][0], POLLIN, kill_other, &victims[1]);
    victims[1] = loop_watch_fd(loop, pipes[1][0], POLLIN, read_one, NULL);
    assert_int_equal(write(pipes[0][1], "1", 1) + write(pipes[1][1], "2", 1), 2);
    loop_step(loop, -1); /* both are ready; the first removes the second */
    loop_step(loop, 0);
    assert_string_equal(trace, "k");
    /* A timer that removes others due in the same round. */
    loop_add_timer(loop, 0, 0, remove_victims, NULL);
    victims[0] = loop_add_timer(loop, 0, 0, note, "x");
    victims[1] = loop_watch_fd(loop, pipes[1][0], POLLIN, read_one, NULL);
    loop_step(loop, -1);
    loop_step(loop, 0);
    assert_string_equal(trace, "kk");
    assert_int_equal(loop_watch_fd(loop, -1, POLLIN, read_one, NULL), 0);
    for (int i = 0; i < 4; i++)
        close(pipes[i / 2][i % 2]);
}

static void step_inside(void *user, int fd, short events)
{
    read_one(NULL, fd, events);
    loop_step(loop, 0);
}

static void test_watch(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    uint32_t handle = loop_watch_fd(loop, ends[0], POLLIN, step_inside, NULL);
    assert_true(handle > 0);
    loop_step(loop, 0);
    assert_string_equal(trace, "");
    assert_int_equal(write(ends[1], "xyz", 3), 3);
    loop_step(loop, -1);
    loop_step(loop, 0);
    assert_string_equal(trace, "xyz");
    loop_remove(loop, handle);
    assert_int_equal(write(ends[1], "w", 1), 1);
    loop_step(loop, 0);
    assert_string_equal(trace, "xyz");
    close(ends[0]);
    close(ends[1]);
}

static void note_closed(void *user, int fd, short events)
{
    if (events & POLLNVAL)
        note("n");
}

static void test_closed_fd(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    loop_watch_fd(loop, ends[0], POLLIN, note_closed, NULL);
    close(ends[0]);
    close(ends[1]);
    for (int i = 0; i < 3; i++)
        loop_step(loop, 0);
    assert_string_equal(trace, "n"); /* told once, then forgotten: no spinning */
}

#define EACH 20000

static atomic_int order_errors;
static int last_seen[2];

static void count_post(void *user)
{
    int value = (int)(intptr_t)user, thread = value & 1;
    if (value / 2 != ++last_seen[thread])
        order_errors++;
}

static void *post_many(void *user)
{
    for (int i = 1; i <= EACH; i++)
        while (!loop_post(loop, count_post, (void *)(intptr_t)(i * 2 + (user != NULL))))
            sched_yield();
    return NULL;
}

static void test_post(void **state)
{
    pthread_t threads[2];
    last_seen[0] = last_seen[1] = 0;
    pthread_create(&threads[0], NULL, post_many, NULL);
    pthread_create(&threads[1], NULL, post_many, &loop);
    while (last_seen[0] < EACH || last_seen[1] < EACH)
        loop_step(loop, -1);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    assert_int_equal(order_errors, 0);
}

static void post_again(void *user)
{
    note("p");
    loop_post(loop, post_again, NULL);
}

static void test_post_limit(void **state)
{
    for (int i = 0; i < 1024; i++)
        assert_true(loop_post(loop, note, "p"));
    assert_false(loop_post(loop, note, "p"));
    loop_step(loop, -1);
    assert_true(loop_post(loop, note, "p"));
    loop_step(loop, -1);
    memset(trace, 0, sizeof trace);
    loop_post(loop, post_again, NULL);
    loop_step(loop, -1);
    assert_string_equal(trace, "p"); /* the next one comes in the next round */
}

static void on_signal(int number)
{
    loop_wake(loop);
}

static void *wake_late(void *user)
{
    loop_wake(loop);
    return NULL;
}

static void test_wake(void **state)
{
    pthread_t thread;
    struct sigaction action = {.sa_handler = on_signal}, old;
    sigaction(SIGUSR1, &action, &old);
    raise(SIGUSR1);
    loop_step(loop, -1); /* returns because it was woken */
    pthread_create(&thread, NULL, wake_late, NULL);
    loop_step(loop, -1);
    pthread_join(thread, NULL);
    sigaction(SIGUSR1, &old, NULL);
    for (int i = 0; i < 100; i++)
        loop_wake(loop);
    loop_step(loop, -1);
    loop_quit(loop);
    loop_run(loop); /* was told before it began */
    int64_t before = loop_now_ms();
    assert_true(loop_now_ms() >= before && before > 0);
    loop_destroy(NULL);
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(test_timer_order),   WITH(test_period),     WITH(test_no_starvation),
        WITH(test_remove_inside), WITH(test_watch),      WITH(test_closed_fd),
        WITH(test_post),          WITH(test_post_limit), WITH(test_wake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

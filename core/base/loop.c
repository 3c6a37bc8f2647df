/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.c: ppoll() over the watches, a sorted array of timers, and a queue of posted calls behind an
 * eventfd. Removed watches stay in place, marked, until no call-back runs. */
#include "base/loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/vec.h"

#define POSTS_MOST   1024
#define HANDLES_MOST 65536 /* watches and timers together */
#define NSEC_PER_MS  INT64_C(1000000)
#define LONGEST_MS   (INT64_C(1000) * 86400 * 365) /* delays beyond this are this */

struct watch {
    uint32_t handle; /* 0: removed */
    int fd;
    short events, happened;
    void (*ready)(void *user, int fd, short events);
    void *user;
};

struct timer {
    int64_t due_ns;
    uint64_t order; /* among those due at the same time, and to know which were added meanwhile */
    uint32_t handle;
    int64_t period_ns; /* 0: once */
    void (*fire)(void *user);
    void *user;
};

struct post {
    void (*call)(void *user);
    void *user;
};

struct loop {
    /* Main thread only. */
    VEC(struct watch) watches;
    VEC(struct pollfd) polled; /* [0] is wake_fd, then one for each watch */
    VEC(struct timer) timers;  /* soonest last */
    uint32_t last_handle;
    uint64_t orders;
    int depth; /* call-backs may step the loop */

    /* Any thread. */
    int wake_fd;
    atomic_bool quit;
    pthread_mutex_t lock;
    struct post posts[POSTS_MOST]; /* guarded by lock, as the next two */
    size_t first_post, post_count;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * NSEC_PER_MS + now.tv_nsec;
}

int64_t loop_now_ms(void)
{
    return now_ns() / NSEC_PER_MS;
}

struct loop *loop_new(void)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct loop *loop = xcalloc(1, sizeof *loop);
    loop->wake_fd = fd;
    pthread_mutex_init(&loop->lock, NULL);
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    close(loop->wake_fd);
    pthread_mutex_destroy(&loop->lock);
    vec_free(&loop->watches);
    vec_free(&loop->polled);
    vec_free(&loop->timers);
    free(loop);
}

static bool in_use(const struct loop *loop, uint32_t handle)
{
    for (size_t i = 0; i < loop->watches.count; i++)
        if (loop->watches.items[i].handle == handle)
            return true;
    for (size_t i = 0; i < loop->timers.count; i++)
        if (loop->timers.items[i].handle == handle)
            return true;
    return false;
}

/* 0: too many. Numbers come round only after 2^32, so that an old handle hits nothing new. */
static uint32_t new_handle(struct loop *loop)
{
    if (loop->watches.count + loop->timers.count >= HANDLES_MOST)
        return 0;
    bool wrapped = loop->last_handle >= UINT32_MAX - HANDLES_MOST;
    do
        loop->last_handle++;
    while (loop->last_handle == 0 || (wrapped && in_use(loop, loop->last_handle)));
    return loop->last_handle;
}

uint32_t loop_watch_fd(struct loop *loop, int fd, short events,
                       void (*ready)(void *user, int fd, short events), void *user)
{
    uint32_t handle = fd < 0 ? 0 : new_handle(loop);
    if (handle)
        *vec_push(&loop->watches) = (struct watch){handle, fd, events, 0, ready, user};
    return handle;
}

static void insert_timer(struct loop *loop, struct timer timer)
{
    timer.order = ++loop->orders;
    size_t low = 0, high = loop->timers.count; /* the soonest stands last */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (loop->timers.items[middle].due_ns > timer.due_ns)
            low = middle + 1;
        else
            high = middle;
    }
    (void)vec_push(&loop->timers);
    struct timer *at = loop->timers.items + low;
    memmove(at + 1, at, (loop->timers.count - 1 - low) * sizeof *at);
    *at = timer;
}

static int64_t ns_of_ms(int64_t ms)
{
    return (ms < 0 ? 0 : ms > LONGEST_MS ? LONGEST_MS : ms) * NSEC_PER_MS;
}

uint32_t loop_add_timer(struct loop *loop, int64_t delay_ms, int64_t period_ms,
                        void (*fire)(void *user), void *user)
{
    uint32_t handle = new_handle(loop);
    if (handle)
        insert_timer(loop, (struct timer){.due_ns = now_ns() + ns_of_ms(delay_ms),
                                          .handle = handle,
                                          .period_ns = ns_of_ms(period_ms),
                                          .fire = fire,
                                          .user = user});
    return handle;
}

static void remove_timer_at(struct loop *loop, size_t i)
{
    struct timer *timer = &loop->timers.items[i];
    memmove(timer, timer + 1, (--loop->timers.count - i) * sizeof *timer);
}

void loop_remove(struct loop *loop, uint32_t handle)
{
    if (handle == 0)
        return;
    for (size_t i = 0; i < loop->watches.count; i++)
        if (loop->watches.items[i].handle == handle) {
            loop->watches.items[i].handle = 0;
            return;
        }
    for (size_t i = 0; i < loop->timers.count; i++)
        if (loop->timers.items[i].handle == handle) {
            remove_timer_at(loop, i);
            return;
        }
}

void loop_wake(struct loop *loop)
{
    int saved = errno;
    uint64_t one = 1;
    ssize_t ignored = write(loop->wake_fd, &one, sizeof one); /* full: it is awake already */
    (void)ignored;
    errno = saved;
}

bool loop_post(struct loop *loop, void (*call)(void *user), void *user)
{
    pthread_mutex_lock(&loop->lock);
    bool room = loop->post_count < POSTS_MOST;
    if (room)
        loop->posts[(loop->first_post + loop->post_count++) % POSTS_MOST] =
            (struct post){call, user};
    pthread_mutex_unlock(&loop->lock);
    if (room)
        loop_wake(loop);
    return room;
}

static bool take_post(struct loop *loop, struct post *post)
{
    pthread_mutex_lock(&loop->lock);
    bool any = loop->post_count > 0;
    if (any) {
        *post = loop->posts[loop->first_post];
        loop->first_post = (loop->first_post + 1) % POSTS_MOST;
        loop->post_count--;
    }
    pthread_mutex_unlock(&loop->lock);
    return any;
}

/* Those that wait now; calls posted by calls come in the next round. */
static void serve_posts(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    size_t waiting = loop->post_count;
    pthread_mutex_unlock(&loop->lock);
    struct post post;
    for (; waiting > 0 && take_post(loop, &post); waiting--)
        post.call(post.user);
}

static void serve_timers(struct loop *loop)
{
    int64_t now = now_ns();
    uint64_t newest = loop->orders; /* timers added by call-backs wait for the next round */
    while (loop->timers.count > 0) {
        size_t i = loop->timers.count - 1;
        while (i > 0 && loop->timers.items[i].order > newest)
            i--; /* added meanwhile and due already */
        struct timer timer = loop->timers.items[i];
        if (timer.order > newest || timer.due_ns > now)
            return;
        remove_timer_at(loop, i);
        if (timer.period_ns > 0) {
            timer.due_ns += timer.period_ns;
            if (timer.due_ns <= now) /* late by whole periods: they are left out */
                timer.due_ns +=
                    (now - timer.due_ns) / timer.period_ns * timer.period_ns + timer.period_ns;
            insert_timer(loop, timer);
        }
        timer.fire(timer.user);
    }
}

static void serve_watches(struct loop *loop)
{
    size_t count = loop->watches.count; /* watches added by call-backs were not polled */
    for (size_t i = 0; i < count && i < loop->watches.count; i++) {
        struct watch watch = loop->watches.items[i];
        if (!watch.handle || !watch.happened)
            continue;
        loop->watches.items[i].happened = 0;
        if (watch.happened & POLLNVAL) /* closed without being removed: it would spin */
            loop->watches.items[i].handle = 0;
        watch.ready(watch.user, watch.fd, watch.happened);
    }
}

static void forget_removed(struct loop *loop)
{
    size_t kept = 0;
    for (size_t i = 0; i < loop->watches.count; i++)
        if (loop->watches.items[i].handle)
            loop->watches.items[kept++] = loop->watches.items[i];
    loop->watches.count = kept;
}

/* Waits, and notes in each watch what happened. */
static void wait_for_events(struct loop *loop, int timeout_ms)
{
    loop->polled.count = 0;
    *vec_push(&loop->polled) = (struct pollfd){.fd = loop->wake_fd, .events = POLLIN};
    for (size_t i = 0; i < loop->watches.count; i++) {
        const struct watch *watch = &loop->watches.items[i];
        *vec_push(&loop->polled) =
            (struct pollfd){.fd = watch->handle ? watch->fd : -1, .events = watch->events};
    }
    int64_t wait_ns = timeout_ms < 0 ? INT64_MAX : timeout_ms * NSEC_PER_MS;
    if (loop->timers.count > 0) {
        int64_t left = loop->timers.items[loop->timers.count - 1].due_ns - now_ns();
        left = left < 0 ? 0 : left;
        wait_ns = left < wait_ns ? left : wait_ns;
    }
    struct timespec wait = {.tv_sec = (time_t)(wait_ns / (1000 * NSEC_PER_MS)),
                            .tv_nsec = (long)(wait_ns % (1000 * NSEC_PER_MS))};
    int happened =
        ppoll(loop->polled.items, loop->polled.count, wait_ns == INT64_MAX ? NULL : &wait, NULL);
    for (size_t i = 0; i < loop->watches.count; i++)
        loop->watches.items[i].happened = happened > 0 ? loop->polled.items[i + 1].revents : 0;
    uint64_t wakes;
    if (happened > 0 && loop->polled.items[0].revents) {
        ssize_t ignored = read(loop->wake_fd, &wakes, sizeof wakes);
        (void)ignored;
    }
}

void loop_step(struct loop *loop, int timeout_ms)
{
    if (loop->depth == 0)
        forget_removed(loop);
    wait_for_events(loop, timeout_ms);
    loop->depth++;
    serve_posts(loop);
    serve_timers(loop);
    serve_watches(loop);
    loop->depth--;
}

void loop_run(struct loop *loop)
{
    while (!atomic_load(&loop->quit))
        loop_step(loop, -1);
    atomic_store(&loop->quit, false);
}

void loop_quit(struct loop *loop)
{
    atomic_store(&loop->quit, true);
    loop_wake(loop);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h: the main thread's loop: file descriptors, timers, and calls posted from other threads.
 * CLOCK_MONOTONIC. It never times audio: positions come from counted frames. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

struct loop *loop_new(void); /* NULL: no file descriptors left */
void loop_destroy(struct loop *loop);

/* As in limber/control.h; handles are above 0. All [main]; removing from inside a call-back is
 * legal. */
uint32_t loop_watch_fd(struct loop *loop, int fd, short events,
                       void (*ready)(void *user, int fd, short events), void *user);
uint32_t loop_add_timer(struct loop *loop, int64_t delay_ms, int64_t period_ms,
                        void (*fire)(void *user), void *user);
void loop_remove(struct loop *loop, uint32_t handle);
/* Calls `call(user)` on the main thread soon, in order. False: 1,024 calls are waiting already.
 * [any; locks, so never rt] */
bool loop_post(struct loop *loop, void (*call)(void *user), void *user);
/* Wakes the loop so that loop_step() returns. Async-signal-safe. [any, rt] */
void loop_wake(struct loop *loop);

/* Waits for one round of events, at most `timeout_ms` (−1: for ever), and serves them. [main] */
void loop_step(struct loop *loop, int timeout_ms);
/* Steps until loop_quit(). [main] */
void loop_run(struct loop *loop);
void loop_quit(struct loop *loop);
/* Monotonic time, ms. [any] */
int64_t loop_now_ms(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h: a microphone, listened to by a thread of its own: main never waits for the sound
 * system. Opening has a time limit; a device that goes away is tried again until it is back.
 * [main] */
#ifndef STUDIO_CAPTURE_H
#define STUDIO_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct capture;
struct loop;
struct registry;

enum capture_state {
    CAPTURE_OPENING,
    CAPTURE_RUNNING,
    CAPTURE_LOST,  /* it was running, and is tried again */
    CAPTURE_FAILED /* it never opened, or the sound system hangs: capture_problem() */
};

struct capture_options {
    struct loop *loop;
    struct registry *registry;
    const char *input; /* id of a plugin with limber.input/1 */
    uint32_t rate_hz;  /* wished for */
    /* The state has changed, or there are samples. From the loop. */
    void (*changed)(void *context);
    void *context;
};

/* Begins to open. Errors, with *error (malloc'ed): NOT_FOUND (no such plugin), UNSUPPORTED (it is
 * no input), NO_MEMORY. */
enum limber_status capture_new(const struct capture_options *options, struct capture **capture,
                               char **error);
/* Closes. False: the sound system does not let go in time. Then a thread stands in the plugin, and
 * the program must end by _exit(), without destroying the registry. */
bool capture_destroy(struct capture *capture);

enum capture_state capture_state(const struct capture *capture);
const char *capture_problem(const struct capture *capture);
uint32_t
capture_rate(const struct capture *capture); /* while running; else that of the last time */
/* Takes up to `count` samples; returns how many. */
size_t capture_read(struct capture *capture, float *samples, size_t count);
/* Whether samples were lost since the last question. */
bool capture_gap(struct capture *capture);

#endif

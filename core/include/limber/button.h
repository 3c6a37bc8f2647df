/* SPDX-License-Identifier: MIT */
/* limber/button.h: one button that says everything, for control plugins. The host's interface
 * "limber.host.button/1" (since ABI 1.1).
 *
 * A plugin that has a button (a GPIO line, a foot switch, the key of a headset) tells when it goes
 * down and up, and the host does the rest: bounces, single, double, triple and long presses, and
 * what each means at this moment of the session. So every button in the house speaks the same
 * language. Keys with a meaning of their own send it through "limber.host.command/1" instead. */
#ifndef LIMBER_BUTTON_H
#define LIMBER_BUTTON_H

#include "limber/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_HOST_BUTTON_ID "limber.host.button/1"

/* How a button is read. A member that is 0 is as the host thinks best. */
struct limber_button_options {
    uint32_t size;
    int32_t debounce_ms; /* contact that was lost for less was not let go (30) */
    int32_t double_ms;   /* between letting go and the next of several presses, at most (350) */
    int32_t long_ms;     /* held so long: a long press (600) */
    bool taps;           /* it tells presses only, never a release; tap() below */
};

struct limber_host_button {
    uint32_t size;
    void *context;
    /* A button. `name` is for messages. `options` NULL: all as the host thinks best. Returns a
     * handle above 0, or 0: there are too many. [main] */
    uint32_t (*add)(void *context, const char *name, const struct limber_button_options *options);
    /* It went down, or up. `time_ns`: when, by CLOCK_MONOTONIC (the time stamp that the system gave
     * the event, so that presses that are read late are not taken for slower ones), or 0: now. An
     * event twice, or a key that repeats, does no harm. [main] */
    void (*press)(void *context, uint32_t button, bool down, int64_t time_ns);
    /* It was pressed, for buttons that cannot tell how long. [main] */
    void (*tap)(void *context, uint32_t button, int64_t time_ns);
    /* There is no such button any more; also says what a press that was lost with it meant. An
     * unknown handle is ignored. [main] */
    void (*remove)(void *context, uint32_t button);
};

#ifdef __cplusplus
}
#endif
#endif

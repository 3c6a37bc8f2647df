/* SPDX-License-Identifier: MIT */
/* limber/input.h: where samples come from: a microphone. Interface "limber.input/1".
 *
 * One channel, read by the host in its own time; the input keeps at least ten seconds for a host
 * that is late. */
#ifndef LIMBER_INPUT_H
#define LIMBER_INPUT_H

#include "limber/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_INPUT_ID "limber.input/1"

struct limber_input {
    uint32_t size; /* sizeof(struct limber_input) as compiled */

    /* Opens the device that the plugin's options name and begins to listen. `rate_hz` is what the
     * host would like; *actual_hz gets what it will be. Errors: NOT_FOUND (no such device; the log
     * lists those there are), BUSY, UNSUPPORTED, FAILED. May block. [worker] */
    enum limber_status (*open)(void *instance, uint32_t rate_hz, uint32_t *actual_hz);

    /* Waits until there are samples, at most `timeout_ms`, and takes up to `count` of them. *got:
     * how many, 0 after a timeout. Errors: LOST (the device has gone), LIMIT (the host was so late
     * that samples were dropped; said once, reading goes on). [worker, active] */
    enum limber_status (*read)(void *instance, float *samples, size_t count, size_t *got,
                               int timeout_ms);

    /* Stops and closes. May block, or hang if the sound system does. [worker] */
    void (*close)(void *instance);

    /* Names of the devices there are, one call of `each` a device, until it returns false. NULL:
     * has none. May block. [worker, not active] */
    void (*list_devices)(void *instance,
                         bool (*each)(void *context, const char *name, const char *detail,
                                      bool is_default),
                         void *context);
};

#ifdef __cplusplus
}
#endif
#endif

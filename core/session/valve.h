/* SPDX-License-Identifier: GPL-3.0-or-later */
/* valve.h: the gate of a stream, between a ring and the device that empties it. Closes at once,
 * whether the device asks or not: the frames that come next are faded out into a buffer here, the
 * fade, and the device gives that with its next pull, however late that is and whatever has come
 * after it in the meantime. So nobody waits for the device, and the device waits for nobody.
 *
 * All that both sides have to agree on is one word: whether the gate is open, whether a fade is to
 * be given, and how often the device has come in and gone out (odd: it is in a pull). The device
 * adds one to it and goes on; main exchanges it, and only if nobody has come in since it looked.
 * Thus a pull sees the gate either open, and the ring as it was, or closed with its fade ready; and
 * once the gate is closed no pull is in the ring. */
#ifndef SESSION_VALVE_H
#define SESSION_VALVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ring.h"
#include "base/units.h"

struct valve {
    _Atomic uint64_t word;
    /* immutable once there is a ring */
    uint32_t channels;
    frames fade_most;
    /* the device's while a fade is to be given, else main's */
    float *fade;
    frames fade_length, fade_given;
};

/* `{0}` is closed. Before the first other call: how long a fade is. [main] */
void valve_init(struct valve *valve, frames fade, uint32_t channels);
void valve_free(struct valve *valve);

/* --- main's side --- */

/* The device empties the ring from its next pull on. Not while valve_close() runs. [main, render]
 */
void valve_open(struct valve *valve);
/* After it nobody takes anything from the ring: what has been taken is heard, then the fade of what
 * would have come next (less where the ring holds less; none if nothing has been taken since it was
 * reset). The ring may be written to meanwhile, but never be full. Waits only while the device is
 * in a pull. */
void valve_close(struct valve *valve, const struct ring *ring);
/* The same for a device that does not play any more: without a fade; one that was still to be
 * given is forgotten. */
void valve_shut(struct valve *valve);
/* Waits until the pull that is under way, if any, is over. */
void valve_wait(const struct valve *valve);

/* --- the device's side [device, rt]: none of these waits --- */

/* A pull begins, or ends. */
uint64_t valve_enter(struct valve *valve);
void valve_leave(struct valve *valve);
/* As it was when the pull began. */
bool valve_was_open(uint64_t word);
bool valve_was_fading(uint64_t word);
/* Where the fade was up to now, in the ring's channels, and how many frames of it are left. */
const float *valve_fade(const struct valve *valve, frames *left);
/* So many of them have been given. */
void valve_fade_given(struct valve *valve, frames count);

/* --- [any] --- */
bool valve_is_open(const struct valve *valve);
bool valve_is_fading(const struct valve *valve); /* a fade is still to be given */

#endif

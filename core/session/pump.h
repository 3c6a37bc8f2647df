/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pump.h: the part of a stream that samples pass through: mixer, ring, gate, and the thread that
 * mixes. Knows no device.
 *
 * pump_pull() is the device's side [device, rt]; pump_wait() is for devices that nothing paces
 * [worker]; the rest is [main]. */
#ifndef SESSION_PUMP_H
#define SESSION_PUMP_H

#include <stdbool.h>

#include "mixer/mixer.h"

struct pump;

struct pump *pump_new(uint32_t rate_hz);
void pump_destroy(struct pump *pump); /* the device must have stopped pulling */

/* Before pump_play(). Said again it must be the same. */
void pump_set_channels(struct pump *pump, uint32_t channels);
/* As the stream functions of the same names (stream.h). */
void pump_play(struct pump *pump, const struct score *score, frames position);
void pump_play_on(struct pump *pump, const struct score *score, frames position);
frames pump_hold(struct pump *pump);
/* The same for a device that does not play any more: nothing is to be heard of what it has not
 * taken. */
frames pump_cut(struct pump *pump);
/* Waits until the device has the end of what was held, or clearly does not ask any more. [worker]
 */
void pump_wait_for_fade(const struct pump *pump);
/* Opens the gate again after pump_cut(), going on at `from`: a frame between the last pump_play()
 * position and the one mixed last, at most PUMP_HISTORY_SECONDS back. Every sample from there on is
 * given again. */
void pump_continue(struct pump *pump, frames from);
void pump_kick(struct pump *pump);
/* As stream_mark(). */
struct journal_position;
void pump_set_mark(struct pump *pump, struct journal_position *position, uint32_t generation);
/* From a frame taken to its being heard, for the mark. */
void pump_set_latency(struct pump *pump, frames latency);
bool pump_is_held(const struct pump *pump);

/* As the stream functions of the same names. */
void pump_set_level(struct pump *pump, enum mixer_part part, float gain);
void pump_set_master(struct pump *pump, float gain);

void pump_chime(struct pump *pump, const struct clip *clip, float gain);

/* Silence to give before anything else, counted down by the device. */
void pump_set_lead_in(struct pump *pump, frames count);

frames pump_taken(const struct pump *pump); /* first frame not yet taken */
frames pump_late(const struct pump *pump);  /* frames of silence given because the mix was late */
frames pump_silence_after(
    const struct pump *pump); /* frames of silence given since the last frame; −1: not over yet */
uint64_t pump_pulls(const struct pump *pump); /* how often the device has asked */

/* --- device's side --- */
int64_t pump_pull(struct pump *pump, float *samples, frames count, uint32_t channels);
void pump_wait(struct pump *pump, frames count, int timeout_ms);

#define PUMP_HISTORY_SECONDS 4

#endif

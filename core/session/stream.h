/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.h: the live path of samples: mixer → ring → device, with a gate in front of the device.
 *
 * Threads: the render thread (made here) mixes and fills the ring; the device's own thread empties
 * it through stream's pull, which only copies; opening and closing run on threads of their own,
 * because sound systems may hang in them; everything below is called on main.
 *
 * The gate makes a pause immediate however full the ring is: with the next device buffer the
 * samples fade out over 5 ms, and then there is silence, or what is played next. Closing it does
 * not wait for that buffer. What the ring still held is not lost: positions are counted, and
 * whoever plays on says from which frame. */
#ifndef SESSION_STREAM_H
#define SESSION_STREAM_H

#include <stdbool.h>

#include "base/loop.h"
#include "mixer/mixer.h"
#include "plugin/registry.h"

enum stream_state {
    STREAM_OPENING, /* open() is under way, for the first time or again */
    STREAM_RUNNING, /* the device asks for samples */
    STREAM_LOST,    /* the device went away; a new try is made every second */
    STREAM_FAILED,  /* could not be opened the first time; stream_problem() says why */
    STREAM_HUNG     /* the sound system does not come back from a call: only a new process helps */
};

struct stream_options {
    struct loop *loop;
    struct registry *registry;
    const char *output; /* plugin id, a pull output */
    uint32_t rate_hz;
    frames lead_in; /* silence before the first sample, each time the device is opened; −1: as the
                       output says */
    bool patient;   /* a device that cannot be opened at first is lost, not failed */
    void (*changed)(void *context); /* the state changed [main] */
    void *context;
};

struct stream;

/* Begins to open the device, while the session is still being read. Errors: NOT_FOUND or FAILED
 * with a message (malloc'ed) in *error. */
enum limber_status stream_new(const struct stream_options *options, struct stream **stream,
                              char **error);
/* Closes the device (waiting at most 3 s for it) and ends all threads. */
void stream_destroy(struct stream *stream);

enum stream_state stream_state(const struct stream *stream);
const char *stream_problem(const struct stream *stream);

/* Looks after the device: to be called a few times a second. Notices its loss, and reopens it. */
void stream_watch(struct stream *stream);

/* Says how many channels the session has, before stream_play(); a stream has the same for all its
 * sessions. */
void stream_set_channels(struct stream *stream, uint32_t channels);
/* Plays a score from `position`.. The score must live until the next stream_hold(). */
void stream_play(struct stream *stream, const struct score *score, frames position);
/* The same where the score goes on with what was heard up to there: a new level, or words over a
 * bout (feed_over()). Words and sounds that are in their middle there sound on. */
void stream_play_on(struct stream *stream, const struct score *score, frames position);
/* Closes the gate and stops mixing; afterwards nobody reads the score. Returns the frame at which
 * it closed: the first one that was not played in full. Does not wait for the device. */
frames stream_hold(struct stream *stream);
/* How loud speech, sounds and beds are, linear, up to MIXER_MAX_LEVEL; 1 at first. Takes effect in
 * what is mixed from now on, so it is heard when the ring has played what it holds (half a second);
 * at once with stream_hold() and stream_play_on(). At any time, also before stream_set_channels().
 */
void stream_set_level(struct stream *stream, enum mixer_part part, float gain);
/* How loud everything is. Down to silence and back to 1 it acts on the device's next buffer, over
 * 30 ms; above 1 it raises what is mixed, before the limiter, so that nothing is ever clipped. */
void stream_set_master(struct stream *stream, float gain);
/* Where the device keeps the frame that is heard, with the generation of its timeline
 * (journal.h), while what follows is played; NULL: nowhere, as for what is said in between. The
 * gate must be closed; before stream_play(). The position lives until another is given. */
struct journal_position;
void stream_mark(struct stream *stream, struct journal_position *position, uint32_t generation);
/* A short sound over whatever is played, in a pause too, with the device's next buffer: chime.h.
 * The clip lives until stream_destroy(), or until a call without a clip (NULL), which waits for
 * those that sound, 1.5 s at most. */
void stream_chime(struct stream *stream, const struct clip *clip, float gain);
/* The score has grown: mix on if you were waiting. */
void stream_kick(struct stream *stream);

/* The frame being heard now: taken by the device less its latency. */
frames stream_heard(const struct stream *stream);
/* The first frame not yet taken by the device. */
frames stream_taken(const struct stream *stream);
/* Everything has been mixed, taken, and followed by enough silence for the device to play its tail.
 */
bool stream_drained(const struct stream *stream);
/* Everything has been mixed and taken, whether the device has played it or not. */
bool stream_over(const struct stream *stream);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor_inside.h: what conductor.c and commands.c share. [main] */
#ifndef SESSION_CONDUCTOR_INSIDE_H
#define SESSION_CONDUCTOR_INSIDE_H

#include "session/conductor.h"
#include "session/parts.h"

struct conductor {
    struct conductor_options options;
    struct session *session;
    struct stream *stream;
    struct feed *feed;
    struct timeline_from from; /* where the feed begins */
    struct timeline_changes changes;
    struct score *aside; /* an answer being spoken in between, or NULL */
    bool paused, finished;
    frames cut;                  /* where the gate closed, while paused or during an aside */
    struct timeline_from resume; /* where to go on after it */
    size_t seen;                 /* entries of the feed told to options.cue */
    uint32_t said;               /* last instruction heard, or UINT32_MAX */
    uint32_t timer;
};

const struct cue *conductor_cue(const struct conductor *conductor, size_t index);
/* The frame being heard; where the gate closed while nothing is. */
frames conductor_heard(const struct conductor *conductor);
/* The step after `step`; plan.cue_count after the last. */
size_t conductor_step_after(const struct conductor *conductor, size_t step);
/* Whether a `ready` without a time waits for the person. */
bool conductor_waiting(const struct conductor *conductor);

/* Closes the gate and tells where to go on; also ends an answer being spoken. */
struct timeline_from conductor_stop_sound(struct conductor *conductor);
/* Goes on from a point: a new timeline, the gate opens. Behind the last step the session is over.
 */
void conductor_go_on_from(struct conductor *conductor, struct timeline_from from);
/* Goes on where it was stopped. */
void conductor_go_on(struct conductor *conductor);
/* Says the words of a cue, then goes on, or stays paused. After conductor_stop_sound(). */
void conductor_say_aside(struct conductor *conductor, uint32_t cue);

#endif

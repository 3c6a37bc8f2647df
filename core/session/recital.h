/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recital.h: a few clips, one after the other, outside of any session: words of the program's own,
 * sounds to listen to. On a stream that plays nothing else meanwhile. [main] */
#ifndef SESSION_RECITAL_H
#define SESSION_RECITAL_H

#include <stdbool.h>

#include "base/loop.h"
#include "session/stream.h"

/* One clip: of a cast (with its gain) or of a theme (gain 1). It outlives what plays it. */
struct recital_item {
    const struct clip *clip;
    float gain;
    bool words; /* levelled speech, else a sound */
};

/* The clips as a score, a moment apart; *length gets how long they take. The caller frees it. */
struct score *recital_score(const struct recital_item *items, size_t count, uint32_t rate_hz,
                            frames *length);
/* Of the clip with the most. */
uint32_t recital_channels(const struct recital_item *items, size_t count);

struct recital_options {
    struct loop *loop;
    struct stream *stream;     /* whose channels are set; it outlives the recital */
    const struct score *score; /* likewise */
    /* Hears of each clip, in order, as it begins to be heard. May be NULL. */
    void (*began)(void *context, size_t index);
    /* All was heard. Must not destroy the recital. May be NULL. */
    void (*heard)(void *context);
    void *context;
};

struct recital;

/* Begins to play. The stream may still be opening; while the device is gone, the recital waits. */
struct recital *recital_new(const struct recital_options *options);
bool recital_heard(const struct recital *recital);
/* Silence; nobody reads the score any more. */
void recital_destroy(struct recital *recital);

#endif

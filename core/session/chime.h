/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chime.h: short sounds mixed in at the device's side, over whatever it plays, be that silence: the
 * answers that must be heard at once. They move nothing and are no part of the session's frames. */
#ifndef SESSION_CHIME_H
#define SESSION_CHIME_H

#include <stdatomic.h>
#include <stdbool.h>

#include "audio/clip.h"

#define CHIME_MOST 4 /* at once */

/* `{0}` is silence. */
struct chime {
    struct {
        _Atomic(const struct clip *) clip; /* NULL: free. Set by main, cleared by the device */
        float gain;                        /* main's until `clip` is set */
        frames at;                         /* the device's from then on */
    } slots[CHIME_MOST];
};

/* Begins to sound with the device's next buffer; dropped while CHIME_MOST others sound. The clip
 * lives until the device stops pulling. [main] */
void chime_play(struct chime *chime, const struct clip *clip, float gain);
/* Whether any sounds, or is about to. [main] */
bool chime_sounds(const struct chime *chime);
/* Forgets those that sound; the device may still be in their clips until its pull is over. [main]
 */
void chime_stop(struct chime *chime);
/* Adds what sounds now to `count` frames. [device, rt] */
void chime_mix(struct chime *chime, float *samples, frames count, uint32_t channels);

#endif

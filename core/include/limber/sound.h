/* SPDX-License-Identifier: MIT */
/* limber/sound.h: named sounds and beds. Interface "limber.sound/1".
 *
 * A sound plugin turns a role or name ("start", "bell", "rain") into samples. The host asks on a
 * worker or on the main thread while it builds a session, never while it plays, keeps the samples,
 * and mixes them itself. A bed is handed over as one loop that joins without a seam; the host
 * repeats it without end. */
#ifndef LIMBER_SOUND_H
#define LIMBER_SOUND_H

#include "limber/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_SOUND_ID "limber.sound/1"

/* Roles of the default theme that the player itself asks for: start, tick, halfway, end, switch,
 * rest, done, in, out, keep, attention (the tone code that stands for words no voice could speak).
 * Others are names that authors write: bell, gong, chime, rain… */
struct limber_sound_request {
    uint32_t size;      /* sizeof(struct limber_sound_request) as compiled */
    const char *name;   /* role or name, lower case */
    const char *folder; /* the routine's own sounds folder (absolute path), or NULL */
    uint32_t rate_hz;   /* the session's rate; the samples must have it */
    uint32_t channels;  /* most channels wanted: 1 or 2. Fewer may be written */
    int64_t
        frames; /* length for sounds that fill a time (in, out, keep); 0: the sound's own length */
    bool bed;   /* a seamless loop is wanted */
};

/* What the sound is like; filled in by the plugin before its first write(). */
struct limber_sound_info {
    uint32_t size;
    uint32_t channels;   /* 1 or 2 */
    int64_t lead_frames; /* how long words that follow should wait (the stroke of a bell); 0: the
                            whole sound, at most 400 ms */
};

struct limber_sound_writer {
    uint32_t size;
    void *context;
    /* Declares what follows; once, before write(). Errors: INVALID. [main, worker] */
    enum limber_status (*info)(void *context, const struct limber_sound_info *info);
    /* Takes `frames` interleaved frames, copied before it returns. Anything but OK means stop and
     * return it: LIMIT (sound over 30 minutes), NO_MEMORY, CANCELLED. [main, worker] */
    enum limber_status (*write)(void *context, const float *samples, int64_t frames);
};

struct limber_sound {
    uint32_t size; /* sizeof(struct limber_sound) as compiled */

    /* Whether this plugin has the sound, without making it. Cheap. [main, worker] */
    bool (*has)(void *instance, const struct limber_sound_request *request);

    /* Makes the sound. Deterministic: the same request gives the same samples. Errors: NOT_FOUND,
     * INVALID (a broken file; the log says which), IO, as write() returned. [main, worker] */
    enum limber_status (*render)(void *instance, const struct limber_sound_request *request,
                                 const struct limber_sound_writer *writer);

    /* Names it can make for `folder` (NULL: without a routine), one call of `each` a name, until it
     * returns false. [main] */
    void (*list)(void *instance, const char *folder,
                 bool (*each)(void *context, const char *name, bool bed, const char *help),
                 void *context);
};

#ifdef __cplusplus
}
#endif
#endif

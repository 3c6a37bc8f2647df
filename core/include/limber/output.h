/* SPDX-License-Identifier: MIT */
/* limber/output.h: where samples go. Interface "limber.output/1".
 *
 * An output is pushed (it has write: files, pipes) or pulls (write is NULL: sound devices call the
 * host back from their own thread). Exactly one. The host keeps time by counting frames, never by a
 * clock of the output. */
#ifndef LIMBER_OUTPUT_H
#define LIMBER_OUTPUT_H

#include "limber/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_OUTPUT_ID "limber.output/1"

struct limber_output_chapter {
    int64_t start_frame; /* first frame of the chapter */
    const char *title;
};

/* What is going to be played. */
struct limber_output_request {
    uint32_t size;      /* sizeof(struct limber_output_request) as compiled */
    uint32_t rate_hz;   /* frames a second */
    uint32_t channels;  /* 1 or 2: as many as the session has */
    const char *target; /* file name, for outputs that write one; else NULL */
    const char *title;  /* of the session, or NULL */
    const struct limber_output_chapter *chapters; /* may be NULL; valid during open() */
    size_t chapter_count;
    int64_t total_frames; /* length of the session if known, else −1 */
};

/* What the output agreed to. */
struct limber_output_stream {
    uint32_t size;
    uint32_t channels; /* channels it takes: the request's, or 2 when a mono session needs doubling
                          (the host doubles) */
    int64_t latency_frames; /* from a frame taken to the frame heard; 0 for files. May change:
                               latency() */
    int64_t lead_in_frames; /* silence to send first so that a sleeping sink loses nothing; the
                               person's --lead-in wins */
    int64_t drain_frames; /* silence to send after the last frame so that the device plays the tail;
                             0 for files */
    bool live;            /* paced by a clock: somebody listens now */
};

/* Lent by the host to pull outputs, valid from open() to close(). */
struct limber_output_source {
    uint32_t size;
    void *context;
    /* Fills `samples` with exactly `frames` interleaved frames: the session's, or silence where the
     * session is paused, late or over. Returns how many of them were the session's. [device, rt,
     * active] */
    int64_t (*pull)(void *context, float *samples, int64_t frames);
    /* Waits until at least `frames` frames of the session are ready, or it is over, paused or
     * `timeout_ms` went by. For outputs that nothing paces (tests). [worker, active] */
    void (*wait)(void *context, int64_t frames, int timeout_ms);
    /* The device has gone; the output will not pull again until reopened. At most once per start().
     * [any] */
    void (*lost)(void *context, const char *reason);
};

struct limber_output {
    uint32_t size; /* sizeof(struct limber_output) as compiled */

    /* Opens the device or file. `source` is for pull outputs. Errors: NOT_FOUND (no such device;
     * the log lists those there are), UNSUPPORTED (format), IO, BUSY, FAILED, LOST (the sound
     * system cannot be used again in this process: a new one may). After a loss it is tried every
     * second: what is wrong is logged once. May block. [worker] */
    enum limber_status (*open)(void *instance, const struct limber_output_request *request,
                               const struct limber_output_source *source,
                               struct limber_output_stream *stream);

    /* Begins to pull. NULL for push outputs. Errors: LOST, FAILED. [worker, active] */
    enum limber_status (*start)(void *instance);

    /* Push outputs: takes all `frames` frames or fails. NULL: this output pulls. Errors: IO (disk
     * full included), LOST. [render, worker; active] */
    enum limber_status (*write)(void *instance, const float *samples, int64_t frames);

    /* Frames between taking and hearing, now. NULL: as open() said. [any, active] */
    int64_t (*latency)(void *instance);

    /* Stops and closes. `keep`: the session is complete; a file output gives the file its final
     * name only then, and otherwise removes what it wrote. Errors: IO (the file could not be
     * completed; nothing is left under the final name). May block, or hang if the sound system
     * does: the host gives it a time limit. [worker] */
    enum limber_status (*close)(void *instance, bool keep);

    /* Names of the devices there are, one call of `each` a device, until it returns false. NULL:
     * has no devices. May block. [worker, not active] */
    void (*list_devices)(void *instance,
                         bool (*each)(void *context, const char *name, const char *detail,
                                      bool is_default),
                         void *context);
};

#ifdef __cplusplus
}
#endif
#endif

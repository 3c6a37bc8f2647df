/* SPDX-License-Identifier: MIT */
/* limber/control.h: things that give commands (buttons, sockets, remotes), and things that watch.
 * Interfaces "limber.control/1", "limber.observer/1", and the host's "limber.host.loop/1" and
 * "limber.host.command/1". */
#ifndef LIMBER_CONTROL_H
#define LIMBER_CONTROL_H

#include "limber/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_CONTROL_ID      "limber.control/1"
#define LIMBER_OBSERVER_ID     "limber.observer/1"
#define LIMBER_HOST_LOOP_ID    "limber.host.loop/1"
#define LIMBER_HOST_COMMAND_ID "limber.host.command/1"

/* The host's loop, lent to plugins so that none needs a thread for I/O. `loop` below is this
 * struct's context. */
struct limber_host_loop {
    uint32_t size;
    void *context;
    /* Calls `ready` whenever one of `events` (POLLIN, POLLOUT of <poll.h>) holds on `fd`. The fd
     * stays the plugin's. Returns a handle above 0, or 0 when there is no room. [main] */
    uint32_t (*watch_fd)(void *context, int fd, short events,
                         void (*ready)(void *user, int fd, short events), void *user);
    /* Calls `fire` after `delay_ms`, then every `period_ms` (0: once). Returns a handle, or 0.
     * [main] */
    uint32_t (*add_timer)(void *context, int64_t delay_ms, int64_t period_ms,
                          void (*fire)(void *user), void *user);
    /* Removes a watch or timer; an unknown handle is ignored. [main] */
    void (*remove)(void *context, uint32_t handle);
    /* Runs `call(user)` on the main thread soon. Returns false when the queue is full. [any, not
     * rt] */
    bool (*post)(void *context, void (*call)(void *user), void *user);
};

/* The one command language: the same words on every keyboard, socket and button. */
struct limber_host_command {
    uint32_t size;
    void *context;
    /* Runs one command line ("pause", "next", "more 10s"). Writes a one-line answer into `answer`
     * (at most `answer_size` bytes, NUL included). Errors: INVALID (no such command), BUSY (no
     * session). [main] */
    enum limber_status (*run)(void *context, const char *line, char *answer, size_t answer_size);
};

enum limber_transport {
    LIMBER_IDLE = 0,
    LIMBER_PLAYING = 1,
    LIMBER_PAUSED = 2,
    LIMBER_WAITING = 3,
    LIMBER_LOST_OUTPUT = 4
};

/* A copy of where the session is; never live state. */
struct limber_snapshot {
    uint32_t size;
    enum limber_transport transport;
    const char *title;       /* of the routine */
    const char *move;        /* the move's name, or "" */
    const char *side;        /* "left", "right" or "" */
    const char *text;        /* what is being said, or "" */
    const char *bout;        /* "hold", "rest"…, or "" */
    int32_t round, set, rep; /* from 1; 0: none */
    uint32_t rate_hz;
    int64_t position_frames;  /* heard so far */
    int64_t total_frames;     /* as planned now; −1: not known yet */
    int64_t bout_left_frames; /* of the bout being held; 0: none */
};

struct limber_control {
    uint32_t size;
    /* Begins to listen, with what host->get_interface() lends. Errors: NOT_FOUND, FAILED,
     * UNSUPPORTED. [main] */
    enum limber_status (*start)(void *instance);
    /* Ends listening and removes all its watches and timers. [main, active] */
    void (*stop)(void *instance);
    /* A new snapshot, a few times a second at most. May be NULL. [main, active] */
    void (*snapshot)(void *instance, const struct limber_snapshot *snapshot);
};

enum limber_event {
    LIMBER_EVENT_STARTED = 0,
    LIMBER_EVENT_CUE = 1,
    LIMBER_EVENT_PAUSED = 2,
    LIMBER_EVENT_RESUMED = 3,
    LIMBER_EVENT_SKIPPED = 4,
    LIMBER_EVENT_FINISHED = 5,
    LIMBER_EVENT_ABORTED = 6
};

struct limber_observer {
    uint32_t size;
    /* Something happened; `snapshot` tells where. Must return quickly. [main] */
    void (*event)(void *instance, enum limber_event event, const struct limber_snapshot *snapshot);
};

#ifdef __cplusplus
}
#endif
#endif

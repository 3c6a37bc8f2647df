/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jobs.h: utterances in forked children of limber-worker: so many at once, each with a deadline,
 * each starting from the same state. Only limber-worker uses this; single-threaded. */
#ifndef VOICE_JOBS_H
#define VOICE_JOBS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct plugin_instance;
struct jobs;

#define JOBS_MOST 64 /* at once */

struct jobs_options {
    struct plugin_instance *engine; /* prepared */
    bool recorded;                  /* it says only what was recorded */
    uint32_t rate_hz;               /* of the clips */
    int most;                       /* children at once, 1 … JOBS_MOST */
    int socket_fd;                  /* closed in the children */
    void (*report)(void *context, int64_t id, enum limber_status status, const char *reason);
    void *context;
};

struct job_request {
    int64_t id;
    int64_t deadline_ms; /* from the fork to the end */
    double emphasis;
    const char *pieces; /* copied */
    int fd;             /* where the clip goes; owned by the jobs from here on */
};

/* This process becomes the parent of whatever the children leave behind, and ends it. What it has
 * started before is left alone until jobs_destroy(). */
struct jobs *jobs_new(const struct jobs_options *options);
/* Kills what still runs, and all other children of this process, without reports. */
void jobs_destroy(struct jobs *jobs);
/* Forks at once if fewer than `most` run, else queues it. */
void jobs_add(struct jobs *jobs, const struct job_request *request);
/* Fills in what to poll for (at most JOBS_MOST); returns how many. */
size_t jobs_poll(const struct jobs *jobs, struct pollfd *fds);
/* How long poll() may wait; −1: for ever. */
int jobs_timeout_ms(const struct jobs *jobs);
/* Reads reports, kills what is late, reaps, and forks what was queued. */
void jobs_serve(struct jobs *jobs);

#endif

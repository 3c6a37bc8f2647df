/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_sync.c: the thread that waits for the disk, so that nobody else has to. A disk that
 * hangs keeps the thread, which then outlives the journal: the last of the two frees. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "session/journal_inside.h"

struct journal_syncer {
    pthread_mutex_t lock; /* for everything below */
    pthread_cond_t changed;
    int users;   /* the journal and the thread */
    int fd;      /* a copy of the one to sync; −1: nothing asked */
    bool busy;   /* the thread is waiting for the disk */
    bool thread; /* it was made */
    bool quit;   /* the journal is gone */
    int error;
};

/* With the lock, which it gives back. */
static void leave(struct journal_syncer *syncer)
{
    bool last = --syncer->users == 0;
    pthread_mutex_unlock(&syncer->lock);
    if (!last)
        return;
    if (syncer->fd >= 0)
        close(syncer->fd);
    pthread_cond_destroy(&syncer->changed);
    pthread_mutex_destroy(&syncer->lock);
    free(syncer);
}

static void *run(void *context)
{
    struct journal_syncer *syncer = context;
    pthread_mutex_lock(&syncer->lock);
    while (syncer->fd >= 0 || !syncer->quit) {
        if (syncer->fd < 0) {
            pthread_cond_wait(&syncer->changed, &syncer->lock);
            continue;
        }
        int fd = syncer->fd;
        syncer->fd = -1;
        syncer->busy = true;
        pthread_mutex_unlock(&syncer->lock);
        int error = fdatasync(fd) == 0 ? 0 : errno;
        close(fd);
        pthread_mutex_lock(&syncer->lock);
        syncer->busy = false;
        if (error && error != EINVAL && error != EROFS) /* some file systems cannot do this */
            syncer->error = error;
        pthread_cond_broadcast(&syncer->changed);
    }
    leave(syncer);
    return NULL;
}

struct journal_syncer *journal_syncer_new(void)
{
    struct journal_syncer *syncer = xcalloc(1, sizeof *syncer);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&syncer->lock, NULL);
    pthread_cond_init(&syncer->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    syncer->users = 1;
    syncer->fd = -1;
    return syncer;
}

/* With the lock. Signals are for the other threads. */
static bool begin(struct journal_syncer *syncer)
{
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    syncer->thread = pthread_create(&thread, NULL, run, syncer) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!syncer->thread)
        return false;
    pthread_detach(thread);
    syncer->users++;
    return true;
}

void journal_syncer_ask(struct journal_syncer *syncer, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0)
        return;
    pthread_mutex_lock(&syncer->lock);
    if (!syncer->thread && !begin(syncer)) {
        pthread_mutex_unlock(&syncer->lock);
        close(copy);
        return;
    }
    if (syncer->fd >= 0)
        close(syncer->fd); /* the newer one holds everything of the older */
    syncer->fd = copy;
    pthread_cond_broadcast(&syncer->changed);
    pthread_mutex_unlock(&syncer->lock);
}

int journal_syncer_error(struct journal_syncer *syncer)
{
    pthread_mutex_lock(&syncer->lock);
    int error = syncer->error;
    syncer->error = 0;
    pthread_mutex_unlock(&syncer->lock);
    return error;
}

void journal_syncer_destroy(struct journal_syncer *syncer)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += JOURNAL_PATIENCE_MS / 1000;
    pthread_mutex_lock(&syncer->lock);
    while (syncer->thread && (syncer->fd >= 0 || syncer->busy)) {
        if (pthread_cond_timedwait(&syncer->changed, &syncer->lock, &until) != 0)
            break;
    }
    syncer->quit = true;
    pthread_cond_broadcast(&syncer->changed);
    leave(syncer);
}

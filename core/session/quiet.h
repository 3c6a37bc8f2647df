/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiet.h: threads that leave all signals to main, and so do the threads that a sound system makes
 * in them: otherwise Ctrl-C could end the program in one of them. */
#ifndef SESSION_QUIET_H
#define SESSION_QUIET_H

#include <pthread.h>
#include <signal.h>

/* pthread_create() of such a thread. */
static inline int quiet_thread(pthread_t *thread, void *(*run)(void *context), void *context)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(thread, NULL, run, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompt.h: threads that must wake up in time, because waking up late is a hole in the sound. */
#ifndef COMMON_PROMPT_H
#define COMMON_PROMPT_H

#include <pthread.h>
#include <sched.h>

/* Puts the calling thread before others, a little, where that is given (root, or LimitRTPRIO). Not
 * for threads that never sleep. */
static inline void prompt_thread(void)
{
    const struct sched_param priority = {.sched_priority = 5};
    pthread_setschedparam(pthread_self(), SCHED_RR, &priority);
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* threadcheck.h: who am I? Debug builds assert the thread tags of the ABI with it; release builds
 * compile it away. */
#ifndef PLUGIN_THREADCHECK_H
#define PLUGIN_THREADCHECK_H

#include <stdbool.h>

enum thread_role { THREAD_UNKNOWN, THREAD_MAIN, THREAD_WORKER, THREAD_RENDER, THREAD_DEVICE };

/* Names the calling thread's role. */
void threadcheck_set(enum thread_role role);
enum thread_role threadcheck_role(void);
/* Ends the program, naming `function`, unless the calling thread has one of the roles (bits 1 <<
 * role). Unknown threads pass for [any] only. */
void threadcheck_require(unsigned roles, const char *function);

/* Whether this build checks the tags (it is a debug build). */
bool threadcheck_enabled(void);

#ifndef NDEBUG
#define THREADCHECK(roles) threadcheck_require((roles), __func__)
#else
#define THREADCHECK(roles) ((void)0)
#endif

#endif

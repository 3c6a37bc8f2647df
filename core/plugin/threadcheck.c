/* SPDX-License-Identifier: GPL-3.0-or-later */
/* threadcheck.c: the role of each thread, in a thread-local variable. */
#include "plugin/threadcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Thread_local enum thread_role my_role;

static const char *const ROLES[] = {"unknown", "main", "worker", "render", "device"};

void threadcheck_set(enum thread_role role)
{
    my_role = role;
}

enum thread_role threadcheck_role(void)
{
    /* The first thread of a process needs no introduction. */
    if (my_role == THREAD_UNKNOWN && gettid() == getpid()) {
        my_role = THREAD_MAIN;
    }
    return my_role;
}

void threadcheck_require(unsigned roles, const char *function)
{
    enum thread_role role = threadcheck_role();
    if (roles & 1u << role) {
        return;
    }
    fprintf(stderr, "limber: %s() called on a thread of role '%s'; its tag allows:", function,
            ROLES[role]);
    for (unsigned i = 0; i < sizeof ROLES / sizeof *ROLES; i++) {
        if (roles & 1u << i) {
            fprintf(stderr, " %s", ROLES[i]);
        }
    }
    fputc('\n', stderr);
    abort();
}

bool threadcheck_enabled(void)
{
#ifndef NDEBUG
    return true;
#else
    return false;
#endif
}

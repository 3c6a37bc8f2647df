/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a process that outlives a crash at load and holds all descriptors open. */
#define FIXTURE_ID "broken-hang-helper"
#include "fixture.h"

#include <unistd.h>

__attribute__((constructor)) static void at_load(void)
{
    if (fork() == 0) {
        for (;;) {
            pause();
        }
    }
    abort();
}

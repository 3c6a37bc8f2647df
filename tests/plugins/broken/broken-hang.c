/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Never comes back from being loaded. */
#define FIXTURE_ID "broken-hang"
#include "fixture.h"

#include <unistd.h>

__attribute__((constructor)) static void at_load(void)
{
    for (;;) {
        pause();
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends the program as it is loaded, as if all were well. */
#define FIXTURE_ID "broken-exit"
#include "fixture.h"

__attribute__((constructor)) static void at_load(void)
{
    exit(0);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crashes as it is loaded. */
#define FIXTURE_ID "broken-crash"
#include "fixture.h"

__attribute__((constructor)) static void at_load(void)
{
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aborts as it is loaded. */
#define FIXTURE_ID "broken-abort"
#include "fixture.h"

__attribute__((constructor)) static void at_load(void)
{
    abort();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Its instances cannot be made; what it leaves behind must not be destroyed. */
#define FIXTURE_ID     "broken-create"
#define FIXTURE_CREATE broken_create
#include <limber/plugin.h>

static enum limber_status broken_create(const struct limber_host *host, void **instance)
{
    *instance = (void *)8;
    return LIMBER_FAILED;
}

#include "fixture.h"

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says that all is well, and gives no instance. */
#define FIXTURE_ID     "broken-empty-create"
#define FIXTURE_CREATE broken_create
#include <limber/plugin.h>

static enum limber_status broken_create(const struct limber_host *host, void **instance)
{
    return LIMBER_OK;
}

#include "fixture.h"

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Needs a symbol that is nowhere. */
#define FIXTURE_ID     "broken-undefined"
#define FIXTURE_CREATE broken_create
#include <limber/plugin.h>

enum limber_status limber_fixture_symbol_that_is_nowhere(void);
static enum limber_status broken_create(const struct limber_host *host, void **instance)
{
    return limber_fixture_symbol_that_is_nowhere();
}

#include "fixture.h"

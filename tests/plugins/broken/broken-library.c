/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Needs a library that is not installed (limber_fixture_gone, built but out of reach). */
#define FIXTURE_ID     "broken-library"
#define FIXTURE_CREATE broken_create
#include <limber/plugin.h>

enum limber_status limber_fixture_gone(void);
static enum limber_status broken_create(const struct limber_host *host, void **instance)
{
    return limber_fixture_gone();
}

#include "fixture.h"

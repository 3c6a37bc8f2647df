/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Promises an interface and does not give it. */
#define FIXTURE_ID            "broken-promise"
#define FIXTURE_GET_INTERFACE broken_get_interface
#include <limber/plugin.h>

static const void *broken_get_interface(void *instance, const char *id)
{
    return NULL;
}

#include "fixture.h"

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lies in its table: a default that the option does not allow. */
#define FIXTURE_ID      "broken-option-default"
#define FIXTURE_OPTIONS options
#include <limber/plugin.h>

static const struct limber_option options[] = {
    {.name = "level",
     .type = LIMBER_OPTION_INT,
     .minimum = 1,
     .maximum = 5,
     .fallback = "9",
     .help = "Level"},
    {.name = NULL},
};

#include "fixture.h"

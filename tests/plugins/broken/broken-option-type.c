/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lies in its table: a type that does not exist. */
#define FIXTURE_ID      "broken-option-type"
#define FIXTURE_OPTIONS options
#include <limber/plugin.h>

static const struct limber_option options[] = {
    {.name = "level", .type = (enum limber_option_type)77, .help = "Level"},
    {.name = NULL},
};

#include "fixture.h"

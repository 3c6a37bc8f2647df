/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lies in its table: two options of one name. */
#define FIXTURE_ID      "broken-option-twice"
#define FIXTURE_OPTIONS options
#include <limber/plugin.h>

static const struct limber_option options[] = {
    {.name = "level", .type = LIMBER_OPTION_INT, .help = "Level"},
    {.name = "level", .type = LIMBER_OPTION_STRING, .help = "Level"},
    {.name = NULL},
};

#include "fixture.h"

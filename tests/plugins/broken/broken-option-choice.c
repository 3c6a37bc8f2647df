/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lies in its table: a choice of nothing. */
#define FIXTURE_ID      "broken-option-choice"
#define FIXTURE_OPTIONS options
#include <limber/plugin.h>

static const struct limber_option options[] = {
    {.name = "shape", .type = LIMBER_OPTION_CHOICE, .help = "Shape"},
    {.name = NULL},
};

#include "fixture.h"

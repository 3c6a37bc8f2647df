/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table that is shorter than its revision says. */
#define FIXTURE_ID         "broken-short-table"
#define FIXTURE_TABLE_SIZE 16
#include "fixture.h"

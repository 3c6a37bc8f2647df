/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built with headers whose entry is shorter. */
#define FIXTURE_ID         "broken-short-entry"
#define FIXTURE_ENTRY_SIZE 16
#include "fixture.h"

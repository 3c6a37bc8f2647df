/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An output that cannot be opened. */
#define FIXTURE_ID   "broken-no-open"
#define FIXTURE_OPEN NULL
#include "fixture.h"

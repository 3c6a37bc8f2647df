/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An entry that describes nothing. */
#define FIXTURE_ID         "broken-no-descriptor"
#define FIXTURE_DESCRIPTOR NULL
#include "fixture.h"

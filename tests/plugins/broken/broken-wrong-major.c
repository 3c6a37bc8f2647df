/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made for a plugin interface of the far future. */
#define FIXTURE_ID    "broken-wrong-major"
#define FIXTURE_MAJOR 999
#include "fixture.h"

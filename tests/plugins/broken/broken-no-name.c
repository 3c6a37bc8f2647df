/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A descriptor without a name. */
#define FIXTURE_ID   "broken-no-name"
#define FIXTURE_NAME NULL
#include "fixture.h"

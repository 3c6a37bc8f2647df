/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An output that neither is pushed nor pulls. */
#define FIXTURE_ID    "broken-no-way"
#define FIXTURE_WRITE NULL
#include "fixture.h"

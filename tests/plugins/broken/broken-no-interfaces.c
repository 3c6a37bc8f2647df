/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plugin that offers nothing. */
#define FIXTURE_ID         "broken-no-interfaces"
#define FIXTURE_INTERFACES NULL
#include "fixture.h"

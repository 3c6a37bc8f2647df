/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An id that is not the file's name. */
#define FIXTURE_ID "broken-other"
#include "fixture.h"

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built with headers whose descriptor is shorter. */
#define FIXTURE_ID              "broken-short-descriptor"
#define FIXTURE_DESCRIPTOR_SIZE 24
#include "fixture.h"

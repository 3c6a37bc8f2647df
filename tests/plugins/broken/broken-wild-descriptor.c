/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A descriptor that points to nowhere: reading it crashes. */
#define FIXTURE_ID         "broken-wild-descriptor"
#define FIXTURE_DESCRIPTOR (const struct limber_plugin_descriptor *)16
#include "fixture.h"

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing wrong: one instance a process. */
#define FIXTURE_ID    "good-single"
#define FIXTURE_FLAGS LIMBER_PLUGIN_SINGLETON
#include "fixture.h"

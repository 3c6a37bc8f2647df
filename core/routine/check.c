/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.c: warnings about the finished tree. */
#include "routine/load.h"

void check_routine(struct load *load, const struct section *root)
{
}

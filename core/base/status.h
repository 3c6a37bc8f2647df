/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.h: the status enumeration of the public ABI, and words for it. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "limber/status.h"

/* Exit statuses of the program (DESIGN §8). */
enum exit_status { EXIT_DONE = 0, EXIT_RUNTIME = 1, EXIT_USAGE = 2, EXIT_ROUTINE = 3 };

/* "no such thing", "the disk or pipe failed"…: a short static English phrase. [any] */
const char *status_text(enum limber_status status);

#endif

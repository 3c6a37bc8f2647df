/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl_show.h: documents of docs/ask.md for people. */
#ifndef APP_CTL_SHOW_H
#define APP_CTL_SHOW_H

#include <stdbool.h>

/* Prints a status in a few lines. False: it is none. */
bool ctl_show_status(const char *json);
/* Prints what `limber check` would say of a page called `name`, to stderr. *errors (may be NULL)
 * gets how many are errors. False: it is no such document. */
bool ctl_show_check(const char *json, const char *name, int *errors);

#endif

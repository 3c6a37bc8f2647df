/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_inside.h: what the files of the command language share. */
#ifndef SESSION_COMMAND_INSIDE_H
#define SESSION_COMMAND_INSIDE_H

#include "session/command.h"

/* What follows `play`: nothing, or a routine and options for it. False with a sentence. */
bool command_take_routine(struct command *command, const char *text, char *error, size_t size);

#endif

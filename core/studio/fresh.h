/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fresh.h: the folder of a new voice, with everything in it explained. [main] */
#ifndef STUDIO_FRESH_H
#define STUDIO_FRESH_H

#include "base/status.h"

struct limber_plugin_descriptor;

struct fresh_options {
    const char *folder;   /* of all the user's voices; made if it is not there */
    const char *name;     /* of the voice */
    const char *language; /* BCP 47 */
    const struct limber_plugin_descriptor *engine;
};

#define FRESH_NAME_MOST 64

/* Why this cannot be the name of a new voice, or NULL: small letters a to z, digits and '-', at
 * most FRESH_NAME_MOST. */
const char *fresh_name_problem(const char *name);

/* Makes folder/NAME: a voice.yaml that explains each line, a README.txt that tells what to do next,
 * and for an engine of recordings an empty table and the folder clips. It appears complete or not
 * at all. Errors, with errno: BUSY (there is one of that name), IO. */
enum limber_status fresh_make(const struct fresh_options *options);

#endif

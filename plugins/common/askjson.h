/* SPDX-License-Identifier: GPL-3.0-or-later */
/* askjson.h: what the host answers to a question, as JSON (jansson). */
#ifndef COMMON_ASKJSON_H
#define COMMON_ASKJSON_H

#include <jansson.h>

#include "limber/ask.h"

/* The document, which is the caller's; NULL: the host knows no answer, or lends no such interface.
 * [main] */
json_t *askjson(const struct limber_host_ask *ask, const char *question);
/* A member that is a text, or "". */
const char *askjson_text(const json_t *json, const char *name);

#endif

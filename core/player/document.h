/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document.h: small helpers for documents of docs/ask.md, on jansson. [main] */
#ifndef PLAYER_DOCUMENT_H
#define PLAYER_DOCUMENT_H

#include <jansson.h>

#include "base/str.h"
#include "base/units.h"

/* A text as a string; NULL or "" is null. Bytes that are not UTF-8 are replaced. */
json_t *document_text(const char *text);
/* From 1; less is null. */
json_t *document_index(int64_t index);
/* Seconds, to the millisecond. */
json_t *document_seconds(frames length, uint32_t rate_hz);
/* Adds it as one line, without a line break, and lets go of it. */
void document_end(json_t *document, struct str *to);

#endif

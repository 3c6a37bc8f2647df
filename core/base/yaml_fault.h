/* SPDX-License-Identifier: GPL-3.0-or-later */
/* yaml_fault.h: what is wrong with a YAML text, in plain words. For yaml.c only. */
#ifndef BASE_YAML_FAULT_H
#define BASE_YAML_FAULT_H

#include <yaml.h>

#include "base/diag.h"

/* libyaml counts characters; sources count bytes. */
struct yaml_cursor {
    const char *text;
    size_t start, end;        /* of the YAML text, in bytes */
    size_t character, offset; /* a known pair */
};
/* The byte offset of a character; quick when asked in rising order. */
size_t yaml_cursor_offset(struct yaml_cursor *cursor, size_t character);

/* Checks what the parser must not see: malformed UTF-8, control characters, directives. False when
 * it reported something. */
bool yaml_fault_check_text(struct diags *diags, const struct source *source, size_t start,
                           size_t end);
/* Reports the parser's error. */
void yaml_fault_report(struct diags *diags, const struct source *source, struct yaml_cursor *cursor,
                       const yaml_parser_t *parser);
/* Reports what follows the document, if it is more than comments. */
void yaml_fault_check_rest(struct diags *diags, const struct source *source, size_t start,
                           size_t end, bool *faulty);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payload.h: what strangers send, made sure of. Pure; any bytes may be handed over. */
#ifndef CONTROL_MQTT_PAYLOAD_H
#define CONTROL_MQTT_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#define PAYLOAD_MOST 512 /* bytes */

/* One line of text without outer spaces, in `line` (PAYLOAD_MOST + 1 bytes): valid UTF-8, no
 * control characters, not empty, not too long. Otherwise returns false with what is wrong in *why.
 */
bool payload_line(const void *bytes, size_t size, char *line, const char **why);

/* "40", "40.0": 0 to 100, rounded. Returns false for anything else. */
bool payload_percent(const char *line, int *percent);

/* The volume of a home, 0 to 100, and the level of the command language, −24 to +6 dB: a straight
 * line with 0 dB at 80. */
int payload_db_of_percent(int percent);
int payload_percent_of_db(int level_db);

/* Copies at most `size` − 1 bytes, whole characters, and a NUL. */
void payload_copy(char *to, size_t size, const char *text);

#endif

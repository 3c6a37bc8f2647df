/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packet.h: what cast and limber-worker say to each other: one packet a message over a
 * SOCK_SEQPACKET socket. Both are built together, but a packet from anywhere else is refused, not
 * trusted: every read is checked. */
#ifndef VOICE_PACKET_H
#define VOICE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MOST    65536 /* bytes */
#define PACKET_VERSION 2

/* Fields in this order.
 * START   version, rate_hz, jobs; plugin id, plugin file; folder of the voice (NULL: none); count,
 *         then "name=value" settings; language, voice, variant; rate_wpm, pitch, pitch_range
 *         (numbers)
 * READY   fingerprint, files the engine was loaded from (one a line)
 * FAILED  status, reason
 * REQUEST id, deadline_ms, emphasis (number), pieces (lines); with the descriptor of the result
 * RESULT  id, status, reason
 * LOG     level, line */
enum packet_type {
    PACKET_START = 1,
    PACKET_READY,
    PACKET_FAILED,
    PACKET_REQUEST,
    PACKET_RESULT,
    PACKET_LOG
};

struct packet {
    size_t size; /* bytes used */
    size_t at;   /* where the next field is read */
    bool bad;    /* a field did not fit, or was not there */
    char data[PACKET_MOST];
};

/* --- writing --- */
void packet_begin(struct packet *packet, enum packet_type type);
void packet_put_int(struct packet *packet, int64_t value);
void packet_put_number(struct packet *packet, double value);
void packet_put_text(struct packet *packet, const char *text); /* NULL is kept */

/* --- reading; on a malformed packet `bad` is set and 0 or NULL is returned --- */
/* The type, or 0. `size` bytes of data were received into it. */
int packet_open(struct packet *packet, size_t size);
int64_t packet_get_int(struct packet *packet);
double packet_get_number(struct packet *packet);
/* Points into the packet. */
const char *packet_get_text(struct packet *packet);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* orders.h: what limber-worker is told, read from packets. Nothing of it is trusted. */
#ifndef VOICE_ORDERS_H
#define VOICE_ORDERS_H

#include "limber/speech.h"
#include "plugin/options.h"
#include "voice/jobs.h"
#include "voice/packet.h"

/* Its texts belong to the packet, but for the options. */
struct orders_start {
    int64_t version; /* of the packets; anything but PACKET_VERSION: nothing else is filled in */
    uint32_t rate_hz;
    int jobs;
    const char *id, *file, *folder; /* folder may be NULL */
    struct setting_list options;    /* to be freed, whatever came of it */
    struct limber_speech_voice voice;
};

/* Both take a packet opened with packet_open(), which gave `type`, and return false when it is not
 * what they read, or not whole. */
bool orders_read_start(struct packet *packet, int type, struct orders_start *start);
/* Leaves request->fd alone. */
bool orders_read_request(struct packet *packet, int type, struct job_request *request);

#endif

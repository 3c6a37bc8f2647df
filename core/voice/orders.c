/* SPDX-License-Identifier: GPL-3.0-or-later */
/* orders.c: the packets START and REQUEST, from the worker's side. */
#include "voice/orders.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SETTINGS 256
#define MOST_RATE_HZ  768000
#define MOST_MS       (INT64_C(1) << 40)

/* Takes "name=value" texts; they are copied. */
static void read_settings(struct packet *packet, struct setting_list *list)
{
    int64_t count = packet_get_int(packet);
    if (count < 0 || count > MOST_SETTINGS) {
        packet->bad = true;
    }
    for (int64_t i = 0; i < count && !packet->bad; i++) {
        const char *pair = packet_get_text(packet);
        const char *equals = pair ? strchr(pair, '=') : NULL;
        if (equals) {
            char *name = strndup(pair, (size_t)(equals - pair));
            settings_put(list, name, equals + 1);
            free(name);
        }
    }
}

static void read_voice(struct packet *packet, struct limber_speech_voice *voice)
{
    voice->size = sizeof *voice;
    voice->language = packet_get_text(packet);
    voice->voice = packet_get_text(packet);
    voice->variant = packet_get_text(packet);
    voice->rate_wpm = packet_get_number(packet);
    voice->pitch = packet_get_number(packet);
    voice->pitch_range = packet_get_number(packet);
}

bool orders_read_start(struct packet *packet, int type, struct orders_start *start)
{
    *start = (struct orders_start){0};
    if (type != PACKET_START) {
        return false;
    }
    start->version = packet_get_int(packet);
    if (start->version != PACKET_VERSION) {
        return false;
    }
    int64_t rate_hz = packet_get_int(packet);
    int64_t jobs = packet_get_int(packet);
    start->id = packet_get_text(packet);
    start->file = packet_get_text(packet);
    start->folder = packet_get_text(packet);
    read_settings(packet, &start->options);
    read_voice(packet, &start->voice);
    if (packet->bad || !start->id || !start->file || rate_hz < 1 || rate_hz > MOST_RATE_HZ ||
        jobs < 1 || jobs > JOBS_MOST) {
        return false;
    }
    start->rate_hz = (uint32_t)rate_hz;
    start->jobs = (int)jobs;
    return isfinite(start->voice.rate_wpm) && isfinite(start->voice.pitch) &&
           isfinite(start->voice.pitch_range);
}

bool orders_read_request(struct packet *packet, int type, struct job_request *request)
{
    if (type != PACKET_REQUEST) {
        return false;
    }
    request->id = packet_get_int(packet);
    request->deadline_ms = packet_get_int(packet);
    request->emphasis = packet_get_number(packet);
    request->pieces = packet_get_text(packet);
    return !packet->bad && request->pieces && request->deadline_ms > 0 &&
           request->deadline_ms <= MOST_MS && isfinite(request->emphasis);
}

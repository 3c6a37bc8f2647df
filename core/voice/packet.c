/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packet.c: fields of a message, written and read with every bound checked. */
#include "voice/packet.h"

#include <string.h>

static void put(struct packet *packet, const void *bytes, size_t count)
{
    if (packet->bad || count > sizeof packet->data - packet->size) {
        packet->bad = true;
        return;
    }
    memcpy(packet->data + packet->size, bytes, count);
    packet->size += count;
}

static void get(struct packet *packet, void *bytes, size_t count)
{
    if (packet->bad || count > packet->size - packet->at) {
        packet->bad = true;
        memset(bytes, 0, count);
        return;
    }
    memcpy(bytes, packet->data + packet->at, count);
    packet->at += count;
}

void packet_begin(struct packet *packet, enum packet_type type)
{
    packet->size = 0;
    packet->at = 0;
    packet->bad = false;
    packet_put_int(packet, type);
}

void packet_put_int(struct packet *packet, int64_t value)
{
    put(packet, &value, sizeof value);
}

void packet_put_number(struct packet *packet, double value)
{
    put(packet, &value, sizeof value);
}

void packet_put_text(struct packet *packet, const char *text)
{
    char present = text != NULL;
    put(packet, &present, 1);
    if (text) {
        put(packet, text, strlen(text) + 1);
    }
}

int packet_open(struct packet *packet, size_t size)
{
    packet->size = size <= sizeof packet->data ? size : 0;
    packet->at = 0;
    packet->bad = false;
    int64_t type = packet_get_int(packet);
    return type >= PACKET_START && type <= PACKET_LOG ? (int)type : 0;
}

int64_t packet_get_int(struct packet *packet)
{
    int64_t value = 0;
    get(packet, &value, sizeof value);
    return value;
}

double packet_get_number(struct packet *packet)
{
    double value = 0;
    get(packet, &value, sizeof value);
    return value;
}

const char *packet_get_text(struct packet *packet)
{
    char present = 0;
    get(packet, &present, 1);
    if (packet->bad || !present) {
        return NULL;
    }
    const char *text = packet->data + packet->at;
    const char *end = memchr(text, '\0', packet->size - packet->at);
    if (!end) {
        packet->bad = true;
        return NULL;
    }
    packet->at += (size_t)(end - text) + 1;
    return text;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address.c: where somebody is. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "web.h"

void address_set(struct address *address, const struct sockaddr *socket, socklen_t size)
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)socket;
    *address = (struct address){.size = size};
    if (socket->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        struct sockaddr_in *four = (struct sockaddr_in *)&address->socket;
        *four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = six->sin6_port};
        memcpy(&four->sin_addr, six->sin6_addr.s6_addr + 12, 4);
        address->size = sizeof *four;
    } else if (size <= sizeof address->socket) {
        memcpy(&address->socket, socket, size);
    }
}

/* The bytes of it; *count: 4, 16, or 0. */
static const unsigned char *bytes_of(const struct sockaddr *socket, size_t *count)
{
    *count = socket->sa_family == AF_INET ? 4 : socket->sa_family == AF_INET6 ? 16 : 0;
    return socket->sa_family == AF_INET
               ? (const unsigned char *)&((const struct sockaddr_in *)socket)->sin_addr
               : (const unsigned char *)&((const struct sockaddr_in6 *)socket)->sin6_addr;
}

neighbor_key address_key(const struct address *address)
{
    size_t count;
    neighbor_key key = 0;
    const unsigned char *bytes = bytes_of((const struct sockaddr *)&address->socket, &count);
    for (size_t i = 0; i < count && i < 8; i++)
        key = key << 8 | bytes[i];
    return count == 16 ? key | UINT64_C(1) << 63 : key + 1;
}

bool address_is_same(const struct address *one, const struct address *other)
{
    size_t count, other_count;
    const unsigned char *bytes = bytes_of((const struct sockaddr *)&one->socket, &count);
    const unsigned char *others = bytes_of((const struct sockaddr *)&other->socket, &other_count);
    return count == other_count && memcmp(bytes, others, count) == 0;
}

bool address_is_loopback(const struct address *address)
{
    size_t count;
    const unsigned char *bytes = bytes_of((const struct sockaddr *)&address->socket, &count);
    return (count == 4 && bytes[0] == 127) ||
           (count == 16 && IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)bytes));
}

static bool is_private(const unsigned char *bytes, size_t count)
{
    if (count == 4)
        return bytes[0] == 10 || bytes[0] == 127 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
               (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254);
    return (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
}

static bool same_net(const unsigned char *one, const unsigned char *other,
                     const unsigned char *mask, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if ((one[i] ^ other[i]) & mask[i])
            return false;
        any |= mask[i] != 0;
    }
    return any;
}

bool address_is_neighbor(const struct address *address)
{
    size_t count, other_count, mask_count;
    const unsigned char *bytes = bytes_of((const struct sockaddr *)&address->socket, &count);
    struct ifaddrs *all = NULL;
    if (count == 0 || address_is_loopback(address) || is_private(bytes, count))
        return count != 0;
    if (getifaddrs(&all) != 0)
        return false;
    bool found = false;
    for (const struct ifaddrs *at = all; at && !found; at = at->ifa_next) {
        if (!at->ifa_addr || !at->ifa_netmask)
            continue;
        const unsigned char *other = bytes_of(at->ifa_addr, &other_count);
        const unsigned char *mask = bytes_of(at->ifa_netmask, &mask_count);
        found = other_count == count && mask_count == count && same_net(bytes, other, mask, count);
    }
    freeifaddrs(all);
    return found;
}

void address_text(const struct address *address, char *text, size_t room)
{
    if (getnameinfo((const struct sockaddr *)&address->socket, address->size, text, (socklen_t)room,
                    NULL, 0, NI_NUMERICHOST) != 0)
        snprintf(text, room, "somewhere");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.h: a connection to a server, with a deadline on every wait. */
#ifndef SPEECH_WYOMING_LINK_H
#define SPEECH_WYOMING_LINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#define LINK_ADDRESSES_MOST 8

union link_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

struct link_target {
    union link_address addresses[LINK_ADDRESSES_MOST];
    socklen_t lengths[LINK_ADDRESSES_MOST];
    size_t count;
};

/* Monotonic clock in milliseconds; deadlines are points on it. */
int64_t link_now_ms(void);

/* Where `server` is: "tcp://HOST:PORT", "tcp://[IPV6]:PORT" or "unix:///PATH". Names are looked up
 * here, which may block; never later. Addresses that are not of this computer are left out unless
 * `remote`. False with a reason that says what to do. */
bool link_find(struct link_target *target, const char *server, bool remote, char *reason,
               size_t size);

/* A connected socket; −1 with errno (ETIMEDOUT when late). */
int link_open(const struct link_target *target, int64_t due_ms);
/* False with errno. */
bool link_send(int fd, const void *bytes, size_t size, int64_t due_ms);
/* > 0 bytes; 0: the server closed; −1 with errno. */
ssize_t link_receive(int fd, void *bytes, size_t size, int64_t due_ms);

#endif

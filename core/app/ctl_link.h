/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl_link.h: a connection to the player that runs, by the protocol of limber-control(7). */
#ifndef APP_CTL_LINK_H
#define APP_CTL_LINK_H

#include <stdbool.h>

#include "base/str.h"

struct ctl_link {
    int fd; /* −1: none */
    char path[108];
    struct str in; /* what has come, from `taken` on */
    size_t taken;
};

#define CTL_WAIT_MS 10000 /* an answer takes no longer */

/* Connects to the socket at `path`; NULL: $LIMBER_SOCKET, else the person's own player, else the
 * service. False after saying what is wrong and what to do. */
bool ctl_open(struct ctl_link *link, const char *path);
void ctl_close(struct ctl_link *link);
/* Sends all of it. A player that has gone is found out by ctl_line(). */
void ctl_send(struct ctl_link *link, const char *bytes, size_t size);
/* The next line, without its end; valid until the next call. NULL: none came within `wait_ms` (−1:
 * for ever), or the player has gone; which of it is said, unless the player may go (−1). */
const char *ctl_line(struct ctl_link *link, int wait_ms);

#endif

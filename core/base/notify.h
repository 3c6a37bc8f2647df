/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.h: tells the service manager that started the program how it is (systemd's sd_notify(3)),
 * by datagrams to $NOTIFY_SOCKET. Without a manager everything here does nothing. [main] */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct notify;

/* Takes $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID out of the environment, so that programs
 * started from here do not speak in our name. Never NULL. */
struct notify *notify_new(void);
void notify_destroy(struct notify *notify);
/* Whether anybody listens. */
bool notify_heard(const struct notify *notify);

/* For a manager that is slow, notify_status() and notify_alive() do not wait; the others do, at
 * most NOTIFY_PATIENCE_MS. */
#define NOTIFY_PATIENCE_MS 200

/* It works now; also after notify_reloading(). */
void notify_ready(struct notify *notify);
/* One line for people: "playing Desk break". The same again is not sent. */
void notify_status(struct notify *notify, const char *status);
/* Its files are being read anew; notify_ready() follows. */
void notify_reloading(struct notify *notify);
/* It ends. */
void notify_stopping(struct notify *notify);

/* How often at least the manager wants to hear notify_alive(), in ms; 0: it does not. */
int64_t notify_watchdog_ms(const struct notify *notify);
void notify_alive(struct notify *notify);

#endif

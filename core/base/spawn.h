/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spawn.h: child processes. No shell, no inherited descriptors but those named. */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/status.h"

/* Starts argv[0] (a path, or a name looked up in $PATH) with `socket_fd` as its descriptor 3 (−1:
 * none), stdin from /dev/null, stdout and stderr inherited. Errors: NOT_FOUND, FAILED. [main] */
enum limber_status spawn_program(const char *const argv[], int socket_fd, pid_t *pid);
/* Ends a child: SIGTERM, up to `grace_ms`, SIGKILL; reaps it. */
void spawn_end(pid_t pid, int grace_ms);
/* Sends `size` bytes and (fd ≥ 0) a descriptor over a SOCK_SEQPACKET socket; false when the peer is
 * gone or the packet does not fit. */
bool spawn_send(int socket_fd, const void *data, size_t size, int fd);
/* Receives one packet: its size, 0 when the peer closed, −1 on error or nothing there (EAGAIN). *fd
 * is −1 when none came. */
ssize_t spawn_receive(int socket_fd, void *data, size_t size, int *fd);

#endif

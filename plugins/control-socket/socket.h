/* SPDX-License-Identifier: GPL-3.0-or-later */
/* socket.h: what the files of control-socket share. All [main]; nothing here blocks. */
#ifndef CONTROL_SOCKET_H
#define CONTROL_SOCKET_H

#include <sys/types.h>

#include "limber/ask.h"
#include "limber/control.h"
#include "wire.h"

#define SOCKET_QUEUE_MOST  (64u << 10) /* bytes of answers not sent yet: no more questions then */
#define SOCKET_ANSWER_MOST (1u << 20)  /* bytes of one answer */
#define SOCKET_LINES       4           /* requests of one client that are served in a round */
#define SOCKET_STALL_MS    10000       /* who takes nothing for so long is dropped */
#define SOCKET_ROUND_US    5000 /* time for all requests of a round; then others have their turn */

/* --- gate.c: the socket in the file system --- */

struct gate {
    int fd;         /* −1: closed */
    int lock_fd;    /* held as long as it is ours; −1: handed over by the service manager */
    char path[108]; /* as sockaddr_un has it; "": handed over */
    dev_t device;   /* of what we made there */
    ino_t inode;
};

/* The place by default, or false: this person has none. */
bool gate_default_path(char *path, size_t size);
/* Opens it at `path`, for the person alone or (`group` not NULL) for a group as well; or takes what
 * systemd handed over. Errors with a sentence in `problem`: BUSY (another player answers there),
 * INVALID, FAILED. */
enum limber_status gate_open(struct gate *gate, const char *path, const char *group, char *problem,
                             size_t problem_size);
/* Closes it and removes what was made. */
void gate_close(struct gate *gate);

/* --- plugin.c --- */

/* One that grows. */
struct text {
    char *bytes;
    size_t size, capacity;
    bool failed; /* too long, or no memory: what it holds is not all */
};

struct peer;

struct sockets {
    const struct limber_host *host;
    const struct limber_host_loop *loop;
    const struct limber_host_command *command;
    const struct limber_host_ask *ask; /* NULL: the host answers no questions */
    const char *path, *group;
    unsigned most; /* clients */

    struct gate gate;
    uint32_t gate_watch, gate_timer; /* one of them, while it is open */
    bool full_told;

    /* peer.c */
    struct peer *peers; /* a list */
    unsigned peer_count, last_number;
    int depth;                        /* of call-backs: peers are freed when it is 0 */
    uint32_t more_timer, stall_timer; /* requests wait in a buffer; somebody does not read */
    int64_t spent_us;                 /* on requests in this round */
    int64_t turn_us;                  /* of who was served last; see struct peer */

    /* status.c */
    struct text newest; /* the status as it is now, a whole line; empty: it could not be had */
    struct text told;   /* the one that all subscribers know */
    int64_t told_ms;    /* since when */
};

void socket_log(struct sockets *sockets, enum limber_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- peer.c: who is connected --- */

/* Takes over the descriptor. */
void peer_new(struct sockets *sockets, int fd);
void peer_close_all(struct sockets *sockets);
bool peer_any_subscribed(const struct sockets *sockets);
/* There is a newer status: tells all subscribers, or (not `news`) those who want to know that time
 * passes. */
void peer_tell_all(struct sockets *sockets, bool news);

/* --- status.c --- */

/* Asks the host and tells subscribers what has changed. */
void status_refresh(struct sockets *sockets);
/* Asks the host for `newest`. False: there is none. */
bool status_fetch(struct sockets *sockets);
void status_forget(struct sockets *sockets);

/* --- answer.c --- */

bool text_add(struct text *text, const char *bytes, size_t size);
void text_free(struct text *text);
/* Asks the host. The document is in *answer behind what it held already, in one line. */
enum limber_status socket_ask(struct sockets *sockets, const char *question, const char *body,
                              size_t body_size, struct text *answer);

#endif

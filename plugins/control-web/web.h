/* SPDX-License-Identifier: GPL-3.0-or-later */
/* web.h: what the files of control-web share. All [main]. */
#ifndef CONTROL_WEB_H
#define CONTROL_WEB_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "limber/ask.h"
#include "limber/control.h"
#include "pair.h"
#include "sessions.h"
#include "text.h"

#define NEVER_MS       INT64_MAX
#define LISTENERS_MOST 8
#define HOSTS_MOST     32

#define BODY_MOST    ((size_t)256 * 1024)      /* of a request */
#define SWALLOW_MOST ((size_t)4 * 1024 * 1024) /* read to its end, to be refused politely */
#define ANSWER_MOST  ((size_t)8 * 1024 * 1024)

/* How long things may take, altogether, in times of the option `timeout`. */
#define HEADERS_TIMES 1 /* from the connection to the end of the first headers */
#define BODY_TIMES    3
#define SENDING_TIMES 6
#define IDLE_TIMES    3 /* from one answer to the end of the next headers */
#define EVENT_TIMES   2 /* for one event to be taken */
#define PING_TIMES    1

struct address {
    struct sockaddr_storage socket;
    socklen_t size;
};

/* One connection. */
struct peer {
    struct peer *next;
    struct web *web;
    struct MHD_Connection *connection;
    int fd;
    int64_t deadline_ms; /* NEVER_MS: none */
    struct address address;
};

struct listener {
    int fd;
    uint32_t watch;
    bool local_only; /* "lan": others than neighbours are turned away */
    struct web *web;
};

struct web {
    const struct limber_host *host;
    const struct limber_host_loop *loop;
    const struct limber_host_command *command;
    const struct limber_host_ask *ask; /* NULL: an older host */

    /* options */
    unsigned port;
    const char *bind;
    enum { PAIRING_AUTO, PAIRING_YES, PAIRING_NO } pairing_mode;
    const char *page_folder; /* NULL: the page that is built in */
    unsigned most_connections, most_per_address;
    int64_t timeout_ms;
    char hosts[HOSTS_MOST][HOST_ROOM]; /* names that are ours */
    unsigned host_count;
    char token[256]; /* "": none */

    struct pairing pairing;
    struct sessions sessions;

    /* serve.c */
    struct MHD_Daemon *daemon;
    uint32_t daemon_watch, wake_timer;
    int64_t wake_ms, accept_again_ms;
    bool running; /* inside MHD_run() */
    struct listener listeners[LISTENERS_MOST];
    unsigned listener_count;
    struct peer *peers;
    unsigned peer_count;

    /* events.c */
    struct stream *streams;
    unsigned stream_count;
    struct event *latest; /* the last status that was told; may be NULL */
    uint64_t event_number;
    int64_t ping_ms; /* when the next ping is due */
};

void web_log(struct web *web, enum limber_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int64_t web_now_ms(void); /* monotonic */
int64_t web_time_s(void); /* of the day, Unix */

/* --- address.c --- */

void address_set(struct address *address, const struct sockaddr *socket, socklen_t size);
neighbor_key address_key(const struct address *address);
bool address_is_same(const struct address *one, const struct address *other);
bool address_is_loopback(const struct address *address);
/* Of a private network, or on one that this machine is on. */
bool address_is_neighbor(const struct address *address);
/* Without its port. */
void address_text(const struct address *address, char *text, size_t room);

/* --- listen.c --- */

/* Opens what `bind` names. Errors are said. */
enum limber_status listen_open(struct web *web);
void listen_close(struct web *web);
/* Stops and begins accepting: there may be no descriptors left. */
void listen_watch(struct web *web, bool on);

/* --- serve.c --- */

enum limber_status serve_start(struct web *web);
void serve_stop(struct web *web);
/* Lets everything go on that can. Does nothing inside itself. */
void serve_run(struct web *web);
struct peer *serve_peer(struct MHD_Connection *connection);

/* --- request.c: one request, from its headers to its answer --- */

struct request {
    struct web *web;
    struct peer *peer;
    struct MHD_Connection *connection;
    const struct route *route; /* NULL: a file of the page, or nothing */
    const char *method, *path;
    bool by_phone; /* a paired one asks: */
    unsigned char hash[SESSION_BYTES];
    unsigned refusal; /* HTTP status; 0: none */
    char why[200];    /* of the refusal */
    int64_t wait_s;   /* Retry-After; 0: none */
    struct text body;
    bool too_large;
    size_t swallowed;
};

enum { GETS = 1, POSTS = 2 };

struct route {
    const char *path;
    unsigned methods;
    bool open; /* to phones that are not paired yet */
    enum MHD_Result (*answer)(struct request *request);
};

enum MHD_Result request_handle(void *user, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **context);
void request_completed(void *user, struct MHD_Connection *connection, void **context,
                       enum MHD_RequestTerminationCode code);
bool request_is_post(const struct request *request);
const char *request_header(const struct request *request, const char *name); /* or NULL */

/* --- guard.c: who may what --- */

/* Fills in who asks, or `refusal` and `why`. */
void guard_check(struct request *request);
/* The same once its body is there: whoever was sent away meanwhile is refused. */
void guard_check_again(struct request *request);
void guard_refuse(struct request *request, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What is wrong with the settings, or NULL. */
const char *guard_options(struct web *web, const char *hosts, const char *token,
                          const char *token_file);

/* --- answer.c --- */

/* Sends `size` bytes, which are freed by it (malloc'ed). */
enum MHD_Result answer_data(struct request *request, unsigned status, char *data, size_t size);
enum MHD_Result answer_text(struct request *request, unsigned status, struct text *text);
/* {"error":"…"}; with refusals' headers. */
enum MHD_Result answer_error(struct request *request, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Headers that every answer has. */
void answer_headers(struct MHD_Response *response, bool keep);
enum MHD_Result answer_send(struct request *request, unsigned status,
                            struct MHD_Response *response);

/* --- api.c --- */

const struct route *api_find(const char *path); /* or NULL */

/* --- pairing.c: its part of the interface --- */

enum MHD_Result pairing_begin(struct request *request);
enum MHD_Result pairing_try(struct request *request);
enum MHD_Result pairing_list(struct request *request);
enum MHD_Result pairing_end(struct request *request);

/* --- events.c: those who are told --- */

enum MHD_Result events_open(struct request *request);
/* Something has changed: asks what, and tells all. */
void events_publish(struct web *web);
void events_ping(struct web *web);
/* Ends those of phones that are not paired any more. */
void events_sift(struct web *web);
/* All of them end. */
void events_close(struct web *web);
void events_free(struct web *web);

/* --- page.c: the files of the page --- */

struct page_file {
    const char *name, *type, *tag; /* "app.js", "text/javascript; charset=utf-8", "\"12ab\"" */
    const unsigned char *data;
    size_t size;
};
extern const struct page_file page_files[]; /* made by embed.cmake; ends with a NULL name */

/* A file, or 404. */
enum MHD_Result page_answer(struct request *request);

#endif

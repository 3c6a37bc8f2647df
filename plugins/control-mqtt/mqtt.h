/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mqtt.h: what the files of control-mqtt share. All [main] but where it says otherwise; nothing
 * here blocks. */
#ifndef CONTROL_MQTT_H
#define CONTROL_MQTT_H

#include <jansson.h>
#include <mosquitto.h>

#include "limber/ask.h"
#include "limber/control.h"

#define MQTT_ID_MOST     40  /* bytes of a box's id */
#define MQTT_TOPIC_MOST  100 /* bytes of the first part of its topics */
#define MQTT_TEXT_MOST   250 /* bytes of a text in the state; Home Assistant takes 255 characters */
#define MQTT_PACKET_MOST 8192 /* bytes that a broker may send at once (MQTT 5) */

enum mqtt_discovery { MQTT_OFF, MQTT_DEVICE, MQTT_SINGLE, MQTT_REMOVE };

/* As the person set it; strings are the host's. */
struct mqtt_settings {
    const char *host, *user, *password, *password_file;
    int port;
    bool tls;
    const char *ca, *cert, *key; /* files; NULL: none */
    const char *name, *topic, *prefix;
    enum mqtt_discovery discovery;
    int protocol; /* MQTT_PROTOCOL_…; 0: the newest that the broker knows */
    char id[MQTT_ID_MOST + 1];
    char base[MQTT_TOPIC_MOST + MQTT_ID_MOST + 2]; /* "limber/box-1" */
};

/* --- choices.c: what can be chosen from a list --- */

struct choice {
    char *name;  /* as the command language has it */
    char *label; /* as people see it; different for each */
};

struct choices {
    struct choice *items;
    size_t count;
    bool there; /* the host knows such a list, even if it is empty */
};

/* --- client.c: one try to connect, and what comes of it --- */

struct mqtt;

/* A client of the library, and the thread that connects it. While the thread runs all of it is the
 * thread's. */
struct client;

/* Looks the name up and connects, in a thread of its own; when that is over `done_fd` of the client
 * is readable. `protocol`: MQTT_PROTOCOL_…. NULL: that cannot be, with a sentence in `problem`. */
struct client *client_new(struct mqtt *mqtt, int protocol, char *problem, size_t size);
int client_done_fd(const struct client *client);
/* After done_fd was readable: whether there is a connection; otherwise a sentence in `problem`. */
bool client_connected(struct client *client, char *problem, size_t size);
struct mosquitto *client_handle(struct client *client);
/* What the library said last about what went wrong, or "". */
const char *client_said(const struct client *client);
/* Closes the connection. A thread that still tries is left to itself: it ends when the system lets
 * it. */
void client_destroy(struct client *client);

/* --- link.c: the connection that is kept --- */

struct link {
    struct client *client; /* NULL: the next try waits */
    bool greeted;          /* the broker has said yes */
    bool broken;           /* it is to be dropped as soon as the library is through */
    int refused;           /* why it said no, or ended it; 0: it did not */
    int depth;             /* of the library's call-backs */
    uint32_t watch, misc_timer, retry_timer, patience_timer;
    int watched_fd;
    short watched_events;
    int64_t wait_ms;     /* before the next try, at most */
    int64_t greeted_ms;  /* when */
    bool old;            /* the broker knows no MQTT 5 */
    unsigned short_ones; /* connections in a row that did not last */
    char told[240];      /* the trouble that was told last; "": none since the last greeting */
};

void link_start(struct mqtt *mqtt);
/* Says good-bye and closes. */
void link_stop(struct mqtt *mqtt);
/* Publishes. Returns false when there is no connection, or the broker does not take it. */
bool link_publish(struct mqtt *mqtt, const char *topic, const char *payload, bool retain);
bool link_subscribe(struct mqtt *mqtt, const char *topic);
/* The broker has said yes. */
void link_greeted(struct mqtt *mqtt);
/* Whether what was published before is on its way. */
bool link_is_free(const struct mqtt *mqtt);

/* --- plugin.c --- */

struct mqtt {
    const struct limber_host *host;
    const struct limber_host_loop *loop;
    const struct limber_host_command *command;
    const struct limber_host_ask *ask;
    struct mqtt_settings settings;
    struct link link;
    bool abandoned; /* a thread may still run in the library */

    struct choices routines, voices;
    int64_t looked_ms; /* when they were asked for */
    bool cleared;      /* messages of another kind of discovery are gone */
    bool removed;      /* the person wants none until the next start */

    /* state.c */
    json_t *state;        /* as the broker knows it; NULL: it does not */
    int64_t state_ms;     /* since when */
    uint32_t state_timer; /* there may be news, and it is not time yet */
    bool state_wanted;    /* there may be news, and the connection is busy */

    /* orders.c */
    int64_t minute_ms, second_ms; /* since when is counted */
    unsigned grumbles, swallowed; /* lines of log in this minute, and those left out */
    unsigned orders;              /* in this second */
};

void mqtt_log(struct mqtt *mqtt, enum limber_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int64_t mqtt_now_ms(void);
/* "limber/box-1/STATE". */
void mqtt_topic(const struct mqtt *mqtt, char *topic, size_t size, const char *last);
/* There is a connection: subscribes, and tells everything. */
void mqtt_tell_all(struct mqtt *mqtt);
/* All but what is subscribed to. */
void mqtt_tell_home(struct mqtt *mqtt);
/* Looks whether there are other routines or voices, and tells Home Assistant. */
void mqtt_look_again(struct mqtt *mqtt);

/* --- settings.c --- */

/* Reads the options. Returns false with a sentence in `problem`. */
bool settings_read(const struct limber_host *host, struct mqtt_settings *settings, char *problem,
                   size_t size);
/* The password as it is now, in `password`; *found false: none is set. Returns false with a
 * sentence in `problem`. */
bool settings_password(const struct mqtt_settings *settings, char *password, size_t password_size,
                       bool *found, char *problem, size_t size);

/* --- choices.c --- */

/* Asks the host for routines and voices. Returns whether they are different from before. */
bool choices_refresh(struct mqtt *mqtt);
void choices_free(struct choices *choices);
/* By label, or by name; NULL: there is none. */
const struct choice *choices_find(const struct choices *choices, const char *text);
const struct choice *choices_named(const struct choices *choices, const char *name);

/* --- discovery.c --- */

/* Tells Home Assistant about the box, as it is set. */
void discovery_send(struct mqtt *mqtt);
/* Takes it back. */
void discovery_remove(struct mqtt *mqtt);
/* The document of the whole device; tests look at it. */
json_t *discovery_device(const struct mqtt *mqtt);

/* --- state.c --- */

/* There may be news: publishes what has changed, now or as soon as may be. */
void state_refresh(struct mqtt *mqtt);
/* The broker has forgotten it. */
void state_forget(struct mqtt *mqtt);

/* --- orders.c --- */

/* A message of the broker. */
void orders_take(struct mqtt *mqtt, const struct mosquitto_message *message);

#endif

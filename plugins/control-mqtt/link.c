/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.c: the connection to the broker, on the host's loop: the library's socket is watched, and
 * once in a while it looks whether the broker is still there. What is lost is looked for again,
 * after 1 s at first and then ever more rarely, up to once a minute. */
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "mqtt.h"

#define RETRY_FIRST_MS 1000
#define RETRY_MOST_MS  60000
#define STEADY_MS      30000 /* a connection that lasts so long was a good one */
#define SHORT_ONES     3     /* connections in a row that were none: something is wrong */
#define PATIENCE_MS    15000 /* from connecting to the broker's yes */
#define MISC_MS        10000 /* a third of the library's keep-alive */
#define LOOK_MS        60000 /* for new routines and voices */

static void try_again(void *user);
static void lost(struct mqtt *mqtt, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void forget(struct mqtt *mqtt, uint32_t *handle)
{
    if (*handle)
        mqtt->loop->remove(mqtt->loop->context, *handle);
    *handle = 0;
}

static struct mosquitto *handle_of(const struct mqtt *mqtt)
{
    return client_handle(mqtt->link.client);
}

static int protocol_of(const struct mqtt *mqtt)
{
    return mqtt->settings.protocol ? mqtt->settings.protocol
           : mqtt->link.old        ? MQTT_PROTOCOL_V311
                                   : MQTT_PROTOCOL_V5;
}

/* --- it ends --- */

static void drop(struct mqtt *mqtt)
{
    struct link *link = &mqtt->link;
    forget(mqtt, &link->watch);
    forget(mqtt, &link->misc_timer);
    forget(mqtt, &link->patience_timer);
    client_destroy(link->client);
    link->client = NULL;
    link->greeted = link->broken = false;
    link->refused = 0;
    state_forget(mqtt);
}

/* Half of the time is left to chance, so that all the boxes of a house do not come at once. */
static void retry_later(struct mqtt *mqtt)
{
    struct link *link = &mqtt->link;
    uint32_t chance = 0;
    if (link->wait_ms < RETRY_FIRST_MS)
        link->wait_ms = RETRY_FIRST_MS;
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != (ssize_t)sizeof chance)
        chance = (uint32_t)mqtt_now_ms() * 2654435761u;
    int64_t delay_ms = link->wait_ms / 2 + (int64_t)chance % (link->wait_ms / 2 + 1);
    link->wait_ms = link->wait_ms * 2 > RETRY_MOST_MS ? RETRY_MOST_MS : link->wait_ms * 2;
    link->retry_timer = mqtt->loop->add_timer(mqtt->loop->context, delay_ms, 0, try_again, mqtt);
}

/* Trouble is told when it is another one than before. */
static void tell(struct mqtt *mqtt, const char *trouble)
{
    struct link *link = &mqtt->link;
    if (strcmp(trouble, link->told) == 0)
        return;
    snprintf(link->told, sizeof link->told, "%s", trouble);
    mqtt_log(mqtt, LIMBER_LOG_WARNING, "%s; it is tried again from time to time", link->told);
}

static void lost(struct mqtt *mqtt, const char *format, ...)
{
    struct link *link = &mqtt->link;
    char trouble[sizeof link->told];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(trouble, sizeof trouble, format, arguments);
    va_end(arguments);
    if (link->greeted && mqtt_now_ms() - link->greeted_ms >= STEADY_MS) {
        link->wait_ms = RETRY_FIRST_MS;
        link->short_ones = 0;
    }
    drop(mqtt);
    tell(mqtt, trouble);
    retry_later(mqtt);
}

/* The broker said no, by a number of MQTT 3.1.1 (1 to 5) or of MQTT 5 (from 128 on). */
static void refused(struct mqtt *mqtt)
{
    const struct mqtt_settings *settings = &mqtt->settings;
    struct link *link = &mqtt->link;
    switch (link->refused) {
    case 1:
    case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION:
        if (!link->old && settings->protocol == 0) { /* an older one: at once, and without a word */
            drop(mqtt);
            link->old = true;
            try_again(mqtt);
            return;
        }
        lost(mqtt, "the broker at %s does not speak this version of MQTT: set protocol",
             settings->host);
        return;
    case 4:
    case 5:
    case MQTT_RC_BAD_USERNAME_OR_PASSWORD:
    case MQTT_RC_NOT_AUTHORIZED:
        link->wait_ms = RETRY_MOST_MS; /* it will not be better soon */
        lost(mqtt, "the broker at %s does not know this user and password: set user and %s",
             settings->host, settings->password_file ? "what is in password-file" : "password");
        return;
    case 2:
    case MQTT_RC_CLIENTID_NOT_VALID:
        lost(mqtt, "the broker at %s does not take the id %s: set another", settings->host,
             settings->id);
        return;
    case MQTT_RC_SESSION_TAKEN_OVER:
        link->wait_ms = RETRY_MOST_MS; /* each would throw the other out, for ever */
        lost(mqtt, "another box calls itself %s as well: set another id for one of them",
             settings->id);
        return;
    default:
        lost(mqtt, "the broker at %s does not want this box: %s", settings->host,
             link->refused < 128 ? mosquitto_connack_string(link->refused)
                                 : mosquitto_reason_string(link->refused));
    }
}

/* --- it is served --- */

static void ready(void *user, int fd, short events);

/* The connection is gone, and nobody said why. Two boxes of the same name throw each other out. */
static void cut(struct mqtt *mqtt, int result)
{
    struct link *link = &mqtt->link;
    const struct mqtt_settings *settings = &mqtt->settings;
    const char *said = result == MOSQ_ERR_TLS ? client_said(link->client) : "";
    if (link->greeted && mqtt_now_ms() - link->greeted_ms < STEADY_MS)
        link->short_ones++;
    if (link->greeted && link->short_ones >= SHORT_ONES)
        lost(mqtt,
             "the connection to the broker at %s:%d is lost again and again: if another box calls "
             "itself %s as well, set another id for one of them",
             settings->host, settings->port, settings->id);
    else
        lost(mqtt, "the connection to the broker at %s:%d %s%s%s", settings->host, settings->port,
             link->greeted ? "was lost" : "ended before it began", *said ? ": " : "", said);
}

/* After everything that was done with the library: watches for what it waits for now, or lets go of
 * it. */
static void settle(struct mqtt *mqtt, int result)
{
    const struct limber_host_loop *loop = mqtt->loop;
    struct link *link = &mqtt->link;
    if (!link->client || link->depth > 0)
        return;
    if (link->refused) {
        refused(mqtt);
        return;
    }
    int fd = mosquitto_socket(handle_of(mqtt));
    if (link->broken || result != MOSQ_ERR_SUCCESS || fd < 0) {
        cut(mqtt, result);
        return;
    }
    short events = (short)(POLLIN | (mosquitto_want_write(handle_of(mqtt)) ? POLLOUT : 0));
    if (!link->watch || fd != link->watched_fd || events != link->watched_events) {
        forget(mqtt, &link->watch);
        link->watch = loop->watch_fd(loop->context, fd, events, ready, mqtt);
        link->watched_fd = fd;
        link->watched_events = events;
    }
}

static void ready(void *user, int fd, short events)
{
    struct mqtt *mqtt = user;
    struct link *link = &mqtt->link;
    int result = MOSQ_ERR_SUCCESS;
    link->depth++;
    if (events & (POLLIN | POLLERR | POLLHUP | POLLNVAL))
        result = mosquitto_loop_read(handle_of(mqtt), 1);
    if (result == MOSQ_ERR_SUCCESS && !link->broken && mosquitto_want_write(handle_of(mqtt)))
        result = mosquitto_loop_write(handle_of(mqtt), 1);
    link->depth--;
    settle(mqtt, result);
    if (link->greeted && mqtt->state_wanted && link_is_free(mqtt))
        state_refresh(mqtt);
}

static void misc(void *user)
{
    struct mqtt *mqtt = user;
    struct link *link = &mqtt->link;
    link->depth++;
    int result = mosquitto_loop_misc(handle_of(mqtt));
    link->depth--;
    settle(mqtt, result);
    if (link->greeted && mqtt_now_ms() - mqtt->looked_ms >= LOOK_MS)
        mqtt_look_again(mqtt);
}

/* --- it begins --- */

static void too_slow(void *user)
{
    struct mqtt *mqtt = user;
    mqtt->link.patience_timer = 0;
    lost(mqtt, "the broker at %s:%d takes the connection and says nothing", mqtt->settings.host,
         mqtt->settings.port);
}

/* The thread is through. */
static void connected(void *user, int fd, short events)
{
    struct mqtt *mqtt = user;
    struct link *link = &mqtt->link;
    char problem[160];
    forget(mqtt, &link->watch);
    if (!client_connected(link->client, problem, sizeof problem)) {
        lost(mqtt, "the broker at %s:%d cannot be reached: %s", mqtt->settings.host,
             mqtt->settings.port, problem);
        return;
    }
    link->patience_timer =
        mqtt->loop->add_timer(mqtt->loop->context, PATIENCE_MS, 0, too_slow, mqtt);
    settle(mqtt, MOSQ_ERR_SUCCESS);
}

static void try_again(void *user)
{
    struct mqtt *mqtt = user;
    struct link *link = &mqtt->link;
    const struct limber_host_loop *loop = mqtt->loop;
    char problem[240];
    link->retry_timer = 0;
    link->client = client_new(mqtt, protocol_of(mqtt), problem, sizeof problem);
    if (!link->client) {
        lost(mqtt, "%s", problem);
        return;
    }
    link->watch =
        loop->watch_fd(loop->context, client_done_fd(link->client), POLLIN, connected, mqtt);
    if (!link->watch)
        lost(mqtt, "there is no room for a connection");
}

void link_start(struct mqtt *mqtt)
{
    try_again(mqtt);
}

/* --- what others want of it --- */

void link_greeted(struct mqtt *mqtt)
{
    struct link *link = &mqtt->link;
    link->greeted = true;
    link->greeted_ms = mqtt_now_ms();
    forget(mqtt, &link->patience_timer);
    forget(mqtt, &link->misc_timer);
    link->misc_timer = mqtt->loop->add_timer(mqtt->loop->context, MISC_MS, MISC_MS, misc, mqtt);
    mqtt_log(mqtt, LIMBER_LOG_INFO, "%s at %s:%d as %s",
             link->told[0] ? "the broker is back" : "connected to the broker", mqtt->settings.host,
             mqtt->settings.port, mqtt->settings.id);
    link->told[0] = '\0';
    mqtt_tell_all(mqtt);
}

bool link_publish(struct mqtt *mqtt, const char *topic, const char *payload, bool retain)
{
    struct link *link = &mqtt->link;
    if (!link->client || !link->greeted || link->broken)
        return false;
    link->depth++;
    int result =
        mosquitto_publish(handle_of(mqtt), NULL, topic, (int)strlen(payload), payload, 0, retain);
    link->depth--;
    if (result == MOSQ_ERR_OVERSIZE_PACKET) {
        mqtt_log(mqtt, LIMBER_LOG_WARNING, "the broker takes no message as long as that on %s%s",
                 topic, mqtt->settings.discovery == MQTT_DEVICE ? ": set discovery to single" : "");
        return false;
    }
    link->broken = link->broken || result != MOSQ_ERR_SUCCESS;
    settle(mqtt, result);
    return result == MOSQ_ERR_SUCCESS;
}

bool link_subscribe(struct mqtt *mqtt, const char *topic)
{
    struct link *link = &mqtt->link;
    link->depth++;
    int result = mosquitto_subscribe_v5(
        handle_of(mqtt), NULL, topic, 1,
        protocol_of(mqtt) == MQTT_PROTOCOL_V5 ? MQTT_SUB_OPT_SEND_RETAIN_NEVER : 0, NULL);
    link->depth--;
    link->broken = link->broken || result != MOSQ_ERR_SUCCESS;
    return result == MOSQ_ERR_SUCCESS;
}

bool link_is_free(const struct mqtt *mqtt)
{
    return mqtt->link.client && !mosquitto_want_write(handle_of(mqtt));
}

void link_stop(struct mqtt *mqtt)
{
    struct link *link = &mqtt->link;
    char topic[200];
    forget(mqtt, &link->retry_timer);
    if (link->client && link->greeted && !link->broken) {
        mqtt_topic(mqtt, topic, sizeof topic, "status");
        link->depth++;
        mosquitto_publish(handle_of(mqtt), NULL, topic, 7, "offline", 0, true);
        mosquitto_disconnect(handle_of(mqtt));
        link->depth--;
    }
    drop(mqtt);
}

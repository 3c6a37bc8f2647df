/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client.c: one try to connect. Looking a name up and connecting may take minutes, and the library
 * waits for both: so that is done by a thread that does nothing else, and the client belongs to it
 * until it ends. Everything after that (the TLS handshake, the broker's yes) never waits. */
#include <errno.h>
#include <fcntl.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mqtt.h"

#define KEEP_ALIVE_S  30
#define CERTIFICATES  "/etc/ssl/certs" /* those that this system trusts */
#define PASSWORD_MOST 1024

struct client {
    atomic_int owners; /* this plugin, and the thread: the last one frees it */
    struct mqtt *mqtt; /* [main] */
    struct mosquitto *handle;
    char *host;
    int port;
    mosquitto_property *properties;
    pthread_t thread;
    bool running;    /* [main] the thread is not joined yet */
    int fds[2];      /* of a pipe: the thread closes its end when it is through */
    int result, why; /* of the library, and its errno */
    char said[160];
};

static void let_go(struct client *client)
{
    if (atomic_fetch_sub(&client->owners, 1) != 1)
        return;
    mosquitto_destroy(client->handle);
    mosquitto_property_free_all(&client->properties);
    free(client->host);
    free(client);
}

/* --- the thread --- */

static void *connect_it(void *context)
{
    struct client *client = context;
    client->result = mosquitto_connect_bind_v5(client->handle, client->host, client->port,
                                               KEEP_ALIVE_S, NULL, client->properties);
    client->why = errno;
    close(client->fds[1]);
    let_go(client);
    return NULL;
}

/* Signals are the main thread's. */
static bool start_thread(struct client *client)
{
    sigset_t all, before;
    if (pipe2(client->fds, O_CLOEXEC) != 0)
        return false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    atomic_store(&client->owners, 2);
    client->running = pthread_create(&client->thread, NULL, connect_it, client) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (client->running)
        return true;
    atomic_store(&client->owners, 1);
    close(client->fds[0]);
    close(client->fds[1]);
    return false;
}

/* --- what the library calls --- */

/* [the thread that has the client] */
static void heard_log(struct mosquitto *handle, void *user, int level, const char *text)
{
    struct client *client = user;
    if (level == MOSQ_LOG_ERR || level == MOSQ_LOG_WARNING)
        snprintf(client->said, sizeof client->said, "%s", text);
}

static void heard_greeting(struct mosquitto *handle, void *user, int reason, int flags,
                           const mosquitto_property *properties)
{
    struct mqtt *mqtt = ((struct client *)user)->mqtt;
    if (reason == 0)
        link_greeted(mqtt);
    else
        mqtt->link.refused = reason;
    mqtt->link.broken = mqtt->link.broken || reason != 0;
}

static void heard_good_bye(struct mosquitto *handle, void *user, int reason,
                           const mosquitto_property *properties)
{
    struct mqtt *mqtt = ((struct client *)user)->mqtt;
    if (reason >= MQTT_RC_UNSPECIFIED && !mqtt->link.refused)
        mqtt->link.refused = reason;
    mqtt->link.broken = true;
}

static void heard_message(struct mosquitto *handle, void *user,
                          const struct mosquitto_message *message)
{
    struct mqtt *mqtt = ((struct client *)user)->mqtt;
    if (!mqtt->link.broken)
        orders_take(mqtt, message);
}

/* A key with a pass phrase: there is nobody to ask. */
static int no_phrase(char *text, int size, int writing, void *user)
{
    return 0;
}

/* --- making one --- */

static bool set_tls(struct client *client, const struct mqtt_settings *settings, char *problem,
                    size_t size)
{
    const char *files[] = {settings->ca, settings->cert, settings->key};
    for (int i = 0; i < 3; i++) {
        if (files[i] && access(files[i], R_OK) != 0) {
            snprintf(problem, size, "%.150s cannot be read: %s", files[i], strerror(errno));
            return false;
        }
    }
    int result = mosquitto_tls_set(client->handle, settings->ca, settings->ca ? NULL : CERTIFICATES,
                                   settings->cert, settings->key, no_phrase);
    if (result != MOSQ_ERR_SUCCESS)
        snprintf(problem, size, "TLS cannot be used: %s", mosquitto_strerror(result));
    return result == MOSQ_ERR_SUCCESS;
}

static bool set_person(struct client *client, const struct mqtt_settings *settings, char *problem,
                       size_t size)
{
    char password[PASSWORD_MOST];
    bool found = false;
    if (!settings->user)
        return true;
    if (!settings_password(settings, password, sizeof password, &found, problem, size))
        return false;
    int result = mosquitto_username_pw_set(client->handle, settings->user, found ? password : NULL);
    explicit_bzero(password, sizeof password);
    if (result != MOSQ_ERR_SUCCESS)
        snprintf(problem, size, "user and password must be UTF-8");
    return result == MOSQ_ERR_SUCCESS;
}

/* What the broker says for us when we are gone, and how much it may send us. */
static bool set_rest(struct client *client, int protocol)
{
    char topic[200];
    mqtt_topic(client->mqtt, topic, sizeof topic, "status");
    mosquitto_int_option(client->handle, MOSQ_OPT_PROTOCOL_VERSION, protocol);
    mosquitto_log_callback_set(client->handle, heard_log);
    mosquitto_connect_v5_callback_set(client->handle, heard_greeting);
    mosquitto_disconnect_v5_callback_set(client->handle, heard_good_bye);
    mosquitto_message_callback_set(client->handle, heard_message);
    if (protocol == MQTT_PROTOCOL_V5 &&
        mosquitto_property_add_int32(&client->properties, MQTT_PROP_MAXIMUM_PACKET_SIZE,
                                     MQTT_PACKET_MOST) != MOSQ_ERR_SUCCESS)
        return false;
    return mosquitto_will_set(client->handle, topic, 7, "offline", 1, true) == MOSQ_ERR_SUCCESS;
}

struct client *client_new(struct mqtt *mqtt, int protocol, char *problem, size_t size)
{
    const struct mqtt_settings *settings = &mqtt->settings;
    struct client *client = calloc(1, sizeof *client);
    snprintf(problem, size, "there is no room for a connection");
    if (!client)
        return NULL;
    atomic_init(&client->owners, 1);
    client->mqtt = mqtt;
    client->host = strdup(settings->host);
    client->port = settings->port;
    client->handle = mosquitto_new(settings->id, true, client);
    bool well = client->host && client->handle && set_rest(client, protocol) &&
                (!settings->tls || set_tls(client, settings, problem, size)) &&
                set_person(client, settings, problem, size) && start_thread(client);
    if (well)
        return client;
    let_go(client);
    return NULL;
}

/* --- when the thread is through --- */

int client_done_fd(const struct client *client)
{
    return client->fds[0];
}

/* It has ended, but for its last few instructions. */
static void join(struct client *client)
{
    pthread_join(client->thread, NULL);
    close(client->fds[0]);
    client->running = false;
}

bool client_connected(struct client *client, char *problem, size_t size)
{
    join(client);
    if (client->result == MOSQ_ERR_SUCCESS)
        return true;
    snprintf(problem, size, "%s",
             client->result == MOSQ_ERR_ERRNO ? strerror(client->why)
             : client->result == MOSQ_ERR_EAI ? "there is no such host, or no network"
             : client->result == MOSQ_ERR_TLS && client->said[0]
                 ? client->said
                 : mosquitto_strerror(client->result));
    return false;
}

struct mosquitto *client_handle(struct client *client)
{
    return client->handle;
}

const char *client_said(const struct client *client)
{
    return client->said;
}

void client_destroy(struct client *client)
{
    if (!client)
        return;
    if (client->running) {
        struct pollfd through = {.fd = client->fds[0], .events = POLLIN};
        if (poll(&through, 1, 0) == 1) {
            join(client);
        } else {
            client->mqtt->abandoned = true;
            pthread_detach(client->thread);
            close(client->fds[0]);
        }
    }
    let_go(client);
}

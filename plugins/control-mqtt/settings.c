/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.c: the options, and what goes without saying. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mqtt.h"

#define PORT     1883
#define PORT_TLS 8883

static const char *option(const struct limber_host *host, const char *name)
{
    const char *value = host->option(host->context, name);
    return value && *value ? value : NULL;
}

static bool is_yes(const struct limber_host *host, const char *name)
{
    const char *value = option(host, name);
    return value && strcmp(value, "yes") == 0;
}

/* --- who this box is --- */

static uint64_t hash(uint64_t sum, const char *text)
{
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return sum;
}

/* The same at every start, and another one on every machine and for every person. The machine's own
 * id is not shown to anybody. */
static void default_id(char *id, size_t size)
{
    char text[256] = "";
    FILE *file = fopen("/etc/machine-id", "re");
    if (!file || !fgets(text, sizeof text, file) || strlen(text) < 32)
        gethostname(text, sizeof text - 1);
    if (file)
        fclose(file);
    uint64_t sum = hash(UINT64_C(0xcbf29ce484222325), "limber");
    sum = hash(sum, text) + (uint64_t)getuid() * UINT64_C(0x9e3779b97f4a7c15);
    sum = (sum ^ sum >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    snprintf(id, size, "limber-%08x", (unsigned)(sum >> 32));
}

static bool is_id(const char *text)
{
    size_t length =
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    return length > 0 && length <= MQTT_ID_MOST && !text[length];
}

static bool is_topic(const char *text)
{
    size_t length = strlen(text);
    return length <= MQTT_TOPIC_MOST && mosquitto_pub_topic_check(text) == MOSQ_ERR_SUCCESS &&
           mosquitto_validate_utf8(text, (int)length) == MOSQ_ERR_SUCCESS && *text != '$' &&
           text[length - 1] != '/';
}

/* --- all of it --- */

static int protocol_of(const char *text)
{
    return !text || strcmp(text, "auto") == 0 ? 0
           : strcmp(text, "5") == 0           ? MQTT_PROTOCOL_V5
                                              : MQTT_PROTOCOL_V311;
}

static enum mqtt_discovery discovery_of(const char *text)
{
    return !text || strcmp(text, "device") == 0 ? MQTT_DEVICE
           : strcmp(text, "single") == 0        ? MQTT_SINGLE
           : strcmp(text, "remove") == 0        ? MQTT_REMOVE
                                                : MQTT_OFF;
}

bool settings_read(const struct limber_host *host, struct mqtt_settings *settings, char *problem,
                   size_t size)
{
    const char *id = option(host, "id"), *port = option(host, "port");
    *settings = (struct mqtt_settings){
        .host = option(host, "host"),
        .user = option(host, "user"),
        .password = option(host, "password"),
        .password_file = option(host, "password-file"),
        .ca = option(host, "ca"),
        .cert = option(host, "cert"),
        .key = option(host, "key"),
        .name = option(host, "name"),
        .topic = option(host, "topic"),
        .prefix = option(host, "discovery-prefix"),
        .discovery = discovery_of(option(host, "discovery")),
        .protocol = protocol_of(option(host, "protocol")),
    };
    settings->tls = is_yes(host, "tls") || settings->ca || settings->cert;
    settings->port = port ? (int)strtol(port, NULL, 10) : settings->tls ? PORT_TLS : PORT;
    default_id(settings->id, sizeof settings->id);
    const char *wrong = NULL;
    if (!settings->host || !settings->topic || !settings->prefix || !settings->name)
        wrong = "host, topic, discovery-prefix and name must not be empty";
    else if (id && !is_id(id))
        wrong = "id: write at most 40 letters, digits, - and _, such as bedroom";
    else if (!is_topic(settings->topic) || !is_topic(settings->prefix))
        wrong = "topic and discovery-prefix: write at most 100 bytes without + and #, such as "
                "limber";
    else if (!settings->cert != !settings->key)
        wrong = "cert and key belong together: set both, or none";
    else if ((settings->password || settings->password_file) && !settings->user)
        wrong = "a password needs a user: set user";
    else if (settings->password && settings->password_file)
        wrong = "set password or password-file, not both";
    if (wrong) {
        snprintf(problem, size, "%s", wrong);
        return false;
    }
    if (id)
        snprintf(settings->id, sizeof settings->id, "%s", id);
    snprintf(settings->base, sizeof settings->base, "%s/%s", settings->topic, settings->id);
    return true;
}

/* --- the password --- */

/* A bare name is one of the credentials that systemd handed to the service. */
static void password_path(const char *name, char *path, size_t size)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder && *folder && !strchr(name, '/'))
        snprintf(path, size, "%s/%s", folder, name);
    else
        snprintf(path, size, "%s", name);
}

bool settings_password(const struct mqtt_settings *settings, char *password, size_t password_size,
                       bool *found, char *problem, size_t size)
{
    char path[PATH_MAX];
    *found = settings->password || settings->password_file;
    snprintf(password, password_size, "%s", settings->password ? settings->password : "");
    if (!settings->password_file)
        return true;
    password_path(settings->password_file, path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t length = fd >= 0 ? read(fd, password, password_size - 1) : -1;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (length < 0) {
        snprintf(problem, size, "the password cannot be read from %.100s: %s", path, strerror(why));
        return false;
    }
    password[length] = '\0';
    password[strcspn(password, "\r\n")] = '\0';
    if (*password)
        return true;
    snprintf(problem, size, "there is no password in %.100s", path);
    return false;
}

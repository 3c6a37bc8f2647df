/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control-mqtt: the box in a home that is automated, through an MQTT broker: its state, its
 * commands, and what Home Assistant must know to show it by itself. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mqtt.h"

static const char *const discoveries[] = {"device", "single", "off", "remove", NULL};
static const char *const protocols[] = {"auto", "5", "3.1.1", NULL};

static const struct limber_option options[] = {
    {.name = "host",
     .type = LIMBER_OPTION_STRING,
     .fallback = "localhost",
     .help = "the machine of the broker"},
    {.name = "port",
     .type = LIMBER_OPTION_INT,
     .minimum = 1,
     .maximum = 65535,
     .help = "its port; 1883, or with TLS 8883"},
    {.name = "user", .type = LIMBER_OPTION_STRING, .help = "who the broker knows this box as"},
    {.name = "password", .type = LIMBER_OPTION_STRING, .help = "of that user"},
    {.name = "password-file",
     .type = LIMBER_OPTION_PATH,
     .help = "a file with the password in its first line; a bare name is a credential of systemd"},
    {.name = "tls",
     .type = LIMBER_OPTION_BOOL,
     .fallback = "no",
     .help = "encrypt, and make sure of who the broker is"},
    {.name = "ca",
     .type = LIMBER_OPTION_PATH,
     .help = "the certificate (PEM) that the broker's is checked with; else those of this system"},
    {.name = "cert", .type = LIMBER_OPTION_PATH, .help = "a certificate (PEM) of this box"},
    {.name = "key", .type = LIMBER_OPTION_PATH, .help = "its key (PEM), without a pass phrase"},
    {.name = "id",
     .type = LIMBER_OPTION_STRING,
     .help =
         "of this box, different for each: letters, digits, - and _; else made from the machine"},
    {.name = "name",
     .type = LIMBER_OPTION_STRING,
     .fallback = "Limber",
     .help = "of this box, as people see it"},
    {.name = "topic",
     .type = LIMBER_OPTION_STRING,
     .fallback = "limber",
     .help = "what its topics begin with: TOPIC/ID/state"},
    {.name = "discovery",
     .type = LIMBER_OPTION_CHOICE,
     .fallback = "device",
     .choices = discoveries,
     .help = "tell Home Assistant by one message; single: by many, before 2024.11; remove: take it "
             "back"},
    {.name = "discovery-prefix",
     .type = LIMBER_OPTION_STRING,
     .fallback = "homeassistant",
     .help = "where Home Assistant listens"},
    {.name = "protocol",
     .type = LIMBER_OPTION_CHOICE,
     .fallback = "auto",
     .choices = protocols,
     .help = "the version of MQTT; auto: 5, or what the broker knows"},
    {.name = NULL},
};

void mqtt_log(struct mqtt *mqtt, enum limber_log_level level, const char *format, ...)
{
    char line[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    mqtt->host->log(mqtt->host->context, level, line);
}

int64_t mqtt_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void mqtt_topic(const struct mqtt *mqtt, char *topic, size_t size, const char *last)
{
    snprintf(topic, size, "%s/%s", mqtt->settings.base, last);
}

/* --- telling --- */

void mqtt_tell_home(struct mqtt *mqtt)
{
    char topic[200];
    choices_refresh(mqtt);
    discovery_send(mqtt);
    mqtt_topic(mqtt, topic, sizeof topic, "status");
    link_publish(mqtt, topic, "online", true);
    state_forget(mqtt);
    state_refresh(mqtt);
}

void mqtt_tell_all(struct mqtt *mqtt)
{
    static const char *const own[] = {"command", "set/+", "discovery"};
    char topic[200];
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        mqtt_topic(mqtt, topic, sizeof topic, own[i]);
        link_subscribe(mqtt, topic);
    }
    snprintf(topic, sizeof topic, "%s/status", mqtt->settings.prefix);
    link_subscribe(mqtt, topic);
    mqtt_tell_home(mqtt);
}

void mqtt_look_again(struct mqtt *mqtt)
{
    if (choices_refresh(mqtt)) {
        discovery_send(mqtt);
        state_refresh(mqtt);
    }
}

/* --- the plugin --- */

static enum limber_status create(const struct limber_host *host, void **instance)
{
    char problem[300];
    struct mqtt *mqtt = calloc(1, sizeof *mqtt);
    if (!mqtt)
        return LIMBER_NO_MEMORY;
    mqtt->host = host;
    if (!settings_read(host, &mqtt->settings, problem, sizeof problem)) {
        mqtt_log(mqtt, LIMBER_LOG_ERROR, "%s", problem);
        free(mqtt);
        return LIMBER_INVALID;
    }
    *instance = mqtt;
    return LIMBER_OK;
}

static enum limber_status start(void *instance)
{
    struct mqtt *mqtt = instance;
    const struct limber_host *host = mqtt->host;
    mqtt->loop = host->get_interface(host->context, LIMBER_HOST_LOOP_ID);
    mqtt->command = host->get_interface(host->context, LIMBER_HOST_COMMAND_ID);
    mqtt->ask = host->get_interface(host->context, LIMBER_HOST_ASK_ID);
    if (!mqtt->loop || !mqtt->command || !mqtt->ask)
        return LIMBER_UNSUPPORTED;
    mosquitto_lib_init();
    link_start(mqtt);
    return LIMBER_OK;
}

static void stop(void *instance)
{
    struct mqtt *mqtt = instance;
    link_stop(mqtt);
    choices_free(&mqtt->routines);
    choices_free(&mqtt->voices);
    if (!mqtt->abandoned)
        mosquitto_lib_cleanup();
}

static void snapshot(void *instance, const struct limber_snapshot *now)
{
    state_refresh(instance);
}

static void destroy(void *instance)
{
    free(instance); /* whatever was open, stop() has closed */
}

static const struct limber_control control = {
    .size = sizeof control, .start = start, .stop = stop, .snapshot = snapshot};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_CONTROL_ID) == 0 ? &control : NULL;
}

static const char *const interfaces[] = {LIMBER_CONTROL_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "control-mqtt",
    .name = "Home automation (MQTT)",
    .version = "1.0",
    .license = "GPL-3.0-or-later",
    .description = "Home Assistant and other homes, through an MQTT broker",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* orders.c: what comes from the broker. Anybody may write there: what makes no sense costs a line
 * of log, and not many of those. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control-mqtt/payload.h"
#include "mqtt.h"

#define ORDERS_MOST   20 /* in a second */
#define GRUMBLES_MOST 5  /* lines of log in a minute */
#define MINUTE_MS     60000
#define SECOND_MS     1000
#define ANSWER_MOST   400

static void grumble(struct mqtt *mqtt, const char *what, const char *why)
{
    int64_t now_ms = mqtt_now_ms();
    if (mqtt->grumbles == 0 || now_ms - mqtt->minute_ms >= MINUTE_MS) {
        if (mqtt->swallowed > 0)
            mqtt_log(mqtt, LIMBER_LOG_INFO, "%u more messages made no sense", mqtt->swallowed);
        mqtt->minute_ms = now_ms;
        mqtt->grumbles = mqtt->swallowed = 0;
    }
    if (mqtt->grumbles++ < GRUMBLES_MOST)
        mqtt_log(mqtt, LIMBER_LOG_INFO, "%s: %s", what, why);
    else
        mqtt->swallowed++;
}

/* Nobody presses so fast: what is too much is left out. */
static bool is_too_much(struct mqtt *mqtt)
{
    int64_t now_ms = mqtt_now_ms();
    if (now_ms - mqtt->second_ms >= SECOND_MS) {
        mqtt->second_ms = now_ms;
        mqtt->orders = 0;
    }
    return ++mqtt->orders > ORDERS_MOST;
}

/* --- what is wanted --- */

static void answer(struct mqtt *mqtt, const char *line, bool well, const char *text)
{
    char topic[200], copy[ANSWER_MOST];
    json_t *json = json_object();
    payload_copy(copy, sizeof copy, text);
    json_object_set_new(json, "command", json_string(line));
    json_object_set_new(json, "ok", json_boolean(well));
    json_object_set_new(json, "answer", json_string(copy));
    char *document = json_dumps(json, JSON_COMPACT);
    mqtt_topic(mqtt, topic, sizeof topic, "answer");
    if (document)
        link_publish(mqtt, topic, document, false);
    free(document);
    json_decref(json);
}

static void run(struct mqtt *mqtt, const char *line)
{
    const struct limber_host_command *host = mqtt->command;
    char text[ANSWER_MOST] = "";
    bool well = host->run(host->context, line, text, sizeof text) == LIMBER_OK;
    if (!well)
        grumble(mqtt, line, text);
    answer(mqtt, line, well, text);
    if (strcmp(line, "reload") == 0)
        mqtt_look_again(mqtt);
}

static void choose(struct mqtt *mqtt, const char *verb, const struct choices *choices,
                   const char *text)
{
    char line[MQTT_TEXT_MOST + 20];
    const struct choice *choice = choices_find(choices, text);
    if (!choice) {
        grumble(mqtt, text, "there is nothing of that name to choose");
        return;
    }
    snprintf(line, sizeof line, "%s %s", verb, choice->name);
    run(mqtt, line);
}

static void set_volume(struct mqtt *mqtt, const char *text)
{
    char line[40];
    int percent = 0;
    if (!payload_percent(text, &percent)) {
        grumble(mqtt, text, "a volume is a number from 0 to 100");
        return;
    }
    snprintf(line, sizeof line, "level %d", payload_db_of_percent(percent));
    run(mqtt, line);
}

static void set_discovery(struct mqtt *mqtt, const char *text)
{
    if (strcmp(text, "remove") == 0) {
        discovery_remove(mqtt);
        mqtt->removed = true;
    } else if (strcmp(text, "send") == 0) {
        mqtt->removed = false;
        discovery_send(mqtt);
    } else {
        grumble(mqtt, text, "write send or remove");
    }
}

/* --- where it came --- */

/* `last`: the topic behind the box's own part. */
static void take_own(struct mqtt *mqtt, const char *last, const char *line)
{
    if (strcmp(last, "command") == 0)
        run(mqtt, line);
    else if (strcmp(last, "set/volume") == 0)
        set_volume(mqtt, line);
    else if (strcmp(last, "set/routine") == 0)
        choose(mqtt, "play", &mqtt->routines, line);
    else if (strcmp(last, "set/voice") == 0)
        choose(mqtt, "voice", &mqtt->voices, line);
    else if (strcmp(last, "discovery") == 0)
        set_discovery(mqtt, line);
    else
        grumble(mqtt, "set", "there is volume, routine and voice");
}

/* Home Assistant's own status: it has started anew, and knows nothing. */
static bool is_home(const struct mqtt *mqtt, const char *topic)
{
    size_t length = strlen(mqtt->settings.prefix);
    return strncmp(topic, mqtt->settings.prefix, length) == 0 &&
           strcmp(topic + length, "/status") == 0;
}

static void home_says(struct mqtt *mqtt, const char *line)
{
    if (strcmp(line, "online") == 0)
        mqtt_tell_home(mqtt);
}

void orders_take(struct mqtt *mqtt, const struct mosquitto_message *message)
{
    char line[PAYLOAD_MOST + 1];
    const char *why = NULL;
    size_t length = strlen(mqtt->settings.base);
    if (message->retain) /* somebody's of long ago: not now */
        grumble(mqtt, "a retained message", "commands must not be retained");
    else if (is_too_much(mqtt))
        grumble(mqtt, "too many messages", "at most 20 in a second are taken");
    else if (!payload_line(message->payload, (size_t)message->payloadlen, line, &why))
        grumble(mqtt, "a message makes no sense", why);
    else if (is_home(mqtt, message->topic))
        home_says(mqtt, line);
    else if (strncmp(message->topic, mqtt->settings.base, length) == 0 &&
             message->topic[length] == '/')
        take_own(mqtt, message->topic + length + 1, line);
}

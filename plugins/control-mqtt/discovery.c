/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discovery.c: what Home Assistant is told about the box, so that it appears by itself: one message
 * for the whole device (since its version 2024.11), or one for each of its entities. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mqtt.h"

/* A button, a sensor: everything that needs no list. */
struct entity {
    const char *key, *platform, *name, *icon;
    const char *press;   /* buttons: the line of the command language */
    const char *value;   /* sensors: their member of the state */
    const char *instead; /* … shown when it is null; NULL: unknown */
    const char *device_class, *unit;
    const char *const *options; /* the texts that it may have, ended by NULL */
};

static const char *const states[] = {"idle",    "opening", "playing", "paused",
                                     "waiting", "lost",    NULL};
static const char *const sides[] = {"left", "right", "none", NULL};

static const struct entity entities[] = {
    {"play", "button", "Play", "mdi:play", .press = "play"},
    {"pause", "button", "Pause", "mdi:pause", .press = "pause"},
    {"next", "button", "Next move", "mdi:skip-next", .press = "next"},
    {"back", "button", "Back", "mdi:skip-previous", .press = "back"},
    {"again", "button", "Again", "mdi:replay", .press = "again"},
    {"more", "button", "Ten seconds more", "mdi:timer-plus-outline", .press = "more"},
    {"where", "button", "Where am I", "mdi:map-marker-question-outline", .press = "where"},
    {"stop", "button", "Stop", "mdi:stop", .press = "stop"},
    {"state", "sensor", "State", "mdi:yoga", .value = "state", .device_class = "enum",
     .options = states},
    {"move", "sensor", "Move", "mdi:human-handsup", .value = "move", .instead = "-"},
    {"next_move", "sensor", "Then", "mdi:arrow-right", .value = "next", .instead = "-"},
    {"side", "sensor", "Side", "mdi:swap-horizontal", .value = "side", .instead = "none",
     .device_class = "enum", .options = sides},
    {"seconds_left", "sensor", "Hold", "mdi:timer-sand", .value = "seconds_left",
     .device_class = "duration", .unit = "s"},
    {"minutes_left", "sensor", "Session left", "mdi:clock-end", .value = "minutes_left",
     .device_class = "duration", .unit = "min"},
    {"progress", "sensor", "Progress", "mdi:progress-check", .value = "progress", .unit = "%"},
    {"problem", "binary_sensor", "Problem", NULL, .value = "problem", .device_class = "problem"},
};

/* Entities with lists or ranges. */
static const struct entity choosers[] = {
    {"routine", "select", "Routine", "mdi:playlist-play", .value = "routine"},
    {"voice", "select", "Voice", "mdi:account-voice", .value = "voice"},
    {"volume", "number", "Volume", "mdi:volume-high", .value = "volume", .unit = "%"},
};

#define COUNT(table) (sizeof table / sizeof *(table))

static void set(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_string(text));
}

static void set_topic(const struct mqtt *mqtt, json_t *object, const char *name, const char *last)
{
    char topic[200];
    mqtt_topic(mqtt, topic, sizeof topic, last);
    set(object, name, topic);
}

static json_t *texts(const char *const *options)
{
    json_t *array = json_array();
    for (; *options; options++)
        json_array_append_new(array, json_string(*options));
    return array;
}

/* --- entities --- */

static json_t *component(const struct mqtt *mqtt, const struct entity *entity)
{
    char text[200];
    json_t *json = json_object();
    set(json, "p", entity->platform);
    snprintf(text, sizeof text, "%s_%s", mqtt->settings.id, entity->key);
    set(json, "unique_id", text);
    set(json, "name", entity->name);
    set(json, "icon", entity->icon);
    set(json, "device_class", entity->device_class);
    set(json, "unit_of_measurement", entity->unit);
    set(json, "payload_press", entity->press);
    if (entity->press)
        set_topic(mqtt, json, "command_topic", "command");
    if (entity->options)
        json_object_set_new(json, "options", texts(entity->options));
    if (entity->value) {
        const char *instead = entity->instead;
        snprintf(text, sizeof text, "{{ value_json.%s%s%s%s }}", entity->value,
                 instead ? " or '" : "", instead ? instead : "", instead ? "'" : "");
        set(json, "value_template", text);
        set_topic(mqtt, json, "state_topic", "state");
    }
    return json;
}

static json_t *labels(const struct choices *choices)
{
    json_t *array = json_array();
    for (size_t i = 0; i < choices->count; i++)
        json_array_append_new(array, json_string(choices->items[i].label));
    return array;
}

/* NULL: this host has nothing to choose from. */
static json_t *chooser(const struct mqtt *mqtt, const struct entity *entity)
{
    const struct choices *choices = strcmp(entity->key, "routine") == 0 ? &mqtt->routines
                                    : strcmp(entity->key, "voice") == 0 ? &mqtt->voices
                                                                        : NULL;
    char last[40];
    if (choices && !choices->there)
        return NULL;
    json_t *json = component(mqtt, entity);
    snprintf(last, sizeof last, "set/%s", entity->key);
    set_topic(mqtt, json, "command_topic", last);
    if (choices) {
        json_object_set_new(json, "options", labels(choices));
    } else {
        json_object_set_new(json, "min", json_integer(0));
        json_object_set_new(json, "max", json_integer(100));
        json_object_set_new(json, "step", json_integer(1));
        set(json, "mode", "slider");
    }
    return json;
}

/* The member `key` is the entity without what all have in common. */
static json_t *components(const struct mqtt *mqtt)
{
    json_t *all = json_object();
    for (size_t i = 0; i < COUNT(entities); i++)
        json_object_set_new(all, entities[i].key, component(mqtt, &entities[i]));
    for (size_t i = 0; i < COUNT(choosers); i++) {
        json_t *json = chooser(mqtt, &choosers[i]);
        if (json)
            json_object_set_new(all, choosers[i].key, json);
    }
    json_t *problem = json_object_get(all, "problem");
    set(problem, "payload_on", "on");
    set(problem, "payload_off", "off");
    set(problem, "entity_category", "diagnostic");
    set_topic(mqtt, problem, "json_attributes_topic", "state");
    set(problem, "json_attributes_template", "{{ {'text': value_json.problem_text} | tojson }}");
    return all;
}

/* --- the device --- */

static void add_common(const struct mqtt *mqtt, json_t *json)
{
    const struct mqtt_settings *settings = &mqtt->settings;
    json_t *device = json_object(), *ids = json_array(), *origin = json_object();
    json_array_append_new(ids, json_string(settings->id));
    json_object_set_new(device, "ids", ids);
    set(device, "name", settings->name);
    set(device, "mf", "Limber");
    set(device, "mdl", "Speaker box");
    set(device, "sw", mqtt->host->version);
    json_object_set_new(json, "dev", device);
    set(origin, "name", "limber");
    set(origin, "sw", mqtt->host->version);
    json_object_set_new(json, "o", origin);
    set_topic(mqtt, json, "availability_topic", "status");
}

json_t *discovery_device(const struct mqtt *mqtt)
{
    json_t *json = json_object();
    add_common(mqtt, json);
    json_object_set_new(json, "cmps", components(mqtt));
    return json;
}

/* --- sending --- */

static void publish(struct mqtt *mqtt, const char *topic, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    if (text)
        link_publish(mqtt, topic, text, true);
    free(text);
}

static void device_topic(const struct mqtt *mqtt, char *topic, size_t size)
{
    snprintf(topic, size, "%s/device/%s/config", mqtt->settings.prefix, mqtt->settings.id);
}

static void single_topic(const struct mqtt *mqtt, const struct entity *entity, char *topic,
                         size_t size)
{
    snprintf(topic, size, "%s/%s/%s/%s/config", mqtt->settings.prefix, entity->platform,
             mqtt->settings.id, entity->key);
}

/* One message for each; an empty one where there is none. */
static void send_single(struct mqtt *mqtt, const struct entity *table, size_t count, json_t *all)
{
    char topic[300];
    for (size_t i = 0; i < count; i++) {
        json_t *json = json_object_get(all, table[i].key);
        single_topic(mqtt, &table[i], topic, sizeof topic);
        if (!json) {
            link_publish(mqtt, topic, "", true);
            continue;
        }
        json_object_del(json, "p");
        add_common(mqtt, json);
        publish(mqtt, topic, json);
    }
}

static void send_all_single(struct mqtt *mqtt, json_t *all)
{
    send_single(mqtt, entities, COUNT(entities), all);
    send_single(mqtt, choosers, COUNT(choosers), all);
}

/* What an earlier setting left with the broker, once. */
static void clear_other(struct mqtt *mqtt, char *device)
{
    if (mqtt->cleared)
        return;
    mqtt->cleared = true;
    if (mqtt->settings.discovery == MQTT_SINGLE)
        link_publish(mqtt, device, "", true);
    else
        send_all_single(mqtt, NULL);
}

void discovery_send(struct mqtt *mqtt)
{
    char device[300];
    enum mqtt_discovery how = mqtt->settings.discovery;
    device_topic(mqtt, device, sizeof device);
    if (how == MQTT_REMOVE)
        discovery_remove(mqtt);
    if (how == MQTT_REMOVE || how == MQTT_OFF || mqtt->removed)
        return;
    clear_other(mqtt, device);
    json_t *json = discovery_device(mqtt);
    if (how == MQTT_DEVICE)
        publish(mqtt, device, json);
    else
        send_all_single(mqtt, json_object_get(json, "cmps"));
    json_decref(json);
}

void discovery_remove(struct mqtt *mqtt)
{
    char device[300];
    device_topic(mqtt, device, sizeof device);
    link_publish(mqtt, device, "", true);
    send_all_single(mqtt, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.c: one document that tells everything, published when something in it has changed: what a
 * person did soon, and that time passes once a second. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/askjson.h"
#include "control-mqtt/payload.h"
#include "mqtt.h"

#define CLOCK_MS 1000 /* between two that tell that time passes, at least */
#define NEWS_MS  200  /* … that tell news */

static const char *const clocks[] = {"seconds_left", "minutes_left", "progress"};

static json_t *text_or_null(const char *text)
{
    char copy[MQTT_TEXT_MOST + 1];
    payload_copy(copy, sizeof copy, text);
    return *copy ? json_string(copy) : json_null();
}

/* Home Assistant refuses what is not in its list. */
static json_t *label_or_null(const struct choices *choices, const char *name)
{
    const struct choice *choice = choices_named(choices, name);
    return choice ? json_string(choice->label) : json_null();
}

/* Up to whole ones: "1" is told until it is over. */
static json_t *whole(const json_t *seconds, double unit)
{
    double value = json_number_value(seconds) / unit;
    return json_is_number(seconds) && value >= 0 && value < 1e6
               ? json_integer((json_int_t)ceil(value - 0.001))
               : json_null();
}

static json_t *progress(const json_t *status)
{
    const json_t *left = json_object_get(status, "left"), *at = json_object_get(status, "position");
    double done = json_number_value(at), all = done + json_number_value(left);
    if (!json_is_number(left) || !json_is_number(at) || !(all > 0))
        return json_null();
    double percent = floor(100 * done / all);
    return json_integer(percent < 0 ? 0 : percent > 100 ? 100 : (json_int_t)percent);
}

static void put(json_t *state, const json_t *status, const char *name)
{
    json_object_set_new(state, name, text_or_null(askjson_text(status, name)));
}

/* NULL: the host does not tell. */
static json_t *make(struct mqtt *mqtt)
{
    json_t *status = askjson(mqtt->ask, "status");
    json_t *state = json_object();
    const char *problem = askjson_text(status, "problem");
    const json_t *level = json_object_get(json_object_get(status, "levels"), "master");
    put(state, status, "state");
    json_object_set_new(state, "routine",
                        label_or_null(&mqtt->routines, askjson_text(status, "routine")));
    put(state, status, "title");
    put(state, status, "move");
    json_object_set(state, "move_index", json_object_get(status, "move_index"));
    json_object_set(state, "move_count", json_object_get(status, "move_count"));
    put(state, status, "next");
    put(state, status, "side");
    put(state, status, "bout");
    put(state, status, "question");
    json_object_set_new(state, "voice",
                        label_or_null(&mqtt->voices, askjson_text(status, "voice")));
    json_object_set_new(state, "volume",
                        json_integer(payload_percent_of_db((int)json_integer_value(level))));
    json_object_set_new(state, "seconds_left", whole(json_object_get(status, "bout_left"), 1));
    json_object_set_new(state, "minutes_left", whole(json_object_get(status, "left"), 60));
    json_object_set_new(state, "progress", progress(status));
    json_object_set_new(state, "problem", json_string(*problem ? "on" : "off"));
    json_object_set_new(state, "problem_text", text_or_null(problem));
    json_decref(status);
    if (json_is_string(json_object_get(state, "state")))
        return state;
    json_decref(state);
    return NULL;
}

/* Whether more than time is different. */
static bool is_news(const json_t *before, const json_t *now)
{
    json_t *without = json_copy((json_t *)now);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        json_object_set(without, clocks[i], json_object_get(before, clocks[i]));
    bool news = !json_equal((json_t *)before, without);
    json_decref(without);
    return news;
}

static void due(void *user)
{
    struct mqtt *mqtt = user;
    mqtt->state_timer = 0;
    state_refresh(mqtt);
}

static void publish(struct mqtt *mqtt, json_t *state)
{
    char topic[200];
    char *text = json_dumps(state, JSON_COMPACT);
    mqtt_topic(mqtt, topic, sizeof topic, "state");
    bool well = text && link_publish(mqtt, topic, text, true);
    free(text);
    if (!well)
        return;
    json_decref(mqtt->state);
    mqtt->state = json_incref(state);
    mqtt->state_ms = mqtt_now_ms();
}

void state_refresh(struct mqtt *mqtt)
{
    if (mqtt->state_timer)
        mqtt->loop->remove(mqtt->loop->context, mqtt->state_timer);
    mqtt->state_timer = 0;
    if (!mqtt->link.greeted)
        return;
    mqtt->state_wanted = !link_is_free(mqtt);
    json_t *state = mqtt->state_wanted ? NULL : make(mqtt);
    if (!state)
        return;
    if (!mqtt->state) {
        publish(mqtt, state);
    } else if (!json_equal(mqtt->state, state)) {
        int64_t wait_ms =
            mqtt->state_ms + (is_news(mqtt->state, state) ? NEWS_MS : CLOCK_MS) - mqtt_now_ms();
        if (wait_ms <= 0)
            publish(mqtt, state);
        else
            mqtt->state_timer = mqtt->loop->add_timer(mqtt->loop->context, wait_ms, 0, due, mqtt);
    }
    json_decref(state);
}

void state_forget(struct mqtt *mqtt)
{
    if (mqtt->state_timer)
        mqtt->loop->remove(mqtt->loop->context, mqtt->state_timer);
    mqtt->state_timer = 0;
    mqtt->state_wanted = false;
    json_decref(mqtt->state);
    mqtt->state = NULL;
}

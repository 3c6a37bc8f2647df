/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choices.c: the routines and voices that can be chosen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/askjson.h"
#include "control-mqtt/payload.h"
#include "mqtt.h"

#define CHOICES_MOST 500

void choices_free(struct choices *choices)
{
    for (size_t i = 0; i < choices->count; i++) {
        free(choices->items[i].name);
        free(choices->items[i].label);
    }
    free(choices->items);
    *choices = (struct choices){.count = 0};
}

static const struct choice *labelled(const struct choices *choices, const char *label)
{
    for (size_t i = 0; i < choices->count; i++) {
        if (strcmp(choices->items[i].label, label) == 0)
            return &choices->items[i];
    }
    return NULL;
}

const struct choice *choices_named(const struct choices *choices, const char *name)
{
    for (size_t i = 0; i < choices->count; i++) {
        if (strcmp(choices->items[i].name, name) == 0)
            return &choices->items[i];
    }
    return NULL;
}

const struct choice *choices_find(const struct choices *choices, const char *text)
{
    const struct choice *found = labelled(choices, text);
    return found ? found : choices_named(choices, text);
}

/* One whose title another has already gets its name behind it. */
static void add(struct choices *choices, const char *name, const char *title)
{
    char label[MQTT_TEXT_MOST + 1];
    payload_copy(label, sizeof label, *title ? title : name);
    if (labelled(choices, label))
        snprintf(label, sizeof label, "%.120s (%.100s)", title, name);
    if (strlen(name) > MQTT_TEXT_MOST || labelled(choices, label))
        return;
    struct choice *items = realloc(choices->items, (choices->count + 1) * sizeof *items);
    if (!items)
        return;
    choices->items = items;
    struct choice new = {.name = strdup(name), .label = strdup(label)};
    if (new.name &&new.label) {
        items[choices->count++] = new;
        return;
    }
    free(new.name);
    free(new.label);
}

/* Those that can be played, or that can speak. */
static bool is_usable(const json_t *item)
{
    return json_integer_value(json_object_get(item, "errors")) == 0 &&
           !json_is_false(json_object_get(item, "usable"));
}

static struct choices ask_for(struct mqtt *mqtt, const char *list)
{
    struct choices choices = {.count = 0};
    json_t *json = askjson(mqtt->ask, list);
    const json_t *items = json_object_get(json, list);
    choices.there = json_is_array(items);
    for (size_t i = 0; i < json_array_size(items) && choices.count < CHOICES_MOST; i++) {
        const json_t *item = json_array_get(items, i);
        const char *name = askjson_text(item, "name");
        if (*name && is_usable(item))
            add(&choices, name, askjson_text(item, "title"));
    }
    json_decref(json);
    return choices;
}

static bool are_same(const struct choices *a, const struct choices *b)
{
    bool same = a->there == b->there && a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->items[i].name, b->items[i].name) == 0 &&
               strcmp(a->items[i].label, b->items[i].label) == 0;
    return same;
}

/* Takes over `now`. Returns whether it is another one. */
static bool replace(struct choices *kept, struct choices now)
{
    bool other = !are_same(kept, &now);
    choices_free(kept);
    *kept = now;
    return other;
}

bool choices_refresh(struct mqtt *mqtt)
{
    bool routines = replace(&mqtt->routines, ask_for(mqtt, "routines"));
    bool voices = replace(&mqtt->voices, ask_for(mqtt, "voices"));
    mqtt->looked_ms = mqtt_now_ms();
    return routines || voices;
}

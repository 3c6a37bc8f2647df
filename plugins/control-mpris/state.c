/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.c: what the host answers, as the bus wants it. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/askjson.h"
#include "mpris.h"

#define US_PER_S 1e6

/* Seconds as microseconds; −1: not known. */
static int64_t time_of(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    double seconds = json_number_value(value);
    return json_is_number(value) && seconds >= 0 && seconds < 1e9 ? llround(seconds * US_PER_S)
                                                                  : -1;
}

/* Copies whole characters. */
static void copy(char to[160], const char *text)
{
    size_t length = strlen(text);
    if (length > 159)
        length = 159;
    while (text[length] && length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    memcpy(to, text, length);
    to[length] = '\0';
}

static const char *playback_of(const char *state)
{
    if (strcmp(state, "playing") == 0 || strcmp(state, "opening") == 0)
        return "Playing";
    return strcmp(state, "idle") == 0 ? "Stopped" : "Paused";
}

bool state_ask(struct mpris *mpris, struct state *state)
{
    json_t *json = askjson(mpris->ask, "status");
    const char *name = askjson_text(json, "state"), *move = askjson_text(json, "move");
    bool well = *name;
    *state = (struct state){.playback = playback_of(name),
                            .idle = strcmp(name, "idle") == 0,
                            .runs = strcmp(name, "playing") == 0};
    copy(state->routine, askjson_text(json, "routine"));
    copy(state->album, *askjson_text(json, "title") ? askjson_text(json, "title") : state->routine);
    copy(state->title, *move ? move : state->album);
    state->length_us = time_of(json, "total");
    state->left_us = time_of(json, "left");
    state->position_us = time_of(json, "position");
    if (state->position_us < 0)
        state->position_us = 0;
    state->move_index = (int)json_integer_value(json_object_get(json, "move_index"));
    state->level_db =
        (int)json_integer_value(json_object_get(json_object_get(json, "levels"), "master"));
    json_decref(json);
    return well;
}

/* What was left out or repeated has moved the plan against the time that was heard; what is left is
 * the same in both. */
int state_move_at(struct mpris *mpris, const struct state *now, int64_t position_us)
{
    json_t *json = askjson(mpris->ask, "session");
    const json_t *moves = json_object_get(json, "moves");
    int64_t total = time_of(json, "total"), place_us = position_us;
    if (total >= 0 && now->left_us >= 0)
        place_us += total - now->left_us - now->position_us;
    int found = json_array_size(moves) > 0 ? 1 : 0;
    for (size_t i = 0; i < json_array_size(moves); i++) {
        int64_t start = time_of(json_array_get(moves, i), "start");
        if (start >= 0 && start <= place_us)
            found = (int)i + 1;
    }
    json_decref(json);
    return found;
}

double state_volume_of_db(int level_db)
{
    return level_db <= -24 ? 0 : pow(10, level_db / 20.0);
}

int state_db_of_volume(double volume)
{
    double level_db = volume > 0 ? 20 * log10(volume) : -24; /* NaN is not above 0 */
    return level_db <= -24 ? -24 : level_db >= 6 ? 6 : (int)lround(level_db);
}

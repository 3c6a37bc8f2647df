/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.c: what keys mean, by default and as the person says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evdev.h"

/* Keys that are there to control a player: wherever they are. A headset has one button, and sends
 * any of these for it. "Stop" pauses: nobody ends a session by brushing an ear. */
static const struct {
    unsigned code;
    const char *command;
} anywhere[] = {
    {KEY_PLAYPAUSE, "button"},  {KEY_MEDIA, "button"},   {KEY_PLAY, "button"},
    {KEY_PLAYCD, "button"},     {KEY_PAUSECD, "button"}, {KEY_PAUSE, "button"},
    {KEY_STOPCD, "pause"},      {KEY_STOP, "pause"},     {KEY_NEXTSONG, "next"},
    {KEY_PREVIOUSSONG, "back"}, {KEY_REWIND, "again"},   {KEY_FASTFORWARD, "where"},
};

/* Keys that are used for much else: only of a device that was named, or has few keys. */
static const struct {
    unsigned code;
    const char *command;
} chosen[] = {
    /* foot switches, remotes for cameras, keys on GPIO lines */
    {KEY_ENTER, "button"},
    {KEY_KPENTER, "button"},
    {KEY_SPACE, "button"},
    {KEY_B, "button"},
    {KEY_OK, "button"},
    {KEY_SELECT, "button"},
    {KEY_PROG1, "button"},
    {BTN_0, "button"},
    {KEY_VOLUMEUP, "louder"},
    {KEY_VOLUMEDOWN, "quieter"},
    /* presenters */
    {KEY_PAGEDOWN, "next"},
    {KEY_RIGHT, "next"},
    {KEY_PAGEUP, "back"},
    {KEY_LEFT, "back"},
    {KEY_UP, "louder"},
    {KEY_DOWN, "quieter"},
    {KEY_DOT, "button"},
    {KEY_F5, "again"},
    /* gamepads */
    {BTN_SOUTH, "button"},
    {BTN_EAST, "next"},
    {BTN_WEST, "back"},
    {BTN_NORTH, "where"},
    {BTN_START, "button"},
    {BTN_SELECT, "again"},
    {BTN_TL, "less"},
    {BTN_TR, "more"},
};

static struct map_entry *slot(struct map *map, unsigned code)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->entries[i].code == code)
            return &map->entries[i];
    }
    if (map->count == MAP_MOST)
        return NULL;
    map->entries[map->count] = (struct map_entry){.code = code};
    return &map->entries[map->count++];
}

void map_defaults(struct map *map)
{
    map->count = 0;
    for (size_t i = 0; i < sizeof anywhere / sizeof *anywhere; i++)
        snprintf(slot(map, anywhere[i].code)->command, MAP_COMMAND, "%s", anywhere[i].command);
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++) {
        struct map_entry *entry = slot(map, chosen[i].code);
        snprintf(entry->command, MAP_COMMAND, "%s", chosen[i].command);
        entry->chosen = true;
    }
}

const struct map_entry *map_find(const struct map *map, unsigned code)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->entries[i].code == code && map->entries[i].command[0])
            return &map->entries[i];
    }
    return NULL;
}

bool map_is_button(const struct map_entry *entry)
{
    return strcmp(entry->command, "button") == 0;
}

/* The text without spaces around it, in place. */
static char *trimmed(char *text)
{
    text += strspn(text, " \t\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]))
        text[--length] = '\0';
    return text;
}

/* A name of linux/input-event-codes.h, or a number. −1: neither. */
static int code_of(const char *name)
{
    if (*name >= '0' && *name <= '9') {
        char *end;
        long code = strtol(name, &end, 10);
        return *end || code >= KEY_CNT ? -1 : (int)code;
    }
    return libevdev_event_code_from_name(EV_KEY, name);
}

static bool add_one(struct map *map, char *text, char *problem, size_t problem_size)
{
    char *equals = strchr(text, '=');
    if (!equals) {
        snprintf(problem, problem_size, "map: write KEY=command, not \"%.60s\"", text);
        return false;
    }
    *equals = '\0';
    const char *key = trimmed(text), *command = trimmed(equals + 1);
    int code = code_of(key);
    struct map_entry *entry = code < 0 ? NULL : slot(map, (unsigned)code);
    if (code < 0)
        snprintf(problem, problem_size,
                 "map: there is no key \"%.60s\"; names are those that evtest shows, such as "
                 "KEY_ENTER or BTN_SOUTH",
                 key);
    else if (!*command || strlen(command) >= MAP_COMMAND)
        snprintf(problem, problem_size, "map: %.60s needs a command, \"button\" or \"none\"", key);
    else if (!entry)
        snprintf(problem, problem_size, "map: too many keys");
    else
        snprintf(entry->command, MAP_COMMAND, "%s", strcmp(command, "none") == 0 ? "" : command);
    if (entry)
        entry->chosen = false;
    return !*problem;
}

bool map_add(struct map *map, const char *text, char *problem, size_t problem_size)
{
    char *copy = strdup(text);
    *problem = '\0';
    if (!copy)
        snprintf(problem, problem_size, "map: no memory");
    for (char *save = NULL, *one = copy ? strtok_r(copy, ",;\n", &save) : NULL; one && !*problem;
         one = strtok_r(NULL, ",;\n", &save)) {
        one = trimmed(one);
        if (*one && !add_one(map, one, problem, problem_size))
            break;
    }
    free(copy);
    return !*problem;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_command.c: lines of the command language, from anybody. What is understood keeps the
 * header's promises, what is not is told in a whole sentence, and how it is written makes no
 * difference. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "session/command.h"

#define INPUT_MOST 1024

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* All of the rest is options, and each of them is whole. */
static void check_options(const struct command *command)
{
    char name[24], value[128];
    const char *rest = command->rest;
    require(strnlen(rest, sizeof command->rest) < sizeof command->rest);
    require(!*rest || (command->id == COMMAND_PLAY && command->name[0]));
    while (command_next_option(&rest, name, value)) {
        require(*name && strlen(name) < sizeof name);
        require(*value && strlen(value) < sizeof value);
        require(str_utf8_invalid_at(value, strlen(value)) < 0);
    }
    require(rest[strspn(rest, " \t")] == '\0');
}

static void check_meaning(const struct command *command)
{
    bool timed = command->id == COMMAND_MORE || command->id == COMMAND_LESS;
    require(command->id < COMMAND_COUNT && command->part < PART_COUNT);
    require(timed ? command->time_ns > 0 : command->time_ns == 0);
    require(command->detail <= DETAIL_BRIEF && command->effort <= EFFORT_HARD);
    require((command->effort != EFFORT_NONE) == (command->id == COMMAND_EFFORT));
    size_t length = strnlen(command->name, sizeof command->name);
    require(length < sizeof command->name && str_utf8_invalid_at(command->name, length) < 0);
    require(length > 0 ? command->id == COMMAND_VOICE || command->id == COMMAND_HELP ||
                             command->id == COMMAND_PLAY
                       : command->id != COMMAND_VOICE);
    require(command->id == COMMAND_LEVEL ? command->number >= COMMAND_LEVEL_LEAST_DB &&
                                               command->number <= COMMAND_LEVEL_MOST_DB
            : command->id == COMMAND_TO
                ? command->number >= 1 && command->number <= COMMAND_MOVE_MOST
                : command->number == 0);
    check_options(command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[INPUT_MOST + 8], error[160];
    struct command command, same;
    if (size < 1 || size > INPUT_MOST)
        return 0;
    size_t room = data[0] % sizeof error;
    memcpy(line, data + 1, size - 1);
    line[size - 1] = '\0';
    memset(error, '#', sizeof error);
    bool understood = command_parse(line, &command, error, room);
    require(room == 0 || strlen(error) < room);
    require(error[room] == '#');
    require(room == 0 || str_utf8_invalid_at(error, strlen(error)) < 0);
    require(room == 0 || !understood || !*error);
    require(room < 4 || understood || *error);
    if (understood)
        check_meaning(&command);
    /* Outer spaces and the verb's case do not matter. */
    size_t length = strlen(line);
    memmove(line + 2, line, length);
    memcpy(line, " \t", 2);
    memcpy(line + 2 + length, "\r\n", 3);
    for (char *at = line + 2; *at && *at != ' ' && *at != '\t'; at++)
        *at = (char)toupper((unsigned char)*at);
    require(command_parse(line, &same, error, sizeof error) == understood);
    require(memcmp(&command, &same, sizeof same) == 0);
    return 0;
}

#include "replay.h"

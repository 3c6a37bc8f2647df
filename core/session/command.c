/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c: the table of the command language, and its parser. What a verb takes is read from the
 * table's own words, so that help and parser cannot differ. */
#include "session/command.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "session/command_inside.h"

#define LINE_MOST     256                   /* bytes of a line, without outer spaces */
#define QUOTE_MOST    40                    /* bytes of it that an error repeats */
#define LEVEL_STEP_DB 3                     /* of louder and quieter */
#define TIME_MOST     (3600 * NSEC_PER_SEC) /* of more and less */

/* `arguments`: [in brackets] may be left out; words with '|' between them are a choice, in the
 * order of the enum that they stand for; TIME, NAME, VERB, DB, MOVE and ROUTINE are what they say.
 */
static const struct command_help table[COMMAND_COUNT] = {
    [COMMAND_PLAY] = {"play", "[ROUTINE [OPTION=VALUE...]]", "go on after a pause; or: play this",
                      "where one is, then what comes next", 0},
    [COMMAND_PAUSE] = {"pause", "", "stand still; holds keep their time",
                       "silence; in a silent stretch the earcon \"paused\"", 0},
    [COMMAND_RESUME] = {"resume", "", "the same as play", "where one is, then what comes next", 0},
    [COMMAND_TOGGLE] = {"toggle", "", "pause, or go on", "as pause or play", ' '},
    [COMMAND_NEXT] = {"next", "", "to the next move", "what comes next", 'n'},
    [COMMAND_BACK] = {"back|previous", "", "to the beginning of this move, or the one before",
                      "what comes next", 'b'},
    [COMMAND_TO] = {"to", "MOVE", "to move number MOVE of the session", "what comes next", 0},
    [COMMAND_RESTART] = {"restart", "", "the session from its beginning", "what comes next", 'R'},
    [COMMAND_AGAIN] = {"again|repeat", "", "say the last instruction again, in full", "words", 'r'},
    [COMMAND_WHERE] = {"where", "", "say where we are, and what is left", "words", 'w'},
    [COMMAND_MORE] = {"more", "[TIME]", "hold longer, by 10 s or TIME", "words", '+'},
    [COMMAND_LESS] = {"less", "[TIME]", "hold shorter, by 10 s or TIME", "words", '-'},
    [COMMAND_SKIP_SIDE] = {"skip-side", "", "to the other side, or on after the second",
                           "what comes next", 'x'},
    [COMMAND_FASTER] = {"faster", "", "shorter waits and gaps, a step", "words", '>'},
    [COMMAND_SLOWER] = {"slower", "", "longer waits and gaps, a step", "words", '<'},
    [COMMAND_LOUDER] = {"louder", "[master|speech|sounds|bed]", "3 dB louder, all or a part of it",
                        "the earcon \"louder\"", ']'},
    [COMMAND_QUIETER] = {"quieter", "[master|speech|sounds|bed]",
                         "3 dB quieter, all or a part of it", "the earcon \"quieter\"", '['},
    [COMMAND_LEVEL] = {"level", "[master|speech|sounds|bed] DB",
                       "as loud as this, -24 to 6 dB: all or a part of it",
                       "the earcon \"louder\" or \"quieter\"", 0},
    [COMMAND_VOICE] = {"voice", "NAME", "another voice, from the next words on", "words", 0},
    [COMMAND_DETAIL] = {"detail", "full|normal|brief", "how much is said, from the next words on",
                        "words", 0},
    [COMMAND_MUTE_TIPS] = {"mute-tips", "[on|off]", "leave tips out, or say them again", "words",
                           'm'},
    [COMMAND_GO] = {"go", "", "I am ready (where the routine waits); also: yes", "what comes next",
                    '\n'},
    [COMMAND_EFFORT] = {"effort", "easy|hard", "how it was, when asked at the end", "words", 0},
    [COMMAND_STOP] = {"stop|quit", "", "end the session", "silence", 'q'},
    [COMMAND_STATUS] = {"status", "", "show where we are, in a line", "nothing", 's'},
    [COMMAND_HELP] = {"help", "[VERB]", "what can be said", "words", '?'},
    [COMMAND_TODAY] = {"today", "", "play what is due today (of a box)", "what comes next", 0},
    [COMMAND_FORGET] = {"forget", "", "offer a session that was left no more (of a box)",
                        "the earcon \"heard\"", 0},
    [COMMAND_RELOAD] = {"reload", "", "read the configuration again (of a box)",
                        "the earcon \"heard\"", 0},
};

/* Keys that are not worth a line of help: beside or below the one meant. */
static const char other_keys[][2] = {{'p', ' '}, {'\r', '\n'}, {'=', '+'}, {'_', '-'}, {'.', '>'},
                                     {',', '<'}, {'h', '?'},   {'}', ']'}, {'{', '['}};

const struct command_help *command_table(void)
{
    return table;
}

int command_of_key(char key)
{
    for (size_t i = 0; i < sizeof other_keys / sizeof *other_keys; i++)
        key = other_keys[i][0] == key ? other_keys[i][1] : key;
    for (int i = 0; key && i < COMMAND_COUNT; i++) {
        if (table[i].key == key)
            return i;
    }
    return -1;
}

/* --- words --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies the line without outer spaces. False if it is too long, or holds what no line does. */
static bool take_line(const char *line, char text[LINE_MOST + 1])
{
    while (is_space(*line))
        line++;
    size_t length = strlen(line);
    while (length > 0 && is_space(line[length - 1]))
        length--;
    if (length > LINE_MOST || str_utf8_invalid_at(line, length) >= 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
            return false;
    }
    memcpy(text, line, length);
    text[length] = '\0';
    return true;
}

/* Ends the verb, and gives what follows it. */
static char *split_verb(char *text)
{
    text += strcspn(text, " \t");
    while (is_space(*text))
        *text++ = '\0';
    return text;
}

/* Takes the piece before the next '|' (or ']') of a list into `word`. NULL: there is none. */
static const char *next_choice(const char *list, char word[16])
{
    list += *list == '[' || *list == '|';
    size_t length = strcspn(list, "|]");
    if (length == 0)
        return NULL;
    snprintf(word, 16, "%.*s", (int)length, list);
    return list + length;
}

/* The place of `word` in a list such as "[on|off]", or −1. */
static int find_choice(const char *list, const char *word)
{
    char choice[16];
    for (int i = 0; (list = next_choice(list, choice)); i++) {
        if (str_equal_nocase(choice, word))
            return i;
    }
    return -1;
}

static int find_verb(const char *word)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (find_choice(table[i].name, word) >= 0)
            return i;
    }
    return -1;
}

/* --- what is wrong --- */

/* At most QUOTE_MOST bytes of a valid text, no character cut in two. */
static int quoted_length(const char *text)
{
    size_t length = strlen(text);
    if (length > QUOTE_MOST) {
        length = QUOTE_MOST;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    return (int)length;
}

/* A sentence that was too long for its buffer ends with a whole character. */
static void end_whole(char *error, size_t size)
{
    long bad = size ? str_utf8_invalid_at(error, strlen(error)) : -1;
    if (bad >= 0)
        error[bad] = '\0';
}

/* The words of a choice. */
struct choices {
    char names[COMMAND_COUNT * 2][16];
    const char *list[COMMAND_COUNT * 2];
    size_t count;
};

static void add_choices(struct choices *to, const char *list)
{
    for (; to->count < sizeof to->list / sizeof *to->list; to->count++) {
        list = next_choice(list, to->names[to->count]);
        if (!list)
            return;
        to->list[to->count] = to->names[to->count];
    }
}

static void say_unknown(const char *word, char *error, size_t size)
{
    struct choices verbs = {.count = 0};
    for (int i = 0; i < COMMAND_COUNT; i++)
        add_choices(&verbs, table[i].name);
    const char *near = str_nearest(word, verbs.list, verbs.count);
    int length = quoted_length(word);
    if (near)
        snprintf(error, size, "no command \"%.*s\"; did you mean \"%s\"?", length, word, near);
    else
        snprintf(error, size, "no command \"%.*s\"; help lists them", length, word);
}

/* "more takes no …": what the verb takes, for somebody who wrote something else. */
static void say_usage(int id, const char *argument, char *error, size_t size)
{
    const char *name = table[id].name, *takes = table[id].arguments;
    int length = (int)strcspn(name, "|");
    if (!*takes)
        snprintf(error, size, "%.*s takes nothing more: leave \"%.*s\" out", length, name,
                 quoted_length(argument), argument);
    else if (strstr(takes, "TIME"))
        snprintf(error, size, "%.*s takes a time up to an hour, such as: %.*s 10s", length, name,
                 length, name);
    else if (id == COMMAND_TO)
        snprintf(error, size, "to takes the number of a move of the session, such as: to 3");
    else if (id == COMMAND_LEVEL)
        snprintf(error, size, "level takes whole dB from %d to %d, such as: level speech -6",
                 COMMAND_LEVEL_LEAST_DB, COMMAND_LEVEL_MOST_DB);
    else
        snprintf(error, size, "%.*s takes one of: %.*s %.*s", length, name, length, name,
                 (int)strcspn(takes + (*takes == '['), "]"), takes + (*takes == '['));
}

static void say_nearest_choice(int id, const char *argument, char *error, size_t size)
{
    struct choices choices = {.count = 0};
    add_choices(&choices, table[id].arguments);
    const char *near = str_nearest(argument, choices.list, choices.count);
    int length = (int)strcspn(table[id].name, "|");
    if (near)
        snprintf(error, size, "no \"%.*s\"; did you mean \"%.*s %s\"?", quoted_length(argument),
                 argument, length, table[id].name, near);
    else
        say_usage(id, argument, error, size);
}

/* --- arguments --- */

static bool take_time(struct command *command, const char *text, char *error, size_t size)
{
    command->time_ns = COMMAND_STEP_NS;
    if (!*text)
        return true;
    if (units_parse_duration(text, strlen(text), &command->time_ns) && command->time_ns > 0 &&
        command->time_ns <= TIME_MOST)
        return true;
    say_usage((int)command->id, text, error, size);
    return false;
}

static bool take_voice(struct command *command, const char *text, char *error, size_t size)
{
    size_t length = strlen(text);
    if (length == 0)
        snprintf(error, size, "voice takes the name of one, such as: voice calm");
    else if (length >= sizeof command->name)
        snprintf(error, size, "no voice has so long a name");
    else
        memcpy(command->name, text, length + 1);
    return command->name[0];
}

static bool take_verb(struct command *command, const char *text, char *error, size_t size)
{
    int id = *text ? find_verb(text) : -1;
    if (*text && id < 0) {
        say_unknown(text, error, size);
        return false;
    }
    if (id >= 0)
        next_choice(table[id].name, command->name);
    return true;
}

static bool take_choice(struct command *command, const char *text, char *error, size_t size)
{
    const char *takes = table[command->id].arguments;
    int choice = !*text && *takes == '[' ? 0 : find_choice(takes, text);
    if (choice < 0) {
        say_nearest_choice((int)command->id, text, error, size);
        return false;
    }
    if (command->id == COMMAND_DETAIL)
        command->detail = (enum detail)choice;
    else if (command->id == COMMAND_MUTE_TIPS)
        command->on = choice == 0;
    else if (command->id == COMMAND_EFFORT)
        command->effort = (enum command_effort)(EFFORT_EASY + choice);
    else
        command->part = (enum command_part)choice;
    return true;
}

/* A whole number with or without a sign; `unit` may follow it, with a space or without. */
static bool read_number(const char *text, const char *unit, int least, int most, int *number)
{
    bool negative = *text == '-';
    int value = 0, digits = 0;
    text += *text == '-' || *text == '+';
    for (; *text >= '0' && *text <= '9' && digits < 7; digits++)
        value = 10 * value + *text++ - '0';
    while (is_space(*text))
        text++;
    value = negative ? -value : value;
    *number = value;
    return digits > 0 && (!*text || str_equal_nocase(text, unit)) && value >= least &&
           value <= most;
}

static bool take_level(struct command *command, const char *text, char *error, size_t size)
{
    char part[16];
    size_t length = strcspn(text, " \t");
    bool named = *text && !strchr("+-0123456789", *text);
    if (named) {
        snprintf(part, sizeof part, "%.*s", (int)length, text);
        int choice = length < sizeof part ? find_choice(table[COMMAND_LEVEL].arguments, part) : -1;
        if (choice < 0) {
            say_nearest_choice(COMMAND_LEVEL, part, error, size);
            return false;
        }
        command->part = (enum command_part)choice;
        text += length;
        while (is_space(*text))
            text++;
    }
    if (read_number(text, "dB", COMMAND_LEVEL_LEAST_DB, COMMAND_LEVEL_MOST_DB, &command->number))
        return true;
    say_usage(COMMAND_LEVEL, text, error, size);
    return false;
}

bool command_step_level(const struct command *command, int *level_db)
{
    bool louder = command->id == COMMAND_LOUDER;
    int edge = louder ? COMMAND_LEVEL_MOST_DB : COMMAND_LEVEL_LEAST_DB;
    int level = *level_db + (louder ? LEVEL_STEP_DB : -LEVEL_STEP_DB);
    if (*level_db == edge)
        return false;
    *level_db = (louder ? level > edge : level < edge) ? edge : level;
    return true;
}

const char *command_part_name(enum command_part part)
{
    static const char *const names[PART_COUNT] = {[PART_MASTER] = "master",
                                                  [PART_SPEECH] = "speech",
                                                  [PART_SOUNDS] = "sounds",
                                                  [PART_BED] = "bed"};
    return names[part];
}

static bool take_move(struct command *command, const char *text, char *error, size_t size)
{
    if (read_number(text, "", 1, COMMAND_MOVE_MOST, &command->number))
        return true;
    say_usage(COMMAND_TO, text, error, size);
    return false;
}

static bool take_argument(struct command *command, const char *text, char *error, size_t size)
{
    const char *takes = table[command->id].arguments;
    if (command->id == COMMAND_PLAY)
        return command_take_routine(command, text, error, size);
    if (command->id == COMMAND_LEVEL)
        return take_level(command, text, error, size);
    if (command->id == COMMAND_TO)
        return take_move(command, text, error, size);
    if (strchr(takes, '|'))
        return take_choice(command, text, error, size);
    if (strstr(takes, "TIME"))
        return take_time(command, text, error, size);
    if (strcmp(takes, "NAME") == 0)
        return take_voice(command, text, error, size);
    if (*takes)
        return take_verb(command, text, error, size);
    if (*text)
        say_usage((int)command->id, text, error, size);
    return !*text;
}

static bool understand(const char *line, struct command *command, char *error, size_t size)
{
    char text[LINE_MOST + 1];
    if (!take_line(line, text)) {
        snprintf(error, size, "this is not a command: write one on a line, such as: more 10s");
        return false;
    }
    char *argument = split_verb(text);
    int id = find_verb(text);
    if (!*text)
        snprintf(error, size, "there is no command here; help lists them");
    else if (id < 0)
        say_unknown(text, error, size);
    if (id < 0)
        return false;
    command->id = (enum command_id)id;
    return take_argument(command, argument, error, size);
}

bool command_parse(const char *line, struct command *command, char *error, size_t error_size)
{
    memset(command, 0, sizeof *command);
    if (error_size)
        *error = '\0';
    bool understood = understand(line, command, error, error_size);
    if (!understood) {
        memset(command, 0, sizeof *command);
        end_whole(error, error_size);
    }
    return understood;
}

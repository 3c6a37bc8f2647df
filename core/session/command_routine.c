/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_routine.c: what may follow `play`: a routine by name or path, and how to play it. */
#include <stdio.h>
#include <string.h>

#include "session/command_inside.h"

#define SHOWN 40 /* bytes of a word that an error repeats */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_small_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Letters of any language: the line is valid UTF-8. */
static bool is_of_name(char c)
{
    return is_small_letter(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || (c && strchr("-_/.", c));
}

/* Takes a word, or what stands in quotes, into `word`. Returns what follows, or NULL: it has no
 * end, or is too long. */
static const char *take_word(const char *text, char *word, size_t size)
{
    char quote = *text == '"' || *text == '\'' ? *text : '\0';
    const char *begin = text + (quote != '\0');
    size_t length = quote ? strcspn(begin, (char[]){quote, '\0'}) : strcspn(begin, " \t\"'");
    const char *end = begin + length;
    if (quote && *end != quote)
        return NULL;
    end += quote != '\0';
    if (length >= size || (*end && !is_space(*end)))
        return NULL;
    memcpy(word, begin, length);
    word[length] = '\0';
    return end;
}

bool command_next_option(const char **rest, char name[24], char value[128])
{
    const char *text = *rest;
    size_t length = 0;
    while (is_space(*text))
        text++;
    while (is_small_letter(text[length]) || (length > 0 && text[length] == '-'))
        length++;
    if (length == 0 || length >= 24 || text[length] != '=')
        return false;
    const char *end = take_word(text + length + 1, value, 128);
    if (!end || !*value)
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    *rest = end;
    return true;
}

static bool is_name(const char *name)
{
    bool any = false;
    for (; *name && (is_of_name(*name) || *name == ' '); name++)
        any |= *name != '.' && *name != '/' && *name != ' ';
    return any && !*name;
}

/* At most SHOWN bytes, no character cut in two. */
static int shown(const char *text)
{
    size_t length = strlen(text);
    if (length <= SHOWN)
        return (int)length;
    for (length = SHOWN; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
        length--;
    return (int)length;
}

bool command_take_routine(struct command *command, const char *text, char *error, size_t size)
{
    char name[24], value[128];
    if (!*text)
        return true;
    const char *rest = take_word(text, command->name, sizeof command->name);
    if (!rest || !is_name(command->name)) {
        snprintf(error, size, "play takes the name of a routine, such as: play neck-release");
        return false;
    }
    while (is_space(*rest))
        rest++;
    snprintf(command->rest, sizeof command->rest, "%s", rest);
    while (command_next_option(&rest, name, value))
        continue;
    while (is_space(*rest))
        rest++;
    if (*rest)
        snprintf(error, size, "no option \"%.*s\"; such as: play neck-release for=10min",
                 shown(rest), rest);
    return !*rest;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* questions.c: the questions of docs/ask.md that a player alone can answer. */
#include <string.h>

#include "player/document.h"
#include "player/player.h"
#include "session/command.h"

static void commands(struct str *to)
{
    const struct command_help *table = command_table();
    json_t *document = json_object(), *all = json_array();
    for (int i = 0; i < COMMAND_COUNT; i++) {
        json_t *item = json_object();
        size_t length = strcspn(table[i].name, "|");
        json_object_set_new(item, "name", json_stringn(table[i].name, length));
        json_object_set_new(item, "arguments", json_string(table[i].arguments));
        json_object_set_new(item, "help", json_string(table[i].help));
        json_object_set_new(item, "by_ear", json_string(table[i].by_ear));
        json_array_append_new(all, item);
    }
    json_object_set_new(document, "commands", all);
    document_end(document, to);
}

static enum limber_status refuse(enum limber_status status, const char *why, struct str *to)
{
    json_t *document = json_object();
    json_object_set_new(document, "error", json_string(why));
    document_end(document, to);
    return status;
}

static enum limber_status answer(const struct player *player, const char *question, struct str *to)
{
    static const char *const others[] = {"routines", "routine", "moves", "voices", "sounds",
                                         "history",  "check",   "save",  "delete"};
    if (strcmp(question, "status") == 0) {
        player_status_json(player, to);
    } else if (strcmp(question, "session") == 0) {
        if (!player_session_json(player, to))
            return refuse(LIMBER_BUSY, "Nothing plays.", to);
    } else if (strcmp(question, "commands") == 0) {
        commands(to);
    } else if (strcmp(question, "version") == 0) {
        str_add(to, "{\"format\":1,\"program\":\"limber\",\"version\":\"" LIMBER_VERSION "\"}");
    } else {
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            size_t length = strlen(others[i]);
            if (strncmp(question, others[i], length) == 0 &&
                (question[length] == '\0' || question[length] == ' '))
                return refuse(LIMBER_BUSY, "This player plays one routine and knows no others.",
                              to);
        }
        return refuse(LIMBER_INVALID, "There is no such question.", to);
    }
    return LIMBER_OK;
}

enum limber_status player_ask(const struct player *player, const char *question,
                              limber_ask_write write, void *user)
{
    struct str text = {0};
    enum limber_status status = answer(player, question, &text);
    write(user, str_text(&text), text.length);
    str_free(&text);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api.c: questions and commands. Reading never changes anything: what does, is asked by POST. */
#include <stdio.h>
#include <string.h>

#include "web.h"

#define QUESTION_ROOM 512
#define COMMAND_ROOM  512
#define ANSWER_ROOM   1024

/* --- questions --- */

static bool begins_with_word(const char *line, const char *word)
{
    size_t length = strlen(word);
    return strncmp(line, word, length) == 0 && (line[length] == '\0' || line[length] == ' ');
}

/* Questions that only read, and those that need a body or change something. */
static bool may_be_read(const char *question)
{
    static const char *const readers[] = {"status", "session", "routines", "routine", "moves",
                                          "voices", "sounds",  "commands", "history", "version"};
    bool found = false;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        found |= begins_with_word(question, readers[i]);
    return found;
}

static bool must_be_posted(const char *question)
{
    return begins_with_word(question, "check") || begins_with_word(question, "save") ||
           begins_with_word(question, "delete");
}

static unsigned status_of(enum limber_status status)
{
    switch (status) {
    case LIMBER_OK:
        return MHD_HTTP_OK;
    case LIMBER_INVALID:
        return MHD_HTTP_BAD_REQUEST;
    case LIMBER_NOT_FOUND:
        return MHD_HTTP_NOT_FOUND;
    case LIMBER_BUSY:
        return MHD_HTTP_CONFLICT;
    case LIMBER_LIMIT:
        return MHD_HTTP_CONTENT_TOO_LARGE;
    case LIMBER_IO:
        return MHD_HTTP_INSUFFICIENT_STORAGE;
    case LIMBER_UNSUPPORTED:
        return MHD_HTTP_NOT_IMPLEMENTED;
    default:
        return MHD_HTTP_INTERNAL_SERVER_ERROR;
    }
}

static bool add_piece(void *user, const char *data, size_t size)
{
    return text_add(user, data, size, ANSWER_MOST);
}

/* Reads the question; false after answering. */
static bool read_question(struct request *request, char *question, enum MHD_Result *result)
{
    const char *value = NULL;
    size_t size = 0;
    MHD_lookup_connection_value_n(request->connection, MHD_GET_ARGUMENT_KIND, "q", 1, &value,
                                  &size);
    if (!value || !parse_line(value, size, question, QUESTION_ROOM))
        *result = answer_error(request, MHD_HTTP_BAD_REQUEST,
                               "Ask with ?q=QUESTION, such as /api/ask?q=status.");
    else if (!request_is_post(request) && must_be_posted(question))
        *result = answer_error(request, MHD_HTTP_METHOD_NOT_ALLOWED, "That is asked by POST.");
    else if (!request_is_post(request) && !may_be_read(question))
        *result = answer_error(request, MHD_HTTP_BAD_REQUEST, "There is no such question.");
    else
        return true;
    return false;
}

static enum MHD_Result ask(struct request *request)
{
    const struct limber_host_ask *host = request->web->ask;
    char question[QUESTION_ROOM];
    enum MHD_Result result;
    struct text answer = {.data = NULL};
    if (!read_question(request, question, &result))
        return result;
    if (!host)
        return answer_error(request, MHD_HTTP_CONFLICT, "Nothing can be asked here.");
    const char *body = request->body.data;
    if (!body && must_be_posted(question))
        body = "";
    enum limber_status status =
        host->ask(host->context, question, body, request->body.size, add_piece, &answer);
    if (status != LIMBER_OK && !answer.failed && answer.size == 0)
        return answer_error(request, status_of(status), "That failed.");
    return answer_text(request, status_of(status), &answer);
}

/* --- commands --- */

static enum MHD_Result command(struct request *request)
{
    const struct limber_host_command *host = request->web->command;
    char line[COMMAND_ROOM], answer[ANSWER_ROOM] = "";
    struct text text = {.data = NULL};
    if (!request->body.data ||
        !parse_line(request->body.data, request->body.size, line, sizeof line))
        return answer_error(request, MHD_HTTP_BAD_REQUEST, "A command is one line of text.");
    bool good = host->run(host->context, line, answer, sizeof answer) == LIMBER_OK;
    text_printf(&text, "{\"ok\":%s,\"answer\":", good ? "true" : "false");
    text_json(&text, answer);
    text_printf(&text, "}");
    return answer_text(request, good ? MHD_HTTP_OK : MHD_HTTP_CONFLICT, &text);
}

/* --- all of it --- */

const struct route *api_find(const char *path)
{
    static const struct route routes[] = {
        {"/api/ask", GETS | POSTS, false, ask},
        {"/api/command", POSTS, false, command},
        {"/api/events", GETS, false, events_open},
        {"/api/pair", POSTS, true, pairing_try},
        {"/api/pair/begin", POSTS, true, pairing_begin},
        {"/api/sessions", GETS, false, pairing_list},
        {"/api/unpair", POSTS, false, pairing_end},
    };
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].path, path) == 0)
            return &routes[i];
    }
    return NULL;
}

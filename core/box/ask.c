/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask.c: which question it is, and the answer on its way. */
#include "box/ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "box/ask_inside.h"

#define WARM_MS 5 /* between pages that are read ahead: commands come first */

enum limber_status answer_refuse(struct answer *answer, enum limber_status status,
                                 const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = xstrdup("This cannot be answered now.");
    va_end(args);
    if (!answer->document)
        answer->document = json_object();
    json_object_set_new(answer->document, "error", document_text(text));
    free(text);
    return status;
}

/* --- the questions --- */

static const struct question {
    const char *word;
    enum limber_status (*answer)(struct answer *answer);
    bool rest; /* something may, or must, follow */
    bool body;
} questions[] = {
    {"routines", answer_routines, false, false}, {"routine", answer_routine, true, false},
    {"moves", answer_moves, false, false},       {"voices", answer_voices, true, false},
    {"sounds", answer_sounds, false, false},     {"history", answer_history, true, false},
    {"check", answer_check, false, true},        {"save", answer_save, true, true},
    {"delete", answer_delete, true, false},
};
static const char *const of_player[] = {"status", "session", "commands", "version"};

static const struct question *find_question(const char *word)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (strcmp(questions[i].word, word) == 0)
            return &questions[i];
    }
    return NULL;
}

static bool is_of_player(const char *word)
{
    for (size_t i = 0; i < sizeof of_player / sizeof *of_player; i++) {
        if (strcmp(of_player[i], word) == 0)
            return true;
    }
    return false;
}

/* One line of readable text. */
static bool is_line(const char *question)
{
    size_t length = strnlen(question, ASK_QUESTION_MOST + 1);
    if (length > ASK_QUESTION_MOST || str_utf8_invalid_at(question, length) >= 0)
        return false;
    for (const char *c = question; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 127)
            return false;
    }
    return true;
}

static enum limber_status unknown(struct answer *answer, const char *word)
{
    const char *words[16];
    size_t count = 0;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        words[count++] = questions[i].word;
    for (size_t i = 0; i < sizeof of_player / sizeof *of_player; i++)
        words[count++] = of_player[i];
    const char *near = str_nearest(word, words, count);
    if (near)
        return answer_refuse(answer, LIMBER_INVALID,
                             "There is no question \"%s\"; did you mean \"%s\"?", word, near);
    return answer_refuse(answer, LIMBER_INVALID, "There is no question \"%s\".", word);
}

static enum limber_status dispatch(struct answer *answer, const char *word)
{
    const struct question *question = find_question(word);
    if (!question)
        return unknown(answer, word);
    if (!question->rest && *answer->rest)
        return answer_refuse(answer, LIMBER_INVALID, "Nothing follows \"%s\".", word);
    if (!question->body && answer->body_size > 0)
        return answer_refuse(answer, LIMBER_INVALID, "No page goes with \"%s\".", word);
    if (question->body && !answer->body)
        return answer_refuse(answer, LIMBER_INVALID, "A page goes with \"%s\".", word);
    return question->answer(answer);
}

/* The first word and what follows, without the spaces around. */
static char *split(struct arena *arena, const char *question, const char **rest)
{
    question += strspn(question, " ");
    size_t length = strcspn(question, " ");
    char *word = arena_strndup(arena, question, length);
    question += length;
    question += strspn(question, " ");
    length = strlen(question);
    while (length > 0 && question[length - 1] == ' ')
        length--;
    *rest = arena_strndup(arena, question, length);
    return word;
}

enum limber_status ask_answer(struct ask *ask, const char *question, const char *body,
                              size_t body_size, limber_ask_write write, void *user)
{
    struct answer answer = {
        .ask = ask, .arena = arena_new(), .rest = "", .body = body, .body_size = body_size};
    enum limber_status status = LIMBER_INVALID;
    const char *word = is_line(question) ? split(answer.arena, question, &answer.rest) : NULL;
    if (!word) {
        answer_refuse(&answer, status, "A question is one line of at most %d bytes.",
                      ASK_QUESTION_MOST);
    } else if (is_of_player(word) && ask->host.player && !*answer.rest && body_size == 0) {
        status = player_ask(ask->host.player, word, write, user);
        goto out;
    } else if (is_of_player(word)) {
        status =
            answer_refuse(&answer, ask->host.player ? LIMBER_INVALID : LIMBER_BUSY,
                          ask->host.player ? "Nothing follows \"%s\"." : "Nothing plays.", word);
    } else {
        status = dispatch(&answer, word);
    }
    struct str text = {0};
    document_end(answer.document, &text);
    write(user, str_text(&text), text.length);
    str_free(&text);
out:
    arena_destroy(answer.arena);
    return status;
}

/* --- the whole --- */

static void warm(void *user)
{
    struct ask *ask = user;
    ask->timer = 0;
    if (ask_library_read_one(ask))
        ask->timer = loop_add_timer(ask->host.loop, WARM_MS, 0, warm, ask);
}

static void warm_up(struct ask *ask)
{
    if (ask->host.loop && !ask->timer)
        ask->timer = loop_add_timer(ask->host.loop, WARM_MS, 0, warm, ask);
}

struct ask *ask_new(const struct ask_host *host)
{
    struct ask *ask = xcalloc(1, sizeof *ask);
    ask->host = *host;
    ask_library_look(ask);
    warm_up(ask);
    return ask;
}

void ask_destroy(struct ask *ask)
{
    if (!ask)
        return;
    if (ask->timer)
        loop_remove(ask->host.loop, ask->timer);
    ask_library_clear(ask);
    json_decref(ask->voices);
    free(ask);
}

void ask_reload(struct ask *ask)
{
    ask_library_clear(ask);
    json_decref(ask->voices);
    ask->voices = NULL;
    ask_library_look(ask);
    warm_up(ask);
}

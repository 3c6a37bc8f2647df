/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_ctl.c: talks to the player that runs. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/ctl_link.h"
#include "app/ctl_show.h"
#include "app/verbs.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/status.h"
#include "base/str.h"
#include "session/command.h"

#define LINE_MOST 1024         /* bytes of a request */
#define PAGE_MOST (256u << 10) /* bytes of a body */

/* What is no command of the command language. */
static const struct {
    const char *name, *arguments, *help;
} others[] = {
    {"status", "", "what plays now; --json: as docs/ask.md says"},
    {"subscribe", "[clock]", "the status as JSON, a line at each change"},
    {"ask", "QUESTION", "routines, moves, voices, history, commands…: JSON"},
    {"check", "FILE", "what is wrong with a routine, as the player sees it"},
    {"save", "NAME FILE", "keep a routine there; - is standard input"},
};

static void print_row(FILE *to, const char *name, const char *arguments, const char *help)
{
    char left[40];
    snprintf(left, sizeof left, "%s%s%s", name, *arguments ? " " : "", arguments);
    if (str_columns(left, strlen(left)) < 26)
        fprintf(to, "  %-26s", left);
    else
        fprintf(to, "  %s %s\n%28s", name, arguments, "");
    cli_print_wrapped(to, help, strlen(help), 28);
}

static void print_table(FILE *to)
{
    const struct command_help *table = command_table();
    char name[24];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        print_row(to, others[i].name, others[i].arguments, others[i].help);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(table[i].name, "|"), table[i].name);
        if (i != COMMAND_STATUS)
            print_row(to, name, table[i].arguments, table[i].help);
    }
}

static void print_names(void)
{
    const struct command_help *table = command_table();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        puts(others[i].name);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (i != COMMAND_STATUS)
            printf("%.*s\n", (int)strcspn(table[i].name, "|"), table[i].name);
    }
}

static int misused(const char *why)
{
    fprintf(stderr, "limber: error: %s\nlimber ctl --help shows examples\n", why);
    return EXIT_USAGE;
}

/* --- requests --- */

/* Sends a request and waits for its answer: what is behind its mark, or NULL after saying why there
 * is none. */
static const char *request_answer(struct ctl_link *link, const char *line, const char *body,
                                  size_t body_size)
{
    ctl_send(link, line, strlen(line));
    ctl_send(link, body, body_size);
    const char *answer = ctl_line(link, CTL_WAIT_MS);
    if (!answer)
        return NULL;
    bool well = str_starts_with(answer, "ok") || str_starts_with(answer, "= ");
    answer += strcspn(answer, " ");
    answer += *answer == ' ';
    if (!well)
        fprintf(stderr, "limber: error: %s\n", *answer ? answer : "this cannot be done");
    return well ? answer : NULL;
}

static int run_line(struct ctl_link *link, const char *line)
{
    const char *answer = request_answer(link, line, "", 0);
    if (answer && *answer)
        puts(answer);
    return answer ? EXIT_DONE : EXIT_RUNTIME;
}

static int show_status(struct ctl_link *link, bool json)
{
    const char *answer = request_answer(link, "ask status\n", "", 0);
    if (!answer)
        return EXIT_RUNTIME;
    if (json || !ctl_show_status(answer))
        puts(answer);
    return EXIT_DONE;
}

static int subscribe(struct ctl_link *link, const char *line)
{
    if (!request_answer(link, line, "", 0))
        return EXIT_RUNTIME;
    for (const char *status; (status = ctl_line(link, -1));) {
        if (str_starts_with(status, "* "))
            puts(status + 2);
        if (fflush(stdout) != 0)
            return EXIT_DONE; /* nobody reads it any more */
    }
    fputs("limber: the player has gone\n", stderr);
    return EXIT_RUNTIME;
}

/* --- pages --- */

/* Reads a page, "-": from standard input. Returns false after saying what is wrong. */
static bool read_page(const char *path, struct arena *arena, char **text, size_t *size)
{
    if (strcmp(path, "-") != 0) {
        enum limber_status status = file_read(path, PAGE_MOST, arena, text, size);
        if (status != LIMBER_OK)
            fprintf(stderr, "limber: error: %s: %s\n", path,
                    status == LIMBER_LIMIT ? "a routine has at most 256 KiB" : status_text(status));
        return status == LIMBER_OK;
    }
    *text = arena_alloc(arena, PAGE_MOST + 1);
    *size = fread(*text, 1, PAGE_MOST + 1, stdin);
    if (*size > PAGE_MOST)
        fputs("limber: error: a routine has at most 256 KiB\n", stderr);
    return *size <= PAGE_MOST;
}

/* `question`: "check" or "save NAME". */
static int send_page(struct ctl_link *link, const char *question, const char *path, bool json)
{
    struct arena *arena = arena_new();
    struct str line = {0};
    char *text = NULL;
    const char *answer = NULL;
    size_t size = 0;
    int errors = 0, status = EXIT_RUNTIME;
    if (read_page(path, arena, &text, &size)) {
        bool checks = strcmp(question, "check") == 0;
        str_printf(&line, "ask %zu %s\n", size, question);
        answer = request_answer(link, line.data, text, size);
        if (!answer && !checks) { /* why? */
            str_free(&line);
            str_printf(&line, "ask %zu check\n", size);
            answer = request_answer(link, line.data, text, size);
        } else if (answer) {
            status = EXIT_DONE;
        }
        const char *shown = strcmp(path, "-") == 0 ? "standard input" : path;
        if (answer && (json || !ctl_show_check(answer, shown, &errors)))
            puts(answer);
        if (json && answer)
            ctl_show_check(answer, shown, &errors);
        if (!json && status == EXIT_DONE && errors == 0)
            printf(checks ? "%s: good\n" : "saved %s\n", checks ? shown : question + 5);
    }
    str_free(&line);
    arena_destroy(arena);
    return errors > 0 ? EXIT_ROUTINE : status;
}

/* --- the verb --- */

static void join_words(const struct request *request, struct str *line)
{
    for (int i = 0; i < request->argument_count; i++) {
        const char *word = request->arguments[i];
        str_printf(line, "%s%s", i ? " " : "", word + (*word == ' '));
    }
    str_add_char(line, '\n');
}

static int run_words(const struct request *request, struct ctl_link *link, const char *line)
{
    const char *first = request->arguments[0];
    int count = request->argument_count;
    if (strcmp(first, "status") == 0)
        return show_status(link, request->json);
    if (strcmp(first, "subscribe") == 0)
        return subscribe(link, line);
    if (strcmp(first, "check") == 0 && count == 2)
        return send_page(link, "check", request->arguments[1], request->json);
    if (strcmp(first, "save") == 0 && count == 3) {
        char question[200];
        snprintf(question, sizeof question, "save %s", request->arguments[1]);
        return send_page(link, question, request->arguments[2], request->json);
    }
    return run_line(link, line);
}

static int check_words(const struct request *request, const char *line)
{
    const char *first = request->arguments[0];
    int count = request->argument_count;
    if (strchr(line, '\n') != line + strlen(line) - 1 || strlen(line) > LINE_MOST)
        return misused("a command is one line of at most 1024 bytes");
    if (strcmp(first, "check") == 0 && count != 2)
        return misused("check takes a file: limber ctl check my-routine.md");
    if (strcmp(first, "save") == 0 && (count != 3 || strpbrk(request->arguments[1], " \t")))
        return misused("save takes a name and a file: limber ctl save my-routine my-routine.md");
    return -1;
}

static int run_ctl(const struct request *request)
{
    struct ctl_link link;
    struct str line = {0};
    if (request->names) {
        print_names();
        return EXIT_DONE;
    }
    if (request->argument_count == 0) {
        cli_verb_help(&verb_ctl, stderr);
        return EXIT_USAGE;
    }
    join_words(request, &line);
    int status = check_words(request, line.data);
    if (status < 0) {
        status =
            ctl_open(&link, request->socket) ? run_words(request, &link, line.data) : EXIT_RUNTIME;
        ctl_close(&link);
    }
    str_free(&line);
    return status;
}

const struct verb verb_ctl = {
    .name = "ctl",
    .arguments = "COMMAND [ARGUMENTS]",
    .summary = "tell the player that runs what to do, or ask it",
    .details =
        "Talks to a box (limber serve), or to limber play --control socket. The player is looked "
        "for at\n"
        "$LIMBER_SOCKET, then $XDG_RUNTIME_DIR/limber/control.sock, then "
        "/run/limber/control.sock.\n"
        "limber-control(7) says how to talk to it without this program.\n\n"
        "The exit status is 0 when it is done, 1 when the player refused or does not answer, 2 "
        "after\n"
        "wrong usage, 3 when a page has errors.\n\n"
        "Examples:\n"
        "  limber ctl play desk-break for=10min\n"
        "  limber ctl more 10s\n"
        "  limber ctl status\n"
        "  limber ctl ask routines\n"
        "  limber ctl save my-break my-break.md\n",
    .more = print_table,
    .options = (const enum option_id[]){OPTION_SOCKET, OPTION_JSON, OPTION_NAMES, OPTION_HELP},
    .complete = COMPLETE_COMMAND,
    .minimum = 0,
    .maximum = -1,
    .run = run_ctl,
};

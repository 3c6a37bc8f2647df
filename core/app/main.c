/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c: picks the verb. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/status.h"
#include "base/str.h"
#include "plugin/threadcheck.h"

static int unknown_verb(const char *name)
{
    const char *names[CLI_MAX_VERBS];
    size_t count = 0;
    for (; cli_verbs[count]; count++)
        names[count] = cli_verbs[count]->name;
    const char *nearest = str_nearest(name, names, count);
    fprintf(stderr, "limber: error: there is no verb \"%s\"", name);
    if (nearest)
        fprintf(stderr, "; did you mean \"%s\"?", nearest);
    fputs("\nlimber --help lists the verbs\n", stderr);
    return EXIT_USAGE;
}

/* A full disk behind stdout is an error; a reader that has gone (| head) is none. */
static int close_stdout(int status)
{
    struct stat info;
    bool failed = fflush(stdout) != 0;
    failed |= ferror(stdout) != 0;
    if (!failed || fstat(STDOUT_FILENO, &info) != 0 || S_ISFIFO(info.st_mode) ||
        S_ISSOCK(info.st_mode) || isatty(STDOUT_FILENO))
        return status;
    fputs("limber: error: the output could not be written in full\n", stderr);
    return status == EXIT_DONE ? EXIT_RUNTIME : status;
}

int main(int argc, char **argv)
{
    struct request request;
    signal(SIGPIPE, SIG_IGN);
    threadcheck_set(THREAD_MAIN);
    if (argc < 2) {
        cli_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        const struct verb *verb = argc > 2 ? cli_find_verb(argv[2]) : NULL;
        if (verb)
            cli_verb_help(verb, stdout);
        else
            cli_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("limber " LIMBER_VERSION);
        return EXIT_DONE;
    }
    const struct verb *verb = cli_find_verb(argv[1]);
    if (!verb)
        return unknown_verb(argv[1]);
    int status = cli_parse(verb, argc - 1, argv + 1, &request);
    return close_stdout(status >= 0 ? status : verb->run(&request));
}

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
#include "plugin/threadcheck.h"

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* The first words name no verb: help that was asked for, or an error. */
static int no_verb(char **words, int count)
{
    bool asked = is_help(words[0]);
    char **named = asked ? words + 1 : words;
    int named_count = asked ? count - 1 : count;
    const struct verb *verb = asked ? cli_find_verb(named, named_count, NULL) : NULL;
    const struct verb_group *group = named_count > 0 ? cli_find_group(named[0]) : NULL;
    if (verb) {
        cli_verb_help(verb, stdout);
        return EXIT_DONE;
    }
    if (group && (asked || named_count < 2 || is_help(named[1]))) {
        bool wanted = asked || named_count > 1;
        cli_group_help(group, wanted ? stdout : stderr);
        return wanted ? EXIT_DONE : EXIT_USAGE;
    }
    if (asked) {
        cli_help(stdout);
        return EXIT_DONE;
    }
    return cli_unknown_verb(group, group ? named[1] : named[0]);
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
    if (strcmp(argv[1], "--version") == 0) {
        puts("limber " LIMBER_VERSION);
        return EXIT_DONE;
    }
    int used = 0;
    const struct verb *verb = cli_find_verb(argv + 1, argc - 1, &used);
    if (!verb)
        return close_stdout(no_verb(argv + 1, argc - 1));
    int status = cli_parse(verb, argc - used, argv + used, &request);
    return close_stdout(status >= 0 ? status : verb->run(&request));
}

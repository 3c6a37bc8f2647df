/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manual.c: manual pages of the verbs, in scdoc's language, from the same tables as --help. */
#include <ctype.h>
#include <string.h>

#include "app/cli.h"

/* Text with scdoc's special characters escaped. */
static void plain(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (strchr("_*\\<>#~`[]", *text))
            fputc('\\', to);
        fputc(*text, to);
    }
}

static void options(const struct verb *verb, FILE *to)
{
    fputs("# OPTIONS\n\n", to);
    for (const enum option_id *id = verb->options;; id++) {
        const struct option_entry *option = &cli_options[*id];
        if (!option->hidden) {
            if (option->letter)
                fprintf(to, "*-%c*, ", option->letter);
            fprintf(to, "*--%s*", option->name);
            if (option->argument) {
                fputs(" _", to);
                plain(to, option->argument);
                fputc('_', to);
            }
            fputs("\n\t", to);
            plain(to, option->help);
            fputs("\n\n", to);
        }
        if (*id == OPTION_HELP)
            return;
    }
}

/* The details of --help: paragraphs, then lines that begin with two spaces (the examples). */
static void details(const struct verb *verb, FILE *to)
{
    bool example = false;
    for (const char *line = verb->details; *line;) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, "Examples:", 9) == 0) {
            fputs("# EXAMPLES\n\n", to);
        } else if (length > 2 && line[0] == ' ') {
            fputs(example ? "" : "```\n", to);
            fprintf(to, "%.*s\n", (int)length - 2, line + 2);
            example = true;
        } else {
            char text[400];
            snprintf(text, sizeof text, "%.*s\n", (int)length, line);
            plain(to, text);
        }
        line += length + (line[length] == '\n');
    }
    fputs(example ? "```\n\n" : "\n", to);
}

void cli_manual(const struct verb *verb, FILE *to)
{
    fprintf(to, "limber-%s(1)\n\n# NAME\n\nlimber-%s - %s\n\n# SYNOPSIS\n\n*limber %s* [OPTIONS] ",
            verb->name, verb->name, verb->summary, verb->name);
    plain(to, verb->arguments);
    fputs("\n\n# DESCRIPTION\n\n", to);
    details(verb, to);
    options(verb, to);
    fputs("# SEE ALSO\n\n*limber*(1), *limber-routine*(5)\n", to);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manual.c: manual pages of the verbs, in scdoc's language, from the same tables as --help. */
#include <ctype.h>
#include <string.h>

#include "app/cli.h"

/* Text with scdoc's special characters escaped. */
static void plain_bytes(FILE *to, const char *text, size_t length)
{
    for (; length > 0; text++, length--) {
        if (strchr("_*\\<>#~`[]", *text))
            fputc('\\', to);
        fputc(*text, to);
    }
}

static void plain(FILE *to, const char *text)
{
    plain_bytes(to, text, strlen(text));
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
            plain_bytes(to, line, length);
            fputc('\n', to);
        }
        line += length + (line[length] == '\n');
    }
    fputs(example ? "```\n\n" : "\n", to);
}

/* "limber-voice-try" of "voice try". */
static const char *page_name(const char *name, char *buffer, size_t size)
{
    snprintf(buffer, size, "limber-%s", name);
    for (char *c = buffer; *c; c++) {
        if (*c == ' ')
            *c = '-';
    }
    return buffer;
}

/* The verbs of a group, each with its page. */
static void group_verbs(const struct verb_group *group, FILE *to)
{
    char page[64];
    fputs("# VERBS\n\n", to);
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (cli_in_group(cli_verbs[i], group, NULL)) {
            fprintf(to, "*limber %s*\n\t", cli_verbs[i]->name);
            plain(to, cli_verbs[i]->summary);
            fprintf(to, ". *%s*(1).\n\n", page_name(cli_verbs[i]->name, page, sizeof page));
        }
    }
}

static void heading(const char *name, const char *summary, FILE *to)
{
    char page[64];
    page_name(name, page, sizeof page);
    fprintf(to, "%s(1)\n\n# NAME\n\n%s - ", page, page);
    plain(to, summary);
    fprintf(to, "\n\n# SYNOPSIS\n\n*limber %s* ", name);
}

static void verb_page(const struct verb *verb, FILE *to)
{
    const struct verb_group *group = cli_find_group(verb->name);
    heading(verb->name, verb->summary, to);
    fputs("[OPTIONS] ", to);
    plain(to, verb->arguments);
    if (group)
        fprintf(to, "\n\n*limber %s* _VERB_ [OPTIONS] [ARGUMENTS]", verb->name);
    fputs("\n\n# DESCRIPTION\n\n", to);
    details(verb, to);
    if (verb->more) {
        fputs("# COMMANDS\n\n```\n", to);
        verb->more(to);
        fputs("```\n\n", to);
    }
    if (group)
        group_verbs(group, to);
    options(verb, to);
    fputs("# SEE ALSO\n\n*limber*(1), ", to);
    for (group = cli_groups; group->name; group++) {
        if (cli_in_group(verb, group, NULL))
            fprintf(to, "*limber-%s*(1), ", group->name);
    }
    fputs("*limber-routine*(5)\n", to);
}

static void group_page(const struct verb_group *group, FILE *to)
{
    heading(group->name, group->summary, to);
    fputs("_VERB_ [OPTIONS] [ARGUMENTS]\n\n", to);
    group_verbs(group, to);
    fputs("# SEE ALSO\n\n*limber*(1), *limber-routine*(5)\n", to);
}

/* One entry of limber(1). */
static void entry(const char *name, const char *summary, FILE *to)
{
    char page[64];
    fprintf(to, "*%s*\n\t%c", name, toupper((unsigned char)summary[0]));
    plain(to, summary + 1);
    fprintf(to, ". *%s*(1).\n\n", page_name(name, page, sizeof page));
}

static bool is_own_page(const struct verb_group *group)
{
    return cli_find_group(group->name) && !cli_group_verb(group);
}

static void all_entries(FILE *to)
{
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (!strchr(cli_verbs[i]->name, ' '))
            entry(cli_verbs[i]->name, cli_verbs[i]->summary, to);
    }
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        if (is_own_page(group))
            entry(group->name, group->summary, to);
        for (size_t i = 0; cli_verbs[i]; i++) {
            if (cli_in_group(cli_verbs[i], group, NULL))
                entry(cli_verbs[i]->name, cli_verbs[i]->summary, to);
        }
    }
}

bool cli_manual(const char *page, FILE *to)
{
    char own[64];
    if (strcmp(page, "verbs") == 0) {
        all_entries(to);
        return true;
    }
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (strcmp(page, page_name(cli_verbs[i]->name, own, sizeof own)) == 0) {
            verb_page(cli_verbs[i], to);
            return true;
        }
    }
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        if (is_own_page(group) && strcmp(page, page_name(group->name, own, sizeof own)) == 0) {
            group_page(group, to);
            return true;
        }
    }
    return false;
}

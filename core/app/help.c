/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.c: --help, from the tables, for screens of 80 columns; and help for those who mistyped. */
#include <string.h>

#include "app/cli.h"
#include "base/status.h"
#include "base/str.h"

#define WIDTH 80

void cli_print_wrapped(FILE *to, const char *text, size_t length, int indent)
{
    const char *end = text + length;
    int column = indent;
    while (text < end) {
        size_t word = strcspn(text, " \n");
        if (word > (size_t)(end - text))
            word = (size_t)(end - text);
        int width = str_columns(text, word);
        if (column > indent && column + 1 + width > WIDTH) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', to);
            column++;
        }
        fwrite(text, 1, word, to);
        column += width;
        text += word;
        text += strspn(text, " \n");
    }
    fputc('\n', to);
}

static void print_row(FILE *to, const char *name, const char *summary)
{
    fprintf(to, "  %-11s ", name);
    cli_print_wrapped(to, summary, strlen(summary), 14);
}

void cli_help(FILE *to)
{
    fputs("Limber plays guided sessions by ear: a page that says what to do becomes a\n"
          "voice that keeps the time.\n\n"
          "Usage: limber VERB [OPTIONS] [ARGUMENTS]\n\n",
          to);
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (!strchr(cli_verbs[i]->name, ' '))
            print_row(to, cli_verbs[i]->name, cli_verbs[i]->summary);
    }
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        if (cli_find_group(group->name) && !cli_group_verb(group))
            print_row(to, group->name, group->summary);
    }
    fputs("\n  limber VERB --help explains a verb, with examples.\n"
          "  A routine is named by its path, or by its bare name:\n"
          "  limber play upper-back-relief\n",
          to);
}

static void print_group(FILE *to, const struct verb_group *group)
{
    const char *own = NULL;
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (cli_in_group(cli_verbs[i], group, &own))
            print_row(to, own, cli_verbs[i]->summary);
    }
    fprintf(to, "\n  limber %s VERB --help explains a verb, with examples.\n", group->name);
}

void cli_group_help(const struct verb_group *group, FILE *to)
{
    fprintf(to, "limber %s: %s\n\nUsage: limber %s VERB [OPTIONS] [ARGUMENTS]\n\n", group->name,
            group->summary, group->name);
    print_group(to, group);
}

/* Paragraphs are wrapped; lines that begin with two spaces stay as they are. */
static void print_details(FILE *to, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (length > 0 && strncmp(text, "  ", 2) != 0) {
            while (text[length] && text[length + 1] && !strchr("\n ", text[length + 1]))
                length += 1 + strcspn(text + length + 1, "\n");
            cli_print_wrapped(to, text, length, 0);
        } else {
            fprintf(to, "%.*s\n", (int)length, text);
        }
        text += length + (text[length] == '\n');
    }
}

static void print_option(FILE *to, const struct option_entry *option)
{
    char left[48];
    snprintf(left, sizeof left, "%c%c%s --%s%s%s", option->letter ? '-' : ' ',
             option->letter ? option->letter : ' ', option->letter ? "," : " ", option->name,
             option->argument ? " " : "", option->argument ? option->argument : "");
    int width = str_columns(left, strlen(left));
    if (width < 26)
        fprintf(to, "  %s%*s", left, 26 - width, "");
    else
        fprintf(to, "  %s\n%28s", left, "");
    cli_print_wrapped(to, option->help, strlen(option->help), 28);
}

void cli_verb_help(const struct verb *verb, FILE *to)
{
    const struct verb_group *group = cli_find_group(verb->name);
    fprintf(to, "limber %s: %s\n\nUsage: limber %s [OPTIONS]%s%s\n", verb->name, verb->summary,
            verb->name, verb->arguments[0] ? " " : "", verb->arguments);
    if (group)
        fprintf(to, "       limber %s VERB [OPTIONS] [ARGUMENTS]\n", group->name);
    fputs("\n", to);
    print_details(to, verb->details);
    if (verb->more) {
        fputs("\nCommands:\n", to);
        verb->more(to);
    }
    if (group) {
        fputs("\nVerbs:\n", to);
        print_group(to, group);
    }
    fputs("\nOptions:\n", to);
    for (const enum option_id *id = verb->options;; id++) {
        if (!cli_options[*id].hidden)
            print_option(to, &cli_options[*id]);
        if (*id == OPTION_HELP)
            return;
    }
}

/* The words that could stand here: verbs and groups, or the verbs of a group. */
static size_t list_names(const struct verb_group *group, const char **names)
{
    size_t count = 0;
    for (size_t i = 0; cli_verbs[i]; i++) {
        const char *own = cli_verbs[i]->name;
        if (group ? cli_in_group(cli_verbs[i], group, &own) : !strchr(own, ' '))
            names[count++] = own;
    }
    for (size_t i = 0; !group && cli_groups[i].name; i++) {
        if (cli_find_group(cli_groups[i].name))
            names[count++] = cli_groups[i].name;
    }
    return count;
}

int cli_unknown_verb(const struct verb_group *group, const char *name)
{
    const char *names[2 * CLI_MAX_VERBS];
    size_t count = list_names(group, names);
    const char *nearest = str_nearest(name, names, count);
    const char *before = group ? group->name : "", *space = group ? " " : "";
    fprintf(stderr, "limber: error: there is no verb \"%s%s%s\"", before, space, name);
    if (nearest)
        fprintf(stderr, "; did you mean \"%s%s%s\"?", before, space, nearest);
    fprintf(stderr, "\nlimber %s%s--help lists the verbs\n", before, space);
    return EXIT_USAGE;
}

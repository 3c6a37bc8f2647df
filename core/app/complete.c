/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.c: completion scripts, written from the option tables. */
#include <string.h>

#include "app/cli.h"

/* The command that prints the words for a kind of argument; NULL if there is none. */
static const char *word_source(enum complete complete)
{
    switch (complete) {
    case COMPLETE_ROUTINE:
        return "limber list --moves --names 2>/dev/null";
    case COMPLETE_VOICE:
        return "limber voices --names 2>/dev/null";
    case COMPLETE_OUTPUT:
        return "limber plugins --names 2>/dev/null | grep '^out-'";
    case COMPLETE_SHELL:
        return "printf 'bash\\nzsh\\nfish\\n'";
    default:
        return NULL;
    }
}

/* Calls `each` for every shown option of a verb. */
static void each_option(const struct verb *verb,
                        void (*each)(FILE *to, const struct verb *verb,
                                     const struct option_entry *option),
                        FILE *to)
{
    for (const enum option_id *id = verb->options;; id++) {
        if (!cli_options[*id].hidden)
            each(to, verb, &cli_options[*id]);
        if (*id == OPTION_HELP)
            return;
    }
}

static void print_choices(FILE *to, const char *choices, char separator)
{
    for (; *choices; choices++)
        fputc(*choices == '|' ? separator : *choices, to);
}

/* --- bash --- */

static void bash_word(FILE *to, const struct verb *verb, const struct option_entry *option)
{
    fprintf(to, " --%s", option->name);
    if (option->letter)
        fprintf(to, " -%c", option->letter);
}

static void bash_value(FILE *to, const struct option_entry *option)
{
    if (!option->argument || option->hidden)
        return;
    fprintf(to, "        --%s", option->name);
    if (option->letter)
        fprintf(to, "|-%c", option->letter);
    fputs(") ", to);
    const char *source = word_source(option->complete);
    if (source)
        fprintf(to, "COMPREPLY=($(compgen -W \"$(%s)\" -- \"$cur\"))", source);
    else if (option->choices) {
        fputs("COMPREPLY=($(compgen -W \"", to);
        print_choices(to, option->choices, ' ');
        fputs("\" -- \"$cur\"))", to);
    } else if (option->complete == COMPLETE_FILE)
        fputs("mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")", to);
    else if (option->complete == COMPLETE_FOLDER)
        fputs("mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")", to);
    else
        fputs("COMPREPLY=()", to);
    fputs("; return ;;\n", to);
}

static void bash_completion(FILE *to)
{
    fputs("# bash completion for limber; made by: limber completion bash\n"
          "_limber() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
          "verb=${COMP_WORDS[1]} words='' source='' files=''\n"
          "    # --option=value arrives as three words\n"
          "    [ \"$cur\" = = ] && cur=''\n"
          "    [ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"",
          to);
    for (size_t i = 0; cli_verbs[i]; i++)
        fprintf(to, "%s ", cli_verbs[i]->name);
    fputs("--help --version\" -- \"$cur\")); return\n    fi\n    case $prev in\n", to);
    for (size_t i = 0; i < OPTION_ID_COUNT; i++)
        bash_value(to, &cli_options[i]);
    fputs("    esac\n    case $verb in\n", to);
    for (size_t i = 0; cli_verbs[i]; i++) {
        const char *source = word_source(cli_verbs[i]->complete);
        fprintf(to, "        %s) words='", cli_verbs[i]->name);
        each_option(cli_verbs[i], bash_word, to);
        fputs("'", to);
        if (source)
            fprintf(to, "; source=$(%s)", source);
        if (cli_verbs[i]->complete == COMPLETE_ROUTINE)
            fputs("; files=yes", to);
        fputs(" ;;\n", to);
    }
    fputs("    esac\n"
          "    if [ \"${cur#-}\" != \"$cur\" ]; then\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "    else\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$source\" -- \"$cur\"; [ \"$files\" ] && "
          "compgen -f -- \"$cur\")\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _limber limber\n",
          to);
}

/* --- zsh --- */

/* Writes text for inside '…[…]' of an _arguments specification. */
static void zsh_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", to);
        else if (strchr("[]:\\", *text))
            fprintf(to, "\\%c", *text);
        else
            fputc(*text, to);
    }
}

static void zsh_option(FILE *to, const struct verb *verb, const struct option_entry *option)
{
    const char *source = word_source(option->complete);
    if (option->letter)
        fprintf(to, " \\\n            {-%c,--%s%s}'[", option->letter, option->name,
                option->argument ? "=" : "");
    else
        fprintf(to, " \\\n            '--%s%s[", option->name, option->argument ? "=" : "");
    zsh_text(to, option->help);
    fputc(']', to);
    if (option->argument) {
        fputc(':', to);
        zsh_text(to, option->argument);
        fputc(':', to);
        if (option->choices) {
            fputc('(', to);
            print_choices(to, option->choices, ' ');
            fputc(')', to);
        } else if (option->complete == COMPLETE_FILE || option->complete == COMPLETE_FOLDER)
            fputs(option->complete == COMPLETE_FILE ? "_files" : "_files -/", to);
        else if (source)
            fprintf(to, "_limber_%s", option->complete == COMPLETE_VOICE ? "voices" : "outputs");
    }
    fputc('\'', to);
}

static void zsh_source(FILE *to, const char *name, enum complete complete)
{
    fprintf(to, "_limber_%s() { local -a found; found=(${(f)\"$(%s)\"}); compadd -a found }\n",
            name, word_source(complete));
}

static void zsh_completion(FILE *to)
{
    fputs("#compdef limber\n# zsh completion for limber; made by: limber completion zsh\n", to);
    zsh_source(to, "routines", COMPLETE_ROUTINE);
    zsh_source(to, "voices", COMPLETE_VOICE);
    zsh_source(to, "outputs", COMPLETE_OUTPUT);
    fputs("_limber_pages() { _limber_routines; _files }\n"
          "_limber() {\n    local -a verbs\n    verbs=(\n",
          to);
    for (size_t i = 0; cli_verbs[i]; i++)
        fprintf(to, "        '%s:%s'\n", cli_verbs[i]->name, cli_verbs[i]->summary);
    fputs("    )\n    if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
          "    local verb=$words[2]\n    shift words; (( CURRENT-- ))\n    case $verb in\n",
          to);
    for (size_t i = 0; cli_verbs[i]; i++) {
        fprintf(to, "        %s) _arguments", cli_verbs[i]->name);
        each_option(cli_verbs[i], zsh_option, to);
        if (cli_verbs[i]->complete == COMPLETE_ROUTINE)
            fputs(" \\\n            '*:routine:_limber_pages'", to);
        else if (cli_verbs[i]->complete == COMPLETE_SHELL)
            fputs(" \\\n            '1:shell:(bash zsh fish)'", to);
        fputs(" ;;\n", to);
    }
    fputs("    esac\n}\n_limber \"$@\"\n", to);
}

/* --- fish --- */

static void fish_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (strchr("'\\", *text))
            fputc('\\', to);
        fputc(*text, to);
    }
}

static void fish_option(FILE *to, const struct verb *verb, const struct option_entry *option)
{
    const char *source = word_source(option->complete);
    fprintf(to, "complete -c limber -n '__fish_seen_subcommand_from %s' -l %s", verb->name,
            option->name);
    if (option->letter)
        fprintf(to, " -s %c", option->letter);
    if (option->argument)
        fputs(option->complete == COMPLETE_FILE || option->complete == COMPLETE_FOLDER ? " -r -F"
                                                                                       : " -x",
              to);
    if (source)
        fprintf(to, " -a \"(%s)\"", source);
    else if (option->choices) {
        fputs(" -a '", to);
        print_choices(to, option->choices, ' ');
        fputs("'", to);
    }
    fputs(" -d '", to);
    fish_text(to, option->help);
    fputs("'\n", to);
}

static void fish_completion(FILE *to)
{
    fputs("# fish completion for limber; made by: limber completion fish\ncomplete -c limber -f\n",
          to);
    for (size_t i = 0; cli_verbs[i]; i++) {
        const struct verb *verb = cli_verbs[i];
        const char *source = word_source(verb->complete);
        fprintf(to, "complete -c limber -n __fish_use_subcommand -a %s -d '", verb->name);
        fish_text(to, verb->summary);
        fputs("'\n", to);
        each_option(verb, fish_option, to);
        if (source)
            fprintf(to, "complete -c limber -n '__fish_seen_subcommand_from %s' -F -a \"(%s)\"\n",
                    verb->name, source);
    }
}

bool cli_completion(const char *shell, FILE *to)
{
    if (strcmp(shell, "bash") == 0)
        bash_completion(to);
    else if (strcmp(shell, "zsh") == 0)
        zsh_completion(to);
    else if (strcmp(shell, "fish") == 0)
        fish_completion(to);
    else
        return false;
    return true;
}

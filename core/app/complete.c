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
    case COMPLETE_CONTROL:
        return "limber plugins --names 2>/dev/null | grep '^control-'";
    case COMPLETE_INPUT:
        return "limber plugins --names 2>/dev/null | grep '^in-'";
    case COMPLETE_ENGINE:
        return "limber plugins --names 2>/dev/null | grep '^speech-'";
    case COMPLETE_SOUNDS:
        return "limber sounds --names 2>/dev/null";
    case COMPLETE_COMMAND:
        return "limber ctl --names 2>/dev/null";
    case COMPLETE_SHELL:
        return "printf 'bash\\nzsh\\nfish\\n'";
    default:
        return NULL;
    }
}

/* What the first argument of a verb is, and the others. */
static enum complete first_of(enum complete complete)
{
    return complete == COMPLETE_VOICE_ROUTINES || complete == COMPLETE_VOICE_FILE ? COMPLETE_VOICE
                                                                                  : complete;
}

static enum complete rest_of(enum complete complete)
{
    return complete == COMPLETE_VOICE_ROUTINES ? COMPLETE_ROUTINE
           : complete == COMPLETE_VOICE_FILE   ? COMPLETE_FILE
           : complete == COMPLETE_COMMAND      ? COMPLETE_ROUTINE
                                               : complete;
}

static bool takes_files(enum complete complete)
{
    return complete == COMPLETE_ROUTINE || complete == COMPLETE_FILE;
}

/* Calls `each` for every word that may come first: verbs and groups. */
static void each_first(void (*each)(FILE *to, const char *name, const char *summary), FILE *to)
{
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (!strchr(cli_verbs[i]->name, ' '))
            each(to, cli_verbs[i]->name, cli_verbs[i]->summary);
    }
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        if (cli_find_group(group->name) && !cli_group_verb(group))
            each(to, group->name, group->summary);
    }
}

/* The same for the second word of a group's verbs. */
static void each_second(const struct verb_group *group,
                        void (*each)(FILE *to, const char *name, const char *summary), FILE *to)
{
    const char *own = NULL;
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (cli_in_group(cli_verbs[i], group, &own))
            each(to, own, cli_verbs[i]->summary);
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

static void bash_name(FILE *to, const char *name, const char *summary)
{
    fprintf(to, "%s ", name);
}

/* Two words that are a verb's name become one; the second one of a group is completed. */
static void bash_groups(FILE *to)
{
    fputs("    case $verb in\n", to);
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        if (!cli_find_group(group->name))
            continue;
        fprintf(to, "        %s) seconds='", group->name);
        each_second(group, bash_name, to);
        fputs("' ;;\n", to);
    }
    fputs("    esac\n"
          "    if [ \"$COMP_CWORD\" -gt 2 ]; then\n"
          "        case \" $seconds\" in\n"
          "            *\" ${COMP_WORDS[2]} \"*) verb=\"$verb ${COMP_WORDS[2]}\"; first=3 ;;\n"
          "        esac\n"
          "        seconds=''\n"
          "    fi\n",
          to);
}

static void bash_verb(FILE *to, const struct verb *verb)
{
    enum complete first = first_of(verb->complete), rest = rest_of(verb->complete);
    fprintf(to, "        '%s') words='", verb->name);
    each_option(verb, bash_word, to);
    fputs("'", to);
    if (first != rest)
        fputs("; if [ \"$COMP_CWORD\" -eq \"$first\" ]; then ", to);
    else if (word_source(first) || takes_files(first))
        fputs("; ", to);
    if (word_source(first))
        fprintf(to, "source=$(%s)", word_source(first));
    if (first != rest) {
        fputs("; else ", to);
        if (word_source(rest))
            fprintf(to, "source=$(%s); ", word_source(rest));
        fputs("files=yes; fi", to);
    } else if (takes_files(rest)) {
        fputs(word_source(first) ? "; files=yes" : "files=yes", to);
    }
    fputs(" ;;\n", to);
}

static void bash_completion(FILE *to)
{
    fputs("# bash completion for limber; made by: limber completion bash\n"
          "_limber() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
          "verb=${COMP_WORDS[1]} words='--help' source='' files='' seconds='' first=2\n"
          "    # --option=value arrives as three words\n"
          "    [ \"$cur\" = = ] && cur=''\n"
          "    [ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"",
          to);
    each_first(bash_name, to);
    fputs("--help --version\" -- \"$cur\")); return\n    fi\n    case $prev in\n", to);
    for (size_t i = 0; i < OPTION_ID_COUNT; i++)
        bash_value(to, &cli_options[i]);
    fputs("    esac\n", to);
    bash_groups(to);
    fputs("    case $verb in\n", to);
    for (size_t i = 0; cli_verbs[i]; i++)
        bash_verb(to, cli_verbs[i]);
    fputs("    esac\n"
          "    if [ \"${cur#-}\" != \"$cur\" ]; then\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "    else\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$seconds $source\" -- \"$cur\"; "
          "[ \"$files\" ] && compgen -f -- \"$cur\")\n"
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

/* The function that offers the words for a kind of argument. */
static void zsh_function(FILE *to, enum complete complete)
{
    static const char *const names[] = {[COMPLETE_FILE] = "_files",
                                        [COMPLETE_ROUTINE] = "_limber_pages",
                                        [COMPLETE_VOICE] = "_limber_voices",
                                        [COMPLETE_OUTPUT] = "_limber_outputs",
                                        [COMPLETE_CONTROL] = "_limber_controls",
                                        [COMPLETE_INPUT] = "_limber_inputs",
                                        [COMPLETE_ENGINE] = "_limber_engines",
                                        [COMPLETE_SOUNDS] = "_limber_sounds",
                                        [COMPLETE_COMMAND] = "_limber_commands",
                                        [COMPLETE_SHELL] = "(bash zsh fish)"};
    fputs(names[complete], to);
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
            zsh_function(to, option->complete);
    }
    fputc('\'', to);
}

static void zsh_source(FILE *to, const char *name, enum complete complete)
{
    fprintf(to, "_limber_%s() { local -a found; found=(${(f)\"$(%s)\"}); compadd -a found }\n",
            name, word_source(complete));
}

/* 'name:summary' for _describe. */
static void zsh_described(FILE *to, const char *name, const char *summary)
{
    fprintf(to, " \\\n            '%s:", name);
    for (; *summary; summary++) {
        if (*summary == '\'')
            fputs("'\\''", to);
        else if (*summary == '\\')
            fputs("\\\\", to);
        else
            fputc(*summary, to);
    }
    fputc('\'', to);
}

/* A verb of two words becomes one word; the second one of a group is completed. */
static void zsh_groups(FILE *to)
{
    fputs("    case $verb in\n", to);
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        if (!cli_find_group(group->name))
            continue;
        fprintf(to, "        %s) seconds=(", group->name);
        each_second(group, zsh_described, to);
        fputs(") ;;\n", to);
    }
    fputs("    esac\n"
          "    if (( $#seconds && CURRENT == 2 )); then\n"
          "        _describe verb seconds\n"
          "    elif (( ${seconds[(I)$words[2]:*]} )); then\n"
          "        verb=\"$verb $words[2]\"; shift words; (( CURRENT-- ))\n"
          "    fi\n",
          to);
}

static void zsh_verb(FILE *to, const struct verb *verb)
{
    enum complete first = first_of(verb->complete), rest = rest_of(verb->complete);
    fprintf(to, "        '%s') _arguments", verb->name);
    each_option(verb, zsh_option, to);
    if (first != rest || verb->maximum == 1) {
        if (first != COMPLETE_NOTHING) {
            fputs(" \\\n            '1:argument:", to);
            zsh_function(to, first);
            fputc('\'', to);
        }
    }
    if (rest != COMPLETE_NOTHING && verb->maximum != 1) {
        fputs(" \\\n            '*:argument:", to);
        zsh_function(to, rest);
        fputc('\'', to);
    }
    fputs(" ;;\n", to);
}

static void zsh_completion(FILE *to)
{
    fputs("#compdef limber\n# zsh completion for limber; made by: limber completion zsh\n", to);
    zsh_source(to, "routines", COMPLETE_ROUTINE);
    zsh_source(to, "voices", COMPLETE_VOICE);
    zsh_source(to, "outputs", COMPLETE_OUTPUT);
    zsh_source(to, "controls", COMPLETE_CONTROL);
    zsh_source(to, "inputs", COMPLETE_INPUT);
    zsh_source(to, "engines", COMPLETE_ENGINE);
    zsh_source(to, "sounds", COMPLETE_SOUNDS);
    zsh_source(to, "commands", COMPLETE_COMMAND);
    fputs("_limber_pages() { _limber_routines; _files }\n"
          "_limber() {\n    local -a verbs seconds\n    verbs=(",
          to);
    each_first(zsh_described, to);
    fputs(")\n    if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
          "    local verb=$words[2]\n    shift words; (( CURRENT-- ))\n",
          to);
    zsh_groups(to);
    fputs("    case $verb in\n", to);
    for (size_t i = 0; cli_verbs[i]; i++)
        zsh_verb(to, cli_verbs[i]);
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

/* The condition: these words come first, and it is no longer name that has begun. */
static void fish_when(FILE *to, const struct verb *verb)
{
    const struct verb_group *group = cli_find_group(verb->name);
    const char *own = NULL;
    fprintf(to, "complete -c limber -n '__limber_verb %s", verb->name);
    for (size_t i = 0; group && cli_verbs[i]; i++) {
        if (cli_in_group(cli_verbs[i], group, &own))
            fprintf(to, "; and not __limber_verb %s %s", verb->name, own);
    }
    fputc('\'', to);
}

static void fish_option(FILE *to, const struct verb *verb, const struct option_entry *option)
{
    const char *source = word_source(option->complete);
    fish_when(to, verb);
    fprintf(to, " -l %s", option->name);
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

static void fish_described(FILE *to, const char *name, const char *summary)
{
    fprintf(to, " -a %s -d '", name);
    fish_text(to, summary);
    fputs("'\n", to);
}

static void fish_first(FILE *to, const char *name, const char *summary)
{
    fputs("complete -c limber -n __fish_use_subcommand", to);
    fish_described(to, name, summary);
}

static void fish_groups(FILE *to)
{
    const char *own = NULL;
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        for (size_t i = 0; cli_verbs[i]; i++) {
            if (!cli_in_group(cli_verbs[i], group, &own))
                continue;
            fprintf(to, "complete -c limber -n '__limber_verb %s; and __limber_count 2'",
                    group->name);
            fish_described(to, own, cli_verbs[i]->summary);
        }
    }
}

static void fish_verb(FILE *to, const struct verb *verb)
{
    enum complete complete = rest_of(verb->complete);
    bool files = takes_files(complete);
    each_option(verb, fish_option, to);
    if (complete == COMPLETE_NOTHING)
        return;
    fish_when(to, verb);
    fputs(files ? " -F" : "", to);
    if (word_source(complete))
        fprintf(to, " -a \"(%s)\"", word_source(complete));
    fputc('\n', to);
    if (first_of(verb->complete) != complete) {
        fprintf(to, "complete -c limber -n '__limber_verb %s; and __limber_count %d'", verb->name,
                strchr(verb->name, ' ') ? 3 : 2);
        fprintf(to, " -a \"(%s)\"\n", word_source(first_of(verb->complete)));
    }
}

static void fish_completion(FILE *to)
{
    fputs("# fish completion for limber; made by: limber completion fish\n"
          "function __limber_count; test (count (commandline -opc)) -eq $argv[1]; end\n"
          "# Whether the command begins with these words\n"
          "function __limber_verb\n"
          "    set -l words (commandline -opc)\n"
          "    set -l last (math (count $argv) + 1)\n"
          "    test (count $words) -ge $last; and test \"$words[2..$last]\" = \"$argv\"\n"
          "end\n"
          "complete -c limber -f\n",
          to);
    each_first(fish_first, to);
    fish_groups(to);
    for (size_t i = 0; cli_verbs[i]; i++)
        fish_verb(to, cli_verbs[i]);
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

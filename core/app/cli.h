/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.h: the command line as tables: verbs, options, help, and what completion is made from. */
#ifndef APP_CLI_H
#define APP_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/units.h"
#include "plan/plan.h"

enum option_id {
    OPTION_HELP,
    OPTION_VOICE,
    OPTION_LANGUAGE,
    OPTION_SOUNDS,
    OPTION_LEVEL,
    OPTION_FOR,
    OPTION_DETAIL,
    OPTION_SEED,
    OPTION_ANNOUNCE,
    OPTION_COUNT,
    OPTION_CHANNELS,
    OPTION_OUTPUT,
    OPTION_CONTROL,
    OPTION_SET,
    OPTION_PLUGIN_PATH,
    OPTION_NO_CACHE,
    OPTION_QUIET,
    OPTION_LEAD_IN,
    OPTION_START,
    OPTION_RESUME,
    OPTION_RESUME_AT,
    OPTION_FILE,
    OPTION_CAPTIONS,
    OPTION_JSON,
    OPTION_SVG,
    OPTION_MOVES,
    OPTION_STRICT,
    OPTION_NAMES,
    OPTION_ARCHIVE,
    OPTION_FORCE,
    OPTION_ALLOW_PROGRAMS,
    OPTION_YES,
    OPTION_ENGINE,
    OPTION_ALL,
    OPTION_OLDER,
    OPTION_LIMIT,
    OPTION_SHEET,
    OPTION_WHOLE,
    OPTION_SCRIPT,
    OPTION_PARTIAL,
    OPTION_DRY_RUN,
    OPTION_INPUT,
    OPTION_FROM,
    OPTION_TAKES,
    OPTION_HANDS_FREE,
    OPTION_PROMPT,
    OPTION_PLAIN,
    OPTION_WEEKS,
    OPTION_ROUTINE,
    OPTION_SINCE,
    OPTION_CSV,
    OPTION_COACH,
    OPTION_EXPLAIN,
    OPTION_ONE_BUTTON,
    OPTION_LIST,
    OPTION_INIT,
    OPTION_CHECK,
    OPTION_SAY,
    OPTION_SYSTEMD,
    OPTION_AT,
    OPTION_CONFIG,
    OPTION_NO_CONFIG,
    OPTION_SOCKET,
    OPTION_LOG_LEVEL,
    OPTION_ID_COUNT
};

/* What a shell should offer for an argument; choices are offered by themselves. */
enum complete {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_FOLDER,
    COMPLETE_ROUTINE,
    COMPLETE_VOICE,
    COMPLETE_OUTPUT,
    COMPLETE_CONTROL,
    COMPLETE_INPUT,
    COMPLETE_ENGINE,
    COMPLETE_SOUNDS,         /* a theme of sounds */
    COMPLETE_VOICE_ROUTINES, /* a voice, then routines */
    COMPLETE_VOICE_FILE,     /* a voice, then a file */
    COMPLETE_COMMAND,        /* of the command language, then routines and files */
    COMPLETE_SHELL
};

/* What an option's value is, and so the type of the request's member that takes it. */
enum option_kind {
    KIND_FLAG,   /* bool */
    KIND_TEXT,   /* const char * */
    KIND_CHOICE, /* int: index into `choices` */
    KIND_TIME,   /* nsec */
    KIND_NUMBER, /* int64_t, from 0 up */
    KIND_AGE,    /* int64_t, seconds: 30d, 2w, 12h */
    KIND_BYTES,  /* int64_t: 200M, 2G */
    KIND_SPECIAL /* parsed by hand */
};

struct option_entry {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum option_kind kind;
    const char *argument; /* name of its argument in help; NULL: none */
    const char *help;
    const char *choices; /* "easy|normal|deep", or NULL */
    enum complete complete;
    bool hidden; /* not in help and completion */
    size_t to;   /* offset of the member in struct request */
};
extern const struct option_entry cli_options[OPTION_ID_COUNT];

#define CLI_MAX_SETTINGS 64
#define CLI_MAX_CONTROLS 8

/* What was asked for, parsed and checked. */
struct request {
    const char *voice, *language, *sounds, *output, *plugin_path, *file, *captions, *svg,
        *resume_at, *script;
    const char *settings[CLI_MAX_SETTINGS]; /* "plugin.option=value" */
    size_t setting_count;
    const char *controls[CLI_MAX_CONTROLS]; /* "evdev:grab=yes" */
    size_t control_count;
    int level, detail; /* enum level, enum detail */
    nsec for_ns, start_ns;
    int64_t seed;
    int announce, count; /* −1: as the routine says */
    int channels;        /* 0: as the sounds need */
    int64_t lead_in_ns;  /* −1: as the output says */
    const char *engine;
    int64_t older_s, limit_bytes; /* −1: not given */
    bool force, allow_programs, yes;
    bool whole, partial, dry_run;
    const char *input;
    int64_t from; /* 0: not given */
    int prompt;   /* 0 shown, 1 spoken */
    bool takes, hands_free, plain, resume;
    bool no_cache, quiet, json, moves, strict, names, all;
    const char *routine, *since;
    int64_t weeks; /* −1: not given */
    bool csv;
    int coach; /* bits by enum coach_rule; −1: not given */
    bool explain, one_button;
    bool listed, init, check, say, systemd;
    const char *at; /* a clock's time; NULL: not given */
    const char *socket;
    const char *config; /* NULL: the person's, if the verb reads it at all */
    bool no_config;
    int log_level;               /* enum limber_log_level */
    bool configured;             /* the verb reads the person's configuration: it has --no-config */
    bool given[OPTION_ID_COUNT]; /* which options were */
    char **argv;                 /* all of the command line, for restarting */
    char **arguments;            /* NULL-terminated */
    int argument_count;
};

/* A verb's name is one word, or two: that of its group and its own ("voice try"). */
struct verb {
    const char *name;
    const char *arguments;                     /* "ROUTINE" */
    const char *summary;                       /* one line */
    const char *details;                       /* paragraphs for --help, with examples */
    void (*more)(FILE *to);                    /* prints a table for --help; or NULL */
    const enum option_id *options;             /* ended by OPTION_HELP, which every verb has */
    enum complete complete;                    /* of its arguments */
    int minimum, maximum;                      /* number of arguments; maximum −1: any */
    int (*run)(const struct request *request); /* returns the exit status */
};
#define CLI_MAX_VERBS 64
extern const struct verb *const cli_verbs[]; /* ended by NULL; those of a group stand together */

/* What a group's verbs have in common. Its name may be a verb as well: `limber cache` shows,
 * `limber cache clear` clears. */
struct verb_group {
    const char *name; /* first word of its verbs */
    const char *summary;
};
extern const struct verb_group cli_groups[];               /* ended by an entry without a name */
const struct verb_group *cli_find_group(const char *name); /* NULL: none that has verbs */
/* The verb of the same name as the group, or NULL. */
const struct verb *cli_group_verb(const struct verb_group *group);
/* Whether the verb is one of this group; *own (may be NULL) gets its second word. */
bool cli_in_group(const struct verb *verb, const struct verb_group *group, const char **own);

/* Parses argv[1…] for a verb. Returns −1 to go on, or the exit status (0 after --help, EXIT_USAGE
 * after an error that was explained). */
int cli_parse(const struct verb *verb, int argc, char **argv, struct request *request);
/* The verb that these words begin with, the longer name first; *used (may be NULL) gets how many
 * words of them are its name. NULL: there is none. */
const struct verb *cli_find_verb(char *const *words, int count, int *used);
/* Says that the program, or the group, has no such verb, and which is near. Returns EXIT_USAGE. */
int cli_unknown_verb(const struct verb_group *group, const char *name);
/* Prints `length` bytes of text wrapped at 80 columns, the first line as if it began at column
 * `indent`, later ones indented that far; line breaks in it are spaces. */
void cli_print_wrapped(FILE *to, const char *text, size_t length, int indent);
void cli_help(FILE *to);
void cli_group_help(const struct verb_group *group, FILE *to);
void cli_verb_help(const struct verb *verb, FILE *to);
/* Writes a completion script for "bash", "zsh" or "fish"; false if it is none of them. */
bool cli_completion(const char *shell, FILE *to);
/* Writes a page of the manual in scdoc's language: "limber-voice-try" of a verb, "limber-voice" of
 * a group; "verbs" gives the list of all of them, for limber(1). False if there is no such page. */
bool cli_manual(const char *page, FILE *to);

#endif

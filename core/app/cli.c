/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.c: parsing and help, from the tables. */
#include "app/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "app/verbs.h"
#include "base/status.h"
#include "base/str.h"
#include "coach/coach.h"
#include "voice/cache.h"

/* clang-format off */
const struct verb *const cli_verbs[] = {
    &verb_play, &verb_render, &verb_plan, &verb_check, &verb_list,
    &verb_voices, &verb_plugins, &verb_devices, &verb_completion, &verb_phrases,
    &verb_voice_list, &verb_voice_try, &verb_voice_new,
    &verb_voice_script, &verb_voice_record, &verb_voice_split, &verb_voice_check,
    &verb_voice_pack, &verb_voice_install, &verb_voice_remove, &verb_voice_warm,
    &verb_cache, &verb_cache_clear, &verb_cache_trim,
    &verb_history, &verb_history_forget, &verb_today, &verb_remind,
    &verb_sounds, &verb_sounds_try, &verb_ctl, &verb_serve,
    &verb_config_show, &verb_config_check, &verb_config_path,
    NULL};
/* clang-format on */

const struct verb_group cli_groups[] = {
    {"voice", "make, try, share and look after voices"},
    {"cache", "the speech that is kept for the next time"},
    {"history", "what was done: sessions, days in a row, minutes per week"},
    {"sounds", "the themes of sounds: bells, ticks and the rest"},
    {"config", "the settings that hold every time"},
    {0}};

const struct verb *cli_group_verb(const struct verb_group *group)
{
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (strcmp(cli_verbs[i]->name, group->name) == 0)
            return cli_verbs[i];
    }
    return NULL;
}

static bool has_verbs(const struct verb_group *group)
{
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (cli_in_group(cli_verbs[i], group, NULL))
            return true;
    }
    return false;
}

const struct verb_group *cli_find_group(const char *name)
{
    for (const struct verb_group *group = cli_groups; group->name; group++) {
        if (strcmp(group->name, name) == 0 && has_verbs(group))
            return group;
    }
    return NULL;
}

bool cli_in_group(const struct verb *verb, const struct verb_group *group, const char **own)
{
    size_t length = strlen(group->name);
    bool inside = strncmp(verb->name, group->name, length) == 0 && verb->name[length] == ' ';
    if (inside && own)
        *own = verb->name + length + 1;
    return inside;
}

/* How many of the words are the name, 0 if they are not. */
static int match_name(const char *name, char *const *words, int count)
{
    size_t first = strcspn(name, " ");
    if (count < 1 || strlen(words[0]) != first || strncmp(name, words[0], first) != 0)
        return 0;
    if (name[first] == '\0')
        return 1;
    return count > 1 && strcmp(name + first + 1, words[1]) == 0 ? 2 : 0;
}

const struct verb *cli_find_verb(char *const *words, int count, int *used)
{
    const struct verb *found = NULL;
    int most = 0;
    for (size_t i = 0; cli_verbs[i]; i++) {
        int matched = match_name(cli_verbs[i]->name, words, count);
        if (matched > most) {
            most = matched;
            found = cli_verbs[i];
        }
    }
    if (used)
        *used = most;
    return found;
}

/* --- parsing --- */

static int refuse(const struct verb *verb, const char *option, const char *value,
                  const char *expected)
{
    fprintf(stderr, "limber: error: --%s %s: %s\n", option, value, expected);
    fprintf(stderr, "limber %s --help shows all options\n", verb->name);
    return EXIT_USAGE;
}

static bool parse_choice(const char *value, const char *choices, int *index)
{
    *index = 0;
    for (const char *at = choices; *at; (*index)++) {
        size_t length = strcspn(at, "|");
        if (strlen(value) == length && strncmp(at, value, length) == 0)
            return true;
        at += length;
        at += *at == '|';
    }
    return false;
}

/* "all", "none" or a comma-separated list; the option's choices are "all|none|" and the names, in
 * the order of the bits. */
static bool parse_list(const char *value, enum option_id id, int all, int *bits)
{
    const char *names = cli_options[id].choices + strlen("all|none|");
    int index = 0;
    if (strcmp(value, "all") == 0 || strcmp(value, "none") == 0) {
        *bits = *value == 'a' ? all : 0;
        return true;
    }
    *bits = 0;
    while (*value) {
        char name[24] = "";
        value += strspn(value, " ");
        size_t length = strcspn(value, ", ");
        if (length >= sizeof name)
            return false;
        memcpy(name, value, length);
        if (!parse_choice(name, names, &index))
            return false;
        *bits |= 1 << index;
        value += length;
        value += strspn(value, " ");
        value += *value == ',';
    }
    return true;
}

/* "0" or a duration. */
static bool parse_time(const char *value, nsec *time)
{
    if (strcmp(value, "0") == 0) {
        *time = 0;
        return true;
    }
    return units_parse_duration(value, strlen(value), time);
}

/* Days, weeks, or a duration; in seconds. */
static bool parse_age(const char *value, int64_t *seconds)
{
    size_t length = strlen(value);
    int64_t number = 0;
    nsec time = 0;
    bool days = length > 1 && (value[length - 1] == 'd' || value[length - 1] == 'w');
    if (days) {
        *seconds = value[length - 1] == 'd' ? 86400 : 7 * 86400;
        if (!units_parse_int(value, length - 1, &number) || number < 0 || number > 36500)
            return false;
        *seconds *= number;
        return true;
    }
    if (!parse_time(value, &time))
        return false;
    *seconds = time / NSEC_PER_SEC;
    return true;
}

static int set_special(const struct verb *verb, enum option_id id, const char *value,
                       struct request *request)
{
    if (id == OPTION_ANNOUNCE) {
        if (parse_list(value, OPTION_ANNOUNCE, ANNOUNCE_ALL, &request->announce))
            return -1;
        return refuse(verb, "announce", value,
                      "is not all, none, or a list of "
                      "opening,names,positions,sides,sets,rests,halfway,ticks,close");
    }
    if (id == OPTION_COACH) {
        if (parse_list(value, OPTION_COACH, (1 << COACH_RULE_COUNT) - 1, &request->coach))
            return -1;
        return refuse(verb, "coach", value,
                      "is not all, none, or a list of guidance,ranges,sides,picks");
    }
    if (id == OPTION_CONTROL) {
        if (request->control_count == CLI_MAX_CONTROLS)
            return refuse(verb, "control", value, "is one too many");
        request->controls[request->control_count++] = value;
        return -1;
    }
    if (request->setting_count == CLI_MAX_SETTINGS)
        return refuse(verb, "set", value, "is one too many");
    request->settings[request->setting_count++] = value;
    return -1;
}

/* Stores the value of an option where its table entry says. Returns −1 or the exit status. */
static int set_option(const struct verb *verb, enum option_id id, const char *value,
                      struct request *request)
{
    const struct option_entry *option = &cli_options[id];
    void *to = (char *)request + option->to;
    char expected[120];
    switch (option->kind) {
    case KIND_FLAG:
        *(bool *)to = true;
        return -1;
    case KIND_TEXT:
        *(const char **)to = value;
        return -1;
    case KIND_CHOICE:
        if (parse_choice(value, option->choices, to))
            return -1;
        snprintf(expected, sizeof expected, "is none of %s", option->choices);
        return refuse(verb, option->name, value, expected);
    case KIND_TIME:
        if (parse_time(value, to))
            return -1;
        return refuse(verb, option->name, value, "is not a time; write 30s, 12min, 1:30 or 1h20m");
    case KIND_NUMBER:
        if (units_parse_int(value, strlen(value), to) && *(int64_t *)to >= 0)
            return -1;
        return refuse(verb, option->name, value, "is not a whole number from 0 up");
    case KIND_AGE:
        if (parse_age(value, to))
            return -1;
        return refuse(verb, option->name, value, "is not an age; write 30d, 2w or 12h");
    case KIND_BYTES:
        if (cache_parse_bytes(value, to))
            return -1;
        return refuse(verb, option->name, value, "is not a size; write 200M or 2G");
    case KIND_SPECIAL:
        break;
    }
    return set_special(verb, id, value, request);
}

struct getopt_tables {
    struct option longs[OPTION_ID_COUNT + 1];
    char shorts[3 * OPTION_ID_COUNT + 3];
};

/* getopt's own tables, from ours. Values are 256 + id. */
static void build_tables(const struct verb *verb, struct getopt_tables *tables)
{
    size_t count = 0, letters = 0;
    memset(tables, 0, sizeof *tables);
    tables->shorts[letters++] = ':';
    for (const enum option_id *id = verb->options;; id++) {
        const struct option_entry *option = &cli_options[*id];
        int has_argument = option->argument ? required_argument : no_argument;
        tables->longs[count++] = (struct option){option->name, has_argument, NULL, 256 + (int)*id};
        if (option->letter) {
            tables->shorts[letters++] = option->letter;
            if (option->argument)
                tables->shorts[letters++] = ':';
        }
        if (*id == OPTION_HELP)
            break;
    }
}

static int id_of(const struct verb *verb, int value)
{
    if (value >= 256)
        return value - 256;
    for (const enum option_id *id = verb->options;; id++) {
        if (cli_options[*id].letter == value)
            return (int)*id;
        if (*id == OPTION_HELP)
            return -1;
    }
}

static int unknown_option(const struct verb *verb, const char *written)
{
    const char *names[OPTION_ID_COUNT];
    size_t count = 0;
    for (const enum option_id *id = verb->options;; id++) {
        names[count++] = cli_options[*id].name;
        if (*id == OPTION_HELP)
            break;
    }
    char word[64] = "";
    const char *start = written + strspn(written, "-");
    size_t length = strcspn(start, "=");
    memcpy(word, start, length < sizeof word ? length : sizeof word - 1);
    const char *nearest = str_nearest(word, names, count);
    fprintf(stderr, "limber: error: limber %s has no option %s", verb->name, written);
    fprintf(stderr, nearest ? "; did you mean --%s?\n" : "\n", nearest);
    fprintf(stderr, "limber %s --help shows all options\n", verb->name);
    return EXIT_USAGE;
}

static bool has_option(const struct verb *verb, enum option_id wanted)
{
    for (const enum option_id *id = verb->options;; id++) {
        if (*id == wanted || *id == OPTION_HELP)
            return *id == wanted;
    }
}

static int check_arguments(const struct verb *verb, const struct request *request)
{
    if (request->argument_count < verb->minimum) {
        fprintf(stderr, "limber: error: limber %s needs %s\nlimber %s --help shows examples\n",
                verb->name, verb->arguments, verb->name);
        return EXIT_USAGE;
    }
    if (verb->maximum >= 0 && request->argument_count > verb->maximum) {
        const struct verb_group *group = cli_find_group(verb->name);
        if (group && verb->maximum == 0)
            return cli_unknown_verb(group, request->arguments[0]);
        fprintf(stderr, "limber: error: one argument too many: %s\n",
                request->arguments[verb->maximum]);
        return EXIT_USAGE;
    }
    return -1;
}

/* Numbers below 0 are words of a command ("level -3"), not options: while options are looked for,
 * each has a space before it; so has its word in the end. */
static void guard_numbers(const struct verb *verb, int argc, char **argv)
{
    static char guarded[4][24];
    for (int i = 1, used = 0; verb->complete == COMPLETE_COMMAND && i < argc && used < 4; i++) {
        if (argv[i][0] == '-' && argv[i][1] >= '0' && argv[i][1] <= '9' &&
            strlen(argv[i]) < sizeof *guarded - 1) {
            snprintf(guarded[used], sizeof *guarded, " %s", argv[i]);
            argv[i] = guarded[used++];
        }
    }
}

int cli_parse(const struct verb *verb, int argc, char **argv, struct request *request)
{
    struct getopt_tables tables;
    int value = 0;
    *request = (struct request){.level = LEVEL_NORMAL,
                                .detail = DETAIL_NORMAL,
                                .announce = -1,
                                .coach = -1,
                                .count = -1,
                                .lead_in_ns = -1,
                                .older_s = -1,
                                .limit_bytes = -1,
                                .weeks = -1};
    build_tables(verb, &tables);
    guard_numbers(verb, argc, argv);
    opterr = 0;
    optind = 1;
    while ((value = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        if (value == '?')
            return unknown_option(verb, optopt && optopt < 256 ? (char[]){'-', (char)optopt, 0}
                                                               : argv[optind - 1]);
        if (value == ':') {
            fprintf(stderr, "limber: error: %s needs a value\n", argv[optind - 1]);
            return EXIT_USAGE;
        }
        int id = id_of(verb, value);
        if (id == OPTION_HELP) {
            cli_verb_help(verb, stdout);
            return EXIT_DONE;
        }
        int status = set_option(verb, (enum option_id)id, optarg, request);
        if (status >= 0)
            return status;
        request->given[id] = true;
    }
    request->configured = has_option(verb, OPTION_NO_CONFIG);
    request->argv = argv;
    request->arguments = argv + optind;
    request->argument_count = argc - optind;
    return check_arguments(verb, request);
}

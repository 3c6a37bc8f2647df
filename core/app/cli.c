/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.c: parsing and help, from the tables. */
#include "app/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "app/verbs.h"
#include "base/status.h"
#include "base/str.h"

const struct option_entry cli_options[OPTION_ID_COUNT] = {
    [OPTION_HELP] = {"help", 'h', NULL, "show this help", COMPLETE_NOTHING, NULL, false},
    [OPTION_VOICE] = {"voice", 'V', "NAME", "the voice that speaks (limber voices lists them)",
                      COMPLETE_VOICE, NULL, false},
    [OPTION_LANGUAGE] = {"language", 'L', "TAG", "the language to play in: de picks NAME.de.md",
                         COMPLETE_NOTHING, NULL, false},
    [OPTION_LEVEL] = {"level", 'l', "LEVEL", "where in each range: easy, normal or deep",
                      COMPLETE_CHOICE, "easy|normal|deep", false},
    [OPTION_FOR] = {"for", 'f', "TIME", "fit the session into this time: 12min, 1h",
                    COMPLETE_NOTHING, NULL, false},
    [OPTION_DETAIL] = {"detail", 'd', "HOW", "how much is said: full, normal or brief",
                       COMPLETE_CHOICE, "full|normal|brief", false},
    [OPTION_SEED] = {"seed", 'S', "N", "for shuffle and pick: the same number, the same session",
                     COMPLETE_NOTHING, NULL, false},
    [OPTION_ANNOUNCE] = {"announce", 0, "WHAT",
                         "what the player says by itself: all, none, or a list of opening, names, "
                         "positions, sides, sets, rests, halfway, ticks, close",
                         COMPLETE_CHOICE,
                         "all|none|opening|names|positions|sides|sets|rests|halfway|ticks|close",
                         false},
    [OPTION_COUNT] = {"count", 0, "HOW", "how reps are counted aloud: up, down or off",
                      COMPLETE_CHOICE, "up|down|off", false},
    [OPTION_CHANNELS] = {"channels", 'c', "N", "1 mono, 2 stereo; otherwise as the sounds need",
                         COMPLETE_CHOICE, "1|2", false},
    [OPTION_OUTPUT] = {"output", 'O', "NAME[:K=V,…]",
                       "where the sound goes (limber plugins lists outputs and their options)",
                       COMPLETE_OUTPUT, NULL, false},
    [OPTION_SET] = {"set", 's', "PLUGIN.OPTION=VALUE", "set an option of a plugin",
                    COMPLETE_NOTHING, NULL, false},
    [OPTION_PLUGIN_PATH] = {"plugin-path", 0, "DIR", "look for plugins here first", COMPLETE_FOLDER,
                            NULL, false},
    [OPTION_NO_CACHE] = {"no-cache", 0, NULL, "speak everything anew and keep nothing",
                         COMPLETE_NOTHING, NULL, false},
    [OPTION_QUIET] = {"quiet", 'q', NULL, "show nothing but errors", COMPLETE_NOTHING, NULL, false},
    [OPTION_LEAD_IN] = {"lead-in", 0, "TIME",
                        "silence first, so that a sleeping speaker wakes up: 500ms, 2s; 0 for none",
                        COMPLETE_NOTHING, NULL, false},
    [OPTION_START] = {"start", 0, "TIME", "begin this far into the session: 3:20", COMPLETE_NOTHING,
                      NULL, false},
    [OPTION_START_FRAME] = {"start-frame", 0, "N",
                            "begin at this frame (used when the program restarts itself)",
                            COMPLETE_NOTHING, NULL, true},
    [OPTION_FILE] = {"to", 'o', "FILE", "the file to write: .wav .flac .ogg .opus .mp3",
                     COMPLETE_FILE, NULL, false},
    [OPTION_CAPTIONS] = {"captions", 0, "FILE", "also write what is said as WebVTT captions",
                         COMPLETE_FILE, NULL, false},
    [OPTION_JSON] = {"json", 'j', NULL, "print one JSON document for other programs",
                     COMPLETE_NOTHING, NULL, false},
    [OPTION_SVG] = {"svg", 0, "FILE", "draw the session as a picture", COMPLETE_FILE, NULL, false},
    [OPTION_MOVES] = {"moves", 'm', NULL, "list single moves as well", COMPLETE_NOTHING, NULL,
                      false},
    [OPTION_STRICT] = {"strict", 0, NULL, "treat warnings as errors", COMPLETE_NOTHING, NULL,
                       false},
    [OPTION_NAMES] = {"names", 0, NULL, "print bare names only, one a line", COMPLETE_NOTHING, NULL,
                      true},
};

const struct verb *const cli_verbs[] = {
    &verb_play,   &verb_render,  &verb_plan,    &verb_check,      &verb_list,
    &verb_voices, &verb_plugins, &verb_devices, &verb_completion, NULL};

const struct verb *cli_find_verb(const char *name)
{
    for (size_t i = 0; cli_verbs[i]; i++) {
        if (strcmp(cli_verbs[i]->name, name) == 0)
            return cli_verbs[i];
    }
    return NULL;
}

/* --- help --- */

void cli_help(FILE *to)
{
    fputs("Limber plays guided sessions by ear: a page that says what to do becomes a voice that "
          "keeps the time.\n\n"
          "Usage: limber VERB [OPTIONS] [ARGUMENTS]\n\n",
          to);
    for (size_t i = 0; cli_verbs[i]; i++)
        fprintf(to, "  %-11s %s\n", cli_verbs[i]->name, cli_verbs[i]->summary);
    fputs("\n  limber VERB --help explains a verb, with examples.\n"
          "  A routine is named by its path, or by its bare name: limber play upper-back-relief\n",
          to);
}

/* Prints `text` wrapped at 100 columns, later lines indented. */
static void print_wrapped(FILE *to, const char *text, int indent)
{
    int column = indent;
    while (*text) {
        size_t word = strcspn(text, " ");
        int width = str_columns(text, word);
        if (column > indent && column + 1 + width > 100) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', to);
            column++;
        }
        fwrite(text, 1, word, to);
        column += width;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', to);
}

void cli_verb_help(const struct verb *verb, FILE *to)
{
    fprintf(to, "limber %s: %s\n\nUsage: limber %s [OPTIONS] %s\n\n%s\nOptions:\n", verb->name,
            verb->summary, verb->name, verb->arguments, verb->details);
    for (const enum option_id *id = verb->options;; id++) {
        const struct option_entry *option = &cli_options[*id];
        char left[48];
        snprintf(left, sizeof left, "%c%c%s --%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? "," : " ", option->name,
                 option->argument ? " " : "", option->argument ? option->argument : "");
        if (!option->hidden) {
            int width = str_columns(left, strlen(left));
            fprintf(to, "  %s%*s", left, width < 30 ? 30 - width : 1, "");
            print_wrapped(to, option->help, 32);
        }
        if (*id == OPTION_HELP)
            break;
    }
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

/* "all", "none" or a comma-separated list. */
static bool parse_announce(const char *value, int *bits)
{
    static const char names[] = "opening|names|positions|sides|sets|rests|halfway|close|ticks";
    int index = 0;
    if (strcmp(value, "all") == 0 || strcmp(value, "none") == 0) {
        *bits = *value == 'a' ? ANNOUNCE_ALL : 0;
        return true;
    }
    *bits = 0;
    while (*value) {
        char name[24] = "";
        size_t length = strcspn(value, ",");
        if (length >= sizeof name)
            return false;
        memcpy(name, value, length);
        if (!parse_choice(name, names, &index))
            return false;
        *bits |= 1 << index;
        value += length;
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

static int set_number(const struct verb *verb, enum option_id id, const char *value, int64_t least,
                      int64_t most, int64_t *number)
{
    if (units_parse_int(value, strlen(value), number) && *number >= least && *number <= most)
        return -1;
    return refuse(verb, cli_options[id].name, value, "is not a number it can be");
}

static int set_choice(const struct verb *verb, enum option_id id, const char *value, int *index)
{
    if (parse_choice(value, cli_options[id].choices, index))
        return -1;
    char expected[120];
    snprintf(expected, sizeof expected, "is none of %s", cli_options[id].choices);
    return refuse(verb, cli_options[id].name, value, expected);
}

static int set_time(const struct verb *verb, enum option_id id, const char *value, nsec *time)
{
    if (parse_time(value, time))
        return -1;
    return refuse(verb, cli_options[id].name, value,
                  "is not a time; write 30s, 12min, 1:30 or 1h20m");
}

static int set_option(const struct verb *verb, enum option_id id, const char *value,
                      struct request *request)
{
    int status = -1, index = 0;
    int64_t number = 0;
    switch (id) {
    case OPTION_VOICE:
        request->voice = value;
        break;
    case OPTION_LANGUAGE:
        request->language = value;
        break;
    case OPTION_OUTPUT:
        request->output = value;
        break;
    case OPTION_PLUGIN_PATH:
        request->plugin_path = value;
        break;
    case OPTION_FILE:
        request->file = value;
        break;
    case OPTION_CAPTIONS:
        request->captions = value;
        break;
    case OPTION_SVG:
        request->svg = value;
        break;
    case OPTION_NO_CACHE:
        request->no_cache = true;
        break;
    case OPTION_QUIET:
        request->quiet = true;
        break;
    case OPTION_JSON:
        request->json = true;
        break;
    case OPTION_MOVES:
        request->moves = true;
        break;
    case OPTION_STRICT:
        request->strict = true;
        break;
    case OPTION_NAMES:
        request->names = true;
        break;
    case OPTION_LEVEL:
        status = set_choice(verb, id, value, &index);
        request->level = (enum level)index;
        break;
    case OPTION_DETAIL:
        status = set_choice(verb, id, value, &index);
        request->detail = (enum detail)index;
        break;
    case OPTION_COUNT:
        status = set_choice(verb, id, value, &request->count);
        break;
    case OPTION_CHANNELS:
        status = set_choice(verb, id, value, &index);
        request->channels = (uint32_t)index + 1;
        break;
    case OPTION_FOR:
        status = set_time(verb, id, value, &request->for_ns);
        break;
    case OPTION_START:
        status = set_time(verb, id, value, &request->start_ns);
        break;
    case OPTION_LEAD_IN:
        status = set_time(verb, id, value, &request->lead_in_ns);
        break;
    case OPTION_SEED:
        status = set_number(verb, id, value, 0, INT64_MAX, &number);
        request->seed = (uint64_t)number;
        break;
    case OPTION_START_FRAME:
        status = set_number(verb, id, value, 0, INT64_MAX, &request->start_frame);
        break;
    case OPTION_ANNOUNCE:
        if (!parse_announce(value, &request->announce))
            status = refuse(verb, "announce", value,
                            "is not all, none, or a list of "
                            "opening,names,positions,sides,sets,rests,halfway,ticks,close");
        break;
    case OPTION_SET:
        if (request->setting_count == CLI_MAX_SETTINGS)
            return refuse(verb, "set", value, "is one too many");
        request->settings[request->setting_count++] = value;
        break;
    case OPTION_HELP:
    case OPTION_ID_COUNT:
        break;
    }
    return status;
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

static int check_arguments(const struct verb *verb, const struct request *request)
{
    if (request->argument_count < verb->minimum) {
        fprintf(stderr, "limber: error: limber %s needs %s\nlimber %s --help shows examples\n",
                verb->name, verb->arguments, verb->name);
        return EXIT_USAGE;
    }
    if (verb->maximum >= 0 && request->argument_count > verb->maximum) {
        fprintf(stderr, "limber: error: one argument too many: %s\n",
                request->arguments[verb->maximum]);
        return EXIT_USAGE;
    }
    return -1;
}

int cli_parse(const struct verb *verb, int argc, char **argv, struct request *request)
{
    struct getopt_tables tables;
    int value = 0;
    *request = (struct request){.level = LEVEL_NORMAL,
                                .detail = DETAIL_NORMAL,
                                .announce = -1,
                                .count = -1,
                                .lead_in_ns = -1};
    build_tables(verb, &tables);
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
    }
    request->argv = argv;
    request->arguments = argv + optind;
    request->argument_count = argc - optind;
    return check_arguments(verb, request);
}

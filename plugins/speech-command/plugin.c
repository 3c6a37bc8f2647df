/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: speech by any program that turns words into a sound file. It is run once for each text,
 * without a shell. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"

#define EMPHASIS_SLOWER 0.08 /* of the rate, as in speech-espeak */
#define NORMAL          50.0 /* pitch and range */
#define REASON_MOST     400

/* The voice's settings as they stand in arguments. */
struct persona {
    char *language, *voice, *variant;
    char pitch[8], range[8];
    double rate_wpm;
};

struct command {
    const struct limber_host *host;
    struct words words, files, environment;
    struct program program;
    struct sound_format format;
    struct persona persona;
    enum text_way text_way;
    double pace_wpm;
    int64_t timeout_ms;
    struct scratch scratch; /* open if {out} is used */
    bool prepared;
};

__attribute__((format(printf, 3, 4))) static void
tell(const struct command *command, enum limber_log_level level, const char *format, ...)
{
    char line[REASON_MOST + 100];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    command->host->log(command->host->context, level, line);
}

static const char *option(const struct command *command, const char *name)
{
    return command->host->option(command->host->context, name);
}

/* --- settings --- */

/* Three decimals whatever the language of the system is. */
static void write_decimal(char *text, size_t size, double value)
{
    long thousandths = (long)(value * 1000 + 0.5);
    snprintf(text, size, "%ld.%03ld", thousandths / 1000, thousandths % 1000);
}

struct numbers {
    char rate[16], length[32], speed[32];
};

/* What the placeholders stand for, but the text and the file. */
static struct words_values values_of(const struct command *command, double emphasis,
                                     struct numbers *numbers)
{
    const struct persona *persona = &command->persona;
    double rate_wpm = persona->rate_wpm * (1 - EMPHASIS_SLOWER * emphasis);
    snprintf(numbers->rate, sizeof numbers->rate, "%d", (int)(rate_wpm + 0.5));
    write_decimal(numbers->length, sizeof numbers->length, command->pace_wpm / rate_wpm);
    write_decimal(numbers->speed, sizeof numbers->speed, rate_wpm / command->pace_wpm);
    return (struct words_values){{[PLACEHOLDER_LANGUAGE] = persona->language,
                                  [PLACEHOLDER_VOICE] = persona->voice,
                                  [PLACEHOLDER_VARIANT] = persona->variant,
                                  [PLACEHOLDER_RATE] = numbers->rate,
                                  [PLACEHOLDER_PITCH] = persona->pitch,
                                  [PLACEHOLDER_RANGE] = persona->range,
                                  [PLACEHOLDER_LENGTH] = numbers->length,
                                  [PLACEHOLDER_SPEED] = numbers->speed}};
}

static char *copy(const char *text)
{
    return text && text[0] ? strdup(text) : NULL;
}

static void take_persona(struct command *command, const struct limber_speech_voice *voice)
{
    struct persona *persona = &command->persona;
    persona->language = copy(voice->language ? voice->language : "en");
    persona->voice = copy(voice->voice);
    persona->variant = copy(voice->variant);
    persona->rate_wpm = voice->rate_wpm > 0 ? voice->rate_wpm : command->pace_wpm;
    snprintf(persona->pitch, sizeof persona->pitch, "%d",
             (int)((voice->pitch >= 0 ? voice->pitch : NORMAL) + 0.5));
    snprintf(persona->range, sizeof persona->range, "%d",
             (int)((voice->pitch_range >= 0 ? voice->pitch_range : NORMAL) + 0.5));
}

static void take_options(struct command *command)
{
    const char *format = option(command, "format");
    const char *way = option(command, "text");
    bool inside = words_use(&command->words, PLACEHOLDER_TEXT);
    command->format.name = strcmp(format, "wav") == 0 ? NULL : format;
    command->format.rate_hz = (int)strtol(option(command, "rate"), NULL, 10);
    command->format.channels = (int)strtol(option(command, "channels"), NULL, 10);
    command->pace_wpm = (double)strtol(option(command, "pace"), NULL, 10);
    command->timeout_ms = (int64_t)strtol(option(command, "timeout"), NULL, 10) * 1000;
    command->text_way = inside ? TEXT_ARGUMENT : TEXT_STDIN;
    if (way && strcmp(way, "json") == 0) {
        command->text_way = TEXT_JSON;
    } else if (way && strcmp(way, "argument") == 0) {
        command->text_way = TEXT_ARGUMENT;
    }
    if (command->text_way == TEXT_ARGUMENT && !inside && command->words.count < WORDS_MOST) {
        command->words.items[command->words.count++] = "{text}";
    }
}

/* False after a line in the log. */
static bool check_placeholders(const struct command *command)
{
    struct numbers numbers;
    struct words_values values = values_of(command, 0, &numbers);
    values.of[PLACEHOLDER_TEXT] = command->text_way == TEXT_ARGUMENT ? "" : NULL;
    values.of[PLACEHOLDER_OUT] = "";
    const char *unknown = words_unknown(&command->words, &values);
    if (!unknown) {
        return true;
    }
    if (strcmp(unknown, "{voice}") == 0 || strcmp(unknown, "{variant}") == 0) {
        tell(command, LIMBER_LOG_ERROR, "`command` has %s in it, but the voice does not set it",
             unknown);
    } else if (strcmp(unknown, "{text}") == 0) {
        tell(command, LIMBER_LOG_ERROR, "`command` has {text} in it, so `text` must be argument");
    } else {
        tell(command, LIMBER_LOG_ERROR,
             "`command` has %s in it; what can be filled in is {text}, {out}, {language}, {voice}, "
             "{variant}, {rate}, {pitch}, {range}, {length} and {speed}, and {{ is a brace",
             unknown);
    }
    return false;
}

/* --- preparing --- */

static enum limber_status read_settings(struct command *command)
{
    const char *line = option(command, "command");
    if (!words_split(&command->words, line) ||
        !words_split(&command->files, option(command, "files")) ||
        !words_split(&command->environment, option(command, "environment"))) {
        tell(command, LIMBER_LOG_ERROR, "`command` has more than %d arguments", WORDS_MOST);
        return LIMBER_FAILED;
    }
    if (command->words.count == 0) {
        tell(command, LIMBER_LOG_ERROR,
             "which program speaks is not said; a voice says it in its voice.yaml, as "
             "options: {command: [PROGRAM, ARGUMENT...]}");
        return LIMBER_NOT_FOUND;
    }
    return LIMBER_OK;
}

/* A voice that is asked for and cannot be passed on would be replaced in silence. False after a
 * line in the log. */
static bool check_persona(const struct command *command)
{
    const struct persona *persona = &command->persona;
    bool spoken_by = words_use(&command->words, PLACEHOLDER_VOICE) ||
                     command->text_way == TEXT_JSON; /* where it is the speaker */
    bool varied = words_use(&command->words, PLACEHOLDER_VARIANT);
    if (persona->voice && !spoken_by) {
        tell(command, LIMBER_LOG_ERROR,
             "there is no voice '%s', since `command` has no {voice} to put its name in",
             persona->voice);
        return false;
    }
    if (persona->variant && !varied) {
        tell(command, LIMBER_LOG_ERROR,
             "there is no variant '%s', since `command` has no {variant} to put its name in",
             persona->variant);
        return false;
    }
    return true;
}

static enum limber_status prepare(void *instance, const struct limber_speech_voice *voice)
{
    struct command *command = instance;
    enum limber_status status = command->prepared ? LIMBER_FAILED : read_settings(command);
    if (status != LIMBER_OK) {
        return status;
    }
    take_options(command);
    take_persona(command, voice);
    if (!check_placeholders(command)) {
        return LIMBER_FAILED;
    }
    if (!check_persona(command)) {
        return LIMBER_NOT_FOUND;
    }
    char reason[REASON_MOST];
    status = program_find(&command->program, &command->words, &command->files,
                          &command->environment, reason, sizeof reason);
    if (status == LIMBER_OK && words_use(&command->words, PLACEHOLDER_OUT) &&
        !scratch_open(&command->scratch)) {
        snprintf(reason, sizeof reason, "there is no room for files of sound: %s", strerror(errno));
        status = LIMBER_FAILED;
    }
    if (status != LIMBER_OK) {
        tell(command, LIMBER_LOG_ERROR, "%s", reason);
    }
    command->prepared = status == LIMBER_OK;
    return status;
}

static const char *fingerprint(void *instance)
{
    return ((struct command *)instance)->program.fingerprint;
}

/* --- speaking --- */

static void on_line(void *context, const char *line)
{
    const struct command *command = context;
    tell(command, LIMBER_LOG_DEBUG, "%s: %s", command->program.name, line);
}

static enum limber_status run(const struct command *command, const char *text, double emphasis,
                              const struct scratch_file *file, int output_fd, char *reason)
{
    struct numbers numbers;
    struct words_values values = values_of(command, emphasis, &numbers);
    values.of[PLACEHOLDER_TEXT] = text;
    values.of[PLACEHOLDER_OUT] = file->path;
    char **arguments = words_fill(&command->words, &values);
    int input_fd = input_make(command->text_way, text, command->persona.voice);
    enum limber_status status = LIMBER_NO_MEMORY;
    if (!arguments || (input_fd < 0 && command->text_way != TEXT_ARGUMENT)) {
        snprintf(reason, REASON_MOST, "no memory for the text");
    } else {
        const struct run what = {.program = &command->program,
                                 .arguments = arguments,
                                 .input_fd = input_fd,
                                 .output_fd = output_fd,
                                 .timeout_ms = command->timeout_ms,
                                 .output_most = sound_bytes_most(&command->format),
                                 .line = on_line,
                                 .context = (void *)command};
        status = run_program(&what, reason, REASON_MOST);
    }
    if (input_fd >= 0) {
        close(input_fd);
    }
    words_free_filled(arguments);
    return status;
}

static enum limber_status deliver(const struct command *command, int fd,
                                  const struct limber_speech_writer *writer, char *reason)
{
    char why[REASON_MOST] = "";
    enum limber_status status = sound_deliver(fd, &command->format, writer, why, sizeof why);
    if (why[0]) {
        snprintf(reason, REASON_MOST, "%s failed: %.200s", command->program.name, why);
    }
    return status;
}

static enum limber_status speak(const struct command *command, const char *text, double emphasis,
                                const struct limber_speech_writer *writer, char *reason)
{
    struct scratch_file file = {.path = ""};
    bool into_file = command->scratch.open;
    if (into_file && !scratch_file(&command->scratch, &file)) {
        snprintf(reason, REASON_MOST, "there is no room for the file of sound: %s",
                 strerror(errno));
        return LIMBER_FAILED;
    }
    int fd = into_file ? -1 : memfd_create("limber-sound", MFD_CLOEXEC);
    enum limber_status status = run(command, text, emphasis, &file, fd, reason);
    if (status == LIMBER_OK && into_file) {
        fd = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    }
    if (status == LIMBER_OK && fd < 0) {
        snprintf(reason, REASON_MOST, "%s failed: it wrote no file", command->program.name);
        status = LIMBER_FAILED;
    }
    if (status == LIMBER_OK) {
        status = deliver(command, fd, writer, reason);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (into_file) {
        scratch_drop(&file);
    }
    return status;
}

static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    const struct command *command = instance;
    char reason[REASON_MOST] = "";
    if (!command->prepared) {
        return LIMBER_FAILED;
    }
    enum limber_status status = speak(command, text, emphasis, writer, reason);
    if (reason[0]) {
        tell(command, LIMBER_LOG_ERROR, "%s", reason);
    }
    return status;
}

/* --- the plugin --- */

static const struct limber_speech speech = {
    .size = sizeof speech,
    .prepare = prepare,
    .fingerprint = fingerprint,
    .synthesize = synthesize,
};

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct command *command = calloc(1, sizeof *command);
    if (!command) {
        return LIMBER_NO_MEMORY;
    }
    command->host = host;
    *instance = command;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    struct command *command = instance;
    if (!command) {
        return;
    }
    scratch_close(&command->scratch);
    program_free(&command->program);
    words_free(&command->words);
    words_free(&command->files);
    words_free(&command->environment);
    free(command->persona.language);
    free(command->persona.voice);
    free(command->persona.variant);
    free(command);
}

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_SPEECH_ID) == 0 ? &speech : NULL;
}

static const char *const interfaces[] = {LIMBER_SPEECH_ID, NULL};

static const char *const text_ways[] = {"stdin", "argument", "json", NULL};
static const char *const formats[] = {"wav", "u8",  "s8",    "s16",  "s24", "s32",
                                      "f32", "f64", "mulaw", "alaw", NULL};

static const struct limber_option options[] = {
    {.name = "command",
     .type = LIMBER_OPTION_STRING,
     .help = "the program and its arguments, one a line; no shell sees them"},
    {.name = "text",
     .type = LIMBER_OPTION_CHOICE,
     .choices = text_ways,
     .help = "how the program gets the words; unset: as an argument if the command has {text}, "
             "else on standard input"},
    {.name = "format",
     .type = LIMBER_OPTION_CHOICE,
     .fallback = "wav",
     .choices = formats,
     .help = "what it writes: wav (or another sound file that describes itself), or raw "
             "little-endian samples"},
    {.name = "rate",
     .type = LIMBER_OPTION_INT,
     .unit = "Hz",
     .minimum = 8000,
     .maximum = 192000,
     .fallback = "22050",
     .help = "sample rate of raw samples"},
    {.name = "channels",
     .type = LIMBER_OPTION_INT,
     .minimum = 1,
     .maximum = 8,
     .fallback = "1",
     .help = "channels of raw samples; several are mixed to one"},
    {.name = "pace",
     .type = LIMBER_OPTION_INT,
     .unit = "wpm",
     .minimum = 60,
     .maximum = 450,
     .fallback = "160",
     .help = "words a minute it speaks by itself, which {length} and {speed} are relative to"},
    {.name = "timeout",
     .type = LIMBER_OPTION_INT,
     .unit = "s",
     .minimum = 1,
     .maximum = 600,
     .fallback = "60",
     .help = "after which a run is ended and has failed"},
    {.name = "files",
     .type = LIMBER_OPTION_STRING,
     .help = "further files that its sound depends on, one a line; each must be there"},
    {.name = "environment",
     .type = LIMBER_OPTION_STRING,
     .help = "NAME=value for the program, one a line; it gets little else"},
    {0},
};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "speech-command",
    .name = "Speech by any program",
    .version = LIMBER_VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Runs a program of your choice for each text and takes its sound",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

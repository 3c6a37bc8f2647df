/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h: between the files of this plugin: words.c (the command line), program.c (what is run,
 * and what it depends on), input.c (what it reads), run.c (running it), scratch.c (its file),
 * sound.c (what it made). */
#ifndef SPEECH_COMMAND_H
#define SPEECH_COMMAND_H

#include <sys/types.h>

#include "limber/speech.h"

#define COMMAND_MINUTES 10 /* of sound from one run */

/* --- words.c: "one argument a line", with placeholders --- */

#define WORDS_MOST 128

struct words {
    char *text; /* owned; the items point into it */
    char *items[WORDS_MOST + 1];
    size_t count;
};

enum placeholder {
    PLACEHOLDER_TEXT,
    PLACEHOLDER_OUT,
    PLACEHOLDER_LANGUAGE,
    PLACEHOLDER_VOICE,
    PLACEHOLDER_VARIANT,
    PLACEHOLDER_RATE,
    PLACEHOLDER_PITCH,
    PLACEHOLDER_RANGE,
    PLACEHOLDER_LENGTH,
    PLACEHOLDER_SPEED,
    PLACEHOLDER_COUNT
};

/* What stands for each placeholder; NULL: nothing does. */
struct words_values {
    const char *of[PLACEHOLDER_COUNT];
};

/* One item a line; empty lines are dropped. A single line is cut at its spaces instead, unless a
 * file has that name. False when there are more than WORDS_MOST. */
bool words_split(struct words *words, const char *text);
void words_free(struct words *words);
/* NULL, or the first thing in braces that is no placeholder, or has no value. The text is valid
 * until the next call. */
const char *words_unknown(const struct words *words, const struct words_values *values);
bool words_use(const struct words *words, enum placeholder placeholder);
/* Whether the item has any placeholder. */
bool words_vary(const char *item);
/* The arguments with the values in their places, never looked at again; NULL-terminated, to be
 * freed with words_free_filled(). NULL: no memory. An argument that is the text alone and begins
 * with '-' gets a space in front of it, so that no program takes it for an option, unless "--"
 * stands before it. */
char **words_fill(const struct words *words, const struct words_values *values);
void words_free_filled(char **arguments);

/* --- program.c --- */

#define PROGRAM_FILES_MOST 64

/* The program, and the files that what it says depends on. */
struct program {
    char *path; /* absolute */
    char *name; /* for messages: the last part of its path */
    char **environment;
    void *pages[PROGRAM_FILES_MOST]; /* the first page of each file */
    size_t page_count;
    char fingerprint[PROGRAM_FILES_MOST * 48 + 64];
};

/* Finds the program of `words`; keeps a page mapped of its file, of its interpreter if it is a
 * script, of each argument that is a file's name, and of each of `files`, which must be there.
 * `environment`: more "NAME=value" for the program. Errors, with a reason: NOT_FOUND, FAILED. */
enum limber_status program_find(struct program *program, const struct words *words,
                                const struct words *files, const struct words *environment,
                                char *reason, size_t size);
void program_free(struct program *program);

/* --- input.c --- */

enum text_way { TEXT_STDIN, TEXT_ARGUMENT, TEXT_JSON };

/* A file in memory that holds the text as a line, or as piper's line of JSON with the speaker
 * (NULL: none). −1: no memory, or the text goes another way. */
int input_make(enum text_way way, const char *text, const char *speaker);

/* --- run.c --- */

struct run {
    const struct program *program;
    char *const *arguments;
    int input_fd;         /* its standard input; −1: nothing to read */
    int output_fd;        /* its standard output; −1: goes where its complaints go */
    int64_t timeout_ms;   /* from start to end */
    uint64_t output_most; /* bytes of any file it writes */
    /* Takes each line of its standard error, of printable characters only. */
    void (*line)(void *context, const char *line);
    void *context;
};

/* Runs it to its end. In a process group of our own (so the host has it), whatever it started is
 * ended with it. Anything but exit status 0 is an error, with a reason. Errors: FAILED, TIMEOUT,
 * LIMIT (wrote more than `output_most`). */
enum limber_status run_program(const struct run *run, char *reason, size_t size);

/* --- scratch.c --- */

/* A folder for what programs write. It goes away with this process and its children, however they
 * end. */
struct scratch {
    char folder[240];
    int life_fd;
    bool open;
};

/* A folder in it with the name of a file to be. */
struct scratch_file {
    char folder[256], path[272];
};

/* False with errno. */
bool scratch_open(struct scratch *scratch);
void scratch_close(struct scratch *scratch);
/* False with errno. */
bool scratch_file(const struct scratch *scratch, struct scratch_file *file);
/* Removes it and all that is there. */
void scratch_drop(const struct scratch_file *file);

/* --- sound.c --- */

struct sound_format {
    const char *name; /* of raw samples: "s16"…; NULL: the file describes itself */
    int rate_hz, channels;
};

/* How much a program may write. */
uint64_t sound_bytes_most(const struct sound_format *format);
/* Reads the file and hands its sound over, as one channel. Anything that cannot be speech in this
 * format is an error, with a reason. Errors: FAILED, and as the writer returned. */
enum limber_status sound_deliver(int fd, const struct sound_format *format,
                                 const struct limber_speech_writer *writer, char *reason,
                                 size_t size);

#endif

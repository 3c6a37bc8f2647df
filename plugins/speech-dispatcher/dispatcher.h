/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dispatcher.h: between the files of this plugin. */
#ifndef SPEECH_DISPATCHER_H
#define SPEECH_DISPATCHER_H

#include <stdarg.h>

#include "common/child.h"
#include "limber/speech.h"
#include "message.h"

#define PATH_MOST 1024

/* --- module.c: a module that runs --- */

struct module {
    struct child child;
    const char *name; /* as asked for, for messages */
    int timeout_ms;   /* for each answer */
    struct message_reader reader;
    char reason[256]; /* why the last call failed */
};

#define MODULE_NONE(module_name, wait_ms)                                                          \
    {                                                                                              \
        .child = CHILD_NONE, .name = (module_name), .timeout_ms = (wait_ms)                        \
    }

/* Starts the program (its file of settings, or NULL) and has it make itself ready to give samples.
 * False with a reason. */
bool module_start(struct module *module, const char *program, const char *config, unsigned flags);
/* Sends a command and its block of lines, which ends in ".\n" (NULL: none). */
bool module_send(struct module *module, const char *command, const char *block);
/* The next line of any kind, complete within the timeout. */
bool module_next(struct module *module, struct message *message);
/* Waits for the answer to a command: a last line with this code, or the other one (0: none). Codes
 * 300 … 499 are failures with the module's words; others are passed over. */
bool module_expect(struct module *module, int code, int other);
/* A command that takes a block of settings. */
bool module_set(struct module *module, const char *command, const char *block);
/* Fails for a reason: "the module NAME of Speech Dispatcher …". */
bool module_refuse(struct module *module, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Says good-bye and ends the program, one way or another. */
void module_end(struct module *module);

/* --- find.c: programs and the files they are made of --- */

struct program {
    char path[PATH_MOST];   /* of the module */
    char config[PATH_MOST]; /* of its settings; "" for none */
    char name[128];         /* "espeak-ng" */
};

/* `name`: "espeak-ng", or a path. `config`: a path, "none", or NULL: the system's own file, if
 * there is one. `folder`: of the modules, or NULL. False with a reason that says what there is. */
bool find_program(struct program *program, const char *name, const char *folder, const char *config,
                  char *reason, size_t size);
/* Keeps one page of each file that the running program has mapped, and of its settings, mapped here
 * too, and gives a text that changes with any of them. */
void find_files(const struct program *program, pid_t pid, char *text, size_t size);

/* --- voices.c --- */

/* What to ask a module for. */
struct settings {
    char language[64]; /* "": the module's own */
    char voice[256];   /* "": what the module takes for the language */
    int rate, pitch, range;
};

/* Asks the module for its voices and chooses: a voice of this name, and this variant, or the
 * language alone. Errors: NOT_FOUND, FAILED; the reason is the module's. */
enum limber_status voices_choose(struct module *module, const struct limber_speech_voice *voice,
                                 struct settings *settings);
/* Calls `each` for every voice without a variant. False with a reason. */
bool voices_each(struct module *module, const char *language,
                 bool (*each)(void *context, const char *name, const char *language),
                 void *context);

/* --- scale.c --- */

/* Words a minute (0: the module's own) → −100 … 100, by what was measured for this module, slowed
 * down by a part of it. */
int scale_rate(const char *module, double rate_wpm, double slower);
/* 0 … 100 (negative: normal) → −100 … 100. */
int scale_pitch(double pitch);

/* --- speak.c --- */

/* Sends the settings and the text, and gives the samples to the writer. Errors: as the writer
 * returned, FAILED with the module's reason. */
enum limber_status speak(struct module *module, const struct settings *settings, const char *text,
                         const struct limber_speech_writer *writer);

#endif

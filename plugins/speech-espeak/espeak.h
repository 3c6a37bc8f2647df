/* SPDX-License-Identifier: GPL-3.0-or-later */
/* espeak.h: between the files of this plugin. */
#ifndef SPEECH_ESPEAK_H
#define SPEECH_ESPEAK_H

#include "limber/speech.h"

#define ESPEAK_NAME_MOST 160

/* One line to the host's log. */
void espeak_log(enum limber_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Selects exactly what is asked for, or refuses with a line in the log that says what there is.
 * The identifier of what is now selected goes into `identifier`. Errors: NOT_FOUND, FAILED. */
enum limber_status voice_select(const struct limber_speech_voice *voice,
                                char identifier[ESPEAK_NAME_MOST]);

/* As limber_speech.list_voices(). */
void voice_each(const char *language,
                bool (*each)(void *context, const char *name, const char *language), void *context);

#endif

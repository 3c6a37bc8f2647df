/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h: lines for the person who runs the program, on stderr. Never from a real-time thread.
 * Thread-safe. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "limber/plugin.h"

/* Lines above this level are dropped. Default LIMBER_LOG_WARNING;
 * $LIMBER_LOG=debug|info|warning|error changes it. [any] */
void log_set_level(enum limber_log_level level);
/* Called for every line instead of writing to stderr; NULL restores stderr. For the terminal
 * display, so that lines do not tear it. [main] */
void log_set_sink(void (*sink)(void *context, enum limber_log_level level, const char *line),
                  void *context);
/* For a program that runs for years: a line that was written less than a minute ago is not written
 * again; later it is told how often it was said. Setting it (also to false, before the program
 * ends) tells what was held back so far. Default false. [any] */
void log_set_calm(bool calm);
/* `module`: "session", "speech-espeak"… */
void log_line(enum limber_log_level level, const char *module, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(...)   log_line(LIMBER_LOG_ERROR, LOG_MODULE, __VA_ARGS__)
#define log_warning(...) log_line(LIMBER_LOG_WARNING, LOG_MODULE, __VA_ARGS__)
#define log_info(...)    log_line(LIMBER_LOG_INFO, LOG_MODULE, __VA_ARGS__)
#define log_debug(...)   log_line(LIMBER_LOG_DEBUG, LOG_MODULE, __VA_ARGS__)

#endif

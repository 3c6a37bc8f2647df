/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.c: one line, one write. With the systemd journal on stderr, lines carry its level prefix. */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/calm.h"
#include "base/diag_print.h"
#include "base/str.h"

#define LINE_LONGEST 4000

typedef void sink_function(void *context, enum limber_log_level level, const char *line);

static const char *const names[] = {"error", "warning", "info", "debug"};
static const int syslog_levels[] = {3, 4, 6, 7};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int limit = LIMBER_LOG_WARNING;
static bool to_journal; /* written once */

/* Guarded by lock, which is held while the sink runs: a sink does not log. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sink_function *the_sink;
static void *sink_context;
static bool is_calm;
static struct calm calm;

static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat info;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &info) == 0 && info.st_dev == device && info.st_ino == inode;
}

static void read_environment(void)
{
    const char *wanted = getenv("LIMBER_LOG");
    for (int i = 0; wanted && i <= LIMBER_LOG_DEBUG; i++)
        if (str_equal_nocase(wanted, names[i]))
            atomic_store(&limit, i);
    to_journal = stderr_is_journal();
}

void log_set_level(enum limber_log_level level)
{
    pthread_once(&once, read_environment);
    atomic_store(&limit, (int)level);
}

void log_set_sink(void (*sink)(void *context, enum limber_log_level level, const char *line),
                  void *context)
{
    pthread_mutex_lock(&lock);
    the_sink = sink;
    sink_context = context;
    pthread_mutex_unlock(&lock);
}

static void write_line(const char *line, size_t length)
{
    while (length > 0) {
        ssize_t put = write(STDERR_FILENO, line, length);
        if (put < 0 && errno != EINTR)
            return; /* nowhere to tell */
        if (put > 0) {
            line += put;
            length -= (size_t)put;
        }
    }
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Called locked. */
static void put(enum limber_log_level level, const char *line)
{
    if (the_sink) {
        the_sink(sink_context, level, line);
        return;
    }
    struct str whole = {0};
    if (to_journal)
        str_printf(&whole, "<%d>%s\n", syslog_levels[level], line);
    else
        str_printf(&whole, "limber: %s: %s\n", names[level], line);
    write_line(whole.data, whole.length);
    str_free(&whole);
}

/* Tells of lines that were held back. Called locked. */
static void put_counts(bool all)
{
    struct calm_line line;
    while (calm_take(&calm, now_ms(), all, &line)) {
        struct str text = {0};
        str_printf(&text, "%s (said %zu time%s more)", line.text, line.more,
                   line.more == 1 ? "" : "s");
        put((enum limber_log_level)line.level, str_text(&text));
        str_free(&text);
        free(line.text);
    }
}

void log_set_calm(bool wanted)
{
    pthread_once(&once, read_environment);
    pthread_mutex_lock(&lock);
    put_counts(true);
    calm_clear(&calm);
    is_calm = wanted;
    pthread_mutex_unlock(&lock);
}

void log_line(enum limber_log_level level, const char *module, const char *format, ...)
{
    pthread_once(&once, read_environment);
    if ((int)level > atomic_load(&limit) || (int)level < 0 || level > LIMBER_LOG_DEBUG)
        return;
    int saved = errno;
    char *message = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&message, format, args);
    va_end(args);
    if (length < 0)
        message = xstrdup(format);

    struct str line = {0};
    if (module && *module)
        str_printf(&line, "%s: ", module);
    const char *at = message, *end = message + strnlen(message, LINE_LONGEST);
    while (end > message && end[-1] == '\n')
        end--;
    while (at < end)
        diag_add_shown(&line, &at, end);

    pthread_mutex_lock(&lock);
    if (is_calm)
        put_counts(false);
    if (!is_calm || calm_pass(&calm, (int)level, str_text(&line), now_ms()))
        put(level, str_text(&line));
    pthread_mutex_unlock(&lock);
    str_free(&line);
    free(message);
    errno = saved;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: levels, one whole line a write, the sink. What goes to stderr is caught in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_MODULE "test"
#include "base/calm.h"
#include "base/log.h"

/* Runs `act` in a child with stderr into a file (the level is read once a process); its text. */
static char *caught(void (*act)(void), const char *level, bool journal)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    pid_t child = fork();
    if (child == 0) {
        struct stat info;
        dup2(fileno(file), STDERR_FILENO);
        if (level)
            setenv("LIMBER_LOG", level, 1);
        else
            unsetenv("LIMBER_LOG");
        char stream[64];
        fstat(STDERR_FILENO, &info);
        snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)info.st_dev,
                 (unsigned long long)info.st_ino + !journal);
        setenv("JOURNAL_STREAM", stream, 1); /* another stream's number is not ours */
        act();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    char *text = calloc(1, 1 << 20);
    rewind(file);
    (void)!fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

static void assert_caught(void (*act)(void), const char *level, bool journal, const char *expected)
{
    char *text = caught(act, level, journal);
    assert_string_equal(text, expected);
    free(text);
}

static void all_levels(void)
{
    log_error("e %d", 1);
    log_warning("w");
    log_info("i");
    log_debug("d");
}

static void hostile(void)
{
    errno = 5;
    log_error("a\nb\33[31m\xff\xc3\xa4\n");
    if (errno != 5)
        log_error("errno changed");
    char huge[10000];
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    log_line(LIMBER_LOG_ERROR, NULL, "%s", huge);
}

static void quiet(void)
{
    log_set_level(LIMBER_LOG_ERROR);
    all_levels();
}

static void test_levels(void **state)
{
    const char *two = "limber: error: test: e 1\nlimber: warning: test: w\n";
    assert_caught(all_levels, NULL, false, two);
    assert_caught(all_levels, "nonsense", false, two);
    assert_caught(all_levels, "ERROR", false, "limber: error: test: e 1\n");
    assert_caught(all_levels, "debug", true, "<3>test: e 1\n<4>test: w\n<6>test: i\n<7>test: d\n");
    assert_caught(quiet, "debug", false, "limber: error: test: e 1\n");
}

static void test_hostile(void **state)
{
    char *text = caught(hostile, NULL, false);
    const char *first = "limber: error: test: a?b?[31m?\xc3\xa4\nlimber: error: xxx";
    assert_memory_equal(text, first, strlen(first));
    assert_true(strlen(text) < 5000);
    assert_null(strstr(text, "errno"));
    free(text);
}

static void *log_many(void *user)
{
    for (int i = 0; i < 500; i++)
        log_error("%s", (const char *)user);
    return NULL;
}

static void two_threads(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, log_many, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    pthread_create(&threads[1], NULL, log_many, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

static void test_whole_lines(void **state)
{
    char *text = caught(two_threads, NULL, false);
    int lines = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        assert_int_equal(strlen(line), strlen("limber: error: test: ") + 48);
        assert_null(strstr(line, "ab"));
        assert_null(strstr(line, "ba"));
    }
    assert_int_equal(lines, 1000);
    free(text);
}

static void again_and_again(void)
{
    log_set_calm(true);
    for (int i = 0; i < 38; i++)
        log_warning("no such device");
    log_error("no such device"); /* another level is another line */
    log_warning("something else");
    for (int i = 0; i < 100; i++) /* more than are remembered */
        log_warning("line %d", i % 30);
    log_warning("no such device");
    log_set_calm(false);
    log_warning("as often");
    log_warning("as often");
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

static void test_calm(void **state)
{
    char *text = caught(again_and_again, NULL, false);
    const char *begin = "limber: warning: test: no such device\n"
                        "limber: error: test: no such device\n"
                        "limber: warning: test: something else\n";
    assert_memory_equal(text, begin, strlen(begin));
    assert_int_equal(count_of(text, "warning: test: no such device (said 37 times more)\n"), 1);
    assert_int_equal(count_of(text, "warning: test: no such device\n"), 2);
    assert_int_equal(count_of(text, "test: as often\n"), 2);
    free(text);
}

static void test_calm_time(void **state)
{
    struct calm calm = {0};
    struct calm_line line;
    assert_true(calm_pass(&calm, 1, "a", 1000));
    assert_false(calm_pass(&calm, 1, "a", 1001));
    assert_false(calm_pass(&calm, 1, "a", 1000 + CALM_MS - 1));
    assert_false(calm_take(&calm, 1000 + CALM_MS - 1, false, &line));
    assert_true(calm_take(&calm, 1000 + CALM_MS, false, &line));
    assert_int_equal(line.more, 2);
    assert_string_equal(line.text, "a");
    free(line.text);
    assert_true(calm_pass(&calm, 1, "a", 1000 + CALM_MS)); /* as if new */
    assert_false(
        calm_take(&calm, 1000 + 3 * CALM_MS, false, &line)); /* said once: nothing to tell */
    assert_true(calm_pass(&calm, 1, "a", 1000 + 3 * CALM_MS));
    calm_clear(&calm);
}

static void keep(void *context, enum limber_log_level level, const char *line)
{
    snprintf(context, 64, "%d %s", (int)level, line);
}

static void test_sink(void **state)
{
    char kept[64] = "";
    log_set_sink(keep, kept);
    log_warning("to the %s", "sink");
    log_set_sink(NULL, NULL);
    assert_string_equal(kept, "1 test: to the sink");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* The sink last: it settles this process's level. */
        cmocka_unit_test(test_levels),      cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_whole_lines), cmocka_unit_test(test_calm),
        cmocka_unit_test(test_calm_time),   cmocka_unit_test(test_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

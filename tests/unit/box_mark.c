/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mark: how the last box ended, and that there is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "box/mark.h"

static char folder[] = "/tmp/limber-mark-XXXXXX", path[64];

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static struct mark *take(struct mark_found *found)
{
    int other = 0;
    struct mark *mark = mark_take(folder, now_ms(), found, &other);
    assert_non_null(mark);
    return mark;
}

static void write_file(const char *text, size_t length)
{
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
}

static void test_ends(void **state)
{
    struct mark_found found;
    struct mark *mark = take(&found);
    assert_false(found.crashed);
    mark_playing(mark, true);
    mark_leave(mark); /* in order, though a session played */
    mark_destroy(mark);
    mark = take(&found);
    assert_false(found.crashed);
    mark_destroy(mark); /* as if it crashed while idle */
    mark = take(&found);
    assert_true(found.crashed);
    assert_false(found.playing);
    mark_playing(mark, true);
    mark_touch(mark);
    mark_went_on(mark, 2);
    mark_destroy(mark);
    mark = take(&found);
    assert_true(found.crashed);
    assert_true(found.playing);
    assert_int_equal(found.went_on, 2);
    assert_true(found.age_ms >= 0 && found.age_ms < 60000);
    mark_leave(mark);
    mark_destroy(mark);
    mark_destroy(NULL);
}

static void test_one_at_a_time(void **state)
{
    struct mark_found found;
    struct mark *mark = take(&found);
    pid_t child = fork();
    if (child == 0) {
        int other = 0;
        struct mark *second = mark_take(folder, now_ms(), &found, &other);
        _exit(second == NULL && other == getppid() ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    mark_leave(mark);
    mark_destroy(mark);
}

static void test_damaged(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "limber-box",
        "limber-box 1 ",
        "limber-box 2 x 1 1 1\n",
        "limber-box 1 x -1 7 -9",
        "\xff\xff\xff\xff",
        "limber-box 1 99999999999999999999 99999999999999 1 99999999999999"};
    struct mark_found found;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file(texts[i], strlen(texts[i]));
        struct mark *mark = take(&found);
        assert_false(found.crashed);
        assert_true(found.went_on >= 0);
        mark_leave(mark);
        mark_destroy(mark);
    }
    char huge[5000];
    memset(huge, 'x', sizeof huge);
    write_file(huge, sizeof huge);
    struct mark *mark = take(&found);
    assert_false(found.crashed); /* another boot: the power failed */
    mark_destroy(mark);
    mark = take(&found);
    assert_true(found.crashed); /* what was written is whole, whatever was there before */
    mark_leave(mark);
    mark_destroy(mark);
}

static void test_other_boot(void **state)
{
    static const char line[] = "limber-box 1 00000000-0000-0000-0000-000000000000 1 1 0\n";
    struct mark_found found;
    write_file(line, sizeof line - 1);
    struct mark *mark = take(&found);
    assert_false(found.crashed);
    assert_true(found.playing);
    mark_leave(mark);
    mark_destroy(mark);
}

static void test_nowhere(void **state)
{
    struct mark_found found;
    int other = 0;
    struct mark *mark = mark_take("/proc/nowhere", now_ms(), &found, &other);
    assert_non_null(mark); /* goes without */
    mark_playing(mark, true);
    mark_touch(mark);
    mark_went_on(mark, 1);
    mark_leave(mark);
    mark_destroy(mark);
}

int main(void)
{
    log_set_level(LIMBER_LOG_ERROR);
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/box", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),    cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_damaged), cmocka_unit_test(test_other_boot),
        cmocka_unit_test(test_nowhere),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(folder);
    return failed;
}

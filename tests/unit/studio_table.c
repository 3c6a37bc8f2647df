/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that people edit too: what is not changed stays, byte for byte. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "studio/table.h"

#define FILE_NAME "clips.csv"

static char folder[] = "/tmp/limber-table-XXXXXX";

static int enter(void **state)
{
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    unlink(FILE_NAME);
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void put_file(const char *text)
{
    assert_int_equal(file_write(FILE_NAME, text, strlen(text)), LIMBER_OK);
}

static void expect_file(const char *text)
{
    struct arena *arena = arena_new();
    char *there;
    size_t length;
    assert_int_equal(file_read(FILE_NAME, 1 << 20, arena, &there, &length), LIMBER_OK);
    assert_string_equal(there, text);
    arena_destroy(arena);
}

static void put_rows(const struct table_row *rows, size_t count, const char *before,
                     const char *after)
{
    char *error = NULL;
    put_file(before);
    assert_int_equal(table_put(FILE_NAME, rows, count, &error), LIMBER_OK);
    assert_null(error);
    expect_file(after);
}

static void put_row(const char *text, const char *file, const char *before, const char *after)
{
    const struct table_row row = {text, file};
    put_rows(&row, 1, before, after);
}

/* --- reading --- */

static void reads_what_spreadsheets_write(void **state)
{
    static const char *const forms[] = {
        "text,file,note\nHello.,a.flac,x\n\"One, two.\",b.flac,\"a \"\"b\"\"\nc\"\n",
        "\xef\xbb\xbftext;file;note\r\nHello.;a.flac;x\r\n\r\n\"One, two.\";b.flac;\"a "
        "\"\"b\"\"\nc\"",
        "Text\tFILE\tnote\nHello.\ta.flac\tx\n\"One, two.\"\tb.flac\t\"a \"\"b\"\"\nc\"\n",
    };
    for (size_t i = 0; i < 3; i++) {
        struct arena *arena = arena_new();
        struct table table;
        char *error = NULL;
        put_file(forms[i]);
        assert_int_equal(table_read(FILE_NAME, arena, &table, &error), LIMBER_OK);
        assert_int_equal(table.record_count, 3);
        assert_string_equal(table_cell(&table, 1, table_column(&table, "text")), "Hello.");
        assert_string_equal(table_cell(&table, 2, table_column(&table, "text")), "One, two.");
        assert_string_equal(table_cell(&table, 2, table_column(&table, "file")), "b.flac");
        assert_string_equal(table_cell(&table, 2, table_column(&table, "note")), "a \"b\"\nc");
        assert_int_equal(table_column(&table, "where"), -1);
        assert_string_equal(table_cell(&table, 1, -1), "");
        assert_int_equal(table.records[2].line, i == 1 ? 4 : 3);
        arena_destroy(arena);
    }
}

static void says_what_it_cannot_read(void **state)
{
    static const char *const bad[] = {"text,file\n\"never closed,a\n", "text,file\n\xff\xfe,a\n"};
    struct arena *arena = arena_new();
    struct table table;
    char *error = NULL;
    for (size_t i = 0; i < 2; i++) {
        put_file(bad[i]);
        assert_int_equal(table_read(FILE_NAME, arena, &table, &error), LIMBER_INVALID);
        assert_non_null(error);
        free(error);
        error = NULL;
        /* And leaves it alone. */
        const struct table_row row = {"New.", "n.flac"};
        assert_int_equal(table_put(FILE_NAME, &row, 1, &error), LIMBER_INVALID);
        expect_file(bad[i]);
        free(error);
        error = NULL;
    }
    unlink(FILE_NAME);
    assert_int_equal(table_read(FILE_NAME, arena, &table, &error), LIMBER_NOT_FOUND);
    assert_int_equal(table.record_count, 0);
    assert_null(error);
    arena_destroy(arena);
}

/* --- writing --- */

static void begins_a_table(void **state)
{
    const struct table_row rows[] = {{"Hello.", "a.flac"}, {"One, \"two\".", "b.flac"}};
    char *error = NULL;
    unlink(FILE_NAME);
    assert_int_equal(table_put(FILE_NAME, rows, 2, &error), LIMBER_OK);
    expect_file("text,file\nHello.,a.flac\n\"One, \"\"two\"\".\",b.flac\n");
    put_row("A", "a", "", "text,file\nA,a\n");
}

static void adds_at_the_end(void **state)
{
    put_row("New.", "n.flac", "text,file\nOld.,o.flac\n", "text,file\nOld.,o.flac\nNew.,n.flac\n");
    /* The last line has no end, the columns stand elsewhere and are more, CRLF. */
    put_row("New.", "n.flac", "note,file,text,more\r\nmine,o.flac,Old.,x",
            "note,file,text,more\r\nmine,o.flac,Old.,x\r\n,n.flac,New.,\r\n");
    put_row("A; b.", "n.flac", "\xef\xbb\xbftext;file\n",
            "\xef\xbb\xbftext;file\n\"A; b.\";n.flac\n");
    put_row(" two\nlines ", "n", "text,file\n", "text,file\n\" two\nlines \",n\n");
}

static void changes_only_its_row(void **state)
{
    put_row("New.", "o.flac",
            "text , file,note\n  odd  ,x.flac,  \n\nOld.,./o.flac,\"keep, this\"\nlast,z.flac\n",
            "text , file,note\n  odd  ,x.flac,  \n\nNew.,o.flac,\"keep, this\"\nlast,z.flac\n");
    /* The same again changes nothing, not even the spelling of the row. */
    put_row("Old.", "o.flac", "text,file\n\"Old.\",\"o.flac\"\n",
            "text,file\n\"Old.\",\"o.flac\"\n");
    const struct table_row rows[] = {{"B", "b"}, {"A", "a"}, {"C", "c"}};
    put_rows(rows, 3, "text,file\nold a,a\nold b,b\n", "text,file\nA,a\nB,b\nC,c\n");
}

static void removes_a_file(void **state)
{
    char *error = NULL;
    put_file("text,file\nA,a\n\"B\nb\",b,note\nC,a\nD,d\n");
    assert_int_equal(table_remove(FILE_NAME, "a", &error), LIMBER_OK);
    expect_file("text,file\n\"B\nb\",b,note\nD,d\n");
    assert_int_equal(table_remove(FILE_NAME, "nothing", &error), LIMBER_OK);
    expect_file("text,file\n\"B\nb\",b,note\nD,d\n");
}

static void wants_its_columns(void **state)
{
    const struct table_row row = {"New.", "n.flac"};
    char *error = NULL;
    put_file("words,file\nA,a\n");
    assert_int_equal(table_put(FILE_NAME, &row, 1, &error), LIMBER_INVALID);
    assert_non_null(strstr(error, "columns"));
    free(error);
    expect_file("words,file\nA,a\n");
}

static void keeps_all_when_the_disk_is_full(void **state)
{
    const struct table_row row = {"New.", "n.flac"};
    struct rlimit before, small;
    char *error = NULL;
    put_file("text,file\nA,a\n");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){20, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum limber_status status = table_put(FILE_NAME, &row, 1, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, LIMBER_IO);
    assert_non_null(strstr(error, "as it was"));
    free(error);
    expect_file("text,file\nA,a\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_spreadsheets_write),
        cmocka_unit_test(says_what_it_cannot_read),
        cmocka_unit_test(begins_a_table),
        cmocka_unit_test(adds_at_the_end),
        cmocka_unit_test(changes_only_its_row),
        cmocka_unit_test(removes_a_file),
        cmocka_unit_test(wants_its_columns),
        cmocka_unit_test(keeps_all_when_the_disk_is_full),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}

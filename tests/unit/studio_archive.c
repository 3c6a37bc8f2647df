/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an archive of a voice may hold: names, amounts, checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "studio/archive.h"
#include "studio/archive_rules.h"
#include "studio/manifest.h"

static int set_up(void **state)
{
    struct archive_rules *rules = calloc(1, sizeof *rules);
    rules->arena = arena_new();
    *state = rules;
    return 0;
}

static int tear_down(void **state)
{
    struct archive_rules *rules = *state;
    arena_destroy(rules->arena);
    archive_rules_free(rules);
    free(rules);
    return 0;
}

static enum archive_verdict judge(struct archive_rules *rules, bool folder, const char *name)
{
    const char *clean = NULL;
    return archive_rules_entry(rules, folder, name, strlen(name), &clean);
}

static void names_are_cleaned(void **state)
{
    struct archive_rules *rules = *state;
    const char *clean = NULL;
    assert_int_equal(archive_rules_entry(rules, true, "./", 2, &clean), ARCHIVE_KEEP);
    assert_string_equal(clean, "");
    assert_int_equal(archive_rules_entry(rules, true, ".", 1, &clean), ARCHIVE_KEEP);
    assert_string_equal(clean, "");
    assert_int_equal(archive_rules_entry(rules, true, "./a/b/", 6, &clean), ARCHIVE_KEEP);
    assert_string_equal(clean, "a/b");
    assert_int_equal(archive_rules_entry(rules, false, "a/b/c d (2).wav", 15, &clean),
                     ARCHIVE_KEEP);
    assert_string_equal(clean, "a/b/c d (2).wav");
    assert_true(archive_rules_finish(rules));
}

static void bad_names_are_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "/a",
                                      "//a",
                                      "a//b",
                                      "..",
                                      "../a",
                                      "a/..",
                                      "a/../b",
                                      "./../a",
                                      ".//a",
                                      "././a",
                                      ".",
                                      "a/./",
                                      "a\\b",
                                      "C:a",
                                      "a\nb",
                                      "a\x7f",
                                      "a\t",
                                      "\xff",
                                      "a\xc0\xaf",
                                      "a*b",
                                      "a?b",
                                      "a|b",
                                      "a\"b",
                                      "a<b",
                                      " a",
                                      "a ",
                                      "a.",
                                      "a/b.",
                                      "\xc2\x85",
                                      "a\xe2\x80\xae",
                                      "\xef\xbb\xbfvoice.yaml",
                                      "a/b/c/d/e/f"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct archive_rules *rules = *state;
        if (judge(rules, false, bad[i]) != ARCHIVE_REFUSE)
            fail_msg("\"%s\" was not refused", bad[i]);
        assert_true(rules->why.length > 0);
    }
    const char *clean = NULL;
    assert_int_equal(archive_rules_entry(*state, false, "a\0b", 3, &clean), ARCHIVE_REFUSE);
}

static void length_has_a_limit(void **state)
{
    char name[ARCHIVE_NAME_MOST + 2];
    memset(name, 'x', sizeof name);
    name[ARCHIVE_NAME_MOST + 1] = '\0';
    assert_int_equal(judge(*state, false, name), ARCHIVE_REFUSE);
    name[ARCHIVE_NAME_MOST] = '\0';
    assert_int_equal(judge(*state, false, name), ARCHIVE_KEEP);
}

static void litter_is_skipped(void **state)
{
    static const char *const litter[] = {".DS_Store",   "a/.git/config", "__MACOSX/a",
                                         "a/Thumbs.db", "a/b.wav~",      "a/b.bak",
                                         "a/#b#",       ".x/y",          "a/b/DESKTOP.INI"};
    for (size_t i = 0; i < sizeof litter / sizeof *litter; i++)
        assert_int_equal(judge(*state, false, litter[i]), ARCHIVE_SKIP);
    assert_int_equal(judge(*state, false, ".x/../y"), ARCHIVE_REFUSE);
    assert_int_equal(judge(*state, false, "a/#1.wav"), ARCHIVE_KEEP);
}

static void twins_are_found(void **state)
{
    static const char *const pairs[][2] = {{"a/B.wav", "a/b.wav"},
                                           {"A/x", "a/y"},
                                           {"stra\xc3\x9f"
                                            "e",
                                            "STRASSE"},
                                           {"\xc3\xa9", "e\xcc\x81"},
                                           {"a", "a/b"},
                                           {"a/b", "a/b"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct archive_rules *rules = *state;
        rules->names.count = 0;
        assert_int_equal(judge(rules, false, pairs[i][0]), ARCHIVE_KEEP);
        assert_int_equal(judge(rules, false, pairs[i][1]), ARCHIVE_KEEP);
        assert_false(archive_rules_finish(rules));
    }
}

static void entries_are_counted(void **state)
{
    struct archive_rules *rules = *state;
    for (int i = 0; i < ARCHIVE_ENTRIES_MOST; i++)
        assert_int_not_equal(judge(rules, true, i % 2 ? "a/" : ".git/"), ARCHIVE_REFUSE);
    assert_int_equal(judge(rules, true, "a/"), ARCHIVE_REFUSE);
}

static void bytes_are_counted(void **state)
{
    struct archive_rules *rules = *state;
    for (int i = 0; i < 5; i++) { /* five files of the greatest size fill it */
        judge(rules, false, "a");
        assert_true(archive_rules_data(rules, ARCHIVE_FILE_MOST));
    }
    judge(rules, false, "a");
    assert_true(archive_rules_data(rules, 0));
    assert_false(archive_rules_data(rules, 1));
    rules->total = 0;
    judge(rules, false, "a");
    assert_false(archive_rules_data(rules, ARCHIVE_FILE_MOST + 1));
    rules->total = 0;
    rules->archive_size = 1000;
    judge(rules, false, "a");
    assert_true(archive_rules_data(rules, ARCHIVE_MIB + 200 * 1000));
    assert_false(archive_rules_data(rules, 1));
}

static void voices_have_names(void **state)
{
    static const char *const good[] = {"anna", "Anna-2", "org.example.anna", "\xc3\x84nne", "a"};
    static const char *const bad[] = {"",   "dictionary", ".anna", "..",  "a/b",      "a b",  "a:b",
                                      "-a", "a.",         "a~",    "a\n", "__MACOSX", "a.bak"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(archive_name_problem(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(archive_name_problem(bad[i]));
}

static void kinds_are_known(void **state)
{
    assert_string_equal(archive_rules_kind("a.TAR.gz")->ending, ".tar.gz");
    assert_true(archive_rules_kind("a.zip")->zip);
    assert_null(archive_rules_kind(".zip"));
    assert_null(archive_rules_kind("a.gz"));
    assert_null(archive_rules_kind("a.7z"));
}

/* SHA-256 of "" is e3b0…; of nothing else here. */
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

static bool check(const char *text, size_t length)
{
    struct manifest_file files[] = {{.name = "b"}, {.name = "a/c"}, {.name = MANIFEST_NAME}};
    struct str why = {0};
    memset(files[0].sum, 0x11, sizeof files[0].sum);
    bool good = manifest_check(text, length, files, 3, &why);
    assert_int_equal(good, why.length == 0);
    str_free(&why);
    return good;
}

static void manifests_are_exact(void **state)
{
    static const char *const good[] = {ONES "  b\n" ZERO "  a/c\n", ZERO " *a/c\n" ONES "  ./b"};
    static const char *const bad[] = {"",
                                      ONES "  b\n",
                                      ONES "  b\n" ONES "  a/c\n",
                                      ONES "  b\n" ZERO "  a/c\n" ONES "  b\n",
                                      ONES "  b\n" ZERO "  a/c\n" ONES "  ../b\n",
                                      ONES "  b\n" ZERO "  a/c\n\n",
                                      ONES " b\n" ZERO "  a/c\n",
                                      ONES "  b \n" ZERO "  a/c\n",
                                      "g" ONES "  b\n" ZERO "  a/c\n",
                                      "\\" ONES "  b\n" ZERO "  a/c\n",
                                      ONES "  b\r\n" ZERO "  a/c\r\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(check(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(check(bad[i], strlen(bad[i])));
    static const char nul[] = ONES "  b\0c\n" ZERO "  a/c\n";
    assert_false(check(nul, sizeof nul - 1));
}

static void manifests_are_written_as_read(void **state)
{
    struct manifest_file files[] = {{.name = "b"}, {.name = "a/c"}};
    struct str text = {0};
    memset(files[0].sum, 0x11, sizeof files[0].sum);
    manifest_write(files, 2, &text);
    assert_string_equal(str_text(&text), ONES "  b\n" ZERO "  a/c\n");
    str_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_cleaned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_names_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(length_has_a_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(litter_is_skipped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(twins_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(entries_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_are_counted, set_up, tear_down),
        cmocka_unit_test(voices_have_names),
        cmocka_unit_test(kinds_are_known),
        cmocka_unit_test(manifests_are_exact),
        cmocka_unit_test(manifests_are_written_as_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places in a source, and how diagnostics look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/str.h"

static const struct source *source_of(struct diags *diags, const char *text)
{
    return diags_add_source(diags, "a.md", text, strlen(text));
}

/* What diags_print() writes; free() it. */
static char *printed(struct diags *diags, bool color)
{
    static char *text;
    static size_t size;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    diags_print(diags, to, color);
    fclose(to);
    return text;
}

static void assert_printed(struct diags *diags, const char *expected)
{
    char *text = printed(diags, false);
    assert_string_equal(text, expected);
    free(text);
}

static void assert_place(struct place place, int line, int column, int length)
{
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
    assert_int_equal(place.length, length);
}

static void test_places(void **state)
{
    struct diags *diags = diags_new();
    const struct source *s = source_of(diags, "one\n\xc3\xbc"
                                              "ben two\r\nthree\rfour");
    assert_int_equal(s->line_count, 4);
    assert_place(place_at(s, 0, 3), 1, 1, 3);
    assert_place(place_at(s, 4, 2), 2, 1, 1);   /* ü: two bytes, one character */
    assert_place(place_at(s, 10, 3), 2, 6, 3);  /* two */
    assert_place(place_at(s, 10, 99), 2, 6, 3); /* ends with the line */
    assert_place(place_at(s, 15, 5), 3, 1, 5);
    assert_place(place_at(s, 21, 4), 4, 1, 4); /* after a lone CR */
    assert_place(place_at(s, 999, 9), 4, 5, 0);
    assert_int_equal(place_at(NULL, 3, 3).line, 0);
    assert_int_equal(source_of(diags, "")->line_count, 1);
    diags_destroy(diags);
    diags_destroy(NULL);
}

/* Columns of a long line, found through the index, are those that counting finds. */
static void test_long_line_places(void **state)
{
    struct diags *diags = diags_new();
    struct str text = {0};
    str_add(&text, "first\n");
    for (int i = 0; i < 5000; i++)
        str_add(&text, "a\xc3\xa4\xe7\x8c\xab");
    const struct source *s = source_of(diags, str_text(&text));
    for (size_t i = 0; i < 5000; i += 7) {
        assert_place(place_at(s, 6 + i * 6, 1), 2, (int)i * 3 + 1, 1);
        assert_place(place_at(s, 6 + i * 6 + 1, 5), 2, (int)i * 3 + 2, 2);
    }
    str_free(&text);
    diags_destroy(diags);
}

static void test_print(void **state)
{
    struct diags *diags = diags_new();
    const struct source *s = source_of(diags, "# Title\n\n- Lean `hlod 20s` now.\n");
    diags_add(diags, SEVERITY_ERROR, place_at(s, 17, 8), "did you mean `hold`?",
              "unknown mark `%s`", "hlod");
    diags_add(diags, SEVERITY_WARNING, (struct place){.source = s}, NULL, "no language");
    diags_add(diags, SEVERITY_NOTE, (struct place){.source = s, .line = 1}, NULL, "here");
    diags_add(diags, SEVERITY_ERROR, (struct place){0}, NULL, "no such voice");
    diags_add(diags, SEVERITY_ERROR, place_at(s, 7, 1), NULL, "at the end of a line");
    assert_printed(diags, "a.md:3:9: error: unknown mark `hlod`\n"
                          "    3 | - Lean `hlod 20s` now.\n"
                          "      |         ^~~~~~~~\n"
                          "      = did you mean `hold`?\n"
                          "a.md: warning: no language\n"
                          "a.md:1: note: here\n"
                          "    1 | # Title\n"
                          "limber: error: no such voice\n"
                          "a.md:1:8: error: at the end of a line\n"
                          "    1 | # Title\n"
                          "      |        ^\n");
    assert_printed(diags, ""); /* each once */
    diags_add(diags, SEVERITY_ERROR, place_at(s, 0, 1), NULL, "later");
    assert_printed(diags, "a.md:1:1: error: later\n"
                          "    1 | # Title\n"
                          "      | ^\n");
    diags_destroy(diags);
}

/* The caret stands under the character whatever is before it. */
static void test_caret(void **state)
{
    struct diags *diags = diags_new();
    const struct source *s = source_of(diags, "\tx\n"
                                              "\xe7\x8c\xab\xe7\x8c\xab x\n"
                                              "e\xcc\x81 x\n"
                                              "\x01\x1b[31m x\n"
                                              "\xff\xfe x\n"
                                              "a\tx\n"
                                              "\xe2\x80\xae x\n"
                                              "\xe7\x8c\xab\n");
    for (size_t i = 0; i < s->length; i++)
        if (s->text[i] == 'x')
            diags_add(diags, SEVERITY_ERROR, place_at(s, i, 1), NULL, "m");
    diags_add(diags, SEVERITY_ERROR, place_at(s, s->length - 4, 3), NULL, "m");
    assert_printed(diags, "a.md:1:2: error: m\n"
                          "    1 |     x\n"
                          "      |     ^\n"
                          "a.md:2:4: error: m\n"
                          "    2 | \xe7\x8c\xab\xe7\x8c\xab x\n"
                          "      |      ^\n"
                          "a.md:3:4: error: m\n"
                          "    3 | e\xcc\x81 x\n"
                          "      |   ^\n"
                          "a.md:4:8: error: m\n"
                          "    4 | ??[31m x\n"
                          "      |        ^\n"
                          "a.md:5:4: error: m\n"
                          "    5 | ?? x\n"
                          "      |    ^\n"
                          "a.md:6:3: error: m\n"
                          "    6 | a   x\n"
                          "      |     ^\n"
                          "a.md:7:3: error: m\n"
                          "    7 | ? x\n"
                          "      |   ^\n"
                          "a.md:8:1: error: m\n"
                          "    8 | \xe7\x8c\xab\n"
                          "      | ^~\n");
    diags_destroy(diags);
}

static void test_long_lines(void **state)
{
    struct diags *diags = diags_new();
    struct str text = {0};
    for (int i = 0; i < 100000; i++)
        str_add(&text, "0123456789");
    memcpy(text.data + 500000, "HERE", 4);
    const struct source *s = source_of(diags, str_text(&text));
    diags_add(diags, SEVERITY_ERROR, place_at(s, 500000, 4), NULL, "m");
    diags_add(diags, SEVERITY_ERROR, place_at(s, 0, 900000), NULL, "all");
    char *shown = printed(diags, false);
    assert_true(strlen(shown) < 1000);
    const char *line = strstr(shown, "HERE"), *caret = strstr(shown, "^~~~\n");
    assert_non_null(line);
    assert_non_null(caret);
    const char *line_start = line, *caret_start = caret;
    while (line_start[-1] != '\n')
        line_start--;
    while (caret_start[-1] != '\n')
        caret_start--;
    assert_int_equal(str_columns(line_start, (size_t)(line - line_start)), caret - caret_start);
    assert_non_null(strstr(shown, "…"));
    free(shown);
    str_free(&text);
    diags_destroy(diags);
}

static void test_collect(void **state)
{
    struct diags *diags = diags_new();
    const struct source *s = source_of(diags, "line\nline\n");
    for (int i = 0; i < 3; i++) {
        diags_add(diags, SEVERITY_ERROR, place_at(s, 0, 1), NULL, "same");
        diags_add(diags, SEVERITY_ERROR, place_at(s, 5, 1), NULL, "same");
        diags_add(diags, SEVERITY_WARNING, place_at(s, 5, 1), "h", "same");
    }
    assert_int_equal(diags_count(diags, SEVERITY_ERROR), 2);
    assert_int_equal(diags_count(diags, SEVERITY_WARNING), 1);
    assert_int_equal(diags_count(diags, SEVERITY_NOTE), 0);
    enum severity severity;
    struct place place;
    const char *message, *hint;
    assert_true(diags_get(diags, 2, &severity, &place, &message, &hint));
    assert_int_equal(severity, SEVERITY_WARNING);
    assert_int_equal(place.line, 2);
    assert_string_equal(message, "same");
    assert_string_equal(hint, "h");
    assert_true(diags_get(diags, 0, NULL, NULL, NULL, NULL));
    assert_false(diags_get(diags, 3, NULL, NULL, NULL, NULL));
    diags_destroy(diags);
}

static void test_many(void **state)
{
    struct diags *diags = diags_new();
    const struct source *s = source_of(diags, "line\n");
    for (int i = 0; i < 200000; i++)
        diags_add(diags, SEVERITY_ERROR, place_at(s, 0, 1), NULL, "number %d", i % 100000);
    diags_add(diags, SEVERITY_WARNING, place_at(s, 0, 1), NULL, "still kept");
    assert_int_equal(diags_count(diags, SEVERITY_ERROR), 100000);
    const char *message;
    assert_true(diags_get(diags, 100, NULL, NULL, &message, NULL));
    assert_string_equal(message, "still kept");
    assert_false(diags_get(diags, 101, NULL, NULL, NULL, NULL));
    char *text = printed(diags, false);
    assert_non_null(strstr(text, "99900 more errors"));
    free(text);
    assert_printed(diags, "");
    diags_destroy(diags);
}

/* Texts quoted in messages come from strangers. */
static void test_hostile_messages(void **state)
{
    struct diags *diags = diags_new();
    const struct source *s = diags_add_source(diags, "a\n\33[0m.md", "x", 1);
    diags_add(diags, SEVERITY_ERROR, place_at(s, 0, 1), "hint\n\33]0;owned\a", "bad \33[31m\n\xff");
    assert_printed(diags, "a??[0m.md:1:1: error: bad ?[31m??\n"
                          "    1 | x\n"
                          "      | ^\n"
                          "      = hint??]0;owned?\n");
    char *huge = calloc(1, 100001);
    memset(huge, 'a', 100000);
    diags_add(diags, SEVERITY_ERROR, place_at(s, 0, 1), NULL, "%s", huge);
    char *text = printed(diags, true);
    assert_true(strlen(text) < 3000);
    assert_non_null(strstr(text, "\33[1;31merror:"));
    free(text);
    free(huge);
    diags_destroy(diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),     cmocka_unit_test(test_long_line_places),
        cmocka_unit_test(test_print),      cmocka_unit_test(test_caret),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_collect),
        cmocka_unit_test(test_many),       cmocka_unit_test(test_hostile_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

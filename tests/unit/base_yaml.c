/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML: trees with places, plain words for what is wrong, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/yaml.h"

struct fixture {
    struct arena *arena;
    struct diags *diags;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_new();
    f->diags = diags_new();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(f->arena);
    diags_destroy(f->diags);
    free(f);
    return 0;
}

static const struct yaml_node *parse_bytes(struct fixture *f, const char *text, size_t length)
{
    const struct source *source = diags_add_source(f->diags, "t.yaml", text, length);
    return yaml_parse(source, 0, length, f->arena, f->diags);
}

static const struct yaml_node *parse(struct fixture *f, const char *text)
{
    return parse_bytes(f, text, strlen(text));
}

static const char *only_message(struct fixture *f, struct place *place)
{
    const char *message = NULL;
    assert_true(diags_get(f->diags, 0, NULL, place, &message, NULL));
    return message;
}

static void test_tree(void **state)
{
    struct fixture *f = *state;
    const char *text = "# a comment\n"
                       "title: Upper back\n"
                       "needs: [mat, 'a chair']\n"
                       "gap: 1:30\n"
                       "off: no\n"
                       "\xc3\xbc"
                       "ber: {a: 1, b: \"x\\ty\"}\n"
                       "notes: |\n"
                       "  one\n"
                       "  two\n"
                       "list:\n"
                       "- first\n"
                       "- k: v\n"
                       "empty:\n";
    const struct yaml_node *root = parse(f, text);
    assert_non_null(root);
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 8);
    assert_int_equal(root->place.line, 2);
    assert_string_equal(root->keys[0]->text, "title");
    assert_string_equal(yaml_get_text(root, "title"), "Upper back");
    assert_string_equal(yaml_get_text(root, "gap"), "1:30"); /* text stays text */
    assert_string_equal(yaml_get_text(root, "off"), "no");
    assert_false(yaml_get(root, "title")->quoted);
    assert_int_equal(yaml_get(root, "title")->place.line, 2);
    assert_int_equal(yaml_get(root, "title")->place.column, 8);
    assert_int_equal(yaml_get(root, "title")->place.length, 10);
    const struct yaml_node *needs = yaml_get(root, "needs");
    assert_int_equal(needs->kind, YAML_LIST);
    assert_int_equal(needs->count, 2);
    assert_true(needs->items[1]->quoted);
    assert_string_equal(needs->items[1]->text, "a chair");
    assert_int_equal(needs->place.column, 8);
    const struct yaml_node *umlaut = yaml_get(root, "\xc3\xbc"
                                                    "ber");
    assert_non_null(umlaut);
    assert_string_equal(yaml_get_text(umlaut, "b"), "x\ty");
    assert_int_equal(umlaut->keys[1]->place.line, 6);
    assert_int_equal(umlaut->keys[1]->place.column, 14);
    assert_string_equal(yaml_get_text(root, "notes"), "one\ntwo\n");
    assert_true(yaml_get(root, "notes")->quoted);
    const struct yaml_node *list = yaml_get(root, "list");
    assert_int_equal(list->count, 2);
    assert_string_equal(yaml_get_text(list->items[1], "k"), "v");
    assert_int_equal(list->items[1]->place.line, 12);
    assert_string_equal(yaml_get_text(root, "empty"), "");
    assert_null(yaml_get(root, "nothing"));
    assert_null(yaml_get_text(root, "needs"));
    assert_null(yaml_get(list, "k"));
    assert_null(yaml_get(NULL, "k"));
    assert_int_equal(diags_count(f->diags, SEVERITY_ERROR), 0);
}

/* Front matter: a slice keeps the lines of its file. */
static void test_slice(void **state)
{
    struct fixture *f = *state;
    const char *text = "\xef\xbb\xbf---\nlanguage: \xc3\xa4\xc3\xa4\nbad key\nx: y\n---\n# Title\n";
    const struct source *source = diags_add_source(f->diags, "p.md", text, strlen(text));
    const struct yaml_node *root = yaml_parse(source, 7, 15, f->arena, f->diags);
    assert_non_null(root);
    assert_int_equal(root->count, 1);
    assert_int_equal(yaml_get(root, "language")->place.line, 2);
    assert_int_equal(yaml_get(root, "language")->place.column, 11);
    assert_int_equal(yaml_get(root, "language")->place.length, 2);
    assert_null(yaml_parse(source, 7, 28, f->arena, f->diags));
    struct place place;
    only_message(f, &place);
    assert_int_equal(place.line, 3);
    assert_int_equal(place.column, 1);
    /* A slice past the end is an empty one. */
    assert_non_null(yaml_parse(source, 9999, 9999, f->arena, f->diags));
}

static void test_empty(void **state)
{
    struct fixture *f = *state;
    static const char *const texts[] = {
        "",           "\n", "# only a comment\n", "---\n", "\xef\xbb\xbf",
        "---\n...\n", "{}", "\xef\xbb\xbf# c\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct yaml_node *root = parse(f, texts[i]);
        assert_non_null(root);
        assert_int_equal(root->kind, YAML_MAP);
        assert_int_equal(root->count, 0);
    }
    assert_int_equal(parse(f, "just text")->kind, YAML_SCALAR);
    assert_int_equal(parse(f, "\xef\xbb\xbfkey: v")->kind, YAML_MAP);
    assert_int_equal(parse(f, "a: b\n---\n# comment\n") == NULL, 1);
    assert_non_null(parse(f, "a: b\n...\n# comment\n"));
}

/* Each fault: where, and words a person understands. */
static void test_faults(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        int line, column;
        const char *says;
    } rows[] = {
        {"a:\n  b: 1\n\tc: 2\n", 3, 1, "a Tab cannot be used for indentation here"},
        {"a:\n\tb: 1\n", 2, 1, "a Tab cannot be used for indentation here"},
        {"title: A: b\n", 1, 9, "a second `:` in one line"},
        {"title: \"abc\nother: x\n", 1, 8, "the quote that opens here is never closed"},
        {"title: 'abc\n", 1, 8, "the quote that opens here is never closed"},
        {"title: \"abc\n---\nx", 1, 8, "the quote that opens here is never closed"},
        {"- a\n- b: 1\nc: 2\n", 3, 1, "does not fit"},
        {"a: 1\n  b: 2\n", 2, 3, "indented deeper than the key above"},
        {"a:\n  b: 2\n c: 3\n", 3, 2, "does not fit"},
        {"needs: [mat, chair\nx: y\n", 1, 8, "is not closed"},
        {"needs: {a: 1\nx: y\n", 1, 8, "is not closed"},
        {"a: 1\nlanguage\nb: 2\n", 2, 1, "a key without its `: `"},
        {"a: 1\nb: 2\na: 3\n", 3, 1, "`a` is already given in line 1"},
        {"a: &x 1\n", 1, 4, "anchors"},
        {"a: &x 1\nb: *x\n", 1, 4, "anchors"},
        {"b: *x\n", 1, 4, "aliases"},
        {"b: !!int 3\n", 1, 4, "tags"},
        {"b: !foo 3\n", 1, 4, "tags"},
        {"b: !f!oo 3\n", 1, 4, "tags"},
        {"b: ! 3\n", 1, 4, "tags"},
        {"b: @home\n", 1, 4, "cannot begin with `@`"},
        {"b: `hold`\n", 1, 4, "cannot begin with ```"},
        {"b: %d\n", 1, 4, "cannot begin with `%`"},
        {"b: * x\n", 1, 4, "cannot begin with `*`"},
        {"b: & x\n", 1, 4, "cannot begin with `&`"},
        {"a: - b\n", 1, 4, "a list item cannot stand here"},
        {"a: \"x\\q\"\n", 1, 6, "unknown escape"},
        {"a: \"x\\u12\"\n", 1, 8, "hexadecimal"},
        {"a: [,]\n", 1, 5, "a value is missing here"},
        {"%YAML 1.2\n---\na: b\n", 1, 1, "lines that begin with `%`"},
        {"# c\n\n%TAG ! tag:x,2000:\n---\na: b\n", 3, 1, "lines that begin with `%`"},
        {"a: b\n---\nc: d\n", 2, 1, "something follows the end"},
        {"a: b\n...\nc: d\n", 3, 1, "something follows the end"},
        {"[a]: b\n", 1, 1, "a key must be plain text, not a list"},
        {"? {x: y}\n: b\n", 1, 3, "a key must be plain text, not a map"},
        {"a: gr\xfc\xdf\n", 1, 6, "not valid UTF-8"},
        {"a: x\x01y\n", 1, 5, "a control character (U+0001)"},
        {"a: x\x7fy\n", 1, 5, "a control character (U+007F)"},
        {"\xff\xfe"
         "a\0:\0",
         1, 1, "not valid UTF-8"},
        {"a: \"x\\0y\"\n", 1, 4, "must not contain"},
        {"a: |x\n  b\n", 1, 5, "must end its line"},
        {"a: [b]c\n", 1, 7, "does not fit"},
        {"a: 'b' c\n", 1, 8, "does not fit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = {0};
        const struct yaml_node *root = parse(f, rows[i].text);
        const char *message = NULL;
        diags_get(f->diags, 0, NULL, &place, &message, NULL);
        if (root || !message || !strstr(message, rows[i].says) || place.line != rows[i].line ||
            place.column != rows[i].column)
            fail_msg("%s\n%s %d:%d: %s", rows[i].text, root ? "taken" : "refused", place.line,
                     place.column, message ? message : "(nothing)");
        diags_destroy(f->diags);
        f->diags = diags_new();
    }
}

/* One run tells everything that can be told. */
static void test_several(void **state)
{
    struct fixture *f = *state;
    assert_null(parse(f, "a: 1\na: 2\nb: &x 3\nc: *x\nd: !t 4\na: 5\n"));
    assert_int_equal(diags_count(f->diags, SEVERITY_ERROR), 5);
    /* The same keys in different maps are fine. */
    assert_non_null(parse(f, "- {a: 1, b: 2}\n- {a: 1, b: {a: 1}}\n"));
}

static char *repeat(const char *text, size_t times)
{
    size_t length = strlen(text);
    char *all = malloc(length * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * length, text, length);
    all[length * times] = '\0';
    return all;
}

static void assert_refused(struct fixture *f, char *text, const char *says)
{
    assert_null(parse(f, text));
    const char *message = NULL;
    bool said = false;
    for (size_t i = 0; diags_get(f->diags, i, NULL, NULL, &message, NULL); i++)
        said = said || strstr(message, says);
    if (!said)
        fail_msg("%.20s…: %s", text, message);
    free(text);
    diags_destroy(f->diags);
    f->diags = diags_new();
}

/* All of these end at once; the time limit of the test is what fails otherwise. */
static void test_limits(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, repeat("[", 200000), "32 levels deep");
    assert_refused(f, repeat("{", 200000), "32 levels deep");
    assert_refused(f, repeat("[{a: ", 200000), "32 levels deep");
    assert_refused(f, repeat("- ", 200000), "32 levels deep");
    assert_refused(f, repeat("? ", 200000), "32 levels deep");
    assert_refused(f, repeat("- a\n", 200000), "more than 100000 values");
    assert_refused(f, repeat("a", 70000), "more than 64 KiB");
    assert_refused(f, repeat("a: b\n", 300000), "more than 1 MiB");
    assert_refused(f, repeat("%TAG !a! tag:x,2000:\n", 40000), "begin with `%`");
    assert_refused(f, repeat("a: &a x\n", 100), "anchors");
    char *rest = repeat("%TAG !a! b\n", 90000);
    memcpy(rest, "a: b\n...\n#", 10);
    assert_refused(f, rest, "something follows");
    assert_refused(f, repeat("!", 200000), "tags");
    assert_refused(f, repeat("\"", 200001), "");
    assert_refused(f, repeat("a:\n", 340000), "");
}

static void test_depth_edge(void **state)
{
    struct fixture *f = *state;
    char text[100] = "";
    for (int i = 0; i < 32; i++)
        strcat(text, "[");
    for (int i = 0; i < 32; i++)
        strcat(text, "]");
    assert_non_null(parse(f, text));
    char more[110];
    snprintf(more, sizeof more, "[%s]", text);
    assert_null(parse(f, more));
}

/* Many keys of one map, and many values in one line, take linear time. */
static void test_large(void **state)
{
    struct fixture *f = *state;
    struct str text = {0};
    for (int i = 0; i < 40000; i++)
        str_printf(&text, "key%d: %d\n", i, i);
    const struct yaml_node *root = parse(f, str_text(&text));
    assert_non_null(root);
    assert_int_equal(root->count, 40000);
    assert_string_equal(yaml_get_text(root, "key39999"), "39999");
    assert_int_equal(yaml_get(root, "key39999")->place.line, 40000);
    str_free(&text);
    str_add(&text, "[");
    for (int i = 0; i < 90000; i++)
        str_add(&text, "\xc3\xa4, ");
    str_add(&text, "last]");
    root = parse(f, str_text(&text));
    assert_non_null(root);
    assert_int_equal(root->count, 90001);
    assert_int_equal(root->items[90000]->place.column, 270002);
    assert_int_equal(root->items[90000]->place.length, 4);
    str_free(&text);
    assert_int_equal(diags_count(f->diags, SEVERITY_ERROR), 0);
}

/* Every prefix and every one-byte change of a good text ends in a tree or a message. */
static void test_mutants(void **state)
{
    struct fixture *f = *state;
    const char *good = "a: [b, 'c']\n\xc3\xbc: {d: \"e\\n\"}\nf: |\n  g\n- h\n";
    size_t length = strlen(good);
    static const char changes[] = "\t\n :-[]{}&*!%@`'\"|>?#,\\\x00\x01\x80\xff";
    char text[100];
    for (size_t i = 0; i < length; i++)
        for (size_t c = 0; c < sizeof changes; c++) {
            memcpy(text, good, length);
            text[i] = changes[c];
            for (size_t cut = 0; cut < 2; cut++) {
                size_t count = cut ? i + 1 : length;
                const struct yaml_node *root = parse_bytes(f, text, count);
                assert_true(root != NULL || diags_count(f->diags, SEVERITY_ERROR) > 0);
                diags_destroy(f->diags);
                f->diags = diags_new();
            }
        }
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(test_tree),       WITH(test_slice),   WITH(test_empty),
        WITH(test_faults),     WITH(test_several), WITH(test_limits),
        WITH(test_depth_edge), WITH(test_large),   WITH(test_mutants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

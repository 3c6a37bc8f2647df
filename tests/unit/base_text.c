/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings, UTF-8, nearest words, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "base/vec.h"

static void test_str(void **state)
{
    struct str s = {0};
    assert_string_equal(str_text(&s), "");
    str_add(&s, "ab");
    str_add_char(&s, 'c');
    str_printf(&s, "%d-%s", 42, "x");
    str_add_bytes(&s, "yz!", 2);
    assert_string_equal(str_text(&s), "abc42-xyz");
    assert_int_equal(s.length, 9);
    for (int i = 0; i < 10000; i++)
        str_add(&s, "0123456789");
    assert_int_equal(s.length, 100009);
    char *stolen = str_steal(&s);
    assert_int_equal(strlen(stolen), 100009);
    assert_null(s.data);
    free(stolen);
    stolen = str_steal(&s);
    assert_string_equal(stolen, "");
    free(stolen);
    str_free(&s);
}

static void test_compare(void **state)
{
    assert_true(str_starts_with("limber", "lim"));
    assert_true(str_starts_with("x", ""));
    assert_false(str_starts_with("li", "lim"));
    assert_true(str_ends_with("a.md", ".md"));
    assert_false(str_ends_with("md", ".md"));
    assert_true(str_equal_nocase("Cat-COW", "cAT-cow"));
    assert_false(str_equal_nocase("cat", "cats"));
    assert_false(str_equal_nocase("\xc3\x84", "\xc3\xa4")); /* Ä, ä: not ASCII */
    assert_false(str_equal_nocase("[", "{"));
}

static void test_utf8(void **state)
{
    static const struct {
        const char *text;
        int point, moved;
    } rows[] = {
        {"a", 'a', 1},
        {"\xc3\xa4", 0xe4, 2},
        {"\xe2\x82\xac", 0x20ac, 3},
        {"\xf0\x9f\x98\x80", 0x1f600, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"\xf4\x90\x80\x80", -1, 1}, /* above the last */
        {"\xc0\x80", -1, 1},         /* overlong */
        {"\xe0\x80\xaf", -1, 1},
        {"\xf0\x82\x82\xac", -1, 1},
        {"\xed\xa0\x80", -1, 1}, /* surrogate */
        {"\xe2\x82", -1, 1},     /* cut */
        {"\xe2(\xa1", -1, 1},
        {"\x80", -1, 1},
        {"\xff", -1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *at = rows[i].text;
        assert_int_equal(str_utf8_next(&at, at + strlen(at)), rows[i].point);
        assert_int_equal(at - rows[i].text, rows[i].moved);
    }
    const char nul[2] = {0, 'x'}, *at = nul;
    assert_int_equal(str_utf8_next(&at, nul + 2), 0);
    assert_int_equal(str_utf8_invalid_at("gr\xc3\xbc\xc3\x9f", 6), -1);
    assert_int_equal(str_utf8_invalid_at("gr\xfc\xdf", 4), 2);
    assert_int_equal(str_utf8_invalid_at("ab\xc3", 3), 2);
    assert_int_equal(str_utf8_invalid_at("", 0), -1);
}

static void test_columns(void **state)
{
    assert_int_equal(str_columns("abc", 3), 3);
    assert_int_equal(str_columns("gr\xc3\xbc\xc3\x9f", 6), 4);
    assert_int_equal(str_columns("\xe7\x8c\xab", 3), 2);     /* 猫 */
    assert_int_equal(str_columns("e\xcc\x81", 3), 1);        /* e and a combining acute */
    assert_int_equal(str_columns("\xf0\x9f\x98\x80", 4), 2); /* an emoji */
    assert_int_equal(str_columns("\xef\xbc\xa1", 3), 2);     /* full-width A */
    assert_int_equal(str_columns("\xe2\x80\x8d", 3), 0);     /* zero-width joiner */
    assert_int_equal(str_columns("\xed\x95\x9c", 3), 2);     /* Hangul */
}

static void test_nearest(void **state)
{
    static const char *const marks[] = {"each side", "hold", "halfway", "rest", "reps", "wait"};
    static const struct {
        const char *word, *expected;
    } rows[] = {
        {"each sdie", "each side"},
        {"eachside", "each side"},
        {"hodl", "hold"},
        {"HOLD", "hold"},
        {"halfwy", "halfway"},
        {"hlafway", "halfway"},
        {"rep", "reps"},
        {"rset", "rest"},
        {"zebra", NULL},
        {"", NULL},
        {"x", NULL},
        {"wiat", "wait"},
        {"holding on", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *found = str_nearest(rows[i].word, marks, sizeof marks / sizeof *marks);
        if (rows[i].expected) {
            assert_non_null(found);
            assert_string_equal(found, rows[i].expected);
        } else {
            assert_null(found);
        }
    }
    static const char *const german[] = {"\xc3\xbc"
                                         "bung"};
    assert_non_null(str_nearest("ubung", german, 1)); /* one character, two bytes */
    char huge[5000];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    const char *one[] = {huge};
    assert_null(str_nearest(huge, marks, 6));
    assert_null(str_nearest("hold", one, 1));
    assert_null(str_nearest("hold", NULL, 0));
}

static void test_arena(void **state)
{
    struct arena *arena = arena_new();
    char *first = arena_strdup(arena, "first");
    for (size_t size = 0; size < 3000; size++) {
        unsigned char *memory = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xaa, size);
    }
    char *big = arena_alloc(arena, 10 << 20);
    big[(10 << 20) - 1] = 1;
    assert_string_equal(first, "first");
    assert_string_equal(arena_printf(arena, "%s %d", "n", 7), "n 7");
    assert_string_equal(arena_strndup(arena, "abcdef", 3), "abc");
    assert_memory_equal(arena_memdup(arena, "\0\1\2", 3), "\0\1\2", 3);
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void test_vec(void **state)
{
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        *vec_push(&numbers) = i;
    assert_int_equal(numbers.count, 1000);
    assert_int_equal(numbers.items[999], 999);
    struct arena *arena = arena_new();
    int *kept = vec_to_arena(&numbers, arena);
    assert_int_equal(kept[500], 500);
    assert_null(numbers.items);
    assert_int_equal(numbers.count, 0);
    assert_null(vec_to_arena(&numbers, arena));
    vec_free(&numbers);
    arena_destroy(arena);
}

static void test_status(void **state)
{
    for (int i = LIMBER_OK; i <= LIMBER_BUSY; i++)
        assert_string_not_equal(status_text((enum limber_status)i), "unknown status");
    assert_string_equal(status_text((enum limber_status)99), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str),     cmocka_unit_test(test_compare),
        cmocka_unit_test(test_utf8),    cmocka_unit_test(test_columns),
        cmocka_unit_test(test_nearest), cmocka_unit_test(test_arena),
        cmocka_unit_test(test_vec),     cmocka_unit_test(test_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plural categories: every language that is known, number by number, against ICU; and rules that
 * are no rules. */
#include <stdio.h>

#include "plan/plural.h"
#include "plan_tree.h"

#define EXPECTED PHRASES "/../tests/golden/phrases/plurals.txt"

static void expect_range(const char *language, long from, long to, const char *name)
{
    enum plural category;
    assert_true(plural_find(name, &category));
    for (long number = from; number < to; number++) {
        if (number > 201 && number < 999990)
            continue;
        enum plural found = plural_of(plural_rules(language), number);
        if (found != category)
            fail_msg("%s %ld: %s, not %s", language, number, plural_name(found), name);
        assert_int_equal(plural_of(plural_rules(language), -number), category);
    }
}

/* "pl 0:many 1:one 2:few …" */
static void expect_line(char *line)
{
    char *save = NULL;
    const char *language = strtok_r(line, " \n", &save);
    char name[16] = "";
    long from = 0;
    assert_non_null(plural_rules(language));
    for (char *word; (word = strtok_r(NULL, " \n", &save)) != NULL;) {
        char *end;
        long start = strtol(word, &end, 10);
        assert_int_equal(*end, ':');
        if (name[0])
            expect_range(language, from, start, name);
        from = start;
        snprintf(name, sizeof name, "%s", end + 1);
    }
    expect_range(language, from, 1000002, name);
}

static void as_icu_has_it(void **state)
{
    FILE *file = fopen(EXPECTED, "r");
    char line[1024];
    int count = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        expect_line(line);
        count++;
    }
    fclose(file);
    assert_true(count > 60);
}

static void the_longest_tag(void **state)
{
    assert_int_equal(plural_of(plural_rules("pt"), 0), PLURAL_ONE);
    assert_int_equal(plural_of(plural_rules("pt-BR"), 0), PLURAL_ONE);
    assert_int_equal(plural_of(plural_rules("pt-PT"), 0), PLURAL_OTHER);
    assert_int_equal(plural_of(plural_rules("ru_RU"), 22), PLURAL_FEW);
    assert_null(plural_rules("tlh"));
    assert_null(plural_rules(""));
    assert_null(plural_rules("e"));
    assert_int_equal(plural_categories(plural_rules("pl"), 200),
                     1 << PLURAL_ONE | 1 << PLURAL_FEW | 1 << PLURAL_MANY);
    assert_int_equal(plural_categories(plural_rules("ja"), 200), 1 << PLURAL_OTHER);
}

static void rules_as_cldr_writes_them(void **state)
{
    static const char *const good[] = {
        "",
        "one: i = 1 and v = 0",
        "one: n = 1;",
        "few: v = 0 and i % 10 = 2..4 and i % 100 != 12..14 or f % 10 = 2..4 and f % 100 != 12..14",
        "many: e = 0 and i != 0 and i % 1000000 = 0 and v = 0 or e != 0..5",
        "one: n = 0,1,5..7",
    };
    static const char *const bad[] = {
        "one",
        "one: n",
        "one: n = ",
        "one: n = x",
        "other: n = 1",
        "one: n % 0 = 1",
        "lots: n = 1",
        "one: n = 1 few: n = 2",
        "one: n = 1 and",
        ": n = 1",
        "one: k = 1",
        "one: n = 1..",
        "one: n == 1",
    };
    const char *fault;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!plural_check(good[i], &fault))
            fail_msg("“%s” stops at “%s”", good[i], fault);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (plural_check(bad[i], &fault))
            fail_msg("“%s” passes", bad[i]);
        assert_true(fault >= bad[i] && fault <= bad[i] + strlen(bad[i]));
        plural_of(bad[i], 1);
    }
    assert_int_equal(plural_of(good[5], 6), PLURAL_ONE);
    assert_int_equal(plural_of(good[5], 4), PLURAL_OTHER);
    assert_int_equal(plural_of(good[1], INT64_MIN), PLURAL_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_icu_has_it),
        cmocka_unit_test(the_longest_tag),
        cmocka_unit_test(rules_as_cldr_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

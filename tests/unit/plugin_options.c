/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin_options.c: values and tables of options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "plugin/options.h"

static const char *const SHAPES[] = {"round", "square", "triangular", NULL};

static const struct limber_option TABLE[] = {
    {.name = "latency",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 0,
     .maximum = 1000,
     .fallback = "20",
     .help = "Delay"},
    {.name = "gain",
     .type = LIMBER_OPTION_NUMBER,
     .minimum = -60.25,
     .maximum = 0.5,
     .help = "Gain"},
    {.name = "count", .type = LIMBER_OPTION_INT, .help = "Any whole number"},
    {.name = "loud", .type = LIMBER_OPTION_BOOL, .help = "Loud"},
    {.name = "shape", .type = LIMBER_OPTION_CHOICE, .choices = SHAPES, .help = "Shape"},
    {.name = "title", .type = LIMBER_OPTION_STRING, .help = "Title"},
    {.name = "file", .type = LIMBER_OPTION_PATH, .help = "File"},
    {.name = NULL},
};

static void good_values_are_handed_over(void **state)
{
    const struct {
        const char *name, *value, *checked;
    } cases[] = {
        {"latency", "0", "0"},
        {"latency", "1000", "1000"},
        {"gain", "-60.25", "-60.25"},
        {"gain", "0.5", "0.5"},
        {"count", "-123456789012", "-123456789012"},
        {"loud", "yes", "yes"},
        {"loud", "ON", "yes"},
        {"loud", "True", "yes"},
        {"loud", "1", "yes"},
        {"loud", "off", "no"},
        {"loud", "0", "no"},
        {"shape", "square", "square"},
        {"title", "", ""},
        {"title", "grün = gut", "grün = gut"},
        {"file", "/tmp/\xff", "/tmp/\xff"}, /* file names are bytes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *checked = NULL, *error = NULL;
        assert_int_equal(
            options_check(TABLE, "out-x", cases[i].name, cases[i].value, &checked, &error),
            LIMBER_OK);
        assert_string_equal(checked, cases[i].checked);
        assert_null(error);
        free(checked);
    }
}

static void bad_values_are_refused_in_plain_words(void **state)
{
    const struct {
        const char *name, *value, *error;
    } cases[] = {
        {"latency", "1001",
         "option \"latency\" of out-x cannot be \"1001\": it must be a whole number from 0 to 1000 "
         "(in ms, without the unit)"},
        {"latency", "-1", "from 0 to 1000"},
        {"latency", "5ms", "without the unit"},
        {"latency", "1.5", "a whole number"},
        {"latency", "", "cannot be \"\""},
        {"latency", "99999999999999999999", "from 0 to 1000"},
        {"gain", "0.51", "a number from -60.25 to 0.5"},
        {"gain", "nan", "a number"},
        {"gain", "1e-3", "a number"},
        {"gain", "0,2", "a number"},
        {"count", "many", "it must be a whole number"},
        {"loud", "maybe", "it must be yes or no"},
        {"shape", "squire",
         "it must be \"round\", \"square\" or \"triangular\"; did you mean \"square\"?"},
        {"shape", "Round", "did you mean \"round\"?"},
        {"title", "\xc3(", "it must be a text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *checked = NULL, *error = NULL;
        assert_int_equal(
            options_check(TABLE, "out-x", cases[i].name, cases[i].value, &checked, &error),
            LIMBER_INVALID);
        assert_null(checked);
        if (!strstr(error, cases[i].error)) {
            fail_msg("\"%s\" does not say \"%s\"", error, cases[i].error);
        }
        free(error);
    }
}

static void mistyped_options_get_a_suggestion(void **state)
{
    const struct {
        const struct limber_option *table;
        const char *name, *error;
    } cases[] = {
        {TABLE, "lates", "unknown option \"lates\" of out-null: did you mean \"latency\"?"},
        {TABLE, "Latency", "unknown option \"Latency\" of out-null: did you mean \"latency\"?"},
        {TABLE, "shpae", "unknown option \"shpae\" of out-null: did you mean \"shape\"?"},
        {TABLE, "la",
         "unknown option \"la\" of out-null: its options are latency, gain, count, loud, shape, "
         "title, file"},
        {TABLE, "",
         "unknown option \"\" of out-null: its options are latency, gain, count, loud, shape, "
         "title, file"},
        {NULL, "latency", "unknown option \"latency\" of out-null: it has no options"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *checked = NULL, *error = NULL;
        assert_int_equal(
            options_check(cases[i].table, "out-null", cases[i].name, "1", &checked, &error),
            LIMBER_NOT_FOUND);
        assert_string_equal(error, cases[i].error);
        free(error);
    }
}

static void tables_are_judged(void **state)
{
    const struct {
        struct limber_option option;
        const char *problem; /* NULL: none */
    } cases[] = {
        {{.name = "a", .help = "A"}, NULL},
        {{.name = "a-2", .type = LIMBER_OPTION_BOOL, .fallback = "on", .help = "A"}, NULL},
        {{.name = "A", .help = "A"}, "\"A\" is not a name"},
        {{.name = "", .help = "A"}, "\"\" is not a name"},
        {{.name = "-a", .help = "A"}, "\"-a\" is not a name"},
        {{.name = "a b", .help = "A"}, "\"a b\" is not a name"},
        {{.name = "a"}, "has no help text"},
        {{.name = "a", .help = ""}, "has no help text"},
        {{.name = "a", .type = (enum limber_option_type)6, .help = "A"},
         "type that does not exist"},
        {{.name = "a", .type = LIMBER_OPTION_INT, .minimum = 2, .maximum = 1, .help = "A"},
         "a minimum above its maximum"},
        {{.name = "a", .type = LIMBER_OPTION_CHOICE, .help = "A"}, "a choice of nothing"},
        {{.name = "a",
          .type = LIMBER_OPTION_CHOICE,
          .choices = SHAPES,
          .fallback = "oval",
          .help = "A"},
         "a default that it does not allow"},
        {{.name = "a", .type = LIMBER_OPTION_NUMBER, .fallback = "x", .help = "A"},
         "a default that it does not allow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct limber_option table[] = {cases[i].option, {.name = NULL}};
        char *problem = options_judge(table);
        if (cases[i].problem && (!problem || !strstr(problem, cases[i].problem))) {
            fail_msg("case %zu: \"%s\" does not say \"%s\"", i, problem ? problem : "",
                     cases[i].problem);
        }
        if (!cases[i].problem) {
            assert_null(problem);
        }
        free(problem);
    }
    assert_null(options_judge(NULL));
    assert_null(options_judge(TABLE));
}

static void a_table_without_an_end_is_refused(void **state)
{
    static char names[OPTIONS_MOST + 8][8];
    static struct limber_option table[OPTIONS_MOST + 8];
    for (size_t i = 0; i < OPTIONS_MOST + 8; i++) {
        memcpy(names[i], "o000", 5);
        for (size_t digit = 3, rest = i; digit > 0; digit--, rest /= 10) {
            names[i][digit] = (char)('0' + rest % 10);
        }
        table[i] = (struct limber_option){.name = names[i], .help = "One of many"};
    }
    char *problem = options_judge(table);
    assert_non_null(problem);
    assert_non_null(strstr(problem, "go on without an end"));
    free(problem);
    table[OPTIONS_MOST].name = NULL; /* as many as may be */
    assert_null(options_judge(table));
}

static void the_last_setting_counts(void **state)
{
    struct setting_list list = {0};
    settings_put(&list, "a", "1");
    settings_put(&list, "b", "2");
    settings_put(&list, "a", "3");
    settings_put(&list, "a", settings_get(&list, "a"));
    assert_int_equal(list.count, 2);
    assert_string_equal(settings_get(&list, "a"), "3");
    assert_string_equal(settings_get(&list, "b"), "2");
    assert_null(settings_get(&list, "c"));
    settings_free(&list);
    assert_null(settings_get(&list, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_values_are_handed_over),
        cmocka_unit_test(bad_values_are_refused_in_plain_words),
        cmocka_unit_test(mistyped_options_get_a_suggestion),
        cmocka_unit_test(tables_are_judged),
        cmocka_unit_test(a_table_without_an_end_is_refused),
        cmocka_unit_test(the_last_setting_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

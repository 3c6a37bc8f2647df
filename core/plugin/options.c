/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.c: values of options against their tables, and the tables against sense. */
#include "plugin/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "plugin/optionwords.h"
#include "plugin/problem.h"

#define NUMBER_MOST 1e12 /* larger limits are none, to people */

void settings_put(struct setting_list *list, const char *name, const char *value)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            char *copy = xstrdup(value); /* first: `value` may be the old text */
            free(list->items[i].value);
            list->items[i].value = copy;
            return;
        }
    }
    struct setting setting = {xstrdup(name), xstrdup(value)};
    *vec_push(list) = setting;
}

const char *settings_get(const struct setting_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            return list->items[i].value;
        }
    }
    return NULL;
}

void settings_free(struct setting_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].value);
    }
    vec_free(list);
}

const struct limber_option *options_find(const struct limber_option *table, const char *name)
{
    for (; table && table->name; table++) {
        if (strcmp(table->name, name) == 0) {
            return table;
        }
    }
    return NULL;
}

/* "5", "0.25": without a tail of zeros, whatever the locale's decimal point is. */
static void add_number(struct str *text, double number)
{
    int64_t millionths = (int64_t)(number * 1e6 + (number < 0 ? -0.5 : 0.5));
    uint64_t size = millionths < 0 ? -(uint64_t)millionths : (uint64_t)millionths;
    str_printf(text, "%s%llu", millionths < 0 ? "-" : "", (unsigned long long)(size / 1000000));
    unsigned rest = (unsigned)(size % 1000000);
    if (rest > 0) {
        char digits[16] = "";
        int length = 6;
        for (int i = 5; i >= 0; i--, rest /= 10) {
            digits[i] = (char)('0' + rest % 10);
        }
        while (digits[length - 1] == '0') {
            digits[--length] = '\0';
        }
        str_printf(text, ".%s", digits);
    }
}

void options_add_expected(struct str *text, const struct limber_option *option)
{
    bool limited = option->minimum != 0 || option->maximum != 0;
    switch (option->type) {
    case LIMBER_OPTION_INT:
    case LIMBER_OPTION_NUMBER:
        str_add(text, option->type == LIMBER_OPTION_INT ? "a whole number" : "a number");
        if (limited) {
            str_add(text, " from ");
            add_number(text, option->minimum);
            str_add(text, option->maximum < NUMBER_MOST ? " to " : " up");
            if (option->maximum < NUMBER_MOST)
                add_number(text, option->maximum);
        }
        if (option->unit) {
            str_printf(text, " (in %s, without the unit)", option->unit);
        }
        break;
    case LIMBER_OPTION_BOOL:
        str_add(text, "yes or no");
        break;
    case LIMBER_OPTION_CHOICE:
        for (const char *const *choice = option->choices; *choice; choice++) {
            str_printf(text, "%s\"%s\"",
                       choice == option->choices ? ""
                       : choice[1]               ? ", "
                                                 : " or ",
                       *choice);
        }
        break;
    default:
        str_add(text, "a text");
    }
}

static const char *truth(const char *value)
{
    static const char *const YES[] = {"yes", "true", "on", "1"};
    static const char *const NO[] = {"no", "false", "off", "0"};
    for (size_t i = 0; i < 4; i++) {
        if (str_equal_nocase(value, YES[i])) {
            return "yes";
        }
        if (str_equal_nocase(value, NO[i])) {
            return "no";
        }
    }
    return NULL;
}

static bool in_range(const struct limber_option *option, double number)
{
    return (option->minimum == 0 && option->maximum == 0) ||
           (number >= option->minimum && number <= option->maximum);
}

/* The value as the plugin shall see it, or NULL if it does not fit. */
static const char *fit(const struct limber_option *option, const char *value)
{
    int64_t whole = 0;
    double number = 0;
    switch (option->type) {
    case LIMBER_OPTION_INT:
        return units_parse_int(value, strlen(value), &whole) && in_range(option, (double)whole)
                   ? value
                   : NULL;
    case LIMBER_OPTION_NUMBER:
        return units_parse_number(value, strlen(value), &number) && in_range(option, number) ? value
                                                                                             : NULL;
    case LIMBER_OPTION_BOOL:
        return truth(value);
    case LIMBER_OPTION_CHOICE:
        for (const char *const *choice = option->choices; *choice; choice++) {
            if (strcmp(*choice, value) == 0) {
                return *choice;
            }
        }
        return NULL;
    default: /* texts and paths: anything that a diagnostic and a file can hold */
        return str_utf8_invalid_at(value, strlen(value)) < 0 || option->type == LIMBER_OPTION_PATH
                   ? value
                   : NULL;
    }
}

/* What the person may have meant: near by its letters, or by its beginning ("lates", "latency"). */
static const char *meant(const char *word, const char *const *names, size_t count)
{
    const char *near = str_nearest(word, names, count);
    for (size_t i = 0; !near && i < count; i++) {
        size_t same = 0;
        while (word[same] && word[same] == names[i][same]) {
            same++;
        }
        if (same > 2 && same * 2 >= strlen(word)) {
            return names[i];
        }
    }
    return near;
}

static char *unknown_option(const struct limber_option *table, const char *plugin, const char *name)
{
    struct str text = {0};
    VEC(const char *) names = {0};
    for (const struct limber_option *option = table; option && option->name; option++) {
        *vec_push(&names) = option->name;
    }
    str_printf(&text, "unknown option \"%s\" of %s", name, plugin);
    const char *near = meant(name, names.items, names.count);
    if (near) {
        str_printf(&text, ": did you mean \"%s\"?", near);
    } else if (names.count == 0) {
        str_add(&text, ": it has no options");
    } else {
        str_add(&text, ": its options are ");
        for (size_t i = 0; i < names.count; i++) {
            str_printf(&text, "%s%s", i ? ", " : "", names.items[i]);
        }
    }
    vec_free(&names);
    return str_steal(&text);
}

enum limber_status options_check(const struct limber_option *table, const char *plugin,
                                 const char *name, const char *value, char **checked, char **error)
{
    const struct limber_option *option = options_find(table, name);
    if (!option) {
        *error = unknown_option(table, plugin, name);
        return LIMBER_NOT_FOUND;
    }
    const char *fitting = fit(option, value);
    if (fitting) {
        *checked = xstrdup(fitting);
        return LIMBER_OK;
    }
    struct str text = {0};
    str_printf(&text, "option \"%s\" of %s cannot be \"%s\": it must be ", name, plugin, value);
    options_add_expected(&text, option);
    if (option->type == LIMBER_OPTION_CHOICE) {
        size_t count = 0;
        while (option->choices[count]) {
            count++;
        }
        const char *near = meant(value, option->choices, count);
        if (near) {
            str_printf(&text, "; did you mean \"%s\"?", near);
        }
    }
    *error = str_steal(&text);
    return LIMBER_INVALID;
}

static char *fault(const char *name, const char *what)
{
    return problem_new("its option table is wrong: \"%.64s\" %s", name, what);
}

static bool good_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && name[length] == '\0' && name[0] != '-';
}

static char *judge_option(const struct limber_option *table, const struct limber_option *option)
{
    if (!good_name(option->name)) {
        return fault(option->name, "is not a name of lower-case words joined by '-'");
    }
    if (options_find(table, option->name) != option) {
        return fault(option->name, "is there twice");
    }
    if ((unsigned)option->type > LIMBER_OPTION_PATH) {
        return fault(option->name, "has a type that does not exist");
    }
    if (!option->help || !*option->help) {
        return fault(option->name, "has no help text");
    }
    if (!(option->minimum <= option->maximum)) {
        return fault(option->name, "has a minimum above its maximum");
    }
    if (option->type == LIMBER_OPTION_CHOICE && (!option->choices || !*option->choices)) {
        return fault(option->name, "is a choice of nothing");
    }
    for (size_t i = 0; option->type == LIMBER_OPTION_CHOICE && option->choices[i]; i++) {
        if (i == OPTIONS_MOST) {
            return fault(option->name, "has choices without an end");
        }
    }
    if (option->fallback && !fit(option, option->fallback)) {
        return fault(option->name, "has a default that it does not allow");
    }
    return NULL;
}

char *options_judge(const struct limber_option *table)
{
    for (size_t i = 0; table && table[i].name; i++) {
        if (i == OPTIONS_MOST) {
            return fault(table[i].name, "and others go on without an end");
        }
        char *problem = judge_option(table, &table[i]);
        if (problem) {
            return problem;
        }
    }
    return NULL;
}

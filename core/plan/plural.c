/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plural.c: CLDR's plural rules for whole numbers, kept as text and read when needed.
 *
 * The table is CLDR 42 (supplemental/plurals.xml), less what only concerns fractions.
 * tests/golden/phrases/plurals.txt holds what ICU 72 makes of the
 * full rules, number by number. */
#include "plan/plural.h"

#include <string.h>

#include "base/str.h"

/* --- the table --- */

#define NONE       ""
#define ONE        "one: n = 1"
#define ZERO_ONE   "one: n = 0..1"
#define MILLIONS   "many: n != 0 and n % 1000000 = 0"
#define SLAVIC_FEW "few: n % 10 = 2..4 and n % 100 != 12..14"
#define ENDS_IN_1  "one: n % 10 = 1 and n % 100 != 11"

static const struct {
    const char *languages, *rules; /* tags with a space after each */
} table[] = {
    {"pt-PT ", ONE "; " MILLIONS},
    {"ja zh ko vi th id ms my lo km ", NONE},
    {"en de nl sv fi et da nb nn no hu el tr bg eu gl af fy sq ka kk ky mn ta te ml sw yi io ia ",
     ONE},
    {"hi fa bn gu kn am hy as ", ZERO_ONE},
    {"fr pt ", ZERO_ONE "; " MILLIONS},
    {"es it ca ", ONE "; " MILLIONS},
    {"pl ",
     ONE "; " SLAVIC_FEW "; many: n != 1 and n % 10 = 0..1 or n % 10 = 5..9 or n % 100 = 12..14"},
    {"ru uk be ",
     ENDS_IN_1 "; " SLAVIC_FEW "; many: n % 10 = 0 or n % 10 = 5..9 or n % 100 = 11..14"},
    {"hr sr bs ", ENDS_IN_1 "; " SLAVIC_FEW},
    {"cs sk ", ONE "; few: n = 2..4"},
    {"sl ", "one: n % 100 = 1; two: n % 100 = 2; few: n % 100 = 3..4"},
    {"lt ", "one: n % 10 = 1 and n % 100 != 11..19; few: n % 10 = 2..9 and n % 100 != 11..19"},
    {"lv ", "zero: n % 10 = 0 or n % 100 = 11..19; " ENDS_IN_1},
    {"ro ", ONE "; few: n = 0 or n != 1 and n % 100 = 1..19"},
    {"is mk ", ENDS_IN_1},
    {"he ", ONE "; two: n = 2"},
    {"ar ", "zero: n = 0; " ONE "; two: n = 2; few: n % 100 = 3..10; many: n % 100 = 11..99"},
    {"ga ", ONE "; two: n = 2; few: n = 3..6; many: n = 7..10"},
    {"cy ", "zero: n = 0; " ONE "; two: n = 2; few: n = 3; many: n = 6"},
};

static const char *rules_of(const char *tag, size_t length)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *at = table[i].languages;
        for (; *at; at = strchr(at, ' ') + 1)
            if (strncmp(at, tag, length) == 0 && at[length] == ' ')
                return table[i].rules;
    }
    return NULL;
}

const char *plural_rules(const char *language)
{
    for (size_t length = strlen(language); length > 0; length--) {
        if (language[length] != '\0' && language[length] != '-' && language[length] != '_')
            continue;
        const char *rules = rules_of(language, length);
        if (rules)
            return rules;
    }
    return NULL;
}

/* --- names --- */

static const char *const names[PLURAL_COUNT] = {"zero", "one", "two", "few", "many", "other"};

const char *plural_name(enum plural category)
{
    return names[category];
}

bool plural_find(const char *name, enum plural *category)
{
    for (size_t i = 0; i < PLURAL_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *category = (enum plural)i;
            return true;
        }
    }
    return false;
}

/* --- reading rules --- */

struct reader {
    const char *at;
    int64_t number;
    bool bad;
};

static void skip_spaces(struct reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

static bool take(struct reader *r, const char *token)
{
    skip_spaces(r);
    if (!str_starts_with(r->at, token))
        return false;
    r->at += strlen(token);
    return true;
}

static int64_t take_value(struct reader *r)
{
    skip_spaces(r);
    int64_t value = 0;
    size_t digits = 0;
    for (; *r->at >= '0' && *r->at <= '9' && digits < 12; digits++)
        value = value * 10 + (*r->at++ - '0');
    r->bad |= digits == 0;
    return value;
}

/* n, i: the number; v, w, f, t, c, e: nothing of a whole number. */
static int64_t take_operand(struct reader *r)
{
    skip_spaces(r);
    if (*r->at == '\0' || !strchr("nivwftce", *r->at)) {
        r->bad = true;
        return 0;
    }
    char operand = *r->at++;
    return operand == 'n' || operand == 'i' ? r->number : 0;
}

/* n % 10 != 2..4,7 */
static bool take_relation(struct reader *r)
{
    int64_t value = take_operand(r);
    if (!r->bad && take(r, "%")) {
        int64_t by = take_value(r);
        r->bad |= by == 0;
        value = by > 0 ? value % by : 0;
    }
    bool not = take(r, "!=");
    if (!not &&!take(r, "="))
        r->bad = true;
    bool found = false;
    do {
        int64_t low = take_value(r), high = low;
        if (!r->bad && take(r, ".."))
            high = take_value(r);
        found |= value >= low && value <= high;
    } while (!r->bad && take(r, ","));
    return found != not ;
}

static bool take_condition(struct reader *r)
{
    bool any = false;
    do {
        bool all = true;
        do
            all &= take_relation(r);
        while (!r->bad && take(r, "and "));
        any |= all;
    } while (!r->bad && take(r, "or "));
    return any;
}

/* "few: condition;": whether it holds. */
static bool take_rule(struct reader *r, enum plural *category)
{
    skip_spaces(r);
    size_t length = strcspn(r->at, ":;");
    char name[8];
    if (length >= sizeof name || r->at[length] != ':') {
        r->bad = true;
        return false;
    }
    memcpy(name, r->at, length);
    name[length] = '\0';
    if (!plural_find(name, category) || *category == PLURAL_OTHER) {
        r->bad = true;
        return false;
    }
    r->at += length + 1;
    bool holds = take_condition(r);
    skip_spaces(r);
    if (*r->at != '\0' && !take(r, ";"))
        r->bad = true;
    skip_spaces(r);
    return holds && !r->bad;
}

bool plural_check(const char *rules, const char **fault)
{
    struct reader r = {.at = rules};
    enum plural category;
    skip_spaces(&r);
    while (*r.at != '\0' && !r.bad)
        take_rule(&r, &category);
    *fault = r.at;
    return !r.bad;
}

enum plural plural_of(const char *rules, int64_t number)
{
    struct reader r = {.at = rules,
                       .number = number < 0 ? -(number + (number == INT64_MIN)) : number};
    enum plural category;
    skip_spaces(&r);
    while (*r.at != '\0' && !r.bad)
        if (take_rule(&r, &category))
            return category;
    return PLURAL_OTHER;
}

unsigned plural_categories(const char *rules, int64_t most)
{
    unsigned found = 0;
    for (int64_t number = 0; number <= most; number++)
        found |= 1U << plural_of(rules, number);
    return found;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plural.h: which form of a noun stands after a whole number: "one minute", "two minutes"; минута,
 * минуты, минут. The categories and rules are those of Unicode CLDR. Pure. */
#ifndef PLAN_PLURAL_H
#define PLAN_PLURAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum plural { PLURAL_ZERO, PLURAL_ONE, PLURAL_TWO, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER };
#define PLURAL_COUNT 6

/* "few". */
const char *plural_name(enum plural category);
/* False if there is no category of this name. */
bool plural_find(const char *name, enum plural *category);

/* Rules are one text: "one: n % 10 = 1 and n % 100 != 11; few: n % 10 = 2..4 …", as in CLDR. What
 * no rule takes is `other`. Of CLDR's operands n and i are the number, and v, w, f, t, c and e are
 * 0, as they are for whole numbers. */
/* The rules of a language (BCP 47; the longest tag that is known), NULL if it is not known here. */
const char *plural_rules(const char *language);
/* Whether the text can be read; if not, *fault is where reading stopped. */
bool plural_check(const char *rules, const char **fault);
/* The category of a number (of −2 as of 2). */
enum plural plural_of(const char *rules, int64_t number);
/* Bits 1 << category of those that the numbers 0 … `most` fall into. */
unsigned plural_categories(const char *rules, int64_t most);

#endif

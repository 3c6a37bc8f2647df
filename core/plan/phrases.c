/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phrases.c: phrases filled in, and words for numbers and times. */
#include "plan/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "plan/expand.h"
#include "plan/phrases_inside.h"

#define KEY_MOST 160

const char *phrases_language(const struct phrases *phrases)
{
    return phrases->language;
}

const char *phrases_path(const struct phrases *phrases)
{
    return phrases->path;
}

/* --- finding --- */

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

const struct entry *phrases_lookup(const struct phrases *phrases, const char *key)
{
    struct entry wanted = {.key = key};
    if (phrases->count == 0)
        return NULL;
    return bsearch(&wanted, phrases->entries, phrases->count, sizeof wanted, by_key);
}

const char *phrases_find(const struct phrases *phrases, const char *key)
{
    const struct entry *entry = phrases_lookup(phrases, key);
    return entry ? entry->text : NULL;
}

/* "left.minute.1", "left.minute.one", "left.minute": the first there is. */
static const struct entry *choose_number(const struct phrases *phrases, const char *key,
                                         int64_t number)
{
    char longer[KEY_MOST];
    const struct entry *found = NULL;
    if (number >= 0) {
        snprintf(longer, sizeof longer, "%s.%lld", key, (long long)number);
        found = phrases_lookup(phrases, longer);
    }
    if (!found && number >= 0) {
        enum plural category = plural_of(phrases->rules, number);
        snprintf(longer, sizeof longer, "%s.%s", key, plural_name(category));
        found = phrases_lookup(phrases, longer);
    }
    if (!found && number >= 0) {
        snprintf(longer, sizeof longer, "%s.other", key);
        found = phrases_lookup(phrases, longer);
    }
    return found ? found : phrases_lookup(phrases, key);
}

const struct entry *phrases_choose(const struct phrases *phrases, const char *key,
                                   const char *variant, int64_t number)
{
    char longer[KEY_MOST];
    const struct entry *found = NULL;
    if (variant) {
        snprintf(longer, sizeof longer, "%s.%s", key, variant);
        found = choose_number(phrases, longer, number);
    }
    return found ? found : choose_number(phrases, key, number);
}

const struct number_form *phrases_form(const struct phrases *phrases, const char *name,
                                       size_t length)
{
    for (size_t i = 0; i < phrases->form_count; i++) {
        const struct number_form *form = &phrases->forms[i];
        if (strlen(form->name) == length && memcmp(form->name, name, length) == 0)
            return form;
    }
    return NULL;
}

/* --- saying --- */

static const char *value_of(const char *const *pairs, const char *name, size_t length)
{
    for (; pairs && pairs[0]; pairs += 2)
        if (strlen(pairs[0]) == length && memcmp(pairs[0], name, length) == 0)
            return pairs[1] ? pairs[1] : "";
    return NULL;
}

/* A whole number in digits, −1 for anything else. */
static int64_t in_digits(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length > 18 || strspn(text, "0123456789") != length)
        return -1;
    return strtoll(text, NULL, 10);
}

static const char *number_in_form(const struct phrases *phrases, const char *digits,
                                  const struct number_form *form)
{
    int64_t number = in_digits(digits);
    if (number < 0 || number >= NUMBERS_MOST)
        return digits;
    if (form && form->words[number])
        return form->words[number];
    return phrases->numbers[number] ? phrases->numbers[number] : digits;
}

/* The words for the {name}; "number feminine" is a number in one of the file's forms. */
static const char *fill_small(const struct phrases *phrases, const char *const *pairs,
                              const char *name, size_t length)
{
    const char *value = value_of(pairs, name, length);
    size_t first = strcspn(name, " ");
    const struct number_form *form = NULL;
    if (!value && first < length) {
        form = phrases_form(phrases, name + first + 1, length - first - 1);
        value = form ? value_of(pairs, name, first) : NULL;
    }
    if (!value)
        return "";
    bool number = (first == 6 && memcmp(name, "number", 6) == 0) ||
                  (first == 5 && memcmp(name, "total", 5) == 0);
    return number ? number_in_form(phrases, value, form) : value;
}

/* "{Duration}" is the "duration" with a capital. */
static const char *fill(const struct phrases *phrases, struct arena *arena,
                        const char *const *pairs, const char *name, size_t length)
{
    char *small = arena_strndup(arena, name, length);
    if (small[0] < 'A' || small[0] > 'Z')
        return fill_small(phrases, pairs, small, length);
    small[0] = (char)(small[0] | 0x20);
    return word_capital(arena, fill_small(phrases, pairs, small, length));
}

static const char *fill_in(const struct phrases *phrases, struct arena *arena, const char *text,
                           const char *const *pairs)
{
    if (!text || !strchr(text, '{'))
        return text;
    struct str said = {0};
    while (*text) {
        size_t plain = strcspn(text, "{");
        str_add_bytes(&said, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t length = strcspn(text, "}");
        str_add(&said, fill(phrases, arena, pairs, text + 1, length - 1));
        text += length + (text[length] == '}');
    }
    const char *copy = arena_strdup(arena, str_text(&said));
    str_free(&said);
    return copy;
}

const char *phrases_say(const struct phrases *phrases, struct arena *arena, const char *key,
                        const char *const *pairs)
{
    const char *digits = value_of(pairs, "number", 6);
    if (!digits)
        digits = value_of(pairs, "=number", 7);
    const char *variant = value_of(pairs, "=variant", 8);
    const struct entry *entry = phrases_choose(phrases, key, variant, in_digits(digits));
    return entry ? fill_in(phrases, arena, entry->text, pairs) : NULL;
}

const char *phrases_number(const struct phrases *phrases, struct arena *arena, int64_t number)
{
    if (number >= 0 && number < NUMBERS_MOST && phrases->numbers[number])
        return phrases->numbers[number];
    return arena_printf(arena, "%lld", (long long)number);
}

/* --- times --- */

const char *const phrases_units[] = {
    "second", "minute", "hour", "minute and a half", "about half a minute", NULL};
enum unit { UNIT_SECOND, UNIT_MINUTE, UNIT_HOUR, UNIT_MINUTE_AND_A_HALF, UNIT_HALF_A_MINUTE };

/* One or two units: "one minute and ten seconds". */
struct amount {
    enum unit unit;
    int64_t number;
    enum unit more_unit;
    int64_t more; /* 0: nothing more */
};

/* Rounded: below 20 s in seconds, below 45 s about half a minute, below 90 s one minute, then whole
 * minutes. Exact: seconds up to a minute, half minutes, or minutes and seconds. From an hour on
 * hours and minutes. */
static struct amount amount_of(nsec time, bool rounded)
{
    int64_t seconds = (time + NSEC_PER_SEC / 2) / NSEC_PER_SEC;
    int64_t minutes = (seconds + 30) / 60;
    if (rounded && seconds >= 20 && seconds < 45)
        return (struct amount){.unit = UNIT_HALF_A_MINUTE};
    if (seconds < (rounded ? 20 : 60))
        return (struct amount){.unit = UNIT_SECOND, .number = seconds};
    if (minutes >= 60 && (rounded || seconds >= 3600))
        return (struct amount){UNIT_HOUR, minutes / 60, UNIT_MINUTE, minutes % 60};
    if (rounded)
        return (struct amount){.unit = UNIT_MINUTE, .number = minutes > 1 ? minutes : 1};
    if (seconds % 60 == 30)
        return (struct amount){.unit = UNIT_MINUTE_AND_A_HALF, .number = seconds / 60};
    return (struct amount){UNIT_MINUTE, seconds / 60, UNIT_SECOND, seconds % 60};
}

static const char *unit_words(const struct phrases *phrases, struct arena *arena, enum unit unit,
                              int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)number);
    const char *const pairs[] = {"number", digits, NULL};
    char key[48];
    snprintf(key, sizeof key, "duration.%s", phrases_units[unit]);
    const char *text = phrases_say(phrases, arena, key, pairs);
    return text ? text : "";
}

static const char *amount_words(const struct phrases *phrases, struct arena *arena,
                                const struct amount *amount)
{
    const char *words = unit_words(phrases, arena, amount->unit, amount->number);
    if (amount->more == 0)
        return words;
    const char *const pairs[] = {"first", words, "second",
                                 unit_words(phrases, arena, amount->more_unit, amount->more), NULL};
    const char *text = phrases_say(phrases, arena, "duration.join", pairs);
    return text ? text : words;
}

const char *phrases_duration(const struct phrases *phrases, struct arena *arena, nsec time,
                             bool rounded)
{
    struct amount amount = amount_of(time, rounded);
    return amount_words(phrases, arena, &amount);
}

const char *phrases_timed(const struct phrases *phrases, struct arena *arena, const char *key,
                          nsec time, bool rounded)
{
    struct amount amount = amount_of(time, rounded);
    const char *words = amount_words(phrases, arena, &amount);
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)amount.number);
    const char *const pairs[] = {
        "duration", words, "=number", digits, "=variant", phrases_units[amount.unit], NULL};
    return phrases_say(phrases, arena, key, pairs);
}

const char *phrases_left(const struct phrases *phrases, struct arena *arena, nsec time,
                         bool rounded)
{
    return phrases_timed(phrases, arena, "left", time, rounded);
}

/* --- what a voice pack records --- */

struct telling {
    const struct phrases *phrases;
    struct arena *arena;
    void (*each)(void *context, const char *key, const char *text);
    void *context;
};

static void tell(const struct telling *to, const char *key, const char *text)
{
    if (text && text[0])
        to->each(to->context, key, text);
}

static void tell_numbered(const struct telling *to, const char *key)
{
    for (int total = 2; total <= 12; total++) {
        for (int number = 1; number <= total; number++) {
            const char *const pairs[] = {"number", arena_printf(to->arena, "%d", number), "total",
                                         arena_printf(to->arena, "%d", total), NULL};
            tell(to, key, phrases_say(to->phrases, to->arena, key, pairs));
        }
    }
}

static const int usual_seconds[] = {5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, 150, 180};
#define USUAL_COUNT (sizeof usual_seconds / sizeof *usual_seconds)

static void tell_durations(const struct telling *to, const char *key)
{
    for (size_t i = 0; i < USUAL_COUNT; i++) {
        nsec length = usual_seconds[i] * NSEC_PER_SEC;
        const char *time = phrases_duration(to->phrases, to->arena, length, false);
        const char *const pairs[] = {"duration", time, NULL};
        tell(to, key, phrases_say(to->phrases, to->arena, key, pairs));
    }
}

static void tell_time(const struct telling *to, const char *key, int64_t seconds, bool rounded)
{
    tell(to, key, phrases_timed(to->phrases, to->arena, key, seconds * NSEC_PER_SEC, rounded));
}

/* Rounded, as for a session. */
static void tell_rounded(const struct telling *to, const char *key, int64_t from_minutes)
{
    tell_time(to, key, 30, true);
    for (int64_t minutes = from_minutes; minutes <= 20; minutes++)
        tell_time(to, key, minutes * 60, true);
}

/* What is left is told to the second in a hold; from 1 to 3 for the forms of all languages. */
static void tell_left(const struct telling *to, const char *key)
{
    for (int64_t seconds = 1; seconds <= 3; seconds++)
        tell_time(to, key, seconds, false);
    for (size_t i = 0; i < USUAL_COUNT; i++)
        tell_time(to, key, usual_seconds[i], false);
    tell_rounded(to, key, 4);
}

/* Time that the person adds or takes away. */
static void tell_changes(const struct telling *to, const char *key)
{
    for (size_t i = 0; usual_seconds[i] <= 60; i++)
        tell_time(to, key, usual_seconds[i], false);
}

static void tell_to_go(const struct telling *to, const char *key)
{
    for (size_t i = 0; usual_seconds[i] <= 15; i++)
        tell_time(to, key, usual_seconds[i], true);
    tell_rounded(to, key, 1);
}

/* Days in a row and the like. */
static void tell_counted(const struct telling *to, const char *key)
{
    for (int number = 1; number <= 14; number++) {
        const char *const pairs[] = {"number", arena_printf(to->arena, "%d", number), NULL};
        tell(to, key, phrases_say(to->phrases, to->arena, key, pairs));
    }
}

static void tell_sides(const struct telling *to, const char *key)
{
    static const char *const sides[] = {"left", "right"};
    for (size_t i = 0; i < 2; i++) {
        const char *side = phrases_find(to->phrases, arena_printf(to->arena, "side.%s", sides[i]));
        const char *const pairs[] = {"side", side, "=variant", sides[i], NULL};
        tell(to, key, phrases_say(to->phrases, to->arena, key, pairs));
    }
}

/* Words that only stand within other phrases are not sentences. */
static bool is_part(const char *key)
{
    static const char *const parts[] = {"duration.", "list.",     "thing.",
                                        "next.end",  "side.left", "side.right"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_starts_with(key, parts[i]))
            return true;
    return false;
}

/* Phrases with placeholders that are told by examples. Those not here hold names of moves or pages,
 * or digits. */
static const struct {
    const char *key;
    void (*tell)(const struct telling *to, const char *key);
} examples[] = {
    {"round", tell_numbered},          {"set", tell_numbered},
    {"rest.start", tell_durations},    {"left", tell_left},
    {"side.start", tell_sides},        {"answer.then side", tell_sides},
    {"answer.more", tell_changes},     {"answer.less", tell_changes},
    {"answer.to go", tell_to_go},      {"answer.days", tell_counted},
    {"answer.sessions", tell_counted},
};

static void tell_phrase(const struct telling *to, const struct known_phrase *phrase)
{
    const char *key = phrase->key;
    if (is_part(key))
        return;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (strcmp(key, examples[i].key) == 0) {
            examples[i].tell(to, key);
            return;
        }
    }
    if (!phrase->placeholders[0])
        tell(to, key, phrases_find(to->phrases, key));
}

/* The words of “numbers feminine” and the like that durations are made of. */
static void tell_forms(const struct telling *to)
{
    for (size_t i = 0; i < to->phrases->form_count; i++) {
        const struct number_form *form = &to->phrases->forms[i];
        const char *placeholder = arena_printf(to->arena, "{number %s}", form->name);
        bool used = false;
        for (size_t j = 0; j < to->phrases->count && !used; j++) {
            const struct entry *entry = &to->phrases->entries[j];
            used = entry->text && str_starts_with(entry->key, "duration.") &&
                   strstr(entry->text, placeholder);
        }
        for (size_t j = 0; j < NUMBERS_MOST && used; j++)
            tell(to, "number", form->words[j]);
    }
}

void phrases_each(const struct phrases *phrases,
                  void (*each)(void *context, const char *key, const char *text), void *context)
{
    const struct telling to = {phrases, arena_new(), each, context};
    for (const struct known_phrase *phrase = phrases_known; phrase->key; phrase++)
        tell_phrase(&to, phrase);
    for (size_t i = 0; i < phrases->count; i++)
        if (str_starts_with(phrases->entries[i].key, "position."))
            tell(&to, phrases->entries[i].key, phrases->entries[i].text);
    for (size_t i = 0; i < NUMBERS_MOST && phrases->numbers[i]; i++)
        tell(&to, "number", phrases->numbers[i]);
    tell_forms(&to);
    arena_destroy(to.arena);
}

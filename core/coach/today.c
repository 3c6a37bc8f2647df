/* SPDX-License-Identifier: GPL-3.0-or-later */
/* today.c: reads today.yaml.
 *
 *   days: weekdays            for entries that say nothing else; every day if it is left out
 *   minutes: 10
 *   most: 2                   a day
 *   routines:
 *     - neck-release          a name, or settings of its own:
 *     - routine: upper-back-relief
 *       days: [Monday, Thursday]
 *       minutes: 15 */
#include "coach/today.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/str.h"
#include "base/units.h"
#include "base/yaml.h"
#include "coach/coach_inside.h"

#define ALL_DAYS 0x7fU
#define WORKDAYS 0x1fU
#define DAYS_HINT                                                                                  \
    "write `every day`, `weekdays`, `weekend`, a list such as `[Monday, Thursday]`, "              \
    "`every 2 days` or `3 a week`"

struct reading {
    struct today_entry entry; /* what an entry says, or what all say that say nothing else */
    double minutes, most;
    const struct yaml_node *routines; /* of the file */
};

/* --- days --- */

/* At least three letters of its English name. */
static int weekday_of(const char *text)
{
    size_t length = strlen(text);
    for (int i = 0; i < 7 && length >= 3; i++) {
        const char *name = coach_weekday(i);
        char start[16] = "";
        if (length <= strlen(name))
            memcpy(start, name, length);
        if (str_equal_nocase(start, text))
            return i;
    }
    return -1;
}

static bool number_before(const char *text, const char *unit, int most, int *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 2 || !str_equal_nocase(text + digits, unit))
        return false;
    *number = atoi(text);
    return *number >= 1 && *number <= most;
}

static bool words_to_days(const char *text, struct today_entry *entry)
{
    int day = weekday_of(text);
    entry->rhythm = TODAY_WEEKDAYS;
    if (str_equal_nocase(text, "every day") || str_equal_nocase(text, "daily"))
        entry->weekdays = ALL_DAYS;
    else if (str_equal_nocase(text, "weekdays"))
        entry->weekdays = WORKDAYS;
    else if (str_equal_nocase(text, "weekend"))
        entry->weekdays = ALL_DAYS & ~WORKDAYS;
    else if (day >= 0)
        entry->weekdays = 1U << day;
    else if (strlen(text) > 6 && strncasecmp(text, "every ", 6) == 0 &&
             number_before(text + 6, " days", 14, &entry->number))
        entry->rhythm = TODAY_EVERY;
    else if (number_before(text, " a week", 7, &entry->number))
        entry->rhythm = TODAY_A_WEEK;
    else
        return false;
    return true;
}

static bool read_days(const struct settings *settings, const struct setting *setting,
                      const struct yaml_node *value)
{
    struct today_entry *entry = &((struct reading *)settings->into)->entry;
    const char *wrong = NULL;
    struct place place = value->place;
    if (value->kind == YAML_SCALAR && words_to_days(value->text, entry))
        return true;
    if (value->kind == YAML_SCALAR)
        wrong = value->text;
    bool list = value->kind == YAML_LIST && value->count > 0;
    entry->rhythm = TODAY_WEEKDAYS;
    entry->weekdays = 0;
    for (size_t i = 0; list && i < value->count && !wrong; i++) {
        const struct yaml_node *item = value->items[i];
        int day = item->kind == YAML_SCALAR ? weekday_of(item->text) : -1;
        if (day >= 0) {
            entry->weekdays |= 1U << day;
            continue;
        }
        wrong = item->kind == YAML_SCALAR ? item->text : "";
        place = item->place;
    }
    if (list && !wrong)
        return true;
    if (wrong && wrong[0])
        diags_add(settings->diags, SEVERITY_ERROR, place, DAYS_HINT, "“%s” says no days", wrong);
    else
        diags_add(settings->diags, SEVERITY_ERROR, place, DAYS_HINT, "`%s` needs days",
                  setting->key);
    return false;
}

/* --- entries --- */

#define MINUTES                                                                                    \
    {                                                                                              \
        "minutes", SETTING_NUMBER, offsetof(struct reading, minutes), 1, 240, "1 to 240", NULL     \
    }

static bool read_routine(const struct settings *settings, const struct setting *setting,
                         const struct yaml_node *value)
{
    const char *text = settings_text(settings, setting, value);
    struct reading *reading = settings->into;
    reading->entry.routine = text ? arena_strdup(settings->arena, text) : NULL;
    reading->entry.place = value->place;
    return text != NULL;
}

static const struct setting entry_table[] = {
    {.key = "routine", .kind = SETTING_OWN, .read = read_routine},
    {.key = "days", .kind = SETTING_OWN, .read = read_days},
    MINUTES,
};

/* `defaults`: what the file says for all. */
static bool read_entry(const struct settings *file, const struct reading *defaults,
                       const struct yaml_node *item, struct today_entry *entry)
{
    static const char *const required[] = {"routine", NULL};
    struct reading reading = *defaults;
    struct settings inside = *file;
    inside.table = entry_table;
    inside.count = sizeof entry_table / sizeof *entry_table;
    inside.what = "routine of the plan";
    inside.required = required;
    inside.into = &reading;
    bool good = item->kind == YAML_SCALAR ? read_routine(&inside, &entry_table[0], item)
                                          : settings_read(&inside, item);
    reading.entry.length_ns = (nsec)(reading.minutes * 60) * NSEC_PER_SEC;
    *entry = reading.entry;
    return good;
}

static bool keep_list(const struct settings *settings, const struct setting *setting,
                      const struct yaml_node *value)
{
    struct reading *reading = settings->into;
    reading->routines = value;
    if (value->kind == YAML_LIST && value->count > 0 && value->count <= TODAY_MOST_ROUTINES)
        return true;
    if (value->kind == YAML_LIST && value->count > 0)
        diags_add(settings->diags, SEVERITY_ERROR, value->place, "pick a few and be consistent",
                  "a plan has at most %d routines", TODAY_MOST_ROUTINES);
    else
        diags_add(settings->diags, SEVERITY_ERROR, value->place,
                  "one a line, with a dash before it: - neck-release",
                  "`%s` must be a list of routines", setting->key);
    return false;
}

static bool read_most(const struct settings *settings, const struct setting *setting,
                      const struct yaml_node *value)
{
    const char *text = settings_text(settings, setting, value);
    int most = 0;
    if (!text)
        return false;
    if (!number_before(text, "", TODAY_MOST_ROUTINES, &most)) {
        diags_add(settings->diags, SEVERITY_ERROR, value->place, "most: 2",
                  "`most` must be a whole number of routines a day, 1 to %d", TODAY_MOST_ROUTINES);
        return false;
    }
    ((struct reading *)settings->into)->most = most;
    return true;
}

static const struct setting file_table[] = {
    {.key = "routines", .kind = SETTING_OWN, .read = keep_list},
    {.key = "days", .kind = SETTING_OWN, .read = read_days},
    MINUTES,
    {.key = "most", .kind = SETTING_OWN, .read = read_most},
};

static bool check_twice(const struct today_entry *entries, size_t count, struct diags *diags)
{
    const struct today_entry *last = &entries[count];
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].routine || !last->routine || strcmp(entries[i].routine, last->routine) != 0)
            continue;
        diags_add(diags, SEVERITY_ERROR, last->place, "give it all its days in one place",
                  "`%s` is in the plan twice", last->routine);
        return false;
    }
    return true;
}

/* Few things done often do more than many done once. */
static void warn_many(const struct today_plan *plan, struct diags *diags)
{
    size_t counts[7] = {0};
    size_t busiest = 0;
    for (size_t i = 0; i < plan->count; i++)
        for (size_t day = 0; day < 7 && plan->entries[i].rhythm == TODAY_WEEKDAYS; day++)
            counts[day] += (plan->entries[i].weekdays >> day) & 1;
    for (size_t day = 1; day < 7; day++)
        busiest = counts[day] > counts[busiest] ? day : busiest;
    if (plan->most > 0 || counts[busiest] <= TODAY_FEW)
        return;
    struct place whole = {.source = plan->entries[0].place.source};
    diags_add(diags, SEVERITY_WARNING, whole,
              "pick a few and be consistent, or let it choose: most: 2",
              "%zu routines are due on a %s", counts[busiest], coach_weekday((int)busiest));
}

char *today_place(struct arena *arena)
{
    return file_user_config(arena, "today.yaml");
}

const struct today_plan *today_read(const char *path, struct arena *arena, struct diags *diags)
{
    static const char *const required[] = {"routines", NULL};
    struct reading reading = {.entry = {.rhythm = TODAY_WEEKDAYS, .weekdays = ALL_DAYS}};
    const struct settings settings = {.table = file_table,
                                      .count = sizeof file_table / sizeof *file_table,
                                      .what = "plan for today",
                                      .required = required,
                                      .into = &reading,
                                      .arena = arena,
                                      .diags = diags};
    const struct yaml_node *map = settings_parse_file(path, arena, diags);
    if (!map || !settings_read(&settings, map))
        return NULL;
    const struct yaml_node *list = reading.routines;
    struct today_entry *entries = ARENA_ARRAY(arena, struct today_entry, list->count);
    bool good = true;
    for (size_t i = 0; i < list->count; i++) {
        good &= read_entry(&settings, &reading, list->items[i], &entries[i]);
        good &= check_twice(entries, i, diags);
    }
    if (!good)
        return NULL;
    struct today_plan *plan = ARENA_NEW(arena, struct today_plan);
    *plan = (struct today_plan){entries, list->count, (size_t)reading.most};
    warn_many(plan, diags);
    return plan;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coaching.c: choices as text: words with a space between them.
 *
 *     1 sections=7 ranges=4 optional=1    the page they are of
 *     s2=f s4=brt3      section 2 in full; 4 briefly, right side first, third to be picked
 *     v2=HEX r1=HEX     where section 2, and range 1, are in their ranges: the bits of a double
 *     same-detail       the session's detail is that of every move
 *     fit=HEX,length,shortest,longest,announced   ns; o1 f3=HEX: what fit-to-time chose
 */
#include "session/coaching.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define FORMAT     "1"
#define WORD_MOST  160
#define TURNS_MOST 1000000
#define COUNTS     3

/* Numbers that choices of one page have in common. */
struct shape {
    size_t sections, ranges, optional;
};

static struct shape shape_of(const struct routine *routine, struct arena *arena)
{
    const struct section *const *sections;
    struct shape shape = {.ranges = routine->range_count};
    shape.sections = plan_sections(routine, arena, &sections);
    for (size_t i = 1; i < shape.sections; i++)
        shape.optional += sections[i]->optional;
    return shape;
}

/* --- writing --- */

static void write_double(struct str *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    str_printf(to, "%016" PRIx64, bits);
}

static void write_numbered(struct str *to, char what, size_t number, double value)
{
    str_printf(to, " %c%zu=", what, number);
    write_double(to, value);
}

static void write_section(struct str *to, size_t number, const struct plan_section *section)
{
    if (!section->has_detail && section->first_side == SIDE_NONE && section->turn == 0)
        return;
    str_printf(to, " s%zu=", number);
    if (section->has_detail)
        str_add_char(to, "fnb"[section->detail]);
    if (section->first_side != SIDE_NONE)
        str_add_char(to, section->first_side == SIDE_LEFT ? 'l' : 'r');
    if (section->turn > 0)
        str_printf(to, "t%" PRIu32, section->turn);
}

static void write_fit(struct str *to, const struct coaching_choices *choices, struct shape shape)
{
    const struct plan_fit *fit = &choices->fit;
    str_add(to, " fit=");
    write_double(to, fit->choice.fraction);
    str_printf(to, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64, fit->length_ns,
               fit->shortest_ns, fit->longest_ns, choices->for_ns);
    for (size_t i = 0; fit->choice.fractions && i < shape.ranges; i++)
        write_numbered(to, 'f', i + 1, fit->choice.fractions[i]);
    for (size_t i = 0; fit->choice.dropped && i < shape.optional; i++)
        if (fit->choice.dropped[i])
            str_printf(to, " o%zu", i + 1);
}

void coaching_write(const struct coaching_choices *choices, const struct routine *routine,
                    struct str *to)
{
    struct arena *arena = arena_new();
    const struct coach *coach = &choices->coach;
    struct shape shape = shape_of(routine, arena);
    str_printf(to, FORMAT " sections=%zu ranges=%zu optional=%zu", shape.sections, shape.ranges,
               shape.optional);
    for (size_t i = 0; coach->sections && i < coach->section_count; i++)
        write_section(to, i, &coach->sections[i]);
    for (size_t i = 0; coach->values && i < coach->section_count; i++)
        if (!isnan(coach->values[i]))
            write_numbered(to, 'v', i, coach->values[i]);
    for (size_t i = 0; coach->fractions && i < shape.ranges; i++)
        if (coach->fractions[i] >= 0)
            write_numbered(to, 'r', i + 1, coach->fractions[i]);
    if (choices->same_detail)
        str_add(to, " same-detail");
    if (choices->has_fit)
        write_fit(to, choices, shape);
    arena_destroy(arena);
}

/* --- reading --- */

struct reading {
    struct coaching_choices *choices;
    struct shape shape;
    struct plan_section *sections;
    double *values, *fractions;
    double *fit_fractions; /* NULL until the first */
    bool *dropped;         /* likewise */
    unsigned counts;       /* bit i: read_word() has seen that the page has as many */
    struct arena *arena;
};

/* Digits up to the next other character, which is returned; NULL: none, or too many. */
static const char *read_count(const char *text, int64_t *number)
{
    *number = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18)
        return NULL;
    for (size_t i = 0; i < digits; i++)
        *number = *number * 10 + (text[i] - '0');
    return text + digits;
}

/* 16 digits that are a number from 0 to 1, or −1 for "by level". */
static const char *read_fraction(const char *text, double *value)
{
    uint64_t bits = 0;
    for (int i = 0; i < 16; i++, text++) {
        const char *digit = *text ? strchr("0123456789abcdef", *text) : NULL;
        if (!digit)
            return NULL;
        bits = bits << 4 | (uint64_t)(digit - "0123456789abcdef");
    }
    memcpy(value, &bits, sizeof bits);
    return (*value >= 0 && *value <= 1) || *value == -1 ? text : NULL;
}

static bool read_section(struct reading *reading, size_t number, const char *text)
{
    struct plan_section *section = &reading->sections[number];
    static const char details[] = "fnb"; /* in the order of enum detail */
    const char *detail = *text ? strchr(details, *text) : NULL;
    int64_t turn = 0;
    if (detail) {
        section->has_detail = true;
        section->detail = (enum detail)(detail - details);
        text++;
    }
    if (*text == 'l' || *text == 'r')
        section->first_side = *text++ == 'l' ? SIDE_LEFT : SIDE_RIGHT;
    if (*text == 't')
        text = read_count(text + 1, &turn);
    section->turn = (uint32_t)turn;
    return text && !*text && turn <= TURNS_MOST;
}

static bool read_fit(struct reading *reading, const char *text)
{
    struct coaching_choices *choices = reading->choices;
    nsec *const numbers[] = {&choices->fit.length_ns, &choices->fit.shortest_ns,
                             &choices->fit.longest_ns, &choices->for_ns};
    text = read_fraction(text, &choices->fit.choice.fraction);
    for (size_t i = 0; i < 4; i++) {
        if (!text || *text != ',')
            return false;
        text = read_count(text + 1, numbers[i]);
    }
    choices->has_fit = choices->fit.fits = true;
    return text && !*text;
}

/* "v2=…", "o1": what is numbered. */
static bool read_numbered(struct reading *reading, const char *word)
{
    int64_t number = 0;
    char what = *word;
    const char *text = read_count(word + 1, &number);
    if (!text || (what == 'o' ? *text != '\0' : *text++ != '='))
        return false;
    bool by_section = what == 's' || what == 'v';
    size_t count = by_section    ? reading->shape.sections
                   : what == 'o' ? reading->shape.optional
                                 : reading->shape.ranges;
    size_t index = (size_t)number - !by_section;
    if (index >= count)
        return false;
    if (what == 's')
        return read_section(reading, index, text);
    if (what == 'o' && !reading->dropped)
        reading->dropped = ARENA_ARRAY(reading->arena, bool, count);
    if (what == 'o')
        return reading->dropped[index] = true;
    if (what == 'f' && !reading->fit_fractions) {
        reading->fit_fractions = ARENA_ARRAY(reading->arena, double, count);
        for (size_t i = 0; i < count; i++)
            reading->fit_fractions[i] = -1;
    }
    double *to = what == 'v'   ? reading->values
                 : what == 'r' ? reading->fractions
                               : reading->fit_fractions;
    text = read_fraction(text, &to[index]);
    return text && !*text;
}

static bool read_word(struct reading *reading, const char *word)
{
    char text[WORD_MOST];
    if (strcmp(word, "same-detail") == 0)
        return reading->choices->same_detail = true;
    if (strncmp(word, "fit=", 4) == 0)
        return read_fit(reading, word + 4);
    const struct shape *shape = &reading->shape;
    const struct {
        const char *name;
        size_t count;
    } counts[COUNTS] = {
        {"sections", shape->sections}, {"ranges", shape->ranges}, {"optional", shape->optional}};
    for (size_t i = 0; i < COUNTS; i++) {
        snprintf(text, sizeof text, "%s=%zu", counts[i].name, counts[i].count);
        if (strcmp(word, text) == 0)
            return reading->counts |= 1U << i;
    }
    return strchr("svrfo", *word) && read_numbered(reading, word);
}

bool coaching_read(const char *text, const struct routine *routine, struct arena *arena,
                   struct coaching_choices *choices)
{
    *choices = (struct coaching_choices){.fit.choice.fraction = -1};
    struct reading reading = {
        .choices = choices, .shape = shape_of(routine, arena), .arena = arena};
    reading.sections = ARENA_ARRAY(arena, struct plan_section, reading.shape.sections);
    reading.values = ARENA_ARRAY(arena, double, reading.shape.sections);
    reading.fractions = ARENA_ARRAY(arena, double, reading.shape.ranges + 1);
    for (size_t i = 0; i < reading.shape.sections; i++)
        reading.values[i] = NAN;
    for (size_t i = 0; i < reading.shape.ranges; i++)
        reading.fractions[i] = -1;
    if (strncmp(text, FORMAT " ", 2) != 0)
        return false;
    for (text += 2; *text; text += *text == ' ') {
        char word[WORD_MOST];
        size_t length = strcspn(text, " ");
        if (length == 0 || length >= sizeof word)
            return false;
        memcpy(word, text, length);
        word[length] = '\0';
        text += length;
        if (!read_word(&reading, word))
            return false;
    }
    if (reading.counts != (1U << COUNTS) - 1)
        return false;
    choices->coach = (struct coach){.sections = reading.sections,
                                    .values = reading.values,
                                    .section_count = reading.shape.sections,
                                    .fractions = reading.fractions};
    choices->fit.choice.fractions = reading.fit_fractions;
    choices->fit.choice.dropped = reading.dropped;
    for (size_t i = 0; reading.dropped && i < reading.shape.optional; i++)
        choices->fit.dropped_count += reading.dropped[i];
    return true;
}

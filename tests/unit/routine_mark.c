/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar of marks: what is one, what it means, and what is said of what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "routine/routine.h"

struct parsed {
    struct arena *arena;
    struct diags *diags;
    struct mark mark;
    bool good;
    struct place place;
    const char *message, *hint;
};

/* The text stands in a source after "x `", so its first column is 4. */
static struct parsed parse(const char *text, bool (*exists)(void *, const char *))
{
    struct parsed p = {.arena = arena_new(), .diags = diags_new(), .message = "", .hint = ""};
    char *line = arena_printf(p.arena, "x `%s` y", text);
    const struct source *source = diags_add_source(p.diags, "page.md", line, strlen(line));
    p.good = mark_parse(text, strlen(text), place_at(source, 3, strlen(text)), p.arena, p.diags,
                        exists, NULL, &p.mark);
    assert_int_equal(p.good ? 0 : 1, diags_count(p.diags, SEVERITY_ERROR));
    diags_get(p.diags, 0, NULL, &p.place, &p.message, &p.hint);
    return p;
}

static void release(struct parsed *p)
{
    diags_destroy(p->diags);
    arena_destroy(p->arena);
}

static const struct good {
    const char *text, *canonical;
    enum mark_kind kind;
    int64_t low, high; /* of the time in ms, or of the amount */
} good[] = {
    {"10 reps", "10 reps", MARK_REPS, 10, 10},
    {"1 rep", "1 rep", MARK_REPS, 1, 1},
    {"8-12 reps", "8-12 reps", MARK_REPS, 8, 12},
    {"8–12 reps", "8-12 reps", MARK_REPS, 8, 12},
    {"1000 reps", "1000 reps", MARK_REPS, 1000, 1000},
    {"2-3 sets", "2-3 sets", MARK_SETS, 2, 3},
    {"2-4 rounds", "2-4 rounds", MARK_ROUNDS, 2, 4},
    {"each arm", "each arm", MARK_EACH_SIDE, 0, 0},
    {"right first", "right first", MARK_RIGHT_FIRST, 0, 0},
    {"alternating", "alternating", MARK_ALTERNATING, 0, 0},
    {"shuffle", "shuffle", MARK_SHUFFLE, 0, 0},
    {"pick 2-3", "pick 2-3", MARK_PICK, 2, 3},
    {"optional", "optional", MARK_OPTIONAL, 0, 0},
    {"level deep", "level deep", MARK_LEVEL, 0, 0},
    {"hold 30s", "hold 30s", MARK_HOLD, 30000, 30000},
    {"  hold \t 30s ", "hold 30s", MARK_HOLD, 30000, 30000},
    {"hold 15-30s", "hold 15-30s", MARK_HOLD, 15000, 30000},
    {"hold 15–30s", "hold 15-30s", MARK_HOLD, 15000, 30000},
    {"hold 30s-3min", "hold 30s-3min", MARK_HOLD, 30000, 180000},
    {"hold 2-3min", "hold 2-3min", MARK_HOLD, 120000, 180000},
    {"hold 1:00-1:30", "hold 60-90s", MARK_HOLD, 60000, 90000},
    {"hold 1m30s", "hold 90s", MARK_HOLD, 90000, 90000},
    {"hold 2m30s", "hold 2m30s", MARK_HOLD, 150000, 150000},
    {"hold 1:30", "hold 90s", MARK_HOLD, 90000, 90000},
    {"hold 4h", "hold 4h", MARK_HOLD, 14400000, 14400000},
    {"for 0.5s", "for 0.5s", MARK_FOR, 500, 500},
    {"in 4s", "in 4s", MARK_IN, 4000, 4000},
    {"out 6s", "out 6s", MARK_OUT, 6000, 6000},
    {"keep 500ms", "keep 0.5s", MARK_KEEP, 500, 500},
    {"6 breaths", "6 breaths", MARK_BREATHS, 6, 6},
    {"wait 5s", "wait 5s", MARK_WAIT, 5000, 5000},
    {"rest 30s", "rest 30s", MARK_REST, 30000, 30000},
    {"ready", "ready", MARK_READY, 0, 0},
    {"ready 10s", "ready 10s", MARK_READY, 10000, 10000},
    {"count 5", "count 5", MARK_COUNT, 5, 5},
    {"bell", "bell", MARK_SOUND, 0, 0},
    {"start", "start", MARK_SOUND, 0, 0},
    {"music off", "music off", MARK_MUSIC, 0, 0},
    {"halfway", "halfway", MARK_HALFWAY, 0, 0},
    {"at 10s", "at 10s", MARK_AT, 10000, 10000},
    {"last 10s", "last 10s", MARK_LAST, 10000, 10000},
    {"every 15s", "every 15s", MARK_EVERY, 15000, 15000},
    {"tip", "tip", MARK_TIP, 0, 0},
    {"caution", "caution", MARK_CAUTION, 0, 0},
    {"first", "first", MARK_FIRST, 0, 0},
    {"later", "later", MARK_LATER, 0, 0},
};

static void test_good(void **state)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct good *g = &good[i];
        struct parsed p = parse(g->text, NULL);
        if (!p.good)
            fail_msg("`%s`: %s", g->text, p.message);
        assert_int_equal(p.mark.kind, g->kind);
        bool time = p.mark.time.high != 0;
        assert_int_equal(time ? p.mark.time.low / NSEC_PER_MSEC : p.mark.amount.low, g->low);
        assert_int_equal(time ? p.mark.time.high / NSEC_PER_MSEC : p.mark.amount.high, g->high);
        assert_string_equal(mark_text(&p.mark, p.arena), g->canonical);
        struct parsed again = parse(g->canonical, NULL);
        assert_true(again.good);
        assert_int_equal(again.mark.time.low, p.mark.time.low);
        assert_int_equal(again.mark.time.high, p.mark.time.high);
        assert_int_equal(again.mark.amount.high, p.mark.amount.high);
        assert_string_equal(mark_text(&again.mark, again.arena), g->canonical);
        release(&again);
        release(&p);
    }
}

static void test_breath_patterns(void **state)
{
    static const struct {
        const char *text, *canonical;
        int64_t ms[4], cycles_low, cycles_high;
    } patterns[] = {
        {"breathe 4-7-8 x4", "breathe 4-7-8 x4", {4000, 7000, 8000, 0}, 4, 4},
        {"breathe 4-7-8 ×4", "breathe 4-7-8 x4", {4000, 7000, 8000, 0}, 4, 4},
        {"breathe 4-7-8", "breathe 4-7-8", {4000, 7000, 8000, 0}, 1, 1},
        {"breathe 4-6 x3-5", "breathe 4-6 x3-5", {4000, 0, 6000, 0}, 3, 5},
        {"breathe 4-4-4-4 x2", "breathe 4-4-4-4 x2", {4000, 4000, 4000, 4000}, 2, 2},
        {"breathe 4.5-0-8-1", "breathe 4.5-0-8-1", {4500, 0, 8000, 1000}, 1, 1},
        {"breathe 60-60", "breathe 60-60", {60000, 0, 60000, 0}, 1, 1},
    };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct parsed p = parse(patterns[i].text, NULL);
        assert_true(p.good);
        for (int j = 0; j < 4; j++)
            assert_int_equal(p.mark.pattern[j], patterns[i].ms[j] * NSEC_PER_MSEC);
        assert_int_equal(p.mark.amount.low, patterns[i].cycles_low);
        assert_int_equal(p.mark.amount.high, patterns[i].cycles_high);
        assert_string_equal(mark_text(&p.mark, p.arena), patterns[i].canonical);
        release(&p);
    }
}

static void test_other_values(void **state)
{
    struct parsed p = parse("pace 24.5/min for 3min", NULL);
    assert_true(p.good);
    assert_true(p.mark.per_minute == 24.5);
    assert_int_equal(p.mark.time.high, 180 * NSEC_PER_SEC);
    assert_string_equal(mark_text(&p.mark, p.arena), "pace 24.5/min for 3min");
    release(&p);
    p = parse("music rain -20.5dB", NULL);
    assert_true(p.good);
    assert_string_equal(p.mark.word, "rain");
    assert_true(p.mark.gain_db == -20.5);
    assert_string_equal(mark_text(&p.mark, p.arena), "music rain -20.5dB");
    release(&p);
    p = parse("music off", NULL);
    assert_true(p.good && p.mark.word == NULL);
    release(&p);
    p = parse("level easy", NULL);
    assert_true(p.good && p.mark.level == LEVEL_EASY);
    release(&p);
}

static const struct bad {
    const char *text;
    int column, length; /* column 1: the text's first character */
    const char *message, *hint;
} bad[] = {
    {"30", 1, 2, "`30` has no unit", "`hold 30s`, `30 reps`?"},
    {"hold 30", 6, 2, "`30` has no unit", "write `hold 30s` for seconds, `hold 30min` for minutes"},
    {"hold 15-30", 9, 2, "`30` has no unit",
     "write `hold 30s` for seconds, `hold 30min` for minutes"},
    {"30s", 1, 3, "`30s` does not say what happens in that time",
     "`hold 30s`, `for 30s` or `wait 30s`?"},
    {"30 seconds", 1, 10, "`30 seconds` does not say what happens in that time",
     "`hold 30s`, `for 30s` or `wait 30s`?"},
    {"hold", 1, 4, "`hold` is not complete: how long?", "for example `hold 30s`"},
    {"reps", 1, 4, "`reps` is not complete: how many?", "for example `10 reps`"},
    {"hold 30-15s", 6, 6, "the ends of `30-15s` are swapped", "the low end comes first: `15-30s`"},
    {"12-8 reps", 1, 4, "the ends of `12-8` are swapped", "the low end comes first: `8-12`"},
    {"hold 3min-30s", 6, 8, "the ends of `3min-30s` are swapped",
     "the low end comes first: `30s-3min`"},
    {"hodl 30s", 1, 8, "unknown mark `hodl 30s`", "did you mean `hold 30s`?"},
    {"Hold 30s", 1, 8, "unknown mark `Hold 30s`", "did you mean `hold 30s`?"},
    {"hold30s", 1, 7, "unknown mark `hold30s`", "did you mean `hold 30s`?"},
    {"hold: 30s", 1, 9, "unknown mark `hold: 30s`", "did you mean `hold 30s`?"},
    {"hold 30 s", 6, 4, "`30 s` is not a duration", "did you mean `hold 30s`?"},
    {"hold 30 seconds", 6, 10, "`30 seconds` is not a duration", "did you mean `hold 30s`?"},
    {"hold for 30s", 6, 7, "`for 30s` is not a duration", "did you mean `hold 30s`?"},
    {"hold 15 - 30s", 6, 8, "`15 - 30s` is not a duration", "did you mean `hold 15-30s`?"},
    {"hold 1,5s", 6, 4, "`1,5s` is not a duration", "did you mean `hold 1.5s`?"},
    {"hold 30sec", 6, 5, "`30sec` is not a duration", "did you mean `hold 30s`?"},
    {"eech side", 1, 9, "unknown mark `eech side`", "did you mean `each side`?"},
    {"both sides", 1, 10, "unknown mark `both sides`", "did you mean `each side`?"},
    {"each sides", 6, 5, "`sides` is not a side of the body", "did you mean `each side`?"},
    {"each elbow", 6, 5, "`elbow` is not a side of the body",
     "each side, arm, leg, hand, foot, hip or shoulder"},
    {"10 rpes", 1, 7, "unknown mark `10 rpes`", "did you mean `10 reps`?"},
    {"10 times", 1, 8, "unknown mark `10 times`", "did you mean `10 reps`?"},
    {"10x", 1, 3, "unknown mark `10x`", "did you mean `10 reps`?"},
    {"repeat 10", 1, 9, "unknown mark `repeat 10`", "did you mean `10 reps`?"},
    {"3x10", 1, 4, "unknown mark `3x10`", "`3 sets` `10 reps`?"},
    {"0 reps", 1, 1, "no reps at all", "at least 1, or leave the mark out"},
    {"1001 reps", 1, 4, "`1001` is too many reps", "at most 1000"},
    {"101 sets", 1, 3, "`101` is too many sets", "at most 100"},
    {"101 rounds", 1, 3, "`101` is too many rounds", "at most 100"},
    {"count 101", 7, 3, "`101` is too many counts", "at most 100"},
    {"99999999999999999999 reps", 1, 20, "`99999999999999999999` is too many reps", "at most 1000"},
    {"hold 0s", 6, 2, "`0s` is no time at all", "a mark takes some time, or leave it out"},
    {"hold 5h", 6, 2, "`5h` is too long", "one mark takes at most 4 hours"},
    {"pace 24/min", 1, 11, "`pace 24/min` is not complete: how long?",
     "for example `pace 24/min for 3min`"},
    {"pace 301/min for 1min", 6, 7, "a pace of 301/min is out of range",
     "between 1/min and 300/min"},
    {"breathe 4", 9, 1, "a breath has at least two phases",
     "in-out, in-keep-out or in-keep-out-keep: `breathe 4-7-8 x4`"},
    {"breathe 4-4-4-4-4", 9, 9, "a breath has at most four phases",
     "in-keep-out-keep: `breathe 4-4-4-4 x4`"},
    {"breathe 0-4", 9, 1, "a breath takes some time", "only the pauses may be 0"},
    {"breathe 4-7-8 4", 15, 1, "`4` does not belong here", "the number of breaths is written `x4`"},
    {"inhale 4s", 1, 9, "unknown mark `inhale 4s`", "did you mean `in 4s`?"},
    {"pause 10s", 1, 9, "unknown mark `pause 10s`", "did you mean `wait 10s`?"},
    {"level deap", 7, 4, "`deap` is not a level", "did you mean `level deep`?"},
    {"music rain -20", 12, 3, "`-20` has no unit", "write `-20dB`"},
    {"music rain 5dB", 12, 3, "5dB is out of range", "between -60dB and 0dB"},
    {"shuffle 3", 9, 1, "`3` does not belong here", "for example `shuffle`"},
    {"bel", 1, 3, "unknown mark `bel`", "did you mean `bell`?"},
    {"", 1, 0, "there is nothing between the backticks",
     "write a mark such as `hold 30s` between them"},
};

static void test_bad(void **state)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct bad *b = &bad[i];
        struct parsed p = parse(b->text, NULL);
        if (p.good)
            fail_msg("`%s` was read as `%s`", b->text, mark_text(&p.mark, p.arena));
        assert_string_equal(p.message, b->message);
        assert_non_null(p.hint);
        assert_string_equal(p.hint, b->hint);
        assert_int_equal(p.place.column, b->column + 3);
        assert_int_equal(p.place.length, b->length);
        release(&p);
    }
}

static bool only_frog(void *context, const char *name)
{
    return strcmp(name, "frog") == 0;
}

static void test_sounds_are_asked_for(void **state)
{
    struct parsed p = parse("frog", only_frog);
    assert_true(p.good && p.mark.kind == MARK_SOUND);
    assert_string_equal(p.mark.word, "frog");
    release(&p);
    p = parse("bell", only_frog);
    assert_false(p.good);
    release(&p);
    p = parse("music frog", only_frog);
    assert_true(p.good);
    release(&p);
    p = parse("music rain", only_frog);
    assert_false(p.good);
    assert_string_equal(p.message, "there is no music `rain`");
    release(&p);
    p = parse("frog", NULL);
    assert_false(p.good);
    release(&p);
}

static void test_names(void **state)
{
    enum level level;
    assert_string_equal(mark_kind_name(MARK_EACH_SIDE), "each side");
    assert_string_equal(mark_kind_name(MARK_REPS), "reps");
    assert_true(mark_is_timed(MARK_HOLD) && mark_is_timed(MARK_COUNT));
    assert_false(mark_is_timed(MARK_LEVEL) || mark_is_timed(MARK_SOUND));
    assert_true(level_parse("normal", &level) && level == LEVEL_NORMAL);
    assert_false(level_parse("hard", &level));
    assert_string_equal(position_canonical("On all fours"), "hands and knees");
    assert_null(position_canonical("flying"));
    for (size_t i = 0; position_names()[i]; i++) {
        assert_string_equal(position_canonical(position_names()[i]), position_names()[i]);
        assert_in_range(position_height(position_names()[i]), 0, 2);
    }
    assert_int_equal(position_height("standing"), 2);
    assert_int_equal(position_height("lying on the back"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),         cmocka_unit_test(test_breath_patterns),
        cmocka_unit_test(test_other_values), cmocka_unit_test(test_bad),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_sounds_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

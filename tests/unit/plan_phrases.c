/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phrase files: complete, checked, filled in; and words for times. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "plan_tree.h"

static void say(struct phrases *p, struct arena *arena, nsec ms, bool rounded, const char *expected)
{
    assert_string_equal(phrases_duration(p, arena, ms * NSEC_PER_MSEC, rounded), expected);
}

static void english(void **state)
{
    struct diags *diags = diags_new();
    struct arena *arena = arena_new();
    struct phrases *p = phrases_load(PHRASES, "en-GB", diags);
    assert_non_null(p);
    assert_string_equal(phrases_language(p), "en-GB");
    assert_int_equal(diags_count(diags, SEVERITY_WARNING), 0);
    const char *const pairs[] = {"number", "two", "total", "three", NULL};
    assert_string_equal(phrases_say(p, arena, "set", pairs), "Set two of three.");
    assert_string_equal(phrases_number(p, arena, 0), "zero");
    assert_string_equal(phrases_number(p, arena, 60), "sixty");
    assert_string_equal(phrases_number(p, arena, 61), "61");
    assert_string_equal(phrases_number(p, arena, -3), "-3");
    say(p, arena, 1000, false, "one second");
    say(p, arena, 30000, false, "thirty seconds");
    say(p, arena, 22500, false, "twenty-three seconds");
    say(p, arena, 60000, false, "one minute");
    say(p, arena, 70000, false, "one minute and ten seconds");
    say(p, arena, 90000, false, "one and a half minutes");
    say(p, arena, 150000, false, "two and a half minutes");
    say(p, arena, 3600000, false, "one hour");
    say(p, arena, 4000, true, "four seconds");
    say(p, arena, 31000, true, "about half a minute");
    say(p, arena, 50000, true, "one minute");
    say(p, arena, 89000, true, "one minute");
    say(p, arena, 90000, true, "two minutes");
    say(p, arena, 11 * 60000 + 29000, true, "eleven minutes");
    say(p, arena, 65 * 60000, true, "one hour and five minutes");
    say(p, arena, 59 * 60000 + 45000, true, "one hour");
    phrases_destroy(p);
    arena_destroy(arena);
    diags_destroy(diags);
}

static void german(void **state)
{
    struct diags *diags = diags_new();
    struct arena *arena = arena_new();
    struct phrases *p = phrases_load(PHRASES, "de", diags);
    assert_non_null(p);
    say(p, arena, 60000, false, "eine Minute");
    say(p, arena, 90000, false, "eineinhalb Minuten");
    say(p, arena, 150000, false, "zweieinhalb Minuten");
    say(p, arena, 720000, true, "zwölf Minuten");
    assert_string_equal(phrases_number(p, arena, 0), "null");
    assert_string_equal(phrases_number(p, arena, 21), "einundzwanzig");
    phrases_destroy(p);
    arena_destroy(arena);
    diags_destroy(diags);
}

static void unknown_language(void **state)
{
    struct diags *diags = diags_new();
    struct phrases *p = phrases_load(PHRASES, "tlh", diags);
    assert_non_null(p);
    assert_string_equal(phrases_language(p), "en");
    assert_int_equal(diags_count(diags, SEVERITY_WARNING), 1);
    phrases_destroy(p);
    p = phrases_load(PHRASES, "../phrases/de", diags);
    assert_non_null(p);
    assert_string_equal(phrases_language(p), "en");
    phrases_destroy(p);
    assert_null(phrases_load("/nowhere", "en", diags));
    assert_int_equal(diags_count(diags, SEVERITY_ERROR), 1);
    diags_destroy(diags);
}

struct heard {
    size_t count;
    bool bad, set, rest, number, left, more, to_go, side, days;
};

static void hear(void *context, const char *key, const char *text)
{
    struct heard *heard = context;
    heard->count++;
    heard->bad |= !text || !text[0] || strchr(text, '{') || strcasestr(text, "beep");
    heard->set |= strcmp(key, "set") == 0 && strcmp(text, "Set two of three.") == 0;
    heard->rest |= strcmp(text, "Rest. Thirty seconds.") == 0;
    heard->left |= strcmp(text, "One second left.") == 0;
    heard->more |= strcmp(key, "answer.more") == 0 && strcmp(text, "Ten seconds more.") == 0;
    heard->to_go |= strcmp(text, "Six minutes to go.") == 0;
    heard->side |= strcmp(text, "Then the right side.") == 0;
    heard->days |= strcmp(text, "Twelve days in a row.") == 0;
    heard->number |= strcmp(key, "number") == 0 && strcmp(text, "seven") == 0;
}

static void every_sentence_of_a_voice_pack(void **state)
{
    struct diags *diags = diags_new();
    struct phrases *p = phrases_load(PHRASES, "en", diags);
    struct heard heard = {0};
    phrases_each(p, hear, &heard);
    assert_false(heard.bad);
    assert_true(heard.set && heard.rest && heard.number && heard.left);
    assert_true(heard.more && heard.to_go && heard.side && heard.days);
    assert_in_range(heard.count, 150, 1000);
    phrases_destroy(p);
    diags_destroy(diags);
}

/* en.yaml with the line that begins with `line` replaced by `by`, as <folder>/en.yaml. */
static void expect_error(const char *line, const char *by, const char *expected)
{
    char folder[] = "/tmp/limber-phrases-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct arena *arena = arena_new();
    struct diags *diags = diags_new();
    char *text;
    size_t length;
    assert_int_equal(file_read(PHRASES "/en.yaml", 1 << 20, arena, &text, &length), LIMBER_OK);
    char *at = strstr(text, line);
    assert_non_null(at);
    char *rest = strchr(at, '\n');
    const char *path = file_join(arena, folder, "en.yaml");
    const char *all = arena_printf(arena, "%.*s%s%s", (int)(at - text), text, by, rest);
    assert_int_equal(file_write(path, all, strlen(all)), LIMBER_OK);
    struct phrases *p = phrases_load(folder, "en", diags);
    assert_null(p);
    const char *message;
    struct place place;
    assert_true(diags_get(diags, 0, NULL, &place, &message, NULL));
    if (!strstr(message, expected))
        fail_msg("“%s” is not in “%s”", expected, message);
    assert_non_null(place.source);
    assert_string_equal(place.source->path, path);
    unlink(path);
    rmdir(folder);
    arena_destroy(arena);
    diags_destroy(diags);
}

static void faults_are_named(void **state)
{
    expect_error("halfway:", "", "lacks “halfway”");
    expect_error("switch:", "swich: \"Switch sides.\"", "unknown phrase “swich”");
    expect_error("group:", "group: \"{nam}.\"", "{nam} has no value in the phrase “group”");
    expect_error("group:", "group: \"{name.\"", "has no value in the phrase “group”");
    expect_error("numbers:", "numbers: [zero, zero,", "61 words");
    expect_error("halfway:", "halfway: [a, b]", "a list cannot be the phrase “halfway”");
}

static void empty_phrases_are_off(void **state)
{
    char folder[] = "/tmp/limber-phrases-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct tree t = tree_new();
    char *text;
    size_t length;
    assert_int_equal(file_read(PHRASES "/en.yaml", 1 << 20, t.arena, &text, &length), LIMBER_OK);
    char *at = strstr(text, "halfway: \"");
    memset(at, ' ', strcspn(at, "\n"));
    memcpy(at, "halfway: \"\"", 11);
    const char *path = file_join(t.arena, folder, "en.yaml");
    assert_int_equal(file_write(path, text, length), LIMBER_OK);
    t.options.phrase_folder = folder;
    t.routine.announce = ANNOUNCE_HALFWAY;
    tree_root(&t, tree_move(&t, "Test", NULL, TEXTS("`hold 20s`"), NULL));
    expect_dump(&t, "# move 1 Test\n"
                    "bout hold 20s\n"
                    "    with 0s sound start\n"
                    "    part 1/2 sound halfway\n"
                    "    end 0s sound end\n");
    unlink(path);
    rmdir(folder);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english),          cmocka_unit_test(german),
        cmocka_unit_test(unknown_language), cmocka_unit_test(every_sentence_of_a_voice_pack),
        cmocka_unit_test(faults_are_named), cmocka_unit_test(empty_phrases_are_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
